using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tenancy;

/// <summary>Section <c>Tenants</c>: one entry for each tenant id.</summary>
public sealed class TenantsOptions
{
    public Dictionary<string, TenantSettings> Tenants { get; init; } = new(StringComparer.OrdinalIgnoreCase);

    /// <summary>
    /// For those who have no directory at hand: where a tenant is kept, when that is not in the region <paramref name="here"/>.
    /// </summary>
    /// <param name="here">As <see cref="RegionOptions.Region"/>.</param>
    public OtherRegionTenant? FindInOtherRegion(TenantId tenant, string? here)
    {
        if (!Tenants.TryGetValue(tenant.Value, out var settings) || ConfiguredTenants.Trimmed(settings?.Region) is not { } region
            || region == ConfiguredTenants.Trimmed(here))
            return null;
        var name = string.IsNullOrWhiteSpace(settings!.Name) ? tenant.Value : settings.Name.Trim();
        return new(new(tenant, name, ConfiguredTenants.GetPrefix(tenant.Value, settings)), region, ConfiguredTenants.Trimmed(here));
    }
}

/// <summary>Section <c>Tenants:{id}</c>.</summary>
public sealed class TenantSettings
{
    /// <summary>What cards call the tenant; the id when it is not given.</summary>
    public string? Name { get; init; }

    /// <summary>The only region (<c>Storage:Region</c>) whose instances serve the tenant; any when it is not given.</summary>
    public string? Region { get; init; }

    /// <summary>Two to five letters; the first three letters of the id when it is not given.</summary>
    public string? Prefix { get; init; }
}

/// <summary>
/// The tenants that configuration names. They are read when they are asked for: while the section has validation errors that throws, and
/// whoever merely holds the directory can still tell mistakes of his own.
/// </summary>
internal sealed class ConfiguredTenants(IOptions<TenantsOptions> options, IOptions<RegionOptions> storage) : ITenantDirectory
{
    private readonly Lazy<Directory> directory = new(() => new(options.Value, Trimmed(storage.Value.Region)));

    public IReadOnlyList<Tenant> All => directory.Value.All;

    public IReadOnlyList<OtherRegionTenant> InOtherRegions => directory.Value.InOtherRegions;

    public OtherRegionTenant? FindInOtherRegion(TenantId id) => directory.Value.InOtherRegionsById.GetValueOrDefault(id);

    public Tenant? Find(TenantId id) => directory.Value.ById.GetValueOrDefault(id);

    public Tenant? FindByPrefix(string prefix) => directory.Value.ByPrefix.GetValueOrDefault(prefix);

    /// <summary>The prefix as configured, else made from the id; upper case.</summary>
    internal static string GetPrefix(string id, TenantSettings? settings) =>
        (string.IsNullOrWhiteSpace(settings?.Prefix)
            ? new string([.. id.Where(char.IsAsciiLetter).Take(3)])
            : settings.Prefix.Trim()).ToUpperInvariant();

    internal static string? Trimmed(string? region) => string.IsNullOrWhiteSpace(region) ? null : region.Trim();

    private static Tenant Read(string id, TenantSettings? settings) =>
        new(TenantId.Parse(id), string.IsNullOrWhiteSpace(settings?.Name) ? id : settings.Name.Trim(), GetPrefix(id, settings));

    private sealed class Directory
    {
        public Directory(TenantsOptions options, string? here)
        {
            var all = options.Tenants.Select(pair => (Tenant: Read(pair.Key, pair.Value), Region: Trimmed(pair.Value?.Region)))
                .OrderBy(one => one.Tenant.Id).ToLookup(
                one => one.Region is null || one.Region == here);
            All = [.. all[true].Select(one => one.Tenant)];
            InOtherRegions = [.. all[false].Select(one => new OtherRegionTenant(one.Tenant, one.Region!, here))];
            InOtherRegionsById = InOtherRegions.ToDictionary(elsewhere => elsewhere.Tenant.Id);
            ById = All.ToDictionary(tenant => tenant.Id);
            ByPrefix = All.ToDictionary(tenant => tenant.Prefix, StringComparer.OrdinalIgnoreCase);
        }

        public IReadOnlyList<Tenant> All { get; }

        public IReadOnlyList<OtherRegionTenant> InOtherRegions { get; }

        public Dictionary<TenantId, OtherRegionTenant> InOtherRegionsById { get; }

        public Dictionary<TenantId, Tenant> ById { get; }

        public Dictionary<string, Tenant> ByPrefix { get; }
    }
}

/// <summary>Names every validation error in the section at once.</summary>
internal sealed partial class TenantsValidator : IValidateOptions<TenantsOptions>
{
    public ValidateOptionsResult Validate(string? name, TenantsOptions options)
    {
        var problems = Problems(options).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    [GeneratedRegex(@"^[a-z0-9][a-z0-9-]{0,39}\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Region();

    private static IEnumerable<string> Problems(TenantsOptions options)
    {
        if (options.Tenants.Count == 0)
            yield return "Tenants: none is configured; set at least Tenants:{id}:Name.";
        foreach (var (id, settings) in options.Tenants)
        {
            if (!TenantId.TryParse(id, out _))
                yield return $"Tenants:{id}: not a tenant id (lower-case letters, digits and hyphens, at most 63 characters).";
            if (settings?.Name is { Length: > 100 })
                yield return $"Tenants:{id}:Name: longer than 100 characters.";
            if (!string.IsNullOrWhiteSpace(settings?.Region) && !Region().IsMatch(settings.Region.Trim()))
                yield return $"Tenants:{id}:Region: '{settings.Region}' is not a region (lower-case letters, digits and hyphens, at most "
                    + $"40 characters).";
            var prefix = ConfiguredTenants.GetPrefix(id, settings);
            if (prefix.Length is < 2 or > 5 || !prefix.All(char.IsAsciiLetterUpper))
                yield return $"Tenants:{id}:Prefix: '{prefix}' is not two to five letters.";
        }
        foreach (var same in options.Tenants.Keys.Where(static id => TenantId.TryParse(id, out _)).GroupBy(static id => TenantId.Parse(id))
            .Where(static group => group.Count() > 1))
            yield return $"Tenants: {string.Join(" and ", same.Select(static id => $"'{id}'").Order())} are the same client; keep one.";
        foreach (var same in options.Tenants.GroupBy(pair => ConfiguredTenants.GetPrefix(pair.Key, pair.Value))
            .Where(group => group.Count() > 1))
            yield return $"Tenants: {string.Join(" and ", same.Select(pair => pair.Key).Order())} have the same prefix "
                + $"'{same.Key}'; give each its own.";
    }
}

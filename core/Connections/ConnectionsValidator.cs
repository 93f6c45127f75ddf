using System.Text.RegularExpressions;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connections;

/// <summary>Names every mistake in section <c>Connections</c> at once.</summary>
internal sealed partial class ConnectionsValidator(
    IOptions<TenantsOptions> tenants, IEnumerable<IConnector> connectors, IEnumerable<IConnectionCheck> checks) : IValidateOptions<ConnectionsOptions>
{
    private readonly ILookup<string, IConnectionCheck> checksOf = checks.ToLookup(check => check.Connector, StringComparer.OrdinalIgnoreCase);
    private readonly SortedSet<string> known = new(
        connectors.Select(connector => connector.Name).Concat(checks.Select(check => check.Connector)), StringComparer.OrdinalIgnoreCase);

    private readonly List<string> catalogues = [.. connectors.SelectMany(static connector =>
        CatalogueRules.Mistakes(connector.Actions).Select(mistake => $"The connector {connector.Name}: {mistake}"))];

    public ValidateOptionsResult Validate(string? name, ConnectionsOptions options)
    {
        var problems = catalogues.Concat(options.Connections.SelectMany(pair => Problems(pair.Key, pair.Value))).ToList();
        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private IEnumerable<string> Problems(string name, ConnectionSettings? settings)
    {
        var at = $"Connections:{name}";
        if (!Shape().IsMatch(name))
            yield return $"{at}: the name may have letters, digits and hyphens only, at most 63.";
        var tenantIsKnown = TenantId.TryParse(settings?.Tenant, out var tenant) && HasTenant(tenant);
        if (string.IsNullOrWhiteSpace(settings?.Tenant))
            yield return $"{at}:Tenant: missing.";
        else if (!tenantIsKnown)
            yield return $"{at}:Tenant: there is no tenant '{settings.Tenant}' in section Tenants.";
        if (settings?.SilentAfter is { } silent && silent < TimeSpan.Zero)
            yield return $"{at}:SilentAfter: must not be negative.";
        var connectorIsKnown = settings?.Connector is { } connector && known.Contains(connector.Trim());
        if (string.IsNullOrWhiteSpace(settings?.Connector))
            yield return $"{at}:Connector: missing; known are {string.Join(", ", known)}.";
        else if (!connectorIsKnown)
            yield return $"{at}:Connector: there is no connector '{settings.Connector}'; known are {string.Join(", ", known)}.";
        if (!tenantIsKnown || !connectorIsKnown)
            yield break;
        var connection = ConfiguredConnections.Read(name, settings!);
        foreach (var problem in checksOf[connection.Connector].SelectMany(check => check.Problems(connection)))
            yield return $"{at}:Settings:{problem}";
    }

    private bool HasTenant(TenantId tenant)
    {
        try
        {
            return tenants.Value.Tenants.Keys.Any(id => TenantId.TryParse(id, out var known) && known == tenant);
        }
        catch (OptionsValidationException)
        {
            // Section Tenants has mistakes of its own, reported on their own; they must not also be blamed on every connection.
            return true;
        }
    }

    [GeneratedRegex("^[A-Za-z0-9][A-Za-z0-9-]{0,62}$", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}

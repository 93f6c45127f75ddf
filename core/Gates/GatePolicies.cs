using System.Collections.Frozen;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

/// <summary>The gate policy of each tenant.</summary>
public sealed class GatePolicies
{
    private readonly GatePolicy everybody;
    private readonly FrozenDictionary<TenantId, GatePolicy> own;

    public GatePolicies(GatePolicy everybody, IReadOnlyDictionary<TenantId, GatePolicy> own)
    {
        this.everybody = everybody;
        this.own = own.ToFrozenDictionary();
    }

    /// <summary>The policy that comes with the bot.</summary>
    public static GatePolicy BuiltIn { get; } = ReadBuiltIn();

    public GatePolicy For(TenantId tenant) => own.GetValueOrDefault(tenant, everybody);

    /// <summary>
    /// Reads the folder; null means the built-in policy for everybody. Every validation error in every file is added to
    /// <paramref name="errors"/>.
    /// </summary>
    /// <param name="areas">The areas that rules may speak of; the built-in ones when null.</param>
    public static GatePolicies Load(
        string? folder, IReadOnlyCollection<Tenant> tenants, ICollection<string> errors, IReadOnlyCollection<string>? areas = null)
    {
        var general = BuiltIn;
        var particular = new Dictionary<TenantId, GatePolicy>();
        if (folder is null)
            return new(general, particular);
        if (!Directory.Exists(folder))
        {
            errors.Add($"Gates:PolicyPath: there is no folder '{folder}'.");
            return new(general, particular);
        }
        foreach (var path in Directory.EnumerateFiles(folder, "*.y*ml").Order(StringComparer.Ordinal))
        {
            var (file, name) = (Path.GetFileName(path), Path.GetFileNameWithoutExtension(path));
            var isTenant = TenantId.TryParse(name, out var id) && tenants.Any(tenant => tenant.Id == id);
            if (name != "default" && !isTenant)
                errors.Add($"{file}:1: there is no tenant '{name}'; a policy is named default.yaml or after its tenant");
            else if (Path.GetExtension(path) != ".yaml")
                errors.Add($"{file}:1: must be named {name}.yaml");
            else if (ReadFile(path, file, errors, areas) is not { } policy)
                continue;
            else if (name == "default")
                general = policy;
            else
                particular[id] = policy;
        }
        return new(general, particular);
    }

    internal static string? Folder(GatesOptions options, IHostEnvironment host) =>
        string.IsNullOrWhiteSpace(options.PolicyPath) ? null : Path.Combine(host.ContentRootPath, options.PolicyPath);

    private static GatePolicy? ReadFile(string path, string file, ICollection<string> errors, IReadOnlyCollection<string>? areas)
    {
        try
        {
            return GatePolicyReader.Read(file, File.ReadAllText(path), errors, areas);
        }
        catch (Exception problem) when (problem is IOException or UnauthorizedAccessException)
        {
            errors.Add($"{file}:1: cannot be read: {problem.Message}");
            return null;
        }
    }

    private static GatePolicy ReadBuiltIn()
    {
        using var stream = typeof(GatePolicies).Assembly.GetManifestResourceStream("operations.yaml")
            ?? throw new InvalidOperationException("The built-in gate policy is missing from the assembly.");
        using var reader = new StreamReader(stream);
        var errors = new List<string>();
        return GatePolicyReader.Read("operations.yaml", reader.ReadToEnd(), errors)
            ?? throw new InvalidOperationException(string.Join('\n', errors));
    }
}

/// <summary>A bot whose policies have validation errors does not start, and says all of them at once.</summary>
internal sealed class GatesOptionsValidator(ITenantDirectory tenants, IHostEnvironment host, ProposalAreas areas)
    : IValidateOptions<GatesOptions>
{
    public ValidateOptionsResult Validate(string? name, GatesOptions options)
    {
        var errors = new List<string>();
        GatePolicies.Load(GatePolicies.Folder(options, host),
            [.. tenants.All, .. tenants.InOtherRegions.Select(elsewhere => elsewhere.Tenant)], errors, areas.GateAreas);
        return errors.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(errors);
    }
}

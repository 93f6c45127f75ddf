namespace DevOpsAI.Tenancy;

/// <summary>A client company.</summary>
/// <param name="Name">What cards call it, as in <c>Contoso Ltd</c>.</param>
/// <param name="Prefix">Two to five upper-case letters that begin its incident numbers, as in <c>CON</c>; unique among tenants.</param>
public sealed record Tenant(TenantId Id, string Name, string Prefix);

/// <summary>The tenants this bot serves. Read from configuration at start.</summary>
public interface ITenantDirectory
{
    IReadOnlyList<Tenant> All { get; }

    /// <summary>The tenant, or null when this bot does not serve it.</summary>
    Tenant? Find(TenantId id);

    /// <summary>The tenant whose incident numbers begin with this prefix, or null.</summary>
    Tenant? FindByPrefix(string prefix);
}

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

    /// <summary>Tenants that are configured but kept in another region.</summary>
    IReadOnlyList<OtherRegionTenant> InOtherRegions => [];

    /// <summary>Why this tenant is not served although it is configured; null when it is served or not known at all.</summary>
    OtherRegionTenant? FindInOtherRegion(TenantId id) => InOtherRegions.FirstOrDefault(elsewhere => elsewhere.Tenant.Id == id);

    /// <summary>The tenant whose incident numbers begin with this prefix, or null.</summary>
    Tenant? FindByPrefix(string prefix);
}

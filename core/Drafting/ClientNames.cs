using DevOpsAI.Tenancy;

namespace DevOpsAI.Drafting;

/// <summary>Whether a text from outside names another client than the one whose connection it came over.</summary>
public sealed class ClientNames(ITenantDirectory tenants)
{
    /// <summary>What people call the tenant.</summary>
    public string For(TenantId tenant) => tenants.Find(tenant)?.Name ?? tenant.Value;

    /// <summary>It is the id or the name of another tenant, here or in another region, and not the tenant's own.</summary>
    public bool IsOther(TenantId tenant, string text) =>
        tenants.All.Concat(tenants.InOtherRegions.Select(elsewhere => elsewhere.Tenant)).Any(other => other.Id != tenant
            && Names(other, text))
        && !(tenants.Find(tenant) is { } own && Names(own, text));

    private static bool Names(Tenant tenant, string text) =>
        text.Trim().Equals(tenant.Id.Value, StringComparison.OrdinalIgnoreCase)
            || text.Trim().Equals(tenant.Name, StringComparison.OrdinalIgnoreCase);
}

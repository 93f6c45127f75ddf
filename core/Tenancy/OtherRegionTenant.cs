namespace DevOpsAI.Tenancy;

/// <summary>
/// A tenant that is configured here and pinned to a region that this instance is not in, so that nothing of it is taken, read or shown
/// here.
/// </summary>
/// <param name="Region">Where it is pinned to.</param>
/// <param name="Here">Where this instance is; null when it does not say, and then it serves no pinned tenant.</param>
public sealed record OtherRegionTenant(Tenant Tenant, string Region, string? Here)
{
    /// <summary>One sentence for people and senders who may know of the tenant.</summary>
    public string Message =>
        $"{Tenant.Name} is kept in region {Region}; this instance "
        + $"{(Here is null ? "names no region (Storage:Region)" : $"is in {Here}")} and does not serve it.";
}

/// <summary>Somebody tried to touch what is kept in another region. Nothing was read or written.</summary>
public sealed class OtherRegionException(OtherRegionTenant elsewhere) : Exception(elsewhere.Message);

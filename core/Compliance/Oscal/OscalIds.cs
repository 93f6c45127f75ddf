using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>
/// The UUIDs of one tenant's documents. The same thing has the same UUID in every export; two tenants share none, and neither do two kinds
/// of thing.
/// </summary>
internal sealed class OscalIds(string ns, TenantId tenant)
{
    private readonly Guid space = UuidV5.For(Product(ns), $"tenant:{tenant.Value}");

    /// <summary>The space of what belongs to the product and to no tenant.</summary>
    public static Guid Product(string ns) => UuidV5.For(UuidV5.Urls, ns);

    public Guid For(string kind, string key) => UuidV5.For(space, $"{kind}:{key}");

    public Guid For(string kind, long seq) => For(kind, seq.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

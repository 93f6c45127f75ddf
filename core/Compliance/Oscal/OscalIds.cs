using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>
/// The UUIDs of one tenant's documents. The same thing has the same UUID in every export; two tenants share none, and neither do two kinds
/// of thing.
/// </summary>
internal sealed class OscalIds(string ns, TenantId tenant)
{
    private readonly Guid space = UuidV5.Of(Product(ns), $"tenant:{tenant.Value}");

    /// <summary>The space of what belongs to the product and to no tenant.</summary>
    public static Guid Product(string ns) => UuidV5.Of(UuidV5.Urls, ns);

    public Guid Of(string kind, string key) => UuidV5.Of(space, $"{kind}:{key}");

    public Guid Of(string kind, long seq) => Of(kind, seq.ToString(System.Globalization.CultureInfo.InvariantCulture));
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>The ledger of this region: whoever asks for a tenant of another one is refused, whatever way they came.</summary>
public sealed class RegionGuard(ILedger inner, ITenantDirectory tenants) : ILedger
{
    public ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken) =>
        inner.AppendAsync(Here(tenant), expected, entries, cancellationToken);

    public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) =>
        inner.HeadAsync(Here(tenant), cancellationToken);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
        TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken) =>
        inner.ReadAsync(Here(tenant), afterSeq, limit, cancellationToken);

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
        inner.ReadStreamAsync(Here(tenant), stream, cancellationToken);

    public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
        inner.WaitPastAsync(Here(tenant), afterSeq, cancellationToken);

    /// <exception cref="OtherRegionException">It is pinned to another region.</exception>
    private TenantId Here(TenantId tenant) =>
        tenants.FindInOtherRegion(tenant) is { } elsewhere ? throw new OtherRegionException(elsewhere) : tenant;
}

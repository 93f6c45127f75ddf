using System.Runtime.CompilerServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// Takes nothing while the clock is wrong. Shows nothing of a tenant in quarantine and takes nothing for it, and puts a tenant there whose
/// entries are not what was recorded.
/// </summary>
internal sealed class GuardedLedger(ILedger inner, Quarantine quarantine, ClockWatch? watch = null) : ILedger
{
    public ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () =>
        {
            watch?.ThrowIfJumped();
            return inner.AppendAsync(tenant, expected, entries, cancellationToken);
        });

    public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.HeadAsync(tenant, cancellationToken));

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
        TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.ReadAsync(tenant, afterSeq, limit, cancellationToken));

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.ReadStreamAsync(tenant, stream, cancellationToken));

    /// <summary>Nothing comes after what is damaged, however long somebody waits.</summary>
    public async ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken)
    {
        if (quarantine.Holds(tenant))
            await Task.Delay(Timeout.Infinite, cancellationToken);
        await quarantine.WatchAsync(tenant, async () =>
        {
            await inner.WaitPastAsync(tenant, afterSeq, cancellationToken);
            return true;
        });
    }
}

/// <summary>The stored bytes, but for tenants in quarantine: nothing is signed or proved from theirs.</summary>
internal sealed class GuardedArchive(ILedgerArchive inner, Quarantine quarantine) : ILedgerArchive
{
    public ValueTask<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken) => inner.TenantsAsync(cancellationToken);

    public ValueTask<long> SizeAsync(TenantId tenant, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.SizeAsync(tenant, cancellationToken));

    public ValueTask<StoredHead?> HeadAsync(TenantId tenant, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.HeadAsync(tenant, cancellationToken));

    public IAsyncEnumerable<StoredEntry> ReadAsync(TenantId tenant, long first, long last, CancellationToken cancellationToken) =>
        WatchAsync(tenant, inner.ReadAsync(tenant, first, last, cancellationToken), cancellationToken);

    public IAsyncEnumerable<StoredEntry> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
        WatchAsync(tenant, inner.ReadStreamAsync(tenant, stream, cancellationToken), cancellationToken);

    public ValueTask<ReadOnlyMemory<byte>> LeavesAsync(TenantId tenant, long first, int count, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.LeavesAsync(tenant, first, count, cancellationToken));

    private async IAsyncEnumerable<StoredEntry> WatchAsync(
        TenantId tenant, IAsyncEnumerable<StoredEntry> entries, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        quarantine.ThrowIfHeld(tenant);
        await using var reading = entries.GetAsyncEnumerator(cancellationToken);
        Func<ValueTask<bool>> next = reading.MoveNextAsync;
        while (await quarantine.WatchAsync(tenant, next))
            yield return reading.Current;
    }
}

/// <summary>The subscriptions' cursors; one that cannot be read any more is damage of its tenant's record as well.</summary>
internal sealed class GuardedCursors(ICursorStore inner, Quarantine quarantine) : ICursorStore
{
    public ValueTask<long> LoadAsync(string subscription, TenantId tenant, CancellationToken cancellationToken) =>
        quarantine.WatchAsync(tenant, () => inner.LoadAsync(subscription, tenant, cancellationToken));

    public ValueTask SaveAsync(IReadOnlyCollection<SubscriptionCursor> cursors, CancellationToken cancellationToken) =>
        inner.SaveAsync(cursors, cancellationToken);
}

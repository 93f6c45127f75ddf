using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// The end of one tenant's ledger in memory: its head, its newest entries, and who waits for more. Safe for many threads.
/// </summary>
internal sealed class TenantTail
{
    private const int Capacity = 2048;

    private readonly Lock gate = new();
    private LedgerEntry[] ring = new LedgerEntry[32];
    private int count;
    private long head;
    private TaskCompletionSource? moved;

    public TenantTail(TenantId tenant, long head) => (Tenant, this.head) = (tenant, head);

    public TenantId Tenant { get; }

    /// <summary>Seq of the last durable entry.</summary>
    public long Head => Volatile.Read(ref head);

    /// <summary>Adds entries that have just become durable. Entries that the head already covers are left to the disk.</summary>
    public void Publish(IReadOnlyList<LedgerEntry> entries)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            foreach (var entry in entries)
            {
                if (entry.Seq <= head)
                    continue;
                if (entry.Seq > head + 1)
                    count = 0;
                Grow();
                ring[entry.Seq % ring.Length] = entry;
                count = Math.Min(count + 1, ring.Length);
                Volatile.Write(ref head, entry.Seq);
            }
            (waiting, moved) = (moved, null);
        }
        waiting?.SetResult();
    }

    /// <summary>Moves the head to what the file says, when that is further.</summary>
    public void CatchUp(long durable)
    {
        TaskCompletionSource? waiting;
        lock (gate)
        {
            if (durable <= head)
                return;
            count = 0;
            Volatile.Write(ref head, durable);
            (waiting, moved) = (moved, null);
        }
        waiting?.SetResult();
    }

    /// <summary>Drops the entries kept in memory; they are read from the file again.</summary>
    public void Forget()
    {
        lock (gate)
        {
            Array.Clear(ring);
            count = 0;
        }
    }

    /// <summary>Entries after <paramref name="afterSeq"/>; null when they are not all in memory.</summary>
    public IReadOnlyList<LedgerEntry>? Read(long afterSeq, int limit)
    {
        lock (gate)
        {
            var available = (int)Math.Min(limit, head - afterSeq);
            if (available <= 0)
                return [];
            if (afterSeq < head - count)
                return null;
            var entries = new LedgerEntry[available];
            for (var i = 0; i < available; i++)
                entries[i] = ring[(afterSeq + 1 + i) % ring.Length];
            return entries;
        }
    }

    /// <summary>Completes when the head is past <paramref name="afterSeq"/>.</summary>
    public async ValueTask WaitPastAsync(long afterSeq, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (head > afterSeq)
                    return;
                next = (moved ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    private void Grow()
    {
        if (count < ring.Length || ring.Length >= Capacity)
            return;
        var larger = new LedgerEntry[ring.Length * 2];
        for (var seq = head - count + 1; seq <= head; seq++)
            larger[seq % larger.Length] = ring[seq % ring.Length];
        ring = larger;
    }
}

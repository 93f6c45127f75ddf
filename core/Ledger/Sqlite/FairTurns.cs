using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// What waits for the writer. Each client's appends stay in their order; between clients they are taken in turn, so that one client's storm
/// delays another's alert by a batch and not by the storm. Used by the writer's thread alone.
/// </summary>
internal sealed class FairTurns
{
    private readonly Dictionary<TenantId, Queue<PendingAppend>> waiting = [];
    private readonly Queue<Queue<PendingAppend>> turns = [];

    /// <summary>Appends that wait.</summary>
    public int Count { get; private set; }

    public void Add(PendingAppend append)
    {
        if (!waiting.TryGetValue(append.Tenant, out var own))
            waiting[append.Tenant] = own = [];
        if (own.Count == 0)
            turns.Enqueue(own);
        own.Enqueue(append);
        Count++;
    }

    /// <summary>Takes the next batch: one append of each client in turn, until there are enough.</summary>
    /// <param name="batch">Added to.</param>
    /// <param name="appends">At most so many.</param>
    /// <param name="entries">None is added once they hold so many entries; an append is never cut, so they may hold more.</param>
    public void Take(List<PendingAppend> batch, int appends, int entries)
    {
        var held = 0;
        while (batch.Count < appends && held < entries && turns.TryDequeue(out var own))
        {
            var append = own.Dequeue();
            if (own.Count > 0)
                turns.Enqueue(own);
            batch.Add(append);
            held += append.Entries.Length;
            Count--;
        }
    }
}

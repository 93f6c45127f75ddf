using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// One tenant's ledger as this instance knows it: a prefix of what is durable, which grows by reading on. Whoever holds <see cref="Gate"/>
/// may read on. That prefix is all it takes to append safely: an append that overlooked an entry finds its place taken.
/// </summary>
internal sealed class TenantLog(TenantId tenant, CommitStore store, IndexStore indexes, EntryCodec codec, IKeyRing ring)
{
    private const int PointReads = 3;
    private const long MaxSeq = 9_999_999_999_999_999;

    /// <summary>The index is kept again after so many entries, or more of them where it is large, as a state is.</summary>
    private const int KeepEvery = 2000;

    private const int ShareOfAll = 16;

    /// <summary>Once everything there was has been read, and when the process stops, less is worth keeping.</summary>
    private const int KeepAtRest = 200;

    private readonly Lock probing = new();
    private TenantIndex index = new();
    private readonly TenantTail tail = new(tenant, 0);
    private Task<long> probe = Task.FromResult(0L);
    private Task<long>? nextProbe;
    private bool begun;
    private bool isFromKept;
    private bool caughtUp;
    private byte[] lastLeaf = [];
    private long kept;
    private Task keeping = Task.CompletedTask;
    private long tip;
    private long forgotten;

    private SemaphoreSlim Gate { get; } = new(1, 1);

    public TenantId Tenant => tenant;

    /// <summary>Entries known to this instance.</summary>
    public long Known => tail.Head;

    public DateTimeOffset LastAt { get; private set; } = DateTimeOffset.MinValue;

    public ValueTask WaitPastAsync(long afterSeq, CancellationToken cancellationToken) => tail.WaitPastAsync(afterSeq, cancellationToken);

    /// <summary>Drops the entries kept in memory: they were opened with a key that is gone. They are read from the store again.</summary>
    public void Forget()
    {
        Interlocked.Increment(ref forgotten);
        tail.Forget();
        // What was kept of the index was deleted with all that is derived.
        Volatile.Write(ref kept, 0);
    }

    /// <summary>Keeps the index if it has grown since it was kept last, and waits until that is done.</summary>
    public async Task KeepAsync()
    {
        await Gate.WaitAsync();
        try
        {
            await keeping;
            KeepAfter(KeepAtRest);
        }
        finally
        {
            Gate.Release();
        }
        await keeping;
    }

    /// <summary>Seq of the last entry that is durable at the time of the call. Calls that come together share one request.</summary>
    public Task<long> HeadAsync(CancellationToken cancellationToken)
    {
        Task<long> mine;
        lock (probing)
        {
            // One that is under way may have looked before this call; the next one has not.
            if (nextProbe is null)
            {
                var before = probe;
                nextProbe = Task.Run(() => ProbeAsync(before), CancellationToken.None);
            }
            mine = nextProbe;
        }
        return mine.WaitAsync(cancellationToken);
    }

    /// <summary>Reads everything there is.</summary>
    public Task CatchUpAsync(CancellationToken cancellationToken) => ReadOnAsync(long.MaxValue, cancellationToken);

    /// <summary>Asks about what is known, once everything there was has been read.</summary>
    public async Task<T> AskAsync<T>(Func<TenantIndex, T> question, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            if (!caughtUp)
                await ReadOnLockedAsync(long.MaxValue, cancellationToken);
            return question(index);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>A commit that is durable: written here, or seen in the change feed. True unless it shows that others are missing.</summary>
    public async Task<bool> OfferAsync(Commit commit, IReadOnlyList<LedgerEntry>? entries, CancellationToken cancellationToken)
    {
        if (commit.Last <= Known)
            return true;
        await Gate.WaitAsync(cancellationToken);
        try
        {
            await BeginAsync(cancellationToken);
            if (commit.First != index.Count + 1)
                return commit.First <= index.Count;
            await TakeAsync(commit, entries, cancellationToken);
            return true;
        }
        finally
        {
            Gate.Release();
        }
    }

    public async Task<IReadOnlyList<LedgerEntry>> ReadAsync(long afterSeq, int limit, CancellationToken cancellationToken)
    {
        afterSeq = Math.Max(0, afterSeq);
        if (afterSeq >= Known || (afterSeq + limit > Known && !caughtUp))
            await ReadOnAsync(afterSeq > long.MaxValue - limit ? long.MaxValue : afterSeq + limit, cancellationToken);
        if (tail.Read(afterSeq, limit) is { } recent)
            return recent;
        var start = await AskAsync(known => known.GetCommit(afterSeq + 1), cancellationToken);
        var entries = new List<LedgerEntry>();
        await foreach (var commit in store.ReadAsync(tenant, start, cancellationToken, atMost: limit))
        {
            entries.AddRange((await DecodeAsync(commit, cancellationToken)).Where(entry => entry.Seq > afterSeq)
                .Take(limit - entries.Count));
            if (entries.Count >= limit)
                break;
        }
        return entries;
    }

    public async Task<IReadOnlyList<LedgerEntry>> ReadStreamAsync(StreamId stream, CancellationToken cancellationToken)
    {
        await HeadAsync(cancellationToken);
        var (seqs, commits) = await AskAsync(known =>
        {
            var found = known.GetSeqs(stream.Value);
            return (found, found.Select(known.GetCommit).Distinct().ToList());
        }, cancellationToken);
        if (seqs.Count == 0)
            return [];
        if (tail.Read(seqs[0] - 1, (int)Math.Min(int.MaxValue, seqs[^1] - seqs[0] + 1)) is { } recent)
            return [.. recent.Where(entry => entry.Stream == stream)];
        var read = await Task.WhenAll(commits.Select(first => store.FindAsync(tenant, first, cancellationToken)));
        var entries = new List<LedgerEntry>();
        foreach (var commit in read)
        {
            if (commit is null)
                throw new LedgerDamagedException(tenant, null, "entries that were there are gone");
            entries.AddRange((await DecodeAsync(commit, cancellationToken)).Where(entry => entry.Stream == stream));
        }
        return entries;
    }

    private ValueTask<IReadOnlyList<LedgerEntry>> DecodeAsync(Commit commit, CancellationToken cancellationToken) =>
        codec.DecodeAsync(tenant, commit.Stored(), ring, cancellationToken);

    private async Task<long> ProbeAsync(Task<long> before)
    {
        await ((Task)before).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        lock (probing)
        {
            probe = nextProbe!;
            nextProbe = null;
        }
        await Gate.WaitAsync();
        try
        {
            // After an index that was kept little can have come.
            if (caughtUp || isFromKept)
                await ReadOnLockedAsync(long.MaxValue, CancellationToken.None);
            else
                tip = Math.Max(tip, (await store.HoldingAsync(tenant, MaxSeq, CancellationToken.None))?.Last ?? 0);
            return Math.Max(tip, index.Count);
        }
        finally
        {
            Gate.Release();
        }
    }

    private async Task ReadOnAsync(long until, CancellationToken cancellationToken)
    {
        await Gate.WaitAsync(cancellationToken);
        try
        {
            await ReadOnLockedAsync(until, cancellationToken);
        }
        finally
        {
            Gate.Release();
        }
    }

    /// <summary>Reads on until an entry or the end: one by one when little can be missing, in pages otherwise.</summary>
    private async Task ReadOnLockedAsync(long until, CancellationToken cancellationToken)
    {
        await BeginAsync(cancellationToken);
        if (index.Count >= until)
            return;
        for (var read = 0; caughtUp && read < PointReads; read++)
        {
            if (await store.FindAsync(tenant, index.Count + 1, cancellationToken) is not { } commit)
                return;
            await TakeAsync(commit, null, cancellationToken);
            if (index.Count >= until)
                return;
        }
        await foreach (var commit in store.ReadAsync(tenant, index.Count + 1, cancellationToken))
        {
            await TakeAsync(commit, null, cancellationToken);
            if (index.Count >= until)
            {
                caughtUp |= tip > 0 && index.Count >= tip;
                return;
            }
        }
        if (!caughtUp)
            KeepAfter(KeepAtRest);
        caughtUp = true;
    }

    /// <summary>Goes on from the index that was kept, where there is one that fits.</summary>
    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (begun)
            return;
        if (await indexes.LoadAsync(tenant, cancellationToken) is var (known, last))
        {
            // Another instance may have erased somebody while this one started.
            foreach (var key in known.Erased.Where(key => ring.IsAtHand(tenant, key)))
                ring.Forget(tenant, key);
            var line = last.Lines[^1];
            (index, lastLeaf, kept, isFromKept) = (known, line.Leaf, known.Count, true);
            LastAt = DateTimeOffset.FromUnixTimeMilliseconds(EntryParts.Read(line.Body).AtMilliseconds);
            tail.CatchUp(known.Count);
        }
        begun = true;
    }

    private void KeepAfter(long entries)
    {
        if (index.Count - Volatile.Read(ref kept) < entries || !keeping.IsCompleted)
            return;
        var (count, leaf, written) = (index.Count, lastLeaf, index.Write());
        Volatile.Write(ref kept, count);
        keeping = Task.Run(() => indexes.SaveAsync(tenant, count, leaf, written), CancellationToken.None);
    }

    private async ValueTask TakeAsync(Commit commit, IReadOnlyList<LedgerEntry>? entries, CancellationToken cancellationToken)
    {
        var before = Volatile.Read(ref forgotten);
        entries ??= await DecodeAsync(commit, cancellationToken);
        index.Add(commit);
        (LastAt, lastLeaf) = (entries[^1].At, commit.Lines[^1].Leaf);
        tail.Publish(entries);
        // Another instance may have erased somebody whose key is still at hand here.
        foreach (var entry in entries)
        {
            if (entry.Fact is not ErasureCompleted erased)
                continue;
            index.AddErased(erased.Key);
            ring.Forget(tenant, erased.Key);
        }
        if (before != Volatile.Read(ref forgotten))
            tail.Forget();
        if (caughtUp)
            KeepAfter(Math.Max(KeepEvery, index.Count / ShareOfAll));
    }
}

using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>How reading on ended.</summary>
internal enum Reading
{
    Done,

    /// <summary>Somebody was erased whose data may be in the state: it is to be made anew.</summary>
    Outdated,
}

/// <summary>
/// One tenant's state as this process has read it: from what was kept of it, where that fits, and the entries after. Callers that come
/// together wait for one reading.
/// </summary>
internal sealed class Projection
{
    private const int PageSize = 1000;

    /// <summary>A state is kept again when it has come so far since, or farther where it is large: see <see cref="GetDue"/>.</summary>
    private const int SaveEvery = 2000;

    private const int BytesAnEntry = 1024;

    /// <summary>At the first time that it is caught up, and when the process stops, less is worth keeping.</summary>
    private const int SaveAtRest = 200;

    /// <summary>What has left waits in memory to be written; with more of it, reading waits.</summary>
    private const int MaxWaiting = 512;

    private readonly ILedger ledger;
    private readonly StateStore? store;
    private readonly string name;
    private readonly bool mayUseKept;
    private volatile KnownState known;
    private DataKey? key;
    private bool begun;
    private bool isFromKept;
    private bool wasCaughtUp;
    private long savedAt;
    private volatile int savedBytes;
    private Task saving = Task.CompletedTask;

    /// <param name="empty">Before the first entry.</param>
    /// <param name="store">Where it is kept; null for nowhere.</param>
    /// <param name="mayUseKept">False to begin with the first entry.</param>
    public Projection(TenantState empty, ILedger ledger, StateStore? store, bool mayUseKept)
    {
        (known, name, this.ledger, this.store, this.mayUseKept) = (new(empty, default), empty.Name, ledger, store, mayUseKept);
        Retired = store?.Retention?.For(empty.Tenant, async (until, cancellationToken) =>
        {
            var again = new Projection(empty, ledger, store, mayUseKept: false);
            await again.CatchUpAsync(until, static _ => false, cancellationToken);
            await again.FlushAsync(cancellationToken);
        });
    }

    private SemaphoreSlim Turn { get; } = new(1, 1);

    private TenantId Tenant => known.State.Tenant;

    public TenantState State => known.State;

    /// <summary>The entry up to which it was not made of entries; 0 where all of it was.</summary>
    public long KeptUpTo { get; private set; }

    /// <summary>What has left it; null where nothing does.</summary>
    public IRetired? Retired { get; }

    /// <summary>Reads on up to an entry.</summary>
    /// <param name="isNewsOfErasure">Looks at what was read; true when all that was read so far has to be read anew.</param>
    /// <exception cref="LedgerDamagedException">No state can be made of an entry.</exception>
    public async ValueTask<Reading> CatchUpAsync(
        long head, Func<IReadOnlyList<LedgerEntry>, bool> isNewsOfErasure, CancellationToken cancellationToken)
    {
        await Turn.WaitAsync(cancellationToken);
        try
        {
            if (!begun)
                await BeginAsync(cancellationToken);
            while (known.State.Seq < head)
            {
                var page = await ledger.ReadAsync(Tenant, known.State.Seq, PageSize, cancellationToken);
                if (isNewsOfErasure(page) || await IsFromBeforeErasureAsync(page, cancellationToken))
                    return Reading.Outdated;
                await TakeAsync(page, cancellationToken);
                SaveAfter(known.State.Seq < head || wasCaughtUp ? GetDue(savedBytes) : SaveAtRest);
            }
            wasCaughtUp = true;
            return Reading.Done;
        }
        finally
        {
            Turn.Release();
        }
    }

    /// <summary>
    /// After how many entries a state of so many bytes is kept again. To keep it costs by its size, whatever came since, so a large one
    /// waits for as many entries as it has kilobytes: an entry costs the same whatever is open, and what a start after a crash reads is at
    /// most about as much again as the state stands for.
    /// </summary>
    internal static int GetDue(int bytes) => Math.Max(SaveEvery, bytes / BytesAnEntry);

    /// <summary>Keeps the state if it has come on since it was kept last, and waits until that is done.</summary>
    public async Task SaveAsync()
    {
        await saving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SaveAfter(SaveAtRest);
        await saving;
    }

    private async ValueTask BeginAsync(CancellationToken cancellationToken)
    {
        if (store is not null)
        {
            // Before anything is read: an erasure that comes in between then reaches whatever is made of it.
            key = await store.KeyAsync(Tenant, cancellationToken);
            if (mayUseKept && await store.LoadAsync(Tenant, key, ledger, cancellationToken) is { } kept)
            {
                known = kept with { State = kept.State.Called(name) };
                (savedAt, savedBytes, isFromKept, KeptUpTo) = (kept.State.Seq, kept.Bytes, true, kept.State.Seq);
            }
        }
        begun = true;
    }

    /// <summary>What was kept may hold the data of somebody whom an entry after it says to be erased.</summary>
    private async ValueTask<bool> IsFromBeforeErasureAsync(IReadOnlyList<LedgerEntry> page, CancellationToken cancellationToken)
    {
        if (!isFromKept || page.FirstOrDefault(static entry => entry.Fact is ErasureCompleted) is not { } erasure)
            return false;
        if (!wasCaughtUp)
        {
            store!.Refuse(Tenant, $"entry {erasure.Seq} says that somebody was erased since");
            await store.DestroyAsync(Tenant, cancellationToken);
        }
        return true;
    }

    private async ValueTask TakeAsync(IReadOnlyList<LedgerEntry> page, CancellationToken cancellationToken)
    {
        var (state, leaf) = (known.State, known.Leaf);
        foreach (var entry in page)
        {
            if (Retired is not null)
                state = await Retired.BeforeAsync(state, entry, cancellationToken);
            state = After(state, entry);
            leaf = entry.Hash;
        }
        if (Retired?.Waiting > MaxWaiting)
            await FlushAsync(cancellationToken);
        known = new(state, leaf);
    }

    private Task FlushAsync(CancellationToken cancellationToken) =>
        Retired is null || key is null ? Task.CompletedTask : Retired.FlushAsync(key, cancellationToken);

    private TenantState After(TenantState state, LedgerEntry entry)
    {
        try
        {
            var next = state.Apply(entry);
            return Retired is null ? next : Retired.After(next, entry);
        }
        catch (Exception unfit)
        {
            throw new LedgerDamagedException(
                entry.Tenant, entry.Seq, $"this version of the bot cannot work with it ({unfit.GetType().Name}: {unfit.Message})", unfit);
        }
    }

    private void SaveAfter(int entries)
    {
        if (store is null || key is null || known.State.Seq - savedAt < entries || !saving.IsCompleted)
            return;
        var current = known;
        savedAt = current.State.Seq;
        saving = Task.Run(async () => savedBytes = await store.SaveAsync(current, Retired, key, CancellationToken.None) ?? savedBytes);
    }
}

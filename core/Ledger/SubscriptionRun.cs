using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>What the runs of one subscription share, over all tenants.</summary>
/// <param name="Handlers">Of those that run at the same time.</param>
/// <param name="CatchingUp">Of those that read a long history at the same time; shared by all subscriptions.</param>
internal sealed record SubscriptionLimits(SemaphoreSlim Handlers, SemaphoreSlim CatchingUp)
{
    public const int MaxHandlers = 64;
    public const int MaxCatchingUp = 2;
}

/// <summary>
/// One subscription over one tenant. Entries of a partition wait for one another, partitions go side by side. A partition that hangs or
/// keeps failing holds the cursor, not the others, until <see cref="ReadAhead"/> entries wait.
/// </summary>
internal sealed class SubscriptionRun(
    ILedgerSubscription subscription, TenantId tenant, SubscriptionLimits limits, ILedger ledger, ICursorStore store, TimeProvider clock,
    ILogger logger, ISubscriptionPause? hold = null)
{
    /// <summary>Entries of interest that are read but not finished.</summary>
    public const int ReadAhead = 4096;

    private const int PageSize = 512;
    private const double FirstPauseSeconds = 0.2;
    private const double MaxPauseSeconds = 30;

    private readonly Lock gate = new();
    private readonly Dictionary<string, Queue<LedgerEntry>> partitions = [];
    private readonly SortedSet<long> unfinished = [];
    private long readUpTo;
    private long head;
    private int running;
    private int lanesGoing;
    private TaskCompletionSource? progressed;

    public string Subscription => subscription.Name;

    /// <inheritdoc cref="ILedgerSubscription.IsAside"/>
    public bool IsAside => subscription.IsAside;

    public TenantId Tenant => tenant;

    /// <summary>Everything up to here is finished.</summary>
    public long Cursor
    {
        get
        {
            lock (gate)
                return unfinished.Count > 0 ? unfinished.Min - 1 : readUpTo;
        }
    }

    /// <summary>Entries between the cursor and the head last seen.</summary>
    public long Lag => Math.Max(0, Volatile.Read(ref head) - Cursor);

    /// <summary>Handlers that run now.</summary>
    public int Running => Volatile.Read(ref running);

    /// <summary>Runs until stopped and then until the last handler has come back.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await ReadAsync(stopping);
        await ProgressAsync(() => lanesGoing == 0, CancellationToken.None);
    }

    /// <summary>Completes when everything up to the head of now is finished.</summary>
    public async Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        long target;
        try
        {
            target = await ledger.HeadAsync(tenant, cancellationToken);
        }
        catch (LedgerDamagedException)
        {
            return;
        }
        await ProgressAsync(() => (unfinished.Count > 0 ? unfinished.Min - 1 : readUpTo) >= target, cancellationToken);
    }

    private async Task ReadAsync(CancellationToken stopping)
    {
        for (var attempt = 1; !stopping.IsCancellationRequested; attempt++)
        {
            try
            {
                Resume(await LoadAsync(stopping));
                while (true)
                {
                    await ReadOnceAsync(stopping);
                    attempt = 0;
                }
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (LedgerDamagedException)
            {
                // Told already, once. It does not mend while the process runs.
                await PauseAsync(Timeout.InfiniteTimeSpan, stopping);
            }
            catch (Exception failure)
            {
                var pause = PauseAfter(attempt);
                logger.SubscriptionsFailed(failure, subscription.Name, tenant, pause);
                await PauseAsync(pause, stopping);
            }
        }
    }

    /// <summary>
    /// The saved cursor, and the head where it claims to be past that: the entries to come would be skipped as if they were finished.
    /// </summary>
    private async ValueTask<long> LoadAsync(CancellationToken stopping)
    {
        var saved = await store.LoadAsync(subscription.Name, tenant, stopping);
        var end = await ledger.HeadAsync(tenant, stopping);
        if (saved <= end)
            return saved;
        logger.CursorAhead(subscription.Name, tenant, saved, end);
        return end;
    }

    private void Resume(long saved)
    {
        lock (gate)
        {
            readUpTo = Math.Max(readUpTo, saved);
            Progressed();
        }
    }

    private async Task ReadOnceAsync(CancellationToken stopping)
    {
        await ledger.WaitPastAsync(tenant, readUpTo, stopping);
        Volatile.Write(ref head, await ledger.HeadAsync(tenant, stopping));
        foreach (var entry in await NextPageAsync(stopping))
        {
            var partition = subscription.GetPartitionKey(entry);
            if (partition is not null)
                await ProgressAsync(() => unfinished.Count < ReadAhead, stopping);
            if (Accept(entry, partition))
                _ = Task.Run(() => RunPartitionAsync(partition!, stopping), CancellationToken.None);
        }
    }

    /// <summary>
    /// Whoever has a whole page to catch up with takes turns: of a long history, seen for the first time, few pages are in memory at once.
    /// </summary>
    private async ValueTask<IReadOnlyList<LedgerEntry>> NextPageAsync(CancellationToken stopping)
    {
        if (Volatile.Read(ref head) - readUpTo < PageSize)
            return await ledger.ReadAsync(tenant, readUpTo, PageSize, stopping);
        await limits.CatchingUp.WaitAsync(stopping);
        try
        {
            return await ledger.ReadAsync(tenant, readUpTo, PageSize, stopping);
        }
        finally
        {
            limits.CatchingUp.Release();
        }
    }

    /// <summary>Queues an entry; true when its partition was at rest and has to be set going.</summary>
    private bool Accept(LedgerEntry entry, string? partition)
    {
        lock (gate)
        {
            readUpTo = entry.Seq;
            if (partition is null)
            {
                Progressed();
                return false;
            }
            unfinished.Add(entry.Seq);
            var resting = !partitions.TryGetValue(partition, out var queue);
            if (resting)
            {
                partitions[partition] = queue = [];
                lanesGoing++;
            }
            queue!.Enqueue(entry);
            return resting;
        }
    }

    private async Task RunPartitionAsync(string partition, CancellationToken stopping)
    {
        try
        {
            while (Next(partition) is { } entry)
            {
                await HandleUntilDoneAsync(entry, stopping);
                Finish(partition, entry);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // What is unfinished stays behind the cursor and is handed over at the next start.
        }
        lock (gate)
        {
            lanesGoing--;
            Progressed();
        }
    }

    private async Task HandleUntilDoneAsync(LedgerEntry entry, CancellationToken stopping)
    {
        for (var attempt = 1; ; attempt++)
        {
            // Without a slot: those are for all tenants.
            if (subscription.WaitsForSwitch && hold is not null)
                await hold.PassAsync(tenant, stopping);
            await limits.Handlers.WaitAsync(stopping);
            Interlocked.Increment(ref running);
            TimeSpan pause;
            try
            {
                stopping.ThrowIfCancellationRequested();
                using var scope = logger.Handling(entry);
                await subscription.HandleAsync(entry, stopping);
                return;
            }
            catch (LedgerDamagedException damaged) when (damaged.Tenant == tenant && !stopping.IsCancellationRequested)
            {
                pause = Timeout.InfiniteTimeSpan;
            }
            catch (SubscriptionPausedException)
            {
                pause = TimeSpan.Zero;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                pause = PauseAfter(attempt);
                logger.SubscriptionFailed(failure, subscription.Name, tenant, entry.Seq, entry.Type, entry.Correlation, attempt, pause);
            }
            finally
            {
                Interlocked.Decrement(ref running);
                limits.Handlers.Release();
            }
            await PauseAsync(pause, stopping);
        }
    }

    private LedgerEntry? Next(string partition)
    {
        lock (gate)
        {
            if (partitions[partition].TryPeek(out var entry))
                return entry;
            partitions.Remove(partition);
            return null;
        }
    }

    private void Finish(string partition, LedgerEntry entry)
    {
        lock (gate)
        {
            partitions[partition].Dequeue();
            unfinished.Remove(entry.Seq);
            Progressed();
        }
    }

    /// <summary>Completes once the condition, looked at under the lock, holds.</summary>
    private async Task ProgressAsync(Func<bool> condition, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (condition())
                    return;
                next = (progressed ??= new(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    /// <summary>Tells those who wait, if anybody does; under the lock.</summary>
    private void Progressed()
    {
        progressed?.SetResult();
        progressed = null;
    }

    private async Task PauseAsync(TimeSpan pause, CancellationToken stopping) =>
        await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

    /// <summary>0.2 s, doubling up to 30 s, and up to a fifth less, so that what failed together does not come back together.</summary>
    private static TimeSpan PauseAfter(int attempt) =>
        TimeSpan.FromSeconds(
            Math.Min(MaxPauseSeconds, FirstPauseSeconds * Math.Pow(2, Math.Min(attempt, 10) - 1)) * (0.8
                + (0.2 * Random.Shared.NextDouble())));
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>What the next round of a <see cref="TenantWorker"/> waits for.</summary>
/// <param name="Within">How long at most; infinite where only the signal counts.</param>
/// <param name="Signal">Completes when there is something to do sooner; null when nothing says so.</param>
/// <param name="Settle">After the signal, so that what comes in a burst is one round.</param>
public readonly record struct NextRound(TimeSpan Within, Func<CancellationToken, Task>? Signal = null, TimeSpan Settle = default)
{
    /// <summary>There is nothing more to do for the tenant.</summary>
    public static readonly NextRound None = new(TimeSpan.MinValue);

    public static NextRound After(TimeSpan time) => new(time);
}

/// <summary>
/// Repeats a piece of work for each tenant, side by side: after a time, or sooner when a signal comes. What fails for one tenant is told
/// and tried again after a pause, which doubles up to <see cref="MaxPause"/> while it goes on failing, and holds up no other. A tenant in
/// quarantine is passed over from then on: it does not mend while the process runs.
/// </summary>
/// <param name="pause">After the first failure.</param>
/// <param name="failed">Tells of a failure, and how long it is until the next attempt.</param>
public sealed class TenantWorker(TimeProvider clock, TimeSpan pause, Action<TenantId, Exception, TimeSpan> failed)
{
    /// <summary>The longest pause after failures, unless the first is longer.</summary>
    public static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(1);

    /// <summary>Completes when the work is done for every tenant, or the host stops.</summary>
    public Task RunAsync(
        IEnumerable<Tenant> tenants, Func<TenantId, CancellationToken, Task<NextRound>> round, CancellationToken stopping) =>
        Task.WhenAll(tenants.Select(tenant => RepeatAsync(tenant.Id, stop => round(tenant.Id, stop), stopping)));

    /// <summary>Looks at each tenant while this instance works for it, again and again, for the first time after the pause.</summary>
    public async Task LookAsync(AssignedTenants tenants, Func<TenantId, CancellationToken, Task> look, CancellationToken stopping)
    {
        await Task.Delay(pause, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await RunAsync(
            tenants.All,
            async (tenant, stop) =>
            {
                if (tenants.IsMine(tenant))
                    await look(tenant, stop);
                return NextRound.After(pause);
            },
            stopping);
    }

    /// <summary>For one tenant.</summary>
    public Task RepeatAsync(TenantId tenant, Func<CancellationToken, Task<NextRound>> round, CancellationToken stopping) =>
        Task.Run(() => RepeatHereAsync(tenant, round, stopping), CancellationToken.None);

    private async Task RepeatHereAsync(TenantId tenant, Func<CancellationToken, Task<NextRound>> round, CancellationToken stopping)
    {
        var next = pause;
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var wait = await round(stopping);
                if (wait == NextRound.None)
                    return;
                await WaitAsync(wait, stopping);
                next = pause;
            }
            catch (Exception) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (LedgerDamagedException damaged) when (damaged.Tenant == tenant)
            {
                return;
            }
            catch (Exception failure)
            {
                failed(tenant, failure, next);
                await Task.Delay(next, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
                next = Longer(next);
            }
        }
    }

    private TimeSpan Longer(TimeSpan last)
    {
        var max = pause > MaxPause ? pause : MaxPause;
        return last * 2 < max ? last * 2 : max;
    }

    private async Task WaitAsync(NextRound next, CancellationToken stopping)
    {
        if (next.Within <= TimeSpan.Zero && next.Within != Timeout.InfiniteTimeSpan)
            return;
        if (next.Signal is null)
        {
            await Task.Delay(next.Within, clock, stopping);
            return;
        }
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var signal = next.Signal(waiting.Token);
        var time = Task.Delay(next.Within, clock, waiting.Token);
        var isSignalled = await Task.WhenAny(signal, time) == signal;
        if (isSignalled && signal.IsCompletedSuccessfully && next.Settle > TimeSpan.Zero)
            await Task.Delay(next.Settle, clock, stopping);
        await waiting.CancelAsync();
        await Task.WhenAll(signal, time).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (isSignalled)
            await signal;
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>
/// Lets proposals expire, escalate and come back from a snooze. Keeps nothing: what is due is read from the state, at start as at any time.
/// Wakes at the next due time, when the ledger moves, and once a minute in case the clock was set.
/// </summary>
internal sealed class Deadlines(ILedger ledger, TenantStates states, ITenantDirectory tenants, Lazy<ConfiguredAccess> access, TimeProvider clock, ILogger<Deadlines> logger, Lazy<KillSwitch>? killSwitch = null) : BackgroundService
{
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>A burst of entries is looked at once. Where so many proposals wait that looking takes long, it is done less often.</summary>
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);
    private const int RestPerLook = 50;

    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    /// <summary>Does what is due for one tenant now; what somebody else did first is left to them.</summary>
    public async Task<TenantState> CatchUpAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(tenant, cancellationToken);
        if (IsStopped(state))
            return state;
        var isAnythingDone = false;
        foreach (var due in DeadlineRules.Due(state, clock.GetUtcNow(), role => access.Value.IsAnybodyThere(state, role)))
        {
            if (await ledger.AppendAsync(tenant, due.Expected, due.Entries, cancellationToken) is AppendResult.Appended)
                logger.FellDue(due.IncidentId, tenant, due.What);
            isAnythingDone = true;
        }
        return isAnythingDone ? await states.GetAsync(tenant, cancellationToken) : state;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(tenants.All.Select(tenant => Task.Run(() => KeepAsync(tenant.Id, stoppingToken), stoppingToken)));

    private async Task KeepAsync(TenantId tenant, CancellationToken stopping)
    {
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                var began = clock.GetTimestamp();
                var state = await CatchUpAsync(tenant, stopping);
                var next = IsStopped(state) ? null : DeadlineRules.Next(state);
                await WaitAsync(tenant, state.Seq, next, clock.GetElapsedTime(began) * RestPerLook, stopping);
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception problem)
            {
                logger.DeadlinesFailed(tenant, PauseAfterFailure, problem);
                await Task.Delay(PauseAfterFailure, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
    }

    /// <summary>Under the kill switch nothing falls due: nobody could have decided, and nobody is told. Its end moves the ledger.</summary>
    private bool IsStopped(TenantState state) => state.SwitchedOff is not null || killSwitch?.Value.WhyStopped(state.Tenant) is not null;

    private async Task WaitAsync(TenantId tenant, long seen, DateTimeOffset? next, TimeSpan rest, CancellationToken stopping)
    {
        var now = clock.GetUtcNow();
        var wait = next is { } time && time - now < LongestWait ? time - now : LongestWait;
        if (wait <= TimeSpan.Zero)
            return;
        using var woken = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var moved = ledger.WaitPastAsync(tenant, seen, woken.Token).AsTask();
        var due = Task.Delay(wait, clock, woken.Token);
        var first = await Task.WhenAny(moved, due);
        if (first == moved)
        {
            await moved;
            var settle = rest > Settle ? rest : Settle;
            await Task.Delay(wait < settle ? wait : settle, clock, stopping);
        }
        await woken.CancelAsync();
        await Task.WhenAll(moved, due).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>
/// Lets proposals expire, escalate and come back from a snooze. Keeps nothing: what is due is read from the state, at start as at any time.
/// Wakes at the next due time, when the ledger moves, and once a minute in case the clock was set.
/// </summary>
internal sealed class Deadlines(ILedger ledger, TenantStates states, ITenantDirectory tenants, Lazy<ConfiguredAccess> access,
    TimeProvider clock, ILogger<Deadlines> logger, Lazy<KillSwitch>? killSwitch = null) : BackgroundService
{
    private static readonly TimeSpan MaxWait = TimeSpan.FromMinutes(1);

    /// <summary>
    /// A burst of entries is looked at once. Where so many proposals wait that looking takes long, it is done less often.
    /// </summary>
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
                logger.FellDue(due.Subject.Text, tenant, due.What);
            isAnythingDone = true;
        }
        return isAnythingDone ? await states.GetAsync(tenant, cancellationToken) : state;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new TenantWorker(clock, PauseAfterFailure, (tenant, problem, pause) => logger.DeadlinesFailed(tenant, pause, problem))
            .RunAsync(tenants.All, NextAsync, stoppingToken);

    private async Task<NextRound> NextAsync(TenantId tenant, CancellationToken stopping)
    {
        var began = clock.GetTimestamp();
        var state = await CatchUpAsync(tenant, stopping);
        var now = clock.GetUtcNow();
        var next = IsStopped(state) ? null : DeadlineRules.Next(state);
        var wait = next is { } time && time - now < MaxWait ? time - now : MaxWait;
        var rest = clock.GetElapsedTime(began) * RestPerLook;
        var settle = rest > Settle ? rest : Settle;
        return new(wait, moved => ledger.WaitPastAsync(tenant, state.Seq, moved).AsTask(), wait < settle ? wait : settle);
    }

    /// <summary>Under the kill switch nothing falls due: nobody could have decided, and nobody is told. Its end moves the ledger.</summary>
    private bool IsStopped(TenantState state) => state.SwitchedOff is not null || killSwitch?.Value.GetStopReason(state.Tenant) is not null;
}

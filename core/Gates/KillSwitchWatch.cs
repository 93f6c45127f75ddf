using System.Collections.Concurrent;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>
/// Looks at the kill switch every second and says on each tenant's ledger when it is on and when it is lifted. It counts from the moment
/// the file says so; it is over when the ledger says that too, so that whatever waited comes after the entry.
/// </summary>
internal sealed class KillSwitchWatch(
    Lazy<KillSwitch> killSwitch,
    ILedger ledger,
    TenantStates states,
    ITenantDirectory tenants,
    ISubscribedTenants followed,
    TimeProvider clock,
    ILogger<KillSwitchWatch> logger) : BackgroundService, IKillSwitch, ISubscriptionPause
{
    private static readonly TimeSpan Every = TimeSpan.FromSeconds(1);
    private static readonly Actor Self = Actor.Service("kill-switch");

    /// <summary>What each tenant's ledger says, as far as it was looked at: whether the switch is on.</summary>
    private readonly ConcurrentDictionary<TenantId, bool> recorded = new();
    private readonly Dictionary<TenantId, string> seen = [];
    private readonly HashSet<TenantId> unrecorded = [];
    private TaskCompletionSource lifted = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private string? everything;

    public IReadOnlyDictionary<TenantId, string> On
    {
        get
        {
            var whyStopped = killSwitch.Value.Look();
            return tenants.All.Where(tenant => whyStopped(tenant.Id) is not null)
                .ToDictionary(static tenant => tenant.Id, tenant => whyStopped(tenant.Id)!);
        }
    }

    public bool IsOn(TenantId tenant) => killSwitch.Value.GetStopReason(tenant) is not null || recorded.GetValueOrDefault(tenant);

    public Task NextLiftAsync(CancellationToken cancellationToken) => Volatile.Read(ref lifted).Task.WaitAsync(cancellationToken);

    /// <summary>
    /// At the start it waits for what the ledger says, so that a switch that was lifted meanwhile is on record as lifted first.
    /// </summary>
    public async ValueTask PassAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        while (true)
        {
            var next = NextLiftAsync(cancellationToken);
            if (recorded.TryGetValue(tenant, out var isOn) && !isOn && killSwitch.Value.GetStopReason(tenant) is null)
                return;
            await next;
        }
    }

    /// <summary>Looks once; for tests, too.</summary>
    internal async Task LookAsync(CancellationToken cancellationToken)
    {
        var isAnyLifted = false;
        var whyStopped = killSwitch.Value.Look();
        foreach (var tenant in tenants.All)
        {
            var why = whyStopped(tenant.Id);
            var wasOn = seen.Remove(tenant.Id);
            isAnyLifted |= wasOn && why is null;
            if (why is not null)
                seen[tenant.Id] = why;
            // One look may meet a file that is just being written: it holds everything at once, and is told if the next look finds it so.
            if (why is not null && !wasOn)
                continue;
            if (!followed.IsMine(tenant.Id))
                recorded.TryRemove(tenant.Id, out _);
            else if (!recorded.TryGetValue(tenant.Id, out var isOn) || isOn != (why is not null))
                isAnyLifted |= await RecordAsync(tenant.Id, why, cancellationToken) && why is null;
        }
        Say();
        if (isAnyLifted)
            Interlocked.Exchange(ref lifted, new(TaskCreationOptions.RunContinuationsAsynchronously)).TrySetResult();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            await LookAsync(stoppingToken);
            await Task.Delay(Every, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>False when the ledger does not say it yet.</summary>
    private async Task<bool> RecordAsync(TenantId tenant, string? why, CancellationToken cancellationToken)
    {
        try
        {
            if (await states.FindAsync(tenant, cancellationToken) is not { } state)
                return false;
            Fact? fact = (state.SwitchedOff, why) switch
            {
                (null, not null) => new SwitchThrown(why),
                ({ } off, null) => new SwitchLifted(off.Since),
                _ => null,
            };
            if (fact is not null && !await AppendAsync(state, fact, cancellationToken))
                return false;
            recorded[tenant] = why is not null;
            unrecorded.Remove(tenant);
            return true;
        }
        catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
        {
            // Whatever waits for it could not be done either. The next look tries again.
            if (unrecorded.Add(tenant))
                logger.SwitchNotRecorded(tenant, problem);
            return false;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private async Task<bool> AppendAsync(TenantState state, Fact fact, CancellationToken cancellationToken)
    {
        var entry = new NewEntry(StreamId.Switch, Self, CorrelationId.New(), fact);
        return await ledger.AppendAsync(state.Tenant, [state.GetVersion(StreamId.Switch)], [entry], cancellationToken)
            is AppendResult.Appended;
    }

    private void Say()
    {
        var ofAll = seen.Count == tenants.All.Count && seen.Values.Distinct(StringComparer.Ordinal).ToList() is [var single]
            ? single
            : null;
        var ofEach = seen.OrderBy(static one => one.Key.Value, StringComparer.Ordinal).Select(static one => $"{one.Key}: {one.Value}");
        var all = ofAll ?? string.Join(' ', ofEach);
        var now = all.Length == 0 ? null : all;
        if (now == everything)
            return;
        if (now is not null)
            logger.SwitchIsOn(now);
        else
            logger.SwitchIsLifted();
        everything = now;
    }
}

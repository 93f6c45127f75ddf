using System.Collections.Concurrent;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Drafting;

/// <summary>
/// Has an incident drafted again that has no plan only because a vendor gave no answer, once it gives one: nobody has to ask for it. The
/// vendor is asked in between, after a minute and then less and less often, and nothing is on record until it answers. Of several bots one
/// asks.
/// </summary>
internal sealed class AwayVendors : BackgroundService
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan MaxPause = TimeSpan.FromMinutes(15);

    /// <summary>A vendor that answers and is away whenever it is drafted is a person's to look at.</summary>
    private const int MaxRevisions = 10;

    /// <summary>So many are asked about in one round; of an outage of many incidents the others have their turn in the next.</summary>
    private const int AtOnce = 5;

    private static readonly Actor Self = Actor.Service("drafting");

    private readonly ILedger ledger;
    private readonly TenantStates states;
    private readonly AssignedTenants tenants;
    private readonly IncidentDrafter drafter;
    private readonly TimeProvider clock;
    private readonly ILogger<AwayVendors> logger;
    private readonly IKillSwitch? killSwitch;
    private readonly ConcurrentDictionary<(TenantId Tenant, IncidentId Incident), Wait> waits = new();

    public AwayVendors(
        ILedger ledger, TenantStates states, AssignedTenants tenants, IncidentDrafter drafter, TimeProvider clock,
        ILogger<AwayVendors> logger, IKillSwitch? killSwitch = null)
    {
        (this.ledger, this.states, this.tenants, this.drafter) = (ledger, states, tenants, drafter);
        (this.clock, this.logger, this.killSwitch) = (clock, logger, killSwitch);
    }

    /// <summary>Asks for the incidents of one tenant whose time has come.</summary>
    public async Task LookAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (killSwitch?.IsOn(tenant) == true)
            return;
        var state = await states.GetAsync(tenant, cancellationToken);
        var waiting = state.Incidents.Values.Where(IsWaiting).ToList();
        foreach (var gone in waits.Keys.Where(key => key.Tenant == tenant && !waiting.Exists(one => one.Id == key.Incident)))
            waits.TryRemove(gone, out _);
        var due = waiting.Where(IsDue).OrderBy(one => waits[(tenant, one.Id)].Next).Take(AtOnce);
        await Task.WhenAll(due.Select(one => AskAsync(one, cancellationToken)));
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new TenantWorker(clock, LookEvery, (tenant, problem, _) => logger.AwayFailed(tenant, problem))
            .LookAsync(tenants, LookAsync, stoppingToken);

    private static bool IsWaiting(Incident incident) =>
        incident is { Draft.VendorAway: true, Phase: ProposalPhase.Waiting, CanBeDraftedAgain: true }
        && incident.Proposal.NextRevision <= MaxRevisions;

    /// <summary>An alert of the incident since it was asked is a reason to ask sooner.</summary>
    private bool IsDue(Incident incident)
    {
        var now = clock.GetUtcNow();
        var wait = waits.GetOrAdd((incident.Tenant, incident.Id), _ => new(now + LookEvery, LookEvery, incident.EventCount));
        return wait.Next <= now || wait.Events != incident.EventCount;
    }

    private async Task AskAsync(Incident incident, CancellationToken cancellationToken)
    {
        var key = (incident.Tenant, incident.Id);
        var pause = waits[key].Pause * 2 < MaxPause ? waits[key].Pause * 2 : MaxPause;
        waits[key] = new(clock.GetUtcNow() + pause, pause, incident.EventCount);
        if (!await drafter.DoAnswerAsync(incident, cancellationToken) || killSwitch?.IsOn(incident.Tenant) == true)
            return;
        var revision = incident.Staged!.Revision;
        var result = await ledger.AppendAsync(
            incident.Tenant,
            [new(StreamId.Proposal(incident.Id), incident.Proposal.Version), new(StreamId.Incident(incident.Id), incident.IncidentVersion)],
            [new(StreamId.Proposal(incident.Id), Self, incident.Correlation,
                new RedraftRequested(incident.Id, revision) { VendorAnswers = true }, incident.Proposal.StagedSeq)],
            cancellationToken);
        // What changed meanwhile is looked at again in the next round.
        if (result is AppendResult.Appended)
            logger.VendorAnswers(incident.Id, incident.Tenant, revision);
    }

    /// <param name="Next">When to ask again.</param>
    /// <param name="Pause">How long it was until then.</param>
    /// <param name="Events">How many events the incident had when it was asked last.</param>
    private sealed record Wait(DateTimeOffset Next, TimeSpan Pause, int Events);
}

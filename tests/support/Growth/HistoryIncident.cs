using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support.Growth;

/// <summary>
/// The entries of one incident. Of twenty, ten end by themselves before anything is drafted (four entries each), five are rejected (nine) and
/// five carried out (fifteen), which is eight on average; one that stays open has the six up to its card.
/// </summary>
internal sealed class HistoryIncident
{
    private static readonly Actor[] Approvers =
        [.. Enumerable.Range(0, 3).Select(static n => new Actor(ActorKind.Person, $"99999999-0000-4000-8000-00000000000{n}", $"Approver {n}"))];

    private static readonly Actor Incidents = Actor.Service("incidents");
    private static readonly Actor Drafting = Actor.Service("drafting");
    private static readonly Actor Cards = Actor.Service("cards");
    private static readonly Actor Execution = Actor.Service("execution");

    private readonly HistoryPlan plan;
    private readonly int tenant;
    private readonly int round;
    private readonly DateTimeOffset began;
    private readonly string id;
    private readonly string device;
    private readonly string correlation;
    private readonly string seal;
    private readonly string channel;
    private readonly string activity;
    private readonly bool endsByItself;
    private long stagedSeq;

    public HistoryIncident(HistoryPlan plan, int tenant, int round, DateTimeOffset began)
    {
        (this.plan, this.tenant, this.round, this.began) = (plan, tenant, round, began);
        id = string.Create(CultureInfo.InvariantCulture, $"{HistoryPlan.Prefix(tenant)}-{1001 + round}");
        device = string.Create(CultureInfo.InvariantCulture, $"SRV-{round % 97:00}");
        seal = Hash("seal");
        correlation = Hash("correlation")[..32];
        channel = HistoryPlan.Channel(tenant);
        activity = string.Create(CultureInfo.InvariantCulture, $"{began.ToUnixTimeMilliseconds()}");
        endsByItself = Kind < 10 && !plan.IsOpen(tenant, round);
    }

    private int Kind => (round * 7 + tenant) % 20;

    private string Key => $"windowsservicedown|{device.ToLowerInvariant()}|spooler";

    private string EventOf(string status) => "E-" + Hash(status)[..16];

    /// <summary>From the alert to the card that asks for a decision.</summary>
    /// <param name="seq">Of the tenant's last entry.</param>
    public IReadOnlyList<NewEntry> Begin(long seq)
    {
        var (receivedSeq, openedSeq, draftedSeq) = (seq + 1, seq + 2, seq + 3);
        List<NewEntry> entries =
        [
            Received(EventStatus.Firing),
            new(StreamId.Incident(id), Incidents, correlation, new IncidentOpened(
                id, $"Spooler is down on {device}", Severity.Error, "WindowsServiceDown", device, IncidentScope.One, Key, "windowsservicedown",
                EventOf("firing")), receivedSeq),
        ];
        if (endsByItself)
            return entries;
        stagedSeq = seq + 4;
        var observed = new Dictionary<string, string> { [$"{device} device.online"] = "true", [$"{device} service.Spooler.state"] = "stopped" };
        var terms = new GateTerms(
            GateLevel.L2, ["Changes are approved by a person (policy)."], Role.Approver, 1, true, began + HistoryPlan.Expiry, null, null, "operations@0c1d2e3f4a5b");
        entries.Add(new(StreamId.Proposal(id), Drafting, correlation, new RecommendationDrafted(
            id, 1, "runbook print-spooler v3", $"Start the print spooler on {device}.",
            $"Nobody can print through {device} while its spooler is stopped. If it stops again at once, a job in a queue crashes it; clear the queue first.",
            [new($"Spooler is down on {device}", receivedSeq)], Plan(), Risk.Low, null, observed, false, "device"), openedSeq));
        entries.Add(new(StreamId.Proposal(id), Drafting, correlation, new ProposalStaged(
            id, 1, ProposalKind.Remedy, Drafting, Plan(), observed, terms, false, seal, Hash("nonce")) { ByClock = began, Severity = Severity.Error }, draftedSeq));
        entries.Add(new(StreamId.Card(id), Cards, correlation, new CardSending(id, channel), stagedSeq));
        entries.Add(new(StreamId.Card(id), Cards, correlation, new CardPosted(
            id, channel, plan.ServiceUrl, $"{channel};messageid={activity}", activity, stagedSeq, false) { Content = Hash("posted") }, stagedSeq));
        return entries;
    }

    /// <summary>How it ended.</summary>
    /// <param name="seq">Of the tenant's last entry.</param>
    public IReadOnlyList<NewEntry> End(long seq, DateTimeOffset now)
    {
        if (endsByItself)
        {
            return
            [
                Received(EventStatus.Resolved),
                new(StreamId.Incident(id), Incidents, correlation, new IncidentClosed(id, ClosedReasons.Resolved), seq + 1),
            ];
        }
        return Kind < 15 ? Rejected(seq, now) : CarriedOut(seq, now);
    }

    private List<NewEntry> Rejected(long seq, DateTimeOffset now) =>
    [
        Decided(DecisionKind.Reject, "Restarted by hand already", now),
        new(StreamId.Incident(id), Approver, correlation, new IncidentClosed(id, "rejected"), stagedSeq),
        Updated(seq + 2),
    ];

    private List<NewEntry> CarriedOut(long seq, DateTimeOffset now)
    {
        var (decidedSeq, startedSeq, finishedSeq, closedSeq) = (seq + 1, seq + 2, seq + 5, seq + 6);
        var (run, operation) = ($"{id}-x1", $"{id}-x1-0");
        return
        [
            Decided(DecisionKind.Approve, null, now),
            new(StreamId.Proposal(id), Execution, correlation, new ExecutionStarted(id, 1, run, seal, Hash("instance")[..32], now.AddMinutes(2), true), decidedSeq),
            new(StreamId.Proposal(id), Execution, correlation, new StepStarted(id, run, 0, false, operation), startedSeq),
            new(StreamId.Proposal(id), Execution, correlation, new StepFinished(
                id, run, 0, false, operation, StepOutcome.Applied, "Service Spooler was started."), startedSeq),
            new(StreamId.Proposal(id), Execution, correlation, new ExecutionFinished(
                id, run, ExecutionOutcome.Verified, $"Start the print spooler on {device}: applied and read back.",
                [new($"{device} service.Spooler.state", "stopped", "running")], false, now.AddDays(1)), startedSeq),
            new(StreamId.Incident(id), Execution, correlation, new IncidentClosed(id, "verified"), startedSeq),
            Updated(closedSeq),
            new(StreamId.Card(id), Cards, correlation, new NoticeSending(id, channel, finishedSeq), closedSeq),
            new(StreamId.Message(channel), Cards, correlation, new MessageSent("outcome", id, channel, activity + "1", Hash("notice"), MessageOutcome.Sent), closedSeq),
        ];
    }

    private Actor Approver => Approvers[round % Approvers.Length];

    private NewEntry Received(EventStatus status)
    {
        var eventId = EventOf(status == EventStatus.Firing ? "firing" : "resolved");
        var received = new EventReceived(
            eventId, HistoryPlan.Connection(tenant), Hash(eventId)[..32], status, Severity.Error, "WindowsServiceDown", device, $"Spooler is down on {device}", null,
            $"{HistoryPlan.Connection(tenant)}:{Hash("alert")[..16]}", Key, "windowsservicedown", began, false,
            new Dictionary<string, string> { ["alertname"] = "WindowsServiceDown", ["instance"] = device, ["name"] = "Spooler", ["job"] = "windows", ["severity"] = "error" });
        return new(
            StreamId.Event(eventId), Actor.Connection(HistoryPlan.Connection(tenant)), correlation, received with { Delivery = new(Hash("delivery"), 0, 1), OwnCard = OwnCard.Plan });
    }

    private NewEntry Decided(DecisionKind kind, string? reason, DateTimeOffset now) => new(
        StreamId.Proposal(id), Approver, correlation, new ProposalDecided(id, 1, kind, seal, reason, null, null, true) { ByClock = now }, stagedSeq);

    private NewEntry Updated(long shownSeq) => new(
        StreamId.Card(id), Cards, correlation, new CardUpdated(id, channel, activity, shownSeq) { Content = Hash("updated") }, shownSeq);

    private Plan Plan() => new(
    [
        new(
            $"Start the print spooler on {device}", "service.start", new(HistoryPlan.Connection(tenant), "device", $"dev-{device}", device, $"Client {tenant}"),
            new Dictionary<string, string> { ["service"] = "Spooler" }, $"Start-Service -Name 'Spooler' -ComputerName {device}", [],
            [new("device.online", "==", "true"), new("service.Spooler.state", "==", "stopped")], [new("service.Spooler.state", "==", "running")], "service.stop")
        {
            RollbackCommand = $"Stop-Service -Name 'Spooler' -ComputerName {device}",
        },
    ]);

    private string Hash(string of) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {of}")));
}

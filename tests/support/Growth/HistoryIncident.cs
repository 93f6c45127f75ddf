using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support.Growth;

/// <summary>
/// The entries of one incident. Of twenty, ten end by themselves before anything is drafted (four entries each), five are rejected (nine)
/// and five carried out (fifteen), which is eight on average; one that stays open has the six up to its card.
/// </summary>
internal sealed class HistoryIncident
{
    private const string Kind = "WindowsServiceDown";
    private const string CauseKey = "windowsservicedown";

    private static readonly Actor[] Approvers =
    [
        new(ActorKind.Person, "99999999-0000-4000-8000-000000000001", "Ada Approver"),
        new(ActorKind.Person, "99999999-0000-4000-8000-000000000002", "Ben Approver"),
        new(ActorKind.Person, "99999999-0000-4000-8000-000000000003", "Cas Approver"),
    ];


    private static readonly Actor Incidents = Actor.Service("incidents");
    private static readonly Actor Drafting = Actor.Service("drafting");
    private static readonly Actor Cards = Actor.Service("cards");
    private static readonly Actor Execution = Actor.Service("execution");

    private readonly HistoryPlan plan;
    private readonly int tenant;
    private readonly int revision;
    private readonly DateTimeOffset began;
    private readonly IncidentId id;
    private readonly string device;
    private readonly CorrelationId correlation;
    private readonly string planDigest;
    private readonly ConversationId channel;
    private readonly string activity;
    private readonly bool endsByItself;
    private long stagedSeq;

    public HistoryIncident(HistoryPlan plan, int tenant, int revision, DateTimeOffset began)
    {
        (this.plan, this.tenant, this.revision, this.began) = (plan, tenant, revision, began);
        id = IncidentId.Parse($"{HistoryPlan.Prefix(tenant)}-{1001 + revision}");
        device = string.Create(CultureInfo.InvariantCulture, $"SRV-{revision % 97:00}");
        planDigest = Hash("seal");
        correlation = CorrelationId.Parse(Hash("correlation")[..32]);
        channel = HistoryPlan.Channel(tenant);
        activity = string.Create(CultureInfo.InvariantCulture, $"{began.ToUnixTimeMilliseconds()}");
        endsByItself = Fate < 10 && !plan.IsOpen(tenant, revision);
    }

    private int Fate => (revision * 7 + tenant) % 20;

    private string Title => $"Spooler is down on {device}";

    private string Key => $"{CauseKey}|{device.ToLowerInvariant()}|spooler";

    private string GetEvent(string status) => "E-" + Hash(status)[..16];

    /// <summary>From the alert to the card that asks for a decision.</summary>
    /// <param name="seq">Of the tenant's last entry.</param>
    public IReadOnlyList<NewEntry> Begin(long seq)
    {
        var (receivedSeq, openedSeq, draftedSeq) = (seq + 1, seq + 2, seq + 3);
        List<NewEntry> entries =
        [
            Received(EventStatus.Firing),
            new(StreamId.Incident(id), Incidents, correlation, new IncidentOpened(
                id, Title, Severity.Error, Kind, device, IncidentScope.One, Key, CauseKey, GetEvent("firing")), receivedSeq),
        ];
        if (endsByItself)
            return entries;
        stagedSeq = seq + 4;
        Dictionary<string, string> observed = new()
        {
            [$"{device} device.online"] = "true",
            [$"{device} service.Spooler.state"] = "stopped",
        };
        string[] reasons = ["Changes are approved by a person (policy)."];
        var terms = new GateTerms(
            GateLevel.L2, reasons, Role.Approver, 1, true, began + HistoryPlan.Expiry, null, null, "operations@0c1d2e3f4a5b");
        var staged = new ProposalStaged(id, 1, ProposalKind.Remedy, Drafting, Plan(), observed, terms, false, planDigest, Hash("nonce"))
        {
            ByClock = began,
            Severity = Severity.Error,
        };
        var posted = new CardPosted(
            id, channel, plan.ServiceUrl, Conversation($"{channel};messageid={activity}"), activity, stagedSeq, false);
        entries.Add(new(StreamId.Proposal(id), Drafting, correlation, new RecommendationDrafted(
            id, 1, "runbook print-spooler v3", $"Start the print spooler on {device}.",
            $"Nobody can print through {device} while its spooler is stopped. If it stops again at once, a job in a queue crashes it.",
            [new(Title, receivedSeq)], Plan(), Risk.Low, null, observed, false, "device"), openedSeq));
        entries.Add(new(StreamId.Proposal(id), Drafting, correlation, staged, draftedSeq));
        entries.Add(new(StreamId.Card(id), Cards, correlation, new CardSending(id, channel), stagedSeq));
        entries.Add(new(StreamId.Card(id), Cards, correlation, posted with { Content = Hash("posted") }, stagedSeq));
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
        return Fate < 15 ? Rejected(seq, now) : CarriedOut(seq, now);
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
        var started = new ExecutionStarted(id, 1, run, planDigest, Hash("instance")[..32], now.AddMinutes(2), true);
        var told = new MessageSent("outcome", id, channel, activity + "1", Hash("notice"), MessageOutcome.Sent);
        return
        [
            Decided(DecisionKind.Approve, null, now),
            new(StreamId.Proposal(id), Execution, correlation, started, decidedSeq),
            new(StreamId.Proposal(id), Execution, correlation, new StepStarted(id, run, 0, false, operation), startedSeq),
            new(StreamId.Proposal(id), Execution, correlation, new StepFinished(
                id, run, 0, false, operation, StepOutcome.Applied, "Service Spooler was started."), startedSeq),
            new(StreamId.Proposal(id), Execution, correlation, new ExecutionFinished(
                id, run, ExecutionOutcome.Verified, $"Start the print spooler on {device}: applied and read back.",
                [new($"{device} service.Spooler.state", "stopped", "running")], false, now.AddDays(1)), startedSeq),
            new(StreamId.Incident(id), Execution, correlation, new IncidentClosed(id, "verified"), startedSeq),
            Updated(closedSeq),
            new(StreamId.Card(id), Cards, correlation, new NoticeSending(id, channel, finishedSeq), closedSeq),
            new(StreamId.Message(channel), Cards, correlation, told, closedSeq),
        ];
    }

    private Actor Approver => Approvers[revision % Approvers.Length];

    private NewEntry Received(EventStatus status)
    {
        var connection = HistoryPlan.Connection(tenant);
        var eventId = GetEvent(status == EventStatus.Firing ? "firing" : "resolved");
        Dictionary<string, string> labels = new()
        {
            ["alertname"] = Kind, ["instance"] = device, ["job"] = "windows", ["name"] = "Spooler", ["severity"] = "error",
        };
        var received = new EventReceived(
            eventId, connection, Hash(eventId)[..32], status, Severity.Error, Kind, device, Title, null,
            $"{connection}:{Hash("alert")[..16]}", Key, CauseKey, began, false, labels)
        {
            Delivery = new(Hash("delivery"), 0, 1),
            OwnCard = OwnCard.Plan,
        };
        return new(StreamId.Event(eventId), Actor.Connection(connection), correlation, received);
    }

    private NewEntry Decided(DecisionKind kind, string? reason, DateTimeOffset now)
    {
        var decided = new ProposalDecided(id, 1, kind, planDigest, reason, null, null, true) { ByClock = now };
        return new(StreamId.Proposal(id), Approver, correlation, decided, stagedSeq);
    }

    private NewEntry Updated(long shownSeq) => new(
        StreamId.Card(id), Cards, correlation, new CardUpdated(id, channel, activity, shownSeq) { Content = Hash("updated") }, shownSeq);

    private Plan Plan()
    {
        var target = new Target(HistoryPlan.Connection(tenant), "device", $"dev-{device}", device, $"Client {tenant}");
        Condition[] before = [new("device.online", "==", "true"), new("service.Spooler.state", "==", "stopped")];
        Condition[] after = [new("service.Spooler.state", "==", "running")];
        var step = new PlanStep(
            $"Start the print spooler on {device}", "service.start", target, new Dictionary<string, string> { ["service"] = "Spooler" },
            $"Start-Service -Name 'Spooler' -ComputerName {device}", [], before, after, "service.stop");
        return new([step with { RollbackCommand = $"Stop-Service -Name 'Spooler' -ComputerName {device}" }]);
    }

    private string Hash(string of) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{id} {of}")));
}

using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>What clients, devices, services and people are called on a card.</summary>
internal sealed record Cast(string Client, string Device, string Service, string Person);

/// <summary>The card in every state that it can be in.</summary>
internal static class CardStates
{
    private static readonly Dictionary<string, Func<IncidentScript, IncidentScript>> Stories = new()
    {
        ["waiting"] = story => story.Opened(3).Drafted().Staged(),
        ["escalated"] = story => story.Opened().Drafted().Staged()
            .Append(StreamId.Proposal(story.Id), new ProposalEscalated(story.Id, 1, Role.Manager), Actor.Service("gates")),
        ["first-of-two"] = story => story.Opened().Drafted().Staged(approvals: 2).Decided(DecisionKind.Approve, complete: false),
        ["snoozed"] =
            story =>
                story.Opened().Drafted().Staged().Decided(DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1)),
        ["needs-review"] = story => story.Opened().Drafted(risk: Risk.High).Staged(review: true),
        ["human-only"] =
            story => story.Opened().Drafted(problem: "No device of this name is known.", plan: Plan.Empty).Staged(GateLevel.L3),
        ["approved"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve),
        ["executing"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started(),
        ["verified"] =
            story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified"),
        ["failed"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started()
            .Step(StepOutcome.Failed, detail: "Access denied").Finished(ExecutionOutcome.Failed, rolledBack: true),
        ["unknown"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started()
            .Step(StepOutcome.Unknown, detail: "no answer").Finished(ExecutionOutcome.Unknown),
        ["stopped"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Finished(ExecutionOutcome.Stopped),
        ["drifted"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Finished(ExecutionOutcome.Drifted),
        ["asked-again"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started()
            .Finished(ExecutionOutcome.Drifted).Drafted(2).Staged(revision: 2),
        ["drafting-again"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started()
            .Step(StepOutcome.Unknown, detail: "no answer").Finished(ExecutionOutcome.Unknown).Redraft(),
        ["drafted-again"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started()
            .Step(StepOutcome.Failed, detail: "Access denied").Finished(ExecutionOutcome.Failed).Redraft().Drafted(2).Staged(revision: 2),
        ["nobody-answered"] = story => story.Opened()
            .Drafted(problem: "Could not ask the vendor: no answer within 30 seconds.", plan: Plan.Empty).Staged(GateLevel.L3),
        ["rejected"] = story =>
            story.Opened().Drafted().Staged().Decided(DecisionKind.Reject, reason: "The server is replaced today.").Closed("rejected"),
        ["handled"] = story => story.Opened().Drafted(problem: "Nothing fits.", plan: Plan.Empty).Staged(GateLevel.L3)
            .Decided(DecisionKind.Handled, reason: "Cleaned by hand.").Closed("handled"),
        ["withdrawn"] =
            story => story.Opened().Drafted().Staged()
                .Append(StreamId.Proposal(story.Id), new ProposalWithdrawn(story.Id, 1, "The alert resolved by itself."),
                    Actor.Service("incidents")).Closed("resolved"),
        ["expired"] = story => story.Opened().Drafted().Staged()
            .Append(StreamId.Proposal(story.Id), new ProposalExpired(story.Id, 1), Actor.Service("gates")).Closed("expired"),
        ["undo-waiting"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step().Finished()
            .Closed("verified").Staged(kind: ProposalKind.Undo, revision: 2),
        ["undoing"] = story => story.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished().Closed("verified")
            .Staged(GateLevel.L1, kind: ProposalKind.Undo, revision: 2).UndoRun(null),
        ["undone"] = story => story.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished().Closed("verified")
            .Staged(GateLevel.L1, kind: ProposalKind.Undo, revision: 2).UndoRun(ExecutionOutcome.Verified),
        ["taken-back"] = story => story.Opened().Drafted().Staged(GateLevel.L1).Started().Step().Finished().Closed("verified")
            .Staged(GateLevel.L1, kind: ProposalKind.Undo, revision: 2).UndoRun(ExecutionOutcome.Verified).TakenBack(),
        ["flapping"] = story => story.Opened().Drafted().Staged().Flapped(5).Drafted(2).Staged(revision: 2),
        ["fires-again"] = story => story.Opened().Drafted().Staged().Flapped(),
        ["frozen"] =
            story =>
                story.Append(StreamId.Freeze, new FreezeSet("Strange logins"), IncidentScript.Dana.AsActor()).Opened().Drafted().Staged(),
        ["frozen-as-planned"] = story => story.Opened().Drafted().Staged(),
        ["approver-absent"] = story => story.Opened().Drafted().Staged().Absent(IncidentScript.Ravi, IncidentScript.Dana),
        ["approved-in-the-name-of"] = story => story.Opened().Drafted().Staged().Absent(IncidentScript.Ravi, IncidentScript.Dana)
            .Decided(DecisionKind.Approve, IncidentScript.Dana, inTheNameOf: IncidentScript.Ravi),
        ["glass-can-be-broken"] =
            story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 2, TimeSpan.FromHours(24))),
        ["glass-broken"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 2, TimeSpan.FromHours(24)))
            .GlassBroken(IncidentScript.Dana).Started().Step().Finished().Closed("verified"),
        ["glass-objected"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 2, TimeSpan.FromHours(24)))
            .GlassBroken(IncidentScript.Dana).Started().Step().Finished().Closed("verified")
            .GlassReviewed(IncidentScript.Ravi, confirms: false, reason: "It could have waited.")
            .Append(StreamId.Proposal(story.Id), new BreakGlassEscalated(story.Id, 1, Role.Manager, "Somebody objected."),
                Actor.Service("gates")),
        ["glass-confirmed"] = story => story.Opened().Drafted().Staged(approvals: 2, glass: new(Role.Approver, 1, TimeSpan.FromHours(24)))
            .GlassBroken(IncidentScript.Dana, owed: 1).Started().Step().Finished().Closed("verified")
            .GlassReviewed(IncidentScript.Ravi, complete: true),
        ["expired-asked-again"] = story => story.Opened().Drafted().Staged()
            .Append(StreamId.Proposal(story.Id), new ProposalExpired(story.Id, 1), Actor.Service("gates")).Drafted(2).Staged(revision: 2),
        ["reopened"] = story => story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step().Finished()
            .Closed("verified").Staged(kind: ProposalKind.Undo, revision: 2).Decided(DecisionKind.Approve, revision: 2)
            .UndoRun(ExecutionOutcome.Verified).TakenBack().Redraft(3).Drafted(4).Staged(revision: 4),
        ["seen-before"] = story => story.Earlier(IncidentId.Parse("CON-0990"), 17, "rejected").Earlier(IncidentId.Parse("CON-0995"), 9, "verified").Opened().Drafted().Staged(),
        ["seen-before-held"] = story => story.Earlier(IncidentId.Parse("CON-0990"), 17, "rejected").Earlier(IncidentId.Parse("CON-0995"), 9, "verified").Opened()
            .Told("Restart the spooler.", new([Restart(story)])).Staged(plan: new([Restart(story)])),
        ["out-of-band"] = story => OutOfBand(story),
        ["irreversible-first-page"] = story => story.Opened().Drafted(risk: Risk.High).Staged(review: true),
        ["irreversible-last-page"] = story => story.Opened().Drafted(risk: Risk.High).Staged(review: true),
        ["irreversible-second-approver"] =
            story => story.Opened().Drafted(risk: Risk.High).Staged(review: true, approvals: 2)
                .Decided(DecisionKind.Approve, IncidentScript.Dana, complete: false),
        ["storm-with-plans"] = story => StormWithPlans(story),
        ["storm"] = story => story.Received(40, i => $"WS-{i:00}").Opened(3, IncidentScope.Cause)
            .Drafted(problem: "Many at once: look for the common cause.", plan: Plan.Empty).Staged(GateLevel.L3),
    };

    /// <summary>States of which a page of details is shown, with its number.</summary>
    private static readonly Dictionary<string, int> Pages = new() { ["irreversible-first-page"] = 0, ["irreversible-last-page"] = 1 };

    public static IEnumerable<string> Names => Stories.Keys;

    public static bool IsPage(string state) => Pages.ContainsKey(state);

    public static GatePolicy YearEnd =>
        GatePolicies.BuiltIn with { Freezes = [new("year-end close",
            new(IncidentScript.Start.AddDays(-1), IncidentScript.Start.AddDays(3)))] };

    public static IncidentScript For(string state, Cast? cast = null) => Stories[state](cast is null ? new IncidentScript() : With(cast));

    /// <param name="local">Everybody is administrator.</param>
    public static async Task<(OutgoingJson Everybody, OutgoingJson Approver)> DrawAsync(
        string name, Cast? cast = null, bool local = false, string? notice = "A sentence about what just happened.")
    {
        var story = For(name, cast);
        var access = new GivenAccess { EverybodyIsAdministrator = local }.Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var views = TestViews.For(story, access, policy: name == "frozen-as-planned" ? YearEnd : null);
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        var approver = views.ForPerson(state, incident, Anywhere, IncidentScript.Ravi, notice);
        if (Pages.TryGetValue(name, out var page))
            approver = approver with { Notice = null, Reading = new(page, "token") };
        return (IncidentCard.Build(views.ForEverybody(state, incident, Anywhere)), IncidentCard.Build(approver));
    }

    private static IncidentScript With(Cast cast)
    {
        var step = IncidentScript.CleanUp(cast.Device) with
        {
            Title = $"Restart the service {cast.Service}",
            Command = $"Restart-Service -ComputerName '{cast.Device}' -Name '{cast.Service}'",
            Target = new("contoso-sandbox", "device", "d-17", cast.Device, cast.Client),
        };
        return new(IncidentScript.Contoso with { Name = cast.Client })
        {
            Device = cast.Device, Called = cast.Person, Title = $"{cast.Service} on {cast.Device} is stopped", Plan = new([step]),
            Summary = $"Restart the service {cast.Service} on {cast.Device}.",
        };
    }

    private static IncidentScript OutOfBand(IncidentScript story)
    {
        var by = story.Called ?? "Sam Shift";
        var change = new OutOfBandChange(
            "contoso-sandbox", "A-17", null, "service.stop", new("contoso-sandbox", "device", "d-17", story.Device, story.Tenant.Name), by,
            IncidentScript.Start, "Spooler stopped.", "It was done at the vendor's own console.", true);
        var told = OutOfBandSubscription.GetEvent(seq: 1, change);
        return story.Append(
                StreamId.Event("E-17"),
                new EventReceived(
                    "E-17", change.Connection, told.SourceId, told.Status, told.Severity, told.Kind, told.Device, told.Title,
                    told.Description, told.SourceId, "oob|17", "oob", told.OccurredAt, true, told.Attributes),
                Actor.Connection("contoso-sandbox"))
            .Append(
                StreamId.Incident(story.Id),
                new IncidentOpened(
                    story.Id, told.Title, told.Severity, told.Kind, story.Device, IncidentScope.One, "oob|17", "oob", "E-17",
                    Simulated: true),
                Actor.Service("incidents"))
            .Told($"Open a ticket to have service.stop on {story.Device} explained.", new([Ticket(story)]))
            .Staged(plan: new([Ticket(story)]));
    }

    private static PlanStep Restart(IncidentScript story) =>
        IncidentScript.CleanUp(story.Device) with { Command = $"Restart-Service Spooler -On {story.Device}" };

    private static PlanStep Ticket(IncidentScript story) => IncidentScript.CleanUp(story.Device) with
    {
        Title = $"Open a ticket to have service.stop on {story.Device} explained", Action = "ticket.create",
        Target = new("contoso-sandbox", "device", "d-17", story.Device, story.Tenant.Name),
        Arguments = new Dictionary<string, string>
            { ["title"] = $"Explain service.stop on {story.Device}, log line A-17", ["priority"] = "high" },
        Command = $"ticket.create title='Explain service.stop on {story.Device}, log line A-17' priority=high",
        Editable = ["title", "priority"],
        Preconditions = [], Rollback = null,
    };

    /// <summary>A storm of several kinds, a part that is over, and two alerts beside it whose plans wait for a decision.</summary>
    private static IncidentScript StormWithPlans(IncidentScript story)
    {
        (string Kind, Severity Severity, int Devices)[] kinds =
            [("HostDown", Severity.Critical, 3), ("VpnTunnelDown", Severity.Error, 1), ("PingLoss", Severity.Warning, 12),
                ("SwitchPortFlapping", Severity.Warning, 5)];
        var number = 0;
        foreach (var (kind, severity, devices) in kinds)
        {
            for (var device = 1; device <= devices; device++)
                Event($"E-{++number}", kind, severity, device == 1 ? story.Device : $"WS-{device:00}", EventStatus.Firing);
        }
        Event("E-end", "VpnTunnelDown", Severity.Error, story.Device, EventStatus.Resolved);
        story.Append(
            StreamId.Incident(story.Id),
            new IncidentOpened(
                story.Id, $"Many different alerts at {story.Tenant.Name} at once", Severity.Critical, "AlertStorm", null,
                IncidentScope.Tenant, "a|1", "alertstorm", "E-1")
            {
                GathersUpTo = Severity.Critical, QuietAfter = 900,
            },
            Actor.Service("incidents"));
        story.Told($"Look for the common cause of AlertStorm at {story.Tenant.Name}.", Plan.Empty,
            "Many events at once: a person must find what they have in common.").Staged(GateLevel.L3);
        foreach (var (id, title, severity) in new[] { (Con(1002), $"Malware found on {story.Device}", Severity.Critical),
            (Con(1003), story.Title, Severity.Warning) })
            story.Append(StreamId.Incident(id),
                new IncidentOpened(
                    id, title, severity, id.Value, story.Device, IncidentScope.One, id.Value, id.Value, "E-" + id),
                Actor.Service("incidents"));
        return story;

        void Event(string id, string kind, Severity severity, string device, EventStatus status) => story.Append(
            StreamId.Event(id),
            new EventReceived(
                id, "contoso-sandbox", id, status, severity, kind, device, $"{kind} on {device}", "", $"a|{kind}|{device}",
                $"{kind}|{device}", kind, story.Clock.GetUtcNow(), true, new Dictionary<string, string>()),
            Actor.Connection("contoso-sandbox"));
    }
}

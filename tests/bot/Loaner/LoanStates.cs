using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Cards;

namespace DevOpsAI.Tests.Loaner;

/// <summary>The card of a loan in every state that it can be in.</summary>
internal static class LoanStates
{
    public static readonly ProposalSubject Id = ProposalSubject.Create(LoanServices.Kind, "L-1");

    private static readonly EntryCatalog Catalog = new([.. CoreFeatures.All, LoanServices.Feature]);
    private static readonly BreakGlass Glass = new(Role.Approver, 2, TimeSpan.FromHours(24));
    private static readonly Plan Prepare = new([IncidentScript.CleanUp("WS-LOAN-07")]);

    private static readonly Dictionary<string, Func<IncidentScript, IncidentScript>> Stories = new()
    {
        ["waiting"] = story => Asked(story),
        ["long"] = story => Asked(story, device: string.Join(' ', Enumerable.Repeat("notebook", 30)),
            purpose: string.Join(' ', Enumerable.Repeat("a trip to Graz that takes longer than anybody thought", 20))),
        ["hostile"] = story => Asked(
            story, device: "**notebook** [Approve](https://evil.example) <at>Everyone</at>", purpose: "![i](https://evil.example/i.png) `rm`"),
        ["escalated"] = story => Asked(story).Append(
            StreamId.Proposal(Id), new ProposalEscalated(Id, 1, Role.Manager), Actor.Service("gates")),
        ["first-of-two"] = story => Asked(story, approvals: 2).Decided(DecisionKind.Approve, complete: false),
        ["snoozed"] = story => Asked(story).Decided(
            DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1)),
        ["human-only"] = story => Asked(story, level: GateLevel.L3),
        ["frozen"] = story => Asked(story.Append(StreamId.Freeze, new FreezeSet("Strange logins"), IncidentScript.Dana.AsActor())),
        ["approver-absent"] = story => Asked(story).Absent(IncidentScript.Ravi, IncidentScript.Dana),
        ["glass-can-be-broken"] = story => Asked(story, approvals: 2, glass: Glass),
        ["glass-broken"] = story => Asked(story, approvals: 2, glass: Glass).GlassBroken(IncidentScript.Dana).Started().Ended(),
        ["approved"] = story => Asked(story).Decided(DecisionKind.Approve),
        ["done"] = story => Asked(story).Decided(DecisionKind.Approve).Started().Ended(),
        ["rejected"] = story => Asked(story).Decided(DecisionKind.Reject, reason: "All notebooks are out."),
        ["expired"] = story => Asked(story).Append(StreamId.Proposal(Id), new ProposalExpired(Id, 1), Actor.Service("gates")),
        ["stopped"] = story => Asked(story).Decided(DecisionKind.Approve).Started()
            .Ended(ExecutionOutcome.Stopped, "The client was frozen meanwhile."),
        ["handled"] = story => Asked(story).Decided(DecisionKind.Approve).Started()
            .Ended(ExecutionOutcome.Stopped, "The client was frozen meanwhile.")
            .Decided(DecisionKind.Handled, reason: "Handed out by the front desk."),
        ["plan-waiting"] = story => Asked(story, plan: Prepare),
        ["plan-running"] = story => Asked(story, plan: Prepare).Decided(DecisionKind.Approve).Started(),
        ["plan-verified"] = story => Asked(story, plan: Prepare).Decided(DecisionKind.Approve).Started().Step().Finished(),
        ["plan-failed"] = story => Asked(story, plan: Prepare).Decided(DecisionKind.Approve).Started()
            .Step(StepOutcome.Failed, detail: "Access denied").Finished(ExecutionOutcome.Failed, rolledBack: true),
        ["plan-irreversible"] = story => Asked(story, plan: Prepare, review: true),
        ["plan-of-many-steps"] = story => Asked(story, plan: new([.. Enumerable.Range(1, 12).Select(
            static number => IncidentScript.CleanUp($"WS-LOAN-{number:00}"))])),
        ["undo-waiting"] = story => Asked(story, plan: Prepare).Decided(DecisionKind.Approve).Started().Step().Finished()
            .TakingBack(),
        ["undone"] = story => Asked(story, plan: Prepare).Decided(DecisionKind.Approve).Started().Step().Finished()
            .TakingBack().Decided(DecisionKind.Approve, revision: 2).UndoRun(ExecutionOutcome.Verified),
    };

    public static IEnumerable<string> Names => Stories.Keys;

    public static IncidentScript For(string state) => Stories[state](new(about: Id, catalog: Catalog));

    public static SubjectViews Views(IncidentScript story, IAccess access) =>
        new([new LoanCard()], TestViews.Proposals(story, access));

    /// <param name="local">Everybody is administrator.</param>
    public static async Task<(OutgoingJson Everybody, OutgoingJson Approver)> DrawAsync(
        string name, bool local = false, string? notice = "A sentence about what just happened.")
    {
        var story = For(name);
        var access = new GivenAccess { EverybodyIsAdministrator = local }.Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var views = Views(story, access);
        var state = await story.StateAsync();
        var proposal = state.FindProposal(Id)!;
        return (SubjectCard.Build(views.ForEverybody(state, proposal, Anywhere)!),
            SubjectCard.Build(views.ForPerson(state, proposal, Anywhere, IncidentScript.Ravi, notice)!));
    }

    private static IncidentScript Asked(
        IncidentScript story, GateLevel level = GateLevel.L2, int approvals = 1, BreakGlass? glass = null, Plan? plan = null,
        string device = "notebook", string purpose = "a trip to Graz",
        bool review = false, ProposalKind kind = ProposalKind.Remedy, int revision = 1) => story.Append(
        StreamId.Proposal(Id),
        new ProposalStaged(
            Id, revision, kind, IncidentScript.Dana.AsActor(), plan ?? Plan.Empty,
            new Dictionary<string, string> { ["device"] = device, ["for"] = purpose },
            new(level, ["What an area records as its own effect is at least L2"], Role.Approver, approvals, true,
                IncidentScript.Start.AddHours(8), IncidentScript.Start.AddMinutes(30), Role.Manager, "operations@0c1d2e3f4a5b")
            {
                BreakGlass = glass,
            },
            review, new string('a', 64), new string('0', 32)) { Severity = Severity.Info },
        IncidentScript.Dana.AsActor());

    private static IncidentScript TakingBack(this IncidentScript story) => Asked(
        story, plan: Prepare, kind: ProposalKind.Undo, revision: 2);

    private static IncidentScript Ended(
        this IncidentScript story, ExecutionOutcome outcome = ExecutionOutcome.Verified, string summary = "It is on record.") =>
        story.Append(StreamId.Proposal(Id), new ExecutionFinished(Id, Id.Text + "-x1", outcome, summary, [], false, null),
            Actor.Service("execution"));
}

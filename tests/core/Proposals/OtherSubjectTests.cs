using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Gates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Proposals;

/// <summary>
/// A kind of subject that no part of the product knows, through the handlers that decide about incidents. Two must approve; approvers may
/// break the glass.
/// </summary>
public sealed class OtherSubjectTests : IDisposable
{
    private static readonly ProposalSubject Subject = ProposalSubject.Create("gadget", "G-7");
    private readonly ExecutionMetrics metrics = new();
    private readonly GateScene scene = new(
        APolicy.With(approvals: 2, glass: "{ role: approver, confirmations: 2, within: 4h }"),
        areas: [new GadgetArea("gadget", true), new GadgetArea("machine", false)]);

    public void Dispose() => metrics.Dispose();

    [Fact]
    public async Task It_is_approved_by_two_others_than_who_asked_and_takes_effect_once()
    {
        (await ProposeAsync(Ada)).Message.ShouldBe(
            "Gadget G-7 needs 2 approvals by somebody other than you; it waits until 2026-03-02 17:00 UTC.");
        (await ProposeAsync(Ben)).Refusal.ShouldBe(Refusal.AlreadyDecided);
        (await DecideAsync(Ada)).Message.ShouldBe("You requested this revision of gadget G-7 yourself; somebody else must approve it.");
        (await DecideAsync(Tim)).Message.ShouldBe("Only approvers and administrators of Contoso Ltd may approve gadget G-7.");
        var first = await DecideAsync(Ben);
        first.Message.ShouldBe("You approved gadget G-7; it needs 1 more approval by somebody else.");
        (first.Proposal!.Decisions.Length, first.Incident).ShouldBe((1, null));
        await RunAsync();
        (await ProposalAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        (await DecideAsync(Root)).Message.ShouldBe("You approved gadget G-7; it is being carried out.");
        (await DecideAsync(Root)).Refusal.ShouldBe(Refusal.AlreadyDecided);

        await RunAsync();
        await RunAsync();
        var done = await ProposalAsync();
        (done.Phase, done.Execution!.Outcome!.Value).ShouldBe((ProposalPhase.Verified, ExecutionOutcome.Verified));
        done.CanBeUndone(scene.Clock.GetUtcNow()).ShouldBeFalse();
        scene.Ledger.Facts<RoleAssigned>(Contoso).ShouldHaveSingleItem().ObjectId.ShouldBe("G-7");
        (await scene.StateAsync()).Incidents.ShouldBeEmpty();
    }

    [Fact]
    public async Task Nothing_of_it_runs_before_it_is_approved_nor_once_it_is_frozen()
    {
        await ProposeAsync(Ada);
        (await ObjectionAsync()).ShouldBe("Nothing approved waits to be carried out.");
        await scene.FreezeAsync(Tim);
        (await DecideAsync(Ben)).Refusal.ShouldBe(Refusal.Frozen);
        await scene.LiftAsync(Root);
        await DecideAsync(Ben);
        await DecideAsync(Root);
        (await ObjectionAsync()).ShouldBeNull();
        await scene.FreezeAsync(Tim);
        await RunAsync();
        (await ProposalAsync()).Phase.ShouldBe(ProposalPhase.Stopped);
        scene.Ledger.Facts<RoleAssigned>(Contoso).ShouldBeEmpty();
        (await DecideAsync(Tim, DecisionKind.Handled)).Message.ShouldBe(
            "gadget G-7 is marked as handled by you; the bot does nothing more.");
    }

    [Fact]
    public async Task Whoever_may_acts_alone_and_others_confirm_afterwards()
    {
        await ProposeAsync(Tim);
        var broken = await scene.DecideAsync(await CommandAsync(Ben) with { BreakGlass = true, Reason = "It cannot wait." });
        broken.Message.ShouldBe(
            "You broke the glass for gadget G-7; it is being carried out. 2 others must confirm until 2026-03-02 13:00 UTC, and "
            + "everybody is told.");
        await RunAsync();
        (await ProposalAsync()).Phase.ShouldBe(ProposalPhase.Verified);
        var review = new ReviewBreakGlassHandler(scene.Recorder, scene.Access);
        (await review.Handle(new(Contoso, Subject, Ben, 1, true, null, NewMessage()), Cancelled)).Refusal.ShouldBe(Refusal.OwnRequest);
        (await review.Handle(new(Contoso, Subject, Ada, 1, true, null, NewMessage()), Cancelled)).IsDone.ShouldBeTrue();
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        scene.Clock.Advance(TimeSpan.FromHours(4));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<BreakGlassEscalated>(Contoso).ShouldHaveSingleItem().About.ShouldBe(Subject);
        (await review.Handle(new(Contoso, Subject, Root, 1, true, null, NewMessage()), Cancelled)).Message
            .ShouldBe("You confirmed gadget G-7; nothing more is owed.");
        (await ProposalAsync()).OpenGlass.ShouldBeNull();
    }

    [Fact]
    public async Task It_escalates_and_expires_without_a_decision_and_can_be_asked_for_again()
    {
        await ProposeAsync(Ada);
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await ProposalAsync()).EscalatedTo!.Value.To.ShouldBe(Role.Manager);
        (await DecideAsync(Tim, DecisionKind.Snooze, until: scene.Clock.GetUtcNow().AddHours(1))).IsDone.ShouldBeTrue();
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await ProposalAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        scene.Clock.Advance(TimeSpan.FromHours(9));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await ProposalAsync()).Phase.ShouldBe(ProposalPhase.Expired);
        (await DecideAsync(Ben)).Message.ShouldContain("The proposal for gadget G-7 expired at");
        (await ProposeAsync(Ada)).IsDone.ShouldBeTrue();
        (await ProposalAsync()).Staged!.Revision.ShouldBe(2);
    }

    [Fact]
    public async Task What_was_shown_before_it_was_staged_anew_is_not_approved()
    {
        await ProposeAsync(Ada);
        var shown = await CommandAsync(Ben);
        (await DecideAsync(Ben, DecisionKind.Reject, reason: "Not now.")).Message.ShouldBe("You rejected gadget G-7; nothing is done.");
        await ProposeAsync(Ada);
        (await scene.DecideAsync(shown)).Refusal.ShouldBe(Refusal.Stale);
    }

    [Fact]
    public async Task A_plan_of_it_passes_the_same_guard_as_an_incidents()
    {
        var machine = ProposalSubject.Create("machine", "M-1");
        await ProposeAsync(Ada, machine, GateScene.Plan("service.start"));
        await DecideAsync(Ben, about: machine);
        await DecideAsync(Root, about: machine);
        (await ObjectionAsync(machine)).ShouldBeNull();
        (await ObjectionAsync(machine, GateScene.Plan("disk.cleanup"))).ShouldBe(
            "The plan does not have its digest: the plan is not the one that was shown.");
        (await ProposeAsync(Ada, ProposalSubject.Create("machine", "M-2"), DevOpsAI.Connections.Plans.Plan.Empty)).Message
            .ShouldBe("Machine M-2 is for people only: There is no plan to carry out: a person decides what to do.");
    }

    [Fact]
    public async Task Nobody_decides_about_a_kind_that_no_area_declares()
    {
        (await ProposeAsync(Ada, ProposalSubject.Create("widget", "1"))).Message.ShouldBe("Nobody can ask for a decision about widget 1.");
        (await ProposeAsync(Ada, ProposalSubject.ForIncident(Con(1001)))).Refusal.ShouldBe(Refusal.NotPossible);
        (await ProposeAsync(Stranger)).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.DecideAsync(new(Contoso, ProposalSubject.Create("widget", "1"), Ben, DecisionKind.Approve, "", Correlation))).Message
            .ShouldBe("Contoso Ltd has no widget '1'; check the number.");
        Should.Throw<InvalidOperationException>(() => new ProposalAreas([new IncidentArea(), new IncidentArea()])).Message
            .ShouldContain("'incident'");
    }

    private Task<RequestResult> ProposeAsync(Person by, ProposalSubject? about = null, Plan? plan = null)
    {
        var observed = new Dictionary<string, string> { ["gadget"] = "G-7" };
        var request = new Propose(
            Contoso, about ?? Subject, by, Severity.Warning, plan ?? DevOpsAI.Connections.Plans.Plan.Empty, observed, Correlation);
        return new ProposeHandler(scene.Recorder, scene.Access, scene.Contexts, scene.Clock).Handle(request, Cancelled);
    }

    private async Task<Decide> CommandAsync(Person by, DecisionKind kind = DecisionKind.Approve, ProposalSubject? about = null) =>
        new(Contoso, about ?? Subject, by, kind, (await ProposalAsync(about)).Staged!.Seal, Correlation);

    private async Task<RequestResult> DecideAsync(
        Person by, DecisionKind kind = DecisionKind.Approve, string? reason = null, DateTimeOffset? until = null,
        ProposalSubject? about = null) =>
        await scene.DecideAsync(await CommandAsync(by, kind, about) with { Reason = reason, Until = until });

    private async Task<Proposal> ProposalAsync(ProposalSubject? about = null) => (await scene.StateAsync()).FindProposal(about ?? Subject)!;

    private async Task<string?> ObjectionAsync(ProposalSubject? about = null, Plan? plan = null)
    {
        var proposal = await ProposalAsync(about);
        return (await scene.Guard.CheckAsync(await scene.StateAsync(), proposal, plan ?? proposal.PlanInForce, null, Cancelled))?.Message;
    }

    private Task RunAsync()
    {
        var bot = BotInstance.New();
        var record = new RunRecord(scene.Ledger, scene.States, bot, metrics, scene.Clock, NullLogger<RunRecord>.Instance, scene.Areas);
        var runs = new PlanRuns(
            record, scene.Guard, new SmallCatalog(), scene.Clock, Options.Create(new ExecutionOptions()), NullLogger<PlanRun>.Instance);
        return new Executor(
            scene.States, record, scene.Guard, runs, new(new LeaseClaims(), bot), new(), scene.Clock, NullLogger<Executor>.Instance)
            .RunAsync(Contoso, Subject, Cancelled);
    }

    /// <summary>An area whose effect, once verified, is that something has a role.</summary>
    private sealed class GadgetArea(string kind, bool isItsOwnEffect) : IProposalArea
    {
        public string Kind => kind;

        public string GateArea => "gadgets";

        public bool IsItsOwnEffect => isItsOwnEffect;

        public Aftermath AfterDecision(TenantState state, Proposal proposal, DecisionKind kind) => Aftermath.Nothing;

        public Aftermath AfterRun(TenantState state, Proposal proposal, Run run, ExecutionOutcome outcome)
        {
            var given = new RoleAssigned(proposal.Subject.Id, "Gadget", Role.Technician, true);
            return outcome == ExecutionOutcome.Verified
                ? new([state.GetVersion(StreamId.Access)], [(StreamId.Access, given)])
                : Aftermath.Nothing;
        }
    }
}

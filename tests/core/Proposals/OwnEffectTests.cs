using DevOpsAI.Common;
using DevOpsAI.Connections;
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

/// <summary>What is recorded as an effect passes the guard right before, as an action does, whoever claimed the run.</summary>
public sealed class OwnEffectTests : IDisposable
{
    private static readonly ProposalSubject Subject = ProposalSubject.Create("gadget", "G-7");
    private readonly ExecutionMetrics metrics = new();
    private readonly GadgetArea area = new();
    private readonly GateScene scene;

    public OwnEffectTests() => scene = new(
        APolicy.With(glass: "{ role: approver, confirmations: 2, within: 4h }"), areas: [area]);

    public void Dispose() => metrics.Dispose();

    [Fact]
    public async Task Taken_over_after_a_crash_it_is_asked_of_the_guard_again()
    {
        await ApprovedAsync();
        await Should.ThrowAsync<CrashException>(() => RunAsync(static point =>
        {
            if (point == Failpoint.ExecutionClaimed)
                throw new CrashException();
        }));
        await scene.FreezeAsync(Tim);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        await RunAsync();
        var stopped = (await ProposalAsync()).Execution!;
        stopped.Outcome.ShouldBe(ExecutionOutcome.Stopped);
        stopped.Summary.ShouldNotBeNull().ShouldContain("Strange logins");
        Effects().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_freeze_that_comes_at_the_last_instant_wins()
    {
        await ApprovedAsync();
        var isFrozen = false;
        await RunAsync(point =>
        {
            if (point != Failpoint.ExecutionFinishing || isFrozen)
                return;
            isFrozen = true;
            scene.FreezeAsync(Tim).GetAwaiter().GetResult();
        });
        (await ProposalAsync()).Phase.ShouldBe(ProposalPhase.Stopped);
        Effects().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_role_that_is_taken_at_the_last_instant_is_gone()
    {
        await ApprovedAsync();
        var isTaken = false;
        await RunAsync(point =>
        {
            if (point != Failpoint.ExecutionFinishing || isTaken)
                return;
            isTaken = true;
            scene.AssignAsync(Ben, Role.Approver, held: false).GetAwaiter().GetResult();
        });
        (await ProposalAsync()).Execution!.Summary.ShouldNotBeNull()
            .ShouldContain("Ben Approver may not approve for Contoso Ltd any more.");
        Effects().ShouldBeEmpty();
    }

    [Fact]
    public async Task Where_the_policy_asks_for_more_now_it_has_ended_and_can_be_asked_for_again()
    {
        await ApprovedAsync();
        await RunAsync(policy: APolicy.With(approvals: 2));
        var stopped = await ProposalAsync();
        stopped.Phase.ShouldBe(ProposalPhase.Stopped);
        stopped.Execution!.Summary.ShouldBe("Stopped before anything was done. The gate policy was changed since it was approved and asks "
            + "for more now. Ask for it again.");
        Effects().ShouldBeEmpty();
        (await ProposeAsync()).IsDone.ShouldBeTrue();
    }

    [Theory]
    [InlineData(Failpoint.ExecutionClaiming, "Stopped before anything was done. It is another gadget now.")]
    [InlineData(Failpoint.ExecutionClaimed, "Stopped. It is another gadget now.")]
    public async Task What_its_area_objects_to_is_not_recorded(string at, string told)
    {
        await ApprovedAsync();
        // Before the claim the guard has been asked already, so what changes then is seen at the effect.
        if (at == Failpoint.ExecutionClaiming)
            area.Objection = "It is another gadget now.";
        await RunAsync(point => area.Objection = point == at ? "It is another gadget now." : area.Objection);
        (await ProposalAsync()).Execution!.Summary.ShouldBe(told);
        Effects().ShouldBeEmpty();
    }

    [Fact]
    public async Task Nobody_does_alone_what_its_area_lets_nobody_do_alone()
    {
        area.MayBeDoneAlone = false;
        await ProposeAsync();
        var staged = (await ProposalAsync()).Staged!;
        staged.Terms.BreakGlass.ShouldBeNull();
        var broken = await scene.DecideAsync(new(
            Contoso, Subject, Ada, DecisionKind.Approve, staged.Seal, Correlation, "It cannot wait.") { BreakGlass = true });
        broken.Message.ShouldBe(
            "Breaking the glass is for acting on what is broken. gadget G-7 waits for somebody else's approval.");
    }

    [Fact]
    public async Task Nor_where_it_was_decided_before_its_area_said_so()
    {
        await ProposeAsync();
        var staged = (await ProposalAsync()).Staged!;
        (await scene.DecideAsync(new(
            Contoso, Subject, Ada, DecisionKind.Approve, staged.Seal, Correlation, "It cannot wait.") { BreakGlass = true })).IsDone
            .ShouldBeTrue();
        area.MayBeDoneAlone = false;
        await RunAsync();
        (await ProposalAsync()).Execution!.Summary.ShouldBe("Stopped before anything was done. Nobody may do it alone.");
    }

    private IReadOnlyList<RoleAssigned> Effects() =>
        [.. scene.Ledger.Facts<RoleAssigned>(Contoso).Where(static given => given.ObjectId == "G-7")];

    private async Task ApprovedAsync()
    {
        await ProposeAsync();
        (await scene.DecideAsync(new(
            Contoso, Subject, Ben, DecisionKind.Approve, (await ProposalAsync()).Staged!.Seal, Correlation))).IsDone.ShouldBeTrue();
    }

    private Task<RequestResult> ProposeAsync() => new ProposeHandler(scene.Recorder, scene.Access, scene.Contexts, scene.Clock).Handle(
        new(Contoso, Subject, Ada, Severity.Info, DevOpsAI.Connections.Plans.Plan.Empty,
            new Dictionary<string, string> { ["gadget"] = "G-7" }, Correlation), Cancelled);

    private async Task<Proposal> ProposalAsync() => (await scene.StateAsync()).FindProposal(Subject)!;

    /// <summary>As a bot that was started just now.</summary>
    private Task RunAsync(Action<string>? reaching = null, GatePolicy? policy = null)
    {
        Failpoints.Arm(reaching);
        var guard = policy is null ? scene.Guard : scene.GuardWith(policy);
        var bot = BotInstance.New();
        var record = new RunRecord(scene.Ledger, scene.States, bot, metrics, scene.Clock, NullLogger<RunRecord>.Instance, scene.Areas);
        var runs = new PlanRuns(
            record, guard, new SmallCatalog(), scene.Clock, Options.Create(new ExecutionOptions()), NullLogger<PlanRun>.Instance);
        return new Executor(
            scene.States, record, guard, runs, new(new LeaseClaims(), bot), new(), scene.Clock, NullLogger<Executor>.Instance)
            .RunAsync(Contoso, Subject, Cancelled);
    }

    private sealed class CrashException : Exception;

    private sealed class GadgetArea : IProposalArea
    {
        public string Kind => "gadget";

        public string GateArea => "gadgets";

        public bool IsItsOwnEffect => true;

        public bool MayBeDoneAlone { get; set; } = true;

        public string? Objection { get; set; }

        public string? CheckEffect(TenantState state, Proposal proposal) => Objection;

        public Aftermath AfterDecision(TenantState state, Proposal proposal, DecisionKind kind) => Aftermath.Nothing;

        public Aftermath AfterRun(TenantState state, Proposal proposal, Run run, ExecutionOutcome outcome) =>
            outcome == ExecutionOutcome.Verified
                ? new([], [(StreamId.Access, new RoleAssigned(proposal.Subject.Id, "Gadget", Role.Technician, true))])
                : Aftermath.Nothing;
    }
}

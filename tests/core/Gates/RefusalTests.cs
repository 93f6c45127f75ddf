using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>Every refusal of a decision, word for word.</summary>
public sealed class RefusalTests
{
    private static readonly Person Olga = new(Who("olga"), "Olga Auditor");

    [Fact]
    public async Task Unknown_incident() => await ShouldRefuse(
        new GateScene(), new(Contoso, Con(4711), Ada, DecisionKind.Approve, "x", Correlation),
        Refusal.UnknownIncident, "Contoso Ltd has no incident 'CON-4711'; check the number.");

    [Fact]
    public async Task Unknown_tenant() => await ShouldRefuse(
        new GateScene(), new(TenantId.Parse("litware"), IncidentId.Parse("LIT-1001"), Ada, DecisionKind.Approve, "x", Correlation),
        Refusal.UnknownIncident, "This bot serves no tenant 'litware'.");

    [Fact]
    public async Task A_stranger_learns_nothing()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await ShouldRefuse(scene, Command(Stranger, incident), Refusal.NotAllowed,
            "You have no role at Contoso Ltd; ask one of its administrators.");
        await ShouldRefuse(scene, new(Contoso, Con(4711), Stranger, DecisionKind.Approve, "x", Correlation), Refusal.NotAllowed,
            "You have no role at Contoso Ltd; ask one of its administrators.");
        await ShouldRefuse(scene, new(Fabrikam, Fab(1001), Ada, DecisionKind.Approve, "x", Correlation), Refusal.NotAllowed,
            "You have no role at Fabrikam Inc; ask one of its administrators.");
    }

    [Fact]
    public async Task Nothing_staged_yet()
    {
        var scene = new GateScene();
        await scene.OpenAsync();
        await ShouldRefuse(scene, Command(Ada, await scene.IncidentAsync()), Refusal.NothingToDecide,
            "CON-1001 is still being drafted; nothing waits for a decision yet.");
        await scene.AppendAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), "resolved"));
        await ShouldRefuse(scene, Command(Ada, await scene.IncidentAsync()), Refusal.NothingToDecide,
            "CON-1001 is closed (resolved); nothing is left to decide.");
    }

    [Theory]
    [InlineData(DecisionKind.Approve, "Ben Approver already approved CON-1001 at 2026-03-02 09:00 UTC.")]
    [InlineData(DecisionKind.ApproveWithEdits, "Ben Approver already approved CON-1001 with changes at 2026-03-02 09:00 UTC.")]
    [InlineData(DecisionKind.Reject, "Ben Approver already rejected CON-1001 at 2026-03-02 09:00 UTC.")]
    [InlineData(DecisionKind.Handled, "Ben Approver already marked CON-1001 as handled at 2026-03-02 09:00 UTC.")]
    public async Task Already_decided(DecisionKind kind, string message)
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.restart"));
        (await scene.DecideAsync(
            Command(Ben, incident, kind, "Because", new Dictionary<string, string> { ["0.service"] = "W3SVC" }))).IsDone.ShouldBeTrue();
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.AlreadyDecided, message);
        await ShouldRefuse(scene, Command(Ben, incident), Refusal.AlreadyDecided,
            message.Replace("Ben Approver", "You", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Withdrawn()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AppendAsync(StreamId.Proposal(incident.Id), new ProposalWithdrawn(incident.Id, 1, "the alert resolved by itself"));
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.NothingToDecide,
            "CON-1001 was withdrawn: the alert resolved by itself. Nothing is left to decide.");
    }

    [Fact]
    public async Task Carried_out_without_a_decision()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("process.lower-priority"));
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.NothingToDecide,
            "CON-1001 needs no decision: at L1 it is carried out without one.");
    }

    [Fact]
    public async Task Drifted()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.DecideAsync(Command(Ada, incident));
        await scene.ExecutedAsync(outcome: ExecutionOutcome.Drifted);
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.NothingToDecide,
            "The situation changed, nothing was done, and CON-1001 is being drafted again; wait for its new card.");
        await scene.DraftAsync(Plan("disk.cleanup"), revision: 2);
        await scene.StageAsync();
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.Stale,
            "The proposal for CON-1001 has changed since you saw it: revision 2 was staged at 2026-03-02 09:00 UTC, because free space "
            + "was 6 and is 30. Look at its current card and decide there.");
    }

    [Fact]
    public async Task A_plan_digest_that_never_was() => await ShouldRefuse(
        Plan("disk.cleanup"), incident => Command(Ada, incident, planDigest: new('0', 64)), Refusal.Stale,
        "What you saw is not the current proposal for CON-1001; look at its current card and decide there.");

    [Fact]
    public async Task Expired_by_the_clock_even_if_nobody_wrote_it_down()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        scene.Clock.Advance(TimeSpan.FromHours(8));
        const string Sentence = "The proposal for CON-1001 expired at 2026-03-02 17:00 UTC without a decision; nothing was done.";
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.Expired, Sentence);
        await scene.AppendAsync(StreamId.Proposal(incident.Id), new ProposalExpired(incident.Id, 1));
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.Expired, Sentence);
    }

    [Theory]
    [InlineData("tim", DecisionKind.Approve, "Only approvers and administrators of Contoso Ltd may approve CON-1001.")]
    [InlineData("tim", DecisionKind.ApproveWithEdits, "Only approvers and administrators of Contoso Ltd may approve CON-1001.")]
    [InlineData("tim", DecisionKind.Reject, "Only approvers and administrators of Contoso Ltd may reject CON-1001.")]
    [InlineData("tim", DecisionKind.Handled, "Only approvers and administrators of Contoso Ltd may mark as handled CON-1001.")]
    [InlineData("mia", DecisionKind.Approve, "Only approvers and administrators of Contoso Ltd may approve CON-1001.")]
    [InlineData("mia", DecisionKind.Snooze, "Only technicians, approvers and administrators of Contoso Ltd may snooze CON-1001.")]
    [InlineData("olga", DecisionKind.Reject, "Only approvers and administrators of Contoso Ltd may reject CON-1001.")]
    public async Task Without_the_role(string person, DecisionKind kind, string message) => await ShouldRefuse(
        Plan("disk.cleanup"), incident => Command(new(Who(person), person), incident, kind, "Because"), Refusal.NotAllowed, message);

    [Fact]
    public async Task Only_administrators_where_the_policy_says_so()
    {
        var scene = new GateScene(APolicy.With(approver: "administrator"));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.NotAllowed, "Only administrators of Contoso Ltd may approve CON-1001.");
        (await scene.DecideAsync(Command(Root, incident))).IsDone.ShouldBeTrue();
    }

    [Theory]
    [InlineData(DecisionKind.Approve)]
    [InlineData(DecisionKind.ApproveWithEdits)]
    public async Task For_people_only(DecisionKind kind)
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("site.wipe"));
        incident.Staged!.Plan.Steps.ShouldBeEmpty();
        await ShouldRefuse(scene, Command(Root, incident, kind), Refusal.HumanOnly,
            "CON-1001 is for people only (L3) and cannot be approved: see to it yourself and mark it as handled, or reject or snooze it.");
        (await scene.DecideAsync(Command(Tim, incident, DecisionKind.Handled))).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task Frozen()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.FreezeAsync(Tim);
        await ShouldRefuse(scene, Command(Ada, incident), Refusal.Frozen,
            "Contoso Ltd is frozen since 2026-03-02 09:00 UTC by Tim Technician: Strange logins. Nothing is approved or executed until "
            + "another approver or administrator lifts it.");
        (await scene.DecideAsync(Command(Ada, incident, DecisionKind.Reject, "Wait"))).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task A_rejection_says_why()
    {
        await ShouldRefuse(Plan("disk.cleanup"), incident => Command(Ada, incident, DecisionKind.Reject, "  "), Refusal.BadInput,
            "Say in a few words why you reject it; the reason is recorded and improves later proposals.");
        await ShouldRefuse(Plan("disk.cleanup"), incident => Command(Ada, incident, DecisionKind.Reject, new('x', 501)), Refusal.BadInput,
            "The reason may have 500 characters at most; yours has 501.");
        await ShouldRefuse(Plan("disk.cleanup"), incident => Command(Ada, incident, DecisionKind.Approve, new('x', 501)), Refusal.BadInput,
            "The reason may have 500 characters at most; yours has 501.");
    }

    [Theory]
    [InlineData(null)]
    [InlineData(4)]
    [InlineData(-60)]
    [InlineData((7 * 24 * 60) + 1)]
    public async Task A_snooze_ends_in_time(int? minutes)
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await ShouldRefuse(scene,
            Command(Tim, incident, DecisionKind.Snooze, until: minutes is { } after ? scene.Clock.GetUtcNow().AddMinutes(after) : null),
            Refusal.BadInput, "Choose a time between 5 minutes and 7 days from now.");
    }

    [Fact]
    public async Task Edits_without_edits() => await ShouldRefuse(
        Plan("disk.cleanup"), incident => Command(Ada, incident, DecisionKind.ApproveWithEdits), Refusal.BadInput,
        "Nothing was changed; approve it as it is.");

    [Fact]
    public async Task A_decision_nobody_knows() => await ShouldRefuse(
        Plan("disk.cleanup"), incident => Command(Ada, incident, (DecisionKind)99), Refusal.BadInput,
        "This is not a decision the bot knows.");

    private static async Task ShouldRefuse(Plan plan, Func<Incident, Decide> command, Refusal refusal, string message)
    {
        var scene = new GateScene();
        await ShouldRefuse(scene, command(await scene.StagedAsync(plan)), refusal, message);
    }

    private static async Task ShouldRefuse(GateScene scene, Decide command, Refusal refusal, string message)
    {
        var before = scene.Ledger.Entries(Contoso).Count;
        var result = await scene.DecideAsync(command);
        result.Message.ShouldBe(message);
        result.Refusal.ShouldBe(refusal);
        scene.Ledger.Entries(Contoso).Count.ShouldBe(before);
    }
}

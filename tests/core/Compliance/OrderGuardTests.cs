using DevOpsAI.Compliance;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class OrderGuardTests
{
    private readonly ManualClock clock = new();
    private readonly InMemoryLedger ledger;
    private readonly EvidenceScene scene;

    public OrderGuardTests()
    {
        ledger = new(clock);
        scene = new(ledger, clock);
    }

    [Fact]
    public async Task Stories_in_their_order_pass_from_any_entry_on()
    {
        await scene.EverythingAsync();
        for (var first = 1; first <= ledger.Entries(EvidenceScene.Contoso).Count; first++)
            Watch(first).Found.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_execution_before_its_decision_is_refused_and_both_entries_are_named()
    {
        var id = await scene.OpenAsync("Hasty");
        await scene.StageAsync(id, 1, GateLevel.L2);
        await scene.RunAsync(id, 1, ExecutionOutcome.Verified);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana);
        Watch().Found.ShouldHaveSingleItem().ShouldBe(new(6, 9, "executes what entry 5 had put before people, before they decided"));
        Should.Throw<EvidenceException>(Watch().ThrowIfAny).Message.ShouldBe(
            "This is not evidence of gated execution: entry 6 executes what entry 5 had put before people, before they decided (its "
            + "decision is entry 9). Nothing was exported.");
    }

    [Fact]
    public async Task An_execution_of_what_was_rejected_is_refused()
    {
        var id = await scene.OpenAsync("Rejected");
        await scene.StageAsync(id, 1, GateLevel.L2);
        await scene.DecideAsync(id, 1, DecisionKind.Reject, EvidenceScene.Ana);
        await scene.RunAsync(id, 1, ExecutionOutcome.Verified);
        Watch().Found.ShouldHaveSingleItem().Why.ShouldBe("executes what entry 6 did not approve");
    }

    [Fact]
    public async Task A_half_given_approval_is_not_a_decision()
    {
        var id = await scene.OpenAsync("Half");
        await scene.StageAsync(id, 1, GateLevel.L2, approvals: 2);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana, complete: false);
        await scene.RunAsync(id, 1, ExecutionOutcome.Verified);
        Watch().Found.ShouldHaveSingleItem().Why.ShouldContain("before they decided");
    }

    [Fact]
    public async Task What_is_left_to_people_is_not_executed_at_all()
    {
        var id = await scene.OpenAsync("People");
        await scene.StageAsync(id, 1, GateLevel.L3);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana);
        await scene.RunAsync(id, 1, ExecutionOutcome.Verified);
        Watch().Found.ShouldHaveSingleItem().Why.ShouldBe("executes what entry 5 had left to people");
    }

    [Fact]
    public async Task An_execution_names_what_allows_it_and_that_is_not_older_than_its_proposal()
    {
        var id = await scene.OpenAsync("Old right");
        await scene.StageAsync(id, 1, GateLevel.L1);
        await scene.ClaimAsync(id, 1, causation: 2);
        Watch().Found.ShouldHaveSingleItem().Why.ShouldBe("names entry 2, which is older than its proposal, entry 5");
        var other = await scene.OpenAsync("No right");
        await scene.ClaimAsync(other, 1, causation: 9);
        Watch().Found[1].Why.ShouldBe("executes what entry 9 is said to allow, which approved nothing");
        await scene.StageAsync(other, 1, GateLevel.L1);
        await scene.SayAsync(new($"proposal/{other}"), new UndoStarted(other, 1, $"{other}-u1", "s", "i", clock.GetUtcNow()),
            EvidenceScene.Execution);
        Watch().Found[2].Why.ShouldBe("executes and names no earlier entry that allows it");
    }

    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(7)]
    public async Task An_execution_of_what_was_put_before_people_names_their_decision_and_no_other_entry(long named)
    {
        var id = await scene.OpenAsync("Wrong right");
        await scene.StageAsync(id, 1, GateLevel.L2);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana);
        await scene.SayAsync(new($"card/{id}"), new CardSending(id, Conversation("19:channel")), EvidenceScene.Execution);
        await scene.ClaimAsync(id, 1, causation: named);
        Watch().Found.ShouldHaveSingleItem().ShouldBe(new(8, 6, $"names entry {named}, and it is entry 6 that approved it"));
    }

    [Fact]
    public async Task A_claim_that_is_renewed_or_taken_over_is_judged_once()
    {
        var id = await scene.OpenAsync("Long");
        await scene.StageAsync(id, 1, GateLevel.L2);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana);
        await scene.ClaimAsync(id, 1);
        await scene.ClaimAsync(id, 1);
        Watch().Found.ShouldBeEmpty();
    }

    private OrderGuard Watch(long first = 1)
    {
        var guard = new OrderGuard(first);
        foreach (var entry in ledger.Entries(EvidenceScene.Contoso).Where(entry => entry.Seq >= first))
            guard.Take(entry);
        return guard;
    }
}

using DevOpsAI.Compliance;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>Who is the same person, and who is not.</summary>
public sealed class AssessmentTests : IDisposable
{
    private static readonly Person Cy = new(Who("00000000-0000-4000-8000-00000000000c"), "Cy Confirmer");
    private readonly ManualClock clock = new();
    private readonly InMemoryLedger ledger;
    private readonly EvidenceScene story;
    private readonly TextFile texts = new();

    public AssessmentTests()
    {
        ledger = new(clock);
        story = new(ledger, clock);
    }

    public void Dispose() => texts.Dispose();

    [Fact]
    public async Task Neither_who_stands_in_nor_who_is_absent_counts_twice()
    {
        var id = await story.OpenAsync("Fire");
        await story.StageAsync(id, 1, GateLevel.L2, approvals: 2);
        await story.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana, complete: false);
        await story.DecideAsync(id, 1, DecisionKind.Approve, Cy, inTheNameOf: EvidenceScene.Ana.AsActor());
        using var assessment = Assess();
        Weaknesses.For(assessment).Select(static weakness => weakness.Kind).ShouldContain(WeaknessKind.TooFewApprovals);
    }

    [Fact]
    public async Task Who_asked_does_not_approve_through_somebody_who_stands_in()
    {
        var id = await story.OpenAsync("Fire");
        await story.StageAsync(id, 1, GateLevel.L2, requester: EvidenceScene.Ana.AsActor());
        await story.DecideAsync(id, 1, DecisionKind.Approve, Cy, inTheNameOf: EvidenceScene.Ana.AsActor());
        using var assessment = Assess();
        Weaknesses.For(assessment).Select(static weakness => weakness.Kind).ShouldContain(WeaknessKind.OwnRequest);
    }

    [Fact]
    public async Task Who_gives_themselves_a_role_or_lifts_their_own_freeze_is_found_however_their_id_is_written()
    {
        var ana = EvidenceScene.Ana with { ObjectId = Who(EvidenceScene.Ana.ObjectId.Value.ToUpperInvariant()) };
        await story.SayAsync(
            StreamId.Access, new RoleAssigned(EvidenceScene.Ana.ObjectId.Value, "Ana", Role.Approver, true), ana.AsActor());
        await story.SayAsync(StreamId.Freeze, new FreezeSet("drill"), EvidenceScene.Ana.AsActor());
        await story.SayAsync(StreamId.Freeze, new FreezeLifted(null), ana.AsActor());
        using var assessment = Assess();
        assessment.Deviations.Select(static one => one.Kind)
            .ShouldBe([DeviationKind.OwnRole, DeviationKind.Frozen, DeviationKind.OwnFreezeLifted]);
        assessment.People.ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(31, null, false)]
    [InlineData(33, null, true)]
    [InlineData(31, 20, true)]
    public async Task What_was_snoozed_is_approved_in_time_as_long_as_it_could_be_at_first_counted_from_the_end_of_the_snooze(
        int approvedAfter, int? worthHours, bool tooLate)
    {
        var begun = clock.GetUtcNow();
        var id = await story.OpenAsync("Fire");
        if (worthHours is { } worth)
        {
            await story.SayAsync(
                StreamId.Proposal(id),
                new RecommendationDrafted(id, 1, "runbook ups v1", "Clean up.", "It is full.", [], Plan.Empty, Risk.Low, null,
                    new Dictionary<string, string>(), true)
                {
                    NotAfter = begun.AddHours(worth),
                },
                EvidenceScene.Drafting);
        }
        // Staged for eight hours.
        await story.StageAsync(id, 1, GateLevel.L2);
        await story.SayAsync(
            StreamId.Proposal(id), new ProposalDecided(
                id, 1, DecisionKind.Snooze, EvidenceScene.Seal($"{id} 1"), null, null, begun.AddHours(24), false), Cy.AsActor());
        clock.Advance(begun.AddHours(approvedAfter) - clock.GetUtcNow());
        await story.DecideAsync(id, 1, DecisionKind.Approve, Cy);
        await story.RunAsync(id, 1, ExecutionOutcome.Verified);
        using var assessment = Assess();
        Weaknesses.For(assessment).Any(static weakness => weakness.Kind == WeaknessKind.RanWhenProhibited).ShouldBe(tooLate);
    }

    private Assessment Assess()
    {
        var entries = ledger.Entries(EvidenceScene.Contoso);
        var assessment = new Assessment(OscalOf.Subject(entries), CoreFeatures.Catalog, texts);
        foreach (var entry in entries)
            assessment.Take(new(entry.Seq, new(entry.Hash.Span), entry));
        return assessment;
    }
}

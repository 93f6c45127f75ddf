using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using FsCheck;
using FsCheck.Fluent;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>Two must approve; approvers may break the glass, for which two others must confirm within four hours.</summary>
public sealed class BreakGlassTests
{
    private const string Glass = "{ role: approver, confirmations: 2, within: 4h }";

    [Theory]
    [InlineData(0, null)]
    [InlineData(9, "The glass was broken after it had expired.")]
    public async Task A_glass_broken_after_a_clock_was_ahead_counts_by_the_clock_that_is_right(int hoursLate, string? why)
    {
        var scene = await WaitingAsync();
        await WrongClockTests.AheadForOneEntryAsync(scene, TimeSpan.FromDays(30));
        if (why is null)
        {
            (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBeNull();
        }
        else
        {
            var staged = (await scene.IncidentAsync()).Staged!;
            scene.Clock.Advance(TimeSpan.FromHours(hoursLate));
            var alone = new ProposalDecided(Con(1001), staged.Revision, DecisionKind.Approve, staged.Seal, "Now.", null, null, true)
            {
                Owed = new(2, scene.Clock.GetUtcNow().AddHours(4)), ByClock = scene.Clock.GetUtcNow(),
            };
            await scene.AppendAsync(StreamId.Proposal(Con(1001)), alone, Ada.AsActor());
        }
        (await scene.CheckExecuteAsync()).ShouldBe(why);
    }

    [Fact]
    public async Task One_acts_alone_and_two_others_confirm_afterwards()
    {
        var scene = await WaitingAsync();
        (await scene.BreakGlassAsync(Ada)).Message.ShouldBe(
            "You broke the glass for CON-1001; it is being carried out. 2 others must confirm until 2026-03-02 13:00 UTC, and everybody "
            + "is told.");
        var decided = scene.Ledger.Facts<ProposalDecided>(Contoso).ShouldHaveSingleItem();
        (decided.Kind, decided.Complete, decided.Reason, decided.Owed).ShouldBe(
            (DecisionKind.Approve, true, "The shop stands still.", new(2, scene.Clock.GetUtcNow().AddHours(4))));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.IncidentAsync()).Escalated.ShouldBeTrue("those who are told of escalations are told too");
        await scene.ExecutedAsync();

        (await scene.ReviewAsync(Ada)).Refusal.ShouldBe(Refusal.OwnRequest);
        (await scene.ReviewAsync(Tim)).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.ReviewAsync(Ben)).Message.ShouldBe("You confirmed CON-1001; it needs 1 more confirmation.");
        (await scene.ReviewAsync(Ben)).Refusal.ShouldBe(Refusal.AlreadyApprovedByYou);
        (await scene.ReviewAsync(Root)).Message.ShouldBe("You confirmed CON-1001; nothing more is owed.");
        (await scene.ReviewAsync(Root)).Refusal.ShouldBe(Refusal.NothingToDecide);
        (await scene.IncidentAsync()).OpenGlass.ShouldBeNull();
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        scene.Clock.Advance(TimeSpan.FromDays(2));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<BreakGlassEscalated>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_nobody_confirms_escalates_once_though_the_incident_is_closed_and_may_still_be_confirmed()
    {
        var scene = await WaitingAsync();
        await scene.BreakGlassAsync(Ada);
        await scene.ExecutedAsync();
        DeadlineRules.Next(await scene.StateAsync()).ShouldBe(scene.Clock.GetUtcNow().AddHours(4));
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        using var other = DeadlineTests.GetDeadlines(scene);
        scene.Clock.Advance(TimeSpan.FromHours(4));
        await Task.WhenAll(Task.Run(() => deadlines.CatchUpAsync(Contoso, Cancelled)),
            Task.Run(() => other.CatchUpAsync(Contoso, Cancelled)));
        scene.Ledger.Facts<BreakGlassEscalated>(Contoso)
            .ShouldBe([new(Con(1001), 1, Role.Manager, "2 confirmations did not come in time.")]);
        (await scene.IncidentAsync()).OpenGlass.ShouldNotBeNull();
        await scene.ReviewAsync(Ben);
        await scene.ReviewAsync(Root);
        (await scene.IncidentAsync()).OpenGlass.ShouldBeNull();
    }

    [Fact]
    public async Task An_objection_needs_a_reason_escalates_at_once_and_does_not_count()
    {
        var scene = await WaitingAsync();
        await scene.BreakGlassAsync(Ada);
        (await scene.ReviewAsync(Ben, confirms: false)).Refusal.ShouldBe(Refusal.BadInput);
        (await scene.ReviewAsync(Ben, confirms: false, reason: "It could wait.")).Message.ShouldBe(
            "Your objection to CON-1001 is on record, and managers are told.");
        scene.Ledger.Facts<BreakGlassEscalated>(Contoso).ShouldHaveSingleItem().Reason.ShouldBe("Somebody objected.");
        (await scene.IncidentAsync()).OpenGlass!.Missing.ShouldBe(2);
    }

    [Fact]
    public async Task It_is_there_only_where_policy_and_role_allow_it()
    {
        var scene = new GateScene(APolicy.With(approvals: 2));
        await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.BreakGlassAsync(Root)).Message.ShouldBe("The gate policy lets nobody act alone on CON-1001.");
        GatePolicies.BuiltIn.BreakGlass.ShouldBeNull();

        scene = await WaitingAsync(glass: "{ role: administrator, confirmations: 1, within: 1h }");
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.NotAllowed);
        await scene.AbsentAsync(Root, Root, Ada);
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.NotAllowed, "not in somebody else's name");
        (await scene.BreakGlassAsync(Tim)).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.BreakGlassAsync(Root, reason: " ")).Refusal.ShouldBe(Refusal.BadInput);
        (await scene.BreakGlassAsync(Root)).IsDone.ShouldBeTrue();

        scene = new GateScene(APolicy.With(glass: Glass));
        await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.BreakGlassAsync(Ada)).Message.ShouldBe("There is no need to break the glass: you may approve CON-1001 yourself.");
    }

    [Fact]
    public async Task Freeze_kill_switch_L3_and_what_cannot_be_undone_hold()
    {
        var scene = await WaitingAsync();
        await scene.FreezeAsync(Tim);
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.Frozen);

        scene = new GateScene(APolicy.With(
            approvals: 2, glass: Glass, freezes: "[{ name: close, begins: '2026-03-02 09:00', ends: '2026-03-02 12:00', timeZone: UTC }]"));
        await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.Frozen);

        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "everything", Cancelled);
        scene = new GateScene(APolicy.With(approvals: 2, glass: Glass), killSwitchPath: file);
        await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.Frozen);
        File.Delete(file);

        scene = await WaitingAsync(action: "site.wipe");
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.NotPossible);
        scene = await WaitingAsync(action: "device.format");
        (await scene.BreakGlassAsync(Ada)).Refusal.ShouldBe(Refusal.NotPossible);
        scene.Ledger.Facts<ProposalDecided>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_forged_entry_runs_nothing_where_the_encrypted_terms_let_nobody_act_alone()
    {
        var scene = new GateScene(APolicy.With(approvals: 2));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AppendAsync(
            StreamId.Proposal(Con(1001)),
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, incident.Staged!.Seal, "x", null, null, true)
                { Owed = new(1, scene.Clock.GetUtcNow()) }, Ada.AsActor());
        (await scene.CheckExecuteAsync()).ShouldBe("Nobody may act alone on it.");
    }

    [Fact]
    public void However_it_is_reviewed_it_ends_only_by_enough_confirmations_of_different_others()
    {
        var review =
            from person in Gen.Elements(Ada, Ben, Tim, Mia, Root, Stranger, new Person(Who("BEN"), "Ben in capitals"))
            from confirms in Gen.Frequency((3, Gen.Constant(true)), (1, Gen.Constant(false)))
            from minutes in Gen.Choose(0, 60)
            select (person, confirms, minutes);
        Prop.ForAll(review.ListOf(12).ToArbitrary(), reviews => PlayAsync([.. reviews]).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(100));
    }

    private static async Task<bool> PlayAsync((Person By, bool Confirms, int Minutes)[] reviews)
    {
        var scene = await WaitingAsync();
        await scene.BreakGlassAsync(Ada);
        var due = scene.Clock.GetUtcNow().AddHours(4);
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        foreach (var (by, confirms, minutes) in reviews)
        {
            scene.Clock.Advance(TimeSpan.FromMinutes(minutes));
            await deadlines.CatchUpAsync(Contoso, Cancelled);
            await scene.ReviewAsync(by, confirms, "Because");
        }
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        var said = scene.Ledger.Entries(Contoso).Where(entry => entry.Fact is BreakGlassReviewed)
            .Select(entry => (Who: entry.Actor.Id.ToLowerInvariant(), Fact: (BreakGlassReviewed)entry.Fact)).ToList();
        var escalated = scene.Ledger.Facts<BreakGlassEscalated>(Contoso).Count;
        var open = (await scene.IncidentAsync()).OpenGlass;
        var confirmed = said.Count(one => one.Fact.Confirms);
        return said.Select(one => one.Who).Distinct().Count() == said.Count
            && !said.Exists(one => one.Who is not ("ben" or "root"))
            && (open is null) == (confirmed >= 2)
            && escalated <= 1
            && (escalated == 1 || open is null || (scene.Clock.GetUtcNow() < due && said.TrueForAll(one => one.Fact.Confirms)));
    }

    private static async Task<GateScene> WaitingAsync(string glass = Glass, string action = "disk.cleanup")
    {
        var scene = new GateScene(APolicy.With(approvals: 2, glass: glass));
        await scene.StagedAsync(Plan(action));
        return scene;
    }
}

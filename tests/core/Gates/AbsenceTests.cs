using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>The scene begins on 2026-03-02 09:00 UTC. Ada and Ben are approvers, Tim is technician, Rita administrator.</summary>
public sealed class AbsenceTests
{
    [Fact]
    public async Task While_an_approver_is_absent_the_delegate_decides_in_their_name_and_it_is_on_record()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.DecideAsync(Command(Tim, incident))).Refusal.ShouldBe(Refusal.NotAllowed);

        (await scene.AbsentAsync(Ada, Ada, Tim)).Message.ShouldBe(
            "Ada Approver is absent from Contoso Ltd from 2026-03-02 09:00 UTC until 2026-03-05 09:00 UTC. Tim Technician decides in "
            + "their name.");
        scene.Ledger.Facts<AbsenceSet>(Contoso).ShouldHaveSingleItem().ShouldBe(
            new("ada", "Ada Approver", scene.Clock.GetUtcNow(), scene.Clock.GetUtcNow().AddDays(3), "tim", "Tim Technician", "Skiing"));
        scene.Access.AuthorizeDecision(await scene.StateAsync(), incident.Proposal,
            Who("tim")).ShouldBeNull("the card gives a delegate the buttons");

        (await scene.DecideAsync(Command(Tim, incident))).Message.ShouldBe(
            "You approved CON-1001 in the name of Ada Approver; it is being carried out.");
        var decided = scene.Ledger.Entries(Contoso).Single(entry => entry.Fact is ProposalDecided);
        decided.Actor.ShouldBe(Tim.AsActor());
        ((ProposalDecided)decided.Fact).InTheNameOf.ShouldBe(new Actor(ActorKind.Person, "ada", "Ada Approver"));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.DecideAsync(Command(Ben, incident))).Message.ShouldBe(
            "Tim Technician in the name of Ada Approver already approved CON-1001 at 2026-03-02 09:00 UTC.");
    }

    [Fact]
    public async Task It_begins_and_ends_by_date_or_by_coming_back()
    {
        var scene = new GateScene();
        var now = scene.Clock.GetUtcNow();
        await scene.AbsentAsync(Ada, Ada, Tim, from: now.AddHours(1), until: now.AddHours(3));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.DecideAsync(Command(Tim, incident))).Refusal.ShouldBe(Refusal.NotAllowed);
        scene.Clock.Advance(TimeSpan.FromHours(1));
        scene.Access.AuthorizeDecision(await scene.StateAsync(), incident.Proposal, Who("tim")).ShouldBeNull();
        scene.Clock.Advance(TimeSpan.FromHours(2));
        (await scene.DecideAsync(Command(Tim, incident))).Refusal.ShouldBe(Refusal.NotAllowed);

        await scene.AbsentAsync(Ada, Ada, Tim);
        (await scene.BackAsync(Ada, Ada)).Message.ShouldBe("Ada Approver is back at Contoso Ltd; nobody decides in their name any more.");
        (await scene.DecideAsync(Command(Tim, incident))).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.BackAsync(Ada, Ada)).ShouldBe(new(null, null, "Ada Approver is not absent from Contoso Ltd."));
    }

    [Fact]
    public async Task A_delegate_never_approves_what_they_or_who_they_stand_in_for_requested()
    {
        var scene = new GateScene();
        await scene.AbsentAsync(Ada, Ada, Tim);
        await scene.DecideAsync(Command(Root, await scene.StagedAsync(Plan("device.isolate"))));
        await scene.ExecutedAsync();
        await scene.UndoAsync(Ada);
        var waiting = await scene.IncidentAsync();
        waiting.IsUndecided.ShouldBeTrue();
        (await scene.DecideAsync(Command(Tim, waiting))).ShouldSatisfyAllConditions(
            result => result.Refusal.ShouldBe(Refusal.OwnRequest),
            result => result.Message.ShouldBe(
                "Ada Approver requested this revision of CON-1001, so nobody can approve it in their name."));

        await scene.AbsentAsync(Root, Root, Ada);
        (await scene.DecideAsync(Command(Ada, waiting))).Refusal.ShouldBe(Refusal.OwnRequest);
        (await scene.DecideAsync(Command(Ben, await scene.IncidentAsync()))).Refusal.ShouldBe(
            Refusal.NotReviewed, "he may, once he has read it");
    }

    [Fact]
    public async Task Where_two_must_agree_nobody_counts_twice()
    {
        var scene = new GateScene(APolicy.With(approvals: 2));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AbsentAsync(Ada, Ada, Ben);
        (await scene.DecideAsync(Command(Ben, incident))).Message.ShouldBe(
            "You approved CON-1001; it needs 1 more approval by somebody else.");
        (await scene.DecideAsync(Command(Ben, incident))).Refusal.ShouldBe(Refusal.AlreadyApprovedByYou, "not once more in Ada's name");

        scene = new GateScene(APolicy.With(approvals: 2));
        incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.DecideAsync(Command(Ada, incident));
        await scene.AbsentAsync(Ada, Ada, Tim);
        (await scene.DecideAsync(Command(Tim, incident))).Message.ShouldBe(
            "CON-1001 was approved by Ada Approver, or in their name, at 2026-03-02 09:00 UTC already; it needs somebody else's approval "
            + "too.");

        scene = new GateScene(APolicy.With(approvals: 2));
        incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AbsentAsync(Ada, Ada, Tim);
        await scene.DecideAsync(Command(Tim, incident));
        (await scene.DecideAsync(Command(Ada, incident))).Message.ShouldBe(
            "Tim Technician approved CON-1001 in your name at 2026-03-02 09:00 UTC; it needs somebody else's approval too.");
        (await scene.DecideAsync(Command(Ben, incident))).IsDone.ShouldBeTrue();
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Who_stands_in_does_not_pass_it_on()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AssignAsync(new(Who("tom"), "Tom Technician"), Role.Technician);
        await scene.AbsentAsync(Ada, Ada, Tim);
        await scene.AbsentAsync(Tim, Tim, new(Who("tom"), "Tom Technician"));
        (await scene.DecideAsync(Command(new(Who("tom"), "Tom Technician"), incident))).Refusal.ShouldBe(Refusal.NotAllowed);
    }

    [Fact]
    public async Task A_right_that_was_taken_cannot_be_used_by_a_delegate_either()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AbsentAsync(Ada, Ada, Tim);
        await scene.AssignAsync(Ada, Role.Approver, held: false);
        (await scene.DecideAsync(Command(Tim, incident))).Refusal.ShouldBe(Refusal.NotAllowed);
    }

    [Fact]
    public async Task For_an_auditor_nothing_waits()
    {
        var scene = new GateScene();
        Person auditor = new(Who("aud"), "Aud Itor");
        await scene.AssignAsync(auditor, Role.Auditor);
        (await scene.AbsentAsync(auditor, auditor, null)).Message.ShouldBe(
            "Aud Itor only reads at Contoso Ltd, so nothing waits for them there.");
        scene.Ledger.Facts<AbsenceSet>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task Refusals()
    {
        var scene = new GateScene();
        var now = scene.Clock.GetUtcNow();
        (await scene.AbsentAsync(Ben, Ada, Tim)).Message.ShouldBe(
            "Only administrators of Contoso Ltd may say that somebody else is absent or back.");
        (await scene.BackAsync(Ben, Ada)).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.AbsentAsync(Stranger, Stranger, Tim)).Refusal.ShouldBe(Refusal.NotAllowed);
        (await scene.AbsentAsync(Root, Stranger, Tim)).Message.ShouldBe(
            "No Body has no role at Contoso Ltd, so nothing waits for them there.");
        (await scene.AbsentAsync(Ada, Ada, new(Who("ADA"), "Ada"))).Message.ShouldBe("A delegate is somebody else.");
        (await scene.AbsentAsync(Ada, Ada, Stranger)).Message.ShouldBe(
            "No Body cannot decide for others at Contoso Ltd: that takes the role technician at least.");
        (await scene.AbsentAsync(Mia, Mia, Tim)).Message.ShouldBe(
            "Mia Manager decides nothing at Contoso Ltd, so there is nothing to delegate.");
        (await scene.AbsentAsync(Ada, Ada, Tim, until: now)).Refusal.ShouldBe(Refusal.BadInput);
        (await scene.AbsentAsync(Ada, Ada, Tim, until: now.AddDays(400))).Refusal.ShouldBe(Refusal.BadInput);
        scene.Ledger.Entries(Contoso).ShouldBeEmpty();
        (await scene.AbsentAsync(Root, Ada, null)).Message.ShouldEndWith("Nobody decides in their name.");
    }

    [Theory]
    [InlineData("nobody", "lets nobody decide in somebody else's name")]
    [InlineData("approver", "that takes the role approver at least")]
    public async Task The_policy_says_who_may_stand_in(string least, string refusal)
    {
        var scene = new GateScene(APolicy.With(delegates: least));
        (await scene.AbsentAsync(Ada, Ada, Tim)).Message.ShouldContain(refusal);
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AppendAsync(StreamId.Access,
            new AbsenceSet("ada", "Ada", scene.Clock.GetUtcNow(), scene.Clock.GetUtcNow().AddDays(1), "tim", "Tim", null));
        (await scene.DecideAsync(Command(Tim, incident))).Refusal.ShouldBe(
            Refusal.NotAllowed, "what was recorded before the policy changed does not count");
    }

    [Fact]
    public async Task Where_all_approvers_are_away_it_escalates_at_once_to_somebody_who_is_there()
    {
        var scene = new GateScene();
        using var deadlines = DeadlineTests.GetDeadlines(scene);
        await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AbsentAsync(Ada, Ada, null);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBeEmpty("Ben is there");
        await scene.AbsentAsync(Ben, Ben, Tim);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBeEmpty("Tim stands in for Ben");
        await scene.AbsentAsync(Tim, Tim, null);
        await scene.AbsentAsync(Mia, Mia, null);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldHaveSingleItem().ShouldBe(new(Con(1001), 1, Role.Administrator)
        {
            Reason = "All approvers are absent and nobody stands in for them. All managers are absent.",
        });
    }

    [Fact]
    public async Task What_configuration_says_is_recorded_once_and_what_is_said_later_counts()
    {
        var scene = new GateScene();
        var options = new AccessOptions();
        options.Absences.Add(new() { Tenant = "contoso", Person = "ADA", Name = "Ada Approver", From = scene.Clock.GetUtcNow().AddDays(-1),
            Until = scene.Clock.GetUtcNow().AddDays(1), Delegate = "Tim" });
        options.Absences.Add(
            new() { Person = "ben", From = scene.Clock.GetUtcNow().AddDays(-2), Until = scene.Clock.GetUtcNow().AddDays(-1) });
        var configured = Enumerable.Range(0, 4).Select(_ => new ConfiguredAbsences(
            scene.Ledger, scene.States, scene, Microsoft.Extensions.Options.Options.Create(options), scene.Clock,
            Microsoft.Extensions.Logging.Abstractions.NullLogger<ConfiguredAbsences>.Instance)).ToList();
        await Task.WhenAll(configured.Select(each => Task.Run(() => each.RecordAsync(Contoso, Cancelled))));
        var entry = scene.Ledger.Entries(Contoso).ShouldHaveSingleItem();
        entry.Actor.ShouldBe(Actor.Service("configuration"));
        entry.Fact.ShouldBeOfType<AbsenceSet>()
            .ShouldBe(new("ada", "Ada Approver", scene.Clock.GetUtcNow().AddDays(-1), scene.Clock.GetUtcNow().AddDays(1), "tim",
                "tim", null));
        (await scene.DecideAsync(Command(Tim, await scene.StagedAsync(Plan("disk.cleanup"))))).IsDone.ShouldBeTrue();

        await scene.BackAsync(Ada, Ada);
        await configured[0].RecordAsync(Contoso, Cancelled);
        (await scene.StateAsync()).Absences.ShouldBeEmpty();
        configured.ForEach(each => each.Dispose());
    }

    [Fact]
    public async Task The_cards_of_what_waits_are_drawn_again()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.AbsentAsync(Ada, Ada, Tim);
        (await scene.IncidentAsync()).LastSeq.ShouldBeGreaterThan(incident.LastSeq);
    }
}

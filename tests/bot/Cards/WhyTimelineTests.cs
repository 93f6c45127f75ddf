using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

public sealed class WhyStoryTests
{
    private readonly IncidentScript story = new();
    private readonly GivenAccess access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);

    [Fact]
    public async Task What_was_approved_done_and_verified_is_told_in_five_lines_with_the_entry_of_each()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Approve, reason: "The shop opens at six.").Started().Step();
        Finished(ExecutionOutcome.Verified, new Change("SRV-FILE01 disk.C.freePercent", "6", "44"));
        story.Closed("verified");
        (await LinesAsync()).ShouldBe(
        [
            "Decided: Approved by Ravi Approver, 2026-11-21 03:00 UTC: “The shop opens at six.” (entry 5)",
            "Asked for: Disk C: on SRV-FILE01 is almost full (warning, reported 2026-11-21 03:00 UTC). Proposed: Clean up temporary "
            + "files on C: on SRV-FILE01. (entry 4)",
            "Done: Clean up temporary files on C: on SRV-FILE01, 2026-11-21 03:00 UTC. SRV-FILE01: free space on C: 6 % → 44 %. (entry 6)",
            "Ended: Verified by reading back, 2026-11-21 03:00 UTC. C: has 44 % free. (entry 8)",
            "Open now: It can be taken back until 2026-11-21 05:00 UTC. Its alert has not been reported as over.",
        ]);
    }

    [Theory]
    [InlineData("Impossible travel", "anna@contoso.com", "Impossible travel for anna@contoso.com (")]
    [InlineData("Probe failed", "portal", "Probe failed on portal (")]
    [InlineData("Prüfung von portal schlug fehl", "portal", "Prüfung von portal schlug fehl (")]
    public async Task Something_is_wrong_on_a_device_and_for_a_person_and_what_the_title_names_is_not_named_again(
        string title, string device, string said)
    {
        var about = new IncidentScript { Title = title, Device = device }.Opened();
        var view = TestViews.For(about, access)
            .ForPerson(await about.StateAsync(), await about.IncidentAsync(), Anywhere, IncidentScript.Ravi);
        $"{WhyTimeline.For(view, [])[1].Message}".ShouldStartWith(said);
    }

    [Fact]
    public async Task What_still_waits_says_for_whom_and_until_when()
    {
        story.Opened().Drafted().Staged();
        var lines = await LinesAsync();
        lines[0].ShouldBe("Decided: Nobody has decided yet. It waits until 2026-11-21 07:00 UTC.");
        lines[2].ShouldBe("Done: Nothing was carried out.");
        lines[3].ShouldBe("Ended: Not ended yet.");
        lines[4].ShouldBe("Open now: A decision, by Ravi Approver.");
    }

    [Fact]
    public async Task What_ran_by_itself_says_that_nobody_was_asked_and_on_what_ground()
    {
        story.Opened().Drafted().Staged(GateLevel.L1).Started().Step();
        Finished(ExecutionOutcome.Verified);
        (await LinesAsync())[0].ShouldBe(
            "Decided: Nobody was asked, as the gate policy says (L1 · Execute and notify). disk.cleanup is partly reversible on one "
            + "device: at least L2. (entry 5)");
    }

    [Fact]
    public async Task A_rejection_gives_its_reason_and_nothing_was_done()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Reject, reason: "Wrong volume").Closed("rejected");
        var lines = await LinesAsync();
        lines[0].ShouldContain("Rejected by Ravi Approver, 2026-11-21 03:00 UTC: “Wrong volume”");
        lines[2].ShouldBe("Done: Nothing was carried out.");
        lines[3].ShouldStartWith("Ended: Rejected – nothing was done, 2026-11-21 03:00 UTC.");
    }

    [Fact]
    public async Task What_was_taken_back_says_who_asked_and_that_the_alert_is_not_over()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step();
        Finished(ExecutionOutcome.Verified);
        story.Closed("verified").Staged(GateLevel.L1, revision: 2, kind: ProposalKind.Undo).UndoRun(ExecutionOutcome.Verified);
        var lines = await LinesAsync();
        lines[1].ShouldContain("Proposed: Clean up temporary files");
        lines[0].ShouldContain("Approved by Ravi Approver");
        lines[3].ShouldContain("Ended: Taken back, as the bot (drafting) asked, 2026-11-21 03:00 UTC.");
        lines[4].ShouldContain("has not been reported as over");
    }

    [Fact]
    public async Task While_a_person_is_asked_after_an_undo_the_story_is_still_that_of_what_was_done()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step();
        Finished(ExecutionOutcome.Verified);
        story.Closed("verified").Staged(GateLevel.L1, revision: 2, kind: ProposalKind.Undo).UndoRun(ExecutionOutcome.Verified).TakenBack();
        var lines = await LinesAsync();
        lines[1].ShouldContain(" Proposed: Clean up temporary files");
        lines[0].ShouldContain(
            "Approved by Ravi Approver, 2026-11-21 03:00 UTC. What happens instead waits for an answer until 2026-11-21 07:00 UTC.");
        lines[3].ShouldContain("Ended: Taken back");
        lines[4].ShouldStartWith("Open now: Its alert fires and nothing has been done about it: a person says what happens instead.");
    }

    [Fact]
    public async Task Of_several_rounds_the_last_is_told_and_that_there_were_others()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step();
        Finished(ExecutionOutcome.Drifted, new Change("SRV-FILE01 disk.C.freePercent", "6", "12"));
        story.Drafted(2).Staged(revision: 2);
        var lines = await LinesAsync();
        lines[1].ShouldContain("Proposed, drafted 2 times: ");
        lines[0].ShouldContain("It waits until");
        lines[2].ShouldBe("Done: Nothing ran, because something had changed: SRV-FILE01: free space on C: 6 % → 12 %. (entry 6)");
        lines[4].ShouldBe("Open now: A decision, by Ravi Approver.");
    }

    [Fact]
    public async Task What_nobody_can_tell_or_only_people_can_do_is_said_so()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Approve).Started().Step(StepOutcome.Unknown);
        Finished(ExecutionOutcome.Unknown);
        (await LinesAsync()).ShouldSatisfyAllConditions(
            lines => lines[3].ShouldContain("Nobody can tell whether it took effect"),
            lines => lines[4].ShouldContain("A person must see to it and mark it as handled"));
    }

    [Fact]
    public async Task The_trail_is_behind_the_story_oldest_first_and_card_updates_only_come_when_asked_for()
    {
        story.Linked().Opened().Drafted().Staged();
        story.Append(StreamId.Card(story.Id), new CardSending(story.Id, Anywhere), Actor.Service("cards"));
        story.Append(
            StreamId.Card(story.Id), new CardPosted(story.Id, Anywhere, "s", Conversation("t"), "a", 4, false), Actor.Service("cards"));
        for (var update = 0; update < 40; update++)
            story.Append(StreamId.Card(story.Id), new CardUpdated(story.Id, Anywhere, "a", 4), Actor.Service("cards"));
        (await CardAsync(0)).ShouldNotContain("card.updated");
        var trail = await CardAsync(1);
        trail.ShouldContain("event.received");
        trail.ShouldContain("proposal.staged");
        trail.ShouldContain("page 1 of 1");
        trail.ShouldNotContain("card.posted");
        (await CardAsync(2, everything: true)).ShouldContain("card.updated");
        var card = JsonNode.Parse(await CardAsync(1))!;
        card["actions"]!.AsArray().Select(action => (string?)action!["title"]).ShouldBe(["Back to the story", "With card updates"]);
        ((bool?)card["actions"]![1]!["data"]![WhyCard.Everything]).ShouldBe(true);
    }

    [Fact]
    public async Task Every_instant_of_story_and_trail_is_written_in_the_zone_of_whoever_reads()
    {
        story.Opened().Drafted().Staged().Decided(DecisionKind.Snooze, complete: false, until: IncidentScript.Start.AddHours(1))
            .Decided(DecisionKind.Approve).Started().Step();
        Finished(ExecutionOutcome.Verified);
        foreach (var page in new[] { 0, 1 })
        {
            var card = await CardAsync(page, everything: true);
            card.ShouldNotContain("UTC");
            card.ShouldContain("{{DATE(2026-11-21T03:00:00Z,SHORT)}} {{TIME(2026-11-21T03:00:00Z)}}");
        }
        (await CardAsync(0)).ShouldContain(
            "{{DATE(2026-11-21T05:00:00Z,SHORT)}} {{TIME(2026-11-21T05:00:00Z)}}", Case.Sensitive, "until when it can be taken back");
    }

    private void Finished(ExecutionOutcome outcome, params Change[] changes) => story.Append(
        StreamId.Proposal(story.Id),
        new ExecutionFinished(
            story.Id, story.Id + "-x1", outcome, outcome == ExecutionOutcome.Verified ? "C: has 44 % free" : "Nobody knows", changes, false,
            outcome == ExecutionOutcome.Verified ? story.Clock.GetUtcNow().AddHours(2) : null),
        Actor.Service("execution"));

    private async Task<IReadOnlyList<string>> LinesAsync()
    {
        var lines = WhyTimeline.For(await ViewAsync(), story.Ledger.Entries(story.Tenant.Id));
        lines.Count.ShouldBe(5);
        CardSchema.Problems(JsonNode.Parse(await CardAsync(0))!).ShouldBeEmpty();
        return [.. lines.Select(line => $"{line.About}: {line.Message}{(line.Seq is { } seq ? $" (entry {seq})" : "")}")];
    }

    private async Task<string> CardAsync(int page, bool everything = false) =>
        WhyCard.Build(await ViewAsync(), story.Ledger.Entries(story.Tenant.Id), CoreFeatures.Catalog, page, everything).AsReceived().ToJsonString();

    private async Task<IncidentView> ViewAsync() =>
        TestViews.For(story, access).ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere, IncidentScript.Ravi);
}

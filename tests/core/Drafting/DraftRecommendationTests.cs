using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>When something is drafted, what goes on record, and what happens when things go wrong in between.</summary>
public sealed class DraftRecommendationTests
{
    private static readonly (string, string)[] VolumeC = [("volume", "C:")];

    [Fact]
    public async Task A_new_incident_is_drafted_once_and_staged()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.DraftAsync(id);

        var entry = scene.Ledger.Entries(DraftingScene.Contoso).Single(entry => entry.Fact is RecommendationDrafted);
        entry.Type.ShouldBe("recommendation.drafted");
        entry.Stream.ShouldBe(StreamId.Proposal(id));
        entry.Causation.ShouldBe(2);
        entry.Correlation.Value.ShouldBe("c0ffee");
        entry.Actor.Id.ShouldBe("drafting");
        ((RecommendationDrafted)entry.Fact).Revision.ShouldBe(1);
        scene.Staged.ShouldHaveSingleItem().ShouldBe(new StageProposal(DraftingScene.Contoso, id));
    }

    [Fact]
    public async Task After_a_crash_between_the_two_it_is_only_staged()
    {
        var scene = new DraftingScene { CrashAtPoint = Failpoint.RecommendationDrafted };
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await Should.ThrowAsync<InvalidOperationException>(() => scene.DraftAsync(id));
        scene.Staged.ShouldBeEmpty();
        var asked = scene.Vendor.Observations;

        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count.ShouldBe(1);
        scene.Staged.Count.ShouldBe(1);
        scene.Vendor.Observations.ShouldBe(asked);
    }

    [Fact]
    public async Task A_closed_incident_is_left_alone()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id), new IncidentClosed(id, "resolved"));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldBeEmpty();
        scene.Staged.ShouldBeEmpty();
        scene.Vendor.Finds.ShouldBe(0);
    }

    [Fact]
    public async Task An_unknown_incident_is_no_error() => await new DraftingScene().DraftAsync(Con(9999));

    [Fact]
    public async Task An_incident_that_closes_while_the_vendor_is_asked_gets_no_draft()
    {
        var slow = new ClosingConnector();
        var scene = new DraftingScene(null, (FakeConnections.To("contoso-slow", "contoso", "slow"), slow));
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        slow.WhileAsked = () => scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id), new IncidentClosed(id, "resolved"));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldBeEmpty();
        scene.Staged.ShouldBeEmpty();
    }

    [Fact]
    public async Task Drift_is_drafted_again_as_the_next_revision()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ExecutionStarted(id, 1, $"{id}-x1", "5ea1", "here", scene.Clock.GetUtcNow()),
            new ExecutionFinished(id, $"{id}-x1", ExecutionOutcome.Drifted, "changed", [], false, null));
        await scene.DraftAsync(id);
        await scene.DraftAsync(id);

        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Select(draft => draft.Revision).ShouldBe([1, 2]);
        scene.Staged.Count.ShouldBe(2);
        var second = scene.Ledger.Entries(DraftingScene.Contoso).Last(entry => entry.Fact is RecommendationDrafted);
        scene.Ledger.Entries(DraftingScene.Contoso).Single(entry => entry.Seq == second.Causation).Fact.ShouldBeOfType<ExecutionFinished>();
    }

    [Fact]
    public async Task After_an_undo_nothing_is_proposed_until_a_person_asks_for_a_draft()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ExecutionStarted(id, 1, $"{id}-x1", "5ea1", "here", scene.Clock.GetUtcNow()),
            new ExecutionFinished(id, $"{id}-x1", ExecutionOutcome.Verified, "", [], false, scene.Clock.GetUtcNow()));
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id), new IncidentClosed(id, "verified"));
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new UndoStarted(id, 2, $"{id}-u1", "5ea1", "here", scene.Clock.GetUtcNow()),
            new UndoFinished(id, $"{id}-u1", ExecutionOutcome.Verified, "", []));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count
            .ShouldBe(1, "as in ledgers of before, where it stays closed");

        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id), new IncidentReopened(id));
        var asked = scene.Vendor.Observations;
        await scene.DraftAsync(id);
        await scene.DraftAsync(id);
        var after = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso);
        after.Count.ShouldBe(2);
        (after[1].Drafter, after[1].Plan.Steps.Count, after[1].Problem is null).ShouldBe((RecommendationDrafted.AfterUndo, 0, false));
        scene.Vendor.Observations.ShouldBe(asked, "what would be proposed has just been taken back");

        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id), new ProposalExpired(id, 2));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[2].Drafter.ShouldBe(
            RecommendationDrafted.AfterUndo, "silence asks for no draft");

        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id), new RedraftRequested(id, 3));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[3].Plan.Steps.ShouldNotBeEmpty();
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_fires_again_after_it_had_ended_by_itself_is_drafted_anew_on_what_is_seen_now(bool wasStaged)
    {
        var scene = new DraftingScene { Stages = wasStaged };
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id), new IncidentClosed(id, ClosedReasons.Resolved));
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ProposalWithdrawn(id, 1, "The alert resolved by itself."));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count.ShouldBe(1, "it is over");

        var asked = scene.Vendor.Observations;
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id), new IncidentReopened(id) { EventId = "E-2" });
        scene.Stages = true;
        await scene.DraftAsync(id);
        await scene.DraftAsync(id);
        scene.Vendor.Observations.ShouldBeGreaterThan(asked);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)
            .Select(static draft => (draft.Revision, draft.Plan.Steps.Count > 0)).ShouldBe([(1, true), (2, true)]);
        scene.Ledger.Facts<ProposalStaged>(DraftingScene.Contoso)[^1].Revision.ShouldBe(
            2, "what was drafted before rests on readings of then");
        var second = scene.Ledger.Entries(DraftingScene.Contoso).Last(static entry => entry.Fact is RecommendationDrafted);
        scene.Ledger.Entries(DraftingScene.Contoso).Single(entry => entry.Seq == second.Causation).Fact.ShouldBeOfType<IncidentReopened>();
    }

    [Fact]
    public async Task What_a_person_asks_for_again_is_drafted_once_on_what_is_seen_now()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ExecutionStarted(id, 1, $"{id}-x1", "5ea1", "here", scene.Clock.GetUtcNow()),
            new ExecutionFinished(id, $"{id}-x1", ExecutionOutcome.Failed, "", [], false, null));
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id), new RedraftRequested(id, 1));
        await scene.DraftAsync(id);
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Select(draft => draft.Revision).ShouldBe([1, 2]);
        var second = scene.Ledger.Entries(DraftingScene.Contoso).Last(entry => entry.Fact is RecommendationDrafted);
        scene.Ledger.Entries(DraftingScene.Contoso).Single(entry => entry.Seq == second.Causation).Fact.ShouldBeOfType<RedraftRequested>();
    }

    [Theory]
    [InlineData(ExecutionOutcome.Failed)]
    [InlineData(ExecutionOutcome.Verified)]
    [InlineData(ExecutionOutcome.Unknown)]
    [InlineData(ExecutionOutcome.Stopped)]
    public async Task Other_outcomes_are_not(ExecutionOutcome outcome)
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ExecutionStarted(id, 1, $"{id}-x1", "5ea1", "here", scene.Clock.GetUtcNow()),
            new ExecutionFinished(id, $"{id}-x1", outcome, "", [], false, null));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task More_events_do_not_draft_it_again()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        var more = DraftingScene.Event("DiskSpaceLow", "SRV-FILE01", [("volume", "D:")], 77);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Event(more.EventId), more);
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count.ShouldBe(1);
        scene.Staged.Count.ShouldBe(1);
    }

    [Fact]
    public async Task What_expired_is_drafted_again_from_fresh_readings()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        var asked = scene.Vendor.Finds;
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id), new ProposalExpired(id, 1));
        await scene.DraftAsync(id);
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Select(draft => draft.Revision).ShouldBe([1, 2]);
        scene.Vendor.Finds.ShouldBeGreaterThan(asked);
        (await scene.Ledger.ReadStreamAsync(DraftingScene.Contoso, StreamId.Proposal(id), TestContext.Current.CancellationToken))
            .Last(entry => entry.Fact is RecommendationDrafted).Causation.ShouldBe(5);
    }

    [Fact]
    public async Task A_more_severe_alert_is_drafted_and_staged_anew_while_nobody_has_decided()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id),
            new IncidentRaised(id, Severity.Warning, Severity.Critical, "E-9"));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Select(draft => draft.Revision).ShouldBe([1, 2]);
        scene.Staged.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_more_severe_alert_does_not_disturb_what_was_decided()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ProposalDecided(id, 1, DecisionKind.Approve, "5ea1", null, null, null, true));
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Incident(id),
            new IncidentRaised(id, Severity.Warning, Severity.Critical, "E-9"));
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count.ShouldBe(1);
    }

    [Fact]
    public async Task An_unknown_kind_becomes_decision_support_with_what_is_known()
    {
        var draft = await new DraftingScene().DraftOfAsync("FluxCapacitorUnstable", "SRV-FILE01",
            [("generatorURL", "https://prometheus.contoso.local/graph?g0=1"), ("dashboard", "javascript:alert(1)")]);
        draft.Drafter.ShouldBe("no runbook");
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Summary.ShouldBe("Look at FluxCapacitorUnstable on SRV-FILE01.");
        draft.Problem.ShouldBe("No runbook handles 'FluxCapacitorUnstable'.");
        draft.Analysis.ShouldNotContain("event", Case.Insensitive, "how many there are by now stands beside it");
        draft.Analysis.ShouldContain("https://prometheus.contoso.local/graph?g0=1");
        draft.Analysis.ShouldNotContain("javascript");
        draft.Evidence.ShouldHaveSingleItem().Seq.ShouldBe(1);
    }

    [Fact]
    public async Task A_storm_is_for_a_person_even_when_a_runbook_knows_the_kind()
    {
        var scene = new DraftingScene();
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC, scope: IncidentScope.Cause);
        var more = DraftingScene.Event("DiskSpaceLow", "SRV-DC01", VolumeC, 77);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Event(more.EventId), more);
        await scene.DraftAsync(id);
        var draft = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldHaveSingleItem();
        draft.Drafter.ShouldBe("no runbook");
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Summary.ShouldBe("Look for the common cause of DiskSpaceLow at Contoso Ltd.");
        draft.Analysis.ShouldBe("It was seen.", "which devices, and how many events, is told as it stands, not as it was drafted");
        scene.Vendor.Finds.ShouldBe(0);
    }

    [Fact]
    public async Task A_vendor_that_recovers_is_asked_again()
    {
        var scene = new DraftingScene();
        scene.Vendor.Next.Enqueue(VendorResponse.NotDone);
        scene.Vendor.Next.Enqueue(VendorResponse.Throws);
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await AdvancingAsync(scene, scene.DraftAsync(id));
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldHaveSingleItem().Problem.ShouldBeNull();
        scene.Vendor.Finds.ShouldBe(3);
    }

    [Theory]
    [InlineData(VendorResponse.NotDone, 3)]
    [InlineData(VendorResponse.LosesTheReply, 3)]
    [InlineData(VendorResponse.Throws, 3)]
    [InlineData(VendorResponse.Hangs, 1)]
    [InlineData(VendorResponse.Refuses, 1)]
    public async Task A_vendor_that_stays_away_holds_no_incident_for_ever(VendorResponse result, int asked)
    {
        var scene = new DraftingScene();
        scene.Vendor.Always = result;
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        var start = scene.Clock.GetUtcNow();
        await AdvancingAsync(scene, scene.DraftAsync(id), hangs: result == VendorResponse.Hangs);
        var draft = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldHaveSingleItem();
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull()
            .ShouldStartWith(result == VendorResponse.Refuses ? "contoso-fake refused: the fake refuses" : "Could not ask the vendor: ");
        scene.Vendor.Finds.ShouldBe(asked);
        (scene.Clock.GetUtcNow() - start).ShouldBeLessThanOrEqualTo(TimeSpan.FromSeconds(31));
        scene.Staged.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_vendor_that_asks_for_more_patience_than_there_is_does_not_get_it()
    {
        var scene = new DraftingScene();
        scene.Vendor.Always = VendorResponse.NotDone;
        scene.Vendor.TryAgainIn = TimeSpan.FromHours(1);
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await AdvancingAsync(scene, scene.DraftAsync(id));
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldHaveSingleItem().Problem
            .ShouldBe("Could not ask the vendor: contoso-fake: the fake is busy.");
    }

    [Fact]
    public async Task The_subscription_reacts_to_openings_drift_and_requests_only()
    {
        var scene = new DraftingScene();
        var subscription = scene.Services.GetServices<ILedgerSubscription>().ShouldHaveSingleItem();
        subscription.Name.ShouldBe("drafting");
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        foreach (var entry in scene.Ledger.Entries(DraftingScene.Contoso))
        {
            subscription.GetPartitionKey(entry).ShouldBe(entry.Fact is IncidentOpened ? id.Value : null);
            await subscription.HandleAsync(entry, TestContext.Current.CancellationToken);
        }
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).Count.ShouldBe(1);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(id),
            new ExecutionFinished(id, $"{id}-x1", ExecutionOutcome.Verified, "", [], false, null),
            new ExecutionFinished(id, $"{id}-x2", ExecutionOutcome.Drifted, "", [], false, null), new RedraftRequested(id, 1));
        scene.Ledger.Entries(DraftingScene.Contoso).TakeLast(3).Select(subscription.GetPartitionKey).ShouldBe([null, id.Value, id.Value]);
    }

    /// <summary>
    /// Lets the clock run whenever the work waits for it: one timer is the limit on all tries together, a second one a pause between two.
    /// </summary>
    private static async Task AdvancingAsync(DraftingScene scene, Task work, bool hangs = false)
    {
        while (!work.IsCompleted)
        {
            if (scene.Clock.WaitingTimers > (hangs ? 0 : 1))
                scene.Clock.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        await work;
    }
}

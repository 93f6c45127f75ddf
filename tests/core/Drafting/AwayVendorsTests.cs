using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>A draft that lacks a plan only because a vendor was away, and what happens once it is back.</summary>
public sealed class AwayVendorsTests
{
    private static readonly (string, string)[] VolumeC = [("volume", "C:")];
    private readonly DraftingScene scene = new(new() { ["Drafting:VendorTries"] = "1" }) { StagedAt = GateLevel.L3 };

    private AwayVendors Away => scene.Services.GetRequiredService<AwayVendors>();

    private IReadOnlyList<RedraftRequested> Asked => scene.Ledger.Facts<RedraftRequested>(DraftingScene.Contoso);

    [Fact]
    public async Task It_is_drafted_again_by_itself_once_the_vendor_answers()
    {
        var id = await AwayAsync();
        await LookAsync(minutes: 0);
        await LookAsync(minutes: 1);
        Asked.ShouldBeEmpty("the vendor is away still");
        scene.Vendor.Always = VendorResponse.Normal;
        await LookAsync(minutes: 1);
        Asked.ShouldBeEmpty("it is asked less and less often");
        await LookAsync(minutes: 1);
        Asked.ShouldHaveSingleItem().VendorAnswers.ShouldBe(true);

        await scene.DraftAsync(id);
        var draft = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[^1];
        (draft.Revision, draft.Problem, draft.VendorAway).ShouldBe((2, null, null));
        draft.Plan.Steps.ShouldHaveSingleItem();
        await LookAsync(minutes: 60);
        Asked.Count.ShouldBe(1);
    }

    [Fact]
    public async Task While_it_is_away_it_is_asked_every_quarter_of_an_hour_and_nothing_is_put_on_record()
    {
        await AwayAsync();
        await LookAsync(minutes: 0);
        var (asked, entries) = (scene.Vendor.Finds, scene.Ledger.Entries(DraftingScene.Contoso).Count);
        for (var minute = 0; minute < 24 * 60; minute++)
            await LookAsync(minutes: 1);
        (scene.Vendor.Finds - asked).ShouldBeInRange(24 * 4 - 4, 24 * 4 + 4);
        scene.Ledger.Entries(DraftingScene.Contoso).Count.ShouldBe(entries);
    }

    [Fact]
    public async Task The_next_alert_of_the_incident_is_a_reason_to_ask_at_once()
    {
        var id = await AwayAsync();
        await LookAsync(minutes: 0);
        for (var minute = 0; minute < 60; minute++)
            await LookAsync(minutes: 1);
        scene.Vendor.Always = VendorResponse.Normal;
        var again = DraftingScene.Event("DiskSpaceLow", "SRV-FILE01", VolumeC, 1) with { EventId = "E-again" };
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Event(again.EventId), again);
        await LookAsync(minutes: 0);
        Asked.ShouldHaveSingleItem().About.Incident.ShouldBe(id);
    }

    [Fact]
    public async Task What_lacks_a_plan_for_another_reason_waits_for_a_person()
    {
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-NOBODY", VolumeC);
        await scene.DraftAsync(id);
        for (var minute = 0; minute < 60; minute++)
            await LookAsync(minutes: 1);
        Asked.ShouldBeEmpty();
    }

    private async Task<IncidentId> AwayAsync()
    {
        scene.Vendor.Always = VendorResponse.NotDone;
        var id = await scene.OpenAsync("DiskSpaceLow", "SRV-FILE01", VolumeC);
        await scene.DraftAsync(id);
        scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso).ShouldHaveSingleItem().VendorAway.ShouldBe(true);
        return id;
    }

    private Task LookAsync(int minutes)
    {
        scene.Clock.Advance(TimeSpan.FromMinutes(minutes));
        return Away.LookAsync(DraftingScene.Contoso, TestContext.Current.CancellationToken);
    }
}

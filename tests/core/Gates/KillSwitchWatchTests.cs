using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>The kill switch stops drafting and posting, too, and time does not run out under it (AISVS 9.6.1).</summary>
public sealed class KillSwitchWatchTests : IDisposable
{
    private readonly string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly GateScene scene;
    private readonly KillSwitchWatch watch;

    public KillSwitchWatchTests()
    {
        Switch("");
        scene = new(killSwitchPath: path);
        watch = Started();
    }

    public void Dispose()
    {
        watch.Dispose();
        File.Delete(path);
    }

    [Fact]
    public async Task It_counts_at_once_and_is_on_record_once_each_for_whom_it_concerns()
    {
        await LookAsync();
        Switch("tenant: contoso");
        watch.IsOn(Contoso).ShouldBeTrue();
        await LookAsync(3);
        watch.On.Keys.ShouldBe([Contoso]);
        scene.Ledger.Facts<SwitchThrown>(Contoso).ShouldHaveSingleItem().Why.ShouldBe("The kill switch pauses this client.");
        scene.Ledger.Facts<SwitchThrown>(Fabrikam).ShouldBeEmpty();
        (await scene.StateAsync()).SwitchedOff.ShouldNotBeNull();
        Switch("");
        watch.IsOn(Contoso).ShouldBeTrue("until that is on record");
        await LookAsync(2);
        watch.IsOn(Contoso).ShouldBeFalse();
        scene.Ledger.Facts<SwitchLifted>(Contoso).ShouldHaveSingleItem();
        (await scene.StateAsync()).SwitchedOff.ShouldBeNull();
    }

    [Fact]
    public async Task A_file_that_is_just_being_written_holds_everything_and_is_not_told()
    {
        await LookAsync();
        File.Delete(path);
        watch.IsOn(Contoso).ShouldBeTrue();
        await LookAsync();
        Switch("");
        await LookAsync(2);
        watch.IsOn(Contoso).ShouldBeFalse();
        scene.Ledger.Facts<SwitchThrown>(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task Whoever_drafts_or_posts_goes_on_only_when_its_end_is_on_record_also_after_a_restart()
    {
        Switch("everything");
        await LookAsync(2);
        Switch("");
        using var after = Started();
        var pass = after.PassAsync(Contoso, Cancelled).AsTask();
        pass.IsCompleted.ShouldBeFalse();
        await after.LookAsync(Cancelled);
        await pass;
        scene.Ledger.Facts<SwitchLifted>(Contoso).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_runs_out_of_time_under_it_is_asked_anew_and_is_no_silence()
    {
        var staged = await scene.StagedAsync(Plan("disk.cleanup"));
        var deadlines = new Deadlines(scene.Ledger, scene.States, scene, new(scene.Access), scene.Clock, NullLogger<Deadlines>.Instance,
            new(() => scene.KillSwitch));
        Switch("everything");
        await LookAsync(2);
        scene.Clock.Advance(TimeSpan.FromHours(20));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting);
        Switch("");
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<RedraftRequested>(Contoso).ShouldBeEmpty("its end is not on record yet");
        await LookAsync();
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<RedraftRequested>(Contoso).ShouldHaveSingleItem();
        scene.Ledger.Facts<ProposalExpired>(Contoso).ShouldBeEmpty();
        scene.Ledger.Facts<ProposalEscalated>(Contoso).ShouldBeEmpty();
        var incident = await scene.IncidentAsync();
        (incident.Phase, incident.Unanswered).ShouldBe((ProposalPhase.Drafting, null));
        await scene.DraftAsync(Plan("disk.cleanup"), revision: 2);
        await scene.StageAsync();
        var anew = await scene.IncidentAsync();
        anew.Staged!.Terms.ExpiresAt.ShouldBeGreaterThan(scene.Clock.GetUtcNow() + TimeSpan.FromHours(1));
        await deadlines.CatchUpAsync(Contoso, Cancelled);
        (await scene.IncidentAsync()).Phase.ShouldBe(ProposalPhase.Waiting, "asked anew once");
        staged.Staged!.Seal.ShouldNotBe(anew.Staged.Seal);
    }

    [Fact]
    public async Task A_short_pause_leaves_what_has_time_as_it_is()
    {
        await scene.StagedAsync(Plan("disk.cleanup"));
        Switch("everything");
        await LookAsync(2);
        scene.Clock.Advance(TimeSpan.FromMinutes(1));
        Switch("");
        await LookAsync();
        await DeadlineTests.GetDeadlines(scene).CatchUpAsync(Contoso, Cancelled);
        scene.Ledger.Facts<RedraftRequested>(Contoso).ShouldBeEmpty();
        (await scene.DecideAsync(Command(Ada, await scene.IncidentAsync()))).IsDone.ShouldBeTrue();
    }

    [Fact]
    public async Task What_waited_without_a_card_comes_as_a_list_where_it_is_much_until_something_happens_to_it()
    {
        var link = new DevOpsAI.Incidents.ChannelLinked(
            new(Conversation("19:a@thread.tacv2"), "channel", "https://smba.trafficmanager.net/emea/", new("11111111"),
                "19:t@thread.tacv2", "Alerts"));
        await scene.AppendAsync(StreamId.Channels, link);
        Switch("everything");
        await LookAsync(2);
        foreach (var number in Enumerable.Range(1001, 4))
            await scene.OpenAsync(Con(number));
        Switch("");
        await LookAsync();
        await scene.DraftAsync(Plan("disk.cleanup"));
        await scene.StageAsync();
        var state = await scene.StateAsync();
        state.Incidents.Values.ShouldAllBe(incident => state.IsOnList(incident, link));
        await scene.AppendAsync(StreamId.Proposal(Con(1001)), new ProposalEscalated(Con(1001), 1, Role.Manager));
        state = await scene.StateAsync();
        state.IsOnList(state.Find(Con(1001))!, link).ShouldBeFalse();
    }

    private KillSwitchWatch Started() => new(
        new(() => scene.KillSwitch), scene.Ledger, scene.States, scene, new EveryTenant(scene), scene.Clock,
        NullLogger<KillSwitchWatch>.Instance);

    private async Task LookAsync(int times = 1)
    {
        for (var time = 0; time < times; time++)
            await watch.LookAsync(Cancelled);
    }

    private void Switch(string lines) => File.WriteAllText(path, lines);
}

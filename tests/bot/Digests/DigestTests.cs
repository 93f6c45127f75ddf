using DevOpsAI.Bot.Digests;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Digests;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Cards;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using FakeTeams = DevOpsAI.Tests.Cards.FakeTeams;

namespace DevOpsAI.Tests.Digests;

/// <summary>Stories begin at 03:00 UTC; digests are due at 07:00.</summary>
public sealed class DigestTests
{
    private readonly IncidentScript story = new();
    private readonly FakeTeams teams = new();
    private SecretRotations? rotations;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_after_a_digest_under_a_clock_that_was_ahead_does_not_begin_after_it_ends()
    {
        story.Linked().Opened();
        var mark = new DigestMark(IncidentScript.Start.AddDays(30), 1, 0, 0);
        var digest = await Digest.ReadAsync(story.Ledger, await story.StateAsync(), mark, IncidentScript.Start.AddHours(4), Token);
        digest.From.ShouldBe(digest.To);
        digest.For(Happening.Opened).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Is_posted_once_a_day_to_the_linked_conversation_and_not_before_it_is_due()
    {
        story.Linked().Opened().Drafted().Staged();
        var poster = Poster();
        await PostAsync(poster);
        teams.Posts.ShouldBe(0);
        await ToAsync(7, poster);
        await PostAsync(poster);
        await PostAsync(Poster());
        teams.Posts.ShouldBe(1);
        Facts<DigestSending>().ShouldHaveSingleItem().Due.ShouldBe(IncidentScript.Start.AddHours(4));
        Facts<MessageSent>().ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            sent => sent.Purpose.ShouldBe("digest"), sent => sent.Outcome.ShouldBe(MessageOutcome.Sent),
            sent => sent.ActivityId.ShouldBe("m1"));
        await ToAsync(31, poster);
        teams.Posts.ShouldBe(2);
    }

    [Fact]
    public async Task A_secret_that_is_to_be_replaced_is_told_in_the_digest_of_its_client()
    {
        var soon = DateOnly.FromDateTime(IncidentScript.Start.UtcDateTime).AddDays(3);
        rotations = new([new("Connections:a:RotateBy", "The secret of the connection a", IncidentScript.Contoso.Id, soon),
            new("Connections:b:RotateBy", "The secret of the connection b", IncidentScript.Fabrikam.Id, soon)]);
        story.Linked();
        var poster = Poster();
        await ToAsync(7, poster);
        var card = teams.Shown.Values.ShouldHaveSingleItem();
        card.ToJsonString().ShouldContain(
            "The secret of the connection a is to be replaced by 2026-11-24, in 3 days; then set Connections:a:RotateBy anew.");
        card.ToJsonString().ShouldNotContain("connection b");
        CardSchema.Problems(card).ShouldBeEmpty();
    }

    [Fact]
    public async Task Of_two_instances_one_posts_it()
    {
        story.Linked();
        story.Clock.Advance(TimeSpan.FromHours(5));
        teams.Gate = new();
        var (one, other) = (Poster(), Poster());
        await Task.WhenAll(one.CatchUpAsync(Token), other.CatchUpAsync(Token));
        teams.Gate.SetResult();
        await Task.WhenAll(one.IdleAsync(), other.IdleAsync());
        teams.Posts.ShouldBe(1);
        Facts<DigestSending>().Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_bot_that_was_away_for_days_posts_one_digest_of_the_whole_time()
    {
        story.Linked().Opened().Drafted().Staged();
        await ToAsync(7 + 72, Poster());
        teams.Posts.ShouldBe(1);
        Shown().ShouldSatisfyAllConditions(
            said => said.ShouldContain("{{DATE(2026-11-21T03:00:00Z,SHORT)}} {{TIME(2026-11-21T03:00:00Z)}}"),
            said => said.ShouldContain("{{DATE(2026-11-24T07:00:00Z,SHORT)}} {{TIME(2026-11-24T07:00:00Z)}}"),
            said => said.ShouldNotContain("UTC"));
    }

    [Fact]
    public async Task Says_what_happened_since_the_last_one_what_waits_and_what_is_on_no_card()
    {
        story.Linked().Opened().Drafted().Staged();
        Information("Reboot of WS-RECEPTION done", times: 3);
        await ToAsync(7, Poster());
        var first = Shown();
        first.ShouldContain("Contoso Ltd");
        first.ShouldContain("Incidents opened");
        first.ShouldContain("CON-1001");
        first.ShouldContain("Waiting for a decision");
        first.ShouldContain("Reboot of WS-RECEPTION done");
        first.ShouldContain("3 times");
        story.Decided(DecisionKind.Approve).Started().Step().Finished().Closed("verified");
        await ToAsync(31, Poster());
        var second = Shown();
        second.ShouldContain("Done and verified");
        second.ShouldContain("Nothing is waiting");
        second.ShouldNotContain("Incidents opened");
        second.ShouldNotContain("Reboot of WS-RECEPTION");
    }

    [Fact]
    public async Task A_quiet_day_has_a_digest_too()
    {
        story.Linked();
        await ToAsync(7, Poster());
        Shown().ShouldContain("Nothing happened");
    }

    [Fact]
    public async Task A_machine_that_halts_just_before_the_time_of_day_keeps_the_bot_running()
    {
        using var poster = Poster(clock: new HaltingClock(story.Clock, TimeSpan.FromHours(5)));
        await poster.StartAsync(Token);
        for (var waiting = System.Diagnostics.Stopwatch.StartNew(); story.Clock.WaitingTimers == 0
            && !poster.ExecuteTask!.IsCompleted; await Task.Delay(1, Token))
            waiting.Elapsed.ShouldBeLessThan(Hang.Limit);
        poster.ExecuteTask!.Exception.ShouldBeNull();
        await poster.StopAsync(Token);
    }

    [Fact]
    public async Task Carries_the_newest_checkpoint_whole()
    {
        story.Linked();
        var checkpoints = new Checkpoints(new MemoryDocuments());
        using var key = new TestKey("bot.example/contoso");
        var signed = key.Sign(new Checkpoint("bot.example/contoso", 1, new byte[32]));
        (await checkpoints.TryAddAsync(story.Tenant.Id, signed, null, Token)).ShouldBeTrue();
        await ToAsync(7, Poster(checkpoints: checkpoints));
        var shown = teams.Shown.Values.Single()
            .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });
        foreach (var line in signed.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries))
            shown.ShouldContain(line);
    }

    [Fact]
    public async Task Waits_while_Teams_is_away_and_is_then_posted_once()
    {
        story.Linked();
        story.Clock.Advance(TimeSpan.FromHours(5));
        teams.Offline = true;
        var poster = Poster();
        await poster.CatchUpAsync(Token);
        await AdvanceUntilAsync(() => teams.Refusals >= 3);
        teams.Offline = false;
        await AdvanceUntilAsync(() => teams.Posts == 1);
        await poster.IdleAsync();
        await PostAsync(Poster());
        teams.Posts.ShouldBe(1);
    }

    [Fact]
    public async Task One_that_certainly_did_not_arrive_before_the_bot_stopped_is_told_after_the_restart()
    {
        story.Linked();
        Information("Reboot of WS-RECEPTION done");
        story.Clock.Advance(TimeSpan.FromHours(5));
        teams.Offline = true;
        var poster = Poster();
        using (var stop = new CancellationTokenSource())
        {
            await poster.CatchUpAsync(stop.Token);
            await AdvanceUntilAsync(() => teams.Refusals >= 2);
            await stop.CancelAsync();
            await poster.IdleAsync();
        }
        Facts<MessageSent>().ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.NotSent);
        teams.Offline = false;
        await PostAsync(Poster());
        teams.Posts.ShouldBe(1);
        Shown().ShouldContain("Reboot of WS-RECEPTION done");
    }

    [Fact]
    public async Task One_of_which_nobody_knows_whether_it_arrived_is_not_repeated()
    {
        story.Linked();
        story.Clock.Advance(TimeSpan.FromHours(5));
        teams.Next(_ => new SendOutcome.Unknown("the answer was lost"));
        await PostAsync(Poster());
        await PostAsync(Poster());
        teams.Posts.ShouldBe(1);
        Facts<MessageSent>().ShouldHaveSingleItem().Outcome.ShouldBe(MessageOutcome.Unknown);
    }

    [Fact]
    public async Task Escalation_channels_and_unlinked_ones_get_none()
    {
        story.Linked(escalation: true);
        await ToAsync(7, Poster());
        story.Linked().Unlinked();
        await ToAsync(31, Poster());
        teams.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task A_conversation_linked_after_the_time_of_day_waits_for_the_next_one()
    {
        story.Clock.Advance(TimeSpan.FromHours(5));
        story.Linked();
        await PostAsync(Poster());
        teams.Posts.ShouldBe(0);
    }

    [Fact]
    public async Task Outside_text_in_it_is_shown_and_not_interpreted()
    {
        story.Linked();
        Information("**bold** [click](https://evil.example) <at>everyone</at> \u202Egnp.exe");
        await ToAsync(7, Poster());
        var card = teams.Shown.Values.Single();
        CardSchema.Problems(card).ShouldBeEmpty();
        Shown().ShouldContain("‹U+202E›");
    }

    [Fact]
    public async Task Of_thousands_of_events_for_information_the_most_frequent_are_named_and_the_rest_counted()
    {
        story.Linked();
        Information("Agent restarted", times: 5, kind: "AgentRestarted");
        for (var i = 0; i < 1_200; i++)
            Information($"Backup of PC-{i} done", kind: $"BackupDone{i}");
        await ToAsync(7, Poster());
        var shown = Shown();
        shown.ShouldContain("Agent restarted");
        shown.ShouldContain("and 1193 more events");
        System.Text.Encoding.UTF8.GetByteCount(shown).ShouldBeLessThan(28_000);
    }

    private DigestPoster Poster(Checkpoints? checkpoints = null, TimeProvider? clock = null)
    {
        var tenants = new TwoTenants();
        var now = clock ?? story.Clock;
        var views = new DigestViews(story.Ledger, checkpoints ?? new(new MemoryDocuments()), story.Clock, rotations);
        var delivery = new DigestDelivery(story.Ledger, views, teams, new KnownConversations(), now, NullLogger<DigestDelivery>.Instance);
        return new(
            new(story.Ledger, CoreFeatures.Catalog), tenants, delivery, new EveryTenant(tenants), Options.Create(new DigestsOptions()), now,
            NullLogger<DigestPoster>.Instance);
    }

    /// <summary>To so many hours after midnight of the story's first day, and posts what is due then.</summary>
    private async Task ToAsync(int hours, DigestPoster poster)
    {
        story.Clock.Advance(IncidentScript.Start.AddHours(hours - 3) - story.Clock.GetUtcNow());
        await PostAsync(poster);
    }

    /// <summary>Lets time pass, only while somebody waits for it.</summary>
    private async Task AdvanceUntilAsync(Func<bool> isTrue)
    {
        for (var waiting = System.Diagnostics.Stopwatch.StartNew(); !isTrue(); await Task.Delay(1, Token))
        {
            waiting.Elapsed.ShouldBeLessThan(Hang.Limit);
            if (story.Clock.WaitingTimers > 0)
                story.Clock.Advance(TimeSpan.FromSeconds(30));
        }
    }

    private static async Task PostAsync(DigestPoster poster)
    {
        await poster.CatchUpAsync(Token);
        await poster.IdleAsync().WaitAsync(Hang.Limit, Token);
    }

    private void Information(string title, int times = 1, string kind = "RebootDone")
    {
        for (var i = 0; i < times; i++)
        {
            var id = $"E-{kind}{i}";
            story.Append(
                StreamId.Event(id),
                new EventReceived(id, "contoso-alertmanager", id, EventStatus.Firing, Severity.Info, kind, null, title, null, id, kind,
                    kind, story.Clock.GetUtcNow(), false, new Dictionary<string, string>()),
                Actor.Connection("contoso-alertmanager"));
        }
    }

    private string Shown() =>
        teams.Shown.OrderBy(static shown => int.Parse(shown.Key[1..], System.Globalization.CultureInfo.InvariantCulture)).Last().Value
        .ToJsonString(new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping });

    private IReadOnlyList<T> Facts<T>() where T : Fact => story.Ledger.Facts<T>(story.Tenant.Id);

    /// <summary>Whoever looks at the time finds that much later that it was then.</summary>
    private sealed class HaltingClock(ManualClock clock, TimeSpan halt) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow()
        {
            var now = clock.GetUtcNow();
            clock.Advance(halt);
            return now;
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            clock.CreateTimer(callback, state, dueTime, period);
    }
}

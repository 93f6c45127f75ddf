using System.Text.Json;
using DevOpsAI.Completeness;
using DevOpsAI.Compliance.Gaps;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Core.Execution;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>A missing action or a silent hour shows, and what is whole shows nothing.</summary>
public sealed class HoleTests
{
    private static readonly DateTimeOffset Start = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly List<LedgerEntry> entries = [];
    private DateTimeOffset now = Start;

    [Fact]
    public void An_empty_ledger_has_no_gaps() => Gaps().ShouldBeEmpty();

    [Fact]
    public async Task A_whole_story_has_no_gaps_and_each_entry_left_out_of_it_makes_one()
    {
        using var scene = new PollingScene();
        await scene.PollAsync();
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"), ExecutionScene.TurnOn("b"));
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        await scene.PollAsync();
        var whole = scene.Bot.Ledger.Entries(ExecutionScene.Contoso);
        var end = scene.Bot.Clock.GetUtcNow().AddMinutes(30);
        GapFinder.For(whole, end).ShouldBeEmpty();
        for (var left = 0; left < whole.Count - 1; left++)
            GapFinder.For(whole.Where((_, index) => index != left), end)
                .Any(static gap => gap.Kind == GapKind.Missing).ShouldBeTrue($"without {whole[left].Type}");
    }

    [Theory]
    [InlineData("proposal.decided", GapKind.NoDecision)]
    [InlineData("execution.started", GapKind.NotExecuted)]
    [InlineData("execution.finished", GapKind.NotFinished)]
    [InlineData("poll.advanced", GapKind.PollJump)]
    public async Task A_ledger_that_was_written_without_one_of_its_entries_shows_what_that_was(string without, GapKind kind)
    {
        using var scene = new PollingScene();
        await scene.PollAsync();
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        await scene.PollAsync();
        // Renumbered, as a forger would.
        var seq = 0L;
        var rewritten = scene.Bot.Ledger.Entries(ExecutionScene.Contoso)
            .Where(entry => entry.Type != without || (without == "poll.advanced" && entry.Version > 1))
            .Select(entry => entry with { Seq = ++seq }).ToList();
        GapFinder.For(rewritten, scene.Bot.Clock.GetUtcNow().AddHours(1)).ShouldContain(gap => gap.Kind == kind);
    }

    [Fact]
    public async Task One_decision_allows_one_execution()
    {
        using var scene = new PollingScene();
        await scene.PollAsync();
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        await scene.PollAsync();
        var whole = scene.Bot.Ledger.Entries(ExecutionScene.Contoso);
        var started = whole.First(static entry => entry.Fact is ExecutionStarted);
        var finished = whole.First(static entry => entry.Fact is ExecutionFinished);
        var again = started with { Seq = whole.Count + 1, Fact = (ExecutionStarted)started.Fact with { ExecutionId = "CON-1001-x2" } };
        var ended = finished with { Seq = whole.Count + 2, Fact = (ExecutionFinished)finished.Fact with { ExecutionId = "CON-1001-x2" } };
        var gap = GapFinder.For([.. whole, again, ended], scene.Bot.Clock.GetUtcNow())
            .Where(static gap => gap.Kind == GapKind.NoDecision).ShouldHaveSingleItem();
        gap.Subject.ShouldBe("CON-1001-x2");
    }

    [Fact]
    public void An_hour_without_a_heartbeat_is_a_gap_once_there_were_heartbeats()
    {
        Add(new FreezeSet("x"));
        now += TimeSpan.FromHours(10);
        Heartbeat();
        now += TimeSpan.FromHours(1);
        Heartbeat();
        Gaps().ShouldBeEmpty();
        var last = now;
        now += TimeSpan.FromHours(3);
        Heartbeat();
        now += TimeSpan.FromHours(2);
        Gaps().Select(gap => (gap.Kind, gap.From, gap.To, gap.Seq)).ShouldBe(
            [(GapKind.Quiet, last, last.AddHours(3), 3L), (GapKind.Quiet, last.AddHours(3), null, 4L)]);
    }

    [Fact]
    public void A_card_that_was_never_posted_is_a_gap_unless_it_is_on_record_why()
    {
        Add(new CardSending(Con(1001), Conversation("19:a")));
        Add(new CardSending(Con(1001), Conversation("19:b")));
        Add(new CardSending(Con(1001), Conversation("19:c")));
        Add(new CardPosted(Con(1001), Conversation("19:a"), "https://s", Conversation("19:a"), "1", 1, false));
        Add(new ChannelUnlinked(Conversation("19:b"), "refused"));
        Gaps().ShouldBeEmpty("there is time left");
        now += TimeSpan.FromHours(1);
        Gaps().ShouldHaveSingleItem().What.ShouldContain("19:c");
    }

    [Fact]
    public void Silence_is_a_gap_with_its_beginning_and_end()
    {
        Add(new ConnectionStale("one", Start.AddDays(-1), 3600));
        Add(new ConnectionStale("other", Start.AddDays(-2), 3600));
        now += TimeSpan.FromMinutes(5);
        Add(new ConnectionRecovered("one", Start));
        Gaps().Select(gap => (gap.Kind, gap.Subject, gap.From, gap.To)).ShouldBe(
            [(GapKind.Stale, "other", Start.AddDays(-2), null), (GapKind.Stale, "one", Start.AddDays(-1), now)]);
    }

    [Fact]
    public void Events_that_were_accepted_and_are_not_on_record_are_missed()
    {
        Received("a", 1);
        Received("a", 2);
        Add(Receipts("a", 2));
        Add(Receipts("b", 3));
        var gap = Gaps().ShouldHaveSingleItem();
        (gap.Kind, gap.Subject).ShouldBe((GapKind.NotRecorded, "b"));
        gap.What.ShouldStartWith("3 more");
    }

    [Fact]
    public void What_a_known_sender_sent_in_vain_is_a_gap()
    {
        Add(Receipts("a", 0));
        Add(Receipts("b", 0) with { NotTaken = new Dictionary<string, long> { ["400"] = 1, ["413"] = 2 } });
        var gap = Gaps().ShouldHaveSingleItem();
        (gap.Kind, gap.Subject, gap.Seq).ShouldBe((GapKind.NotTaken, "b", 2));
        gap.What.ShouldBe(
            "Deliveries of a known sender were refused, and what they said is on no record: 1 could not be read, 2 larger than 1 MiB.");
    }

    [Fact]
    public void A_log_that_was_read_from_elsewhere_with_a_gap_or_too_seldom_is_a_gap()
    {
        Add(Poll(null, "1"));
        now += TimeSpan.FromHours(1);
        Add(Poll("1", "2"));
        Gaps().ShouldBeEmpty();
        Add(Poll("7", "8"));
        Add(Poll("8", "9") with { Gap = true });
        now += TimeSpan.FromHours(5);
        Add(Poll("9", "10"));
        now += TimeSpan.FromHours(5);
        Gaps().Select(gap => gap.Kind)
            .ShouldBe([GapKind.PollJump, GapKind.PollJump, GapKind.PollQuiet, GapKind.PollQuiet], ignoreOrder: true);
    }

    [Fact]
    public async Task What_is_on_record_as_done_and_not_in_the_vendors_log_is_a_gap()
    {
        using var scene = new PollingScene();
        await scene.PollAsync();
        scene.Bot.Clock.Advance(TimeSpan.FromSeconds(1));
        // Somebody else turns it on while we try: the state is as it should be, and yet we did not do it.
        scene.Bot.Vendor.Moods.Enqueue(VendorMood.DoesNothingAndLosesTheAnswer);
        scene.Bot.Vendor.Memory = VendorMemory.CannotTell;
        scene.Bot.Vendor.Acting = _ =>
        {
            scene.Bot.Vendor.Put("hall", "lamp.a.state", "on");
            return Task.CompletedTask;
        };
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        scene.Bot.Vendor.Acting = _ =>
        {
            scene.Bot.Vendor.Put("hall", "lamp.a.state", "on");
            return Task.CompletedTask;
        };
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        scene.Bot.Facts<StepFinished>().ShouldHaveSingleItem().Outcome.ShouldBe(StepOutcome.Applied);
        scene.Bot.Clock.Advance(TimeSpan.FromHours(1));
        await scene.PollAsync();
        var gap = GapFinder.For(scene.Bot.Ledger.Entries(ExecutionScene.Contoso), scene.Bot.Clock.GetUtcNow()).ShouldHaveSingleItem();
        (gap.Kind, gap.Subject).ShouldBe((GapKind.NotAtVendor, "CON-1001-x1-0"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task However_it_crashes_on_the_way_a_story_that_ended_has_no_gaps(int seed)
    {
        var random = new Random(seed);
        for (var story = 0; story < 60; story++)
        {
            using var scene = new PollingScene();
            await scene.PollAsync();
            scene.Bot.Clock.Advance(TimeSpan.FromSeconds(1));
            for (var crash = random.Next(4); crash > 0; crash--)
                scene.Bot.Crash.After.Enqueue(random.Next(1, 12));
            for (var mood = random.Next(3); mood > 0; mood--)
                scene.Bot.Vendor.Moods.Enqueue((VendorMood)random.Next(6));
            scene.Bot.Vendor.Acting = _ => random.Next(2) == 0 ? scene.PollAsync() : Task.CompletedTask;
            await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"), ExecutionScene.TurnOn("b"));
            await scene.Bot.RunUntilDoneAsync();
            scene.Bot.Clock.Advance(TimeSpan.FromMinutes(20));
            await scene.PollAsync();
            GapFinder.For(scene.Bot.Ledger.Entries(ExecutionScene.Contoso), scene.Bot.Clock.GetUtcNow()).ShouldBeEmpty($"story {story}");
        }
    }

    private IReadOnlyList<Gap> Gaps() => GapFinder.For(entries, now);

    private void Received(string connection, int number) => Add(new EventReceived(
        $"E-{connection}{number}", connection, $"{number}", EventStatus.Firing, Severity.Info, "k", null, "t", null, "a", "k|", "k", now,
        false, new Dictionary<string, string>())
    {
        Delivery = new("00", 0, 1),
    });

    private WebhookReceipts Receipts(string connection, long added) =>
        new(connection, now, now, added, added, 0, now, new Dictionary<string, long>());

    private static PollAdvanced Poll(string? from, string to) => new("vendor", from, to, 0, [], false);

    private void Heartbeat() => Add(new UnknownFact(JsonDocument.Parse("{}").RootElement), "ledger.heartbeat");

    private void Add(Fact fact, string? type = null) => entries.Add(new(
        ExecutionScene.Contoso, entries.Count + 1, now, type ?? CoreFeatures.Catalog.GetName(fact), new("test"), entries.Count + 1,
        Actor.Service("test"), CorrelationId.Parse("c"), null, fact, default));
}

using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Core.Execution;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>What is done at the vendor without a decision is found, and what we do ourselves never is.</summary>
public sealed class OutOfBandTests : IDisposable
{
    private readonly PollingScene scene = new();

    public static TheoryData<string> Points =>
        [.. Failpoint.All.Where(point => point is not ("event.appended" or "incident.opened")
            && !point.StartsWith("card", StringComparison.Ordinal)), .. Failpoint.InTrouble];

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task What_was_done_before_the_first_reading_is_nobodys_business()
    {
        scene.ByHand();
        await scene.PollAsync();
        var baseline = scene.Polls.ShouldHaveSingleItem();
        (baseline.From, baseline.Found, baseline.Gap).ShouldBe((null, 0, false));
        scene.Changes.ShouldBeEmpty();
    }

    [Fact]
    public async Task Somebody_at_the_console_is_found_with_who_what_and_when()
    {
        await scene.PollAsync();
        scene.ByHand(by: "Sam Shift");
        await scene.PollAsync();
        var change = scene.Changes.ShouldHaveSingleItem();
        (change.By, change.Action, change.Target.Name, change.DoneAt, change.Simulated).ShouldBe(
            ("Sam Shift", "lamp.off", "HALL", DateTimeOffset.UnixEpoch, true));
        change.Why.ShouldContain("no operation");
        var polled = scene.Polls[^1];
        (polled.From, polled.Found, polled.Ours.Count).ShouldBe((scene.Polls[0].To, 1, 0));
    }

    [Theory]
    [MemberData(nameof(Points))]
    public async Task Our_own_actions_raise_nothing_wherever_the_bot_crashes_and_whenever_the_log_is_read(string point)
    {
        foreach (var mood in Enum.GetValues<VendorMood>())
        {
            using var one = new PollingScene();
            await one.PollAsync();
            one.Bot.Crash.At = point;
            one.Bot.Vendor.Moods.Enqueue(mood);
            // Read at every instant, the one between the vendor's deed and our knowing of it included.
            one.Bot.Crash.AtEvery = () => one.PollAsync().GetAwaiter().GetResult().ShouldBeTrue();
            one.Bot.Vendor.Acting = _ => one.PollAsync();
            await one.Bot.ApproveAsync(ExecutionScene.TurnOn("a"), ExecutionScene.TurnOn("b"));
            await one.Bot.RunUntilDoneAsync();
            await one.PollAsync();
            one.Changes.ShouldBeEmpty($"{point}, {mood}");
            one.Polls.SelectMany(poll => poll.Ours).Select(seen => seen.OperationId)
                .ShouldBe(one.Bot.Vendor.Effects.Select(effect => effect.Operation), $"{point}, {mood}");
        }
    }

    [Fact]
    public async Task A_rollback_and_an_undo_are_ours()
    {
        await scene.PollAsync();
        scene.Bot.Vendor.Moods.Enqueue(VendorMood.Does);
        scene.Bot.Vendor.Moods.Enqueue(VendorMood.Refuses);
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"), ExecutionScene.TurnOn("b"));
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        scene.Bot.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-x1-0-r"]);

        using var other = new PollingScene();
        await other.PollAsync();
        await other.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        await other.Bot.RunAsync(TestContext.Current.CancellationToken);
        var back = ExecutionScene.TurnOn("a", rollback: null, action: "lamp.off") with
            { Preconditions = [], Verifications = [new("lamp.a.state", "==", "off")] };
        await other.Bot.StageAsync(GateLevel.L1, ProposalKind.Undo, 2, back);
        await other.Bot.RunAsync(TestContext.Current.CancellationToken);
        other.Bot.Vendor.Effects.Select(effect => effect.Operation).ShouldBe(["CON-1001-x1-0", "CON-1001-u1-0"]);

        foreach (var one in new[] { scene, other })
        {
            await one.PollAsync();
            one.Changes.ShouldBeEmpty();
            one.Polls[^1].Ours.Count.ShouldBe(2);
        }
    }

    [Theory]
    [InlineData("CON-1001-x1-0", "lamp.on", "a", true, "more than once")]
    [InlineData("CON-1001-x1-0", "lamp.on", "b", true, "other arguments")]
    [InlineData("CON-1001-x1-0", "lamp.break", "a", true, "not this")]
    [InlineData("CON-1001-x1-0", "lamp.on", "a", false, "credentials")]
    [InlineData("CON-1001-x1-0-r", "lamp.on", "a", true, "not this")]
    [InlineData("CON-1001-x1-1", "lamp.on", "a", true, "No execution")]
    [InlineData("CON-1001-x1--1", "lamp.on", "a", true, "No execution")]
    [InlineData("CON-1001-x1-00000000000000000000", "lamp.on", "a", true, "No execution")]
    [InlineData("CON-1001-x2-0", "lamp.on", "a", true, "No execution")]
    [InlineData("FAB-1001-x1-0", "lamp.on", "a", true, "No execution")]
    [InlineData("-r", "lamp.on", "a", true, "No execution")]
    [InlineData("-", "lamp.on", "a", true, "No execution")]
    public async Task A_borrowed_operation_id_covers_nothing_else(string operation, string action, string lamp, bool ours, string why)
    {
        await scene.PollAsync();
        await scene.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        await scene.Bot.RunAsync(TestContext.Current.CancellationToken);
        scene.ByHand(action, lamp, "Mallory", operation, ours);
        await scene.PollAsync();
        scene.Changes.ShouldHaveSingleItem().Why.ShouldContain(why);
    }

    [Fact]
    public async Task Another_tenants_operations_are_not_this_ones()
    {
        using var fabrikam = new PollingScene();
        await fabrikam.Bot.ApproveAsync(ExecutionScene.TurnOn("a"));
        await fabrikam.Bot.RunAsync(TestContext.Current.CancellationToken);
        await scene.PollAsync();
        scene.ByHand("lamp.on", "a", "the bot's token", "CON-1001-x1-0", true);
        await scene.PollAsync();
        scene.Changes.ShouldHaveSingleItem().Why.ShouldContain("No execution");
    }

    [Fact]
    public async Task A_quiet_log_is_told_once_an_hour_and_a_vendor_that_is_away_not_at_all()
    {
        for (var minute = 0; minute < 180; minute++)
        {
            await scene.PollAsync();
            scene.Bot.Clock.Advance(TimeSpan.FromMinutes(1));
        }
        scene.Polls.Count.ShouldBe(3);
        scene.Bot.Vendor.LogIsAway = true;
        scene.Bot.Clock.Advance(TimeSpan.FromHours(3));
        (await scene.PollAsync()).ShouldBeFalse();
        scene.Polls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task A_log_that_the_vendor_lost_is_a_gap_on_record_and_read_on_from_its_end()
    {
        await scene.PollAsync();
        scene.ByHand();
        scene.Bot.Vendor.ForgetLog();
        await scene.PollAsync();
        scene.Polls[^1].Gap.ShouldBeTrue();
        scene.ByHand();
        await scene.PollAsync();
        scene.Polls[^1].Gap.ShouldBeFalse();
        scene.Changes.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Many_pollers_and_many_pages_find_each_change_once()
    {
        await scene.PollAsync();
        scene.Bot.Vendor.LogPage = 3;
        for (var change = 0; change < 50; change++)
            scene.ByHand(by: $"Person {change}");
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(scene.PollAsync)));
        await scene.PollAsync();
        scene.Changes.Select(change => change.By).ShouldBe(Enumerable.Range(0, 50).Select(change => $"Person {change}"));
        scene.Polls.Zip(scene.Polls.Skip(1)).ShouldAllBe(pair => pair.First.To == pair.Second.From);
    }

    [Fact]
    public async Task Huge_and_hostile_text_of_a_vendor_is_bounded()
    {
        await scene.PollAsync();
        scene.ByHand(by: new string('x', 100_000), operation: new string('y', 100_000));
        await scene.PollAsync();
        var change = scene.Changes.ShouldHaveSingleItem();
        change.By.Length.ShouldBe(255);
        change.OperationId!.Length.ShouldBe(200);
    }

    [Fact]
    public async Task A_change_becomes_one_event_of_the_normal_intake_however_often_it_is_handed_over()
    {
        await scene.PollAsync();
        scene.ByHand(by: "Sam Shift");
        await scene.PollAsync();
        var subscription = new OutOfBandSubscription(new Intake(new(scene.Bot.Ledger)));
        foreach (var entry in Enumerable.Repeat(scene.Bot.Ledger.Entries(ExecutionScene.Contoso), 2)
            .SelectMany(entries => entries).ToList())
            await subscription.HandleAsync(entry, TestContext.Current.CancellationToken);
        var received = scene.Bot.Facts<EventReceived>().ShouldHaveSingleItem();
        (received.Kind, received.Severity, received.Device, received.Connection).ShouldBe(
            ("OutOfBandChange", Severity.Error, "HALL", "contoso-scripted"));
        received.Attributes["by"].ShouldBe("Sam Shift");
        received.Attributes["done_at"].ShouldBe("1970-01-01 00:00:00 UTC");
        received.Description.ShouldNotBeNull().ShouldContain("No decision on record allows it");
        received.Description.ShouldNotContain("UTC", Case.Sensitive, "cards say when it was in the zone of whoever reads");
    }

    private sealed class Intake(Ledgers ledgers) : MediatR.IMediator
    {
        public async Task<TResponse> Send<TResponse>(MediatR.IRequest<TResponse> request, CancellationToken cancellationToken = default)
        {
            var handler = new ReceiveEventsHandler(
                ledgers.Ledger, new TenantStates(ledgers.Ledger, CoreFeatures.Catalog), new InMemoryKeyRing(), new WholeDevices(),
                [], Microsoft.Extensions.Logging.Abstractions.NullLogger<ReceiveEventsHandler>.Instance);
            return (TResponse)await handler.Handle((ReceiveEvents)(object)request, cancellationToken);
        }

        public Task<object?> Send(object request, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task Publish(object notification, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public Task Publish<TNotification>(TNotification notification, CancellationToken cancellationToken = default)
            where TNotification : MediatR.INotification =>
            throw new NotSupportedException();
    }

    private sealed record Ledgers(ILedger Ledger);
}

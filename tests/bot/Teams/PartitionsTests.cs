using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Teams;

/// <summary>Who waits for whom when much is said.</summary>
public sealed class LanesTests
{
    private static readonly PartitionLimits Roomy = new(1_000, 100, 1_000);

    private readonly Partitions partitions = new(CancellationToken.None);
    private readonly TaskCompletionSource open = new(TaskCreationOptions.RunContinuationsAsynchronously);

    [Fact]
    public async Task A_conversation_that_is_stuck_holds_up_no_other()
    {
        for (var number = 0; number < 100; number++)
            partitions.TryQueue(Conversation("stuck"), null, Roomy, _ => open.Task).ShouldBeTrue();
        await Task.WhenAll(Enumerable.Range(0, 200).Select(number => RunAsync($"a:{number}")));
        open.SetResult();
    }

    [Fact]
    public async Task Within_a_conversation_work_is_done_in_order_one_at_a_time()
    {
        List<int> done = [];
        for (var number = 0; number < 100; number++)
        {
            var mine = number;
            partitions.TryQueue(Anywhere, null, Roomy, async _ =>
            {
                await Task.Yield();
                done.Add(mine);
            }).ShouldBeTrue();
        }
        partitions.Complete();
        await partitions.Finished.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        done.ShouldBe(Enumerable.Range(0, 100));
    }

    [Fact]
    public async Task A_person_has_a_share_over_all_conversations_and_gets_it_back()
    {
        var limits = new PartitionLimits(1_000, 100, OfPerson: 3);
        for (var number = 0; number < 3; number++)
            partitions.TryQueue(Conversation($"a:{number}"), "29:eve", limits, _ => open.Task).ShouldBeTrue();
        partitions.TryQueue(Conversation("a:3"), "29:eve", limits, _ => open.Task).ShouldBeFalse();
        partitions.TryQueue(Conversation("a:3"), "29:dana", limits, _ => open.Task).ShouldBeTrue();
        partitions.TryQueue(Conversation("a:0"), null, limits, _ => open.Task).ShouldBeTrue("what nobody said is nobody's share");
        open.SetResult();
        while (!partitions.TryQueue(Conversation("a:4"), "29:eve", limits, _ => Task.CompletedTask))
            await Task.Yield();
    }

    [Fact]
    public void A_conversation_and_all_together_have_a_bound()
    {
        var limits = new PartitionLimits(All: 5, InLane: 3, OfPerson: 100);
        bool Try(string conversation) => partitions.TryQueue(Conversation(conversation), null, limits, _ => open.Task);
        new[] { Try("a"), Try("a"), Try("a"), Try("a"), Try("b"), Try("b"), Try("c") }.ShouldBe(
            [true, true, true, false, true, true, false]);
        open.SetResult();
    }

    [Fact]
    public async Task What_was_taken_is_finished_and_nothing_else_is_taken()
    {
        var done = false;
        partitions.TryQueue(Conversation("a"), null, Roomy, async _ =>
        {
            await open.Task;
            done = true;
        }).ShouldBeTrue();
        partitions.Complete();
        partitions.TryQueue(Conversation("a"), null, Roomy, _ => Task.CompletedTask).ShouldBeFalse();
        partitions.Finished.IsCompleted.ShouldBeFalse();
        open.SetResult();
        await partitions.Finished.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        done.ShouldBeTrue();
    }

    [Fact]
    public async Task Replies_that_Teams_does_not_take_stop_the_turns_of_their_conversation_only()
    {
        using var background = new BackgroundTurns(TimeProvider.System, Options.Create(new TeamsOptions()));
        for (var number = 0; number < BackgroundTurns.MaxReplies; number++)
        {
            background.TryQueue(Conversation("a:eve"), "29:eve", _ => Task.CompletedTask).ShouldBeTrue();
            background.QueueReply(Conversation("a:eve"), _ => open.Task);
            // A turn takes its share until it is over.
            while (background.CountIn(Conversation("a:eve")) > 0)
                await Task.Yield();
        }
        background.TryQueue(Conversation("a:eve"), "29:eve", _ => Task.CompletedTask).ShouldBeFalse();
        var answered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        background.TryQueue(Conversation("a:dana"), "29:dana", _ =>
        {
            background.QueueReply(Conversation("a:dana"), _ => Task.Run(answered.SetResult, CancellationToken.None));
            return Task.CompletedTask;
        }).ShouldBeTrue();
        await answered.Task.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
        open.SetResult();
    }

    private async Task RunAsync(string conversation)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        partitions.TryQueue(Conversation(conversation), null, Roomy, _ =>
        {
            done.SetResult();
            return Task.CompletedTask;
        }).ShouldBeTrue();
        await done.Task.WaitAsync(Hang.Limit, TestContext.Current.CancellationToken);
    }
}

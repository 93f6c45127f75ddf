using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// Turns whose answer is a message of its own, and the sending of those messages. The two have partitions of their own, so that a Teams
/// that is slow to take a reply holds up replies and never a turn; where too many of them wait, no further turn of that conversation is
/// taken. Whoever talks much, in however many conversations, waits for himself alone. Lives as long as the application, not as the request.
/// On stop turns are finished as far as the host's the time allowed goes, and their replies are sent while the bot still listens, because a
/// Teams on this machine answers on the bot's own address. One that Teams does not take then is not waited for.
/// </summary>
internal sealed class BackgroundTurns : BackgroundService, IHostedLifecycleService
{
    /// <summary>From the end of the last turn of a stop until replies that are still to be sent are given up.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Replies that may wait before turns of their conversation are refused.</summary>
    public const int MaxReplies = 64;

    /// <summary>
    /// A partition takes what a conversation of many people says in a minute, a person has to wait for answers now and then.
    /// </summary>
    public static readonly PartitionLimits TurnLimits = new(All: 4096, InLane: 64, OfPerson: 32);

    /// <summary>A turn never waits for its replies, so all are taken; the turns were counted.</summary>
    private static readonly PartitionLimits ReplyLimits = new(int.MaxValue, int.MaxValue, int.MaxValue);

    private readonly CancellationTokenSource stopping = new();
    private readonly CancellationTokenSource leaving;
    private readonly TimeProvider clock;
    private readonly TimeSpan deadline;
    private readonly Partitions turns;
    private readonly Partitions replies;

    public BackgroundTurns(TimeProvider clock, IOptions<TeamsOptions> options)
    {
        (this.clock, deadline) = (clock, options.Value.TurnDeadline);
        leaving = CancellationTokenSource.CreateLinkedTokenSource(stopping.Token);
        (turns, replies) = (new(stopping.Token), new(leaving.Token));
    }

    /// <summary>No turn is taken any more, because the host stops.</summary>
    public bool IsClosed { get; private set; }

    /// <summary>Ends when the application gives up waiting for turns; every turn's token follows it.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>Ends with the turn's deadline, or before that with <paramref name="stopping"/>.</summary>
    public CancellationTokenSource CreateTimeout(CancellationToken stopping)
    {
        var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // CancelAfter knows no other clock than the system's; a turn's deadline is a safety net that tests need not move.
        timeout.CancelAfter(deadline);
        return timeout;
    }

    /// <summary>False when too much of the conversation or the person is waiting already.</summary>
    /// <param name="person">Null for what nobody said.</param>
    public bool TryQueue(ConversationId conversationId, string? person, Func<CancellationToken, Task> turn) =>
        replies.CountIn(conversationId) < MaxReplies && turns.TryQueue(conversationId, person, TurnLimits, turn);

    /// <summary>Turns that wait or run in a conversation.</summary>
    internal int CountIn(ConversationId conversationId) => turns.CountIn(conversationId);

    /// <summary>Hands a reply over to be sent. After the last turn has ended nothing is sent any more.</summary>
    public void QueueReply(ConversationId conversationId, Func<CancellationToken, Task> send) =>
        replies.TryQueue(conversationId, null, ReplyLimits, send);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>Before any part is stopped, the server among them.</summary>
    public async Task StoppingAsync(CancellationToken cancellationToken)
    {
        IsClosed = true;
        turns.Complete();
        try
        {
            if (ExecuteTask is { } running)
                await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // the host's the time allowed is over
        }
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await StoppingAsync(cancellationToken);
        await stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        leaving.Dispose();
        stopping.Dispose();
    }

    /// <summary>The last turn's replies are still taken.</summary>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await turns.Finished;
        replies.Complete();
        try
        {
            await replies.Finished.WaitAsync(StopTimeout, clock, CancellationToken.None);
        }
        catch (TimeoutException)
        {
            await leaving.CancelAsync();
            await replies.Finished;
        }
    }
}

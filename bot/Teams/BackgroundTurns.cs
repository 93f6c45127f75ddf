namespace DevOpsAI.Bot.Teams;

/// <summary>
/// Turns whose answer is a message of its own, and the sending of those messages. The two have lanes of their own, so that a Teams that
/// is slow to take a reply holds up replies and never the next command. Lives as long as the application, not as the request; on stop
/// what was accepted is finished as far as the host's patience goes.
/// </summary>
internal sealed class BackgroundTurns : BackgroundService
{
    private readonly Lanes turns = new();
    private readonly Lanes replies = new();
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Ends when the application gives up waiting for turns; every turn's token follows it.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>False when too much is waiting already.</summary>
    public bool TryQueue(string conversationId, Func<CancellationToken, Task> turn) => turns.TryQueue(conversationId, turn);

    /// <summary>Hands a reply over to be sent; waits only while too many wait already.</summary>
    public ValueTask QueueReplyAsync(string conversationId, Func<CancellationToken, Task> send, CancellationToken cancellationToken) =>
        replies.QueueAsync(conversationId, send, cancellationToken);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        turns.Complete();
        try
        {
            if (ExecuteTask is { } running)
                await running.WaitAsync(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            // the host's patience is over
        }
        await stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        base.Dispose();
        stopping.Dispose();
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(RunTurnsAsync(), replies.RunAsync(stopping.Token));

    /// <summary>The last turn's replies are still taken.</summary>
    private async Task RunTurnsAsync()
    {
        await turns.RunAsync(stopping.Token);
        replies.Complete();
    }
}

using System.Threading.Channels;

namespace DevOpsAI.Bot.Teams;

/// <summary>
/// Work that goes on after Teams was answered: bounded, in order within a conversation, side by side across conversations.
/// Lives as long as the application, not as the request; on stop what was accepted is finished as far as the host's patience goes.
/// </summary>
internal sealed class BackgroundTurns : BackgroundService
{
    private const int Lanes = 16;
    private const int MostPerLane = 256;

    private readonly Channel<Func<CancellationToken, Task>>[] lanes = [.. Enumerable.Range(0, Lanes).Select(_ =>
        Channel.CreateBounded<Func<CancellationToken, Task>>(new BoundedChannelOptions(MostPerLane) { SingleReader = true }))];
    private readonly CancellationTokenSource stopping = new();

    /// <summary>Ends when the application gives up waiting for turns; every turn's token follows it.</summary>
    public CancellationToken Stopping => stopping.Token;

    /// <summary>False when too much is waiting already.</summary>
    public bool TryQueue(string conversationId, Func<CancellationToken, Task> work) =>
        lanes[(uint)string.GetHashCode(conversationId, StringComparison.Ordinal) % Lanes].Writer.TryWrite(work);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        foreach (var lane in lanes)
            lane.Writer.TryComplete();
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

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(lanes.Select(RunAsync));

    private async Task RunAsync(Channel<Func<CancellationToken, Task>> lane)
    {
        await foreach (var work in lane.Reader.ReadAllAsync(CancellationToken.None))
            await work(stopping.Token);
    }
}

using System.Threading.Channels;

namespace DevOpsAI.Bot.Teams;

/// <summary>Work in order within a conversation, side by side across conversations; bounded.</summary>
internal sealed class Lanes
{
    private const int Count = 16;
    private const int MostPerLane = 256;

    private readonly Channel<Func<CancellationToken, Task>>[] lanes = [.. Enumerable.Range(0, Count).Select(_ =>
        Channel.CreateBounded<Func<CancellationToken, Task>>(new BoundedChannelOptions(MostPerLane) { SingleReader = true }))];

    /// <summary>False when too much is waiting already, or nothing is taken any more.</summary>
    public bool TryQueue(string conversationId, Func<CancellationToken, Task> work) => LaneOf(conversationId).Writer.TryWrite(work);

    /// <summary>Waits for room.</summary>
    /// <exception cref="ChannelClosedException">Nothing is taken any more.</exception>
    public ValueTask QueueAsync(string conversationId, Func<CancellationToken, Task> work, CancellationToken cancellationToken) =>
        LaneOf(conversationId).Writer.WriteAsync(work, cancellationToken);

    /// <summary>Nothing is taken any more; what was taken is finished.</summary>
    public void Complete()
    {
        foreach (var lane in lanes)
            lane.Writer.TryComplete();
    }

    /// <summary>Works until everything is finished after <see cref="Complete"/>. The work itself must not throw.</summary>
    /// <param name="stopping">Handed to the work.</param>
    public Task RunAsync(CancellationToken stopping) => Task.WhenAll(lanes.Select(lane => RunAsync(lane, stopping)));

    private static async Task RunAsync(Channel<Func<CancellationToken, Task>> lane, CancellationToken stopping)
    {
        await foreach (var work in lane.Reader.ReadAllAsync(CancellationToken.None))
            await work(stopping);
    }

    private Channel<Func<CancellationToken, Task>> LaneOf(string conversationId) =>
        lanes[(uint)string.GetHashCode(conversationId, StringComparison.Ordinal) % Count];
}

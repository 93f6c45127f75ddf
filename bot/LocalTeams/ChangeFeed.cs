using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace DevOpsAI.LocalTeams;

/// <summary>Something a page or a test may be waiting for.</summary>
/// <param name="Kind"><c>message</c> (new, edited or deleted), <c>typing</c>, <c>view</c>, <c>activity</c> (the bot answered one),
/// <c>switches</c>, or <c>listening</c> at the start of a stream.</param>
/// <param name="Detail">For <c>view</c> the person, for <c>activity</c> its type and outcome.</param>
internal sealed record Change(long Seq, string Kind, string? Conversation = null, Message? Message = null, string? Detail = null);

/// <summary>
/// Tells everybody who listens what changed, in order; a listener that comes back gets what it missed, as far as remembered.
/// </summary>
internal sealed class ChangeFeed
{
    private const int Remembered = 2000;

    private readonly Lock gate = new();
    private readonly Queue<Change> recent = new();
    private readonly List<Channel<Change>> listeners = [];
    private long seq;

    /// <summary>The number of the newest change: what to pass as <c>after</c> to see only later ones.</summary>
    public long Newest
    {
        get
        {
            lock (gate)
                return seq;
        }
    }

    public void Publish(string kind, string? conversation = null, Message? message = null, string? detail = null)
    {
        lock (gate)
        {
            var change = new Change(++seq, kind, conversation, message, detail);
            recent.Enqueue(change);
            if (recent.Count > Remembered)
                recent.Dequeue();
            foreach (var listener in listeners)
                listener.Writer.TryWrite(change);
        }
    }

    public async IAsyncEnumerable<Change> ReadAsync(long after, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var mine = Channel.CreateUnbounded<Change>(new UnboundedChannelOptions { SingleReader = true });
        lock (gate)
        {
            foreach (var change in recent.Where(change => change.Seq > after))
                mine.Writer.TryWrite(change);
            listeners.Add(mine);
        }

        try
        {
            await foreach (var change in mine.Reader.ReadAllAsync(cancellationToken))
                yield return change;
        }
        finally
        {
            lock (gate)
                listeners.Remove(mine);
        }
    }
}

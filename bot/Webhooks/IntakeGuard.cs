using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>Counts the deliveries in hand, so that a flood over one connection is turned away before it costs memory or starves the others.</summary>
internal sealed class IntakeGuard(IOptions<WebhookOptions> options)
{
    private readonly ConcurrentDictionary<string, Counter> perConnection = new();
    private readonly Counter all = new();

    /// <summary>A place, to be disposed of when done, or null when there is none. Keys are connection names, so their number is bounded.</summary>
    public IDisposable? TryEnter(string key)
    {
        if (!all.TryAdd(options.Value.Concurrent))
            return null;
        var own = perConnection.GetOrAdd(key, static _ => new());
        if (own.TryAdd(options.Value.ConcurrentPerConnection))
            return new Place(all, own);
        all.Remove();
        return null;
    }

    private sealed class Place(Counter all, Counter own) : IDisposable
    {
        public void Dispose()
        {
            own.Remove();
            all.Remove();
        }
    }

    private sealed class Counter
    {
        private int count;

        public bool TryAdd(int limit)
        {
            if (Interlocked.Increment(ref count) <= limit)
                return true;
            Remove();
            return false;
        }

        public void Remove() => Interlocked.Decrement(ref count);
    }
}

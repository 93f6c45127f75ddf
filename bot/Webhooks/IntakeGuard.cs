using System.Collections.Concurrent;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>
/// Counts the deliveries in hand, so that a flood over one connection is turned away before it costs memory or starves the others. Those
/// whose sender is not verified yet have places of their own, half as many, so that whoever knows a connection's name cannot fill it.
/// </summary>
internal sealed class IntakeGuard(IOptions<WebhookOptions> options)
{
    private readonly WebhookOptions limits = options.Value;
    private readonly ConcurrentDictionary<string, Counter> verified = new();
    private readonly ConcurrentDictionary<string, Counter> unverified = new();
    private readonly Counter allUnverified = new();
    private readonly Counter all = new();

    /// <summary>For one delivery, to be disposed of when done. Keys are connection names, so their number is bounded.</summary>
    public Place PlaceFor(string key) => new(this, key);

    private static int HalfOf(int limit) => Math.Max(1, limit / 2);

    /// <summary>Used by one delivery, so by one thread at a time.</summary>
    public sealed class Place(IntakeGuard guard, string key) : IDisposable
    {
        private Counter? own;
        private bool isVerified;

        /// <summary>Takes a place for a delivery that is not verified yet; false when there is none.</summary>
        public bool TryArrive()
        {
            if (!guard.all.TryAdd(guard.limits.Concurrent))
                return false;
            if (guard.allUnverified.TryAdd(HalfOf(guard.limits.Concurrent)))
            {
                var mine = guard.unverified.GetOrAdd(key, static _ => new());
                if (mine.TryAdd(HalfOf(guard.limits.ConcurrentPerConnection)))
                {
                    own = mine;
                    return true;
                }
                guard.allUnverified.Remove();
            }
            guard.all.Remove();
            return false;
        }

        /// <summary>Takes a place for a verified delivery, in exchange for the one it has; false when there is none.</summary>
        public bool TryEnter()
        {
            var mine = guard.verified.GetOrAdd(key, static _ => new());
            if (!mine.TryAdd(guard.limits.ConcurrentPerConnection))
                return false;
            if (own is null && !guard.all.TryAdd(guard.limits.Concurrent))
            {
                mine.Remove();
                return false;
            }
            if (own is not null)
                LeaveUnverified(own);
            (own, isVerified) = (mine, true);
            return true;
        }

        public void Dispose()
        {
            if (own is null)
                return;
            if (isVerified)
                own.Remove();
            else
                LeaveUnverified(own);
            guard.all.Remove();
            own = null;
        }

        private void LeaveUnverified(Counter mine)
        {
            mine.Remove();
            guard.allUnverified.Remove();
        }
    }

    internal sealed class Counter
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

using System.Collections.Concurrent;
using System.Net;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Webhooks;

/// <summary>
/// Counts the deliveries in hand, so that a flood over one connection is turned away before it costs memory or starves the others. Those
/// whose sender is not verified yet wait apart, half as many, and newcomers are never turned away: when the waiting room is full, the
/// oldest of the address that has most there leaves. Whoever trickles bodies in only pushes himself out.
/// </summary>
internal sealed class IntakeGuard(IOptions<WebhookOptions> options)
{
    private readonly WebhookOptions limits = options.Value;
    private readonly ConcurrentDictionary<string, Counter> verified = new();
    private readonly LinkedList<Waiting> unverified = new();
    private readonly Lock gate = new();
    private readonly Counter all = new();

    /// <summary>For one delivery, to be disposed of when done. Keys are connection names, so their number is bounded.</summary>
    public QueuePlace PlaceFor(string key) => new(this, key);

    private static int GetHalf(int limit) => Math.Max(1, limit / 2);

    private LinkedListNode<Waiting> Wait(string key, IPAddress? address)
    {
        lock (gate)
        {
            MakeRoom(GetHalf(limits.ConcurrentPerConnection), unverified.Where(one => one.Key == key));
            MakeRoom(GetHalf(limits.Concurrent), unverified);
            return unverified.AddLast(new Waiting(key, address, new()));
        }
    }

    private void MakeRoom(int limit, IEnumerable<Waiting> room)
    {
        if (room.Count() < limit)
            return;
        // Groups come in the order of their oldest, and of equally large ones the first is taken.
        var oldest = room.GroupBy(static one => one.Address).MaxBy(static group => group.Count())!.First();
        unverified.Remove(oldest);
        // Not Cancel: what waits on it must not run under the lock.
        _ = oldest.PushedOut.CancelAsync();
    }

    private void Leave(LinkedListNode<Waiting> waiting)
    {
        lock (gate)
        {
            if (waiting.List is not null)
                unverified.Remove(waiting);
        }
    }

    /// <summary>Used by one delivery, so by one thread at a time.</summary>
    public sealed class QueuePlace(IntakeGuard guard, string key) : IDisposable
    {
        private LinkedListNode<Waiting>? waiting;
        private Counter? own;

        /// <summary>It has a place among those whose sender has proved itself.</summary>
        public bool IsVerified => own is not null;

        /// <summary>
        /// Waits with those that are not verified yet, perhaps in the place of another; cancelled when pushed out itself.
        /// </summary>
        /// <param name="address">Where the sender is, as the server sees it; null when it does not.</param>
        public CancellationToken Arrive(IPAddress? address)
        {
            waiting = guard.Wait(key, address);
            return waiting.Value.PushedOut.Token;
        }

        /// <summary>Takes a place for a verified delivery; false when there is none.</summary>
        public bool TryEnter()
        {
            LeaveWaiting();
            var mine = guard.verified.GetOrAdd(key, static _ => new());
            if (!mine.TryAdd(guard.limits.ConcurrentPerConnection))
                return false;
            if (!guard.all.TryAdd(guard.limits.Concurrent))
            {
                mine.Remove();
                return false;
            }
            own = mine;
            return true;
        }

        public void Dispose()
        {
            LeaveWaiting();
            if (own is null)
                return;
            own.Remove();
            guard.all.Remove();
            own = null;
        }

        private void LeaveWaiting()
        {
            if (waiting is { } mine)
                guard.Leave(mine);
            waiting = null;
        }
    }

    /// <summary>
    /// One whose body is being read before its sender is known. Its source has neither timer nor handle, so nothing to dispose of.
    /// </summary>
    private sealed record Waiting(string Key, IPAddress? Address, CancellationTokenSource PushedOut);

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

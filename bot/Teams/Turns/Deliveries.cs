using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// The activities of the last 24 hours, so that one delivered again does nothing new. Bounded: beyond <see cref="MaxKept"/> the oldest
/// are forgotten first, and the answers of invokes take at most <see cref="MaxAnswerBytes"/>. Forgetting is harmless for clicks, which
/// are decided once per proposal whatever arrives.
/// </summary>
internal sealed class Deliveries(TimeProvider clock)
{
    public const int MaxKept = 100_000;
    public const int MaxAnswerBytes = 16 * 1024 * 1024;
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, Delivery> known = [];
    private readonly Queue<Delivery> byAge = new();
    private readonly ResponseRing results = new(MaxAnswerBytes);

    /// <summary>
    /// Takes the activity in. Not the first: it was here before, and the answer is or will be what the first one's was.
    /// Without an id nothing can be recognised.
    /// </summary>
    public (Delivery Delivery, Task<byte[]> Answer, bool IsFirst) Take(Activity activity)
    {
        if (string.IsNullOrEmpty(activity.Id))
        {
            var unknown = new Delivery(default, default);
            return (unknown, unknown.Answer, true);
        }
        var key = GetKey(activity);
        var now = clock.GetUtcNow();
        lock (gate)
        {
            while (byAge.TryPeek(out var oldest) && (byAge.Count >= MaxKept || now - oldest.At >= KeptFor))
                Forget(byAge.Dequeue());
            if (known.TryGetValue(key, out var delivery) && delivery.TryAnswer(results, out var result))
                return (delivery, result, false);
            var taken = new Delivery(key, now);
            known[key] = taken;
            byAge.Enqueue(taken);
            return (taken, taken.Answer, true);
        }
    }

    /// <summary>Keeps the answer for redeliveries and releases those that wait for it.</summary>
    public void Answered(Delivery delivery, byte[] result)
    {
        delivery.Complete(result);
        if (delivery.Key == default)
            return;
        lock (gate)
            delivery.Keep(result, results);
    }

    /// <summary>The activity was not accepted after all; its redelivery is the first.</summary>
    public void Forget(Delivery delivery)
    {
        lock (gate)
        {
            if (known.TryGetValue(delivery.Key, out var kept) && ReferenceEquals(kept, delivery))
                known.Remove(delivery.Key);
        }
    }

    /// <summary>
    /// 32 hex digits that every delivery of one activity has in common, also after a restart; what the activity did is on record under
    /// them. Null without an id.
    /// </summary>
    public static CorrelationId? GetCorrelation(Activity activity) =>
        string.IsNullOrEmpty(activity.Id) ? null : CorrelationId.Parse(GetKey(activity).ToString("x32"));

    /// <summary>128 bits of a hash over tenant, conversation, id and type, with their lengths so that they cannot run together. Of an
    /// invoke also over its sender: the answer shows what that person may see.</summary>
    private static UInt128 GetKey(Activity activity)
    {
        var text = $"{activity.DirectoryTenant?.Value.Length}:{activity.DirectoryTenant}{activity.Conversation?.Id?.Length}:"
            + $"{activity.Conversation?.Id}"
            + $"{activity.Id!.Length}:{activity.Id}{activity.Type}";
        if (activity.Type == "invoke")
            text += $"{activity.From?.Id?.Length}:{activity.From?.Id}{activity.From?.AadObjectId}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}

/// <summary>One activity that was taken in.</summary>
internal sealed class Delivery(UInt128 key, DateTimeOffset at)
{
    // Who waits goes on in the thread that answers: Answered is called without locks, at the end of a turn.
    private volatile TaskCompletionSource<byte[]>? waiting = new();
    private (long Position, int Length) kept;
    private Told told;

    private enum Told { Nothing, ToWait, TheAnswer }

    public UInt128 Key => key;

    public DateTimeOffset At => at;

    /// <summary>
    /// Of an invoke the body it will be answered with, of anything else the sign that it acted; to be asked for before it is answered.
    /// </summary>
    public Task<byte[]> Answer => waiting?.Task ?? throw new InvalidOperationException("This delivery was answered.");

    /// <summary>Whoever waits is told that it takes longer. False when the answer came just now; it is to be told then.</summary>
    public bool TellToWait() => Interlocked.CompareExchange(ref told, Told.ToWait, Told.Nothing) != Told.TheAnswer;

    /// <summary>False when whoever waited was told to wait, and so does not see the answer.</summary>
    public bool TellTheAnswer() => Interlocked.CompareExchange(ref told, Told.TheAnswer, Told.Nothing) != Told.ToWait;

    /// <summary>Whoever waits has been told.</summary>
    public bool HasActed => waiting?.Task.IsCompleted ?? true;

    public void Complete(byte[] body) => waiting?.TrySetResult(body);

    public void Keep(byte[] body, ResponseRing ring)
    {
        kept = (ring.Add(body), body.Length);
        waiting = null;
    }

    /// <summary>The answer that is or will be; false when newer ones have overwritten it.</summary>
    public bool TryAnswer(ResponseRing ring, [NotNullWhen(true)] out Task<byte[]>? result)
    {
        result = waiting?.Task;
        if (result is null && ring.Find(kept.Position, kept.Length) is { } body)
            result = Task.FromResult(body);
        return result is not null;
    }
}

/// <summary>
/// The last answers, in one block of memory that the newest overwrite the oldest of. As objects of their own they would outlive the
/// turn and have to be moved by the garbage collector; a block of fixed size also bounds them without counting.
/// </summary>
internal sealed class ResponseRing(int capacity)
{
    private byte[]? block;
    private long end;

    /// <summary>Copies an answer in and returns where it is; one longer than the ring is not kept.</summary>
    public long Add(ReadOnlySpan<byte> result)
    {
        block ??= GC.AllocateUninitializedArray<byte>(capacity);
        if (result.Length > capacity)
            return -1;
        var at = (int)(end % capacity);
        if (at + result.Length > capacity)
            end += capacity - at;
        var position = end;
        result.CopyTo(block.AsSpan((int)(position % capacity)));
        end += result.Length;
        return position;
    }

    /// <summary>A copy of what is at a position; null when it has been overwritten.</summary>
    public byte[]? Find(long position, int length) =>
        block is null || position < 0 || position < end - capacity ? null : block.AsSpan((int)(position % capacity), length).ToArray();
}

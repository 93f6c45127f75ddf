using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Bot.Teams;

/// <summary>
/// The activities of the last 24 hours, so that one delivered again does nothing new. Bounded: beyond <see cref="MostKept"/> the oldest
/// are forgotten first, and the answers of invokes take at most <see cref="MostAnswerBytes"/>. Forgetting is harmless for clicks, which
/// are decided once per proposal whatever arrives.
/// </summary>
internal sealed class Deliveries(TimeProvider clock)
{
    public const int MostKept = 100_000;
    public const long MostAnswerBytes = 64L * 1024 * 1024;
    public static readonly TimeSpan KeptFor = TimeSpan.FromHours(24);

    private readonly Lock gate = new();
    private readonly Dictionary<UInt128, Delivery> known = [];
    private readonly Queue<Delivery> byAge = new();
    private readonly Queue<Delivery> answered = new();
    private long answerBytes;

    /// <summary>
    /// Takes the activity in. Not the first: it was here before, and for an invoke the answer is or will be what the first one's was.
    /// Without an id nothing can be recognised.
    /// </summary>
    public (Delivery Delivery, Task<byte[]> Answer, bool IsFirst) Take(Activity activity)
    {
        if (string.IsNullOrEmpty(activity.Id))
        {
            var unknown = new Delivery(default, default);
            return (unknown, unknown.Answer!, true);
        }
        var key = KeyOf(activity);
        var now = clock.GetUtcNow();
        lock (gate)
        {
            while (byAge.TryPeek(out var oldest) && (byAge.Count >= MostKept || now - oldest.At >= KeptFor))
                Forget(byAge.Dequeue());
            if (known.TryGetValue(key, out var delivery) && delivery.Answer is { } answer)
                return (delivery, answer, false);
            var taken = new Delivery(key, now);
            known[key] = taken;
            byAge.Enqueue(taken);
            return (taken, taken.Answer!, true);
        }
    }

    /// <summary>Keeps the answer for redeliveries and releases those that wait for it.</summary>
    public void Answered(Delivery delivery, byte[] answer)
    {
        delivery.Complete(answer);
        if (delivery.Key == default)
            return;
        lock (gate)
        {
            answered.Enqueue(delivery);
            answerBytes += answer.Length;
            while (answerBytes > MostAnswerBytes && answered.TryDequeue(out var oldest))
                answerBytes -= oldest.DropAnswer();
        }
    }

    /// <summary>The activity was not accepted after all; its redelivery is the first.</summary>
    public void Forget(Delivery delivery)
    {
        lock (gate)
        {
            if (known.TryGetValue(delivery.Key, out var kept) && ReferenceEquals(kept, delivery))
                known.Remove(delivery.Key);
            answerBytes -= delivery.DropAnswer();
            while (answered.TryPeek(out var oldest) && oldest.Answer is null)
                answered.Dequeue();
        }
    }

    /// <summary>128 bits of a hash over tenant, conversation, id and type, with their lengths so that they cannot run together.</summary>
    private static UInt128 KeyOf(Activity activity)
    {
        var text = $"{activity.DirectoryTenant?.Value.Length}:{activity.DirectoryTenant}{activity.Conversation?.Id?.Length}:{activity.Conversation?.Id}"
            + $"{activity.Id!.Length}:{activity.Id}{activity.Type}";
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(text), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }
}

/// <summary>One activity that was taken in.</summary>
internal sealed class Delivery(UInt128 key, DateTimeOffset at)
{
    // Who waits goes on in the thread that answers: Answered is called without locks, at the end of a turn.
    private volatile TaskCompletionSource<byte[]>? answer = new();

    public UInt128 Key => key;

    public DateTimeOffset At => at;

    /// <summary>Of an invoke: the body it was or will be answered with; null once that was let go of.</summary>
    public Task<byte[]>? Answer => answer is { } kept ? kept.Task : null;

    public void Complete(byte[] body) => answer?.TrySetResult(body);

    /// <summary>Lets go of the answer, once there is one; returns how many bytes it was.</summary>
    public int DropAnswer()
    {
        if (answer?.Task is not { IsCompletedSuccessfully: true } task)
            return 0;
        answer = null;
        return task.Result.Length;
    }
}

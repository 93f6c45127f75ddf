using DevOpsAI.Tenancy;

namespace DevOpsAI.Drafting.Intelligence;

/// <summary>
/// The last usable answers, by the digest of what was asked: a draft that is made again of the same material costs nothing. Each is one
/// tenant's. Kept in memory, for a short time and not many of them.
/// </summary>
internal sealed class AnswerCache(TimeProvider clock)
{
    private const int MaxKept = 128;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(10);

    private readonly Dictionary<(TenantId, string), (ModelReply.Answered Reply, DateTimeOffset At)> kept = [];
    private readonly Queue<(TenantId, string)> order = new();
    private readonly Lock gate = new();

    /// <param name="digest">Of all that was asked, the deployment included.</param>
    public ModelReply.Answered? Find(TenantId tenant, string digest)
    {
        lock (gate)
        {
            return kept.TryGetValue((tenant, digest), out var known) && (clock.GetUtcNow() - known.At).Duration() < KeptFor
                ? known.Reply
                : null;
        }
    }

    public void Keep(TenantId tenant, string digest, ModelReply.Answered reply)
    {
        lock (gate)
        {
            if (!kept.ContainsKey((tenant, digest)))
                order.Enqueue((tenant, digest));
            kept[(tenant, digest)] = (reply, clock.GetUtcNow());
            while (order.Count > MaxKept)
                kept.Remove(order.Dequeue());
        }
    }
}

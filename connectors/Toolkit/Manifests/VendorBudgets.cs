using System.Collections.Concurrent;
using System.Threading.RateLimiting;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Keeps the connections that share a credential within what its vendor lets it ask, so that a busy one never shuts all of them out.
/// </summary>
internal sealed class VendorBudgets : IDisposable
{
    private const int Segments = 10;

    /// <summary>Reading in the background leaves one call in so many to people.</summary>
    private const int LeftToPeople = 5;

    private readonly ConcurrentDictionary<string, SlidingWindowRateLimiter> limiters = new(StringComparer.Ordinal);

    /// <param name="caller">Tells one credential from another.</param>
    /// <param name="isBackground">It can wait, and nobody waits for it.</param>
    /// <param name="wait">When there may be room again, if there is none.</param>
    public bool TryTake(string caller, BudgetRule? rule, bool isBackground, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (rule is null)
            return true;
        // A call counts until the end of the part that it was made in, so a window of one part more holds no more than is allowed.
        var limiter = limiters.GetOrAdd(caller, _ => new(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = rule.Requests, Window = rule.Per * (Segments + 1) / Segments, SegmentsPerWindow = Segments + 1, QueueLimit = 0,
            AutoReplenishment = true,
        }));
        if (isBackground && limiter.GetStatistics()?.CurrentAvailablePermits <= rule.Requests / LeftToPeople)
        {
            wait = rule.Per / Segments;
            return false;
        }
        using var lease = limiter.AttemptAcquire();
        wait = rule.Per / Segments;
        return lease.IsAcquired;
    }

    /// <summary>What is left of it; null where there is none.</summary>
    public CallBudget? Find(string caller, BudgetRule? rule)
    {
        if (rule is null)
            return null;
        var left = limiters.GetValueOrDefault(caller)?.GetStatistics()?.CurrentAvailablePermits ?? rule.Requests;
        return new(left, rule.Requests, rule.Per);
    }

    public void Dispose()
    {
        foreach (var limiter in limiters.Values)
            limiter.Dispose();
    }
}

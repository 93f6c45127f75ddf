using System.Collections.Concurrent;
using System.Threading.RateLimiting;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Keeps the connections that share a credential within what its vendor lets it ask, so that a busy one never shuts all of them out.
/// </summary>
internal sealed class VendorBudgets : IDisposable
{
    private const int Segments = 10;

    private readonly ConcurrentDictionary<string, SlidingWindowRateLimiter> limiters = new(StringComparer.Ordinal);

    /// <param name="caller">Tells one credential from another.</param>
    /// <param name="wait">When there is room again, if there is none.</param>
    public bool TryTake(string caller, BudgetRule? rule, out TimeSpan wait)
    {
        wait = TimeSpan.Zero;
        if (rule is null)
            return true;
        var limiter = limiters.GetOrAdd(caller, _ => new(new SlidingWindowRateLimiterOptions
        {
            PermitLimit = rule.Requests, Window = rule.Per, SegmentsPerWindow = Segments, QueueLimit = 0, AutoReplenishment = true,
        }));
        using var lease = limiter.AttemptAcquire();
        wait = rule.Per / Segments;
        return lease.IsAcquired;
    }

    public void Dispose()
    {
        foreach (var limiter in limiters.Values)
            limiter.Dispose();
    }
}

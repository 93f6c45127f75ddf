using System.Diagnostics.Metrics;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// Hands every tenant's entries to every follower. A cursor moves only past entries that are finished, so a crash hands some over again
/// and never skips one.
/// </summary>
public sealed class LedgerFollowing : BackgroundService
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan StopWithin = TimeSpan.FromSeconds(5);

    private readonly ILedger ledger;
    private readonly ICursorStore store;
    private readonly TimeProvider clock;
    private readonly ILogger<LedgerFollowing> logger;
    private readonly List<FollowerRun> runs;
    private readonly Dictionary<(string, TenantId), long> saved = [];

    public LedgerFollowing(
        ILedger ledger,
        ICursorStore store,
        ITenantDirectory tenants,
        IEnumerable<ILedgerFollower> followers,
        LedgerMetrics metrics,
        TimeProvider clock,
        ILogger<LedgerFollowing> logger)
    {
        (this.ledger, this.store, this.clock, this.logger) = (ledger, store, clock, logger);
        var all = followers.ToList();
        if (all.GroupBy(static follower => follower.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two followers are called '{twice.Key}'; each needs a cursor of its own.");
        runs = [.. all.SelectMany(follower =>
        {
            var slots = new SemaphoreSlim(FollowerRun.InFlight);
            return tenants.All.Select(tenant => new FollowerRun(follower, tenant.Id, slots, ledger, store, clock, logger));
        })];
        metrics.ObserveLag(() => runs.Select(static run => new Measurement<long>(
            run.Lag, new KeyValuePair<string, object?>("follower", run.Follower), new KeyValuePair<string, object?>("tenant", run.Tenant.Value))));
    }

    /// <summary>Completes when every follower has finished every entry up to the heads of now; for tests and for a drained stop.</summary>
    public async Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        foreach (var run in runs)
            await run.CaughtUpAsync(cancellationToken);
    }

    /// <summary>How many entries the slowest follower has yet to finish; 0 when all that is recorded has been reacted to.</summary>
    public async ValueTask<long> BehindAsync(CancellationToken cancellationToken)
    {
        var behind = 0L;
        foreach (var run in runs)
            behind = Math.Max(behind, await ledger.HeadAsync(run.Tenant, cancellationToken) - run.Cursor);
        return behind;
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var following = Task.WhenAll(runs.Select(run => Task.Run(() => run.RunAsync(stoppingToken), CancellationToken.None)));
        using var every = new PeriodicTimer(SaveEvery, clock);
        try
        {
            while (await every.WaitForNextTickAsync(stoppingToken))
                await SaveAsync();
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        await Task.WhenAny(following, Task.Delay(StopWithin, TimeProvider.System, CancellationToken.None));
        var left = runs.Sum(static run => run.Running);
        if (left > 0)
            logger.HandlersLeft(left);
        await SaveAsync();
    }

    private async Task SaveAsync()
    {
        var changed = runs
            .Select(static run => new FollowerCursor(run.Follower, run.Tenant, run.Cursor))
            .Where(cursor => cursor.Seq > saved.GetValueOrDefault((cursor.Follower, cursor.Tenant)))
            .ToList();
        if (changed.Count == 0)
            return;
        try
        {
            await store.SaveAsync(changed, CancellationToken.None);
            foreach (var cursor in changed)
                saved[(cursor.Follower, cursor.Tenant)] = cursor.Seq;
        }
        catch (LedgerUnavailableException unavailable)
        {
            logger.CursorsNotSaved(unavailable);
        }
    }
}

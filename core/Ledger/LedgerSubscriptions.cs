using System.Collections.Concurrent;
using System.Diagnostics.Metrics;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>
/// Hands every tenant's entries to every subscription. A cursor moves only past entries that are finished, so a crash hands some over again
/// and never skips one.
/// </summary>
public sealed class LedgerSubscriptions : BackgroundService
{
    private static readonly TimeSpan SaveEvery = TimeSpan.FromSeconds(1);

    private readonly ILedger ledger;
    private readonly ICursorStore store;
    private readonly TimeProvider clock;
    private readonly ILogger<LedgerSubscriptions> logger;
    private readonly List<(ILedgerSubscription Subscription, SubscriptionLimits Limits)> subscriptions;
    private readonly AssignedTenants tenants;
    private readonly ISubscriptionPause? hold;
    private readonly ConcurrentDictionary<TenantId, Shift> shifts = new();
    private readonly Dictionary<(string, TenantId), long> saved = [];
    private readonly SemaphoreSlim saving = new(1, 1);

    public LedgerSubscriptions(
        ILedger ledger,
        ICursorStore store,
        AssignedTenants tenants,
        IEnumerable<ILedgerSubscription> subscriptions,
        LedgerMetrics metrics,
        TimeProvider clock,
        ILogger<LedgerSubscriptions> logger,
        ISubscriptionPause? hold = null)
    {
        this.hold = hold;
        (this.ledger, this.store, this.tenants, this.clock, this.logger) = (ledger, store, tenants, clock, logger);
        var all = subscriptions.ToList();
        if (all.GroupBy(static subscription => subscription.Name).FirstOrDefault(static group => group.Count() > 1) is { } twice)
            throw new InvalidOperationException($"Two subscriptions are called '{twice.Key}'; each needs a cursor of its own.");
        var catchingUp = new SemaphoreSlim(SubscriptionLimits.MaxCatchingUp);
        this.subscriptions =
            [.. all.Select(one => (one, new SubscriptionLimits(new SemaphoreSlim(SubscriptionLimits.MaxHandlers), catchingUp)))];
        foreach (var tenant in tenants.Mine)
            shifts[tenant.Id] = ShiftFor(tenant.Id);
        metrics.ObserveLag(() => Runs.Select(static run => new Measurement<long>(
            run.Lag, new KeyValuePair<string, object?>("follower", run.Subscription),
            new KeyValuePair<string, object?>("tenant", run.Tenant.Value))));
    }

    /// <summary>How long a stop waits for handlers that run.</summary>
    internal TimeSpan StopWithin { get; init; } = TimeSpan.FromSeconds(5);

    private IEnumerable<SubscriptionRun> Runs => shifts.Values.SelectMany(static shift => shift.Runs);

    /// <summary>
    /// Completes when every subscription has finished every entry up to the heads of now; for tests and for a drained stop.
    /// </summary>
    public async Task CaughtUpAsync(CancellationToken cancellationToken)
    {
        foreach (var run in Runs)
            await run.CaughtUpAsync(cancellationToken);
    }

    /// <summary>
    /// How many entries the slowest subscription has yet to finish; 0 when all that is recorded has been reacted to, leaving out tenants in
    /// quarantine.
    /// </summary>
    public async ValueTask<long> BehindAsync(CancellationToken cancellationToken)
    {
        // A head may cost a request: one for each tenant, side by side.
        var behind = await Task.WhenAll(shifts.Select(shift => BehindAsync(shift.Key, shift.Value.Runs, cancellationToken)));
        return behind.DefaultIfEmpty().Max();
    }

    private async Task<long> BehindAsync(TenantId tenant, IReadOnlyList<SubscriptionRun> runs, CancellationToken cancellationToken)
    {
        try
        {
            var head = await ledger.HeadAsync(tenant, cancellationToken);
            return runs.Where(static run => !run.IsAside).Select(run => head - run.Cursor).DefaultIfEmpty().Max();
        }
        catch (LedgerDamagedException)
        {
            // Nothing of it is reacted to.
            return 0;
        }
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var following = tenants.RunAsync(tenant => shifts.GetOrAdd(tenant, ShiftFor).Start(stoppingToken), ReleaseAsync, stoppingToken);
        using var every = new PeriodicTimer(SaveEvery, clock);
        try
        {
            while (await every.WaitForNextTickAsync(stoppingToken))
                await SaveAsync(Runs);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        var working = shifts.Values.Select(static shift => shift.Working).ToList();
        await EndAsync(Task.WhenAll(working), Runs);
        await SaveAsync(Runs);
        await Task.WhenAny(following, Task.Delay(StopWithin, TimeProvider.System, CancellationToken.None));
    }

    /// <summary>Another instance works for the tenant from now on.</summary>
    private async Task ReleaseAsync(TenantId tenant)
    {
        if (!shifts.TryRemove(tenant, out var shift))
            return;
        await shift.StopAsync();
        await EndAsync(shift.Working, shift.Runs);
        await SaveAsync(shift.Runs);
    }

    private async Task EndAsync(Task working, IEnumerable<SubscriptionRun> runs)
    {
        await Task.WhenAny(working, Task.Delay(StopWithin, TimeProvider.System, CancellationToken.None));
        var left = runs.Sum(static run => run.Running);
        if (left > 0)
            logger.HandlersLeft(left);
    }

    private Shift ShiftFor(TenantId tenant) =>
        new([.. subscriptions.Select(
            one => new SubscriptionRun(one.Subscription, tenant, one.Limits, ledger, store, clock, logger, hold))]);

    private async Task SaveAsync(IEnumerable<SubscriptionRun> runs)
    {
        await saving.WaitAsync();
        try
        {
            await SaveInTurnAsync(runs);
        }
        finally
        {
            saving.Release();
        }
    }

    private async Task SaveInTurnAsync(IEnumerable<SubscriptionRun> runs)
    {
        var changed = runs
            .Select(static run => new SubscriptionCursor(run.Subscription, run.Tenant, run.Cursor))
            .Where(cursor => cursor.Seq > saved.GetValueOrDefault((cursor.Subscription, cursor.Tenant)))
            .ToList();
        if (changed.Count == 0)
            return;
        try
        {
            await store.SaveAsync(changed, CancellationToken.None);
            foreach (var cursor in changed)
                saved[(cursor.Subscription, cursor.Tenant)] = cursor.Seq;
        }
        catch (LedgerUnavailableException unavailable)
        {
            logger.CursorsNotSaved(unavailable);
        }
    }

    /// <summary>Every subscription's work for one tenant, from when the tenant came to this instance until it goes.</summary>
    private sealed class Shift(IReadOnlyList<SubscriptionRun> runs)
    {
        private int started;

        public IReadOnlyList<SubscriptionRun> Runs => runs;

        private CancellationTokenSource Stop { get; } = new();

        public Task Working { get; private set; } = Task.CompletedTask;

        public void Start(CancellationToken stopping)
        {
            if (Interlocked.Exchange(ref started, 1) == 1)
                return;
            stopping.Register(Stop.Cancel);
            Working = Task.WhenAll(runs.Select(run => Task.Run(() => run.RunAsync(Stop.Token), CancellationToken.None)));
        }

        public Task StopAsync() => Stop.CancelAsync();
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Privacy;

/// <summary>
/// Has this instance forget whom another one erased: the key in memory, what was opened with it, and the people known from Teams. Every
/// instance reads on for that in the ledger of every tenant, also of those that another instance works for.
/// </summary>
internal sealed class ErasureWatch(
    ILedger ledger, IKeyRing keys, IEnumerable<IPersonalData> others, ITenantDirectory tenants, ISubscribedTenants followed,
    TimeProvider clock, ILogger<ErasureWatch> logger)
    : BackgroundService
{
    private const int PageSize = 1000;
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Dictionary<TenantId, long> heads = [];

    /// <summary>From here on; it is before anything is read into memory that an erasure could be about.</summary>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        // Whoever has the store to himself has nobody to hear it from.
        if (followed.IsShared)
        {
            foreach (var tenant in tenants.All)
                await BeginAsync(tenant.Id, cancellationToken);
        }
        await base.StartAsync(cancellationToken);
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        Task.WhenAll(heads.Select(head => WatchAsync(head.Key, head.Value, stoppingToken)));

    private async Task BeginAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            heads[tenant] = await ledger.HeadAsync(tenant, cancellationToken);
        }
        catch (LedgerDamagedException)
        {
            // Nothing of it is read into memory.
        }
    }

    private Task WatchAsync(TenantId tenant, long seen, CancellationToken stopping) =>
        new TenantWorker(clock, Pause, (_, failure, pause) => logger.NotForgotten(tenant, failure, pause)).RepeatAsync(
            tenant,
            async stop =>
            {
                foreach (var entry in await ledger.ReadAsync(tenant, seen, PageSize, stop))
                {
                    if (entry.Fact is ErasureCompleted erased)
                        await ForgetAsync(tenant, erased, stop);
                    seen = entry.Seq;
                }
                return new(Timeout.InfiniteTimeSpan, moved => ledger.WaitPastAsync(tenant, seen, moved).AsTask());
            },
            stopping);

    private async Task ForgetAsync(TenantId tenant, ErasureCompleted erased, CancellationToken stopping)
    {
        keys.Forget(tenant, erased.Key);
        if (erased.ObjectId is not { } person)
            return;
        foreach (var other in others)
            await other.ForgetAsync(PersonId.From(person), stopping);
        logger.Forgotten(erased.Key, tenant);
    }
}

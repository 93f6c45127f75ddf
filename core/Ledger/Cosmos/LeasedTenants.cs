using System.Text.Json;
using DevOpsAI.Tenancy;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// The tenants whose part of the container this instance holds a change feed lease for. The change feed processor shares the leases out,
/// takes over those of an instance that shows no more sign of life, and says where in the container each one is; how far each subscription
/// has come is kept by its cursor. The last batch of a lease is never checkpointed, so that whoever gets the lease next is told at once
/// where it is.
/// </summary>
public sealed class LeasedTenants(CosmosStore store, ITenantDirectory tenants, TimeProvider clock, ILogger<LeasedTenants> logger)
    : ISubscribedTenants
{
    private const string Processor = "followers";
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(5);

    /// <summary>
    /// A lease that tells nothing for so long (its part of the container has no entry since it was cut off another) is taken to be about
    /// every tenant.
    /// </summary>
    private static readonly TimeSpan TellsWithin = TimeSpan.FromSeconds(30);

    private readonly HeldLeases leases = new(clock);
    private readonly CommitStore commits = new(store);

    public bool IsMine(TenantId tenant) => leases.IsMine(tenant);

    public Task NextAsync(CancellationToken cancellationToken) => leases.NextAsync(cancellationToken);

    public async Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping)
    {
        var processor = Build(take, release);
        while (!stopping.IsCancellationRequested)
        {
            try
            {
                await processor.StartAsync();
                break;
            }
            catch (Exception failure) when (!stopping.IsCancellationRequested)
            {
                logger.LeaseTrouble("(all)", failure);
                await Task.Delay(PauseAfterFailure, clock, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            }
        }
        using var every = new PeriodicTimer(PauseAfterFailure, clock);
        try
        {
            while (await every.WaitForNextTickAsync(stopping))
                TakeUntold(take);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        await processor.StopAsync();
    }

    private ChangeFeedProcessor Build(Action<TenantId> take, Func<TenantId, Task> release)
    {
        var lease = store.Options.LeaseFor;
        return store.Ledger
            .GetChangeFeedProcessorBuilderWithManualCheckpoint(
                Processor, (context, changes, checkpoint, token) => OnChangesAsync(context, changes, checkpoint, take, token))
            .WithInstanceName($"{Environment.MachineName}-{Environment.ProcessId}-{Guid.NewGuid():N}")
            .WithLeaseContainer(store.Leases)
            .WithLeaseConfiguration(acquireInterval: lease / 4, expirationInterval: lease, renewInterval: lease / 4)
            .WithPollInterval(TimeSpan.FromSeconds(1))
            .WithStartTime(DateTime.MinValue.ToUniversalTime())
            .WithMaxItems(100)
            .WithLeaseAcquireNotification(token =>
            {
                leases.Hold(token);
                return Task.CompletedTask;
            })
            .WithLeaseReleaseNotification(token => ReleaseAsync(token, release))
            .WithErrorNotification((token, failure) =>
            {
                logger.LeaseTrouble(token, failure);
                return Task.CompletedTask;
            })
            .Build();
    }

    /// <summary>
    /// The change feed says where a lease is, and which tenants are new there; what is in it the subscriptions read for themselves.
    /// </summary>
    private async Task OnChangesAsync(ChangeFeedProcessorContext context, Stream changes, Func<Task> checkpoint, Action<TenantId> take,
        CancellationToken cancellationToken)
    {
        var lease = leases.Hold(context.LeaseToken);
        if (!lease.HasTold)
        {
            foreach (var tenant in await commits.TenantsAsync(context.FeedRange, cancellationToken))
                Take(lease, tenant, take);
            lease.HasTold = true;
        }
        using var page = await JsonDocument.ParseAsync(changes, cancellationToken: cancellationToken);
        foreach (var document in DocumentsIn(page.RootElement))
        {
            if (document.TryGetProperty("tenant", out var name) && TenantId.TryParse(name.GetString(), out var tenant))
                Take(lease, tenant, take);
        }
        if (lease.Checkpoint is { } earlier)
            await earlier();
        lease.Checkpoint = checkpoint;
    }

    private static JsonElement.ArrayEnumerator DocumentsIn(JsonElement page) =>
        (page.ValueKind == JsonValueKind.Array ? page : page.GetProperty("Documents")).EnumerateArray();

    private void Take(HeldLease lease, TenantId tenant, Action<TenantId> take)
    {
        if (tenants.Find(tenant) is not null && leases.Tell(lease, tenant, take))
            logger.TenantTaken(tenant, lease.Token);
    }

    private void TakeUntold(Action<TenantId> take)
    {
        foreach (var lease in leases.Untold(TellsWithin))
        {
            foreach (var tenant in tenants.All.Where(tenant => !IsMine(tenant.Id)))
                Take(lease, tenant.Id, take);
        }
    }

    private async Task ReleaseAsync(string token, Func<TenantId, Task> release)
    {
        if (await leases.ReleaseAsync(token, release))
            logger.LeaseReleased(token);
    }
}

using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Opens every tenant's data key before anything else starts, so that a missing or wrong key keeps the bot from starting and says so. A key
/// that its vault does not give is its customer's affair: the others are served meanwhile, and the vault is asked again and again.
/// </summary>
internal sealed partial class KeyOpening(
    KeyRing ring, ITenantDirectory tenants, ILedger ledger, TimeProvider clock, ILogger<KeyOpening> logger) : BackgroundService
{
    /// <summary>How soon a tenant is served again once its key is given back.</summary>
    public static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(30);

    /// <exception cref="LedgerUnavailableException">A key cannot be opened for another reason than that it is unavailable, or all of them
    /// are unavailable.</exception>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        var unavailable = await Task.WhenAll(tenants.All.Select(tenant => TryAsync(tenant.Id, cancellationToken)));
        if (unavailable.Length > 0 && unavailable.All(static reason => reason is not null))
            throw unavailable[0]!;
        foreach (var reason in unavailable.OfType<KeyUnavailableException>())
            Unavailable(logger, reason.Tenant, reason.Message);
        await base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var unavailable = tenants.All.Where(tenant => ring.Unavailable.Any(one => one.Tenant == tenant.Id)).ToList();
        if (unavailable.Count == 0)
            return;
        await Task.Delay(AskAgain, clock, stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await new TenantWorker(clock, AskAgain, (tenant, failure, _) => StillNot(logger, tenant, failure))
            .RunAsync(unavailable, TryAgainAsync, stoppingToken);
    }

    private async Task<NextRound> TryAgainAsync(TenantId tenant, CancellationToken stopping)
    {
        if (await TryAsync(tenant, stopping) is not null)
            return NextRound.After(AskAgain);
        GivenBack(logger, tenant);
        return NextRound.None;
    }

    /// <summary>Null when the key is open now.</summary>
    private async Task<KeyUnavailableException?> TryAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            // The ledger first: it is what tells a new tenant from one whose keys are gone.
            _ = await ledger.HeadAsync(tenant, cancellationToken);
            await ring.OpenAsync(tenant, cancellationToken);
            return null;
        }
        catch (KeyUnavailableException unavailable)
        {
            return unavailable;
        }
        catch (LedgerDamagedException)
        {
            // It is not served, with its key or without.
            return null;
        }
    }

    [LoggerMessage(EventId = 2405, Level = LogLevel.Error,
        Message = "{Tenant} is not served until its key can be had, the others are; the vault is asked again. {Reason}")]
    private static partial void Unavailable(ILogger logger, TenantId tenant, string reason);

    [LoggerMessage(EventId = 2406, Level = LogLevel.Information,
        Message = "The key of {Tenant} can be had again; it is served from now on")]
    private static partial void GivenBack(ILogger logger, TenantId tenant);

    [LoggerMessage(EventId = 2407, Level = LogLevel.Warning,
        Message = "Whether the key of {Tenant} can be had again cannot be told now; the vault is asked again")]
    private static partial void StillNot(ILogger logger, TenantId tenant, Exception failure);
}

using DevOpsAI.Common;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.ConnectionChanges;

/// <summary>
/// Once a day deletes the secrets that the bot keeps and that nothing names: what was typed for a request that never came on record. What
/// was typed within a day is left alone, since its request may be on its way.
/// </summary>
internal sealed partial class SecretSweep(
    TenantStates states, AssignedTenants tenants, StoredSecrets secrets, TimeProvider clock, ILogger<SecretSweep> logger)
    : BackgroundService
{
    private static readonly TimeSpan Every = TimeSpan.FromDays(1);
    private static readonly TimeSpan LookAgain = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromDays(1);

    /// <summary>Deletes what nothing of the tenant's names.</summary>
    /// <returns>How many.</returns>
    /// <exception cref="SecretStoreUnavailableException">They cannot be listed or deleted now.</exception>
    public async Task<int> SweepAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        List<KeptSecret> old = [];
        await foreach (var kept in secrets.ListAsync(tenant, cancellationToken))
        {
            if (clock.GetUtcNow() - kept.KeptAt >= LeftAlone)
                old.Add(kept);
        }
        if (old.Count == 0)
            return 0;
        // The state after the list: what was named meanwhile is in it.
        var used = ConnectionChangeRules.SecretsInUse(await states.GetAsync(tenant, cancellationToken)).Select(GetName).ToHashSet();
        var count = 0;
        foreach (var kept in old.Where(kept => !used.Contains(GetName(kept.Reference.Setting))))
        {
            await secrets.DeleteAsync(tenant, kept.Reference, cancellationToken);
            count++;
        }
        if (count > 0)
            Swept(logger, tenant, count);
        return count;
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new TenantWorker(clock, LookAgain, (tenant, failure, _) => NotSwept(logger, tenant, failure)).RunAsync(
            tenants.All,
            async (tenant, stop) =>
            {
                if (!tenants.IsMine(tenant))
                    return NextRound.After(LookAgain);
                await SweepAsync(tenant, stop);
                return NextRound.After(Every);
            },
            stoppingToken);

    /// <summary>Of a setting that names a secret of Key Vault, without its version.</summary>
    private static string GetName(string setting) => new SecretReference(setting).VaultName is { } name
        ? SecretReference.ForKeyVault(name.Split('/')[0]).Setting
        : setting;

    [LoggerMessage(EventId = 8401, Level = LogLevel.Information, Message = "{Tenant}: {Count} secrets that nothing names were deleted")]
    private static partial void Swept(ILogger logger, TenantId tenant, int count);

    [LoggerMessage(EventId = 8402, Level = LogLevel.Warning, Message = "{Tenant}: secrets that nothing names could not be deleted")]
    private static partial void NotSwept(ILogger logger, TenantId tenant, Exception failure);
}

using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger;

/// <summary>Says at start which tenants are not served here, and which of them have left something in this region's store.</summary>
internal sealed partial class RegionNotice(ITenantDirectory tenants, ILedgerArchive archive, ILogger<RegionNotice> logger) : IHostedService
{
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var elsewhere in tenants.InOtherRegions)
            NotServed(logger, elsewhere.Tenant.Id, elsewhere.Message);
        if (tenants.InOtherRegions.Count == 0)
            return;
        try
        {
            foreach (var stored in await archive.TenantsAsync(cancellationToken))
            {
                if (tenants.FindInOtherRegion(stored) is not null)
                    StoredHere(logger, stored);
            }
        }
        catch (LedgerUnavailableException)
        {
            // There is no ledger yet, or readiness says what is wrong with it.
        }
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(EventId = 8201, Level = LogLevel.Warning, Message = "Tenant {Tenant} is not served: {Reason}")]
    private static partial void NotServed(ILogger logger, TenantId tenant, string reason);

    [LoggerMessage(EventId = 8202, Level = LogLevel.Error,
        Message = "The store of this region holds entries of {Tenant}, which is pinned to another region")]
    private static partial void StoredHere(ILogger logger, TenantId tenant);
}

using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Records rotations that whoever carried them out could not record: in a folder only the running bot may append, and a command may be
/// ended before it comes to that.
/// </summary>
internal sealed partial class RotationRecorder(
    KeyRing keys, ILedger ledger, ITenantDirectory tenants, ISubscribedTenants followed, TimeProvider clock,
    ILogger<RotationRecorder> logger)
    : BackgroundService
{
    /// <summary>How soon a rotation is on record at the latest, unless the store is away.</summary>
    public static readonly TimeSpan Every = TimeSpan.FromSeconds(15);

    protected override Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var record = new RotationRecord(keys, ledger);
        return new TenantWorker(clock, Every, (tenant, failure, _) => NotRecorded(logger, tenant, failure)).RunAsync(
            tenants.All,
            async (tenant, stop) =>
            {
                if (followed.IsMine(tenant))
                    await record.RecordAsync(tenant, stop);
                return NextRound.After(Every);
            },
            stoppingToken);
    }

    [LoggerMessage(EventId = 2402, Level = LogLevel.Warning,
        Message = "Whether a key of {Tenant} was rotated cannot be looked up or recorded now; it is tried again")]
    private static partial void NotRecorded(ILogger logger, TenantId tenant, Exception failure);
}

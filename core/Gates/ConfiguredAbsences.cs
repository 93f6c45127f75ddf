using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

/// <summary>
/// Records the absences that configuration names, once each, so that decisions rest on the ledger alone. What was said later, as by coming
/// back early, stays: a line that is on record already is not recorded again.
/// </summary>
internal sealed class ConfiguredAbsences(
    ILedger ledger, TenantStates states, ITenantDirectory tenants, IOptions<AccessOptions> options, TimeProvider clock,
    ILogger<ConfiguredAbsences> logger) : BackgroundService
{
    private static readonly Actor Self = Actor.Service("configuration");
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(10);

    /// <summary>For one tenant. Of several instances one does it.</summary>
    public async Task RecordAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        foreach (var absence in options.Value.Absences.Where(
            absence => absence.Tenant == ConfiguredAccess.Everywhere || absence.Tenant == tenant.Value))
        {
            var set = absence.ToFact();
            while (set.Until > clock.GetUtcNow())
            {
                var state = await states.GetAsync(tenant, cancellationToken);
                var said = await ledger.ReadStreamAsync(tenant, StreamId.Access, cancellationToken);
                if (said.Any(entry => entry.Actor == Self && entry.Fact is AbsenceSet known && IsSame(known, set)))
                    break;
                if (await ledger.AppendAsync(tenant, [state.GetVersion(StreamId.Access)],
                    [new(StreamId.Access, Self, CorrelationId.New(), set)], cancellationToken) is AppendResult.Appended)
                    break;
            }
        }
    }

    protected override Task ExecuteAsync(CancellationToken stoppingToken) =>
        new TenantWorker(clock, PauseAfterFailure, (tenant, failure, pause) => logger.AbsencesNotRecorded(tenant, pause, failure)).RunAsync(
            tenants.All,
            async (tenant, stop) =>
            {
                await RecordAsync(tenant, stop);
                return NextRound.None;
            },
            stoppingToken);

    /// <summary>Names may have been erased since.</summary>
    private static bool IsSame(AbsenceSet known, AbsenceSet set) =>
        (known.ObjectId, known.From, known.Until, known.DelegateId) == (set.ObjectId, set.From, set.Until, set.DelegateId);
}

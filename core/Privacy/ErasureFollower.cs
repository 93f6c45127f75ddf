using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Privacy;

/// <summary>Erases as soon as it is agreed to.</summary>
internal sealed class ErasureFollower(ILedger ledger, IKeyRing keys, IEnumerable<IPersonalData> others, ILogger<ErasureFollower> logger)
    : ILedgerFollower
{
    public string Name => "erasure";

    public string? Lane(LedgerEntry entry) => entry.Fact is ErasureApproved approved ? approved.Key : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        await Erasing.CarryOutAsync(ledger, keys, others, entry, cancellationToken);
        logger.Erased(((ErasureApproved)entry.Fact).Key, entry.Tenant);
    }
}

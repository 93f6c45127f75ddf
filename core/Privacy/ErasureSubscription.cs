using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Privacy;

/// <summary>Erases as soon as it is agreed to.</summary>
internal sealed class ErasureSubscription(ILedger ledger, IKeyRing keys, IEnumerable<IPersonalData> others,
    ILogger<ErasureSubscription> logger)
    : ILedgerSubscription
{
    public string Name => "erasure";

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact is ErasureApproved approved ? approved.Key : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        await Erasing.CarryOutAsync(ledger, keys, others, entry, cancellationToken);
        logger.Erased(((ErasureApproved)entry.Fact).Key, entry.Tenant);
    }
}

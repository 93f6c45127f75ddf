using System.Globalization;
using System.Text;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Takes a tenant's newest checkpoint to every witness that has not cosigned it. A witness that is away delays nothing but its own
/// signature.
/// </summary>
internal sealed class WitnessRounds(
    IReadOnlyList<WitnessClient> witnesses, LedgerTree tree, IDocuments documents, CheckpointStatus status, ILogger<WitnessRounds> logger)
{
    internal const string Kind = "witness";

    /// <returns>Whether all of them have cosigned, or have refused in a way that asking again soon does not change.</returns>
    public async Task<bool> GoAsync(TenantCheckpoints tenantCheckpoints, TenantId tenant, CancellationToken cancellationToken)
    {
        if (tenantCheckpoints.Newest is not { } newest)
            return true;
        // Side by side: one that hangs, or for which no proof can be made, keeps no other waiting.
        var asked = witnesses.Where(
            witness => !newest.Note.Signatures.Any(line => line.Name == witness.Key.Name && line.KeyId == witness.Key.Id));
        return Array.TrueForAll(
            await Task.WhenAll(asked.Select(witness => GoAsync(witness, tenantCheckpoints, newest, tenant, cancellationToken))),
            static done => done);
    }

    private async Task<bool> GoAsync(WitnessClient witness, TenantCheckpoints tenantCheckpoints, SignedCheckpoint checkpoint,
        TenantId tenant,
        CancellationToken cancellationToken)
    {
        var oldSize = await KnownToAsync(witness, tenant, cancellationToken);
        var result = await AddAsync(witness, checkpoint, Math.Min(oldSize, checkpoint.Checkpoint.Size), tenant, cancellationToken);
        if (result is WitnessResult.OtherSize elsewhere)
        {
            result = elsewhere.Size > checkpoint.Checkpoint.Size
                ? new WitnessResult.Refused(
                    $"it has cosigned {elsewhere.Size} entries, but the ledger has {checkpoint.Checkpoint.Size}: its end is missing, as "
                    + $"after restoring an old backup", IsFork: true)
                : await AddAsync(witness, checkpoint, elsewhere.Size, tenant, cancellationToken);
        }
        switch (result)
        {
            case WitnessResult.Cosigned cosigned:
                await tenantCheckpoints.AddSignatureAsync(checkpoint, cosigned.Signature, cancellationToken);
                await RememberAsync(witness, tenant, checkpoint.Checkpoint.Size, cancellationToken);
                logger.Cosigned(witness.Key.Name, tenant, checkpoint.Checkpoint.Size);
                if (status.Report(tenant, witness.Key.Name, null))
                    logger.WorksAgain(tenant, witness.Key.Name);
                return true;
            case WitnessResult.Refused refused:
                if (!status.Report(tenant, witness.Key.Name, refused.Problem))
                    return true;
                if (refused.IsFork)
                    logger.WitnessRefuses(witness.Key.Name, tenant, refused.Problem);
                else
                    logger.CopyMissing(tenant, $"The witness {witness.Key.Name} has not cosigned: {refused.Problem}");
                return true;
            default:
                var problem = result is WitnessResult.Away away ? away.Problem : "it keeps naming another size";
                if (status.Report(tenant, witness.Key.Name, problem))
                    logger.CopyMissing(tenant, $"The witness {witness.Key.Name} has not cosigned: {problem}");
                return false;
        }
    }

    private async Task<WitnessResult> AddAsync(
        WitnessClient witness, SignedCheckpoint checkpoint, long oldSize, TenantId tenant, CancellationToken cancellationToken)
    {
        var proof = oldSize == 0 ? null : await tree.ConsistencyAsync(tenant, oldSize, checkpoint.Checkpoint, cancellationToken);
        return await witness.AddAsync(checkpoint, oldSize, proof, cancellationToken);
    }

    private async ValueTask<long> KnownToAsync(WitnessClient witness, TenantId tenant, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(DocumentScope.From(tenant), Kind, GetId(witness), cancellationToken);
        return document is null ? 0 : NoteText.Number(Encoding.ASCII.GetString(document.Value.Span)) ?? 0;
    }

    /// <summary>Spares a question next time; the witness itself says when it is wrong.</summary>
    private async Task RememberAsync(WitnessClient witness, TenantId tenant, long size, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(DocumentScope.From(tenant), Kind, GetId(witness), cancellationToken);
        var value = Encoding.ASCII.GetBytes(size.ToString(CultureInfo.InvariantCulture));
        await documents.TryPutAsync(DocumentScope.From(tenant), Kind, GetId(witness), value, document?.Tag, cancellationToken);
    }

    private static string GetId(WitnessClient witness) => witness.Key.Id.ToString("x8", CultureInfo.InvariantCulture);
}

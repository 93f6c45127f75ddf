using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Signs a tenant's head for somebody who cannot wait until the bot does: a command at its console, beside the running bot or without it.
/// Takes the very steps that the bot takes, so it signs nothing that does not continue what was signed before, and keeps the outcome where
/// the bot does.
/// </summary>
public static class SigningOnDemand
{
    /// <param name="origin">As <see cref="Origins.For"/> gives it.</param>
    /// <param name="documents">To be written to: the checkpoint is kept there.</param>
    /// <param name="folder">Where the ledger keeps its files.</param>
    /// <param name="elsewhere">The other places that checkpoints are copied to.</param>
    /// <returns>The newest checkpoint; null while the ledger is empty.</returns>
    /// <exception cref="CheckpointException">The ledger is not the one that was signed last; nothing is signed.</exception>
    /// <exception cref="SigningKeyException">The key cannot be used.</exception>
    /// <exception cref="LedgerUnavailableException">A store cannot be used now.</exception>
    public static async Task<SignedCheckpoint?> SignAsync(
        TenantId tenant, string origin, ILedgerArchive archive, IDocuments documents, ICheckpointSigner signer, string folder,
        IReadOnlyList<ICheckpointPlace> elsewhere, CancellationToken cancellationToken)
    {
        using var tenantCheckpoints = new TenantCheckpoints(
            tenant, origin, new(archive, documents), new(documents), new(documents), signer,
            new(new(Path.Combine(folder, CheckpointFiles.FolderName)), elsewhere));
        return await tenantCheckpoints.SignAsync(cancellationToken);
    }
}

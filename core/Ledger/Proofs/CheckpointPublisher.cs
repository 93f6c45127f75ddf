using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>What one signing came to.</summary>
/// <param name="Signed">The newest checkpoint, where it is another than before; null when there is nothing new.</param>
/// <param name="Copies">How copying it to each place outside the ledger's folder goes.</param>
internal readonly record struct PublishedCheckpoint(Checkpoint? Signed, IReadOnlyList<CopyState> Copies);

/// <summary>Signs every tenant's checkpoints, keeps them where they are kept, and takes them to the witnesses.</summary>
internal sealed class CheckpointPublisher(CheckpointsByTenant checkpoints, WitnessRounds witnesses, ICheckpointSigner signer)
{
    /// <exception cref="SigningKeyException">The key cannot be used.</exception>
    public async Task CheckKeyAsync(CancellationToken cancellationToken) => _ = await signer.PublicKeyAsync(cancellationToken);

    /// <summary>Signs the head of now, if it is not signed yet; throws as <see cref="TenantCheckpoints.SignAsync"/> does.</summary>
    public async Task<PublishedCheckpoint> SignAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var own = checkpoints.For(tenant);
        var before = own.Newest?.Checkpoint;
        var newest = (await own.SignAsync(cancellationToken))?.Checkpoint;
        var isNew = newest is not null && before?.IsSameTree(newest) is not true;
        return new(isNew ? newest : null, own.Copies);
    }

    /// <summary>Takes the newest checkpoint to the witnesses.</summary>
    /// <returns>Whether all of them have cosigned, or have refused in a way that asking again soon does not change.</returns>
    public Task<bool> WitnessAsync(TenantId tenant, CancellationToken cancellationToken) =>
        witnesses.GoAsync(checkpoints.For(tenant), tenant, cancellationToken);
}

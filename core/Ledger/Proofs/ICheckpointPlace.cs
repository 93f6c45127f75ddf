using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Where checkpoints are kept one by one, apart from the documents: a folder, or a container. What cannot be used now throws an
/// <see cref="IOException"/> or an <see cref="UnauthorizedAccessException"/>, within a bounded time.
/// </summary>
public interface ICheckpointPlace
{
    /// <summary>In a word, as on <c>/readyz</c>: <c>folder</c> or <c>container</c>.</summary>
    string Kind { get; }

    /// <summary>Where it is, as people are told.</summary>
    string Address { get; }

    /// <summary>The largest one of the tenant, with every signature that is kept of it; null when there is none.</summary>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    /// <exception cref="IOException">The place cannot be read now.</exception>
    ValueTask<FoundCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>Keeps a checkpoint, or the signatures that are not kept of it yet. Doing so again changes nothing.</summary>
    /// <exception cref="CheckpointException">There is another checkpoint of this size with another root; it is left as it is.</exception>
    /// <exception cref="IOException">The place cannot be written to now.</exception>
    ValueTask WriteAsync(TenantId tenant, SignedCheckpoint checkpoint, CancellationToken cancellationToken);

    /// <summary>What to do, as a clause, about one there that is damaged or not ours.</summary>
    string GetRemedy(string where);
}

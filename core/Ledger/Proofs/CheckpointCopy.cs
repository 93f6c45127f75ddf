using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>How copying to one place goes.</summary>
/// <param name="Kind">As <see cref="ICheckpointPlace.Kind"/>.</param>
/// <param name="Problem">What keeps the place from having every checkpoint; null when nothing does.</param>
internal readonly record struct CopyState(string Kind, string? Problem);

/// <summary>
/// What one place outside the ledger's folder is still to get of a tenant's checkpoints. The place may be away, and gets them when it is
/// back. Not safe for use by several at once.
/// </summary>
internal sealed class CheckpointCopy(TenantId tenant, ICheckpointPlace place)
{
    /// <summary>Of more than these the oldest are left out: the newer ones vouch for what they vouch for.</summary>
    private const int MaxWaiting = 1024;

    private readonly SortedDictionary<long, SignedCheckpoint> waiting = [];
    private string? problem;

    public ICheckpointPlace Place => place;

    /// <summary>Whether the newest checkpoint there has been held against the ledger. Nothing is written there before.</summary>
    public bool IsCompared { get; set; }

    public CopyState State => new(place.Kind, problem);

    /// <summary>The newest one there.</summary>
    /// <returns>False while the place cannot be read.</returns>
    /// <exception cref="CheckpointException">It is damaged.</exception>
    public async Task<(bool IsRead, FoundCheckpoint? Newest)> ReadNewestAsync(CancellationToken cancellationToken)
    {
        try
        {
            return (true, await place.NewestAsync(tenant, cancellationToken));
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException)
        {
            problem = $"{place.Address} cannot be compared with the ledger: {away.Message}";
            return (false, null);
        }
    }

    /// <summary>Takes a checkpoint there, with what has been waiting; what cannot be taken now waits for the next time.</summary>
    /// <exception cref="CheckpointException">There is another checkpoint of the same size.</exception>
    public async Task TakeAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        waiting[checkpoint.Checkpoint.Size] = checkpoint;
        if (waiting.Count > MaxWaiting)
            waiting.Remove(waiting.Keys.First());
        if (!IsCompared)
            return;
        foreach (var (size, next) in waiting.ToList())
        {
            try
            {
                await place.WriteAsync(tenant, next, cancellationToken);
            }
            catch (Exception away) when (away is IOException or UnauthorizedAccessException)
            {
                problem = $"{place.Address} did not take the checkpoint of size {size}: {away.Message}";
                return;
            }
            waiting.Remove(size);
        }
        problem = null;
    }
}

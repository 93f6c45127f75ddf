using System.Globalization;
using System.Runtime.CompilerServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// The checkpoints kept beside the ledger, for all instances. Rewritable by whoever can write the database: the copies elsewhere are the
/// evidence.
/// </summary>
public sealed class Checkpoints(IDocuments documents)
{
    private const string Kind = "checkpoint";
    private const string NewestKind = "checkpoint-newest";
    private const string NewestId = "newest";

    /// <summary>
    /// The tenant's newest checkpoint, with the signatures of the witnesses that have answered; null when there is none. Its text is what a
    /// digest shows.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">The documents cannot be read now.</exception>
    /// <exception cref="CheckpointException">What is kept is no checkpoint.</exception>
    public async ValueTask<SignedCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var pointer = await documents.FindAsync(DocumentScope.From(tenant), NewestKind, NewestId, cancellationToken);
        if (pointer is null)
            return null;
        var pointed = Read(pointer, tenant);
        var document = await documents.FindAsync(DocumentScope.From(tenant), Kind, GetId(pointed.Checkpoint.Size), cancellationToken);
        return document is null ? pointed : Read(document, tenant);
    }

    /// <summary>All that are kept, smallest first.</summary>
    /// <exception cref="CheckpointException">One of them is no checkpoint.</exception>
    public async IAsyncEnumerable<SignedCheckpoint> AllAsync(TenantId tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var document in documents.ListAsync(DocumentScope.From(tenant), Kind, "", cancellationToken))
            yield return Read(document, tenant);
    }

    /// <summary>As <see cref="AllAsync"/>, with what is no checkpoint told instead.</summary>
    public async Task<(IReadOnlyList<SignedCheckpoint> Whole, IReadOnlyList<string> Damaged)> SortAsync(
        TenantId tenant, CancellationToken cancellationToken)
    {
        var (whole, damaged) = (new List<SignedCheckpoint>(), new List<string>());
        // The newest is kept a second time, as the one to go on from.
        foreach (var kind in (string[])[Kind, NewestKind])
        {
            await foreach (var document in documents.ListAsync(DocumentScope.From(tenant), kind, "", cancellationToken))
            {
                try
                {
                    var read = Read(document, tenant);
                    if (kind == Kind || !whole.Exists(one => one.Checkpoint.IsSameTree(read.Checkpoint)))
                        whole.Add(read);
                }
                catch (CheckpointException problem)
                {
                    damaged.Add(problem.Message);
                }
            }
        }
        return (whole, damaged);
    }

    /// <summary>
    /// Keeps a checkpoint that continues <paramref name="previous"/>; false when another instance was faster, and the caller has to look
    /// again.
    /// </summary>
    public async ValueTask<bool> TryAddAsync(
        TenantId tenant, SignedCheckpoint checkpoint, SignedCheckpoint? previous, CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(tenant);
        var pointer = await documents.FindAsync(scope, NewestKind, NewestId, cancellationToken);
        if (pointer is null ? previous is not null : previous is null || !Read(pointer, tenant).Checkpoint.IsSameTree(previous.Checkpoint))
            return false;
        var bytes = NoteText.Encode(checkpoint.ToString());
        var id = GetId(checkpoint.Checkpoint.Size);
        // There when an instance ended between the two writes.
        if (!await documents.TryPutAsync(scope, Kind, id, bytes, null, cancellationToken)
            && await documents.FindAsync(scope, Kind, id, cancellationToken) is { } kept
            && !Read(kept, tenant).Checkpoint.IsSameTree(checkpoint.Checkpoint))
            throw new CheckpointException(
                $"Another checkpoint of size {checkpoint.Checkpoint.Size} with another root is kept for {tenant}.");
        return await documents.TryPutAsync(scope, NewestKind, NewestId, bytes, pointer?.Tag, cancellationToken);
    }

    /// <summary>Puts a signature that was verified beside the others, and returns the checkpoint as it is kept then.</summary>
    public async ValueTask<SignedCheckpoint> AddSignatureAsync(
        TenantId tenant, SignedCheckpoint checkpoint, NoteSignature signature, CancellationToken cancellationToken)
    {
        while (await documents.FindAsync(DocumentScope.From(tenant), Kind, GetId(checkpoint.Checkpoint.Size),
            cancellationToken) is { } kept)
        {
            var signed = Read(kept, tenant).With(signature);
            if (await documents.TryPutAsync(
                DocumentScope.From(tenant), Kind, kept.Id, NoteText.Encode(signed.ToString()), kept.Tag, cancellationToken))
                return signed;
        }
        return checkpoint.With(signature);
    }

    private static SignedCheckpoint Read(Document document, TenantId tenant)
    {
        try
        {
            return SignedCheckpoint.Parse(document.Value.Span);
        }
        catch (NoteFormatException problem)
        {
            throw new CheckpointException($"The checkpoint {document.Id} kept for {tenant} is damaged: {problem.Message}.")
            {
                What = $"the checkpoint {document.Id} that is kept in the documents cannot be read ({problem.Message})",
                Remedy = RestoreDocuments,
            };
        }
    }

    internal const string RestoreDocuments = "restore the documents (documents.db) from a backup";

    private static string GetId(long size) => size.ToString("D19", CultureInfo.InvariantCulture);
}

/// <summary>A checkpoint must not be signed, or one that is kept cannot be believed; the message says why.</summary>
public sealed class CheckpointException(string message) : Exception(message)
{
    /// <summary>
    /// What is wrong with the record, as a clause, so that its tenant is not to be served; null when it is only not to be signed.
    /// </summary>
    public string? What { get; init; }

    /// <summary>What to do then, as a clause; null for restoring the record.</summary>
    public string? Remedy { get; init; }

    /// <summary>Where entries are missing at the end: up to which one they were signed.</summary>
    public long? Lost { get; init; }
}

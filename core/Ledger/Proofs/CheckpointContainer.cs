using System.Collections.Concurrent;
using Azure;
using Azure.Storage.Blobs;
using Azure.Storage.Blobs.Models;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>What a container has of one tenant.</summary>
/// <param name="Whole">Smallest first, each with every signature that is kept of it.</param>
/// <param name="Damaged">What is wrong with each that is no checkpoint any more.</param>
/// <param name="Foreign">Addresses of blobs whose names are not those of checkpoints.</param>
public sealed record ContainerContents(
    IReadOnlyList<FoundCheckpoint> Whole, IReadOnlyList<string> Damaged, IReadOnlyList<string> Foreign);

/// <summary>
/// Checkpoints as blobs of a container in Azure Storage, which whoever runs the bot need not be able to rewrite: each blob is created and
/// never written again.
/// </summary>
public sealed class CheckpointContainer : ICheckpointPlace
{
    private const int ReadAtOnce = 8;

    private readonly ContainerCalls calls;
    private readonly ContainerCalls questions;
    private readonly ConcurrentDictionary<TenantId, string> written = new();

    /// <param name="address">Without a signature in its query.</param>
    /// <param name="connect">Called before the first use and after each failure.</param>
    internal CheckpointContainer(Uri address, Func<BlobContainerClient> connect, TimeProvider clock) =>
        (Address, calls, questions) =
            (address.GetLeftPart(UriPartial.Path).TrimEnd('/'), new(connect, clock), new(connect, clock));

    public string Kind => "container";

    public string Address { get; }

    public async ValueTask<FoundCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var blobs = await ListAsync(CheckpointBlob.Prefix(tenant), cancellationToken);
        var newest = blobs.Where(blob => CheckpointBlob.GetSize(tenant, blob.Name) is { })
            .GroupBy(blob => CheckpointBlob.GetSize(tenant, blob.Name)!.Value).MaxBy(static same => same.Key);
        return newest is null ? null : await ReadAsync(newest.Key, newest, cancellationToken);
    }

    public async ValueTask WriteAsync(TenantId tenant, SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        var (size, text) = (checkpoint.Checkpoint.Size, checkpoint.ToString());
        if (written.GetValueOrDefault(tenant) == text)
            return;
        var note = NoteText.Encode(text);
        // Looked for first: who may create and not overwrite is told only that it may not, where there is one.
        var there = await FindAsync(tenant, size, cancellationToken);
        if (there is null && !await TryCreateAsync(CheckpointBlob.First(tenant, size), note, cancellationToken))
            there = await FindAsync(tenant, size, cancellationToken) ?? throw new IOException("a blob was there and is gone");
        if (there is { } && !there.Signed.Checkpoint.IsSameTree(checkpoint.Checkpoint))
            throw new CheckpointException($"{there.Where} holds another checkpoint of the same size.");
        if (there is { } && Missing(there.Signed, checkpoint).Any())
            await TryCreateAsync(CheckpointBlob.Later(tenant, size, note), note, cancellationToken);
        written[tenant] = text;
    }

    public string GetRemedy(string where) =>
        $"find out who wrote {where}; where everything else is intact, name another container in Ledger:CheckpointContainer and keep this "
        + "one as it is";

    /// <summary>Everything that is kept of a tenant.</summary>
    /// <exception cref="IOException">The container cannot be read now.</exception>
    public async Task<ContainerContents> ReadAllAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        var bySize = (await ListAsync(CheckpointBlob.Prefix(tenant), cancellationToken))
            .ToLookup(blob => CheckpointBlob.GetSize(tenant, blob.Name));
        var (whole, damaged) = (new ConcurrentBag<FoundCheckpoint>(), new ConcurrentBag<string>());
        await Parallel.ForEachAsync(
            bySize.Where(static same => same.Key is { }),
            new ParallelOptions { MaxDegreeOfParallelism = ReadAtOnce, CancellationToken = cancellationToken },
            async (same, stopping) =>
            {
                try
                {
                    whole.Add(await ReadAsync(same.Key!.Value, same, stopping));
                }
                catch (CheckpointException problem)
                {
                    damaged.Add(problem.Message);
                }
            });
        return new(
            [.. whole.OrderBy(static one => one.Signed.Checkpoint.Size)],
            [.. damaged.Order(StringComparer.Ordinal)],
            [.. bySize[null].Select(blob => Where(blob.Name))]);
    }

    /// <summary>
    /// Why checkpoints there could be removed or replaced, or that the container does not tell; null when a policy of it keeps them.
    /// </summary>
    /// <exception cref="IOException">The container cannot be asked now.</exception>
    public async Task<string?> FindProtectionProblemAsync(CancellationToken cancellationToken)
    {
        try
        {
            // Apart from the calls that copy: who may copy need not have the right to ask.
            var properties = await questions.SendAsync(
                static (container, token) => container.GetPropertiesAsync(cancellationToken: token), cancellationToken);
            // Where versions have policies of their own, the account may have given them one, which only its owner can be asked for.
            return properties.Value.HasImmutabilityPolicy is true || properties.Value.HasImmutableStorageWithVersioning
                ? null
                : $"{Address} has no immutability policy, so whoever may delete blobs there can remove checkpoints; give it a time-based "
                    + "retention policy and lock that";
        }
        catch (IOException refused) when (refused.InnerException is RequestFailedException { Status: 401 or 403 })
        {
            return $"{Address} does not tell the bot whether it has an immutability policy; see to it that it has one, and that it is "
                + "locked";
        }
    }

    /// <summary>One page tells whether the container can be read at all.</summary>
    /// <exception cref="IOException">It cannot.</exception>
    internal async Task MustBeReadableAsync(CancellationToken cancellationToken) => await ListPageAsync("", null, 1, cancellationToken);

    private async Task<IReadOnlyList<BlobItem>> ListAsync(string prefix, CancellationToken cancellationToken)
    {
        var (blobs, next) = (new List<BlobItem>(), (string?)null);
        do
        {
            var page = await ListPageAsync(prefix, next, null, cancellationToken);
            blobs.AddRange(page.Values);
            next = page.ContinuationToken;
        }
        while (next is { Length: > 0 });
        return blobs;
    }

    private Task<Page<BlobItem>> ListPageAsync(string prefix, string? next, int? blobs, CancellationToken cancellationToken) =>
        calls.SendAsync(
            (container, token) => container
                .GetBlobsAsync(BlobTraits.None, BlobStates.None, prefix, token)
                .AsPages(next, blobs).FirstAsync(token).AsTask(),
            cancellationToken);

    private async Task<FoundCheckpoint?> FindAsync(TenantId tenant, long size, CancellationToken cancellationToken)
    {
        var blobs = (await ListAsync(CheckpointBlob.Prefix(tenant, size), cancellationToken))
            .Where(blob => CheckpointBlob.GetSize(tenant, blob.Name) == size).ToList();
        return blobs.Count == 0 ? null : await ReadAsync(size, blobs, cancellationToken);
    }

    /// <summary>One checkpoint, from the blobs that hold it.</summary>
    /// <exception cref="CheckpointException">One of them is damaged, or they do not agree.</exception>
    private async Task<FoundCheckpoint> ReadAsync(long size, IEnumerable<BlobItem> blobs, CancellationToken cancellationToken)
    {
        // The one that was there first has the shortest name.
        var inOrder = blobs.OrderBy(static blob => blob.Name.Length).ToList();
        var all = new FoundCheckpoint(Where(inOrder[0].Name), await ReadAsync(size, inOrder[0], cancellationToken));
        foreach (var blob in inOrder.Skip(1))
        {
            var one = await ReadAsync(size, blob, cancellationToken);
            if (!all.Signed.Checkpoint.IsSameTree(one.Checkpoint))
                throw Damaged(Where(blob.Name), $"it is of another tree than {all.Where}");
            all = all with { Signed = Missing(all.Signed, one).Aggregate(all.Signed, static (known, next) => known.With(next)) };
        }
        return all;
    }

    private async Task<SignedCheckpoint> ReadAsync(long size, BlobItem blob, CancellationToken cancellationToken)
    {
        var where = Where(blob.Name);
        if (blob.Properties.ContentLength > SignedNote.MaxNoteLength)
            throw Damaged(where, "too long for a note");
        var content = await calls.SendAsync(
            (container, token) => container.GetBlobClient(blob.Name).DownloadContentAsync(token), cancellationToken);
        try
        {
            var read = SignedCheckpoint.Parse(content.Value.Content.ToMemory().Span);
            return read.Checkpoint.Size == size
                ? read
                : throw Damaged(where, $"its name is that of size {size}, and it is of {read.Checkpoint.Size} entries");
        }
        catch (NoteFormatException problem)
        {
            throw Damaged(where, problem.Message);
        }
    }

    /// <returns>False when there is a blob of this name already, whatever is in it.</returns>
    private async Task<bool> TryCreateAsync(string name, byte[] content, CancellationToken cancellationToken)
    {
        var create = new BlobUploadOptions
        {
            Conditions = new BlobRequestConditions { IfNoneMatch = ETag.All },
            HttpHeaders = new BlobHttpHeaders { ContentType = "text/plain; charset=utf-8" },
        };
        try
        {
            await calls.SendAsync(
                (container, token) => container.GetBlobClient(name).UploadAsync(new BinaryData(content), create, token), cancellationToken);
            return true;
        }
        catch (RequestFailedException failure) when (ContainerCalls.IsThere(failure))
        {
            return false;
        }
    }

    /// <summary>Signatures by keys that have not signed yet.</summary>
    private static IEnumerable<NoteSignature> Missing(SignedCheckpoint there, SignedCheckpoint checkpoint) =>
        checkpoint.Note.Signatures.ExceptBy(
            there.Note.Signatures.Select(static known => (known.Name, known.KeyId)), static next => (next.Name, next.KeyId));

    private string Where(string name) => $"{Address}/{name}";

    private CheckpointException Damaged(string where, string problem) =>
        new($"{where} is no checkpoint, or is damaged: {problem}.")
        {
            What = $"the checkpoint in {where} cannot be read ({problem})", Remedy = GetRemedy(where),
        };
}

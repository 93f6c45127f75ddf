using System.IO.Compression;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// Writes a bundle as a stream: memory does not grow with the number of entries. The same request on the same ledger gives the same bytes.
/// </summary>
internal sealed class BundleWriter(ILedgerArchive archive, EntryCatalog catalog, BundleRequest request,
    IAsyncEnumerable<SignedCheckpoint> earlier)
{
    private readonly EvidenceEntries entries = new(catalog);
    private readonly List<BundledFile> files = [];
    private readonly List<(long Size, StoredText Note)> kept = [];
    private DateTimeOffset asOf;

    /// <exception cref="EvidenceException">What the store holds is not evidence; the message says why.</exception>
    public async Task<BundleManifest> WriteAsync(Stream output, CancellationToken cancellationToken)
    {
        var checkpoint = request.Checkpoint.Checkpoint;
        using var texts = new TextFile();
        var source = new ArchiveSource(archive, entries, request);
        asOf = await LastAtAsync(cancellationToken);
        var subject = new EvidenceSubject(request.Tenant, request.TenantName, request.Provider, request.Namespace, request.First,
            request.Last, asOf, request.Names is not null);
        using var assessment = new Assessment(subject, catalog, texts);
        using var zip = new ZipArchive(output, ZipArchiveMode.Create, leaveOpen: true, Encoding.UTF8);
        zip.Comment = BundleFormat.CommentPrefix + new string('0', BundleFormat.CommentLength - BundleFormat.CommentPrefix.Length);

        var stack = new SubtreeStack();
        var left = await RangeProof.RootsAsync(archive, request.Tenant, 0, RangeProof.LeftHeights(request.First - 1), cancellationToken);
        Push(stack, RangeProof.LeftHeights(request.First - 1), left);
        await AddAsync(zip, BundleFormat.Entries, output => EntriesAsync(output, source, assessment, stack, texts, cancellationToken));
        var entriesFile = Convert.FromHexString(files[^1].Sha256);
        var right = await RangeProof.RootsAsync(
            archive, request.Tenant, request.Last, RangeProof.RightHeights(request.Last, checkpoint.Size), cancellationToken);
        Push(stack, RangeProof.RightHeights(request.Last, checkpoint.Size), right);
        if (!stack.Root().AsSpan().SequenceEqual(checkpoint.Root))
            throw new EvidenceException(
                $"The ledger of {request.Tenant} as it is stored is not the one that its checkpoint of size {checkpoint.Size} was signed "
                + $"for. Nothing was exported; 'ledger verify' says more.");

        await AddAsync(zip, BundleFormat.Proof, new RangeProof(request.First, request.Last, checkpoint.Size, left, right).ToBytes());
        await AddAsync(zip, BundleFormat.Checkpoint, Encoding.UTF8.GetBytes(request.Checkpoint.ToString()));
        await AddAsync(zip, BundleFormat.Earlier, output => EarlierAsync(output, texts));
        await AddAsync(zip, BundleFormat.Key, Encoding.UTF8.GetBytes($"{request.Key}\n"));
        var signed = new EvidenceCheckpoint(checkpoint.Origin, checkpoint.Size, checkpoint.Root, request.Checkpoint.ToString());
        foreach (var document in BundleDocuments.For(assessment, signed, new(entriesFile), source))
            await AddAsync(zip, document.Name, output => document.WriteAsync(output, cancellationToken));
        var manifest = new BundleManifest(
            BundleFormat.Name, BundleFormat.Version, BundleFormat.Derivation, request.Tenant.Value, request.TenantName, request.Provider,
            request.Namespace, request.First, request.Last, assessment.Redacted, request.WithSealed, request.Names is not null,
            Oscal.OscalText.Time(asOf), checkpoint.Origin, checkpoint.Size, Convert.ToHexStringLower(checkpoint.Root), files);
        await AddAsync(zip, BundleFormat.Manifest, manifest.ToBytes());
        return manifest;
    }

    private async Task EntriesAsync(
        Stream output, ArchiveSource source, Assessment assessment, SubtreeStack stack, TextFile texts,
        CancellationToken cancellationToken)
    {
        using var guard = new OrderGuard(request.First);
        var types = new HashSet<string>(StringComparer.Ordinal);
        await using var checkpoints = earlier.GetAsyncEnumerator(cancellationToken);
        var more = await checkpoints.MoveNextAsync();
        await foreach (var archived in source.StoredAsync(cancellationToken))
        {
            var (leaf, entry) = (archived.Leaf, archived.Entry);
            guard.Take(entry);
            types.Add(entry.Type);
            var redacted = request.Redacted.Covers(entry);
            assessment.Take(archived.AsEvidence(redacted));
            stack.Push(0, leaf.ToArray());
            output.Write(BundledEntry.Create(archived, redacted, request.WithSealed).ToLine());
            for (; more && checkpoints.Current.Checkpoint.Size <= stack.Size; more = await checkpoints.MoveNextAsync())
                Keep(checkpoints.Current, stack, texts);
        }
        guard.ThrowIfAny();
        request.Redacted.MustBeIn(request.First, request.Last, types);
    }

    /// <summary>
    /// A checkpoint of an earlier size is proven by the entries up to it; one that they contradict is no reason to hide it.
    /// </summary>
    private void Keep(SignedCheckpoint checkpoint, SubtreeStack stack, TextFile texts)
    {
        var size = checkpoint.Checkpoint.Size;
        if (size != stack.Size || size >= request.Checkpoint.Checkpoint.Size)
            return;
        if (!checkpoint.Checkpoint.Root.AsSpan().SequenceEqual(stack.Root()))
            throw new EvidenceException(
                $"The checkpoint of size {size} of {request.Tenant} was signed for other entries than those that are stored. Nothing was "
                + $"exported; 'ledger verify' says more.");
        if (checkpoint.Checkpoint.Origin != request.Checkpoint.Checkpoint.Origin || !checkpoint.Note.Verify([request.Key]).IsTrusted)
            return;
        if (kept is [.., var (last, _)] && (last - 1) / BundleFormat.EntriesPerEarlierCheckpoint
            == (size - 1) / BundleFormat.EntriesPerEarlierCheckpoint)
            kept.RemoveAt(kept.Count - 1);
        kept.Add((size, texts.Add(checkpoint.ToString())));
    }

    private Task EarlierAsync(Stream output, TextFile texts)
    {
        foreach (var (size, note) in kept)
            output.Write(new EarlierCheckpoint(size, texts.Get(note)).ToLine());
        return Task.CompletedTask;
    }

    private async Task<DateTimeOffset> LastAtAsync(CancellationToken cancellationToken)
    {
        await foreach (var stored in archive.ReadAsync(request.Tenant, request.Last, request.Last, cancellationToken))
        {
            if (entries.Decode(request.Tenant, request.Last, stored.Body, []) is { } last)
                return last.At;
        }
        throw new EvidenceException(
            $"Entry {request.Last} of {request.Tenant} cannot be read. Nothing was exported; 'ledger verify' says more.");
    }

    private static void Push(SubtreeStack stack, IEnumerable<int> heights, IReadOnlyList<string> roots)
    {
        foreach (var (height, root) in heights.Zip(roots))
            stack.Push(height, Convert.FromHexString(root));
    }

    private Task AddAsync(ZipArchive zip, string name, byte[] content) => AddAsync(zip, name, output =>
    {
        output.Write(content);
        return Task.CompletedTask;
    });

    private async Task AddAsync(ZipArchive zip, string name, Func<Stream, Task> write)
    {
        var entry = zip.CreateEntry(name, CompressionLevel.Optimal);
        // A zip knows local times of two seconds, from 1980 on.
        entry.LastWriteTime = asOf.Year < 1980 ? new(1980, 1, 1, 0, 0, 0, TimeSpan.Zero) : asOf.ToUniversalTime();
        await using var content = entry.Open();
        await using var hashed = new HashingStream(content);
        await write(hashed);
        BundleFormat.MustFit(hashed.Count);
        files.Add(hashed.As(name));
    }
}

using System.Globalization;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// Checks a bundle with nothing but the bundle: the steps of VERIFY.md, and then whether its documents follow from its entries.
/// </summary>
public sealed class BundleCheck(EntryCatalog catalog)
{
    private readonly EvidenceEntries entries = new(catalog);

    /// <param name="tenant">Whose bundle it has to be; null for whosever it is.</param>
    /// <param name="trusted">Keys as they are known from elsewhere, one of which has to be the ledger's; empty to believe the one in the
    /// bundle and to say so.</param>
    public async Task<BundleVerdict> RunAsync(
        string path, TenantId? tenant, IReadOnlyList<VerifierKey> trusted, CancellationToken cancellationToken)
    {
        BundleManifest? manifest = null;
        try
        {
            if (!File.Exists(path))
                throw new BundleException(BundleState.Unreadable, "There is no such file.");
            using var bundle = BundleFile.Open(path);
            manifest = ReadManifest(bundle);
            var owner = CheckTenant(manifest, tenant);
            await CheckFilesAsync(bundle, manifest, cancellationToken);
            var key = CheckKey(bundle, trusted);
            var note = ReadCheckpoint(Encoding.UTF8.GetString(bundle.ReadSmall(BundleFormat.Checkpoint)), key, manifest);
            // Nothing that an entry says is read before it is known to be in the tree that was signed.
            var earlier = CheckTree(bundle, manifest, key, cancellationToken);
            using var texts = new TextFile();
            using var assessment = new Assessment(GetSubject(manifest, owner), catalog, texts);
            await CheckFactsAsync(bundle, manifest, owner, assessment, cancellationToken);
            // Whoever forges a report could as well name a derivation that nobody knows.
            if (manifest.Derivation != BundleFormat.Derivation)
            {
                throw new BundleException(
                    BundleState.Unreadable,
                    $"Its entries, proof and signature are in order, but its report and OSCAL say that they were made by derivation "
                    + $"{manifest.Derivation}, and this program knows {BundleFormat.Derivation}: "
                    + "whether they follow from the entries cannot be told. Check it with the version that made it, or rely on "
                    + "entries.jsonl alone.");
            }
            await CheckDocumentsAsync(bundle, manifest, owner, note, assessment, cancellationToken);
            return new(BundleState.Intact, null, manifest, key, trusted.Count > 0, earlier);
        }
        catch (BundleException wrong)
        {
            return new(wrong.State, wrong.Message, manifest, null, false, 0);
        }
        catch (Exception damaged)
            when (damaged is InvalidDataException or JsonException or DecoderFallbackException or NoteFormatException or FormatException
            // what the platform makes of a key on a curve that it does not know
            or PlatformNotSupportedException or System.Security.Cryptography.CryptographicException)
        {
            return new(BundleState.Changed, $"It is damaged: {damaged.Message}", manifest, null, false, 0);
        }
        catch (Exception away) when (away is IOException or UnauthorizedAccessException or OutOfMemoryException)
        {
            return new(BundleState.Unreadable, $"It cannot be read: {away.Message}", manifest, null, false, 0);
        }
        catch (Exception unfit) when (IsOfTheBundle(unfit))
        {
            return new(BundleState.Changed, $"It holds what cannot be read: {unfit.Message}", manifest, null, false, 0);
        }
    }

    private static BundleManifest ReadManifest(BundleFile bundle)
    {
        var bytes = bundle.ReadSmall(BundleFormat.Manifest);
        try
        {
            var members = JsonElement.Parse(bytes);
            if (members.GetProperty("format").GetString() != BundleFormat.Name)
                throw new BundleException(
                    BundleState.Unreadable, $"Its manifest says that it is '{members.GetProperty("format")}', not '{BundleFormat.Name}'.");
            if (members.GetProperty("version").GetInt64() is var version && version != BundleFormat.Version)
                throw new BundleException(
                    BundleState.Unreadable, $"It is a bundle of version {version}; this program knows version {BundleFormat.Version}.");
            var manifest = JsonSerializer.Deserialize(bytes, BundleJson.Readable.BundleManifest) ?? throw new JsonException("null");
            return manifest.ToBytes().AsSpan().SequenceEqual(bytes)
                ? manifest
                : throw new JsonException("not written as such a file is written");
        }
        catch (Exception malformed)
            when (malformed is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
        {
            throw BundleException.Changed($"{BundleFormat.Manifest} was changed: {malformed.Message}");
        }
    }

    private static TenantId CheckTenant(BundleManifest manifest, TenantId? asked)
    {
        if (!TenantId.TryParse(manifest.Tenant, out var owner) || owner.Value != manifest.Tenant)
            throw BundleException.Changed($"{BundleFormat.Manifest} names no tenant.");
        if (asked is { } expected && expected != owner)
            throw BundleException.Changed($"It is a bundle of {owner}, not of {expected}.");
        return owner;
    }

    private static async Task CheckFilesAsync(BundleFile bundle, BundleManifest manifest, CancellationToken cancellationToken)
    {
        // A file of the manifest that no bundle has is refused as well as one that the manifest does not know.
        if (BundleFormat.Files.Except(bundle.Names).FirstOrDefault() is { } missing)
            throw BundleException.Changed($"{missing} is missing.");
        if (bundle.Names.FirstOrDefault(static name => !BundleFormat.MayHold(name)) is { } stranger)
            throw BundleException.Changed($"{Shown(stranger)} does not belong into it.");
        if (!bundle.Names.SequenceEqual(manifest.Files.Select(static file => file.Name).Append(BundleFormat.Manifest))
            || !BundleFormat.IsInOrder(bundle.Names))
            throw BundleException.Changed("Its files are not those of its manifest in their order, or one is in it twice.");
        if (manifest.Files.FirstOrDefault(file => bundle.GetSize(file.Name) != file.Size) is { } other)
            throw BundleException.Changed($"{other.Name} was changed: it does not have the size and hash that the manifest names.");
        foreach (var file in manifest.Files)
        {
            await using var content = bundle.Read(file.Name);
            await using var hashed = new HashingStream(null);
            await content.CopyToAsync(hashed, cancellationToken);
            if (hashed.As(file.Name) != file)
                throw BundleException.Changed($"{file.Name} was changed: it does not have the size and hash that the manifest names.");
        }
    }

    private static VerifierKey CheckKey(BundleFile bundle, IReadOnlyList<VerifierKey> trusted)
    {
        var text = Encoding.UTF8.GetString(bundle.ReadSmall(BundleFormat.Key));
        var key = text.EndsWith('\n')
            ? VerifierKey.Parse(text[..^1])
            : throw BundleException.Changed($"{BundleFormat.Key} is not one line.");
        if (key.Type != NoteKeyType.Ecdsa || $"{key}\n" != text)
            throw BundleException.Changed($"{BundleFormat.Key} is not the key of a ledger.");
        // The name differs from tenant to tenant, the key is the provider's one.
        return trusted.Count > 0 && !trusted.Any(one => one.PublicKey.Span.SequenceEqual(key.PublicKey.Span))
            ? throw BundleException.Changed(
                $"It is signed with another key ({Shown(key.ToString())}) than "
                + $"{(trusted.Count == 1 ? $"the one given ({Shown(trusted[0].ToString())})" : "those given")}.")
            : key;
    }

    private static EvidenceCheckpoint ReadCheckpoint(string note, VerifierKey key, BundleManifest manifest)
    {
        var signed = ReadNote(note, key, manifest.Origin);
        if (signed.Size != manifest.TreeSize || Convert.ToHexStringLower(signed.Root) != manifest.RootHash)
            throw BundleException.Changed("The checkpoint is not the one that the manifest speaks of.");
        if (signed.Tenant?.Value != manifest.Tenant)
            throw BundleException.Changed($"The checkpoint is of {Shown(signed.Origin)}, not of a ledger of {manifest.Tenant}.");
        return new(signed.Origin, signed.Size, signed.Root, note);
    }

    private static Checkpoint ReadNote(string note, VerifierKey key, string origin)
    {
        try
        {
            var signed = SignedCheckpoint.Parse(note);
            if (signed.Note.Verify([key]).Problem is { } problem)
                throw BundleException.Changed($"A checkpoint is not to be believed: {problem}.");
            return signed.Checkpoint.Origin == origin && key.Name == origin
                ? signed.Checkpoint
                : throw BundleException.Changed(
                    $"A checkpoint is of {Shown(signed.Checkpoint.Origin)}, signed by {Shown(key.Name)}, and not of {Shown(origin)}.");
        }
        catch (NoteFormatException malformed)
        {
            throw BundleException.Changed($"A checkpoint cannot be read: {malformed.Message}.");
        }
    }

    private static EvidenceSubject GetSubject(BundleManifest manifest, TenantId owner) => new(
        owner, manifest.TenantName, manifest.Provider, manifest.Namespace, manifest.First, manifest.Last,
        DateTimeOffset.ParseExact(manifest.AsOf, Common.InstantJson.Format, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal),
        manifest.Names);

    private static int CheckTree(BundleFile bundle, BundleManifest manifest, VerifierKey key, CancellationToken cancellationToken)
    {
        var bytes = bundle.ReadSmall(BundleFormat.Proof);
        var proof = JsonSerializer.Deserialize(bytes, BundleJson.Readable.RangeProof) ?? throw new JsonException("null");
        if (!proof.ToBytes().AsSpan().SequenceEqual(bytes))
            throw BundleException.Changed($"{BundleFormat.Proof} is not written as such a file is written.");
        if (manifest.First < 1 || manifest.Last < manifest.First || manifest.TreeSize < manifest.Last
            || (proof.First, proof.Last, proof.TreeSize) != (manifest.First, manifest.Last, manifest.TreeSize))
            throw BundleException.Changed("The proof is not one for the entries that the manifest speaks of.");
        var stack = new SubtreeStack();
        Push(stack, RangeProof.LeftHeights(manifest.First - 1), proof.Left);
        var earlier = 0;
        using var notes = bundle.Lines(BundleFormat.Earlier).Select(ReadEarlier).GetEnumerator();
        var more = notes.MoveNext();
        var (next, redacted) = (manifest.First, 0L);
        foreach (var line in BundledSource.Lines(bundle))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (line.Seq != next++)
                throw BundleException.Changed($"Entry {next - 1} is missing: entry {line.Seq} stands in its place.");
            redacted += line.Body is null ? 1 : 0;
            stack.Push(0, line.Leaf);
            for (; more && notes.Current.Size == stack.Size; more = notes.MoveNext(), earlier++)
            {
                if (ReadNote(notes.Current.Note, key, manifest.Origin) is var head
                    && (head.Size != stack.Size || !head.Root.AsSpan().SequenceEqual(stack.Root())))
                    throw BundleException.Changed($"The earlier checkpoint of size {notes.Current.Size} was signed for other entries.");
            }
        }
        if (more)
            throw BundleException.Changed($"{BundleFormat.Earlier} is not in order, or speaks of entries that are not here.");
        if (next != manifest.Last + 1)
            throw BundleException.Changed($"Entries {next} to {manifest.Last} are missing.");
        Push(stack, RangeProof.RightHeights(manifest.Last, manifest.TreeSize), proof.Right);
        if (Convert.ToHexStringLower(stack.Root()) != manifest.RootHash)
            throw BundleException.Changed("The entries are not those that the checkpoint was signed for.");
        return redacted == manifest.Redacted
            ? earlier
            : throw BundleException.Changed("The manifest does not name the number of redacted entries.");
    }

    /// <summary>Reads what the entries say, now that they are known to be those that were signed for.</summary>
    private async Task CheckFactsAsync(
        BundleFile bundle, BundleManifest manifest, TenantId owner, Assessment assessment, CancellationToken cancellationToken)
    {
        await foreach (var entry in new BundledSource(bundle, entries, owner, manifest).ReadAsync(cancellationToken))
        {
            if (entry.Seq == manifest.Last && entry.Entry is { } last && last.At != assessment.Subject.AsOf)
                throw BundleException.Changed("The manifest does not name the time of the last entry.");
            try
            {
                assessment.Take(entry);
            }
            catch (Exception unfit) when (IsOfTheBundle(unfit))
            {
                throw BundleException.Changed($"Entry {entry.Seq} is in its place, but what it says cannot be told: {unfit.Message}");
            }
        }
    }

    /// <summary>
    /// Whether a failure can only come from what the bundle holds. Its maker chooses every byte, so whatever reading them comes to is a
    /// finding.
    /// </summary>
    private static bool IsOfTheBundle(Exception failure) =>
        failure is not (BundleException or IOException or UnauthorizedAccessException or OperationCanceledException
            or OutOfMemoryException);

    private static EarlierCheckpoint ReadEarlier(ReadOnlyMemory<byte> line)
    {
        var read = JsonSerializer.Deserialize(line.Span, BundleJson.Lines.EarlierCheckpoint) ?? throw new JsonException("null");
        return read.ToLine().AsSpan(..^1).SequenceEqual(line.Span)
            ? read
            : throw BundleException.Changed($"{BundleFormat.Earlier} is not written as such a file is written.");
    }

    private static void Push(SubtreeStack stack, IEnumerable<int> heights, IReadOnlyList<string> roots)
    {
        var used = 0;
        foreach (var height in heights)
        {
            var root = used < roots.Count ? roots[used++] : throw BundleException.Changed("The proof lacks hashes.");
            stack.Push(height, root.Length == 64 && root.All(char.IsAsciiHexDigitLower)
                ? Convert.FromHexString(root)
                : throw BundleException.Changed("The proof holds what is no hash."));
        }
        if (used != roots.Count)
            throw BundleException.Changed("The proof holds more hashes than belong to it.");
    }

    private async Task CheckDocumentsAsync(
        BundleFile bundle, BundleManifest manifest, TenantId owner, EvidenceCheckpoint checkpoint, Assessment assessment,
        CancellationToken cancellationToken)
    {
        var entriesFile = new Hash256(Convert.FromHexString(manifest.Files.First(static file => file.Name == BundleFormat.Entries).Sha256));
        var documents = BundleDocuments.For(assessment, checkpoint, entriesFile, new BundledSource(bundle, entries, owner, manifest))
            .ToList();
        string[] others = [BundleFormat.Entries, BundleFormat.Proof, BundleFormat.Checkpoint, BundleFormat.Earlier, BundleFormat.Key];
        var listed = manifest.Files.ToDictionary(static file => file.Name, StringComparer.Ordinal);
        if (listed.Keys.Except(documents.Select(static document => document.Name)).Except(others).FirstOrDefault() is { } stranger)
            throw BundleException.Changed($"{Shown(stranger)} does not follow from the entries.");
        foreach (var document in documents)
        {
            await using var hashed = new HashingStream(null);
            await document.WriteAsync(hashed, cancellationToken);
            if (!listed.TryGetValue(document.Name, out var said))
                throw BundleException.Changed($"{document.Name} is missing.");
            if (hashed.As(document.Name) != said)
                throw BundleException.Changed($"{document.Name} does not follow from the entries: it was written by hand, or changed.");
        }
    }

    private static string Shown(string text) => Oscal.OscalText.Line(text, 200);
}

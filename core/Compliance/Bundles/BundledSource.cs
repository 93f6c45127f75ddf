using System.Runtime.CompilerServices;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>A line of entries that has its own hash; what it says is not read yet.</summary>
/// <param name="Body">Null when it is redacted.</param>
internal sealed record BundledLine(BundledEntry Read, byte[] Leaf, byte[]? Body)
{
    public long Seq => Read.Seq;
}

/// <summary>The entries in a bundle.</summary>
internal sealed class BundledSource(BundleFile bundle, EvidenceEntries entries, TenantId tenant, BundleManifest manifest) : IEvidenceSource
{
    /// <summary>More parts than any fact has.</summary>
    private const int MaxParts = 64;

    /// <summary>The lines, each held against its hash, before any of them is believed.</summary>
    /// <exception cref="BundleException">A line is not an entry with its own hash.</exception>
    public static IEnumerable<BundledLine> Lines(BundleFile bundle) => bundle.Lines(BundleFormat.Entries).Select(Line);

    public async IAsyncEnumerable<EvidenceEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var erased = manifest.Names ? Erased(cancellationToken) : [];
        foreach (var line in Lines(bundle))
        {
            cancellationToken.ThrowIfCancellationRequested();
            yield return Read(line, erased);
        }
        await Task.CompletedTask;
    }

    /// <summary>The keys that the entries here say were erased.</summary>
    private HashSet<string> Erased(CancellationToken cancellationToken)
    {
        var erased = new HashSet<string>(StringComparer.Ordinal);
        foreach (var line in Lines(bundle))
        {
            cancellationToken.ThrowIfCancellationRequested();
            // Most lines are not read twice for the few that count.
            if (line.Body is { } body && body.AsSpan().IndexOf("\"erasure.completed\""u8) >= 0
                && entries.Decode(tenant, line.Seq, body, line.Leaf) is { Fact: ErasureCompleted { Key: var key } } entry
                && EvidenceEntries.IsErasureOf(entry, key))
                erased.Add(key);
        }
        return erased;
    }

    private static BundledLine Line(ReadOnlyMemory<byte> line)
    {
        BundledEntry read;
        try
        {
            read = JsonSerializer.Deserialize(line.Span, BundleJson.Lines.BundledEntry) ?? throw new JsonException("null");
        }
        catch (JsonException malformed)
        {
            throw BundleException.Changed($"{BundleFormat.Entries} has a line that is no entry: {malformed.Message}");
        }
        if (!read.ToLine().AsSpan(..^1).SequenceEqual(line.Span))
            throw BundleException.Changed($"Entry {read.Seq} is not written as such a line is written.");
        if (read.Leaf.Length != 64 || !read.Leaf.All(char.IsAsciiHexDigitLower))
            throw BundleException.Changed($"Entry {read.Seq} has no leaf hash.");
        var leaf = Convert.FromHexString(read.Leaf);
        if (read.BodyBytes() is not { } body)
        {
            return read is { Redacted: true, Opened: null, Sealed: null }
                ? new(read, leaf, null)
                : throw BundleException.Changed($"Entry {read.Seq} has no body and is not redacted, or is redacted and shows something.");
        }
        return MerkleTree.HashLeaf(body).AsSpan().SequenceEqual(leaf)
            ? new(read, leaf, body)
            : throw BundleException.Changed($"Entry {read.Seq} was changed: it does not have its leaf hash.");
    }

    /// <summary>What a line says.</summary>
    /// <exception cref="BundleException">It says nothing that can be read, or what is shown beside it is not what it commits
    /// to.</exception>
    private EvidenceEntry Read(BundledLine line, HashSet<string> erased)
    {
        var read = line.Read;
        if (line.Body is not { } body)
            return new(line.Seq, new(line.Leaf), null);
        if (read.Opened is not null && (!manifest.Names || read.Opened.Count is 0 or > MaxParts))
            throw BundleException.Changed($"Entry {read.Seq} is said to have decrypted parts, but the manifest names none.");
        try
        {
            var opened = manifest.Names ? Opened(read) : null;
            var entry = entries.Decode(tenant, read.Seq, body, line.Leaf, opened, erased.Contains)
                ?? throw BundleException.Changed(
                    $"Entry {read.Seq} cannot be read, or says of itself that it is another entry or of another tenant than {tenant}.");
            CheckSealed(read, body);
            return new(read.Seq, new(line.Leaf), entry)
            {
                MissingKeys = opened is null ? [] : [.. EvidenceEntries.Unopened(body, opened).Where(key => !erased.Contains(key))],
            };
        }
        catch (DecryptedFieldException unfit)
        {
            throw BundleException.Changed($"Entry {read.Seq}: {unfit.Message}.");
        }
    }

    /// <summary>
    /// With the encrypted parts, each entry that speaks of some has them, and they are those; without them, none has any.
    /// </summary>
    private void CheckSealed(BundledEntry read, byte[] body)
    {
        var parts = EntryParts.Read(body);
        if ((read.Sealed is not null) != (manifest.Sealed && parts.HasEncrypted))
        {
            throw BundleException.Changed(read.Sealed is null
                ? $"Entry {read.Seq} lacks its encrypted part, and the manifest says that such parts are in it."
                : $"Entry {read.Seq} has an encrypted part, and "
                    + $"{(manifest.Sealed ? "speaks of none" : "the manifest says that none is in it")}.");
        }
        if (read.Sealed is null)
            return;
        try
        {
            FieldDecryptor.Check(EncryptedFields.Read(body.AsSpan()[parts.Encrypted]), Convert.FromBase64String(read.Sealed));
        }
        catch (Exception unfit) when (unfit is JsonException or FormatException)
        {
            throw BundleException.Changed($"Entry {read.Seq}: {unfit.Message}.");
        }
    }

    private static List<DecryptedField> Opened(BundledEntry read)
    {
        try
        {
            return [.. (read.Opened ?? []).Select(static part => part.ToPart())];
        }
        catch (FormatException malformed)
        {
            throw BundleException.Changed($"Entry {read.Seq} has a decrypted part that cannot be read: {malformed.Message}");
        }
    }
}

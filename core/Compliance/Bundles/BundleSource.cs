using System.Runtime.CompilerServices;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>An entry from the store, checked against its hash.</summary>
/// <param name="Entry">As the bundle's reader will read it.</param>
/// <param name="Opened">Parts of what is encrypted beside it that the reader is to read.</param>
/// <param name="MissingKeys">As in <see cref="EvidenceEntry.MissingKeys"/>.</param>
internal sealed record ArchivedEntry(StoredEntry Stored, Hash256 Leaf, LedgerEntry Entry, IReadOnlyList<DecryptedField> Opened,
    IReadOnlyList<string> MissingKeys)
{
    public EvidenceEntry AsEvidence(bool redacted) =>
        redacted ? new(Stored.Seq, Leaf, null) : new(Stored.Seq, Leaf, Entry) { MissingKeys = MissingKeys };
}

/// <summary>The entries of a range from the ledger's store. Believes nothing that it can compute.</summary>
internal sealed class ArchiveSource(ILedgerArchive archive, EvidenceEntries entries, BundleRequest request) : IEvidenceSource
{
    /// <summary>
    /// Whether a key that is not at hand was erased, as entries of the range tell that are not redacted: whoever reads the bundle has no
    /// others.
    /// </summary>
    private readonly Dictionary<string, bool> erased = new(StringComparer.Ordinal);

    /// <exception cref="EvidenceException">The store does not hold what it says it holds.</exception>
    public async IAsyncEnumerable<ArchivedEntry> StoredAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = request.First;
        await foreach (var stored in archive.ReadAsync(request.Tenant, request.First, request.Last, cancellationToken))
        {
            if (stored.Seq != next)
                throw Unfit(next, "is missing");
            var leaf = MerkleTree.HashLeaf(stored.Body.Span);
            if (!leaf.AsSpan().SequenceEqual(stored.Leaf.Span))
                throw Unfit(next, "does not have the hash that is stored with it");
            var opened = await OpenAsync(stored, cancellationToken);
            var unopened = await UnopenedAsync(stored, opened, cancellationToken);
            var entry = entries.Decode(request.Tenant, next, stored.Body, leaf, request.Names is null ? null : opened, IsErased);
            yield return new(
                stored, new(leaf), entry ?? throw Unfit(next, "is not an entry of this place that this version can read"), opened,
                [.. unopened.Where(key => !IsErased(key))]);
            next++;
        }
        if (next <= request.Last)
            throw Unfit(next, "is missing");
    }

    public async IAsyncEnumerable<EvidenceEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var archived in StoredAsync(cancellationToken))
            yield return archived.AsEvidence(request.Redacted.Covers(archived.Entry));
    }

    private bool IsErased(string key) => erased.GetValueOrDefault(key);

    /// <summary>The keys that are not at hand for what is to be opened of an entry; whether each was erased is known afterwards.</summary>
    private async ValueTask<IReadOnlyList<string>> UnopenedAsync(
        StoredEntry stored, IReadOnlyList<DecryptedField> opened, CancellationToken cancellationToken)
    {
        if (request.Names is null)
            return [];
        var keys = EvidenceEntries.Unopened(stored.Body, opened);
        foreach (var key in keys.Where(key => !erased.ContainsKey(key)))
        {
            erased[key] = false;
            await foreach (var told in archive.ReadStreamAsync(request.Tenant, StreamId.Erasure(key), cancellationToken))
            {
                if (told.Seq >= request.First && told.Seq <= request.Last
                    && entries.Decode(request.Tenant, told.Seq, told.Body, []) is { } entry)
                    erased[key] |= !request.Redacted.Covers(entry) && EvidenceEntries.IsErasureOf(entry, key);
            }
        }
        return keys;
    }

    /// <summary>What the keys that are left can open; a part whose key was destroyed stays unreadable.</summary>
    private async ValueTask<IReadOnlyList<DecryptedField>> OpenAsync(StoredEntry stored, CancellationToken cancellationToken)
    {
        if (request.Names is null)
            return [];
        if (stored.Encrypted is null)
            return EntryParts.Read(stored.Body.Span).HasEncrypted ? throw Unfit(stored.Seq, "lacks what is encrypted beside it") : [];
        try
        {
            return DecryptedField.Create(stored, await request.Names.ForOpeningAsync(request.Tenant, [stored], cancellationToken),
                NamedParts.Covers);
        }
        catch (Exception unfit) when (unfit is JsonException or DecryptedFieldException)
        {
            throw Unfit(stored.Seq, $"does not fit what is encrypted beside it ({unfit.Message})");
        }
    }

    private EvidenceException Unfit(long seq, string what) =>
        new($"Entry {seq} of {request.Tenant} {what}. Nothing was exported; 'ledger verify' says more.");
}

/// <summary>Reads entries for evidence: without any key, so that whoever has the bundle reads the same.</summary>
internal sealed class EvidenceEntries(EntryCatalog catalog)
{
    private readonly EntryCodec codec = new(catalog);

    /// <summary>Null when the bytes are no entry of this tenant and place.</summary>
    /// <param name="opened">Parts that the bundle opens; null when it opens none of any entry.</param>
    /// <param name="isErased">Whether entries of the range say that a key was erased.</param>
    /// <exception cref="DecryptedFieldException">A decrypted part is not one that the entry commits to.</exception>
    public LedgerEntry? Decode(
        TenantId tenant, long seq, ReadOnlyMemory<byte> body, byte[] leaf, IReadOnlyList<DecryptedField>? opened = null,
        Func<string, bool>? isErased = null)
    {
        try
        {
            var entry = codec.Decode(body.Span, leaf, null, null);
            if (!JcsCheck.IsCanonical(body.Span) || entry.Tenant != tenant || entry.Seq != seq)
                return null;
            var read = opened is null
                ? entry
                : DecryptedField.Read(catalog, body.Span, entry, opened, NamedParts.Covers, isErased ?? (static _ => false));
            return WholeFacts.Lack(read) is null ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The keys of the parts that a bundle with names should open and does not; none when the entry cannot be read.</summary>
    public static IReadOnlyList<string> Unopened(ReadOnlyMemory<byte> body, IReadOnlyList<DecryptedField> opened)
    {
        try
        {
            return DecryptedField.Unopened(body.Span, EntryParts.Text(body.Span, EntryParts.Read(body.Span).Type), opened,
                NamedParts.Covers);
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static bool IsErasureOf(LedgerEntry entry, string key) =>
        entry.Fact is ErasureCompleted completed && completed.Key == key && entry.Stream == StreamId.Erasure(key);
}

using System.Runtime.CompilerServices;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Vault;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>An entry from the store, checked against its hash.</summary>
/// <param name="Entry">As the bundle's reader will read it.</param>
/// <param name="Opened">Parts of what is sealed beside it that the reader is to read.</param>
internal sealed record ArchivedEntry(StoredEntry Stored, Hash256 Leaf, LedgerEntry Entry, IReadOnlyList<OpenedPart> Opened);

/// <summary>The entries of a range from the ledger's store. Believes nothing that it can compute.</summary>
internal sealed class ArchiveSource(ILedgerArchive archive, BundleRequest request) : IEvidenceSource
{
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
            var entry = EvidenceEntries.Decode(request.Tenant, next, stored.Body, leaf, request.Names is null ? null : opened);
            yield return new(stored, new(leaf), entry ?? throw Unfit(next, "is not an entry of this place that this version can read"), opened);
            next++;
        }
        if (next <= request.Last)
            throw Unfit(next, "is missing");
    }

    public async IAsyncEnumerable<EvidenceEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var archived in StoredAsync(cancellationToken))
            yield return new(archived.Stored.Seq, archived.Leaf, request.Redacted.Covers(archived.Entry) ? null : archived.Entry);
    }

    /// <summary>What the keys that are left can open; a part whose key was destroyed stays unreadable.</summary>
    private async ValueTask<IReadOnlyList<OpenedPart>> OpenAsync(StoredEntry stored, CancellationToken cancellationToken)
    {
        if (request.Names is null)
            return [];
        if (stored.Sealed is null)
            return EntryParts.Read(stored.Body.Span).HasSealed ? throw Unfit(stored.Seq, "lacks what is sealed beside it") : [];
        try
        {
            return OpenedPart.Of(stored, await request.Names.ForOpeningAsync(request.Tenant, [stored], cancellationToken), NamedParts.Covers);
        }
        catch (Exception unfit) when (unfit is JsonException or OpenedPartException)
        {
            throw Unfit(stored.Seq, $"does not fit what is sealed beside it ({unfit.Message})");
        }
    }

    private EvidenceException Unfit(long seq, string what) => new($"Entry {seq} of {request.Tenant} {what}. Nothing was exported; 'ledger verify' says more.");
}

/// <summary>Reads entries for evidence: without any key, so that whoever has the bundle reads the same.</summary>
internal static class EvidenceEntries
{
    /// <summary>Null when the bytes are no entry of this tenant and place.</summary>
    /// <param name="opened">Parts that the bundle opens; null when it opens none of any entry.</param>
    /// <exception cref="OpenedPartException">An opened part is not one that the entry commits to.</exception>
    public static LedgerEntry? Decode(TenantId tenant, long seq, ReadOnlyMemory<byte> body, byte[] leaf, IReadOnlyList<OpenedPart>? opened = null)
    {
        try
        {
            var entry = EntryCodec.Decode(body.Span, leaf, null, null);
            if (entry.Tenant != tenant || entry.Seq != seq)
                return null;
            var read = opened is null ? entry : OpenedPart.Read(body.Span, entry, opened, NamedParts.Covers);
            return WholeFacts.Lack(read) is null ? read : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

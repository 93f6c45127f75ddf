using System.Runtime.CompilerServices;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>The entries of a range from the ledger's store. Believes nothing that it can compute.</summary>
internal sealed class ArchiveSource(ILedgerArchive archive, BundleRequest request) : IEvidenceSource
{
    /// <exception cref="EvidenceException">The store does not hold what it says it holds.</exception>
    public async IAsyncEnumerable<(StoredEntry Stored, Hash256 Leaf, LedgerEntry Entry)> StoredAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        var next = request.First;
        await foreach (var stored in archive.ReadAsync(request.Tenant, request.First, request.Last, cancellationToken))
        {
            if (stored.Seq != next)
                throw Unfit(next, "is missing");
            var leaf = MerkleTree.HashLeaf(stored.Body.Span);
            if (!leaf.AsSpan().SequenceEqual(stored.Leaf.Span))
                throw Unfit(next, "does not have the hash that is stored with it");
            yield return (stored, new(leaf), EvidenceEntries.Decode(request.Tenant, next, stored.Body, leaf) ?? throw Unfit(next, "is not an entry of this place that this version can read"));
            next++;
        }
        if (next <= request.Last)
            throw Unfit(next, "is missing");
    }

    public async IAsyncEnumerable<EvidenceEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (stored, leaf, entry) in StoredAsync(cancellationToken))
            yield return new(stored.Seq, leaf, request.Redacted.Covers(entry) ? null : entry);
    }

    private EvidenceException Unfit(long seq, string what) => new($"Entry {seq} of {request.Tenant} {what}. Nothing was exported; 'ledger verify' says more.");
}

/// <summary>Reads entries for evidence: without any key, so that whoever has the bundle reads the same.</summary>
internal static class EvidenceEntries
{
    /// <summary>Null when the bytes are no entry of this tenant and place.</summary>
    public static LedgerEntry? Decode(TenantId tenant, long seq, ReadOnlyMemory<byte> body, byte[] leaf)
    {
        try
        {
            var entry = EntryCodec.Decode(body.Span, leaf, null, null);
            return entry.Tenant == tenant && entry.Seq == seq ? entry : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

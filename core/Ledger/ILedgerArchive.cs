using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>One entry exactly as it is stored.</summary>
/// <param name="Body">The canonical UTF-8 bytes that were hashed.</param>
/// <param name="Leaf">The RFC 6962 leaf hash stored with them: 32 bytes. A claim of the store; whoever checks computes it again.</param>
/// <param name="Encrypted">What is kept encrypted beside the entry; null when there is nothing.</param>
public sealed record StoredEntry(long Seq, ReadOnlyMemory<byte> Body, ReadOnlyMemory<byte> Leaf, ReadOnlyMemory<byte>? Encrypted)
{
    /// <summary>The place in a stream that the store finds it by, which is not hashed; null where that was not read.</summary>
    public StreamPlace? FiledAs { get; init; }
}

/// <param name="Stream">As the store has it; it need be no name of a stream.</param>
/// <param name="Version">Position in the stream, from 1.</param>
public readonly record struct StreamPlace(string Stream, long Version);

/// <summary>What a store keeps of a tenant's tree beside the entries, so that the next one can be added without reading them all.</summary>
/// <param name="Entries">How many entries there are.</param>
/// <param name="Size">How many there are by this head; null when there is none.</param>
/// <param name="Root">Merkle root over them.</param>
/// <param name="Range">As <see cref="CompactRange.Save"/> gives it.</param>
public sealed record StoredHead(long Entries, long? Size, ReadOnlyMemory<byte> Root, ReadOnlyMemory<byte> Range);

/// <summary>The stored bytes of the ledger, for those who prove, check and export. Reads only and decodes nothing.</summary>
public interface ILedgerArchive
{
    /// <summary>Every tenant that has entries, in order of its id.</summary>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    ValueTask<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken);

    /// <summary>Number of the tenant's durable entries, which is the seq of the last.</summary>
    ValueTask<long> SizeAsync(TenantId tenant, CancellationToken cancellationToken);

    /// <summary>
    /// The head that is kept beside the entries, as of one moment; null where none is kept, or there is nothing of the tenant.
    /// </summary>
    ValueTask<StoredHead?> HeadAsync(TenantId tenant, CancellationToken cancellationToken) => new((StoredHead?)null);

    /// <summary>
    /// The entries from <paramref name="first"/> to <paramref name="last"/>, both included, in order, as a stream: memory does not grow
    /// with their number.
    /// </summary>
    IAsyncEnumerable<StoredEntry> ReadAsync(TenantId tenant, long first, long last, CancellationToken cancellationToken);

    /// <summary>The entries of one stream, in order.</summary>
    /// <exception cref="LedgerUnavailableException">The store cannot be read now.</exception>
    IAsyncEnumerable<StoredEntry> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken);

    /// <summary>
    /// The stored leaf hashes of <paramref name="count"/> entries from <paramref name="first"/> on, 32 bytes each; fewer at the end of the
    /// ledger.
    /// </summary>
    ValueTask<ReadOnlyMemory<byte>> LeavesAsync(TenantId tenant, long first, int count, CancellationToken cancellationToken);
}

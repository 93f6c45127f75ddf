using System.Runtime.CompilerServices;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>Stored bytes of one tenant that a test may bend. Counts what is asked of it.</summary>
internal sealed class MemoryArchive(TenantId tenant) : ILedgerArchive
{
    public List<byte[]> Bodies { get; init; } = [];

    /// <summary>As stored; null to hash the body whenever it is asked for.</summary>
    public List<byte[]>? Leaves { get; init; }

    /// <summary>What is kept of the tree beside the entries; null for nothing.</summary>
    public StoredHead? Head { get; set; }

    public long LeavesRead { get; private set; }

    public ValueTask<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken) => new([tenant]);

    public ValueTask<long> SizeAsync(TenantId asked, CancellationToken cancellationToken) => new(asked == tenant ? Count : 0);

    public ValueTask<StoredHead?> HeadAsync(TenantId asked, CancellationToken cancellationToken) => new(Head);

    public async IAsyncEnumerable<StoredEntry> ReadAsync(
        TenantId asked, long first, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await Task.Yield();
        for (var seq = first; seq <= Math.Min(last, Bodies.Count); seq++)
            yield return new(seq, Bodies[(int)seq - 1], Leaf((int)seq - 1), null);
    }

    public IAsyncEnumerable<StoredEntry> ReadStreamAsync(TenantId asked, StreamId stream, CancellationToken cancellationToken) =>
        ReadAsync(asked, 1, Bodies.Count, cancellationToken).Where(entry => CoreFeatures.Codec.Decode(entry, null).Stream == stream);

    public ValueTask<ReadOnlyMemory<byte>> LeavesAsync(TenantId asked, long first, int count, CancellationToken cancellationToken)
    {
        asked.ShouldBe(tenant);
        count = (int)Math.Clamp(Count - first + 1, 0, count);
        LeavesRead += count;
        return new(Enumerable.Range((int)first - 1, count).SelectMany(Leaf).ToArray());
    }

    private int Count => Leaves?.Count ?? Bodies.Count;

    private byte[] Leaf(int index) => Leaves?[index] ?? MerkleTree.HashLeaf(Bodies[index]);
}

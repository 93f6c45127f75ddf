using System.Runtime.CompilerServices;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// The stored bytes in the container <c>ledger</c>. Keeps nothing between calls, so it serves a command as well as a running bot.
/// </summary>
public sealed class CosmosArchive(CosmosStore store) : ILedgerArchive
{
    private const long MaxSeq = 9_999_999_999_999_999;

    private readonly CommitStore commits = new(store);

    public async ValueTask<IReadOnlyList<TenantId>> TenantsAsync(CancellationToken cancellationToken) =>
        await commits.TenantsAsync(null, cancellationToken);

    public async ValueTask<long> SizeAsync(TenantId tenant, CancellationToken cancellationToken) =>
        (await commits.HoldingAsync(tenant, MaxSeq, cancellationToken))?.Last ?? 0;

    public async IAsyncEnumerable<StoredEntry> ReadAsync(
        TenantId tenant, long first, long last, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        first = Math.Max(1, first);
        if (first > last)
            yield break;
        // Where the commit that holds the first entry begins is not known; with nothing before it, reading begins at the beginning.
        var start = first == 1 ? 0 : (await commits.HoldingAsync(tenant, first, cancellationToken))?.First ?? 0;
        await foreach (var commit in commits.ReadAsync(tenant, start, cancellationToken))
        {
            if (commit.First > last)
                yield break;
            for (var i = 0; i < commit.Lines.Count; i++)
            {
                var (seq, line) = (commit.First + i, commit.Lines[i]);
                if (seq >= first && seq <= last)
                    yield return line.Stored(seq);
            }
        }
    }

    public async IAsyncEnumerable<StoredEntry> ReadStreamAsync(
        TenantId tenant, StreamId stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var commit in commits.ReadWithAsync(tenant, stream, cancellationToken))
        {
            for (var i = 0; i < commit.Lines.Count; i++)
            {
                if (commit.Lines[i].Stream == stream.Value)
                    yield return commit.Lines[i].Stored(commit.First + i);
            }
        }
    }

    public async ValueTask<ReadOnlyMemory<byte>> LeavesAsync(TenantId tenant, long first, int count, CancellationToken cancellationToken)
    {
        using var leaves = new MemoryStream(Math.Min(count, 1 << 16) * MerkleTree.HashSize);
        await foreach (var entry in ReadAsync(tenant, first, first + count - 1, cancellationToken))
            leaves.Write(entry.Leaf.Span);
        return leaves.ToArray();
    }
}

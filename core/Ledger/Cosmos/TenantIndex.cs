using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// What an instance remembers of a tenant's whole ledger: the version of every stream, which entries belong to it, and where commits begin.
/// Some 16 bytes an entry and 60 a stream, against an index in the database that would make every append dearer.
/// </summary>
internal sealed class TenantIndex
{
    private readonly Dictionary<UInt128, Position> streams = [];
    private readonly List<long> previous = [];
    private readonly List<long> commits = [];

    /// <summary>Entries known, without gaps from the first.</summary>
    public long Count => previous.Count;

    public void Add(Commit commit)
    {
        if (commit.First != Count + 1)
            throw new LedgerDamagedException(
                commit.Tenant, Count + 1, $"it is missing: after entry {Count} comes a commit that begins with {commit.First}");
        commits.Add(commit.First);
        foreach (var line in commit.Lines)
        {
            ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(streams, GetKey(line.Stream), out _);
            previous.Add(position.Seq);
            position = new(line.Version, Count);
        }
    }

    public long GetVersion(string stream) => streams.GetValueOrDefault(GetKey(stream)).Version;

    /// <summary>Seqs of the stream's entries in order.</summary>
    public IReadOnlyList<long> GetSeqs(string stream)
    {
        var seqs = new List<long>();
        for (var seq = streams.GetValueOrDefault(GetKey(stream)).Seq; seq > 0; seq = previous[(int)seq - 1])
            seqs.Add(seq);
        seqs.Reverse();
        return seqs;
    }

    /// <summary>First entry of the commit that holds this entry, which must be known.</summary>
    public long GetCommit(long seq)
    {
        var index = commits.BinarySearch(seq);
        return commits[index >= 0 ? index : ~index - 1];
    }

    private static UInt128 GetKey(string stream)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(stream), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Position(long Version, long Seq);
}

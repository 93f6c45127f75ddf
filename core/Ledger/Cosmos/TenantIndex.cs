using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// What an instance remembers of a tenant's whole ledger: the version of every stream, which entries belong to it, and where commits begin.
/// Some 8 bytes an entry and 60 a stream, against an index in the database that would make every append dearer.
/// </summary>
internal sealed class TenantIndex
{
    /// <summary>To be raised when <see cref="Write"/> changes.</summary>
    public const string Shape = "1";

    private const int KeySize = 16;

    private readonly Dictionary<UInt128, Position> streams = [];
    private readonly List<int> previous = [];
    private readonly List<int> commits = [];
    private readonly List<string> erased = [];

    /// <summary>Entries known, without gaps from the first.</summary>
    public long Count => previous.Count;

    /// <summary>Keys that were destroyed, as the entries say.</summary>
    public IReadOnlyList<string> Erased => erased;

    public void Add(Commit commit)
    {
        if (commit.First != Count + 1)
            throw new LedgerDamagedException(
                commit.Tenant, Count + 1, $"it is missing: after entry {Count} comes a commit that begins with {commit.First}");
        commits.Add(checked((int)commit.First));
        foreach (var line in commit.Lines)
        {
            ref var position = ref CollectionsMarshal.GetValueRefOrAddDefault(streams, GetKey(line.Stream), out _);
            previous.Add(position.Seq);
            position = new(line.Version, previous.Count);
        }
    }

    public void AddErased(string key) => erased.Add(key);

    public long GetVersion(string stream) => streams.GetValueOrDefault(GetKey(stream)).Version;

    /// <summary>Seqs of the stream's entries in order.</summary>
    public IReadOnlyList<long> GetSeqs(string stream)
    {
        var seqs = new List<long>();
        for (var seq = streams.GetValueOrDefault(GetKey(stream)).Seq; seq > 0; seq = previous[seq - 1])
            seqs.Add(seq);
        seqs.Reverse();
        return seqs;
    }

    /// <summary>First entry of the commit that holds this entry, which must be known.</summary>
    public long GetCommit(long seq)
    {
        var index = commits.BinarySearch((int)seq);
        return commits[index >= 0 ? index : ~index - 1];
    }

    /// <summary>All of it, in some three bytes an entry and twenty a stream.</summary>
    public byte[] Write()
    {
        using var output = new MemoryStream();
        using var writer = new BinaryWriter(output, Encoding.UTF8);
        writer.Write7BitEncodedInt(previous.Count);
        writer.Write7BitEncodedInt(commits.Count);
        for (var i = 0; i < commits.Count; i++)
            writer.Write7BitEncodedInt(i == 0 ? commits[i] : commits[i] - commits[i - 1]);
        writer.Write7BitEncodedInt(erased.Count);
        foreach (var key in erased)
            writer.Write(key);
        writer.Write7BitEncodedInt(streams.Count);
        Span<byte> name = stackalloc byte[KeySize];
        foreach (var (key, position) in streams)
        {
            BinaryPrimitives.WriteUInt128BigEndian(name, key);
            writer.Write(name);
            writer.Write7BitEncodedInt64(position.Version);
            writer.Write7BitEncodedInt(position.Seq);
            for (var seq = position.Seq; seq > 0; seq = previous[seq - 1])
                writer.Write7BitEncodedInt(previous[seq - 1] == 0 ? 0 : seq - previous[seq - 1]);
        }
        writer.Flush();
        return output.ToArray();
    }

    /// <exception cref="FormatException">It is not what <see cref="Write"/> gives.</exception>
    public static TenantIndex Read(byte[] written)
    {
        try
        {
            using var reader = new BinaryReader(new MemoryStream(written, writable: false), Encoding.UTF8);
            return Read(reader);
        }
        catch (Exception unfit) when (unfit is EndOfStreamException or ArgumentException or IOException)
        {
            throw new FormatException(unfit.Message, unfit);
        }
    }

    private static TenantIndex Read(BinaryReader reader)
    {
        const int Unknown = -1;
        var index = new TenantIndex();
        index.previous.AddRange(Enumerable.Repeat(Unknown, reader.Read7BitEncodedInt()));
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            index.commits.Add(index.commits.LastOrDefault() + reader.Read7BitEncodedInt());
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
            index.erased.Add(reader.ReadString());
        for (var left = reader.Read7BitEncodedInt(); left > 0; left--)
        {
            var key = BinaryPrimitives.ReadUInt128BigEndian(reader.ReadBytes(KeySize));
            var position = new Position(reader.Read7BitEncodedInt64(), reader.Read7BitEncodedInt());
            index.streams.Add(key, position);
            for (var seq = position.Seq; seq > 0; seq = index.previous[seq - 1])
            {
                var back = reader.Read7BitEncodedInt();
                if (back < 0 || back >= seq || index.previous[seq - 1] != Unknown)
                    throw new FormatException($"entry {seq} has no place");
                index.previous[seq - 1] = back == 0 ? 0 : seq - back;
            }
        }
        return index.previous.Contains(Unknown) || index.commits is not [1, ..] ? throw new FormatException("entries are missing") : index;
    }

    private static UInt128 GetKey(string stream)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(stream), hash);
        return BinaryPrimitives.ReadUInt128BigEndian(hash);
    }

    [StructLayout(LayoutKind.Auto)]
    private readonly record struct Position(long Version, int Seq);
}

using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>Where a tenant's ledger ended at a time when that was durable.</summary>
/// <param name="Size">Entries; also the seq of the last one.</param>
/// <param name="Root">Merkle root over them.</param>
internal sealed record DurableHead(TenantId Tenant, long Size, byte[] Root);

/// <summary>
/// The file <c>ledger.heads</c>: the end of each tenant's ledger, kept outside SQLite, so that a ledger without its newest entries
/// contradicts it. A head is written when the commit it tells of is on disk, and is not flushed itself: after a power cut it may be older
/// than the ledger, never newer. Each tenant has two places that are written in turn, so that a write cut short leaves the one before.
/// </summary>
internal sealed class DurableHeads : IDisposable
{
    public const string Name = "ledger.heads";

    /// <summary>Length of the name (1), name, size (8), root (32), then the first half of the SHA-256 of all that.</summary>
    private const int PlaceSize = 256;

    private const int MaxNameLength = 180;
    private const int SumAt = PlaceSize - 16;
    private const int SizeAt = 1 + MaxNameLength;
    private const int RootAt = SizeAt + sizeof(long);

    private readonly FileStream file;
    private readonly Dictionary<string, int> places = [];
    private readonly Dictionary<string, bool> second = [];
    private readonly byte[] place = new byte[PlaceSize];
    private int used;

    /// <summary>Opens or creates the file in a folder, for the one process that appends.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public DurableHeads(string folder, string name = Name)
    {
        file = new(Path.Combine(folder, name), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.Read, bufferSize: 0);
        used = (int)(file.Length + (2 * PlaceSize) - 1) / (2 * PlaceSize);
        var bytes = new byte[2 * PlaceSize];
        for (var pair = 0; pair < used; pair++)
        {
            var read = RandomAccess.Read(file.SafeFileHandle, bytes, (long)pair * bytes.Length);
            var (one, other) =
                (Parse(bytes.AsSpan(0, Math.Min(read, PlaceSize))), Parse(bytes.AsSpan(PlaceSize, Math.Max(0, read - PlaceSize))));
            if ((one ?? other) is not { } known)
                continue;
            places[known.Tenant.Value] = pair;
            second[known.Tenant.Value] = one is not null && !(other?.Size > one.Size);
        }
    }

    /// <summary>
    /// The newest head of each tenant in a folder; empty when there is no file. What was cut short or damaged is left out.
    /// </summary>
    public static IReadOnlyDictionary<string, DurableHead> Read(string folder) => ReadFile(Path.Combine(folder, Name));

    /// <inheritdoc cref="Read"/>
    public static IReadOnlyDictionary<string, DurableHead> ReadFile(string path)
    {
        var heads = new Dictionary<string, DurableHead>();
        if (!File.Exists(path))
            return heads;
        using var kept = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        var bytes = new byte[PlaceSize];
        while (kept.ReadAtLeast(bytes, PlaceSize, throwOnEndOfStream: false) == PlaceSize)
        {
            if (Parse(bytes) is { } head && !(heads.GetValueOrDefault(head.Tenant.Value)?.Size > head.Size))
                heads[head.Tenant.Value] = head;
        }
        return heads;
    }

    /// <summary>Keeps where a tenant's ledger ends. The commit must be on disk.</summary>
    /// <exception cref="IOException">It cannot be written.</exception>
    public void Keep(TenantId tenant, long size, ReadOnlySpan<byte> root)
    {
        Array.Clear(place);
        var length = Encoding.UTF8.GetBytes(tenant.Value, place.AsSpan(1, MaxNameLength));
        place[0] = (byte)length;
        BinaryPrimitives.WriteInt64BigEndian(place.AsSpan(SizeAt), size);
        root.CopyTo(place.AsSpan(RootAt, SHA256.HashSizeInBytes));
        SHA256.HashData(place.AsSpan(0, SumAt))[..16].CopyTo(place.AsSpan(SumAt));
        if (!places.TryGetValue(tenant.Value, out var pair))
            pair = places[tenant.Value] = used++;
        var turn = second.GetValueOrDefault(tenant.Value);
        RandomAccess.Write(file.SafeFileHandle, place, ((pair * 2L) + (turn ? 1 : 0)) * PlaceSize);
        second[tenant.Value] = !turn;
    }

    public void Dispose() => file.Dispose();

    private static DurableHead? Parse(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length < PlaceSize || bytes[0] is 0 or > MaxNameLength
            || !SHA256.HashData(bytes[..SumAt]).AsSpan(0, 16).SequenceEqual(bytes[SumAt..]))
            return null;
        if (!TenantId.TryParse(Encoding.UTF8.GetString(bytes.Slice(1, bytes[0])), out var tenant))
            return null;
        return new(tenant, BinaryPrimitives.ReadInt64BigEndian(bytes[SizeAt..]), bytes.Slice(RootAt, SHA256.HashSizeInBytes).ToArray());
    }
}

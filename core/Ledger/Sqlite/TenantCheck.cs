using System.Buffers.Binary;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>Checks one tenant's rows as they come by. Allocates nothing for a row that is in order.</summary>
/// <param name="sizes">Sizes of the tree whose roots are wanted.</param>
internal sealed class TenantCheck(string tenant, IEnumerable<long>? sizes = null)
{
    private readonly SortedSet<long> wanted = [.. sizes ?? []];
    private readonly Dictionary<long, byte[]> rootsAt = [];
    private readonly Dictionary<long, DateTimeOffset> timesAt = [];
    private readonly CompactRange range = new();
    private long lastSeq;
    private long lastAt = long.MinValue;
    private LedgerProblem? first;
    private long problems;
    private readonly EncryptedFieldCheck encrypted = new();

    public string Tenant => tenant;

    public byte[] TenantBytes { get; } = Encoding.UTF8.GetBytes(tenant);

    /// <summary>Rows seen.</summary>
    public long Entries => range.Size;

    public bool HasProblems => problems > 0;

    /// <summary>
    /// Sum over the rows of a keyed mix of stream, version and row id: the same for the table and for an index that agrees with it.
    /// </summary>
    public ulong Fingerprint { get; private set; }

    public void Row(RowBlock.Row row, ulong fingerprint)
    {
        range.Append(row.Hash);
        if (wanted.Count > 0 && wanted.Contains(range.Size))
            rootsAt[range.Size] = range.Root();
        Fingerprint += fingerprint;
        var seq = row.Seq;
        if (seq > lastSeq + 1)
            Report(lastSeq + 1, null, null, seq == lastSeq + 2 ? "it is missing" : $"it is missing, and so is every entry up to {seq - 1}");
        if (Check(row) is { } what)
            Report(seq, TypeIn(row.Body), row.Stream, what);
        else if (wanted.Count > 0 && wanted.Contains(range.Size))
            timesAt[range.Size] = Time(lastAt);
        lastSeq = Math.Max(lastSeq, seq);
    }

    /// <summary>Compares with the head that the writer keeps.</summary>
    public void Head(bool found, long size, ReadOnlySpan<byte> root, ReadOnlySpan<byte> saved)
    {
        if (!found)
        {
            if (Entries > 0)
                Report(lastSeq, null, null, "the head of the tree is missing");
            return;
        }
        if (lastSeq < size)
            Report(lastSeq + 1, null, null, $"it is missing: the ledger ends at entry {lastSeq}, but its head says {size}");
        else if (size != Entries)
            Report(size + 1, null, null, $"there are {Entries} entries, but the head says {size}");
        else if (problems == 0 && !range.Save().AsSpan().SequenceEqual(saved))
            Report(FirstDifference(saved), null, null, "from here on the entries do not give the tree that the head remembers");
        else if (problems == 0 && !range.Root().AsSpan().SequenceEqual(root))
            Report(lastSeq, null, null, "the entries do not give the root that the head names");
    }

    public void Report(long seq, string? type, ReadOnlySpan<byte> stream, string what)
    {
        problems++;
        if (first is null || (seq > 0 && (first.Seq <= 0 || seq < first.Seq)))
            first = new(seq, type, stream.IsEmpty ? null : Encoding.UTF8.GetString(stream), what);
    }

    /// <summary>Compares with how far work on the entries had come, as noted beside them.</summary>
    public void Worked(long furthest)
    {
        if (furthest > lastSeq)
            Report(lastSeq + 1, null, null,
                $"it is missing: the ledger ends at entry {lastSeq}, but work on its entries had come to entry {furthest}");
    }

    /// <summary>The file cannot be read on; the next entry is the nearest.</summary>
    public void Damage(string what) => Report(lastSeq + 1, null, null, what);

    /// <summary>What should be encrypted beside entries and is not there, once it is known who was erased.</summary>
    public void ReportMissingEncrypted()
    {
        foreach (var (seq, type, stream) in encrypted.Missing())
            Report(seq, type, Encoding.UTF8.GetBytes(stream), "what is encrypted beside it is missing");
    }

    public TenantVerification Result() => new(tenant, Entries, Convert.ToHexStringLower(range.Root()), first, problems, encrypted.LeftOut)
    {
        RootsAt = rootsAt, TimesAt = timesAt, LastAt = lastAt == long.MinValue ? null : Time(lastAt), Keys = encrypted.Keys,
    };

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private string? Check(RowBlock.Row row)
    {
        if (row.Seq <= lastSeq)
            return $"stands after entry {lastSeq}, out of order";
        if (!row.Leaf.SequenceEqual(row.Hash))
            return "its bytes do not have the hash that was stored with them";
        if (!Utf8.IsValid(row.Body))
            return "its bytes are not UTF-8";
        try
        {
            return CheckParts(EntryParts.Read(row.Body), row);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return "it cannot be read: " + unreadable.Message;
        }
    }

    private string? CheckParts(EntryParts parts, RowBlock.Row row)
    {
        var body = row.Body;
        if (parts.Seq != row.Seq)
            return $"it says of itself that it is entry {parts.Seq}";
        if (!Same(body[parts.Tenant], TenantBytes))
            return $"it says of itself that it belongs to {EntryParts.Text(body, parts.Tenant)}";
        if (!Same(body[parts.Stream], row.Stream))
            return $"it says of itself that it is on {EntryParts.Text(body, parts.Stream)}";
        if (parts.Version != row.Version)
            return $"it says of itself that it is version {parts.Version} of its stream, and is filed as {row.Version}";
        // Whoever holds the key can sign another spelling of the same thing anew; the bot writes one only.
        if (!JcsCheck.IsCanonical(body))
            return "its bytes are not written as the bot writes them (canonical JSON)";
        if (CheckOnce(parts, row) is { } twice)
            return twice;
        if (parts.Causation is { } causation && (causation >= row.Seq || causation < 1))
            return $"it answers to entry {causation}, which does not come before it";
        if (parts.AtMilliseconds < lastAt)
            return "it is earlier than the entry before it";
        lastAt = parts.AtMilliseconds;
        return encrypted.Check(parts, row);
    }

    /// <summary>An event has a stream of its own, named for it, and comes in once: the bot drops a redelivery.</summary>
    private static string? CheckOnce(EntryParts parts, RowBlock.Row row)
    {
        if (!row.Body[parts.Type].SequenceEqual("\"event.received\""u8))
            return null;
        if (row.Version != 1)
            return $"the event stands in the ledger already: this is version {row.Version} of its stream";
        var own = row.Stream.StartsWith("event/"u8) ? row.Stream[6..] : default;
        return own.IsEmpty || !Names(row.Body[parts.Data], own)
            ? "it is an event, and stands on a stream that is not the event's own"
            : null;
    }

    /// <summary>Whether the canonical data names this event.</summary>
    private static bool Names(ReadOnlySpan<byte> data, ReadOnlySpan<byte> eventId)
    {
        var reader = new Utf8JsonReader(data);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isName = reader.ValueTextEquals("eventId"u8);
            reader.Read();
            if (isName)
                return reader.TokenType == JsonTokenType.String && reader.ValueTextEquals(eventId);
            reader.Skip();
        }
        return false;
    }

    /// <summary>First entry of the first subtree that differs from what was saved: as near as hashes can tell.</summary>
    private long FirstDifference(ReadOnlySpan<byte> saved)
    {
        var mine = range.Save();
        var start = 0L;
        if (saved.Length != mine.Length || BinaryPrimitives.ReadInt64BigEndian(saved) != Entries)
            return lastSeq;
        for (var (bit, at) = (1L << 62, sizeof(long)); bit > 0; bit >>= 1)
        {
            if ((Entries & bit) == 0)
                continue;
            if (!mine.AsSpan(at, MerkleTree.HashSize).SequenceEqual(saved.Slice(at, MerkleTree.HashSize)))
                return start + 1;
            start += bit;
            at += MerkleTree.HashSize;
        }
        return lastSeq;
    }

    private static bool Same(ReadOnlySpan<byte> quoted, ReadOnlySpan<byte> text) =>
        quoted[1..^1].SequenceEqual(text)
        || (quoted.Contains((byte)'\\') && Encoding.UTF8.GetBytes(EntryParts.Text(quoted, ..)).AsSpan().SequenceEqual(text));

    public static string? TypeIn(ReadOnlySpan<byte> body)
    {
        try
        {
            return EntryParts.Text(body, EntryParts.Read(body).Type);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return null;
        }
    }
}

using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Compliance;

/// <summary>
/// Records under keys, in the order in which they were added. The few that were used last are at hand, the others in a temporary file, so
/// that memory does not grow with their number. For one thread.
/// </summary>
internal sealed class SpillFile<T> : IDisposable
    where T : class
{
    private const int AtHand = 512;
    private const int Page = 64;

    private readonly Dictionary<string, LinkedListNode<Held>> held = new(StringComparer.Ordinal);
    private readonly LinkedList<Held> recent = [];
    private readonly MemoryStream bytes = new();
    private readonly BinaryWriter writer;
    private readonly Action<BinaryWriter, T> write;
    private readonly Func<BinaryReader, T> read;
    private readonly SqliteDatabase database = SqliteDatabase.OpenTemporary();
    private readonly SqliteStatement put;
    private readonly SqliteStatement find;
    private readonly SqliteStatement page;

    public SpillFile(Action<BinaryWriter, T> write, Func<BinaryReader, T> read)
    {
        (this.write, this.read, writer) = (write, read, new(bytes));
        database.Execute("PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -1024;"
            + "CREATE TABLE records (number INTEGER PRIMARY KEY, id TEXT NOT NULL UNIQUE, record BLOB NOT NULL)");
        put = database.Prepare("INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (number) DO UPDATE SET record = excluded.record");
        find = database.Prepare("SELECT number, record FROM records WHERE id = ?");
        page = database.Prepare("SELECT number, record FROM records WHERE number > ? ORDER BY number LIMIT ?");
    }

    public int Count { get; private set; }

    public void Add(string key, T record) => Hold(new(++Count, key, record));

    /// <summary>The record, to be read or changed before the next call; null when there is none.</summary>
    public T? Find(string key)
    {
        if (held.TryGetValue(key, out var node))
        {
            recent.Remove(node);
            recent.AddFirst(node);
            return node.Value.Record;
        }
        if (Count == held.Count || !find.Bind(1, key).Step())
            return null;
        var found = new Held(find.Number(0), key, Read(find.Bytes(1)));
        find.Reset();
        Hold(found);
        return found.Record;
    }

    /// <summary>Every record as it is now, for reading; each time anew.</summary>
    public IEnumerable<T> InOrder()
    {
        foreach (var one in recent)
            Write(one);
        var records = new List<T>(Page);
        for (var number = 0L; ;)
        {
            records.Clear();
            page.Bind(1, number).Bind(2, Page);
            while (page.Step())
            {
                number = page.Number(0);
                records.Add(Read(page.Bytes(1)));
            }
            foreach (var record in records)
                yield return record;
            if (records.Count < Page)
                yield break;
        }
    }

    public void Dispose()
    {
        writer.Dispose();
        database.Dispose();
    }

    private void Hold(Held one)
    {
        held.Add(one.Key, recent.AddFirst(one));
        if (held.Count <= AtHand)
            return;
        var oldest = recent.Last!;
        Write(oldest.Value);
        recent.RemoveLast();
        held.Remove(oldest.Value.Key);
    }

    private void Write(Held one)
    {
        bytes.SetLength(0);
        write(writer, one.Record);
        writer.Flush();
        put.Bind(1, one.Number).Bind(2, one.Key).Bind(3, bytes.GetBuffer().AsSpan(0, (int)bytes.Length)).Run();
    }

    private T Read(ReadOnlySpan<byte> record)
    {
        using var reader = new BinaryReader(new MemoryStream(record.ToArray(), writable: false));
        return read(reader);
    }

    private sealed record Held(long Number, string Key, T Record);
}

using System.Runtime.InteropServices;
using System.Text;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>A key that entries are encrypted under.</summary>
/// <param name="Key">Its id, as in <c>s-3f9c0a1b2c3d4e5f</c>; <c>t1</c> is the tenant's own.</param>
/// <param name="First">Seq of the first entries that name it, three at most.</param>
/// <param name="Entries">How many name it.</param>
public sealed record KeyUse(string Key, IReadOnlyList<long> First, long Entries)
{
    /// <summary>As in <c>entries 3, 5, 8 and 12 more</c>.</summary>
    public string Where => (First.Count == 1 ? "entry " : "entries ") + string.Join(", ", First)
        + (Entries > First.Count ? $" and {Entries - First.Count} more" : "");
}

/// <summary>Collects the keys that entries are encrypted under. Memory grows with the number of keys, not of entries.</summary>
public sealed class KeyUses
{
    private const int MaxNamed = 3;
    private const int MaxIdLength = 128;

    private readonly Dictionary<string, (List<long> First, long Entries, long Last)> uses = new(StringComparer.Ordinal);

    /// <summary>In order of the first entry that names them.</summary>
    public IReadOnlyList<KeyUse> All =>
        [.. uses.Select(static one => new KeyUse(one.Key, one.Value.First, one.Value.Entries)).OrderBy(static one => one.First[0])];

    /// <summary>Takes an entry as it is stored; true when it is the first to name some key.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no entry.</exception>
    public bool Take(StoredEntry entry)
    {
        var body = entry.Body.Span;
        var parts = EntryParts.Read(body);
        var known = uses.Count;
        if (parts.HasEncrypted)
            Take(body[parts.Encrypted], entry.Seq);
        return uses.Count > known;
    }

    /// <param name="sealedMember">The canonical JSON of the member <c>sealed</c>. Only looked through: no text in it can hold what is
    /// looked for.</param>
    internal void Take(ReadOnlySpan<byte> sealedMember, long seq)
    {
        var lookup = uses.GetAlternateLookup<ReadOnlySpan<char>>();
        Span<char> id = stackalloc char[MaxIdLength];
        for (var rest = sealedMember; rest.IndexOf("\"key\":\""u8) is >= 0 and var at;)
        {
            rest = rest[(at + 7)..];
            var end = rest.IndexOf((byte)'"');
            if (end is < 1 or > MaxIdLength || !Encoding.UTF8.TryGetChars(rest[..end], id, out var length))
                continue;
            Note(ref CollectionsMarshal.GetValueRefOrAddDefault(lookup, id[..length], out _), seq);
        }
    }

    /// <summary>An entry names a key. Entries come in order.</summary>
    internal void Note(string key, long seq) => Note(ref CollectionsMarshal.GetValueRefOrAddDefault(uses, key, out _), seq);

    private static void Note(ref (List<long> First, long Entries, long Last) use, long seq)
    {
        if (use.Last == seq)
            return;
        use.First ??= new(1);
        if (use.First.Count < MaxNamed)
            use.First.Add(seq);
        use.Entries++;
        use.Last = seq;
    }
}

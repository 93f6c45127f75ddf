using System.Runtime.InteropServices;
using System.Text;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// Holds what is encrypted beside one tenant's entries against what their leaves say. Needs no key. What is not there is in order when
/// everybody whom it concerned was erased later; memory grows with the number of keys missing, not of entries.
/// </summary>
internal sealed class EncryptedFieldCheck
{
    private readonly Dictionary<string, Absent> absent = new(StringComparer.Ordinal);
    private readonly HashSet<string> erased = new(StringComparer.Ordinal);
    private readonly KeyUses uses = new();

    /// <summary>The keys that entries are encrypted under.</summary>
    public IReadOnlyList<KeyUse> Keys => uses.All;

    /// <summary>Entries whose encrypted part is not there because everybody in it was erased.</summary>
    public long LeftOut { get; private set; }

    /// <summary>What is wrong with the row; null when nothing is, or not yet.</summary>
    public string? Check(EntryParts parts, RowBlock.Row row)
    {
        if (row.Body[parts.Type].SequenceEqual("\"erasure.completed\""u8))
            erased.Add(((ErasureCompleted)LedgerFeature.Catalog.Deserialize(ErasureCompleted.StoredName, row.Body[parts.Data])).Key);
        if (!parts.HasEncrypted)
            return row.HasEncrypted ? "something is encrypted beside it that it does not speak of" : null;
        Span<byte> named = stackalloc byte[MerkleTree.HashSize];
        if (!EncryptedFields.TryReadHash(row.Body[parts.Encrypted], named))
            return "it does not say what is encrypted beside it";
        if (!EncryptedFields.IsWhole(row.Body[parts.Encrypted]))
            return "what it says of what is encrypted beside it is not whole";
        uses.Take(row.Body[parts.Encrypted], row.Seq);
        if (row.HasEncrypted)
            return row.EncryptedHash.SequenceEqual(named) ? null : "what is encrypted beside it does not have the hash that it names";
        Remember(parts, row);
        return null;
    }

    /// <summary>One entry for each set of keys that is missing and not erased: the first.</summary>
    public IEnumerable<(long Seq, string Type, string Stream)> Missing()
    {
        LeftOut = 0;
        foreach (var one in absent.Values)
        {
            if (one.Keys.All(erased.Contains))
                LeftOut += one.Count;
            else
                yield return (one.Seq, one.Type, one.Stream);
        }
    }

    private void Remember(EntryParts parts, RowBlock.Row row)
    {
        string[] keys = [.. EncryptedFields.Read(row.Body[parts.Encrypted]).Parts.Select(static part => part.Key)];
        ref var one = ref CollectionsMarshal.GetValueRefOrAddDefault(absent, string.Join(' ', keys), out var known);
        if (!known)
            one = new(row.Seq, EntryParts.Text(row.Body, parts.Type), Encoding.UTF8.GetString(row.Stream), keys, 0);
        one = one! with { Count = one.Count + 1 };
    }

    private sealed record Absent(long Seq, string Type, string Stream, string[] Keys, long Count);
}

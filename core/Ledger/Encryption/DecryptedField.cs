using System.Security.Cryptography;
using System.Text.Json;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// A part of what is encrypted beside an entry, decrypted for readers who have no key. With the entry it proves itself: the HMAC of the
/// text under the salt is the commitment in the leaf. The salt tells nothing of the key that the part is encrypted under, nor of any other
/// part.
/// </summary>
/// <param name="Part">Its place among the parts that the leaf names, from 0.</param>
/// <param name="Salt">32 bytes.</param>
/// <param name="Text">The canonical JSON object that was encrypted: one member for each path.</param>
public sealed record DecryptedField(int Part, ReadOnlyMemory<byte> Salt, ReadOnlyMemory<byte> Text)
{
    /// <summary>Opens parts of a stored entry; those whose key is not at hand are left out.</summary>
    /// <param name="wanted">Whether a part of an entry of this type is to be opened.</param>
    /// <exception cref="JsonException">What is stored beside the entry is missing, or is not what its leaf speaks of.</exception>
    public static IReadOnlyList<DecryptedField> Create(StoredEntry entry, TenantKeys keys, Func<string, EncryptedField, bool> wanted)
    {
        var body = entry.Body.Span;
        var parts = EntryParts.Read(body);
        if (!parts.HasEncrypted)
            return [];
        var leaf = EncryptedFields.Read(body[parts.Encrypted]);
        var stored = entry.Encrypted ?? throw new JsonException("what is encrypted beside it is missing");
        var places = FieldDecryptor.Check(leaf, stored.Span);
        var type = EntryParts.Text(body, parts.Type);
        List<DecryptedField> opened = [];
        for (var i = 0; i < leaf.Parts.Count; i++)
        {
            var salt = new byte[DataKey.Size];
            if (wanted(type, leaf.Parts[i]) && keys.Find(leaf.Parts[i].Key) is { } key
                && FieldDecryptor.Decrypt(body, parts, leaf.Parts[i], key, stored.Span, places[i], salt) is { } text)
                opened.Add(new DecryptedField(i, salt, text).CheckedAgainst(leaf));
        }
        return opened;
    }

    /// <summary>The entry as it reads with these parts. Needs no key, and believes nothing that the leaf does not commit to.</summary>
    /// <param name="entry">As it reads without any key.</param>
    /// <param name="wanted">Parts that would have been opened if their key were at hand; the others read as encrypted.</param>
    /// <param name="isErased">Whether the key was erased, as the record says; without that it is missing.</param>
    /// <exception cref="DecryptedFieldException">A part is not the one that the entry commits to.</exception>
    public static LedgerEntry Read(
        EntryCatalog catalog, ReadOnlySpan<byte> body, LedgerEntry entry, IReadOnlyList<DecryptedField> opened,
        Func<string, EncryptedField, bool> wanted, Func<string, bool> isErased)
    {
        var parts = EntryParts.Read(body);
        if (!parts.HasEncrypted)
            return opened.Count == 0 ? entry : throw new DecryptedFieldException("a part is decrypted of an entry that has none");
        var leaf = EncryptedFields.Read(body[parts.Encrypted]);
        for (var i = 0; i < opened.Count; i++)
        {
            if (opened[i].Part <= (i == 0 ? -1 : opened[i - 1].Part) || opened[i].Part >= leaf.Parts.Count)
                throw new DecryptedFieldException("a part is decrypted that it does not have, or twice");
            if (!wanted(entry.Type, leaf.Parts[opened[i].CheckedAgainst(leaf).Part]))
                throw new DecryptedFieldException("a part is decrypted that is to stay encrypted");
        }
        var plan = catalog.GetPlan(entry.Type);
        var members = new List<(string Path, byte[] Json)>();
        for (var i = 0; i < leaf.Parts.Count; i++)
        {
            var part = leaf.Parts[i];
            if (opened.FirstOrDefault(one => one.Part == i) is { } open)
                members.AddRange(open.Members(part));
            else
                members.AddRange(
                    part.Of.Select(path => (path, FieldDecryptor.Blank(path, plan, TextFor(part, wanted(entry.Type, part), isErased)))));
        }
        var data = new ByteBuffer(2048);
        FieldDecryptor.Merge(body[parts.Data], members, data);
        var name = FieldDecryptor.Text(members.Find(static member => member.Path == "actor.name").Json);
        return entry with { Fact = catalog.Deserialize(entry.Type, data.Written),
            Actor = name is null ? entry.Actor : entry.Actor with { Name = name } };
    }

    /// <summary>The keys of the parts that were to be opened and are not.</summary>
    public static IReadOnlyList<string> Unopened(
        ReadOnlySpan<byte> body, string type, IReadOnlyList<DecryptedField> opened, Func<string, EncryptedField, bool> wanted)
    {
        var parts = EntryParts.Read(body);
        return parts.HasEncrypted
            ? [.. EncryptedFields.Read(body[parts.Encrypted]).Parts
                .Where((part, index) => wanted(type, part) && !opened.Any(one => one.Part == index)).Select(static part => part.Key)]
            : [];
    }

    private static byte[] TextFor(EncryptedField part, bool isWanted, Func<string, bool> isErased)
    {
        if (!isWanted)
            return FieldDecryptor.EncryptedBlank;
        return isErased(part.Key) ? FieldDecryptor.TextBlank : FieldDecryptor.MissingBlank;
    }

    private DecryptedField CheckedAgainst(EncryptedFields leaf)
    {
        Span<byte> commitment = stackalloc byte[SHA256.HashSizeInBytes];
        EncryptedBox.Commit(Salt.Span, Text.Span, commitment);
        var part = leaf.Parts[Part];
        if (!commitment.SequenceEqual(part.Commit.Span))
            throw new DecryptedFieldException("a decrypted part is not the one that it commits to");
        return Members(part).Select(static member => member.Path).SequenceEqual(part.Of)
            ? this
            : throw new DecryptedFieldException("a decrypted part has other members than it names");
    }

    private List<(string Path, byte[] Json)> Members(EncryptedField part)
    {
        try
        {
            var members = new List<(string Path, byte[] Json)>();
            FieldDecryptor.ReadMembers(Text.Span, part, members);
            return members;
        }
        catch (Exception unfit) when (unfit is JsonException or InvalidOperationException)
        {
            throw new DecryptedFieldException("a decrypted part is not what is encrypted beside entries");
        }
    }
}

/// <summary>A decrypted part that its entry does not commit to.</summary>
public sealed class DecryptedFieldException(string message) : Exception(message);

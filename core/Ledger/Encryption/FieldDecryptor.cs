using System.Security.Cryptography;
using System.Text;
using System.Text.Json;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// Puts what is encrypted beside an entry back where it belongs; what cannot be opened is replaced by what stands for it.
/// </summary>
internal static class FieldDecryptor
{
    /// <param name="body">The stored entry.</param>
    /// <param name="stored">What is stored beside it; null when it is not there.</param>
    /// <param name="keys">Null to open nothing.</param>
    /// <param name="data">The data with all its members, for the fact to be read from.</param>
    /// <param name="actorName">The name of the actor; null when the leaf itself has it.</param>
    /// <exception cref="JsonException">What is stored beside the entry is not what its leaf speaks of, or was encrypted under another
    /// key.</exception>
    public static void Open(
        ReadOnlySpan<byte> body, EntryParts parts, ReadOnlyMemory<byte>? stored, TenantKeys? keys, FieldEncryption? plan, ByteBuffer data,
        out string? actorName)
    {
        var leaf = EncryptedFields.Read(body[parts.Encrypted]);
        var places = stored is { } present ? Check(leaf, present.Span) : null;
        var opened = new List<(string Path, byte[] Json)>();
        for (var i = 0; i < leaf.Parts.Count; i++)
        {
            var part = leaf.Parts[i];
            if (places is not null && keys?.Find(part.Key) is { } key
                && Decrypt(body, parts, part, key, stored!.Value.Span, places[i]) is { } plaintext)
                ReadMembers(plaintext, part, opened);
            else
                opened.AddRange(part.Of.Select(path => (path, Blank(path, plan, TextFor(part, keys)))));
        }
        actorName = Text(opened.FirstOrDefault(static member => member.Path == "actor.name").Json);
        Merge(body[parts.Data], opened, data);
    }

    private static byte[] TextFor(EncryptedField part, TenantKeys? keys)
    {
        if (keys is null)
            return EncryptedBlank;
        return keys.IsErased(part.Key) ? TextBlank : MissingBlank;
    }

    internal static Range[] Check(EncryptedFields leaf, ReadOnlySpan<byte> stored)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(stored, hash);
        return hash.SequenceEqual(leaf.Hash.Span)
            ? leaf.Locate(stored)
            : throw new JsonException("what is encrypted beside it does not have the hash that it names");
    }

    /// <summary>Null when the key is destroyed.</summary>
    /// <param name="commitSalt">Receives the 32 bytes under which the leaf commits to the plaintext, when it is not empty.</param>
    internal static byte[]? Decrypt(
        ReadOnlySpan<byte> body, EntryParts parts, EncryptedField part, DataKey key, ReadOnlySpan<byte> stored, Range place,
        Span<byte> commitSalt = default)
    {
        var described = new ByteBuffer(256);
        var salt = stored.Slice(1, EncryptedFields.SaltSize);
        EntryKey.Describe(described, salt, part.Key, body[parts.Stream], body[parts.Tenant], body[parts.Type]);
        Span<byte> derived = stackalloc byte[EntryKey.Size];
        if (!key.TryDerive(described.Written, derived))
            return null;
        if (!commitSalt.IsEmpty)
            derived[EncryptedBox.KeySize..].CopyTo(commitSalt);
        var encryptedBytes = stored[place];
        var plaintext = new byte[encryptedBytes.Length - EncryptedBox.TagSize];
        return EncryptedBox.TryOpen(derived[..EncryptedBox.KeySize], salt[..EncryptedBox.NonceSize], EntryKey.Identity(described),
            encryptedBytes, plaintext)
            ? plaintext
            : throw new JsonException($"what is encrypted beside it cannot be opened with key {part.Key}");
    }

    internal static void ReadMembers(ReadOnlySpan<byte> plaintext, EncryptedField part, List<(string Path, byte[] Json)> opened)
    {
        var reader = new Utf8JsonReader(plaintext);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var path = reader.GetString()!;
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            reader.Skip();
            opened.Add((path, plaintext[start..(int)reader.BytesConsumed].ToArray()));
        }
        if (part.Of.Count == 0)
            throw new JsonException("an encrypted part without members");
    }

    internal static byte[] Blank(string path, FieldEncryption? plan, byte[] text)
    {
        var blank = path == "actor.name" ? TextBlank : plan?.FindPath(path)?.Blank ?? [];
        return blank.AsSpan().SequenceEqual(TextBlank) ? text : blank;
    }

    internal static readonly byte[] TextBlank = Encoding.UTF8.GetBytes($"\"{Erased.Text}\"");
    internal static readonly byte[] EncryptedBlank = Encoding.UTF8.GetBytes($"\"{Erased.Encrypted}\"");
    internal static readonly byte[] MissingBlank = Encoding.UTF8.GetBytes($"\"{Erased.Missing}\"");

    internal static string? Text(byte[]? json) => json is null ? null : EntryParts.Text(json, ..);

    internal static void Merge(ReadOnlySpan<byte> leaf, List<(string Path, byte[] Json)> opened, ByteBuffer data)
    {
        data.Clear();
        if (opened.Exists(
            static member => member.Path.EndsWith(".name", StringComparison.Ordinal) && member.Path.Count(static c => c == '.') == 2))
            MergeNames(leaf, opened, data);
        else
            data.Append(leaf[..^1]);
        foreach (var (path, json) in opened)
        {
            if (json.Length == 0 || !path.StartsWith("data.", StringComparison.Ordinal) || path.IndexOf('.', "data.".Length) >= 0)
                continue;
            if (data.Written[^1] != (byte)'{')
                data.Append((byte)',');
            Jcs.WriteString(path.AsSpan("data.".Length), data);
            data.Append((byte)':');
            data.Append(json);
        }
        data.Append((byte)'}');
    }

    /// <summary>Copies the members, giving people in them their names back.</summary>
    private static void MergeNames(ReadOnlySpan<byte> leaf, List<(string Path, byte[] Json)> opened, ByteBuffer data)
    {
        data.Append((byte)'{');
        var reader = new Utf8JsonReader(leaf);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var path = $"data.{reader.GetString()}.name";
            var start = (int)reader.TokenStartIndex;
            reader.Read();
            reader.Skip();
            if (data.Length > 1)
                data.Append((byte)',');
            var member = leaf[start..(int)reader.BytesConsumed];
            var name = opened.Find(one => one.Path == path).Json;
            data.Append(name is null ? member : member[..^1]);
            if (name is null)
                continue;
            data.Append(",\"name\":"u8);
            data.Append(name);
            data.Append((byte)'}');
        }
    }
}

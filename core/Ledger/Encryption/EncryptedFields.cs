using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text.Json;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>What a leaf says of one part of what is encrypted beside it.</summary>
/// <param name="Key">The key it was encrypted under.</param>
/// <param name="Commit">Commitment to the plaintext: 32 bytes.</param>
/// <param name="Of">The members that are in it, as in <c>data.title</c>.</param>
public sealed record EncryptedField(string Key, ReadOnlyMemory<byte> Commit, IReadOnlyList<string> Of);

/// <summary>
/// The member <c>sealed</c> of an entry: <c>{hash, parts: [{commit, key, of}]}</c>. Stored beside the entry are a version byte, 32 random
/// bytes, and for each part its length (4 bytes, big-endian), ciphertext and tag; <c>hash</c> is the SHA-256 over all of that.
/// </summary>
public sealed record EncryptedFields(ReadOnlyMemory<byte> Hash, IReadOnlyList<EncryptedField> Parts)
{
    internal const byte Format = 1;
    internal const int SaltSize = 32;
    internal const int HeaderSize = 1 + SaltSize;

    /// <summary>Reads the member of a stored entry.</summary>
    /// <exception cref="JsonException">It is not as it should be.</exception>
    public static EncryptedFields Read(ReadOnlySpan<byte> json)
    {
        ReadOnlyMemory<byte> hash = default;
        List<EncryptedField> parts = [];
        var reader = new Utf8JsonReader(json);
        Expect(ref reader, JsonTokenType.StartObject);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("hash"u8))
            {
                hash = Bytes(ref reader);
            }
            else if (reader.ValueTextEquals("parts"u8))
            {
                Expect(ref reader, JsonTokenType.StartArray);
                while (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                    parts.Add(Part(ref reader));
            }
            else
            {
                throw new JsonException("an unknown member in what is said of the encrypted part");
            }
        }
        return hash.Length == SHA256.HashSizeInBytes && parts.Count > 0
            ? new(hash, parts)
            : throw new JsonException("what is said of the encrypted part is incomplete");
    }

    /// <summary>The hash that the leaf names: a quick look, without reading the parts. False when it is not as it should be.</summary>
    internal static bool TryReadHash(ReadOnlySpan<byte> json, Span<byte> hash)
    {
        var reader = new Utf8JsonReader(json);
        return reader.Read() && reader.Read() && reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals("hash"u8)
            && reader.Read() && reader.TokenType == JsonTokenType.String && reader.ValueSpan.Length == 44
            && System.Buffers.Text.Base64.DecodeFromUtf8(reader.ValueSpan, hash, out _, out var written)
                == System.Buffers.OperationStatus.Done && written == hash.Length;
    }

    /// <summary>Whether the member is as the bot writes it. Reads nothing into memory.</summary>
    /// <param name="json">Canonical.</param>
    internal static bool IsWhole(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!Next(ref reader, JsonTokenType.StartObject) || !Name(ref reader, "hash"u8) || !Sum(ref reader))
            return false;
        if (!Name(ref reader, "parts"u8) || !Next(ref reader, JsonTokenType.StartArray))
            return false;
        var parts = 0;
        for (; reader.Read() && reader.TokenType == JsonTokenType.StartObject; parts++)
        {
            if (!Name(ref reader, "commit"u8) || !Sum(ref reader) || !Name(ref reader, "key"u8) || !Next(ref reader, JsonTokenType.String)
                || reader.ValueSpan.IsEmpty)
                return false;
            if (!Name(ref reader, "of"u8) || !Next(ref reader, JsonTokenType.StartArray) || !Next(ref reader, JsonTokenType.String))
                return false;
            while (reader.Read() && reader.TokenType == JsonTokenType.String)
            {
            }
            if (reader.TokenType != JsonTokenType.EndArray || !Next(ref reader, JsonTokenType.EndObject))
                return false;
        }
        return parts > 0 && reader.TokenType == JsonTokenType.EndArray && Next(ref reader, JsonTokenType.EndObject);
    }

    private static bool Next(ref Utf8JsonReader reader, JsonTokenType token) => reader.Read() && reader.TokenType == token;

    private static bool Name(ref Utf8JsonReader reader, ReadOnlySpan<byte> name) =>
        Next(ref reader, JsonTokenType.PropertyName) && reader.ValueTextEquals(name);

    private static bool Sum(ref Utf8JsonReader reader) =>
        Next(ref reader, JsonTokenType.String) && reader.ValueSpan.Length == 44 && System.Buffers.Text.Base64.IsValid(reader.ValueSpan);

    /// <summary>Where the ciphertext of each part is in the stored bytes.</summary>
    /// <exception cref="JsonException">The bytes are not what the leaf speaks of.</exception>
    internal Range[] Locate(ReadOnlySpan<byte> stored)
    {
        var places = new Range[Parts.Count];
        var at = HeaderSize;
        for (var i = 0; i < places.Length; i++)
        {
            var length = stored.Length - at >= sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(stored[at..]) : -1;
            at += sizeof(int);
            if (length < EncryptedBox.TagSize || length > stored.Length - at)
                throw new JsonException("the encrypted part is cut off");
            places[i] = at..(at + length);
            at += length;
        }
        return at == stored.Length && stored[0] == Format
            ? places
            : throw new JsonException("the encrypted part has a format that this version does not know");
    }

    private static EncryptedField Part(ref Utf8JsonReader reader)
    {
        var (key, commit, of) = ("", default(ReadOnlyMemory<byte>), new List<string>());
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("commit"u8))
            {
                commit = Bytes(ref reader);
            }
            else if (reader.ValueTextEquals("key"u8))
            {
                Expect(ref reader, JsonTokenType.String);
                key = reader.GetString()!;
            }
            else if (reader.ValueTextEquals("of"u8))
            {
                Expect(ref reader, JsonTokenType.StartArray);
                while (reader.Read() && reader.TokenType == JsonTokenType.String)
                    of.Add(reader.GetString()!);
            }
            else
            {
                throw new JsonException("an unknown member in what is said of the encrypted part");
            }
        }
        return key.Length > 0 && of.Count > 0 && commit.Length == SHA256.HashSizeInBytes
            ? new(key, commit, of)
            : throw new JsonException("what is said of the encrypted part is incomplete");
    }

    private static byte[] Bytes(ref Utf8JsonReader reader)
    {
        Expect(ref reader, JsonTokenType.String);
        return reader.TryGetBytesFromBase64(out var bytes) ? bytes : throw new JsonException("not Base64 where it is due");
    }

    private static void Expect(ref Utf8JsonReader reader, JsonTokenType token)
    {
        if (!reader.Read() || reader.TokenType != token)
            throw new JsonException("what is said of the encrypted part is not as it should be");
    }
}

using System.Buffers.Binary;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>What a derived document says of itself in the clear. All of it is authenticated with the content.</summary>
/// <param name="Format">Of the document; see <see cref="DerivedDocuments.Format"/>.</param>
/// <param name="Shape">As <see cref="StateJson.GetShape"/> gives it.</param>
/// <param name="Seq">The entry up to which it was derived.</param>
/// <param name="Leaf">The leaf hash of that entry.</param>
/// <param name="Key">Under which key it is encrypted.</param>
/// <param name="Salt">Random for every write; what the key of this document is derived over.</param>
/// <param name="Parts">How many documents the content takes beside this one; 0 where it is in this one.</param>
internal sealed record DerivedHeader(
    int Format, TenantId Tenant, string Kind, string Id, string Shape, long Seq, byte[] Leaf, string Key, byte[] Salt, int Parts);

/// <summary>Which derived document.</summary>
/// <param name="Shape">As <see cref="StateJson.GetShape"/> gives it for what is in it.</param>
internal readonly record struct DerivedName(TenantId Tenant, string Kind, string Id, string Shape);

/// <summary>A derived document as it was read, or why it is of no use.</summary>
internal abstract record DerivedContent
{
    private DerivedContent() { }

    /// <summary>There is none.</summary>
    public sealed record Missing : DerivedContent;

    /// <param name="Why">As a clause without a full stop.</param>
    public sealed record Unfit(string Why) : DerivedContent;

    public sealed record Fit(DerivedHeader Header, byte[] Content) : DerivedContent;
}

/// <summary>
/// Documents that were derived from entries and can be derived again: compressed, then encrypted under a key that every erasure destroys,
/// and cut into parts where they are large. Whoever finds one that does not fit derives anew.
/// </summary>
internal sealed class DerivedDocuments(IDocuments documents)
{
    /// <summary>To be raised when what is written here, or how, changes.</summary>
    public const int Format = 1;

    /// <summary>A document of Cosmos DB has 2 MB at most, in Base64.</summary>
    internal const int MaxPartBytes = 1024 * 1024;

    private const int SaltSize = 32;
    private static ReadOnlySpan<byte> Label => "DevOpsAI derived document 1\n"u8;

    /// <summary>Writes over what is there; the last of several wins.</summary>
    /// <param name="key">The tenant's, as of before what is written was derived.</param>
    /// <returns>False when the key was destroyed since: somebody was erased, and nothing was written.</returns>
    /// <exception cref="LedgerUnavailableException">It cannot be written now.</exception>
    public async Task<bool> TryPutAsync(
        DataKey key, DerivedName name, (long Seq, ReadOnlyMemory<byte> Leaf) at, byte[] content, CancellationToken cancellationToken)
    {
        var packed = Pack(content);
        var salt = RandomNumberGenerator.GetBytes(SaltSize);
        var length = packed.Length + EncryptedBox.TagSize;
        var parts = length <= MaxPartBytes ? 0 : (length + MaxPartBytes - 1) / MaxPartBytes;
        var header = new DerivedHeader(Format, name.Tenant, name.Kind, name.Id, name.Shape, at.Seq, at.Leaf.ToArray(), key.Id, salt, parts);
        var said = JsonSerializer.SerializeToUtf8Bytes(header, DerivedJson.Default.DerivedHeader);
        if (Encrypt(key, salt, said, packed) is not { } concealed)
            return false;
        var write = GetName(salt);
        for (var part = 0; part < parts; part++)
        {
            var piece = concealed.AsMemory(part * MaxPartBytes, Math.Min(MaxPartBytes, concealed.Length - (part * MaxPartBytes)));
            await OverwriteAsync(name, PartId(name.Id, write, part), piece, cancellationToken);
        }
        var before = await OverwriteAsync(name, name.Id, Whole(said, parts == 0 ? concealed : []), cancellationToken);
        if (before is not null && Read(before.Value, out _, out _) is not { Parts: 0 })
            await DeletePartsAsync(name, write, cancellationToken);
        return true;
    }

    /// <param name="key">The tenant's; null when there is none.</param>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async ValueTask<DerivedContent> FindAsync(DataKey? key, DerivedName name, CancellationToken cancellationToken)
    {
        if (await documents.FindAsync(DocumentScope.From(name.Tenant), name.Kind, name.Id, cancellationToken) is not { } found)
            return new DerivedContent.Missing();
        if (Read(found.Value, out var said, out var rest) is not { } header)
            return new DerivedContent.Unfit("it is torn");
        if (header.Format != Format || header.Shape != name.Shape)
            return new DerivedContent.Unfit("another version of the bot wrote it");
        if (header.Tenant != name.Tenant || header.Kind != name.Kind || header.Id != name.Id)
            return new DerivedContent.Unfit($"it is {header.Kind} {header.Id} of {header.Tenant}");
        if (key is null || key.Id != header.Key)
            return new DerivedContent.Unfit("it is from before somebody was erased");
        if (header.Parts > 0)
        {
            if (await JoinAsync(header, cancellationToken) is not { } joined)
                return new DerivedContent.Unfit("a part of it is missing");
            rest = joined;
        }
        return Open(key, header.Salt, said, rest) is { } content
            ? new DerivedContent.Fit(header, content)
            : new DerivedContent.Unfit("it is torn");
    }

    private async ValueTask<ReadOnlyMemory<byte>?> JoinAsync(DerivedHeader header, CancellationToken cancellationToken)
    {
        using var joined = new MemoryStream();
        for (var part = 0; part < header.Parts; part++)
        {
            var id = PartId(header.Id, GetName(header.Salt), part);
            if (await documents.FindAsync(DocumentScope.From(header.Tenant), header.Kind, id, cancellationToken) is not { } piece)
                return null;
            joined.Write(piece.Value.Span);
        }
        return joined.ToArray();
    }

    /// <returns>What was there before.</returns>
    private async Task<Document?> OverwriteAsync(
        DerivedName name, string id, ReadOnlyMemory<byte> value, CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(name.Tenant);
        while (true)
        {
            var there = await documents.FindAsync(scope, name.Kind, id, cancellationToken);
            if (await documents.TryPutAsync(scope, name.Kind, id, value, there?.Tag, cancellationToken))
                return there;
        }
    }

    /// <summary>Parts of earlier writes.</summary>
    private async Task DeletePartsAsync(DerivedName name, string write, CancellationToken cancellationToken)
    {
        var scope = DocumentScope.From(name.Tenant);
        await foreach (var part in documents.ListAsync(scope, name.Kind, $"{name.Id}|", cancellationToken))
        {
            if (!part.Id.StartsWith($"{name.Id}|{write}|", StringComparison.Ordinal))
                await documents.DeleteAsync(scope, name.Kind, part.Id, cancellationToken);
        }
    }

    /// <summary>Null when the key is destroyed.</summary>
    private static byte[]? Encrypt(DataKey key, byte[] salt, byte[] said, byte[] packed)
    {
        Span<byte> derived = stackalloc byte[EncryptedBox.KeySize];
        if (!key.TryDerive([.. Label, .. salt], derived))
            return null;
        var concealed = new byte[packed.Length + EncryptedBox.TagSize];
        EncryptedBox.Encrypt(derived, salt.AsSpan(0, EncryptedBox.NonceSize), said, packed, concealed);
        CryptographicOperations.ZeroMemory(derived);
        return concealed;
    }

    private static byte[]? Open(DataKey key, byte[] salt, ReadOnlyMemory<byte> said, ReadOnlyMemory<byte> concealed)
    {
        Span<byte> derived = stackalloc byte[EncryptedBox.KeySize];
        if (salt.Length != SaltSize || concealed.Length < EncryptedBox.TagSize || !key.TryDerive([.. Label, .. salt], derived))
            return null;
        var packed = new byte[concealed.Length - EncryptedBox.TagSize];
        var isOpen = EncryptedBox.TryOpen(derived, salt.AsSpan(0, EncryptedBox.NonceSize), said.Span, concealed.Span, packed);
        CryptographicOperations.ZeroMemory(derived);
        return isOpen ? Unpack(packed) : null;
    }

    private static byte[] Pack(byte[] content)
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
            brotli.Write(content);
        return packed.ToArray();
    }

    private static byte[] Unpack(byte[] packed)
    {
        using var content = new MemoryStream();
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        brotli.CopyTo(content);
        return content.ToArray();
    }

    private static byte[] Whole(byte[] said, byte[] concealed)
    {
        var whole = new byte[sizeof(int) + said.Length + concealed.Length];
        BinaryPrimitives.WriteInt32BigEndian(whole, said.Length);
        said.CopyTo(whole, sizeof(int));
        concealed.CopyTo(whole, sizeof(int) + said.Length);
        return whole;
    }

    private static DerivedHeader? Read(ReadOnlyMemory<byte> whole, out ReadOnlyMemory<byte> said, out ReadOnlyMemory<byte> rest)
    {
        (said, rest) = (default, default);
        var length = whole.Length >= sizeof(int) ? BinaryPrimitives.ReadInt32BigEndian(whole.Span) : -1;
        if (length < 0 || length > whole.Length - sizeof(int))
            return null;
        (said, rest) = (whole.Slice(sizeof(int), length), whole[(sizeof(int) + length)..]);
        try
        {
            return JsonSerializer.Deserialize(said.Span, DerivedJson.Default.DerivedHeader);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static string GetName(byte[] salt) => Convert.ToHexStringLower(salt.AsSpan(0, 8));

    private static string PartId(string id, string write, int part) => $"{id}|{write}|{part:D4}";
}

[JsonSourceGenerationOptions(JsonSerializerDefaults.Strict, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(DerivedHeader))]
internal sealed partial class DerivedJson : JsonSerializerContext;

using System.Globalization;
using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>One entry as a commit holds it.</summary>
/// <param name="Body">The canonical text that was hashed.</param>
internal sealed record CommitLine(string Stream, long Version, byte[] Leaf, byte[] Body, byte[]? Sealed)
{
    public StoredEntry Stored(long seq) =>
        new(seq, Body, Leaf, Sealed is null ? (ReadOnlyMemory<byte>?)null : Sealed) { FiledAs = new(Stream, Version) };
}

/// <summary>
/// One document of the ledger: entries that became durable together. Its id is the seq of the first one, so whoever wants to be next wants
/// the id after the last entry he knows, and of several only one gets it. A document cannot be half written, so neither can an append.
/// </summary>
/// <param name="Nonce">Made by whoever wrote it, to know the own write again when its answer was lost.</param>
internal sealed record Commit(TenantId Tenant, long First, string Nonce, IReadOnlyList<CommitLine> Lines)
{
    /// <summary>A document may be 2 MB; beyond this its entries are compressed.</summary>
    private const int MaxPlainBytes = 1_000_000;

    private const int MaxDocumentBytes = 1_950_000;

    private const int Format = 1;

    public long Last => First + Lines.Count - 1;

    /// <summary>Its entries as they are stored.</summary>
    public IReadOnlyList<StoredEntry> Stored() => [.. Lines.Select((line, n) => line.Stored(First + n))];

    public static string GetId(long first) => first.ToString("D16", CultureInfo.InvariantCulture);

    /// <exception cref="ArgumentException">Too large for one document even when compressed.</exception>
    public byte[] Write()
    {
        var plain = Write(packed: false);
        if (plain.Length <= MaxPlainBytes)
            return plain;
        var document = Write(packed: true);
        return document.Length <= MaxDocumentBytes
            ? document
            : throw TooLarge(document.Length, []);
    }

    /// <exception cref="JsonException">Not a commit.</exception>
    /// <exception cref="LedgerUnavailableException">A commit of a format that is not known here; nothing follows from that about what is in
    /// it.</exception>
    public static Commit Read(JsonElement document)
    {
        try
        {
            var format = document.GetProperty("v").GetInt32();
            if (format > Format)
            {
                throw new LedgerUnavailableException(
                    $"The document {document.GetProperty("id").GetString()} of {document.GetProperty("tenant").GetString()} has format "
                    + $"{format}; this version reads and writes format {Format}. Use the version that wrote it; nothing was changed.");
            }
            if (format != Format)
                throw new JsonException($"there is no format {format}");
            var lines = document.TryGetProperty("packed", out var packed)
                ? Unpack(packed.GetBytesFromBase64())
                : ReadLines(document.GetProperty("entries"));
            return new(
                TenantId.Parse(document.GetProperty("tenant").GetString()!),
                long.Parse(document.GetProperty("id").GetString()!, NumberStyles.None, CultureInfo.InvariantCulture),
                document.GetProperty("commit").GetString()!,
                lines);
        }
        catch (Exception unfit) when (unfit is InvalidOperationException or FormatException or KeyNotFoundException or OverflowException
            or InvalidDataException or ArgumentException)
        {
            throw new JsonException(unfit.Message, unfit);
        }
    }

    public static Commit Read(byte[] document)
    {
        using var parsed = JsonDocument.Parse(document);
        return Read(parsed.RootElement);
    }

    private static ArgumentException TooLarge(int length, IReadOnlyList<NewEntry> entries) =>
        new($"What is to be appended at once takes {length} bytes compressed; at most {MaxDocumentBytes} can be kept together.",
            nameof(entries));

    private byte[] Write(bool packed)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(
            output, new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            writer.WriteStartObject();
            writer.WriteString("id", GetId(First));
            writer.WriteString("tenant", Tenant.Value);
            writer.WriteNumber("v", Format);
            writer.WriteString("commit", Nonce);
            if (packed)
            {
                writer.WriteBase64String("packed", Pack());
            }
            else
            {
                writer.WritePropertyName("entries");
                WriteLines(writer);
            }
            writer.WriteEndObject();
        }
        return output.ToArray();
    }

    private void WriteLines(Utf8JsonWriter writer)
    {
        writer.WriteStartArray();
        for (var i = 0; i < Lines.Count; i++)
        {
            var line = Lines[i];
            writer.WriteStartObject();
            writer.WriteNumber("seq", First + i);
            writer.WriteString("stream", line.Stream);
            writer.WriteNumber("version", line.Version);
            writer.WriteBase64String("leaf", line.Leaf);
            writer.WriteString("body", line.Body);
            if (line.Sealed is { } concealed)
                writer.WriteBase64String("sealed", concealed);
            writer.WriteEndObject();
        }
        writer.WriteEndArray();
    }

    private byte[] Pack()
    {
        using var packed = new MemoryStream();
        using (var brotli = new BrotliStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        using (var writer = new Utf8JsonWriter(brotli))
            WriteLines(writer);
        return packed.ToArray();
    }

    private static List<CommitLine> Unpack(byte[] packed)
    {
        using var brotli = new BrotliStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var parsed = JsonDocument.Parse(brotli);
        return ReadLines(parsed.RootElement);
    }

    private static List<CommitLine> ReadLines(JsonElement entries) => [.. entries.EnumerateArray().Select(static entry => new CommitLine(
        entry.GetProperty("stream").GetString() ?? throw new JsonException("an entry without a stream"),
        entry.GetProperty("version").GetInt64(),
        entry.GetProperty("leaf").GetBytesFromBase64(),
        Encoding.UTF8.GetBytes(entry.GetProperty("body").GetString()!),
        entry.TryGetProperty("sealed", out var concealed) ? concealed.GetBytesFromBase64() : null))];
}

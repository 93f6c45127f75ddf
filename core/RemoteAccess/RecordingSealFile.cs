using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.RemoteAccess;

/// <summary>
/// The file <c>NAME.cast.seal</c> beside a recording: its seals as JSON. A convenience for whoever is handed the recording; what is on the
/// ledger decides.
/// </summary>
public static class RecordingSealFile
{
    public const string Extension = ".seal";

    private const string Format = "devops-ai-bot/recording-seals";
    private const int Version = 1;
    private const int LargestFile = 16 * 1024 * 1024;

    public static byte[] Write(IEnumerable<RecordingSeal> seals) => [.. JsonSerializer.SerializeToUtf8Bytes(
        new SealsOnFile(Format, Version,
            [.. seals.Select(static seal => new SealOnFile(seal.Lines, seal.Bytes, seal.IsFinal, seal.Signed.ToString()))]),
        RecordingJson.Readable.SealsOnFile), (byte)'\n'];

    /// <exception cref="NoteFormatException">Not such a file, or of a version that this program does not know.</exception>
    public static IReadOnlyList<RecordingSeal> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > LargestFile)
            throw new NoteFormatException("the file with the seals is larger than such a file can be");
        try
        {
            var read = JsonSerializer.Deserialize(file, RecordingJson.Readable.SealsOnFile) ?? throw new JsonException("null");
            if (read.Format != Format)
                throw new NoteFormatException($"the file with the seals says that it is something else than {Format}");
            if (read.Version != Version)
                throw new NoteFormatException(
                    $"the file with the seals is of version {read.Version}; this program knows version {Version}");
            return [.. read.Seals.Select(
                static seal => SignedCheckpoint.Parse(seal.Note) is var signed && signed.Checkpoint.Size == seal.Lines
                ? new RecordingSeal(seal.Bytes, seal.Final, signed)
                : throw new NoteFormatException($"a seal of {seal.Lines} lines holds a note about {signed.Checkpoint.Size}"))];
        }
        catch (JsonException malformed)
        {
            throw new NoteFormatException($"the file with the seals cannot be read: {malformed.Message}");
        }
    }
}

internal sealed record SealsOnFile(string Format, int Version, IReadOnlyList<SealOnFile> Seals);

internal sealed record SealOnFile(long Lines, long Bytes, bool Final, string Note);

[JsonSerializable(typeof(SealsOnFile))]
internal sealed partial class RecordingJson : JsonSerializerContext
{
    public static RecordingJson Readable { get; } = new(new JsonSerializerOptions
    {
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
        RespectNullableAnnotations = true,
        RespectRequiredConstructorParameters = true,
        AllowDuplicateProperties = false,
        WriteIndented = true,
        NewLine = "\n",
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    });
}

using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.RemoteAccess;

/// <summary>
/// The file <c>NAME.cast.seal</c> beside a recording: its checkpoints as JSON. A convenience for whoever is handed the recording; what is
/// on the ledger decides.
/// </summary>
public static class RecordingCheckpointFile
{
    public const string Extension = ".seal";

    private const string Format = "devops-ai-bot/recording-seals";
    private const int Version = 1;
    private const int MaxFileBytes = 16 * 1024 * 1024;

    public static byte[] Write(IEnumerable<RecordingCheckpoint> checkpoints) => [.. JsonSerializer.SerializeToUtf8Bytes(
        new StoredCheckpoints(Format, Version,
            [.. checkpoints.Select(static checkpoint => new StoredCheckpoint(checkpoint.Lines, checkpoint.Bytes, checkpoint.IsFinal,
                checkpoint.Signed.ToString()))]),
        RecordingJson.Readable.StoredCheckpoints), (byte)'\n'];

    /// <exception cref="NoteFormatException">Not such a file, or of a version that this program does not know.</exception>
    public static IReadOnlyList<RecordingCheckpoint> Read(ReadOnlySpan<byte> file)
    {
        if (file.Length > MaxFileBytes)
            throw new NoteFormatException("the file of checkpoints is larger than such a file can be");
        try
        {
            var read = JsonSerializer.Deserialize(file, RecordingJson.Readable.StoredCheckpoints) ?? throw new JsonException("null");
            if (read.Format != Format)
                throw new NoteFormatException($"the file of checkpoints says that it is something else than {Format}");
            if (read.Version != Version)
                throw new NoteFormatException(
                    $"the file of checkpoints is of version {read.Version}; this program knows version {Version}");
            return [.. read.Seals.Select(
                static checkpoint => SignedCheckpoint.Parse(checkpoint.Note) is var signed && signed.Checkpoint.Size == checkpoint.Lines
                ? new RecordingCheckpoint(checkpoint.Bytes, checkpoint.Final, signed)
                : throw new NoteFormatException($"a checkpoint of {checkpoint.Lines} lines holds a note about {signed.Checkpoint.Size}"))];
        }
        catch (JsonException malformed)
        {
            throw new NoteFormatException($"the file of checkpoints cannot be read: {malformed.Message}");
        }
    }
}

internal sealed record StoredCheckpoints(string Format, int Version, IReadOnlyList<StoredCheckpoint> Seals);

internal sealed record StoredCheckpoint(long Lines, long Bytes, bool Final, string Note);

[JsonSerializable(typeof(StoredCheckpoints))]
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

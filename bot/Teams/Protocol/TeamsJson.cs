using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace DevOpsAI.Bot.Teams.Protocol;

/// <summary>What we receive is read tolerantly: unknown members are ignored, missing ones are null.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(Activity))]
[JsonSerializable(typeof(ResourceResponse))]
[JsonSerializable(typeof(PagedMembers))]
[JsonSerializable(typeof(RosterMember))]
[JsonSerializable(typeof(ErrorResponse))]
internal sealed partial class TeamsJson : JsonSerializerContext;

/// <param name="Id">Of the activity, or of a created conversation.</param>
internal sealed record ResourceResponse(string? Id, string? ActivityId);

internal sealed record PagedMembers(IReadOnlyList<RosterMember?>? Members, string? ContinuationToken);

/// <summary>Paged and single members name the Entra id <c>aadObjectId</c>, the old list <c>objectId</c>.</summary>
internal sealed record RosterMember(
    string? Id, string? AadObjectId, string? ObjectId, string? Name, string? UserRole, string? UserPrincipalName);

internal sealed record ErrorResponse(ErrorDetail? Error);

internal sealed record ErrorDetail(string? Code, string? Message);

/// <summary>Writes what we send. Written by hand: it is small, and the click path should not pay for reflection.</summary>
internal static class TeamsWriter
{
    // The receiver is a JSON parser, not an HTML page: letters of other scripts stay readable and short.
    private static readonly JsonWriterOptions Options =
        new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    [ThreadStatic] private static ArrayBufferWriter<byte>? written;
    [ThreadStatic] private static Utf8JsonWriter? writing;

    public static byte[] Write(InvokeResponse response) => Write(writer =>
    {
        writer.WriteStartObject();
        writer.WriteNumber("statusCode", response.StatusCode);
        writer.WriteString("type", response.Type);
        writer.WritePropertyName("value");
        WriteValue(writer, response.Value);
        writer.WriteEndObject();
    });

    public static byte[] Write(Action<Utf8JsonWriter> write)
    {
        var buffer = written ??= new(32 * 1024);
        var writer = writing ??= new(buffer, Options);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        write(writer);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private static void WriteValue(Utf8JsonWriter writer, object? value)
    {
        switch (value)
        {
            case null:
                writer.WriteNullValue();
                break;
            case OutgoingJson json:
                json.WriteTo(writer);
                break;
            case JsonElement element:
                element.WriteTo(writer);
                break;
            case string text:
                writer.WriteStringValue(text);
                break;
            case InvokeError error:
                writer.WriteStartObject();
                writer.WriteString("code", error.Code);
                writer.WriteString("message", error.Message);
                writer.WriteEndObject();
                break;
            default:
                throw new ArgumentException($"An invoke cannot be answered with a {value.GetType().Name}.", nameof(value));
        }
    }
}

using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>
/// Takes a connection's secrets out of what its vendor answered, before anything of it is told: some vendors say which key they do not
/// take, and what they say goes to consoles, cards and the ledger.
/// </summary>
internal sealed class SecretMasks(Manifest manifest, VendorCredentials credentials)
{
    /// <summary>What stands in a secret's place.</summary>
    public const string Mask = "(secret)";

    /// <summary>Shorter ones are in many a word; they are no secrets to anybody.</summary>
    private const int MinLength = 4;

    /// <summary>In an answer that is no refusal shorter ones stay: they may be a name, and masked it would be found no more.</summary>
    private const int MinLengthInRecords = 8;

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly JsonDocument Nothing = JsonDocument.Parse("null");

    /// <summary>The answer without the connection's secrets, in whichever form.</summary>
    /// <param name="tokens">What was sent besides what the settings have; null for nothing.</param>
    public VendorAnswer Hide(Connection connection, VendorAnswer answer, params IEnumerable<string?> tokens)
    {
        var least = answer.Status < HttpStatusCode.BadRequest ? MinLengthInRecords : MinLength;
        List<string> forms =
        [
            .. Secrets(connection).Concat(tokens.OfType<string>()).Where(one => one.Length >= least).SelectMany(Forms)
                .Distinct(StringComparer.Ordinal).OrderByDescending(static one => one.Length),
        ];
        // Where nothing is escaped, what is not in the text is not in the document.
        if (!answer.Body.Contains('\\', StringComparison.Ordinal) && !Has(answer.Body, forms))
            return answer;
        try
        {
            using var document = JsonDocument.Parse(answer.Body);
            return Has(document.RootElement, forms) ? answer with { Body = Rewrite(document.RootElement, forms) } : answer;
        }
        catch (JsonException)
        {
            return answer with { Body = Hide(answer.Body, forms) };
        }
    }

    private IEnumerable<string> Secrets(Connection connection)
    {
        var given = VendorCredentials.Given(manifest, connection);
        foreach (var setting in manifest.Settings.Where(static setting => setting.IsSecret))
        {
            if (Read(connection, setting.Name) is { } secret)
                yield return given[$"secret.{setting.Name}"] = secret.Trim();
        }
        foreach (var basic in new[] { manifest.Authentication.Basic, manifest.Authentication.Token?.Basic }.OfType<BasicRule>())
            yield return VendorMessages.Basic(basic, new(Nothing.RootElement, given)).Parameter!;
    }

    private string? Read(Connection connection, string setting)
    {
        try
        {
            return credentials.Secret(connection, setting);
        }
        catch (SecretUnavailableException)
        {
            return null; // then it was not sent either
        }
    }

    /// <summary>A secret as it is, as an address or a form has it, and in base64.</summary>
    private static IEnumerable<string> Forms(string secret)
    {
        var base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        return
        [
            secret, Uri.EscapeDataString(secret), WebUtility.UrlEncode(secret), base64, base64.TrimEnd('='),
            base64.TrimEnd('=').Replace('+', '-').Replace('/', '_'),
        ];
    }

    private static bool Has(string text, List<string> forms) =>
        forms.Exists(form => text.Contains(form, StringComparison.OrdinalIgnoreCase));

    private static bool Has(JsonElement part, List<string> forms) => part.ValueKind switch
    {
        JsonValueKind.Object => part.EnumerateObject().Any(one => Has(one.Value, forms)),
        JsonValueKind.Array => part.EnumerateArray().Any(one => Has(one, forms)),
        JsonValueKind.String or JsonValueKind.Number => Text(part) is { } text && Has(text, forms),
        _ => false,
    };

    private static string Hide(string text, List<string> forms) =>
        forms.Aggregate(text, static (left, form) => left.Replace(form, Mask, StringComparison.OrdinalIgnoreCase));

    private static string Rewrite(JsonElement document, List<string> forms)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer, Writing))
            Write(writer, document, forms);
        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private static void Write(Utf8JsonWriter writer, JsonElement part, List<string> forms)
    {
        switch (part.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in part.EnumerateObject())
                {
                    writer.WritePropertyName(member.Name);
                    Write(writer, member.Value, forms);
                }
                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in part.EnumerateArray())
                    Write(writer, item, forms);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String or JsonValueKind.Number when Text(part) is { } text && Has(text, forms):
                writer.WriteStringValue(Hide(text, forms));
                break;
            default:
                writer.WriteRawValue(part.GetRawText(), skipInputValidation: true);
                break;
        }
    }

    /// <summary>Null for what no text can be, as half a character.</summary>
    private static string? Text(JsonElement part)
    {
        try
        {
            return part.ValueKind == JsonValueKind.String ? part.GetString() : part.GetRawText();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

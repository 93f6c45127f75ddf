using System.Text.Json;
using System.Text.RegularExpressions;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.CloudEvents;

/// <summary>A CloudEvent whose attributes are valid.</summary>
/// <param name="Extensions">By name, as text.</param>
/// <param name="Data">The payload when it is a JSON object; otherwise null, and <paramref name="DataText"/> may have it as text.</param>
internal sealed record CloudEvent(
    string Id,
    string Source,
    string Type,
    string? Subject,
    DateTimeOffset? Time,
    IReadOnlyDictionary<string, string> Extensions,
    JsonField? Data,
    string? DataText);

/// <summary>The rules of the specification for attributes, whatever carries them.</summary>
internal static partial class CloudEventRules
{
    public const string SpecVersion = "1.0";

    public static readonly IReadOnlySet<string> Defined = new HashSet<string>
    {
        "id", "source", "specversion", "type", "datacontenttype", "dataschema", "subject", "time",
    };

    /// <summary>Checks and assembles; <paramref name="at"/> makes a field's full name from an attribute's.</summary>
    public static CloudEvent Build(
        IReadOnlyDictionary<string, string> attributes, Func<string, string> at, JsonField? data, string? dataText)
    {
        foreach (var name in attributes.Keys.Where(name => !ExtensionName().IsMatch(name)))
            throw new MalformedEventException(at(name), "is not an attribute name: lower-case letters and digits only.");
        if (Required("specversion") is var version && version != SpecVersion)
            throw new MalformedEventException(at("specversion"), "is not \"1.0\", the only version that is understood.");
        var source = Required("source");
        if (!Uri.TryCreate(source, UriKind.RelativeOrAbsolute, out _) || source.Any(char.IsWhiteSpace))
            throw new MalformedEventException(at("source"), "must be a URI-reference.");
        if (Optional("dataschema") is { } schema && !Uri.TryCreate(schema, UriKind.Absolute, out _))
            throw new MalformedEventException(at("dataschema"), "must be an absolute URI.");
        if (Optional("datacontenttype") is { } contentType && !contentType.Contains('/', StringComparison.Ordinal))
            throw new MalformedEventException(at("datacontenttype"), "must be a media type.");
        DateTimeOffset? time = null;
        if (Optional("time") is { } timeText)
            time = Rfc3339.TryParse(timeText, out var read)
                ? read
                : throw new MalformedEventException(at("time"), "must be a time as RFC 3339 writes it, as in 2026-11-21T03:04:05Z.");
        var extensions = attributes.Where(pair => !Defined.Contains(pair.Key)).ToDictionary();
        return new(Required("id"), source, Required("type"), Optional("subject"), time, extensions, data, dataText);

        string Required(string name)
        {
            var value = Optional(name) ?? throw new MalformedEventException(at(name), "is missing.");
            return string.IsNullOrWhiteSpace(value) ? throw new MalformedEventException(at(name), "must not be blank.") : value;
        }

        string? Optional(string name)
        {
            if (!attributes.TryGetValue(name, out var value))
                return null;
            return value.Length > 0 ? value : throw new MalformedEventException(at(name), "must not be empty.");
        }
    }

    /// <summary>The payload, when it is a JSON object.</summary>
    public static JsonField? ObjectOrNull(JsonField? data) => data is { Kind: JsonValueKind.Object } ? data : null;

    [GeneratedRegex(@"\A[a-z0-9]+\z", RegexOptions.CultureInvariant | RegexOptions.NonBacktracking)]
    private static partial Regex ExtensionName();
}

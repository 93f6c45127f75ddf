using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>Reads the JSON files of a package, and finds places in them by the two ways in which they are named.</summary>
internal static partial class PackageJson
{
    private const int MaxBytes = 512 * 1024;
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false };

    /// <summary>Null when it is not JSON, or no object; that is said then.</summary>
    public static JsonElement? Read(byte[] content, string name, Findings findings)
    {
        if (content.Length > MaxBytes)
        {
            findings.Add(name, $"has {content.Length} bytes, and a file of texts has {MaxBytes} at most: make it smaller.");
            return null;
        }
        if (!System.Text.Unicode.Utf8.IsValid(content))
        {
            findings.Add(name, "is not UTF-8 text: save it as UTF-8.");
            return null;
        }
        try
        {
            using var document = JsonDocument.Parse(content.AsMemory(content.AsSpan().StartsWith(Encoding.UTF8.Preamble) ? 3 : 0), Strict);
            // An escape of half a character is not seen before its text is taken.
            _ = Texts(document.RootElement).Count();
            if (document.RootElement.ValueKind == JsonValueKind.Object)
                return document.RootElement.Clone();
            findings.Add(name, "is no JSON object: it begins with '{' and ends with '}'.");
        }
        catch (InvalidOperationException)
        {
            findings.Add(name, "holds half of a character (a lone surrogate): write the character whole.");
        }
        catch (JsonException wrong)
        {
            var where = wrong.LineNumber is { } line ? $" in line {line + 1}" : "";
            findings.Add(
                name, $"is not JSON{where}, or names something twice: {FirstSentence(wrong.Message)} Correct it; an editor shows where.");
        }
        return null;
    }

    /// <summary>The place that a path such as <c>bots[0].commandLists[1]</c> names; null when there is none.</summary>
    public static JsonElement? Find(JsonElement root, string path)
    {
        var at = root;
        var matched = 0;
        foreach (var step in Steps().Matches(path).TakeWhile(step => step.Index == matched))
        {
            matched += step.Length;
            if (Next(at, step.Groups["name"].Success ? step.Groups["name"].Value : step.Groups["index"].Value,
                isIndex: step.Groups["index"].Success) is not { } next)
                return null;
            at = next;
        }
        return matched == path.Length ? at : null;
    }

    /// <summary>Follows a JSON Pointer (RFC 6901), and says the way in the form of <see cref="Find"/>.</summary>
    public static (JsonElement? Found, string Path) Follow(JsonElement root, string pointer)
    {
        JsonElement? at = root;
        var path = new StringBuilder();
        foreach (var part in pointer.Split('/').Skip(1))
        {
            var name = part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);
            var isIndex = at?.ValueKind == JsonValueKind.Array;
            path.Append(isIndex ? $"[{name}]" : $"{(path.Length == 0 ? "" : ".")}{name}");
            at = at is { } here ? Next(here, name, isIndex) : null;
        }
        return (at, path.ToString());
    }

    /// <summary>Every text in it, with its path.</summary>
    public static IEnumerable<(string Path, string Text)> Texts(JsonElement element, string path = "") => element.ValueKind switch
    {
        JsonValueKind.Object => element.EnumerateObject()
            .SelectMany(member => Texts(member.Value, path.Length == 0 ? member.Name : $"{path}.{member.Name}")),
        JsonValueKind.Array => element.EnumerateArray().SelectMany((item, index) => Texts(item, $"{path}[{index}]")),
        JsonValueKind.String => [(path, element.GetString()!)],
        _ => [],
    };

    /// <summary>The text at a path; null when there is none.</summary>
    public static string? Text(JsonElement root, string path) =>
        Find(root, path) is { ValueKind: JsonValueKind.String } found ? found.GetString() : null;

    /// <summary>The entries of the list at a path; none when there is no list.</summary>
    public static IEnumerable<JsonElement> List(JsonElement root, string path) =>
        Find(root, path) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray() : [];

    private static JsonElement? Next(JsonElement at, string name, bool isIndex)
    {
        if (at.ValueKind == JsonValueKind.Array)
        {
            return isIndex && int.TryParse(name, NumberStyles.None, null, out var index) && index < at.GetArrayLength() ? at[index] : null;
        }
        return !isIndex && at.ValueKind == JsonValueKind.Object && at.TryGetProperty(name, out var member) ? member : null;
    }

    private static string FirstSentence(string message) =>
        message.IndexOf(". ", StringComparison.Ordinal) is >= 0 and var end ? message[..(end + 1)] : message;

    [GeneratedRegex(@"\G(?:\.?(?<name>[^.\[\]]+)|\[(?<index>\d+)\])", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Steps();
}

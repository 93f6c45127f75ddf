using System.Text;
using System.Text.Json;

namespace DevOpsAI.Connectors.Toolkit.Scaffolding;

/// <summary>Text of a description as a manifest may hold it: it is the vendor's, and none of it is to be read as anything else.</summary>
internal static class ApiText
{
    /// <summary>
    /// One line without control characters, braces (a template's) and hashes (a comment's), cut to a length; empty when there is nothing.
    /// </summary>
    public static string Line(string? text, int length)
    {
        var kept = (text ?? "").Where(static c => (!char.IsControl(c) || char.IsWhiteSpace(c)) && !char.IsSurrogate(c)
            && c is not ('{' or '}' or '#'));
        var line = string.Join(' ', string.Concat(kept).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        return line.Length <= length ? line : line[..(length - 1)].TrimEnd() + "…";
    }

    /// <summary>A text as YAML writes it in double quotes.</summary>
    public static string Quoted(string text) => JsonSerializer.Serialize(text, JsonText);

    /// <summary>As in <c>restartService</c>, of <c>Restart service</c> or <c>restart-service</c>; never empty.</summary>
    public static string Camel(string text) => Pascal(text) is { } pascal ? char.ToLowerInvariant(pascal[0]) + pascal[1..] : "";

    /// <summary>As in <c>ApiKey</c>, of <c>x-api-key</c> without its <c>x</c>; never empty.</summary>
    public static string Pascal(string text)
    {
        var name = new StringBuilder();
        var isStart = true;
        foreach (var c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c))
                isStart = true;
            else
            {
                name.Append(isStart ? char.ToUpperInvariant(c) : c);
                isStart = false;
            }
        }
        if (name.Length == 0 || char.IsAsciiDigit(name[0]))
            name.Insert(0, "Value");
        return name.ToString();
    }

    /// <summary>One of several as in <c>device</c> of <c>devices</c>, in lower case.</summary>
    public static string Singular(string word)
    {
        var lower = word.ToLowerInvariant();
        if (lower.EndsWith("ies", StringComparison.Ordinal) && lower.Length > 4)
            return lower[..^3] + "y";
        if (lower.EndsWith("sses", StringComparison.Ordinal) || lower.EndsWith("xes", StringComparison.Ordinal))
            return lower[..^2];
        return lower.EndsWith('s') && !lower.EndsWith("ss", StringComparison.Ordinal) && !lower.EndsWith("us", StringComparison.Ordinal)
            ? lower[..^1]
            : lower;
    }

    private static readonly JsonSerializerOptions JsonText = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };
}

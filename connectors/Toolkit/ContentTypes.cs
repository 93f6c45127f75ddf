using Microsoft.Net.Http.Headers;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>Reads <c>Content-Type</c>. Text must be UTF-8, which is what JSON is.</summary>
public static class ContentTypes
{
    /// <summary><c>application/json</c> or <c>application/anything+json</c>, in UTF-8.</summary>
    public static bool IsJson(string? contentType) => GetMediaType(contentType) is { } media
        && (media.Equals("application/json", StringComparison.OrdinalIgnoreCase)
            || media.EndsWith("+json", StringComparison.OrdinalIgnoreCase));

    /// <summary>The media type without its parameters; null when the header is absent, malformed or names another character set.</summary>
    public static string? GetMediaType(string? contentType) =>
        MediaTypeHeaderValue.TryParse(contentType, out var parsed)
        && (!parsed.Charset.HasValue || parsed.Charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase)
            || parsed.Charset.Equals("\"utf-8\"", StringComparison.OrdinalIgnoreCase)
            || parsed.Charset.Equals("us-ascii", StringComparison.OrdinalIgnoreCase))
            ? parsed.MediaType.Value
            : null;
}

using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.CloudEvents;

/// <summary>The three ways in which HTTP carries CloudEvents.</summary>
internal enum ContentMode { Structured, Binary, Batch }

internal static class ContentModes
{
    private const string Prefix = "application/cloudevents";

    /// <summary>
    /// By content type first, by headers second, as the HTTP binding says; null when it is no CloudEvent, or in a format other than JSON.
    /// </summary>
    public static ContentMode? For(WebhookRequest request)
    {
        if (request.ContentType?.TrimStart().StartsWith(Prefix, StringComparison.OrdinalIgnoreCase) is true)
        {
            return ContentTypes.GetMediaType(request.ContentType)?.ToLowerInvariant() switch
            {
                "application/cloudevents-batch+json" => ContentMode.Batch,
                "application/cloudevents+json" => ContentMode.Structured,
                _ => null,
            };
        }
        // A delivery with some ce- headers but no version is binary mode done wrong, and is told what is missing.
        return request.Headers.Keys.Any(name => name.StartsWith("ce-", StringComparison.OrdinalIgnoreCase)) ? ContentMode.Binary : null;
    }
}

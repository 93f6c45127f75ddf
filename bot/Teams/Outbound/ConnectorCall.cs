using System.Net.Http.Headers;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>One call to make, as often as needed.</summary>
/// <param name="Operation">For the log.</param>
/// <param name="ConversationId">For the log, and the conversation to pace.</param>
/// <param name="IsRepeatable">Doing it twice is as good as once.</param>
internal sealed record ConnectorCall(
    string Operation, HttpMethod Method, string ServiceUrl, string Path, ConversationId ConversationId, byte[]? Body, bool IsRepeatable)
{
    /// <summary>Teams counts a channel as one conversation, whatever thread of it is written to.</summary>
    public string PaceKey { get; } =
        $"{(Method == HttpMethod.Get ? "read " : "")}{ServiceUrl.TrimEnd('/').ToLowerInvariant()} "
        + $"{ConversationId.Root}";

    public Uri Address => new(ServiceUrl.TrimEnd('/') + Path);

    /// <summary>
    /// False for an id that is <c>.</c> or <c>..</c>: percent-encoded or not, every reader of an address takes those for a step in the
    /// path.
    /// </summary>
    public bool StaysInPlace => !Path.Split('/', '?').Any(static segment => segment is "." or "..");

    /// <summary>
    /// Builds a path below the service URL; each segment is percent-encoded, so that no id can climb out of its place but those that
    /// <see cref="StaysInPlace"/> finds.
    /// </summary>
    public static string GetPath(params ReadOnlySpan<string> segments)
    {
        var path = new System.Text.StringBuilder("/v3");
        foreach (var segment in segments)
            path.Append('/').Append(Uri.EscapeDataString(segment));
        return path.ToString();
    }
}

/// <summary>Knows whether any of it may have left: without that, a lost answer cannot have had an effect.</summary>
internal sealed class TrackedContent : HttpContent
{
    private readonly byte[] body;

    public TrackedContent(byte[] body)
    {
        this.body = body;
        Headers.ContentType = new MediaTypeHeaderValue("application/json") { CharSet = "utf-8" };
    }

    public bool HasLeft { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, System.Net.TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(
        Stream stream, System.Net.TransportContext? context, CancellationToken cancellationToken)
    {
        HasLeft = true;
        await stream.WriteAsync(body, cancellationToken);
    }

    protected override bool TryComputeLength(out long length)
    {
        length = body.Length;
        return true;
    }
}

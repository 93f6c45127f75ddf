using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using DevOpsAI.Bot.Hosting;

namespace DevOpsAI.Bot.Teams;

/// <summary>
/// <c>POST /api/messages</c>: reads the activity, checks who sent it, hands it to the pipeline. Any other method is 405, so that a
/// HEAD probe costs nothing.
/// </summary>
internal sealed class MessagesEndpoint(InboundAuthenticator authenticator, TurnPipeline pipeline, ILogger<MessagesEndpoint> logger)
{
    public const string CorrelationHeader = "X-Correlation-Id";

    private const int LargestBody = 256 * 1024;

    public async Task HandleAsync(HttpContext http)
    {
        var (activity, problem) = await ReadAsync(http);
        var correlation = CorrelationOf(activity);
        http.Response.Headers[CorrelationHeader] = correlation;
        using var scope = logger.BeginScope(new TurnScope(correlation));
        if (activity is null)
        {
            http.Response.StatusCode = problem;
            return;
        }
        try
        {
            var rejection = await authenticator.CheckAsync(http, activity, http.RequestAborted);
            if (rejection is not Rejection.None)
            {
                http.Response.StatusCode = InboundAuthenticator.StatusOf(rejection);
                logger.ActivityRefused(http.Response.StatusCode, rejection, Untrusted.Shown(activity.ChannelId), Untrusted.Shown(activity.ServiceUrl));
                return;
            }
        }
        catch (SigningKeysUnavailableException)
        {
            logger.NoKeys();
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "5";
            return;
        }
        await AnswerAsync(http, await pipeline.RunAsync(activity, correlation));
    }

    /// <summary>A message keeps its own through every delivery, so that what it did is known again; a click is known by the state it changed.</summary>
    private static string CorrelationOf(Activity? activity) =>
        (activity is { Type: not "invoke" } ? Deliveries.CorrelationOf(activity) : null) ?? Guid.NewGuid().ToString("N");

    private static async Task AnswerAsync(HttpContext http, TurnAnswer answer)
    {
        http.Response.StatusCode = answer.Status;
        if (answer.Body is not { } body)
            return;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static async ValueTask<(Activity? Activity, int Problem)> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
            return (null, StatusCodes.Status400BadRequest);
        if (http.Request.ContentLength > LargestBody)
            return (null, StatusCodes.Status413PayloadTooLarge);
        var reader = http.Request.BodyReader;
        while (true)
        {
            ReadResult read;
            try
            {
                read = await reader.ReadAsync(http.RequestAborted);
            }
            catch (BadHttpRequestException bad)
            {
                return (null, bad.StatusCode);
            }
            catch (IOException)
            {
                return (null, StatusCodes.Status400BadRequest); // chunks of no size, or the sender hung up
            }
            if (read.Buffer.Length > LargestBody)
                return (null, StatusCodes.Status413PayloadTooLarge);
            if (read.IsCompleted)
            {
                var activity = Parse(read.Buffer);
                reader.AdvanceTo(read.Buffer.End);
                return (activity, StatusCodes.Status400BadRequest);
            }
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }

    private static Activity? Parse(ReadOnlySequence<byte> body)
    {
        try
        {
            var json = new Utf8JsonReader(body);
            var activity = JsonSerializer.Deserialize(ref json, TeamsJson.Default.Activity);
            return activity is { Type.Length: > 0 } && !json.Read() ? activity : null;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null; // not JSON, or a member of a shape that is not the protocol's
        }
    }
}

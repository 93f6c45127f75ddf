using System.Buffers;
using System.IO.Pipelines;
using System.Text.Json;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using BadHttpRequestException = Microsoft.AspNetCore.Http.BadHttpRequestException;

namespace DevOpsAI.Bot.Teams.Inbound;

/// <summary>
/// <c>POST /api/messages</c>: checks who calls, reads the activity, checks that the caller may send it, hands it to the pipeline. Any other
/// method is 405, so that a HEAD probe costs nothing.
/// </summary>
internal sealed class MessagesEndpoint(InboundAuthenticator authenticator, HomeDirectory home, TurnPipeline pipeline,
    ILogger<MessagesEndpoint> logger)
{
    public const string CorrelationHeader = "X-Correlation-Id";

    private const int MaxBodyBytes = 256 * 1024;

    /// <summary>Teams sends an activity at once; whoever trickles one in has a good token and still ties up memory.</summary>
    private static readonly MinDataRate SlowestBody = new(bytesPerSecond: 4096, gracePeriod: TimeSpan.FromSeconds(5));

    public async Task HandleAsync(HttpContext http)
    {
        // Strangers are turned away before their body takes any memory.
        if (await CheckCallerAsync(http) is not { } caller)
            return;
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } rate)
            rate.MinDataRate = SlowestBody;
        var (activity, problem) = await ReadAsync(http);
        var correlation = GetCorrelation(activity);
        http.Response.Headers[CorrelationHeader] = correlation.Value;
        using var scope = logger.BeginScope(new TurnScope(correlation));
        if (activity is null)
        {
            http.Response.StatusCode = problem;
            return;
        }
        if (authenticator.CheckActivity(caller, activity) is var rejection and not Rejection.None)
        {
            Refuse(http, rejection, activity.ChannelId, activity.ServiceUrl);
            return;
        }
        await AnswerAsync(http, await pipeline.RunAsync(home.Named(activity), correlation));
    }

    /// <summary>Null when the caller was answered already.</summary>
    private async ValueTask<GoodToken?> CheckCallerAsync(HttpContext http)
    {
        try
        {
            var (rejection, token) = await authenticator.CheckCallerAsync(http, http.RequestAborted);
            if (rejection is Rejection.None)
                return token;
            http.Response.Headers[CorrelationHeader] = CorrelationId.New().Value;
            Refuse(http, rejection, null, null);
        }
        catch (SigningKeysUnavailableException)
        {
            logger.NoKeys();
            http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
            http.Response.Headers.RetryAfter = "5";
        }
        return null;
    }

    private void Refuse(HttpContext http, Rejection rejection, string? channelId, string? serviceUrl)
    {
        http.Response.StatusCode = InboundAuthenticator.GetStatus(rejection);
        logger.ActivityRefused(http.Response.StatusCode, rejection, channelId, serviceUrl);
    }

    /// <summary>
    /// A message keeps its own through every delivery, so that what it did is known again; a click is known by the state it changed.
    /// </summary>
    private static CorrelationId GetCorrelation(Activity? activity) =>
        (activity is { Type: not "invoke" } ? Deliveries.GetCorrelation(activity) : null) ?? CorrelationId.New();

    private static async Task AnswerAsync(HttpContext http, TurnResult result)
    {
        http.Response.StatusCode = result.Status;
        if (result.Body is not { Length: > 0 } body)
            return;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.ContentLength = body.Length;
        await http.Response.BodyWriter.WriteAsync(body, http.RequestAborted);
    }

    private static async ValueTask<(Activity? Activity, int Problem)> ReadAsync(HttpContext http)
    {
        if (!http.Request.HasJsonContentType())
            return (null, StatusCodes.Status400BadRequest);
        if (http.Request.ContentLength > MaxBodyBytes)
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
            if (read.Buffer.Length > MaxBodyBytes)
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

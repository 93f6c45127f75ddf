using System.Net;
using System.Text;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Entra;
using Polly;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// The way of one connection to Graph, below the SDK: a token in each request, and the connection's pipeline, in which a read may be
/// repeated and an action never is. A token that Graph refuses is fetched again once, since nothing was done with the old one.
/// </summary>
internal sealed class GraphDoor(
    Connection connection, GraphSettings settings, bool acts, TimeSpan timeLimit, EntraTokens tokens, IHttpMessageHandlerFactory handlers,
    VendorPipelines pipelines) : HttpMessageHandler
{
    private const int MaxAnswerLength = 8 * 1024 * 1024;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Content is { } content)
            await content.LoadIntoBufferAsync(cancellationToken);
        request.Headers.UserAgent.Clear();
        request.Headers.UserAgent.Add(new("DevOpsAIBot", "1.0"));
        request.Headers.TryAddWithoutValidation("client-request-id", Guid.NewGuid().ToString());
        var token = await tokens.GetAsync(connection, settings.Application, null, null, cancellationToken);
        var response = await ExchangeAsync(request, token, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;
        var claims = Claims(response);
        response.Dispose();
        return await ExchangeAsync(
            request, await tokens.GetAsync(connection, settings.Application, token, claims, cancellationToken), cancellationToken);
    }

    private async Task<HttpResponseMessage> ExchangeAsync(HttpRequestMessage request, string token, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new("Bearer", token);
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(VendorPipelines.TimeLimit, timeLimit);
            var pipeline = acts ? pipelines.Actions(connection.CallKey) : pipelines.Reads(connection.CallKey);
            using var invoker = new HttpMessageInvoker(
                handlers.CreateHandler(acts ? VendorClient.ActingClient : VendorClient.ReadingClient), disposeHandler: false);
            return await pipeline.ExecuteAsync(
                static async (context, state) =>
                {
                    var response = await state.invoker.SendAsync(state.request, context.CancellationToken);
                    await response.Content.LoadIntoBufferAsync(MaxAnswerLength, context.CancellationToken);
                    // A page of a proxy on the way: the status is what it says, and the SDK would stumble over the rest.
                    if (!response.IsSuccessStatusCode && !ContentTypes.IsJson(response.Content.Headers.ContentType?.ToString()))
                        response.Content = null;
                    return response;
                },
                context, (invoker, request));
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }

    /// <summary>What Graph wants of the next token (continuous access evaluation); null for nothing.</summary>
    private static string? Claims(HttpResponseMessage response)
    {
        var challenge = response.Headers.WwwAuthenticate.FirstOrDefault(static one => one.Scheme == "Bearer")?.Parameter ?? "";
        var at = challenge.IndexOf("claims=\"", StringComparison.Ordinal);
        if (at < 0 || challenge.IndexOf('"', at + 8) is not (> 0 and var end))
            return null;
        var buffer = new byte[end - at];
        return Convert.TryFromBase64String(challenge[(at + 8)..end], buffer, out var length)
            ? Encoding.UTF8.GetString(buffer, 0, length)
            : null;
    }
}

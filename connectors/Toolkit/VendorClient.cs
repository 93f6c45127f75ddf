using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using Polly;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>What a vendor answered, whatever it means.</summary>
/// <param name="MediaType">As in <c>application/json</c>; null when it did not say.</param>
/// <param name="RetryAfter">When the vendor wants to be asked again.</param>
public sealed record VendorAnswer(System.Net.HttpStatusCode Status, string? MediaType, string Body, TimeSpan? RetryAfter);

/// <summary>
/// Calls a vendor over HTTP through its connection's pipeline and says how it ended. Reads and actions have clients of their own, because
/// an action must go out on a fresh connection: on one that is used again, the handler below sends a request without a body once more
/// by itself when the vendor closes it without a word.
/// </summary>
public sealed class VendorClient(IHttpClientFactory clients, VendorPipelines pipelines, TimeProvider clock)
{
    public const string ReadingClient = "vendor-reading";
    public const string ActingClient = "vendor-acting";

    /// <summary>In bytes; an answer that is longer is not read.</summary>
    public const int MaxAnswerLength = 8 * 1024 * 1024;

    public Task<CallOutcome<T>> ReadAsync<T>(Connection connection, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        SendAsync(ReadingClient, pipelines.Reads(connection.CallKey), request, timeLimit, read, cancellationToken);

    /// <summary>Sends once, whatever happens.</summary>
    public Task<CallOutcome<T>> ActAsync<T>(Connection connection, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        SendAsync(ActingClient, pipelines.Actions(connection.CallKey), request, timeLimit, read, cancellationToken);

    /// <summary>
    /// Sends and hands over whatever the vendor answered, for a caller that knows better what it means: every answer is
    /// <see cref="CallOutcome{T}.Done"/>, only a failure on the way is another outcome.
    /// </summary>
    public Task<CallOutcome<VendorAnswer>> ExchangeAsync(
        Connection connection, bool acts, Func<HttpRequestMessage> request, TimeSpan timeLimit, CancellationToken cancellationToken) =>
        ExchangeAsync(
            acts ? ActingClient : ReadingClient, acts ? pipelines.Actions(connection.CallKey) : pipelines.Reads(connection.CallKey),
            request, timeLimit, cancellationToken);

    /// <summary>Drops what is remembered of the calls of a connection that is not used any more.</summary>
    public void Forget(string callKey) => pipelines.Forget(callKey);

    private async Task<CallOutcome<T>> SendAsync<T>(
        string clientName, ResiliencePipeline<HttpResponseMessage> pipeline, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        await ExchangeAsync(clientName, pipeline, request, timeLimit, cancellationToken) switch
        {
            CallOutcome<VendorAnswer>.Done(var answer) => VendorResponse.For(answer.Status, answer.Body, answer.RetryAfter, read),
            var failed => failed.As<T>(),
        };

    private async Task<CallOutcome<VendorAnswer>> ExchangeAsync(
        string clientName, ResiliencePipeline<HttpResponseMessage> pipeline, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        CancellationToken cancellationToken)
    {
        var context = ResilienceContextPool.Shared.Get(cancellationToken);
        try
        {
            context.Properties.Set(VendorPipelines.TimeLimit, timeLimit);
            using var client = clients.CreateClient(clientName);
            client.MaxResponseContentBufferSize = MaxAnswerLength;
            client.Timeout = Timeout.InfiniteTimeSpan;
            using var response = await pipeline.ExecuteAsync(
                static async (context, state) =>
                {
                    using var message = state.request();
                    return await state.client.SendAsync(message, context.CancellationToken);
                },
                context, (client, request));
            return new CallOutcome<VendorAnswer>.Done(new(
                response.StatusCode, response.Content.Headers.ContentType?.MediaType,
                await response.Content.ReadAsStringAsync(cancellationToken), VendorResponse.RetryAfter(response, clock)));
        }
        catch (Exception failure)
            when (!cancellationToken.IsCancellationRequested && VendorResponse.For<VendorAnswer>(failure) is not null)
        {
            return VendorResponse.For<VendorAnswer>(failure)!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}

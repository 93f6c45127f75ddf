using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using Polly;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// Calls a vendor over HTTP through its connection's pipeline and says how it ended. Reads and actions have clients of their own, because
/// an action must go out on a fresh connection: on one that is used again, the handler below sends a request without a body once more
/// by itself when the vendor closes it without a word.
/// </summary>
public sealed class VendorClient(IHttpClientFactory clients, VendorPipelines pipelines, TimeProvider clock)
{
    public const string ReadingClient = "vendor-reading";
    public const string ActingClient = "vendor-acting";

    private const int MaxAnswerLength = 8 * 1024 * 1024;

    public Task<CallOutcome<T>> ReadAsync<T>(Connection connection, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        SendAsync(ReadingClient, pipelines.Reads(connection.Name), request, timeLimit, read, cancellationToken);

    /// <summary>Sends once, whatever happens.</summary>
    public Task<CallOutcome<T>> ActAsync<T>(Connection connection, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        Func<JsonNode, T> read, CancellationToken cancellationToken) =>
        SendAsync(ActingClient, pipelines.Actions(connection.Name), request, timeLimit, read, cancellationToken);

    private async Task<CallOutcome<T>> SendAsync<T>(
        string clientName, ResiliencePipeline<HttpResponseMessage> pipeline, Func<HttpRequestMessage> request, TimeSpan timeLimit,
        Func<JsonNode, T> read, CancellationToken cancellationToken)
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
            return VendorResponse.For(response.StatusCode, await response.Content.ReadAsStringAsync(cancellationToken),
                VendorResponse.RetryAfter(response, clock), read);
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested && VendorResponse.For<T>(failure) is not null)
        {
            return VendorResponse.For<T>(failure)!;
        }
        finally
        {
            ResilienceContextPool.Shared.Return(context);
        }
    }
}

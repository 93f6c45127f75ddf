using System.Collections.Concurrent;
using System.Net;
using System.Text;

namespace DevOpsAI.Tests.Connectors.Deliveries;

/// <summary>Stands between a connector and the network: vendors at their real names, whose answers are given by address.</summary>
internal sealed class PlayedHttp(Func<HttpRequestMessage, (int Status, string Body)> answers) : HttpMessageHandler
{
    /// <summary>Method and address of each request.</summary>
    public ConcurrentQueue<string> Requests { get; } = new();

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        Requests.Enqueue($"{request.Method} {request.RequestUri}");
        var (status, body) = answers(request);
        return Task.FromResult(new HttpResponseMessage((HttpStatusCode)status)
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
        });
    }
}

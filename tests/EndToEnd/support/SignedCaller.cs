using System.Net.Http.Headers;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>Signs each call to a bot with credentials as the Bot Connector does, for a service URL that is known once it is served.</summary>
internal sealed class SignedCaller(FakeTeams teams, string appId) : DelegatingHandler(new SocketsHttpHandler())
{
    public string ServiceUrl { get; set; } = "";

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue(
            "Bearer", teams.Issuer.Token(appId, ServiceUrl, TimeProvider.System.GetUtcNow()));
        return base.SendAsync(request, cancellationToken);
    }
}

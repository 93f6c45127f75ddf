using System.Net;
using System.Net.Http.Headers;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>The request would have taken our token to an address that is not trusted; nothing was sent.</summary>
internal sealed class UntrustedServiceUrlException(string address) : Exception($"{address} is not a trusted service URL.");

/// <summary>
/// The one place that attaches our token, and therefore the one that checks where it goes, on every request whatever its address was
/// read from. On 401 the token is dropped and the request repeated once. In local mode it is the
/// <see cref="LocalToken"/>, for this process alone.
/// </summary>
internal sealed class ConnectorHandler(
    TrustedServiceUrls trusted, IBotTokens tokens, LocalToken local, ILocalMode mode, ILogger<ConnectorHandler> logger) : DelegatingHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.RequestUri is not { } address || !trusted.MayCall(address))
        {
            var where = request.RequestUri?.GetLeftPart(UriPartial.Authority) ?? "";
            logger.NotTrusted(where);
            throw new UntrustedServiceUrlException(where);
        }
        if (mode.IsLocal)
            return await SendLocallyAsync(request, address, cancellationToken);
        var token = await tokens.GetAsync(cancellationToken);
        var response = await SendWithAsync(request, token, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Unauthorized)
            return response;
        response.Dispose();
        tokens.Drop(token);
        return await SendWithAsync(request, await tokens.GetAsync(cancellationToken), cancellationToken);
    }

    private Task<HttpResponseMessage> SendLocallyAsync(HttpRequestMessage request, Uri address, CancellationToken cancellationToken) =>
        local.MayBeShownAt(address) ? SendWithAsync(request, local.Value, cancellationToken) : base.SendAsync(request, cancellationToken);

    private Task<HttpResponseMessage> SendWithAsync(HttpRequestMessage request, string token, CancellationToken cancellationToken)
    {
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        return base.SendAsync(request, cancellationToken);
    }
}

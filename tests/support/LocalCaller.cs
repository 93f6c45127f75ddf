using System.Net.Http.Headers;
using System.Security.Cryptography;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// Shows a bot in local mode the token that it was given as <c>LocalTeams:Token</c>, wherever callers have no secret of their own.
/// </summary>
public sealed class LocalCaller(HttpMessageHandler wire) : DelegatingHandler(wire)
{
    private static readonly string[] WithSecrets = ["/api/events/", "/sandbox/"];

    /// <summary>For every bot of this run.</summary>
    public static string Token { get; } = RandomNumberGenerator.GetHexString(32, lowercase: true);

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        if (request.Headers.Authorization is null && !WithSecrets.Any(request.RequestUri!.AbsolutePath.StartsWith))
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", Token);
        return base.SendAsync(request, cancellationToken);
    }
}

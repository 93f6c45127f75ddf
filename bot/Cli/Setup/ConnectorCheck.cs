using System.Net;
using DevOpsAI.Bot.Teams.Settings;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>Whether the addresses that messages are sent to answer at all. The bot's token is not shown to them.</summary>
internal sealed class ConnectorCheck(IOptions<TeamsOptions> options, IHttpClientFactory clients) : ISetupCheck
{
    public string Name => "connector";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (options.Value.IsLocal)
            return SetupFinding.Skipped(LocalModeMessages.NotAsked);
        Uri[] addresses = [.. CloudEnvironment.From(options.Value).ServiceHosts.Select(static host => new Uri($"https://{host}/")),
            .. options.Value.TrustedServiceUrls.Select(static url => new Uri(url))];
        var problems = await Task.WhenAll(addresses.Select(address => FindProblemAsync(address, cancellationToken)));
        return SetupFinding.From(problems.OfType<string>(),
            $"{string.Join(", ", addresses.Select(static address => address.Authority))} can be reached.");
    }

    private async Task<string?> FindProblemAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(SetupChecks.Client);
            using var response = await client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return IsFromBetween(response.StatusCode) ? Explain(address, $"it was answered {(int)response.StatusCode}") : null;
        }
        catch (HttpRequestException failure)
        {
            return Explain(address, failure.Message);
        }
    }

    /// <summary>What a proxy on the way says; anything else comes from the service itself, which answers nobody without a token.</summary>
    private static bool IsFromBetween(HttpStatusCode status) => status is HttpStatusCode.ProxyAuthenticationRequired
        or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;

    private static string Explain(Uri address, string why) =>
        $"{address} cannot be reached: {why.TrimEnd('.')}. Let this machine call it over https; messages and cards go there.";
}

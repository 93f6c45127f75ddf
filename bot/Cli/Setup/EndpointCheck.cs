using System.Net;
using System.Net.Mime;
using System.Text;
using DevOpsAI.Bot.Teams.Inbound;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>
/// Whether the bot answers where Teams will deliver: a POST that nobody has signed gets 401 from it, with a correlation id, and whatever
/// stands in front answers otherwise.
/// </summary>
internal sealed class EndpointCheck(MessagingEndpoint endpoint, IHttpClientFactory clients) : ISetupCheck
{
    public string Name => "endpoint";

    public async Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken)
    {
        if (endpoint.Address is not { } address)
            return SetupFinding.Skipped("No messaging endpoint was named: --endpoint https://bot.example.com/api/messages.");
        if (address.Scheme != Uri.UriSchemeHttps)
            return SetupFinding.Missing($"{address} is no https address, and Teams delivers to no other. Put a proxy that ends TLS in "
                + "front of the bot and name its address.");
        return SetupFinding.From(await FindProblemAsync(address, cancellationToken) is { } problem ? [problem] : [],
            $"The bot answers at {address}.");
    }

    private async Task<string?> FindProblemAsync(Uri address, CancellationToken cancellationToken)
    {
        try
        {
            using var client = clients.CreateClient(SetupChecks.Client);
            using var content = new StringContent("{}", Encoding.UTF8, MediaTypeNames.Application.Json);
            using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = content };
            using var response = await client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
            return response.StatusCode == HttpStatusCode.Unauthorized && response.Headers.Contains(MessagesEndpoint.CorrelationHeader)
                ? null
                : Explain(address, response.StatusCode);
        }
        catch (HttpRequestException failure)
        {
            return $"{address} cannot be reached: {failure.Message.TrimEnd('.')}. Teams needs to reach it from the internet, with a "
                + "certificate that is publicly trusted.";
        }
    }

    private static string Explain(Uri address, HttpStatusCode status) => status switch
    {
        HttpStatusCode.Unauthorized => $"{address} asks for a sign-in (401), but it is not the bot that asks. Let the proxy in front pass "
            + "POST on to the bot without one: the bot looks at the token of Teams itself.",
        HttpStatusCode.NotFound or HttpStatusCode.MethodNotAllowed => $"{address} answered {(int)status}, so it is not where the bot takes "
            + "messages. The path is /api/messages.",
        HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout =>
            $"{address} answered {(int)status}: what is in front does not reach the bot, or the bot cannot fetch the keys of Teams. Start "
            + "the bot, and look at its log and at /readyz.",
        _ => $"{address} answered {(int)status} to a message that nobody had signed, and the bot answers 401. Let what is in front pass "
            + "POST on to the bot.",
    };
}

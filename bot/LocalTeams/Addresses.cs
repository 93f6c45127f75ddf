using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DevOpsAI.LocalTeams;

/// <summary>Known only once the server listens: where the bot is called, and where it is told to call back.</summary>
internal sealed class Addresses(IServer server)
{
    public const string ConnectorPath = "/localteams/connector";

    public Uri Own
    {
        get
        {
            var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
            var chosen = addresses.FirstOrDefault(address => address.StartsWith("http://", StringComparison.OrdinalIgnoreCase))
                ?? addresses.FirstOrDefault() ?? "http://localhost";
            return new Uri(chosen.Replace("[::]", "localhost").Replace("0.0.0.0", "localhost").Replace("//+", "//localhost")
                .Replace("//*", "//localhost"));
        }
    }

    public Uri BotMessages => new(Own, "/api/messages");

    public string ServiceUrl => new Uri(Own, ConnectorPath).ToString();
}

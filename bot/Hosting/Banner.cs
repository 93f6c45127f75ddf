using DevOpsAI.Bot.Teams.Settings;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Tells a newcomer, once the bot listens in local mode, how to get in and the next things to try.</summary>
internal sealed class Banner(
    IServer server, IHostApplicationLifetime lifetime, IConfiguration configuration, LocalToken token, LocalTokenFile file) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(Show);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    /// <summary>A command for a terminal that raises an alert at the bot on <paramref name="address"/>.</summary>
    public static string FirstAlert(string address, IConfiguration configuration) => $$"""
        curl -X POST {{address}}/api/events/contoso-sandbox \
          -H "Authorization: Bearer {{configuration["Connections:contoso-sandbox:Settings:Token"]}}" -H "Content-Type: application/json" \
          -d '{"kind":"DiskSpaceLow","device":"SRV-FILE01","severity":"critical","volume":"C:","title":"Disk C: almost full on SRV-FILE01"}'
        """;

    private void Show()
    {
        var address = server.Features.Get<IServerAddressesFeature>()?.Addresses.FirstOrDefault() ?? "http://localhost:3978";
        Console.Out.WriteLine($$"""

              DevOps AI Bot, local mode: this machine only; the Sandbox simulates an RMM and PSA, nothing real is touched.

              1. Open Local Teams at this address, which is good until the bot stops (for scripts the token is in {{file.FullPath}}):

                 {{LocalCallers.PageAddress(address, token)}}

              2. Press "Sample alerts" in the channel Contoso, or raise one here, and approve the card that appears:

                 {{FirstAlert(address, configuration).ReplaceLineEndings("\n     ")}}

            """);
    }
}

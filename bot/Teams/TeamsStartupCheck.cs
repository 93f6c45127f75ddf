using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tenancy;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace DevOpsAI.Bot.Teams;

/// <summary>The bot refuses to start: the message says why and which setting mends it.</summary>
public sealed class TeamsSetupException(string message) : Exception(message);

/// <summary>
/// Without an app id nobody proves who they are, and in the Development environment everybody knows the secrets, so nobody but this machine
/// may reach us; and nobody in the clear but through a proxy that the settings name. Refuses to start when a configured listen address is
/// not loopback, and stops again when an address that was really bound is not.
/// </summary>
public sealed class TeamsStartupCheck(IServer server, IConfiguration configuration, ILocalMode mode, IHostEnvironment environment)
    : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken)
    {
        Check(ListenAddresses(server, configuration));
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken)
    {
        Check(Bound(server));
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    private void Check(List<string> addresses)
    {
        if (addresses.Find(static address => !IsLoopback(address)) is not { } open)
            return;
        if (!mode.IsLocal && environment.IsDevelopment())
        {
            throw new TeamsSetupException(
                $"Refusing to start: '{open}' can be reached from other machines, and the environment is Development, whose settings are "
                + $"samples. "
                + "Start with --environment Production (dotnet run starts in Development), or listen on this machine only, as with "
                + "--urls http://localhost:3978.");
        }
        if (!mode.IsLocal)
        {
            CheckTls(addresses);
            return;
        }
        throw new TeamsSetupException(
            $"Refusing to start: '{open}' can be reached from other machines, and without Teams:AppId nobody who calls is authenticated. "
            + "Set Teams:AppId, Teams:TenantId and Teams:ClientSecret (or Teams:CertificatePath, Teams:FederatedTokenFile or "
            + "Teams:ManagedIdentity) to the bot's registration, or listen on this machine only, as with "
            + "ASPNETCORE_URLS=http://localhost:3978.");
    }

    private void CheckTls(List<string> addresses)
    {
        if (configuration.GetValue<bool>("Teams:TlsProxy")
            || addresses.Find(static address => !IsLoopback(address) && address.StartsWith("http:", StringComparison.OrdinalIgnoreCase))
                is not { } clear)
            return;
        throw new TeamsSetupException(
            $"Refusing to start: '{clear}' can be reached from other machines in the clear, and tokens and secrets would cross the "
            + $"network so. "
            + "Put a proxy that ends TLS in front and say so by Teams:TlsProxy=true, listen on https (Kestrel:Endpoints), or listen on "
            + "this machine only, as with --urls http://localhost:3978.");
    }

    /// <summary>
    /// As Kestrel will choose: its own section, else the addresses given to the application, else ports on every interface.
    /// </summary>
    internal static List<string> ListenAddresses(IServer server, IConfiguration configuration)
    {
        var endpoints = configuration.GetSection("Kestrel:Endpoints").GetChildren().Select(endpoint => endpoint["Url"])
            .OfType<string>().ToList();
        if (endpoints.Count > 0)
            return endpoints;
        var bound = Bound(server);
        if (bound.Count > 0)
            return bound;
        if (Split(configuration["urls"]) is { Count: > 0 } urls)
            return urls;
        return [.. Split(configuration["http_ports"]).Select(port => $"http://*:{port}"),
            .. Split(configuration["https_ports"]).Select(port => $"https://*:{port}")];
    }

    private static List<string> Bound(IServer server) => [.. server.Features.Get<IServerAddressesFeature>()?.Addresses ?? []];

    private static List<string> Split(string? list) =>
        [.. (list ?? "").Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)];

    private static bool IsLoopback(string address)
    {
        try
        {
            var parsed = BindingAddress.Parse(address);
            return parsed.IsUnixPipe || parsed.IsNamedPipe || Loopback.IsHost(parsed.Host);
        }
        catch (FormatException)
        {
            return true; // not an address: the server says so itself, in better words
        }
    }
}

using DevOpsAI.Connections;
using DevOpsAI.Connectors.Sandbox.Vendor;
using DevOpsAI.Connectors.Toolkit;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Connectors.Sandbox;

public static class SandboxServices
{
    internal static readonly ConnectorDescription Description = new(
        SandboxConnector.ConnectorName, "Sandbox (simulation)", IsSimulation: true, SendsEvents: true,
        [new("Token", "token of the simulated vendor", true, true, "env:CONTOSO_SANDBOX", []) { ProvesSender = true }],
        ["device", "mailbox", "site", "user"], [.. SandboxCatalog.For(TimeSpan.FromSeconds(1)).Values], []);

    /// <summary>
    /// The Sandbox connector, and the simulated vendor behind it for <see cref="MapSandbox"/>. The vendor's address is <c>Sandbox:Url</c>,
    /// else where this process listens; register a <see cref="SandboxAddress"/> before this to say otherwise.
    /// </summary>
    public static IServiceCollection AddSandbox(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<SandboxOptions>().BindConfiguration("Sandbox").ValidateDataAnnotations();
        services.AddVendorCalls();
        services.AddHttpClient(SandboxWebhook.ClientName);
        services.TryAddSingleton(
            provider => new SandboxAddress(
                provider.GetRequiredService<IOptions<SandboxOptions>>(), () => SandboxAddress.OfServer(provider)));
        services.AddSingleton<IConnector, SandboxConnector>();
        services.AddSingleton<SandboxStore>();
        services.AddSingleton<SandboxVendor>();
        services.AddSingleton<SandboxDoor>();
        services.AddSingleton<SandboxWebhook>();
        return services;
    }

    /// <summary>Serves the simulated vendor under <c>/sandbox</c>; each client's world opens with its connection's token only.</summary>
    public static void MapSandbox(this IEndpointRouteBuilder endpoints) => SandboxEndpoints.Map(endpoints);
}

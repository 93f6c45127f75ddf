using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>Connectors as the bot registers them, and connections to vendors in tests.</summary>
internal sealed class ManifestHost : IDisposable
{
    private readonly ServiceProvider services;

    /// <param name="yaml">A manifest beside those that come with the bot.</param>
    /// <param name="store">Where refresh tokens are kept; null for nowhere.</param>
    /// <param name="onTheWay">Stands between the connectors and the network; null for nothing.</param>
    public ManifestHost(string? yaml = null, TimeProvider? clock = null, HttpMessageHandler? onTheWay = null,
        RotatingSecrets? store = null)
    {
        var all = new ServiceCollection()
            .AddLogging()
            .AddSingleton(clock ?? TimeProvider.System)
            .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
            .AddManifestConnectors();
        if (store is not null)
            all.AddSingleton(store);
        if (yaml is not null)
        {
            var errors = new List<string>();
            var manifest = ManifestReader.Read("acme.yaml", yaml, errors);
            errors.ShouldBeEmpty();
            all.AddManifest(manifest!);
        }
        if (onTheWay is not null)
        {
            foreach (var client in (string[])[VendorClient.ReadingClient, VendorClient.ActingClient])
                all.AddHttpClient(client).ConfigurePrimaryHttpMessageHandler(() => onTheWay);
        }
        services = all.BuildServiceProvider();
    }

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public ManifestConnector Connector(string name) => services.GetRequiredKeyedService<ManifestConnector>(name);

    public IWebhookSource Source(string name) => services.GetServices<IWebhookSource>().Single(one => one.Connector == name);

    public IPolledSource Polled(string name) => services.GetServices<IPolledSource>().Single(one => one.Connector == name);

    public static Connection Connect(string connector, params (string Name, string Value)[] settings) => new(
        $"contoso-{connector}", TenantId.Parse("contoso"), connector,
        settings.ToDictionary(static one => one.Name, static one => one.Value, StringComparer.OrdinalIgnoreCase));

    public static async Task<T> DoneAsync<T>(Task<CallOutcome<T>> call) => (await call) switch
    {
        CallOutcome<T>.Done(var value) => value,
        var other => throw new InvalidOperationException($"not done: {other}"),
    };

    public void Dispose() => services.Dispose();
}

using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>Connectors as the bot registers them, and connections to vendors in tests.</summary>
internal sealed class ManifestHost : IDisposable
{
    private readonly ServiceProvider services;

    public ManifestHost() => services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
        .AddManifestConnectors()
        .BuildServiceProvider();

    public static CancellationToken Token => TestContext.Current.CancellationToken;

    public ManifestConnector Connector(string name) => services.GetRequiredKeyedService<ManifestConnector>(name);

    public IWebhookSource Source(string name) => services.GetServices<IWebhookSource>().Single(one => one.Connector == name);

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

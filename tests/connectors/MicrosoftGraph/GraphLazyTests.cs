using System.Runtime.Loader;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>The SDK's assembly is 48 MB; who has no connection to Graph does not pay for it, nor for signing in to Entra.</summary>
public sealed class GraphLazyTests
{
    [Fact]
    public async Task The_SDK_is_loaded_with_the_first_call_and_not_before()
    {
        var apart = new Apart();
        var connectors = apart.LoadFromAssemblyPath(typeof(ConnectorCatalog).Assembly.Location);
        // What looks for handlers of requests does this with all our assemblies.
        connectors.GetTypes().ShouldNotBeEmpty();
        var services = new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System).AddSingleton<ISecretSource>(
            new SecretSource(TimeProvider.System)).AddSingleton<IDocuments>(new MemoryDocuments()).AddSingleton<IMediator>(new RecordedEvents())
            .AddSingleton<ILedger>(new InMemoryLedger()).AddSingleton<ITenantDirectory>(new NorthwindAlone()).AddSingleton<DeliveryReceipts>()
            .AddSingleton(Options.Create(new CompletenessOptions()));
        foreach (var method in (string[])["AddMicrosoftGraph", "AddMicrosoftGraphWatch"])
        {
            connectors.GetType("DevOpsAI.Connectors.MicrosoftGraph.GraphServices", throwOnError: true)!.GetMethod(method)!
                .Invoke(null, [services]);
        }
        await using var provider = services.BuildServiceProvider();
        foreach (var part in services.Where(one => one.ServiceType.Assembly == connectors).Select(static one => one.ServiceType).ToList())
            provider.GetServices(part).ShouldNotBeEmpty();
        var connector = provider.GetServices<IConnector>().ShouldHaveSingleItem();
        var connection = new Connection("contoso-graph", TenantId.Parse("contoso"), connector.Name, new Dictionary<string, string>
        {
            ["DirectoryId"] = GraphHost.ContosoId, ["ClientId"] = GraphHost.ContosoId, ["ClientSecret"] = "x",
            ["Authority"] = "http://127.0.0.1:1/",
        });
        connector.Actions.ShouldNotBeEmpty();
        provider.GetServices<IConnectionCheck>().SelectMany(check => check.Problems(connection)).ShouldBeEmpty();
        apart.Loaded.Where(IsLate).ShouldBeEmpty();
        await connector.FindAsync(connection, "user", "anna", GraphHost.Token);
        apart.Loaded.ShouldContain("Microsoft.Graph");
    }

    private static bool IsLate(string name) =>
        name.StartsWith("Microsoft.Graph", StringComparison.Ordinal) || name == "Azure.Identity";

    /// <summary>Loads the connectors and the SDK once more, apart from what other tests have loaded.</summary>
    private sealed class Apart() : AssemblyLoadContext("apart")
    {
        public IReadOnlyList<string> Loaded => [.. Assemblies.Select(static one => one.GetName().Name!)];

        protected override System.Reflection.Assembly? Load(System.Reflection.AssemblyName name) =>
            IsLate(name.Name!)
                ? LoadFromAssemblyPath(Path.Combine(AppContext.BaseDirectory, $"{name.Name}.dll"))
                : null;
    }
}

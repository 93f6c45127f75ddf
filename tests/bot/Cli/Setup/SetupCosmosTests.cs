using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>What is missing of an account that is to keep the ledger.</summary>
public sealed class SetupCosmosTests : IAsyncLifetime
{
    private readonly string database = CosmosServer.NewDatabase();
    private SetupScene scene = null!;
    private CosmosServer? server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await CosmosServer.TryStartAsync();
        Assert.SkipWhen(server is null, "npm ci failed in tests/support/cosmos: Node 20 and the npm registry are needed.");
        scene = await SetupScene.StartAsync();
        scene.Settings["Storage:Provider"] = "Cosmos";
        scene.Settings["Storage:Cosmos:Endpoint"] = server.Endpoint.AbsoluteUri;
        scene.Settings["Storage:Cosmos:Key"] = scene.Write("cosmos-key", CosmosServer.Key);
        scene.Settings["Storage:Cosmos:Database"] = database;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is null)
            return;
        await scene.DisposeAsync();
        await server.DisposeAsync();
    }

    [Fact]
    public async Task An_empty_account_is_enough_where_the_first_start_may_fill_it_and_stays_empty()
    {
        (await scene.LinesAsync()).ShouldContain(static line => line.Check == "cosmos" && line.Status == "ok");
        using var store = new CosmosStore(server!.Options(database), new DevOpsAI.Common.SecretSource(TimeProvider.System),
            TimeProvider.System, new(), NullLogger<CosmosStore>.Instance);
        (await store.ExistsAsync(Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task What_nobody_may_make_is_told_with_its_partition_keys()
    {
        scene.Settings["Storage:Cosmos:CreateIfMissing"] = "false";
        var line = await scene.MissingAsync("cosmos");
        line.ShouldContain("lacks ledger (/tenant), documents (/scope), leases (/id)");
        line.ShouldContain("CreateIfMissing is false");
    }

    [Theory]
    [InlineData("Session", "Here", "consistency of the Cosmos DB account")]
    [InlineData("BoundedStaleness", "Here", null)]
    [InlineData("Strong", "Here,There", "is written in 2 regions")]
    public async Task How_the_account_is_set_is_looked_at(string consistency, string regions, string? told)
    {
        await server!.SetAccountAsync(consistency, regions.Split(','));
        if (told is null)
            (await scene.RunAsync()).Code.ShouldBe(SetupCommand.Ready);
        else
            (await scene.MissingAsync("cosmos")).ShouldContain(told);
    }

    [Fact]
    public async Task A_container_of_somebody_else_is_told()
    {
        using var client = new CosmosClient(
            server!.Endpoint.AbsoluteUri, CosmosServer.Key, new CosmosClientOptions { ConnectionMode = ConnectionMode.Gateway });
        Database made = await client.CreateDatabaseAsync(database, cancellationToken: Stop);
        await made.CreateContainerAsync("documents", "/other", cancellationToken: Stop);
        (await scene.MissingAsync("cosmos")).ShouldContain("'documents' in");
    }

    [Fact]
    public async Task An_account_that_is_away_is_named_before_the_time_is_over()
    {
        scene.Settings["Storage:Cosmos:Endpoint"] = "http://127.0.0.1:1/";
        scene.Limit = TimeSpan.FromSeconds(20);
        (await scene.MissingAsync("cosmos")).ShouldStartWith("The Cosmos DB account at http://127.0.0.1:1/ cannot be used");
    }

    [Fact]
    public async Task A_key_that_is_not_there_is_told_once()
    {
        scene.Settings["Storage:Cosmos:Key"] = "file:/no/such/key";
        (await scene.MissingAsync("secrets")).ShouldStartWith("Storage:Cosmos:Key: ");
    }

    [Fact]
    public async Task Administrators_are_read_from_the_account()
    {
        scene.Settings["Access:Roles:*:administrator:0"] = null;
        using var store = await server!.OpenAsync(database);
        using var metrics = new LedgerMetrics();
        var ledger = new CosmosLedger(
            store, CoreFeatures.Catalog, new InMemoryKeyRing(), TimeProvider.System, metrics, NullLogger<CosmosLedger>.Instance);
        foreach (var tenant in new[] { "contoso", "fabrikam" })
            await ledger.AppendAsync(TenantId.Parse(tenant), [],
                [new(StreamId.Access, new(ActorKind.Person, SetupScene.Administrator, "Zoe"), CorrelationId.Parse("c0ffee"),
                    new RoleAssigned(SetupScene.Administrator, "Zoe", Role.Administrator, true))], Stop);
        (await scene.RunAsync()).Output.ShouldEndWith("Ready.\n");
    }
}

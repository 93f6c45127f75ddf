using System.Text.Json.Nodes;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tests.Support;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>Verbs on an account that is away, empty, refuses, or holds what this version does not know.</summary>
public sealed class CosmosBadInputTests : IAsyncLifetime
{
    private const string GiveUpAfter = "Storage:Cosmos:GiveUpAfter";
    private readonly CommandScene scene = new();
    private readonly string database = CosmosServer.NewDatabase();
    private CosmosServer? server;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Out => Path.Combine(scene.Root, "out");

    private string KeyFolder => Path.Combine(scene.Root, "keys");

    private string[][] Verbs =>
    [
        ["ledger", "list", "--tenant", "contoso"], ["ledger", "verify", "--tenant", "contoso"], ["ledger", "gaps", "--tenant", "contoso"],
        ["ledger", "checkpoint", "--tenant", "contoso"],
        ["ledger", "key", "--tenant", "contoso"], ["ledger", "prove", "--tenant", "contoso", "--seq", "1", "--out", Out],
        ["ledger", "export", "--tenant", "contoso", "--out", Out],
        ["erase", "--tenant", "contoso", "--subject", CommandScene.Jo], ["keys", "rotate", "--tenant", "contoso"],
    ];

    public async ValueTask InitializeAsync()
    {
        server = await CosmosServer.TryStartAsync();
        Assert.SkipWhen(server is null, "npm ci failed in tests/support/cosmos: Node 20 and the npm registry are needed.");
        scene.Settings["Storage:Provider"] = "Cosmos";
        scene.Settings["Storage:Cosmos:Endpoint"] = server.Endpoint.AbsoluteUri;
        scene.Settings["Storage:Cosmos:Key"] = CosmosServer.Key;
        scene.Settings["Storage:Cosmos:Database"] = database;
        scene.Settings["Storage:Keys:Path"] = KeyFolder;
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        scene.Dispose();
    }

    [Fact]
    public async Task A_database_that_is_not_there_is_named_and_not_made()
    {
        foreach (var verb in Verbs)
            await scene.RefusedAsync($"There is no ledger in database '{database}' at {server!.Endpoint.AbsoluteUri}.", verb);
        using var store = new CosmosStore(server!.Options(database), new DevOpsAI.Common.SecretSource(TimeProvider.System),
            TimeProvider.System, new(), NullLogger<CosmosStore>.Instance);
        (await store.ExistsAsync(Stop)).ShouldBeFalse();
    }

    [Fact]
    public async Task An_account_that_does_not_answer_is_named()
    {
        await FillAsync();
        scene.Settings["Storage:Cosmos:Endpoint"] = "http://127.0.0.1:9/";
        GiveUpSoon();
        foreach (var verb in Verbs)
            await scene.RefusedAsync("The Cosmos DB account at http://127.0.0.1:9/ cannot be used.", verb);
    }

    [Fact]
    public async Task A_key_that_the_account_does_not_take_is_told()
    {
        await FillAsync();
        await server!.FailAsync(new { fault = "status", status = 401, container = "ledger" },
            new { fault = "status", status = 401, container = "documents" });
        foreach (var verb in Verbs)
            await scene.RefusedAsync("the key or identity is not accepted (Storage:Cosmos:Key)", verb);
        scene.Settings["Storage:Cosmos:Key"] = "not base64!";
        await scene.RefusedAsync("Storage:Cosmos:Key: not an account key (base64)", Verbs[0]);
        scene.Settings["Storage:Cosmos:Key"] = "file:/nowhere/at-all";
        await scene.RefusedAsync("Storage:Cosmos:Key cannot be used", Verbs[0]);
    }

    [Fact]
    public async Task Documents_of_a_later_version_are_refused_and_left()
    {
        await FillAsync();
        using var client = new CosmosClient(
            server!.Endpoint.AbsoluteUri, CosmosServer.Key, new() { ConnectionMode = ConnectionMode.Gateway, LimitToEndpoint = true });
        var container = client.GetContainer(database, "ledger");
        const string First = "0000000000000001";
        using var read = await container.ReadItemStreamAsync(First, new("contoso"), cancellationToken: Stop);
        var document = (await JsonNode.ParseAsync(read.Content, cancellationToken: Stop))!.AsObject();
        document["v"] = 7;
        using var changed = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));
        using var written = await container.ReplaceItemStreamAsync(changed, First, new("contoso"), cancellationToken: Stop);
        written.EnsureSuccessStatusCode();
        foreach (var verb in Verbs.Where(
            static verb => verb[1] is "list" or "verify" or "gaps" or "prove" or "export" || verb[0] == "erase"))
            await scene.RefusedAsync("of contoso has format 7; this version reads and writes format 1", verb);
    }

    [Fact]
    public async Task An_account_that_goes_away_in_the_middle_leaves_no_half_written_file()
    {
        await FillAsync();
        await server!.FailAsync(new { fault = "status", status = 503, kind = "query", container = "documents" });
        GiveUpSoon();
        await scene.RefusedAsync("Cosmos DB does not answer", "ledger", "export", "--tenant", "contoso", "--out", Out);
        await server.FailAsync();
        scene.Settings.Remove(GiveUpAfter);
        (await scene.RunAsync("ledger", "export", "--tenant", "contoso", "--out", Out)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_wrong_customer_key_changes_nothing_in_the_account()
    {
        await FillAsync();
        File.Delete(Path.Combine(KeyFolder, "contoso.key"));
        foreach (var verb in Verbs[7..])
            await scene.RefusedAsync("is missing", verb);
        var others = Path.Combine(scene.Root, "others");
        await new FileKeyWrapper(others).WrapAsync(CommandScene.Contoso, new byte[DataKey.Size], mayCreate: true, Stop);
        File.Copy(Path.Combine(others, "contoso.key"), Path.Combine(KeyFolder, "contoso.key"));
        foreach (var verb in Verbs[7..])
            await scene.RefusedAsync("but the data key of contoso was wrapped under file:", verb);
        (await scene.RunAsync("ledger", "verify", "--tenant", "contoso")).Output.ShouldStartWith("contoso: intact, 3 entries");
    }

    /// <summary>Only where nothing will answer: whatever else is asked before gets no more time than this.</summary>
    private void GiveUpSoon() => scene.Settings[GiveUpAfter] = "00:00:01";

    private async Task FillAsync()
    {
        using var store = await server!.OpenAsync(database);
        using var metrics = new LedgerMetrics();
        using var keys = new KeyRing(new CosmosDocuments(store), new CosmosArchive(store), new FileKeyWrapper(KeyFolder));
        using var ledger = new CosmosLedger(
            store, CoreFeatures.Catalog, keys, TimeProvider.System, metrics, NullLogger<CosmosLedger>.Instance);
        await CommandScene.FillAsync(ledger, 3);
        using var key = LocalSigningKey.OpenOrCreate(Path.Combine(scene.Root, "elsewhere.key"));
        await CommandScene.SignAsync(key, new CosmosArchive(store), new CosmosDocuments(store));
    }
}

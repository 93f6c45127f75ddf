using System.Text.Json.Nodes;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Cosmos;

/// <summary>Someone with write access changes the stored documents.</summary>
public sealed class CosmosVerifierTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>
{
    private const int Commits = 6;
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly PartitionKey Partition = new("contoso");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_untouched_ledger_is_intact_and_has_the_root_of_its_leaves()
    {
        using var store = await FilledAsync();
        var result = (await CosmosVerifier.VerifyAsync(store, null, Token)).ShouldHaveSingleItem();
        result.Intact.ShouldBeTrue(result.First?.ToString());
        var leaves = await new CosmosArchive(store).LeavesAsync(Contoso, 1, 100, Token);
        result.Entries.ShouldBe(2 * Commits);
        result.Root.ShouldBe(Convert.ToHexStringLower(MerkleTree.Root(leaves.ToArray().Chunk(32))));
        (await CosmosVerifier.VerifyAsync(store, TenantId.Parse("nobody"), Token)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("body", "its bytes do not have the hash")]
    [InlineData("leaf", "its bytes do not have the hash")]
    [InlineData("stream", "it says of itself that it is on")]
    [InlineData("version", "version")]
    [InlineData("gone", "it is missing")]
    [InlineData("shorter", "it is missing")]
    [InlineData("nonsense", "cannot be read")]
    [InlineData("swapped", "it says of itself that it is entry")]
    public async Task Every_change_is_found_in_every_commit(string change, string what)
    {
        for (var first = 1L; first < 2 * Commits; first += 2)
        {
            // The last commit gone, or short of its last entry, is what checkpoints are for.
            if (change is "gone" or "shorter" && first == (2 * Commits) - 1)
                continue;
            using var store = await FilledAsync();
            var id = Commit.GetId(first);
            if (change == "gone")
                await store.Ledger.DeleteItemStreamAsync(id, Partition, cancellationToken: Token);
            else
                await ReplaceAsync(store, id, document => Change(document, change));
            var result = (await CosmosVerifier.VerifyAsync(store, Contoso, Token)).ShouldHaveSingleItem();
            result.Intact.ShouldBeFalse($"{change} of {id}");
            result.First!.What.ShouldContain(what);
            result.First.Seq.ShouldBeInRange(first, first + 1);
        }
    }

    [Theory]
    [InlineData("body", 3L)]
    [InlineData("leaf", 3L)]
    [InlineData("gone", 3L)]
    [InlineData("shorter", 4L)]
    [InlineData("swapped", 3L)]
    [InlineData("nonsense", null)]
    public async Task A_change_holds_its_tenant_when_it_is_read(string change, long? seq)
    {
        using var store = await FilledAsync();
        if (change == "gone")
            await store.Ledger.DeleteItemStreamAsync(Commit.GetId(3), Partition, cancellationToken: Token);
        else
            await ReplaceAsync(store, Commit.GetId(3), document => Change(document, change));
        using var instance = CosmosFixture.Instance(store);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        var ledger = new GuardedLedger(instance, quarantine);
        (await new TenantStates(ledger, CoreFeatures.Catalog).FindAsync(Contoso, Token)).ShouldBeNull();
        quarantine.Held.ShouldHaveSingleItem().Value.ShouldContain(seq is null ? "cannot be read" : $"entry {seq}:");

        NewEntry entry = new(StreamId.Access, Actor.Service("test"), CorrelationId.Parse("c"), new IncidentClosed(Con(1001), "resolved"));
        await Should.ThrowAsync<LedgerDamagedException>(async () => await ledger.AppendAsync(Contoso, [], [entry], Token));
        (await ledger.AppendAsync(TenantId.Parse("fabrikam"), [], [entry], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task A_document_of_a_later_format_is_not_taken_for_tampering()
    {
        using var store = await FilledAsync();
        await ReplaceAsync(store, Commit.GetId(3), static document => document["v"] = 2);
        (await Should.ThrowAsync<LedgerUnavailableException>(() => CosmosVerifier.VerifyAsync(store, Contoso, Token))).Message
            .ShouldBe("The document 0000000000000003 of contoso has format 2; this version reads and writes format 1. Use the version "
                + "that wrote it; nothing was changed.");
    }

    private static void Change(JsonObject document, string change)
    {
        var entries = document["entries"]!.AsArray();
        var entry = entries[0]!.AsObject();
        switch (change)
        {
            case "body":
                entry["body"] = entry["body"]!.GetValue<string>().Replace("resolved", "Resolved", StringComparison.Ordinal);
                break;
            case "leaf":
                entry["leaf"] = Convert.ToBase64String(new byte[32]);
                break;
            case "stream":
                entry["stream"] = "incident/CON-9";
                break;
            case "version":
                entry["version"] = entry["version"]!.GetValue<long>() + 1;
                break;
            case "shorter":
                entries.RemoveAt(1);
                break;
            case "nonsense":
                document["v"] = 0;
                break;
            case "swapped":
                var second = entries[1]!.DeepClone();
                entries.RemoveAt(1);
                entries.Insert(0, second);
                break;
        }
    }

    private static async Task ReplaceAsync(CosmosStore store, string id, Action<JsonObject> change)
    {
        using var read = await store.Ledger.ReadItemStreamAsync(id, Partition, cancellationToken: Token);
        var document = (await JsonNode.ParseAsync(read.Content, cancellationToken: Token))!.AsObject();
        change(document);
        using var changed = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(document.ToJsonString()));
        using var written = await store.Ledger.ReplaceItemStreamAsync(changed, id, Partition, cancellationToken: Token);
        written.EnsureSuccessStatusCode();
    }

    private async Task<CosmosStore> FilledAsync()
    {
        var store = await cosmos.Server.OpenAsync();
        using var ledger = CosmosFixture.Instance(store);
        for (var n = 0; n < Commits; n++)
        {
            NewEntry entry = new(StreamId.Access, Actor.Service("test"), CorrelationId.Parse("c"),
                new IncidentClosed(Con(1001), "resolved"));
            await ledger.AppendAsync(Contoso, [], [entry, entry with { Stream = StreamId.Incident(Con(n)) }], Token);
        }
        return store;
    }
}

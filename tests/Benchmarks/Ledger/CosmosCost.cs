using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Benchmarks.Ledger;

/// <summary>
/// What an append costs in Cosmos DB against writing the same entries as bare documents (id, tenant, body, what is encrypted). Requests are
/// counted by the server; request units are its estimate by size, close to the published figures, since no real account is at hand.
/// </summary>
internal sealed class CosmosCost : IBenchmark
{
    private static readonly System.Text.Json.JsonSerializerOptions Plain =
        new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };
    private static readonly TenantId Tenant = TenantId.Parse("contoso");

    public string Verb => "cosmos";

    public async Task<IReadOnlyList<Measured>> RunAsync(bool quick)
    {
        var count = quick ? 200 : 2000;
        await using var server = await CosmosServer.TryStartAsync()
            ?? throw new InvalidOperationException("npm ci failed in tests/support/cosmos; Node and the npm registry are needed.");
        using var store = await server.OpenAsync();
        using var ledger = new CosmosLedger(
            store, CoreFeatures.Catalog, new InMemoryKeyRing(), TimeProvider.System, new(), NullLogger<CosmosLedger>.Instance);
        await ledger.HeadAsync(Tenant, CancellationToken.None);
        await server.TakeStatsAsync();
        for (var n = 0; n < count; n++)
            await AppendAsync(ledger, n);
        var alone = await server.TakeStatsAsync();

        using var bare = await server.OpenAsync();
        await server.TakeStatsAsync();
        await foreach (var entry in new CosmosArchive(store).ReadAsync(Tenant, 1, count, CancellationToken.None))
            await WriteBareAsync(bare, entry);
        var plain = await server.TakeStatsAsync();

        await Task.WhenAll(Enumerable.Range(count, count).Select(n => Task.Run(() => AppendAsync(ledger, n))));
        var together = await server.TakeStatsAsync();
        return
        [
            Measured.AtMost("Cosmos DB, requests for each append, one at a time", Ledgers(alone.Requests, static n => n) / count,
                "requests", 2, new Dictionary<string, double>
            {
                ["writes for each append"] = alone.Requests["ledger.create"] / (double)count,
                ["requests for each append of many at once"] = Ledgers(together.Requests, static n => n) / count,
            }),
            Measured.AtMost("Cosmos DB, request units against bare documents",
                Ledgers(alone.Charge, static n => n) / plain.Charge["ledger.create"], "times", 1.2, new Dictionary<string, double>
            {
                ["RU for each append, one at a time"] = Ledgers(alone.Charge, static n => n) / count,
                ["RU for each append of many at once"] = Ledgers(together.Charge, static n => n) / count,
                ["RU for each bare document"] = plain.Charge["ledger.create"] / count,
            }),
        ];
    }

    private static async Task AppendAsync(CosmosLedger ledger, int number)
    {
        var entry = SampleEvents.Make(number);
        await ledger.AppendAsync(Tenant, [new(entry.Stream, 0)], [entry], CancellationToken.None);
    }

    private static double Ledgers<T>(Dictionary<string, T> figures, Func<T, double> value) =>
        figures.Where(static one => one.Key.StartsWith("ledger.", StringComparison.Ordinal)).Sum(one => value(one.Value));

    private static async Task WriteBareAsync(CosmosStore store, StoredEntry entry)
    {
        var document = System.Text.Json.JsonSerializer.SerializeToUtf8Bytes(
            new { id = Commit.GetId(entry.Seq), tenant = Tenant.Value, body = Encoding.UTF8.GetString(entry.Body.Span),
                @sealed = entry.Encrypted?.ToArray() },
            Plain);
        using var body = new MemoryStream(document);
        using var written = await store.Ledger.CreateItemStreamAsync(body, new(Tenant.Value));
        written.EnsureSuccessStatusCode();
    }
}

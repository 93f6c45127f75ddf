using System.Collections.Concurrent;
using System.Text;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Cosmos;

/// <summary>An instance that starts goes on from the index that another one kept, and only where the ledger bears it out.</summary>
public sealed class KeptIndexTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>, IAsyncLifetime
{
    private const int Streams = 7;
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly InMemoryKeyRing keys = new();
    private readonly Warnings log = new();
    private readonly string database = CosmosServer.NewDatabase();
    private CosmosStore? opened;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private CosmosStore Store => opened!;

    public async ValueTask InitializeAsync() => opened = await cosmos.Server.OpenAsync(database);

    [Fact]
    public async Task A_start_reads_the_index_and_what_came_after_it()
    {
        using (var first = Instance())
        {
            await AppendAsync(first, 600);
            await first.KeepIndexesAsync();
            await AppendAsync(first, 20);
        }
        using var fresh = Instance();
        await cosmos.Server.TakeStatsAsync();
        (await fresh.HeadAsync(Contoso, Token)).ShouldBe(620);
        (await fresh.AppendAsync(Contoso, [new(Stream(0), 620 / Streams + 1)], [Entry(Stream(0))], Token))
            .ShouldBeOfType<AppendResult.Appended>().Entries[0].Seq.ShouldBe(621);
        var (requests, charge) = await cosmos.Server.TakeStatsAsync();
        requests["ledger.query"].ShouldBeLessThan(4);
        requests["ledger.read"].ShouldBeLessThan(4);
        charge["ledger.query"].ShouldBeLessThan(20);
        log.Told.ShouldBeEmpty();
        await ShouldReadTheSameAsync(fresh);
    }

    [Fact]
    public async Task Little_is_not_kept_and_much_is_kept_without_a_stop()
    {
        using var ledger = Instance();
        await AppendAsync(ledger, 150);
        await ledger.KeepIndexesAsync();
        (await FindAsync()).ShouldBeNull();
        await AppendAsync(ledger, 2000);
        while (await FindAsync() is null)
            await Task.Delay(20, Token);
        await ShouldReadTheSameAsync(Instance());
    }

    [Theory]
    [InlineData("torn")]
    [InlineData("cut")]
    [InlineData("empty")]
    [InlineData("another tenant's")]
    [InlineData("ahead")]
    [InlineData("another ledger's")]
    [InlineData("key gone")]
    public async Task One_that_does_not_fit_is_told_once_and_made_anew(string what)
    {
        using (var first = Instance())
        {
            await AppendAsync(first, 300);
            await first.KeepIndexesAsync();
        }
        await SpoilAsync(what);
        using var fresh = Instance();
        await ShouldReadTheSameAsync(fresh);
        log.Told.ShouldHaveSingleItem().ShouldContain("contoso");
        await fresh.KeepIndexesAsync();
        await ShouldReadTheSameAsync(Instance());
        log.Told.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Whoever_was_erased_while_an_instance_started_is_gone_there_too()
    {
        var erased = await keys.OfUserAsync(Contoso, "jo@contoso.com", Token);
        using (var first = new CosmosLedger(
            Store, CoreFeatures.Catalog, new InMemoryKeyRing(), TimeProvider.System, new LedgerMetrics(), log))
        {
            await AppendAsync(first, 300);
            await first.AppendAsync(Contoso, [],
                [new(StreamId.Erasure(erased.Id), Actor.Service("erasure"), CorrelationId.Parse("c"), new ErasureCompleted(erased.Id, "jo"))],
                Token);
        }
        using (var second = Instance(new InMemoryKeyRing()))
        {
            await second.ReadAsync(Contoso, 0, 1, Token);
            await second.AppendAsync(Contoso, [], [Entry(Stream(0))], Token);
        }
        keys.IsAtHand(Contoso, erased.Id).ShouldBeTrue();
        using var fresh = Instance();
        await fresh.ReadAsync(Contoso, 0, 1, Token);
        await fresh.AppendAsync(Contoso, [], [Entry(Stream(0))], Token);
        keys.IsAtHand(Contoso, erased.Id).ShouldBeFalse();
    }

    public ValueTask DisposeAsync()
    {
        opened?.Dispose();
        return default;
    }

    private CosmosLedger Instance(IKeyRing? with = null) =>
        new(Store, CoreFeatures.Catalog, with ?? keys, TimeProvider.System, new LedgerMetrics(), log);

    private static async Task AppendAsync(CosmosLedger ledger, int entries)
    {
        for (var done = 0; done < entries; done += 10)
        {
            var head = await ledger.HeadAsync(Contoso, Token);
            NewEntry[] some = [.. Enumerable.Range(0, 10).Select(n => Entry(Stream((int)(head + n) % Streams)))];
            (await ledger.AppendAsync(Contoso, [], some, Token)).ShouldBeOfType<AppendResult.Appended>();
        }
    }

    /// <summary>What any reader asks, against what is stored.</summary>
    private async Task ShouldReadTheSameAsync(CosmosLedger ledger)
    {
        var stored = await new CosmosArchive(Store).ReadAsync(Contoso, 1, long.MaxValue, Token).ToListAsync(Token);
        (await ledger.HeadAsync(Contoso, Token)).ShouldBe(stored.Count);
        var all = await ledger.ReadAsync(Contoso, 0, stored.Count, Token);
        all.Select(static entry => Convert.ToHexString(entry.Hash.Span)).ShouldBe(
            stored.Select(static entry => Convert.ToHexString(entry.Leaf.Span)));
        for (var n = 0; n < Streams; n++)
            (await ledger.ReadStreamAsync(Contoso, Stream(n), Token)).Select(static entry => entry.Seq).ShouldBe(
                all.Where(entry => entry.Stream == Stream(n)).Select(static entry => entry.Seq));
        (await ledger.ReadAsync(Contoso, stored.Count / 2, 3, Token)).Select(static entry => entry.Seq).ShouldBe(
            Enumerable.Range((stored.Count / 2) + 1, 3).Select(static seq => (long)seq));
    }

    private async Task SpoilAsync(string what)
    {
        var documents = new CosmosDocuments(Store);
        var kept = (await FindAsync()).ShouldNotBeNull();
        var bytes = kept.Value.ToArray();
        switch (what)
        {
            case "torn": bytes[^20] ^= 1; break;
            case "cut": bytes = bytes[..(bytes.Length / 2)]; break;
            case "empty": bytes = []; break;
            case "another tenant's":
                var at = bytes.AsSpan().IndexOf("\"tenant\":\"contoso\""u8);
                Encoding.UTF8.GetBytes("\"tenant\":\"fabrika\"").CopyTo(bytes, at);
                break;
            case "ahead" or "another ledger's":
                var last = (await new CommitStore(Store).HoldingAsync(Contoso, 300, Token))!;
                using (await Store.Ledger.DeleteItemStreamAsync(Commit.GetId(last.First), new("contoso"), cancellationToken: Token))
                {
                    if (what == "ahead")
                        return;
                }
                using (var other = new CosmosLedger(
                    Store, CoreFeatures.Catalog, keys, TimeProvider.System, new LedgerMetrics(), NullLogger<CosmosLedger>.Instance))
                {
                    await AppendAsync(other, 10);
                    await other.KeepIndexesAsync();
                }
                kept = (await FindAsync()).ShouldNotBeNull();
                break;
            case "key gone": await keys.DestroyDerivedAsync(Contoso, Token); return;
        }
        (await documents.TryPutAsync(DocumentScope.From(Contoso), KeyDocuments.IndexKind, kept.Id, bytes, kept.Tag, Token)).ShouldBeTrue();
    }

    private async Task<Document?> FindAsync() =>
        await new CosmosDocuments(Store).FindAsync(DocumentScope.From(Contoso), KeyDocuments.IndexKind, "index", Token);

    private static StreamId Stream(int n) => StreamId.Incident(Con(1001 + n));

    private sealed class Warnings : ILogger<CosmosLedger>
    {
        public ConcurrentQueue<string> Told { get; } = new();

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (logLevel >= LogLevel.Warning)
                Told.Enqueue(formatter(state, exception));
        }
    }

    private static NewEntry Entry(StreamId stream) =>
        new(stream, Actor.Service("test"), CorrelationId.Parse("c0ffee"), new IncidentClosed(Con(1001), "resolved"));
}

using System.Collections.Concurrent;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Ledger.Cosmos;

/// <summary>Several instances on one database, and a service that misbehaves.</summary>
public sealed class CosmosInstancesTests(CosmosFixture cosmos) : IClassFixture<CosmosFixture>, IAsyncLifetime
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly StreamId One = StreamId.Incident(Con(1001));
    private readonly string database = Support.CosmosServer.NewDatabase();
    private readonly ConcurrentStack<IDisposable> opened = [];

    /// <summary>With the machine, not with the code under test.</summary>
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await cosmos.Server.FailAsync();

    [Fact]
    public async Task Of_two_instances_that_saw_the_same_exactly_one_is_first()
    {
        var (a, b) = (await OpenAsync(), await OpenAsync());
        for (var version = 0; version < 30; version++)
        {
            var results = await Task.WhenAll(
                a.AppendAsync(Contoso, [new(One, version)], [Entry(One)], Token).AsTask(),
                b.AppendAsync(Contoso, [new(One, version)], [Entry(One)], Token).AsTask());
            results.OfType<AppendResult.Appended>().ShouldHaveSingleItem().Entries[0].Seq.ShouldBe(version + 1);
            results.OfType<AppendResult.Conflict>().ShouldHaveSingleItem().ShouldBe(new(One, version, version + 1));
        }
    }

    [Fact]
    public async Task An_instance_sees_at_once_what_another_one_wrote()
    {
        var (a, b) = (await OpenAsync(), await OpenAsync());
        for (var seq = 1; seq < 40; seq++)
        {
            await a.AppendAsync(Contoso, [], [Entry(One), Entry(StreamId.Access)], Token);
            (await b.HeadAsync(Contoso, Token)).ShouldBe(2 * seq);
            (await b.ReadStreamAsync(Contoso, One, Token)).Count.ShouldBe(seq);
        }
        await a.AppendAsync(Contoso, [], [Entry(One)], Token);
        (await b.ReadAsync(Contoso, 78, 10, Token)).ShouldHaveSingleItem().Seq.ShouldBe(79);
    }

    [Fact]
    public async Task Who_waits_at_one_instance_is_woken_by_an_append_at_another()
    {
        var (a, b) = (await OpenAsync(), await OpenAsync(clock: new WithoutLongWaits()));
        for (var seq = 0; seq < 5; seq++)
        {
            var waiting = b.WaitPastAsync(Contoso, seq, Token).AsTask();
            await Task.Delay(100, Token);
            waiting.IsCompleted.ShouldBeFalse();
            await a.AppendAsync(Contoso, [], [Entry(One)], Token);
            await waiting.WaitAsync(TimeLimit, Token);
        }
    }

    [Fact]
    public async Task A_document_that_nobody_can_read_keeps_no_other_tenants_news_back()
    {
        var (a, b) = (await OpenAsync(), await OpenAsync(clock: new WithoutLongWaits()));
        await a.AppendAsync(Contoso, [], [Entry(One)], Token);
        await b.WaitPastAsync(Contoso, 0, Token);
        using var store = await cosmos.Server.OpenAsync(database);
        using var garbage = new MemoryStream(
            """{"id":"0000000000000001","tenant":"fabrikam","v":1,"commit":"0","entries":[{"stream":null}]}"""u8.ToArray());
        using var created = await store.Ledger.CreateItemStreamAsync(garbage, new("fabrikam"), cancellationToken: Token);
        created.IsSuccessStatusCode.ShouldBeTrue();
        for (var seq = 1; seq < 4; seq++)
        {
            var waiting = b.WaitPastAsync(Contoso, seq, Token).AsTask();
            await Task.Delay(100, Token);
            await a.AppendAsync(Contoso, [], [Entry(One)], Token);
            await waiting.WaitAsync(TimeLimit, Token);
        }
    }

    [Fact]
    public async Task An_instance_that_comes_late_reads_a_long_ledger_page_by_page()
    {
        var a = await OpenAsync();
        for (var n = 0; n < 40; n++)
            await a.AppendAsync(Contoso, [], [.. Enumerable.Repeat(Entry(One), 73)], Token);
        var b = await OpenAsync();
        (await b.HeadAsync(Contoso, Token)).ShouldBe(2920);
        var seq = 0L;
        while ((await b.ReadAsync(Contoso, seq, 1000, Token)) is { Count: > 0 } page)
        {
            page.Select(static entry => entry.Seq).ShouldBe(Enumerable.Range((int)seq + 1, page.Count).Select(static n => (long)n));
            seq = page[^1].Seq;
        }
        seq.ShouldBe(2920);
        foreach (var after in (long[])[0, 72, 73, 100, 871, 872, 873, 2000, 2919])
            (await b.ReadAsync(Contoso, after, 100, Token)).Select(static entry => entry.Seq)
                .ShouldBe(Enumerable.Range((int)after + 1, (int)Math.Min(100, 2920 - after)).Select(static n => (long)n));
        (await b.AppendAsync(Contoso, [new(One, 2920)], [Entry(One)], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Theory]
    [InlineData("throttled", 0.3)]
    [InlineData("away", 0.2)]
    [InlineData("answers lost", 0.2)]
    [InlineData("requests lost", 0.2)]
    [InlineData("everything", 0.05)]
    public async Task Whatever_goes_wrong_nothing_is_lost_or_doubled(string trouble, double chance)
    {
        // What is slow below takes longer than that.
        static void Hurried(CosmosOptions options) => options.RequestTimeout = TimeSpan.FromSeconds(2);
        var instances = await Task.WhenAll(OpenAsync(Hurried), OpenAsync(Hurried), OpenAsync(Hurried));
        object[] faults =
        [
            new { fault = "status", status = 429, ms = 20, chance, container = "ledger" },
            new { fault = "status", status = 503, chance, container = "ledger" },
            new { fault = "status", status = 408, chance, container = "ledger" },
            new { fault = "lose-answer", chance, container = "ledger", kind = "create" },
            new { fault = "lose-request", chance, container = "ledger" },
            new { fault = "slow", ms = 2500, chance = chance / 4, container = "ledger" },
        ];
        await cosmos.Server.FailAsync(trouble switch
        {
            "throttled" => faults[..1],
            "away" => faults[1..3],
            "answers lost" => faults[3..4],
            "requests lost" => faults[4..5],
            _ => faults,
        });
        var appended = new ConcurrentBag<LedgerEntry>();
        await Task.WhenAll(Enumerable.Range(0, 12).Select(writer => Task.Run(async () =>
        {
            var (own, instance) = (StreamId.Incident(Con(writer)), instances[writer % 3]);
            for (var version = 0L; version < 10;)
            {
                switch (await instance.AppendAsync(Contoso, [new(own, version)], [Entry(own), Entry(One)], Token))
                {
                    case AppendResult.Appended done:
                        done.Entries.ToList().ForEach(appended.Add);
                        version++;
                        break;
                    case AppendResult.Conflict conflict:
                        // Nobody else writes this stream: a conflict could only be an append of our own that was taken for lost.
                        throw new InvalidOperationException($"{conflict} though {version} is ours");
                }
            }
        }, Token)));
        await cosmos.Server.FailAsync();
        foreach (var instance in instances.Append(await OpenAsync()))
        {
            (await instance.HeadAsync(Contoso, Token)).ShouldBe(240);
            var all = await instance.ReadAsync(Contoso, 0, 10_000, Token);
            all.Select(Text).ShouldBe(appended.OrderBy(static entry => entry.Seq).Select(Text));
            foreach (var stream in all.GroupBy(static entry => entry.Stream))
                stream.Select(static entry => entry.Version)
                    .ShouldBe(Enumerable.Range(1, stream.Count()).Select(static version => (long)version));
        }
    }

    [Fact]
    public async Task A_service_that_stays_away_is_an_answer_and_its_return_is_noticed()
    {
        var ledger = await OpenAsync(static options => options.GiveUpAfter = TimeSpan.FromSeconds(1));
        await ledger.AppendAsync(Contoso, [], [Entry(One)], Token);
        await cosmos.Server.FailAsync(new { fault = "status", status = 503, container = "ledger" });
        var append =
            await Should.ThrowAsync<LedgerUnavailableException>(async () => await ledger.AppendAsync(Contoso, [], [Entry(One)], Token));
        append.MayBeRecorded.ShouldBeTrue();
        await Should.ThrowAsync<LedgerUnavailableException>(async () => await ledger.HeadAsync(Contoso, Token));
        await cosmos.Server.FailAsync(new { fault = "status", status = 429, ms = 5, container = "ledger" });
        var throttled =
            await Should.ThrowAsync<LedgerUnavailableException>(async () => await ledger.AppendAsync(Contoso, [], [Entry(One)], Token));
        throttled.MayBeRecorded.ShouldBeFalse();
        throttled.Message.ShouldContain("nothing was recorded");
        await cosmos.Server.FailAsync();
        (await ledger.AppendAsync(Contoso, [new(One, 1)], [Entry(One)], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task A_service_that_takes_calls_and_stays_silent_is_given_up_in_time()
    {
        var ledger = await OpenAsync(static options => options.GiveUpAfter = options.RequestTimeout = TimeSpan.FromSeconds(2));
        await ledger.AppendAsync(Contoso, [], [Entry(One)], Token);
        // Whoever waits for the answer is given one in the end, and that is no exception.
        await cosmos.Server.FailAsync(new { fault = "slow", ms = (int)Support.Hang.Limit.TotalMilliseconds, container = "ledger" });
        var append = ledger.AppendAsync(Contoso, [], [Entry(One)], Token).AsTask();
        var read = ledger.HeadAsync(Contoso, Token).AsTask();
        (await Should.ThrowAsync<LedgerUnavailableException>(() => append)).ShouldSatisfyAllConditions(
            silent => silent.MayBeRecorded.ShouldBeTrue(), silent => silent.Message.ShouldContain("no answer in time"));
        await Should.ThrowAsync<LedgerUnavailableException>(() => read);
        await cosmos.Server.FailAsync();
    }

    [Fact]
    public async Task A_failed_write_is_told_until_somebody_writes_for_the_tenant_or_it_is_long_ago()
    {
        var clock = new Support.ManualClock();
        var store = await cosmos.Server.OpenAsync(database, static options => options.GiveUpAfter = TimeSpan.FromSeconds(1));
        opened.Push(store);
        var ledger = CosmosFixture.Instance(store, clock);
        opened.Push(ledger);
        var other = await OpenAsync();
        await ledger.AppendAsync(Contoso, [], [Entry(One)], Token);
        await FailToAppendAsync();
        ledger.Unwritable.ShouldNotBeNull();
        await other.AppendAsync(Contoso, [], [Entry(One)], Token);
        await ledger.HeadAsync(Contoso, Token);
        ledger.Unwritable.ShouldBeNull();
        await FailToAppendAsync();
        clock.Advance(TimeSpan.FromSeconds(119));
        ledger.Unwritable.ShouldNotBeNull();
        clock.Advance(TimeSpan.FromSeconds(1));
        ledger.Unwritable.ShouldBeNull();

        async Task FailToAppendAsync()
        {
            await cosmos.Server.FailAsync(new { fault = "status", status = 429, ms = 5, container = "ledger" });
            await Should.ThrowAsync<LedgerUnavailableException>(async () => await ledger.AppendAsync(Contoso, [], [Entry(One)], Token));
            await cosmos.Server.FailAsync();
        }
    }

    [Fact]
    public async Task What_was_given_up_and_yet_arrived_is_not_written_over()
    {
        var ledger = await OpenAsync(static options => options.GiveUpAfter = TimeSpan.FromSeconds(1));
        await ledger.AppendAsync(Contoso, [], [Entry(One)], Token);
        await cosmos.Server.FailAsync(
            new { fault = "lose-answer", container = "ledger", kind = "create", times = 1 },
            new { fault = "status", status = 503, container = "ledger" });
        (await Should.ThrowAsync<LedgerUnavailableException>(
            async () => await ledger.AppendAsync(Contoso, [], [Entry(One)], Token))).MayBeRecorded.ShouldBeTrue();
        await cosmos.Server.FailAsync();
        (await ledger.AppendAsync(Contoso, [], [Entry(One)], Token)).ShouldBeOfType<AppendResult.Appended>().Entries[0].Seq.ShouldBe(3);
    }

    [Fact]
    public async Task A_document_whose_answer_was_lost_counts_as_written_once()
    {
        var store = await cosmos.Server.OpenAsync(database);
        opened.Push(store);
        var documents = new CosmosDocuments(store);
        await cosmos.Server.FailAsync(new { fault = "lose-answer", container = "documents", chance = 0.5, kind = "create" },
            new { fault = "lose-answer", container = "documents", chance = 0.5, kind = "replace" });
        for (var n = 0; n < 4; n++)
        {
            (await documents.TryPutAsync(DocumentScope.Host, "note", $"a{n}", "one"u8.ToArray(), null, Token)).ShouldBeTrue();
            (await documents.TryPutAsync(DocumentScope.Host, "note", $"a{n}", "two"u8.ToArray(), null, Token)).ShouldBeFalse();
            var seen = (await documents.FindAsync(DocumentScope.Host, "note", $"a{n}", Token))!;
            (await documents.TryPutAsync(DocumentScope.Host, "note", $"a{n}", "three"u8.ToArray(), seen.Tag, Token)).ShouldBeTrue();
            (await documents.TryPutAsync(DocumentScope.Host, "note", $"a{n}", "four"u8.ToArray(), seen.Tag, Token)).ShouldBeFalse();
        }
    }

    [Fact]
    public async Task An_append_costs_one_request_and_hardly_more_than_the_bare_document()
    {
        var ledger = await OpenAsync();
        await ledger.HeadAsync(Contoso, Token);
        await cosmos.Server.TakeStatsAsync();
        for (var version = 0; version < 50; version++)
            await ledger.AppendAsync(Contoso, [new(One, version)], [Entry(One)], Token);
        var (requests, charge) = await cosmos.Server.TakeStatsAsync();
        requests["ledger.create"].ShouldBe(50);
        requests.Where(static one => one.Key.StartsWith("ledger.", StringComparison.Ordinal) && one.Key != "ledger.feed")
            .Sum(static one => one.Value).ShouldBeLessThanOrEqualTo(52);
        // Together they share: a burst is fewer requests than appends. The first is slow, so that the others find it under way.
        await cosmos.Server.FailAsync(new { fault = "slow", ms = 1000, times = 1, container = "ledger", kind = "create" });
        await Task.WhenAll(Enumerable.Range(0, 200).Select(_ => ledger.AppendAsync(Contoso, [], [Entry(One)], Token).AsTask()));
        (requests, _) = await cosmos.Server.TakeStatsAsync();
        requests["ledger.create"].ShouldBeLessThan(60);
    }

    [Fact]
    public async Task A_large_append_is_kept_whole_and_one_that_cannot_be_is_refused()
    {
        var (a, b) = (await OpenAsync(), await OpenAsync());
        var quotes = new string('"', 300_000);
        NewEntry[] large =
            [.. Enumerable.Range(0, 5).Select(n => new NewEntry(One, Actor.Service("test"), CorrelationId.Parse("c"),
                new IncidentClosed(Con(n), quotes)))];
        var appended = (await a.AppendAsync(Contoso, [], large, Token)).ShouldBeOfType<AppendResult.Appended>();
        (await b.ReadAsync(Contoso, 0, 10, Token)).Select(Text).ShouldBe(appended.Entries.Select(Text));
        NewEntry[] noise = [.. Enumerable.Range(0, 4).Select(n => new NewEntry(
            One, Actor.Service("test"), CorrelationId.Parse("c"),
            new IncidentClosed(Con(n), Convert.ToBase64String(System.Security.Cryptography.RandomNumberGenerator.GetBytes(700_000)))))];
        await Should.ThrowAsync<ArgumentException>(async () => await a.AppendAsync(Contoso, [], noise, Token));
        (await b.HeadAsync(Contoso, Token)).ShouldBe(5);
    }

    public ValueTask DisposeAsync()
    {
        foreach (var one in opened)
            one.Dispose();
        return default;
    }

    private async Task<CosmosLedger> OpenAsync(Action<CosmosOptions>? change = null, TimeProvider? clock = null)
    {
        var store = await cosmos.Server.OpenAsync(database, change);
        var ledger = CosmosFixture.Instance(store, clock);
        opened.PushRange([store, ledger]);
        return ledger;
    }

    private static NewEntry Entry(StreamId stream) =>
        new(stream, Actor.Service("test"), CorrelationId.Parse("c0ffee"), new IncidentClosed(Con(1001), "resolved"));

    private static string Text(LedgerEntry entry) => entry with { Hash = default } + Convert.ToHexStringLower(entry.Hash.Span);

    /// <summary>A wait of ten seconds or more never ends: whoever is woken on it is woken by the change feed.</summary>
    private sealed class WithoutLongWaits : TimeProvider
    {
        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            base.CreateTimer(callback, state, dueTime < TimeSpan.FromSeconds(10) ? dueTime : Timeout.InfiniteTimeSpan, period);
    }
}

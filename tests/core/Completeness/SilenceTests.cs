using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Core.Completeness;

/// <summary>What came in and what did not come in, as the ledger tells it.</summary>
public sealed class SilenceTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly ManualClock clock = new();
    private readonly InMemoryLedger ledger;
    private readonly CompletenessOptions options = new();
    private readonly Connection connection = new("contoso-alerts", Contoso, "alertmanager", new Dictionary<string, string>());
    private readonly DeliveryReceipts receipts;

    public SilenceTests()
    {
        ledger = new(clock);
        receipts = new(ledger, new OneTenant(), Options.Create(options), clock, NullLogger<DeliveryReceipts>.Instance);
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => receipts.Dispose();

    [Fact]
    public async Task Nothing_came_so_nothing_is_written()
    {
        await receipts.RecordAsync(Token);
        ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_flood_of_refusals_is_one_entry()
    {
        for (var delivery = 0; delivery < 10_000; delivery++)
            receipts.Refused(connection, delivery % 2 == 0 ? 401 : 413);
        receipts.Accepted(connection, 0, 7);
        await receipts.RecordAsync(Token);
        await receipts.RecordAsync(Token);
        var written = ledger.Facts<WebhookReceipts>(Contoso).ShouldHaveSingleItem();
        (written.Accepted, written.New, written.Duplicates).ShouldBe((1, 0, 7));
        written.Refused.ShouldBe(new Dictionary<string, long> { ["401"] = 5000, ["413"] = 5000 }, ignoreOrder: true);
    }

    [Fact]
    public async Task What_cannot_be_recorded_is_counted_on()
    {
        receipts.Accepted(connection, 1, 0);
        var first = clock.GetUtcNow();
        ledger.Unavailable = true;
        await receipts.RecordAsync(Token);
        clock.Advance(TimeSpan.FromMinutes(1));
        receipts.Accepted(connection, 2, 1);
        receipts.Refused(connection, 400);
        ledger.Unavailable = false;
        await receipts.RecordAsync(Token);
        var written = ledger.Facts<WebhookReceipts>(Contoso).ShouldHaveSingleItem();
        (written.First, written.Last, written.Accepted, written.New, written.Duplicates).ShouldBe((first, clock.GetUtcNow(), 2, 3, 1));
    }

    [Fact]
    public async Task What_nobody_sends_again_is_recorded_at_once_but_not_more_often_than_each_minute()
    {
        await receipts.StartAsync(Token);
        receipts.NotTaken(connection, 413);
        await WrittenAsync(1);
        for (var again = 0; again < 1000; again++)
            receipts.NotTaken(connection, 413);
        await receipts.StopAsync(Token);
        ledger.Facts<WebhookReceipts>(Contoso).Select(written => written.NotTaken!["413"]).ShouldBe([1, 1000]);
    }

    [Fact]
    public async Task What_was_lost_and_cannot_be_recorded_is_counted_on()
    {
        receipts.NotTaken(connection, 400);
        ledger.Unavailable = true;
        await receipts.RecordAsync(Token);
        receipts.NotTaken(connection, 413);
        receipts.Refused(connection, 413);
        ledger.Unavailable = false;
        await receipts.RecordAsync(Token);
        var written = ledger.Facts<WebhookReceipts>(Contoso).ShouldHaveSingleItem();
        written.NotTaken.ShouldBe(new Dictionary<string, long> { ["400"] = 1, ["413"] = 1 }, ignoreOrder: true);
        written.Refused.ShouldBe(new Dictionary<string, long> { ["400"] = 1, ["413"] = 2 }, ignoreOrder: true);
    }

    [Fact]
    public async Task Counting_from_many_threads_loses_nothing()
    {
        await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (var delivery = 0; delivery < 1000; delivery++)
            {
                receipts.Accepted(connection, 1, 0);
                if (delivery % 100 == 0)
                    await receipts.RecordAsync(Token);
            }
        }, Token)));
        await receipts.RecordAsync(Token);
        ledger.Facts<WebhookReceipts>(Contoso).Sum(written => written.New).ShouldBe(8000);
    }

    [Fact]
    public async Task A_connection_that_used_to_send_and_stopped_is_on_record_until_it_is_heard_again()
    {
        using var watch = Watch(connection);
        await watch.LookAsync(Contoso, Token);
        clock.Advance(TimeSpan.FromDays(30));
        await watch.LookAsync(Contoso, Token);
        ledger.Entries(Contoso).ShouldBeEmpty("over which nothing comes by itself nothing is missing");

        await ReceiveAsync();
        var heard = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(24));
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionStale>(Contoso).ShouldBeEmpty();
        clock.Advance(TimeSpan.FromMinutes(1));
        await watch.LookAsync(Contoso, Token);
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionStale>(Contoso).ShouldBe([new("contoso-alerts", heard, 86_400)]);

        clock.Advance(TimeSpan.FromHours(1));
        // A duplicate is a sign of life as good as any.
        receipts.Accepted(connection, 0, 1);
        await receipts.RecordAsync(Token);
        await watch.LookAsync(Contoso, Token);
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionRecovered>(Contoso).ShouldHaveSingleItem();
        ledger.Facts<ConnectionStale>(Contoso).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task What_was_heard_while_the_clock_was_ahead_hides_no_later_silence()
    {
        using var watch = Watch(connection);
        clock.Jump(TimeSpan.FromDays(30));
        await ReceiveAsync();
        clock.Jump(-TimeSpan.FromDays(30));
        await ReceiveAsync();
        var heard = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromHours(24) + TimeSpan.FromMinutes(1));
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionStale>(Contoso).ShouldBe([new("contoso-alerts", heard, 86_400)]);
    }

    [Fact]
    public async Task A_webhook_that_never_came_is_missed_from_the_very_start()
    {
        using var one = Watch(connection, sends: true);
        using var other = Watch(connection, sends: true);
        var began = clock.GetUtcNow();
        await Task.WhenAll(Enumerable.Range(0, 10)
            .Select(number => Task.Run(() => (number % 2 == 0 ? one : other).LookAsync(Contoso, Token), Token)));
        ledger.Entries(Contoso).ShouldHaveSingleItem().Fact.ShouldBe(new ConnectionExpected("contoso-alerts"));
        receipts.Refused(connection, 401);
        await receipts.RecordAsync(Token);

        clock.Advance(TimeSpan.FromHours(25));
        await one.LookAsync(Contoso, Token);
        await other.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionStale>(Contoso).ShouldBe([new("contoso-alerts", began, 86_400)]);
        var gaps = new DevOpsAI.Compliance.Gaps.ConnectionCheck();
        List<DevOpsAI.Compliance.Gaps.Gap> found = [];
        foreach (var entry in ledger.Entries(Contoso))
            gaps.Add(entry, found);
        gaps.End(clock.GetUtcNow(), found);
        found.ShouldHaveSingleItem().Kind.ShouldBe(DevOpsAI.Compliance.Gaps.GapKind.Stale);

        clock.Advance(TimeSpan.FromMinutes(1));
        await ReceiveAsync();
        await one.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionRecovered>(Contoso).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task Where_nothing_needs_to_come_nothing_is_expected()
    {
        using var watch = Watch(connection with { StaleAfter = TimeSpan.Zero }, sends: true);
        await watch.LookAsync(Contoso, Token);
        ledger.Entries(Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_tenant_without_entries_that_nobody_follows_is_looked_after_all_the_same()
    {
        using var watch = Watch(connection, sends: true, followed: new Nobody());
        await watch.StartAsync(Token);
        while (ledger.Entries(Contoso).Count == 0)
        {
            Token.ThrowIfCancellationRequested();
            if (clock.WaitingTimers > 0)
                clock.Advance(TimeSpan.FromMinutes(1));
            await Task.Yield();
        }
        ledger.Facts<ConnectionExpected>(Contoso).ShouldHaveSingleItem();
        await watch.StopAsync(Token);
    }

    [Fact]
    public async Task Refused_deliveries_are_no_sign_of_life()
    {
        using var watch = Watch(connection);
        await ReceiveAsync();
        clock.Advance(TimeSpan.FromHours(25));
        receipts.Refused(connection, 401);
        await receipts.RecordAsync(Token);
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionStale>(Contoso).ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(10, 1)]
    public async Task A_connection_may_have_a_time_of_its_own_or_none(int minutes, int silences)
    {
        using var watch = Watch(connection with { StaleAfter = TimeSpan.FromMinutes(minutes) });
        await ReceiveAsync();
        clock.Advance(TimeSpan.FromDays(2));
        await watch.LookAsync(Contoso, Token);
        ledger.Facts<ConnectionStale>(Contoso).Count.ShouldBe(silences);
    }

    [Fact]
    public async Task Of_two_bots_one_writes_it_down()
    {
        using var one = Watch(connection);
        using var other = Watch(connection);
        await ReceiveAsync();
        clock.Advance(TimeSpan.FromDays(2));
        await Task.WhenAll(Enumerable.Range(0, 10)
            .Select(number => Task.Run(() => (number % 2 == 0 ? one : other).LookAsync(Contoso, Token), Token)));
        ledger.Facts<ConnectionStale>(Contoso).ShouldHaveSingleItem();
    }

    private StalenessWatch Watch(Connection only, bool sends = false, ISubscribedTenants? followed = null) => new(
        ledger, new(ledger, CoreFeatures.Catalog), new(new OneTenant(), followed ?? new EveryTenant(new OneTenant()), ledger),
        new(new Only(only), sends ? [new Sender()] : [], Options.Create(options)), clock,
        new ServiceCollection().AddMetrics().BuildServiceProvider().GetRequiredService<System.Diagnostics.Metrics.IMeterFactory>(),
        NullLogger<StalenessWatch>.Instance);

    private async Task WrittenAsync(int entries)
    {
        while (ledger.Entries(Contoso).Count < entries)
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task ReceiveAsync()
    {
        var received = new EventReceived(
            $"E-{clock.GetUtcNow().Ticks}", connection.Name, "1", EventStatus.Resolved, Severity.Info, "k", null, "t", null, "a", "k|", "k",
            clock.GetUtcNow(), false, new Dictionary<string, string>());
        (await ledger.AppendAsync(Contoso, [],
            [new(StreamId.Event(received.EventId), Actor.Connection(connection.Name), CorrelationId.Parse("c"), received)],
            Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    private sealed class Sender : IConnectionCheck
    {
        public string Connector => "Alertmanager";

        public bool SendsEvents => true;

        public IEnumerable<string> Problems(Connection connection) => [];
    }

    private sealed class Nobody : ISubscribedTenants
    {
        public bool IsMine(TenantId tenant) => false;

        public Task NextAsync(CancellationToken cancellationToken) => Task.Delay(Timeout.Infinite, cancellationToken);

        public Task RunAsync(Action<TenantId> take, Func<TenantId, Task> release, CancellationToken stopping) => Task.CompletedTask;
    }

    private sealed class Only(Connection only) : IConnectionDirectory
    {
        public IReadOnlyList<Connection> All => [only];

        public Connection? Named(string name) => name == only.Name ? only : null;

        public ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken) => new(Named(name));
    }
}

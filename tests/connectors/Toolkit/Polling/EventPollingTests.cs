using System.Collections.Concurrent;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Polling;

/// <summary>Each list is read at its own pace, whatever becomes of the others, until the bot stops.</summary>
public sealed class EventPollingTests : IAsyncDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(15);
    private readonly ManualClock clock = new();
    private readonly PlayedSource source;
    private readonly Known known = new();
    private readonly EventPolling polling;

    public EventPollingTests()
    {
        source = new(clock);
        var tenants = new OnlyContoso();
        var ledger = new InMemoryLedger(clock);
        var receipts = new DeliveryReceipts(
            ledger, tenants, Options.Create(new CompletenessOptions()), clock, NullLogger<DeliveryReceipts>.Instance);
        polling = new(
            new(new PollCursors(new MemoryDocuments()), new RecordedEvents(), receipts, NullLogger<EventPoller>.Instance), [source], known,
            new(tenants, new EveryTenant(tenants), ledger), clock, NullLogger<EventPolling>.Instance);
    }

    public async ValueTask DisposeAsync()
    {
        await polling.StopAsync(CancellationToken.None);
        polling.Dispose();
    }

    [Fact]
    public async Task A_vendor_that_fails_is_asked_less_and_less_and_holds_up_no_other()
    {
        known.Add("bad", "good");
        source.Answers["bad"] = static _ => Failed();
        await polling.StartAsync(Token);
        await PassAsync(TimeSpan.FromSeconds(2_745));
        source.CallsOf("bad").ShouldBe([0, 15, 45, 105, 225, 465, 945, 1_845, 2_745]);
        source.CallsOf("good").ShouldBe(Enumerable.Range(0, 10).Select(static n => n * 300));

        source.Answers.Clear();
        await PassAsync(TimeSpan.FromSeconds(900));
        source.Answers["bad"] = static _ => Failed();
        await PassAsync(TimeSpan.FromSeconds(315));
        source.CallsOf("bad")[^3..].ShouldBe([3_645, 3_945, 3_960], "what succeeded is at its own pace again, and fails anew");
    }

    [Fact]
    public async Task A_vendor_that_says_when_to_come_back_is_left_alone_until_then()
    {
        known.Add("busy");
        source.Answers["busy"] = static _ => Failed(TimeSpan.FromMinutes(2));
        await polling.StartAsync(Token);
        await PassAsync(TimeSpan.FromMinutes(4));
        source.CallsOf("busy").ShouldBe([0, 120, 240]);
    }

    [Fact]
    public async Task A_vendor_that_hangs_is_given_up_after_ten_minutes_and_holds_up_no_other()
    {
        known.Add("good", "hangs");
        source.Answers["hangs"] = source.HangAsync;
        await polling.StartAsync(Token);
        await PassAsync(TimeSpan.FromMinutes(11));
        source.CallsOf("hangs").ShouldBe([0, 615]);
        source.CallsOf("good").ShouldBe([0, 300, 600]);
    }

    [Fact]
    public async Task Eight_connections_of_a_vendor_are_read_at_once_and_the_others_after_them()
    {
        var all = Enumerable.Range(1, 10).Select(static n => $"c{n:00}").ToArray();
        known.Add(all);
        foreach (var one in all)
            source.Answers[one] = source.HangAsync;
        await polling.StartAsync(Token);
        await RestAsync(() => source.Hanging == 8 && clock.Sleepers == 1);
        source.Calls.Count.ShouldBe(8);
        clock.Advance(TimeSpan.FromMinutes(10));
        await RestAsync(() => source.Hanging == 2 && clock.Sleepers == 9);
        source.Calls.Select(static one => one.Connection).ShouldBe(all, ignoreOrder: true);
    }

    [Fact]
    public async Task A_connection_is_read_from_when_it_is_made_until_it_is_gone()
    {
        known.Add("first");
        await polling.StartAsync(Token);
        await PassAsync(TimeSpan.FromMinutes(1));
        known.Add("second");
        clock.Advance(Step);
        await PassAsync(TimeSpan.FromMinutes(1));
        source.CallsOf("second").ShouldHaveSingleItem().ShouldBeInRange(60, 75);
        known.Remove("first");
        await RestAsync(() => clock.Sleepers == 3);
        clock.Advance(TimeSpan.FromMinutes(10));
        await RestAsync(() => clock.Sleepers == 2);
        source.CallsOf("first").ShouldBe([0]);
    }

    [Fact]
    public async Task Stopping_ends_a_reading_and_all_waiting()
    {
        known.Add("good", "hangs");
        source.Answers["hangs"] = source.HangAsync;
        await polling.StartAsync(Token);
        await RestAsync(() => source.Hanging == 1 && clock.Sleepers == 2);
        await polling.StopAsync(Token);
        (source.Hanging, clock.Sleepers, polling.ExecuteTask!.IsCompletedSuccessfully).ShouldBe((0, 0, true));
        clock.Advance(TimeSpan.FromHours(1));
        source.Calls.Count.ShouldBe(2);
    }

    private static Task<CallOutcome<PolledEvents>> Failed(TimeSpan? tryAgainIn = null) =>
        Task.FromResult<CallOutcome<PolledEvents>>(new CallOutcome<PolledEvents>.NotDone("It is away.", tryAgainIn));

    /// <summary>Lets time pass, and each time waits until everybody waits again: for time, or for the vendor.</summary>
    private async Task PassAsync(TimeSpan time)
    {
        bool IsAtRest() => clock.Sleepers + source.Hanging == known.All.Count + 1;
        for (var passed = TimeSpan.Zero; passed < time; passed += Step)
        {
            await RestAsync(IsAtRest);
            clock.Advance(Step);
        }
        await RestAsync(IsAtRest);
    }

    private static async Task RestAsync(Func<bool> isAtRest)
    {
        while (!isAtRest())
        {
            Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    /// <summary>A vendor that is asked for nothing, and by whom and when.</summary>
    private sealed class PlayedSource(ManualClock clock) : IPolledSource
    {
        private readonly DateTimeOffset start = clock.GetUtcNow();
        private int hanging;

        public string Connector => "acme";

        public IReadOnlyList<PolledList> Lists { get; } = [new("alerts", TimeSpan.FromMinutes(5))];

        public ConcurrentQueue<(string Connection, int Second)> Calls { get; } = new();

        /// <summary>What becomes of a reading, by connection; there is nothing to read for the others.</summary>
        public ConcurrentDictionary<string, Func<CancellationToken, Task<CallOutcome<PolledEvents>>>> Answers { get; } = new();

        public int Hanging => Volatile.Read(ref hanging);

        public List<int> CallsOf(string connection) => [.. Calls.Where(one => one.Connection == connection).Select(static one => one.Second)];

        public async Task<CallOutcome<PolledEvents>> HangAsync(CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref hanging);
            // Not when it has ended, but as soon as it is told to: until then nobody waits, and time stands still.
            await using var told = cancellationToken.Register(() => Interlocked.Decrement(ref hanging));
            await Task.Delay(Timeout.Infinite, cancellationToken);
            throw new InvalidOperationException("It never ends by itself.");
        }

        public async Task<CallOutcome<PolledEvents>> ReadAsync(
            Connection connection, string key, string? position, CancellationToken cancellationToken)
        {
            Calls.Enqueue((connection.Name, (int)(clock.GetUtcNow() - start).TotalSeconds));
            return Answers.TryGetValue(connection.Name, out var answer)
                ? await answer(cancellationToken)
                : new CallOutcome<PolledEvents>.Done(new([], null, 0, []));
        }
    }

    private sealed class Known : IConnectionDirectory
    {
        private volatile IReadOnlyList<Connection> all = [];

        public IReadOnlyList<Connection> All => all;

        public void Add(params string[] names) => all = [.. all, .. names.Select(
            static name => new Connection(name, TenantId.Parse("contoso"), "acme", new Dictionary<string, string>()))];

        public void Remove(string name) => all = [.. all.Where(one => one.Name != name)];

        public Connection? Named(string name) => all.FirstOrDefault(one => one.Name == name);

        public ValueTask<Connection?> FindAsync(string name, CancellationToken cancellationToken) => ValueTask.FromResult(Named(name));
    }

    private sealed class OnlyContoso : ITenantDirectory
    {
        public IReadOnlyList<Tenant> All { get; } = [new(TenantId.Parse("contoso"), "Contoso Ltd", "CON")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);
    }
}

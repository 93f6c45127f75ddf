using System.Collections.Concurrent;
using System.Threading.Channels;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger;

public sealed class LedgerSubscriptionsTests : IDisposable
{
    private static readonly TimeSpan TimeLimit = TimeSpan.FromMinutes(2);
    private readonly ManualClock clock = new();
    private readonly LedgerMetrics metrics = new();
    private readonly InMemoryLedger ledger;
    private readonly Cursors cursors = new();

    public LedgerSubscriptionsTests() => ledger = new(clock);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_of_every_tenant_come_in_order_within_their_partition()
    {
        var seen = new ConcurrentQueue<LedgerEntry>();
        using var following = await StartAsync(new RecordingSubscription(async entry =>
        {
            await Task.Yield();
            seen.Enqueue(entry);
        }));
        for (var i = 0; i < 200; i++)
            await AppendAsync(i % 2 == 0 ? Tenants.Contoso : Tenants.Fabrikam, $"partition-{i % 7}");
        await following.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);
        seen.Count.ShouldBe(200);
        foreach (var partition in seen.GroupBy(entry => (entry.Tenant, entry.Stream)))
            partition.Select(entry => entry.Seq).ShouldBe(partition.Select(entry => entry.Seq).Order());
    }

    [Fact]
    public async Task A_position_past_the_end_of_the_ledger_passes_over_nothing_that_is_still_to_come()
    {
        await AppendAsync(Tenants.Contoso, "of before");
        await cursors.SaveAsync([new("test", Tenants.Contoso, 1000)], Token);
        var handled = Channel.CreateUnbounded<long>();
        using var following = await StartAsync(new RecordingSubscription(entry =>
        {
            handled.Writer.TryWrite(entry.Seq);
            return Task.CompletedTask;
        }));
        await following.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);
        await AppendAsync(Tenants.Contoso, "new");
        (await TakeAsync(handled, 1)).ShouldBe([2]);
        await SavedAsync(cursor => cursor.Seq == 2 && cursor.Tenant == Tenants.Contoso);
    }

    [Fact]
    public async Task A_partition_that_hangs_holds_up_neither_the_others_nor_the_other_tenant_but_the_cursor()
    {
        var handled = Channel.CreateUnbounded<long>();
        var hang = new TaskCompletionSource();
        using var following = await StartAsync(new RecordingSubscription(async entry =>
        {
            if (entry.Stream.Value == "hangs" && entry.Tenant == Tenants.Contoso)
                await hang.Task;
            handled.Writer.TryWrite(entry.Seq);
        }));
        await AppendAsync(Tenants.Contoso, "goes");
        await AppendAsync(Tenants.Contoso, "hangs");
        await AppendAsync(Tenants.Contoso, "goes");
        await AppendAsync(Tenants.Contoso, "hangs");
        await AppendAsync(Tenants.Contoso, "goes too");
        await AppendAsync(Tenants.Fabrikam, "hangs");
        (await TakeAsync(handled, 4)).Order().ShouldBe([1, 1, 3, 5]);
        (await following.BehindAsync(Token)).ShouldBe(4, "of the tenant that is most behind: all after the last that is finished");
        await SavedAsync(cursor => cursor.Seq == 1 && cursor.Tenant == Tenants.Contoso);
        hang.SetResult();
        (await TakeAsync(handled, 2)).ShouldBe([2, 4]);
        await following.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);
        (await following.BehindAsync(Token)).ShouldBe(0);
        await SavedAsync(cursor => cursor.Seq == 5);
    }

    [Fact]
    public async Task Lanes_go_side_by_side_but_no_more_than_the_bound_at_once()
    {
        var running = 0;
        var most = 0;
        var full = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var go = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var following = await StartAsync(new RecordingSubscription(async _ =>
        {
            int now;
            lock (full)
            {
                now = ++running;
                most = Math.Max(most, now);
            }
            if (now == SubscriptionLimits.MaxHandlers)
                full.TrySetResult();
            await go.Task;
            lock (full)
                running--;
        }));
        for (var i = 0; i < 2 * SubscriptionLimits.MaxHandlers; i++)
            await AppendAsync(i % 2 == 0 ? Tenants.Contoso : Tenants.Fabrikam, $"lane-{i}");
        await full.Task.WaitAsync(TimeLimit, Token);
        go.SetResult();
        await following.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);
        most.ShouldBe(SubscriptionLimits.MaxHandlers);
    }

    [Fact]
    public async Task A_handler_that_throws_is_tried_again_after_a_growing_pause_and_its_partition_waits()
    {
        var attempts = Channel.CreateUnbounded<(long Seq, DateTimeOffset At)>();
        var failures = 3;
        using var following = await StartAsync(new RecordingSubscription(entry =>
        {
            attempts.Writer.TryWrite((entry.Seq, clock.GetUtcNow()));
            return entry.Seq == 1 && failures-- > 0 ? throw new InvalidOperationException("vendor said no") : Task.CompletedTask;
        }));
        // One timer saves the cursors; a second is a pause.
        await Eventually(() => clock.WaitingTimers == 1);
        await AppendAsync(Tenants.Contoso, "lane");
        await AppendAsync(Tenants.Contoso, "lane");
        await AppendAsync(Tenants.Contoso, "other");
        var seen = new List<(long Seq, DateTimeOffset At)>(await TakeAsync(attempts, 2));
        while (seen.Count < 6)
        {
            await Eventually(() => clock.WaitingTimers > 1 || attempts.Reader.Count > 0);
            if (clock.WaitingTimers > 1)
                clock.Advance(TimeSpan.FromMilliseconds(50));
            while (attempts.Reader.TryRead(out var attempt))
                seen.Add(attempt);
        }
        var first = seen.Where(attempt => attempt.Seq == 1).Select(attempt => attempt.At).ToList();
        first.Count.ShouldBe(4);
        first.Zip(first.Skip(1), (a, b) => (b - a).TotalSeconds).ShouldSatisfyAllConditions(
            pauses => pauses.ElementAt(0).ShouldBeInRange(0.16, 0.35),
            pauses => pauses.ElementAt(1).ShouldBeInRange(0.32, 0.60),
            pauses => pauses.ElementAt(2).ShouldBeInRange(0.64, 1.20));
        seen[^1].Seq.ShouldBe(2);
    }

    [Fact]
    public async Task A_restart_resumes_behind_what_was_finished_and_skips_nothing()
    {
        var random = new Random(20260302);
        var handled = new ConcurrentDictionary<long, int>();
        var total = 0;
        for (var life = 0; life < 12; life++)
        {
            var finished = new ConcurrentDictionary<long, bool>();
            var saved = cursors.For("test", Tenants.Contoso);
            Enumerable.Range(1, (int)saved).ShouldAllBe(seq => handled.ContainsKey(seq), "the cursor had skipped an entry");
            var stuckLane = $"lane-{random.Next(5)}";
            var never = new TaskCompletionSource();
            var crash = life % 2 == 1;
            using (var following = await StartAsync(new RecordingSubscription(async (entry, stopping) =>
            {
                entry.Seq.ShouldBeGreaterThan(saved);
                if (entry.Seq % 11 == life && entry.Stream.Value == stuckLane)
                    await never.Task.WaitAsync(stopping);
                await Task.Yield();
                handled.AddOrUpdate(entry.Seq, 1, (_, times) => times + 1);
                finished[entry.Seq] = true;
            })))
            {
                for (var i = random.Next(5, 60); i > 0; i--, total++)
                    await AppendAsync(Tenants.Contoso, $"lane-{random.Next(5)}");
                await Eventually(() => !finished.IsEmpty);
                clock.Advance(TimeSpan.FromSeconds(2));
                // A crash saves nothing more.
                cursors.Closed = crash;
                await following.StopAsync(Token).WaitAsync(TimeLimit, Token);
                cursors.Closed = false;
            }
        }
        using var last = await StartAsync(new RecordingSubscription(entry =>
        {
            handled.AddOrUpdate(entry.Seq, 1, (_, times) => times + 1);
            return Task.CompletedTask;
        }));
        await last.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);
        handled.Keys.Order().ShouldBe(Enumerable.Range(1, total).Select(seq => (long)seq));
    }

    [Fact]
    public async Task Entries_of_no_interest_move_the_cursor_too()
    {
        using var following = await StartAsync(
            new RecordingSubscription(_ => throw new InvalidOperationException("not asked")) { LaneOf = _ => null });
        for (var i = 0; i < 20; i++)
            await AppendAsync(Tenants.Contoso, "any");
        await following.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);
        await SavedAsync(cursor => cursor.Seq == 20);
    }

    [Fact]
    public async Task Stopping_waits_for_handlers_that_run_and_saves_what_they_finished()
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var following = await StartAsync(new RecordingSubscription(async entry =>
        {
            started.TrySetResult();
            await release.Task;
        }));
        await AppendAsync(Tenants.Contoso, "lane");
        await started.Task.WaitAsync(TimeLimit, Token);
        var stopping = following.StopAsync(Token);
        stopping.IsCompleted.ShouldBeFalse();
        release.SetResult();
        await stopping.WaitAsync(TimeLimit, Token);
        cursors.For("test", Tenants.Contoso).ShouldBe(1);
    }

    [Fact]
    public async Task How_far_behind_it_is_costs_one_question_for_each_tenant_however_many_subscriptions_there_are()
    {
        var counted = new CountedLedger(ledger);
        await AppendAsync(Tenants.Contoso, "any");
        await AppendAsync(Tenants.Fabrikam, "any");
        using var following = Following(
            counted, [.. Enumerable.Range(0, 5).Select(n => new RecordingSubscription(_ => Task.CompletedTask) { Name = $"test-{n}" })]);

        (await following.BehindAsync(Token)).ShouldBe(1);

        counted.Heads.ShouldBe(2);
    }

    [Fact]
    public async Task Of_a_long_history_that_is_new_to_all_few_pages_are_read_at_once()
    {
        var counted = new CountedLedger(ledger);
        foreach (var tenant in new Tenants().All)
        {
            for (var n = 0; n < 2_000; n++)
                await AppendAsync(tenant.Id, "any");
        }
        var handled = 0;
        using var following = Following(counted, [.. Enumerable.Range(0, 5).Select(n => new RecordingSubscription(_ =>
        {
            Interlocked.Increment(ref handled);
            return Task.CompletedTask;
        }) { Name = $"test-{n}" })]);
        await following.StartAsync(Token);

        await following.CaughtUpAsync(Token).WaitAsync(TimeLimit, Token);

        handled.ShouldBe(5 * 2 * 2_000);
        counted.MostLongReads.ShouldBeInRange(1, SubscriptionLimits.MaxCatchingUp);
    }

    [Fact]
    public void Two_subscriptions_of_one_name_are_refused() =>
        Should.Throw<InvalidOperationException>(
            () => Following(new RecordingSubscription(_ => Task.CompletedTask), new RecordingSubscription(_ => Task.CompletedTask)));

    public void Dispose() => metrics.Dispose();

    private async Task<LedgerSubscriptions> StartAsync(params ILedgerSubscription[] subscriptions)
    {
        var following = Following(subscriptions);
        await following.StartAsync(Token);
        return following;
    }

    private LedgerSubscriptions Following(params ILedgerSubscription[] subscriptions) => Following(ledger, subscriptions);

    private LedgerSubscriptions Following(ILedger from, ILedgerSubscription[] subscriptions) =>
        new(from, cursors, new(new Tenants(), new EveryTenant(new Tenants()), from), subscriptions, metrics, clock,
            NullLogger<LedgerSubscriptions>.Instance) { StopWithin = TimeLimit };

    private async Task AppendAsync(TenantId tenant, string stream) =>
        await ledger.AppendAsync(tenant, [],
            [new(new(stream), Actor.Service("test"), CorrelationId.Parse("c0ffee"), new IncidentClosed(Con(1001), "resolved"))], Token);

    private static async Task<List<T>> TakeAsync<T>(Channel<T> channel, int count)
    {
        var taken = new List<T>();
        while (taken.Count < count)
            taken.Add(await channel.Reader.ReadAsync(Token).AsTask().WaitAsync(TimeLimit, Token));
        return taken;
    }

    /// <summary>Moves the clock until the cursor has been saved as expected.</summary>
    private async Task SavedAsync(Func<SubscriptionCursor, bool> expected) => await Eventually(() =>
    {
        clock.Advance(TimeSpan.FromSeconds(1));
        return cursors.All.Any(expected);
    });

    private static async Task Eventually(Func<bool> condition)
    {
        using var timeout = new CancellationTokenSource(TimeLimit);
        while (!condition())
        {
            timeout.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private sealed class RecordingSubscription(Func<LedgerEntry, CancellationToken, Task> handle) : ILedgerSubscription
    {
        public RecordingSubscription(Func<LedgerEntry, Task> handle) : this((entry, _) => handle(entry))
        {
        }

        public Func<LedgerEntry, string?> LaneOf { get; init; } = entry => entry.Stream.Value;

        public string Name { get; init; } = "test";

        public string? GetPartitionKey(LedgerEntry entry) => LaneOf(entry);

        public Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken) => handle(entry, cancellationToken);
    }

    /// <summary>Counts what is asked of a ledger; readings of a whole page last a few turns of the scheduler.</summary>
    private sealed class CountedLedger(ILedger inner) : ILedger
    {
        private readonly Lock gate = new();
        private int heads;
        private int longReads;

        public int Heads => Volatile.Read(ref heads);

        public int MostLongReads { get; private set; }

        public ValueTask<AppendResult> AppendAsync(
            TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken) =>
            inner.AppendAsync(tenant, expected, entries, cancellationToken);

        public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken)
        {
            Interlocked.Increment(ref heads);
            return inner.HeadAsync(tenant, cancellationToken);
        }

        public async ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
            TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken)
        {
            var page = await inner.ReadAsync(tenant, afterSeq, limit, cancellationToken);
            if (page.Count < limit)
                return page;
            lock (gate)
                MostLongReads = Math.Max(MostLongReads, ++longReads);
            for (var turn = 0; turn < 20; turn++)
                await Task.Yield();
            lock (gate)
                longReads--;
            return page;
        }

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(
            TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
            inner.ReadStreamAsync(tenant, stream, cancellationToken);

        public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
            inner.WaitPastAsync(tenant, afterSeq, cancellationToken);
    }

    private sealed class Cursors : ICursorStore
    {
        private readonly ConcurrentDictionary<(string, TenantId), long> saved = new();

        public bool Closed { get; set; }

        public IEnumerable<SubscriptionCursor> All =>
            saved.Select(pair => new SubscriptionCursor(pair.Key.Item1, pair.Key.Item2, pair.Value));

        public long For(string subscription, TenantId tenant) => saved.GetValueOrDefault((subscription, tenant));

        public ValueTask<long> LoadAsync(string subscription, TenantId tenant, CancellationToken cancellationToken) =>
            new(For(subscription, tenant));

        public ValueTask SaveAsync(IReadOnlyCollection<SubscriptionCursor> cursors, CancellationToken cancellationToken)
        {
            if (Closed)
                throw new LedgerUnavailableException("Closed by the test.");
            foreach (var cursor in cursors)
                saved[(cursor.Subscription, cursor.Tenant)] = cursor.Seq;
            return ValueTask.CompletedTask;
        }
    }

    private sealed class Tenants : ITenantDirectory
    {
        public static readonly TenantId Contoso = TenantId.Parse("contoso");
        public static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");

        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON"), new(Fabrikam, "Fabrikam Inc", "FAB")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);
    }
}

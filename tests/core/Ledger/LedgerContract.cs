using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger;

/// <summary>What every ledger promises, whatever it is stored in.</summary>
public abstract class LedgerContract : IDisposable
{
    protected static readonly TenantId Contoso = TenantId.Parse("contoso");
    protected static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private static readonly StreamId One = StreamId.Incident(Con(1001));
    private static readonly StreamId Other = StreamId.Proposal(Con(1001));

    protected ManualClock Clock { get; } = new();

    protected abstract ILedger Ledger { get; }

    protected static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Entries_are_numbered_without_gaps_in_the_tenant_and_in_the_stream()
    {
        var first = await Append(Contoso, One, Other, One);
        var second = await Append(Contoso, One);
        var foreign = await Append(Fabrikam, One);
        first.Concat(second).Select(entry => (entry.Seq, entry.Version)).ShouldBe([(1, 1), (2, 1), (3, 2), (4, 3)]);
        foreign.ShouldHaveSingleItem().Seq.ShouldBe(1);
        (await Ledger.HeadAsync(Contoso, Token)).ShouldBe(4);
        (await Ledger.HeadAsync(TenantId.Parse("nobody"), Token)).ShouldBe(0);
    }

    [Fact]
    public async Task What_is_read_is_what_was_appended()
    {
        var appended = await Append(Contoso, One, Other);
        var read = await Ledger.ReadAsync(Contoso, 0, 10, Token);
        read.Select(Text).ShouldBe(appended.Select(Text));
        read[0].Hash.Length.ShouldBe(32);
        read[1].Hash.ToArray().ShouldNotBe(read[0].Hash.ToArray());
        (await Ledger.ReadAsync(Contoso, 1, 10, Token)).ShouldHaveSingleItem().Seq.ShouldBe(2);
        (await Ledger.ReadAsync(Contoso, 0, 1, Token)).ShouldHaveSingleItem().Seq.ShouldBe(1);
        (await Ledger.ReadAsync(Contoso, 2, 10, Token)).ShouldBeEmpty();
        (await Ledger.ReadAsync(Contoso, 99, 10, Token)).ShouldBeEmpty();
        (await Ledger.ReadStreamAsync(Contoso, Other, Token)).Select(Text).ShouldBe([Text(appended[1])]);
        (await Ledger.ReadStreamAsync(Fabrikam, Other, Token)).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_entry_recorded_by_a_clock_that_was_set_back_keeps_that_time_beside_its_own()
    {
        var ahead = (await Append(Contoso, One))[0];
        Clock.Jump(-TimeSpan.FromDays(30));
        var after = (await Append(Contoso, One))[0];
        (after.At, after.ByClock).ShouldBe((ahead.At, ahead.At.AddDays(-30)));
        var read = await Ledger.ReadStreamAsync(Contoso, One, Token);
        read.Select(entry => entry.ByClock).ShouldBe([ahead.At, ahead.At.AddDays(-30)]);
        read.Select(Text).ShouldBe([Text(ahead), Text(after)]);
    }

    [Fact]
    public async Task Someone_who_saw_an_old_version_is_told_and_nothing_is_written()
    {
        await Append(Contoso, One);
        var result = await Ledger.AppendAsync(Contoso, [new(Other, 0), new(One, 0)], [Entry(Other), Entry(One)], Token);
        result.ShouldBe(new AppendResult.Conflict(One, 0, 1));
        (await Ledger.HeadAsync(Contoso, Token)).ShouldBe(1);
        (await Ledger.AppendAsync(Contoso, [new(Other, 0), new(One, 1)], [Entry(Other), Entry(One)],
            Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task Expecting_a_version_of_the_future_is_a_conflict_too() =>
        (await Ledger.AppendAsync(Contoso, [new(One, 3)], [Entry(One)], Token)).ShouldBe(new AppendResult.Conflict(One, 3, 0));

    [Fact]
    public async Task A_stream_of_another_tenant_has_versions_of_its_own()
    {
        await Append(Contoso, One);
        (await Ledger.AppendAsync(Fabrikam, [new(One, 0)], [Entry(One)], Token)).ShouldBeOfType<AppendResult.Appended>();
    }

    [Fact]
    public async Task An_entry_that_cannot_be_stored_leaves_nothing_behind()
    {
        await Should.ThrowAsync<ArgumentException>(
            async () => await Ledger.AppendAsync(Contoso, [], [Entry(One), Entry(One) with { Fact = new Unnamed() }], Token));
        await Should.ThrowAsync<ArgumentException>(async () => await Ledger.AppendAsync(Contoso, [], [], Token));
        (await Ledger.HeadAsync(Contoso, Token)).ShouldBe(0);
        (await Append(Contoso, One))[0].Version.ShouldBe(1);
    }

    [Fact]
    public async Task Who_has_gone_before_it_began_appends_nothing()
    {
        await Should.ThrowAsync<OperationCanceledException>(
            async () => await Ledger.AppendAsync(Contoso, [], [Entry(One)], new(canceled: true)));
        (await Ledger.HeadAsync(Contoso, Token)).ShouldBe(0);
    }

    [Fact]
    public async Task Time_is_in_milliseconds_and_never_goes_back()
    {
        Clock.SetUtcNow(new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero).AddTicks(12_345));
        var first = await Append(Contoso, One);
        Clock.SetUtcNow(first[0].At.AddHours(-1));
        var second = await Append(Contoso, One);
        first[0].At.Ticks.ShouldBe(new DateTimeOffset(2026, 3, 2, 9, 0, 0, 1, TimeSpan.Zero).Ticks);
        second[0].At.ShouldBe(first[0].At);
        (await Append(Fabrikam, One))[0].At.ShouldBe(first[0].At.AddHours(-1).AddTicks(0));
    }

    [Fact]
    public async Task Of_many_who_saw_the_same_version_exactly_one_is_appended()
    {
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(_ => Task.Run(async () =>
            await Ledger.AppendAsync(Contoso, [new(One, 0)], [Entry(One), Entry(Other)], Token))));
        results.OfType<AppendResult.Appended>().ShouldHaveSingleItem();
        results.OfType<AppendResult.Conflict>().Count(conflict => conflict == new AppendResult.Conflict(One, 0, 1)).ShouldBe(63);
        (await Ledger.HeadAsync(Contoso, Token)).ShouldBe(2);
    }

    [Fact]
    public async Task Many_writers_lose_nothing_and_an_appender_sees_its_own_entry_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 64).Select(writer => Task.Run(async () =>
        {
            var own = StreamId.Incident(Con(writer));
            for (var version = 0; version < 20; version++)
            {
                var result =
                    await Ledger.AppendAsync(writer % 2 == 0 ? Contoso : Fabrikam, [new(own, version)], [Entry(own), Entry(Other)], Token);
                var appended = result.ShouldBeOfType<AppendResult.Appended>().Entries;
                (await Ledger.HeadAsync(appended[0].Tenant, Token)).ShouldBeGreaterThanOrEqualTo(appended[1].Seq);
                (await Ledger.ReadAsync(appended[0].Tenant, appended[0].Seq - 1, 2, Token)).Select(Text).ShouldBe(appended.Select(Text));
            }
        })));
        foreach (var tenant in (TenantId[])[Contoso, Fabrikam])
        {
            var all = await Ledger.ReadAsync(tenant, 0, 10_000, Token);
            all.Select(entry => entry.Seq).ShouldBe(Enumerable.Range(1, 1280).Select(seq => (long)seq));
            foreach (var stream in all.GroupBy(entry => entry.Stream))
                stream.Select(entry => entry.Version).ShouldBe(Enumerable.Range(1, stream.Count()).Select(version => (long)version));
        }
    }

    [Fact]
    public async Task Waiting_ends_with_the_next_entry_and_with_no_other_tenants()
    {
        await Append(Contoso, One);
        await Ledger.WaitPastAsync(Contoso, 0, Token);
        var waiting = Ledger.WaitPastAsync(Contoso, 1, Token).AsTask();
        await Append(Fabrikam, One);
        waiting.IsCompleted.ShouldBeFalse();
        await Append(Contoso, One);
        await waiting.WaitAsync(TimeSpan.FromMinutes(2), Token);
    }

    [Fact]
    public async Task Who_waits_can_give_up()
    {
        using var timeout = new CancellationTokenSource();
        var waiting = Ledger.WaitPastAsync(Contoso, 0, timeout.Token).AsTask();
        await timeout.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task State_follows_the_ledger()
    {
        var states = new TenantStates(Ledger, CoreFeatures.Catalog);
        (await states.GetAsync(Contoso, Token)).Seq.ShouldBe(0);
        await Ledger.AppendAsync(Contoso, [],
            [new(StreamId.Freeze, Actor.Service("test"), CorrelationId.Parse("c"), new DevOpsAI.Gates.FreezeSet("stop the line"))], Token);
        (await states.GetAsync(Contoso, Token)).Freeze.ShouldNotBeNull().Reason.ShouldBe("stop the line");
    }

    public virtual void Dispose() => GC.SuppressFinalize(this);

    protected static NewEntry Entry(StreamId stream) =>
        new(stream, Actor.Service("test"), CorrelationId.Parse("c0ffee"), new IncidentClosed(Con(1001), "resolved"));

    protected static string Text(LedgerEntry entry) => entry with { Hash = default } + Convert.ToHexStringLower(entry.Hash.Span);

    protected async Task<IReadOnlyList<LedgerEntry>> Append(TenantId tenant, params StreamId[] streams)
    {
        var result = await Ledger.AppendAsync(tenant, [], [.. streams.Select(Entry)], Token);
        return result.ShouldBeOfType<AppendResult.Appended>().Entries;
    }

    private sealed record Unnamed : Fact;
}

public sealed class InMemoryLedgerTests : LedgerContract
{
    public InMemoryLedgerTests() => Ledger = new InMemoryLedger(Clock);

    protected override ILedger Ledger { get; }
}

using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Snapshots;

public sealed class SnapshotTests
{
    private static readonly TenantId Contoso = GeneratedHistory.Contoso;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task A_state_goes_on_from_what_was_kept_as_from_the_first_entry(int seed)
    {
        var bench = new StateBench();
        var history = new GeneratedHistory(bench.Ledger, bench.Clock, seed);
        var steps = new Random(seed);
        for (var start = 0; start < 8; start++)
        {
            // A process that reads as things happen, and one that reads it all at once.
            var going = bench.Begin();
            for (var look = 0; look < 4; look++)
            {
                await history.GoOnAsync(steps.Next(1, 250));
                await going.GetAsync(Contoso, Stop);
            }
            var fresh = new StateBench(keys: bench.Keys).Begin(bench.Ledger);
            var expected = StateBench.GetText(await fresh.GetAsync(Contoso, Stop));
            StateBench.GetText(await going.GetAsync(Contoso, Stop)).ShouldBe(expected);
            await going.SaveAsync();
            StateBench.GetText(await bench.Begin().GetAsync(Contoso, Stop)).ShouldBe(expected);
        }
        bench.Warnings.ShouldBeEmpty();
        var state = await bench.Begin().GetAsync(Contoso, Stop);
        var whole = await history.WholeAsync();
        state.LastIncidentNumber.ShouldBe(whole.LastIncidentNumber);
        state.Incidents.Values.Count(static one => !one.IsOpen).ShouldBeLessThan(whole.Incidents.Values.Count(static one => !one.IsOpen));
        state.Incidents.Values.Where(static one => one.IsOpen).Select(static one => one.Id).Order()
            .ShouldBe(whole.Incidents.Values.Where(static one => one.IsOpen).Select(static one => one.Id).Order());
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Every_incident_is_found_as_it_was_though_it_has_left(int seed)
    {
        var bench = new StateBench();
        var history = new GeneratedHistory(bench.Ledger, bench.Clock, seed);
        await history.GoOnAsync(3000);
        var states = bench.Begin();
        var state = await states.GetAsync(Contoso, Stop);
        await states.SaveAsync();
        var whole = await history.WholeAsync();
        var again = bench.Begin();
        var afterStart = await again.GetAsync(Contoso, Stop);
        foreach (var incident in whole.Incidents.Values)
        {
            var found = (await states.IncidentAsync(state, incident.Id, Stop)).ShouldNotBeNull(incident.Id.Value);
            // What an alert of it says after it has left belongs to nothing.
            Settled(found).ShouldBe(Settled(incident));
            Settled((await again.IncidentAsync(afterStart, incident.Id, Stop))!).ShouldBe(Settled(incident));
        }
        (await states.IncidentAsync(state, Con(9999), Stop)).ShouldBeNull();
        (await states.IncidentAsync(state, Fab(1001), Stop)).ShouldBeNull();
        var listed = await again.ClosedAsync(afterStart, Stop).ToListAsync(Stop);
        listed.Select(static one => one.Id).Concat(afterStart.Incidents.Keys).Order().ShouldBe(whole.Incidents.Keys.Order());
        listed.Select(static one => one.OpenedSeq).ShouldBeInOrder(SortDirection.Descending);
        bench.Warnings.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("torn", "it is torn")]
    [InlineData("cut", "it is torn")]
    [InlineData("empty", "it is torn")]
    [InlineData("version", "another version of the bot wrote it")]
    [InlineData("tenant", "of fabrika")]
    [InlineData("ahead", "the record ends before")]
    [InlineData("leaf", "is another one in the record")]
    [InlineData("erasure", "somebody was erased since")]
    [InlineData("key", "from before somebody was erased")]
    public async Task What_does_not_fit_is_told_once_and_never_used(string what, string told)
    {
        var documents = new MemoryDocuments();
        var bench = new StateBench(documents);
        var history = new GeneratedHistory(bench.Ledger, bench.Clock, 21);
        await history.GoOnAsync(600);
        var states = bench.Begin();
        var kept = await states.GetAsync(Contoso, Stop);
        await states.SaveAsync();
        var ledger = await SpoilAsync(what, bench, documents, kept);
        var again = bench.Begin(ledger);
        var made = await again.GetAsync(Contoso, Stop);
        StateBench.GetText(made).ShouldBe(StateBench.GetText(await new StateBench(keys: bench.Keys).Begin(ledger).GetAsync(Contoso, Stop)));
        await again.GetAsync(Contoso, Stop);
        bench.Warnings.ShouldHaveSingleItem().ShouldContain(told);
    }

    [Theory]
    [InlineData(0, 2_000)]
    [InlineData(2_000 * 1024, 2_000)]
    [InlineData(200_000 * 1024, 200_000)]
    public void A_large_state_is_kept_less_often(int bytes, int entries) => Projection.GetDue(bytes).ShouldBe(entries);

    [Fact]
    public async Task What_nobody_knows_is_carried_along()
    {
        var bench = new StateBench();
        var history = new GeneratedHistory(bench.Ledger, bench.Clock, 31);
        await history.GoOnAsync(300);
        for (var beat = 0; beat < 20; beat++)
        {
            var stream = StreamId.Incident(Con(1001 + beat));
            await bench.Ledger.AppendAsync(Contoso, [],
                [new(stream, Actor.Service("ledger"), CorrelationId.Parse("c"), new LedgerHeartbeat(null, null))], Stop);
        }
        var ledger = new LaterLedger(bench.Ledger);
        var states = bench.Begin(ledger);
        var before = await states.GetAsync(Contoso, Stop);
        await states.SaveAsync();
        await history.GoOnAsync(20);
        var after = await bench.Begin(ledger).GetAsync(Contoso, Stop);
        StateBench.GetText(after).ShouldBe(StateBench.GetText(await new StateBench(keys: bench.Keys).Begin(ledger).GetAsync(Contoso,
            Stop)));
        after.Seq.ShouldBeGreaterThan(before.Seq);
        bench.Warnings.ShouldBeEmpty();
    }

    [Fact]
    public async Task Closed_incidents_that_are_not_where_they_should_be_are_made_again()
    {
        var documents = new MemoryDocuments();
        var bench = new StateBench(documents);
        var history = new GeneratedHistory(bench.Ledger, bench.Clock, 41);
        await history.GoOnAsync(2500);
        var states = bench.Begin();
        await states.GetAsync(Contoso, Stop);
        await states.SaveAsync();
        var shelves = documents.Keys.Where(static key => key.Kind == KeyDocuments.ClosedKind).ToList();
        shelves.Count.ShouldBeGreaterThan(1);
        await documents.DeleteAsync(DocumentScope.From(Contoso), shelves[0].Kind, shelves[0].Id, Stop);
        documents[shelves[1].Scope, shelves[1].Kind, shelves[1].Id][^1] ^= 1;
        var again = bench.Begin();
        var state = await again.GetAsync(Contoso, Stop);
        foreach (var incident in (await history.WholeAsync()).Incidents.Values)
            (await again.IncidentAsync(state, incident.Id, Stop)).ShouldNotBeNull(incident.Id.Value);
    }

    [Fact]
    public async Task A_large_state_is_cut_into_parts_and_old_parts_go()
    {
        var documents = new MemoryDocuments();
        var (derived, keys) = (new DerivedDocuments(documents), new InMemoryKeyRing());
        var key = (await keys.OfDerivedAsync(Contoso, mayCreate: true, Stop)).ShouldNotBeNull();
        var name = new DerivedName(Contoso, KeyDocuments.StateKind, "state", "shape");
        foreach (var size in (int[])[10, 3_000_000, 5_000_000, 10])
        {
            var noise = new byte[size];
            new Random(size).NextBytes(noise);
            (await derived.TryPutAsync(key, name, (7, default), noise, Stop)).ShouldBeTrue();
            (await derived.FindAsync(key, name, Stop)).ShouldBeOfType<DerivedContent.Fit>().Content.ShouldBe(noise);
            documents.Keys.Count().ShouldBe(size == 10 ? 1 : 1 + (size / DerivedDocuments.MaxPartBytes) + 1);
        }
    }

    private static async Task<ILedger> SpoilAsync(string what, StateBench bench, MemoryDocuments documents, TenantState kept)
    {
        var place = documents.Keys.Single(static key => key.Kind == KeyDocuments.StateKind);
        var bytes = documents[place.Scope, place.Kind, place.Id];
        switch (what)
        {
            case "torn": bytes[^20] ^= 1; break;
            case "cut": documents[place.Scope, place.Kind, place.Id] = bytes[..(bytes.Length / 2)]; break;
            case "empty": documents[place.Scope, place.Kind, place.Id] = []; break;
            case "version": Replace(bytes, "\"format\":1", "\"format\":9"); break;
            case "tenant": Replace(bytes, "\"tenant\":\"contoso\"", "\"tenant\":\"fabrika\""); break;
            case "ahead": return new LaterLedger(bench.Ledger) { Length = kept.Seq - 1 };
            case "leaf": return new LaterLedger(bench.Ledger) { OtherLeafAt = kept.Seq };
            case "erasure":
                await bench.Ledger.AppendAsync(Contoso, [],
                    [new(StreamId.Erasure("s-1"), Actor.Service("erasure"), CorrelationId.Parse("c"), new ErasureCompleted("s-1", "ana"))],
                    Stop); break;
            case "key": bench.Keys.Forget(Contoso, "s-2"); break;
        }
        return bench.Ledger;
    }

    private static void Replace(byte[] bytes, string text, string by)
    {
        var at = bytes.AsSpan().IndexOf(System.Text.Encoding.UTF8.GetBytes(text));
        at.ShouldBeGreaterThan(0);
        System.Text.Encoding.UTF8.GetBytes(by).CopyTo(bytes, at);
    }

    private static string Settled(Incident incident) => StateBench.GetText(incident with
    {
        LastSeq = 0, EventCount = 0, RecentEvents = [], FiringAlerts = [], Parts = StormParts.None, Devices = [], LastBegunAt = default,
        Proposal = incident.Proposal with { Severity = default }, Title = "", Beginnings = 0, BegunSinceQuiet = null,
    });

    /// <summary>
    /// A record in which a later version has written what this one does not know; or a shorter one, or one with another entry.
    /// </summary>
    private sealed class LaterLedger(ILedger inner) : ILedger
    {
        public long Length { get; init; } = long.MaxValue;

        public long OtherLeafAt { get; init; }

        public ValueTask<AppendResult> AppendAsync(
            TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken) =>
            inner.AppendAsync(tenant, expected, entries, cancellationToken);

        public async ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) =>
            Math.Min(Length, await inner.HeadAsync(tenant, cancellationToken));

        public async ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
            TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken) =>
            [.. (await inner.ReadAsync(tenant, afterSeq, limit, cancellationToken)).Where(entry => entry.Seq <= Length).Select(Later)];

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(
            TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
            inner.ReadStreamAsync(tenant, stream, cancellationToken);

        public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
            inner.WaitPastAsync(tenant, afterSeq, cancellationToken);

        private LedgerEntry Later(LedgerEntry entry)
        {
            if (entry.Seq == OtherLeafAt)
                return entry with { Hash = new byte[32] };
            return entry.Fact is LedgerHeartbeat
                ? entry with { Type = "area.done", Fact = new UnknownFact(System.Text.Json.JsonDocument.Parse("{}").RootElement) }
                : entry;
        }
    }
}

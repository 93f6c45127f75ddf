using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger;

public sealed class FeatureTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");

    [Fact]
    public async Task A_slice_is_folded_over_the_entries_that_its_feature_asked_for_each_once_and_sees_the_state_before()
    {
        var counts = new Feature("counts")
        {
            Slices =
            [
                StateSlice.Create<Seen>("seen", [typeof(FreezeSet)], "freeze"),
                StateSlice.OfAll<Beside>("beside"),
            ],
        };
        var ledger = new InMemoryLedger();
        await ledger.AppendAsync(
            Contoso,
            [],
            [
                new(new("freeze"), Actor.Service("t"), CorrelationId.Parse("c"), new FreezeSet("by type and by stream")),
                new(new("freeze"), Actor.Service("t"), CorrelationId.Parse("c"), new FreezeLifted("by stream")),
                new(new("elsewhere/1"), Actor.Service("t"), CorrelationId.Parse("c"), new FreezeSet("by type")),
                new(new("elsewhere/1"), Actor.Service("t"), CorrelationId.Parse("c"), new FreezeLifted("not at all")),
                new(new("freeze/1"), Actor.Service("t"), CorrelationId.Parse("c"), new FreezeLifted("by stream")),
            ],
            TestContext.Current.CancellationToken);

        var state = ledger.Entries(Contoso).Aggregate(new TenantState(Contoso, new([counts])), static (state, entry) => state.Apply(entry));

        state.Seq.ShouldBe(5);
        state.Get<Seen>().Seqs.ShouldBe([1, 2, 3, 5]);
        state.Get<Beside>().SeenBefore.ShouldBe([0, 1, 2, 3, 3]);
    }

    [Fact]
    public void Two_features_that_register_the_same_name_are_refused_with_both_named()
    {
        var entry = CoreFeatures.Catalog.Find("freeze.set").ShouldNotBeNull();
        var one = new Feature("one") { Entries = [entry], Slices = [StateSlice.OfAll<Seen>("seen")], Streams = ["loan"] };
        var other = new Feature("other") { Entries = [entry], Slices = [StateSlice.OfAll<Beside>("seen")], Streams = ["loan"] };

        var refused = Should.Throw<FeatureConflictException>(() => new EntryCatalog([one, other])).Message;

        refused.ShouldContain("Two features register the entry 'freeze.set': one and other.");
        refused.ShouldContain("Two features register the slice 'seen': one and other.");
        refused.ShouldContain("Two features register the stream 'loan': one and other.");
    }

    [Fact]
    public void A_slice_that_nobody_registered_is_named_when_it_is_asked_for() =>
        Should.Throw<InvalidOperationException>(() => new TenantState(Contoso, new([])).Get<Seen>()).Message.ShouldContain(nameof(Seen));

    [Fact]
    public async Task An_entry_that_no_feature_registers_is_named_and_carried_along_and_stops_nothing()
    {
        var ledger = new InMemoryLedger();
        await ledger.AppendAsync(Contoso, [], [new(new("freeze"), Actor.Service("t"), CorrelationId.Parse("c"), new FreezeSet("why"))],
            TestContext.Current.CancellationToken);
        var lesser = new EntryCatalog([new("none")]);
        var stored = ledger.Entries(Contoso)[0] with
            { Fact = lesser.Deserialize("freeze.set", CoreFeatures.Catalog.Serialize(new FreezeSet("why"))) };

        stored.Fact.ShouldBeOfType<UnknownFact>().Data.GetProperty("reason").GetString().ShouldBe("why");
        lesser.GetTitle(stored).ShouldBe("freeze.set");
        new TenantState(Contoso, CoreFeatures.Catalog).Apply(stored).Seq.ShouldBe(1);
        Should.Throw<ArgumentException>(() => lesser.GetName(new FreezeSet("why"))).Message.ShouldContain("no stored type name");
    }

    private sealed record Seen : ISlice<Seen>
    {
        public static Seen Empty { get; } = new();

        public IReadOnlyList<long> Seqs { get; init; } = [];

        public Seen Apply(LedgerEntry entry, TenantState before) => new() { Seqs = [.. Seqs, entry.Seq] };
    }

    private sealed record Beside : ISlice<Beside>
    {
        public static Beside Empty { get; } = new();

        /// <summary>How many entries the other slice had seen before each entry.</summary>
        public IReadOnlyList<int> SeenBefore { get; init; } = [];

        public Beside Apply(LedgerEntry entry, TenantState before) => new() { SeenBefore = [.. SeenBefore, before.Get<Seen>().Seqs.Count] };
    }
}

using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Incidents;

public sealed class ReceiveEventsTests
{
    [Fact]
    public async Task A_new_event_is_recorded_under_an_id_made_of_connection_and_source_id()
    {
        using var world = new IntakeWorld();
        var receipt = (await world.ReceiveAsync(AnEvent.Firing("DiskSpaceLow", "srv-file01.contoso.local", "s1"))).Single();

        receipt.ShouldBe(new(EventKeys.EventId("contoso-alertmanager", "s1"), false));
        receipt.EventId.ShouldMatch("^E-[0-9a-f]{16}$");
        var entry = world.Ledger.Entries(IntakeWorld.Contoso).Single();
        entry.Stream.ShouldBe(StreamId.Event(receipt.EventId));
        var recorded = entry.Fact.ShouldBeOfType<EventReceived>();
        recorded.CorrelationKey.ShouldBe("diskspacelow|srv-file01");
        recorded.CauseKey.ShouldBe("diskspacelow");
        recorded.Device.ShouldBe("srv-file01.contoso.local");
        world.Reached.ShouldBe([Failpoint.EventAppended]);
    }

    [Fact]
    public async Task The_same_event_again_is_a_duplicate_and_adds_nothing()
    {
        using var world = new IntakeWorld();
        var first = await world.ReceiveAsync(AnEvent.Firing("K", "d", "s1"));
        var second = await world.ReceiveAsync(AnEvent.Firing("K", "d", "s1"));

        second.Single().ShouldBe(first.Single() with { Duplicate = true });
        world.Ledger.Entries(IntakeWorld.Contoso).Count.ShouldBe(1);
    }

    private sealed class EveryOperation : IEventEchoes
    {
        public ValueTask<string?> FindAsync(
            TenantId tenant, string connection, ConnectorEvent received, CancellationToken cancellationToken) =>
            ValueTask.FromResult(received.Operation);
    }

    private static ConnectorEvent Of(string operation, string id) =>
        AnEvent.Firing("K", "d", id) with { Severity = Severity.Error, Operation = operation };

    [Fact]
    public async Task The_echo_of_an_operation_opens_nothing_and_whatever_carries_the_operation_after_it_is_news()
    {
        using var world = new IntakeWorld(echoes: new EveryOperation());
        await world.ReceiveAsync(Of("CON-1001-x1-0", "s1"));
        await world.FollowAsync();
        world.State.Incidents.ShouldBeEmpty();
        var echo = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).ShouldHaveSingleItem();
        (echo.Severity, echo.Attributes["echoOf"]).ShouldBe((Severity.Info, "CON-1001-x1-0"));

        await world.ReceiveAsync(Of("CON-1001-x1-0", "s1"));
        world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).Count.ShouldBe(1, "the echo told twice is one");

        await world.ReceiveAsync(Of("CON-1001-x1-0", "s2"));
        await world.FollowAsync();
        var answer = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso)[1];
        answer.Severity.ShouldBe(Severity.Error);
        answer.Attributes.ShouldNotContainKey("echoOf");
        world.State.Incidents.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_sender_that_says_itself_what_it_is_the_echo_of_is_not_believed()
    {
        using var world = new IntakeWorld(echoes: new EveryOperation());
        await world.ReceiveAsync(AnEvent.Firing("K", "d", "s1") with
        {
            Attributes = new Dictionary<string, string> { ["echoOf"] = "CON-1001-x1-0", ["rack"] = "7" },
        });
        world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).ShouldHaveSingleItem().Attributes.Keys.ShouldBe(["rack"]);
        await world.ReceiveAsync(Of("CON-1001-x1-0", "s2"));
        world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso)[1].Severity.ShouldBe(Severity.Info, "the real one is still known");
    }

    [Fact]
    public async Task Of_one_batch_one_event_is_the_echo_of_an_operation()
    {
        using var world = new IntakeWorld(echoes: new EveryOperation());
        await world.ReceiveAsync(Of("CON-1001-x1-0", "s1"), Of("CON-1001-x1-0", "s2"), Of("CON-1001-x1-1", "s3"));
        world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).Select(static one => one.Severity)
            .ShouldBe([Severity.Info, Severity.Error, Severity.Info]);
    }

    [Fact]
    public async Task A_batch_with_known_events_adds_the_new_ones_and_answers_in_order()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(AnEvent.Firing("K", "a", "s1"), AnEvent.Firing("K", "c", "s3"));
        var receipts = await world.ReceiveAsync(
            AnEvent.Firing("K", "a", "s1"), AnEvent.Firing("K", "b", "s2"), AnEvent.Firing("K", "c", "s3"), AnEvent.Firing("K", "b", "s2"));

        receipts.Select(receipt => receipt.Duplicate).ShouldBe([true, false, true, true]);
        world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).Select(fact => fact.SourceId).ShouldBe(["s1", "s3", "s2"]);
    }

    [Fact]
    public async Task An_event_that_can_never_be_recorded_is_named_and_nothing_of_its_delivery_is_recorded()
    {
        using var world = new IntakeWorld();
        var poison = AnEvent.Firing("K", "b", "s2") with { Attributes = new Dictionary<string, string> { ["a"] = null! } };
        var refused = await Should.ThrowAsync<UnrecordableEventException>(() => world.ReceiveAsync(AnEvent.Firing("K", "a", "s1"), poison));
        refused.Position.ShouldBe(1);
        world.Ledger.Entries(IntakeWorld.Contoso).ShouldBeEmpty();
        await world.ReceiveAsync(AnEvent.Firing("K", "a", "s1"));
        world.Ledger.Entries(IntakeWorld.Contoso).Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(33_000)]
    [InlineData(500_000)]
    public async Task A_key_of_any_length_about_a_user_is_recorded(int length)
    {
        using var world = new IntakeWorld();
        var long1 = AnEvent.Firing("K", "anna@contoso.com", "s1") with { AboutUser = true, AlertKey = new string('k', length) };
        (await world.ReceiveAsync(long1, long1 with { SourceId = "s2" })).Count.ShouldBe(2);
        world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).Select(one => one.AlertKey).Distinct().Count().ShouldBe(1);
    }

    [Fact]
    public async Task Half_a_character_stops_nothing()
    {
        using var world = new IntakeWorld();
        var half = AnEvent.Firing("K", "a", "s1") with
            { Title = "half \ud800", AlertKey = "k\udc00", Attributes = new Dictionary<string, string> { ["a"] = "\ud800" } };
        (await world.ReceiveAsync(half)).ShouldHaveSingleItem().Duplicate.ShouldBeFalse();
        (await world.ReceiveAsync(half)).ShouldHaveSingleItem().Duplicate.ShouldBeTrue();
    }

    [Fact]
    public async Task Fifty_deliveries_of_one_batch_at_once_record_it_once()
    {
        using var world = new IntakeWorld();
        var batch = Enumerable.Range(0, 10).Select(index => AnEvent.Firing("K", $"d{index}", $"s{index}")).ToArray();
        var receipts = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => world.ReceiveAsync(batch))));

        world.Ledger.Entries(IntakeWorld.Contoso).Count.ShouldBe(10);
        receipts.Count(one => one.All(receipt => !receipt.Duplicate)).ShouldBe(1);
        receipts.Count(one => one.All(receipt => receipt.Duplicate)).ShouldBe(49);
    }

    [Fact]
    public async Task A_ledger_that_is_down_records_nothing_and_says_so()
    {
        using var world = new IntakeWorld();
        world.Ledger.Unavailable = true;
        await Should.ThrowAsync<LedgerUnavailableException>(() => world.ReceiveAsync(AnEvent.Firing("K", "d")));
        world.Ledger.Entries(IntakeWorld.Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task Text_is_bounded_without_cutting_a_character_and_keys_stay_different()
    {
        using var world = new IntakeWorld();
        var longKey = new string('k', 600);
        var attributes = Enumerable.Range(0, 60).ToDictionary(index => $"a{index}", _ => string.Concat(Enumerable.Repeat("😀", 400)));
        await world.ReceiveAsync(
            AnEvent.Firing("K", "d", longKey + "1") with { Title = new string('t', 498) + "😀😀", Attributes = attributes },
            AnEvent.Firing("K", "d", longKey + "2"));

        var recorded = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso);
        recorded[0].SourceId.Length.ShouldBeLessThanOrEqualTo(512);
        recorded[0].SourceId.ShouldNotBe(recorded[1].SourceId);
        recorded[0].Title.ShouldBe(new string('t', 498) + "…");
        recorded[0].Attributes.Count.ShouldBe(40);
        recorded[0].Attributes["attributesLeftOut"].ShouldBe("21");
        recorded[0].Attributes["a0"].Length.ShouldBeLessThanOrEqualTo(512);
        recorded[0].Attributes["a0"].ShouldNotContain('\uFFFD');
    }

    [Theory]
    [InlineData("SRV-FILE01.contoso.local", "k|srv-file01")]
    [InlineData("10.20.30.40", "k|10.20.30.40")]
    [InlineData("2001:db8::1", "k|2001:db8::1")]
    [InlineData(null, "k|")]
    public void Hosts_correlate_by_short_name(string? device, string key) => EventKeys.Correlation("K", device).ShouldBe(key);

    [Fact]
    public async Task Users_correlate_by_their_whole_name_which_no_key_tells()
    {
        using var world = new IntakeWorld();
        await world.ReceiveAsync(
            About("Anna.Lopez@contoso.com", "sign-in-anna.lopez@contoso.com-1"), About("anna.lopez@contoso.com", "2"),
            About("anna.lopez@fabrikam.com", "3"));
        var keys = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso).Select(received => received.CorrelationKey).ToList();
        keys[1].ShouldBe(keys[0]);
        keys[2].ShouldNotBe(keys[0]);
        string.Join('\n', world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso)
            .Select(received => $"{received.CorrelationKey} {received.AlertKey} {received.Subject}"))
            .ShouldNotContain("lopez", Case.Insensitive);

        static ConnectorEvent About(string user, string id) => new(
            id, EventStatus.Firing, Severity.Error, "SuspiciousSignIn", user, "Odd sign-in", null, "alert-" + id, DateTimeOffset.UnixEpoch,
            new Dictionary<string, string>(), AboutUser: true);
    }
}

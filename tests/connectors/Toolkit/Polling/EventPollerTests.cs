using System.Text.Json.Nodes;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Polling;

/// <summary>What a list holds comes on record once, and the cursor moves only behind it.</summary>
public sealed class EventPollerTests : IAsyncLifetime
{
    private const string Manifest = """
        name: acme
        title: Acme RMM
        settings:
          Company: { title: company, example: "17" }
          Hook: { title: hook, secret: true, example: "env:HOOK" }
        address: https://acme.example
        webhook:
          sender: { proof: header, header: X-Hook, secret: Hook }
          events: &events
            - belongs: ["{companyId} == {$setting.Company}"]
              id: "{id}"
              status: { of: "{state}", map: { closed: resolved }, otherwise: firing }
              kind: "{rule}"
              device: "{host}"
              key: "{alert}"
              at: "{updatedAt}"
        poll:
          - request: GET /alerts?since={$since}&limit=2
            items: alerts
            paging: { style: offset, parameter: offset, size: 2 }
            cursor: { is: time, of: "{updatedAt}", overlap: 60, lookBackSeconds: 3600 }
            events: *events
        """;

    private readonly ManualClock clock = new();
    private readonly MemoryDocuments documents = new();
    private readonly RecordedEvents recorded = new();
    private readonly List<JsonObject> alerts = [];
    private ManifestHost host = null!;
    private JudgedVendor vendor = null!;
    private Func<VendorRequest, VendorReply?> before = static _ => null;

    private Connection Connection => Connect("acme", ("Address", vendor.Address.ToString()), ("Company", "17"), ("Hook", "h"));

    public async ValueTask InitializeAsync()
    {
        host = new(Manifest, clock);
        vendor = await JudgedVendor.StartAsync("none", "/token", Answer);
    }

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        host.Dispose();
    }

    [Fact]
    public async Task What_the_webhook_told_is_a_duplicate_and_what_it_lost_is_found()
    {
        var told = Alert(1, -300);
        alerts.AddRange([told, Alert(2, -200), Alert(3, -100, company: "18"), Alert(4, -50, state: "closed")]);
        await recorded.Send(new ReceiveEvents(
            Connection.Tenant, Connection.Name, false,
            await Sources.ReadAsync(host.Source("acme"), Connection, System.Text.Encoding.UTF8.GetBytes(told.ToJsonString())),
            CorrelationId.New()), TestContext.Current.CancellationToken);
        (await PollAsync()).ShouldBe(new CallOutcome<int>.Done(2));
        recorded.Ids.ShouldBe(["1/firing", "2/firing", "4/resolved"], "another company's is nobody's here");
        (await PollAsync()).ShouldBe(new CallOutcome<int>.Done(0));
    }

    [Fact]
    public async Task The_cursor_survives_a_restart_is_small_and_goes_on_less_the_overlap()
    {
        alerts.Add(Alert(1, -300));
        await PollAsync();
        documents.Keys.ShouldHaveSingleItem().ShouldBe(("contoso", "poll-cursors", "contoso-acme"));
        documents["contoso", "poll-cursors", "contoso-acme"].Length.ShouldBeLessThan(200);
        alerts.Clear();
        alerts.Add(Alert(2, -340));
        alerts.Add(Alert(3, -361));
        await PollAsync();
        var since = clock.GetUtcNow().AddSeconds(-300 - 60);
        vendor.Requests[^1].Query["since"].ShouldBe(since.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", null));
        recorded.Ids.ShouldBe(["1/firing", "2/firing"], "what was written late is found, what the vendor tells from before is left");
    }

    [Fact]
    public async Task The_cursor_stays_where_it_is_while_events_cannot_be_recorded()
    {
        alerts.Add(Alert(1, -300));
        recorded.IsAway = true;
        await Should.ThrowAsync<LedgerUnavailableException>(PollAsync);
        documents.Keys.ShouldBeEmpty();
        recorded.IsAway = false;
        (await PollAsync()).ShouldBe(new CallOutcome<int>.Done(1));
    }

    [Fact]
    public async Task A_list_that_ends_in_the_middle_moves_nothing()
    {
        alerts.AddRange(Enumerable.Range(1, 5).Select(n => Alert(n, -n)));
        before = static request => request.Query.GetValueOrDefault("offset") == "2" ? new(429, "{}", RetryAfter: "7") : null;
        (await PollAsync()).ShouldBeOfType<CallOutcome<int>.NotDone>().TryAgainIn.ShouldBe(TimeSpan.FromSeconds(7));
        documents.Keys.ShouldBeEmpty();
        recorded.Ids.ShouldBeEmpty();
        before = static _ => null;
        (await PollAsync()).ShouldBe(new CallOutcome<int>.Done(5));
        recorded.Ids.ShouldBe(["5/firing", "4/firing", "3/firing", "2/firing", "1/firing"], "oldest first");
    }

    [Fact]
    public async Task One_that_cannot_be_read_or_recorded_holds_up_no_other()
    {
        alerts.AddRange([Alert(1, -3), Alert(2, -2), Alert(3, -1)]);
        alerts[1].Remove("rule");
        recorded.Unfit = "3/firing";
        (await PollAsync()).ShouldBe(new CallOutcome<int>.Done(1));
        recorded.Ids.ShouldBe(["1/firing"]);
        documents.Keys.ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_time_that_cannot_be_is_no_place_to_go_on_from()
    {
        alerts.AddRange([Alert(1, -300), Alert(2, 90 * 86_400)]);
        await PollAsync();
        alerts.Add(Alert(3, 10));
        clock.Advance(TimeSpan.FromMinutes(1));
        await PollAsync();
        recorded.Ids.ShouldContain("3/firing");
    }

    private Task<CallOutcome<int>> PollAsync()
    {
        var source = host.Polled("acme");
        // Everything anew, as after a restart.
        var receipts = new DeliveryReceipts(
            new InMemoryLedger(), new NoTenants(), Options.Create(new CompletenessOptions()), clock, NullLogger<DeliveryReceipts>.Instance);
        return new EventPoller(new PollCursors(documents), recorded, receipts, NullLogger<EventPoller>.Instance)
            .PollAsync(Connection, source, source.Lists.ShouldHaveSingleItem(), Token);
    }

    private JsonObject Alert(int id, int seconds, string company = "17", string state = "open") => new()
    {
        ["id"] = id, ["alert"] = $"a{id}", ["companyId"] = company, ["state"] = state, ["rule"] = "DiskFull", ["host"] = "SRV-1",
        ["updatedAt"] = clock.GetUtcNow().AddSeconds(seconds).ToString("O", null),
    };

    private VendorReply Answer(VendorRequest request)
    {
        if (before(request) is { } instead)
            return instead;
        var page = alerts.Skip(int.Parse(request.Query.GetValueOrDefault("offset") ?? "0", null)).Take(2);
        return VendorReply.Ok($$"""{"alerts":[{{string.Join(',', page.Select(static one => one.ToJsonString()))}}]}""");
    }
}

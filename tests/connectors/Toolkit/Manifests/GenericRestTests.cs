using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>A system that speaks the interface of docs/connectors.md, and keeps state.</summary>
public sealed class GenericRestTests : IAsyncLifetime
{
    private readonly ManifestHost host = new();
    private readonly ConcurrentDictionary<string, string> runs = new();
    private readonly List<string> events = [];
    private string spooler = "stopped";
    private JudgedVendor vendor = null!;

    private Connection Connection => Connect(
        "rest", ("Host", "automation.contoso.com"), ("Token", "the-token"), ("Company", "contoso"), ("EventToken", "of-events"),
        ("Address", vendor.Address.ToString()));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", Answer);

    public async ValueTask DisposeAsync()
    {
        host.Dispose();
        await vendor.DisposeAsync();
    }

    [Fact]
    public async Task A_device_is_found_over_all_parts_observed_and_a_service_restarted_once()
    {
        host.Connector("rest").Problems(Connection).ShouldBeEmpty();
        var target = (await FindAsync("srv-file01")).ShouldHaveSingleItem();
        target.ShouldBe(new(Connection.Name, "device", "7", "SRV-FILE01", "contoso"));
        (await ObserveAsync(target)).OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key}={one.Value}")
            .ShouldBe(["device.lastSeen=2026-12-01T00:00:00Z", "device.online=true", "disk.C.freePercent=4", "service.Spooler.state=stopped"]);
        for (var attempt = 0; attempt < 2; attempt++)
        {
            (await ActAsync(target, "service.restart", ("service", "Spooler")))
                .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe("Spooler was restarted");
        }
        runs.Keys.ShouldBe(["op-1"]);
        (await ObserveAsync(target))["service.Spooler.state"].ShouldBe("running");
        vendor.Requests.ShouldAllBe(static one => one.Headers["Authorization"] == "Bearer the-token");
    }

    [Fact]
    public async Task Another_companys_device_is_never_touched()
    {
        (await ActAsync(new(Connection.Name, "device", "8", "SRV-FILE01", ""), "script.run", ("script", "Clear spooler")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
        runs.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_is_sent_and_what_is_asked_for_is_one_event()
    {
        events.Add(Event("a-17/1"));
        events.Add(Event("a-17/2", "resolved"));
        events.Add(Event("b-1/1", company: "fabrikam"));
        var source = host.Polled("rest");
        var polled = await DoneAsync(source.ReadAsync(Connection, source.Lists.ShouldHaveSingleItem().Key, null, Token));
        polled.Foreign.ShouldBe(1);
        polled.Events.Select(static one => (one.SourceId, one.AlertKey, one.Status)).ShouldBe(
            [("a-17/1/firing", "a-17", EventStatus.Firing), ("a-17/2/resolved", "a-17", EventStatus.Resolved)]);
        var sent = (await Sources.ReadAsync(host.Source("rest"), Connection, System.Text.Encoding.UTF8.GetBytes(Event("a-17/1"))))
            .ShouldHaveSingleItem();
        (sent.SourceId, sent.AlertKey, sent.Device, sent.Severity).ShouldBe(("a-17/1/firing", "a-17", "SRV-FILE01", Severity.Error));
    }

    private Task<IReadOnlyList<Target>> FindAsync(string name) =>
        DoneAsync(host.Connector("rest").FindAsync(Connection, "device", name, Token));

    private Task<IReadOnlyDictionary<string, string>> ObserveAsync(Target target) =>
        DoneAsync(host.Connector("rest").ObserveAsync(Connection, target, Token));

    private Task<CallOutcome<ActionReceipt>> ActAsync(Target target, string action, (string Name, string Value) argument) =>
        host.Connector("rest").ActAsync(
            Connection, new("op-1", action, target, new Dictionary<string, string> { [argument.Name] = argument.Value }), Token);

    private VendorReply Answer(VendorRequest request)
    {
        switch (request.Method, request.Path.Split('/'))
        {
            case ("GET", ["", "companies", "contoso", "devices"]):
                return VendorReply.Ok(request.Query.ContainsKey("cursor")
                    ? $$"""{"devices":[{{Device("7", "contoso")}}]}"""
                    : """{"devices":[{"id":"6","name":"SRV-FILE010","company":"contoso"}],"next":"2"}""");
            case ("GET", ["", "devices", var id]):
                return VendorReply.Ok(Device(id, id == "7" ? "contoso" : "fabrikam"));
            case ("POST", ["", "devices", "7", "runs"]):
                if (runs.TryAdd(request.Json["operation"]!.ToString(), request.Json["run"]!.ToString()))
                    spooler = "running";
                return VendorReply.Ok("""{"message":"Spooler was restarted"}""");
            case ("GET", ["", "companies", "contoso", "events"]):
                return VendorReply.Ok($$"""{"events":[{{string.Join(',', events)}}]}""");
            default:
                return new(404, """{"message":"no such thing"}""");
        }
    }

    private string Device(string id, string company) => $$"""
        {"id":"{{id}}","name":"SRV-FILE01","company":"{{company}}","online":true,"lastSeen":"2026-12-01T00:00:00Z",
         "services":[{"name":"Spooler","state":"{{spooler}}"}],"volumes":[{"name":"C:","free":4,"size":100}]}
        """;

    private static string Event(string id, string status = "firing", string company = "contoso") => new JsonObject
    {
        ["id"] = id, ["company"] = company, ["kind"] = "service_stopped", ["device"] = "SRV-FILE01", ["severity"] = "error",
        ["title"] = "Spooler has stopped", ["service"] = "Spooler", ["alert"] = id.Split('/')[0], ["status"] = status,
        ["at"] = TimeProvider.System.GetUtcNow().ToString("O"),
    }.ToJsonString();
}

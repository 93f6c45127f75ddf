using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>Answers without the list that the manifest reads: nothing there is said only where the vendor is known to say it so.</summary>
public sealed class MissingListTests : IAsyncLifetime
{
    private const string Device = """{"id":7,"name":"SRV-1"}""";

    private JudgedVendor vendor = null!;

    private Connection Connection => Connect("acme", ("Address", $"{vendor.Address}"));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", static _ => VendorReply.Ok("{}"));

    public ValueTask DisposeAsync() => vendor.DisposeAsync();

    [Theory]
    [InlineData(200, """{"data":{"d":[]}}""")]
    [InlineData(200, "{}")]
    [InlineData(200, "[]")]
    [InlineData(200, "null")]
    [InlineData(200, """{"d":null}""")]
    [InlineData(200, """{"d":null,"errors":[{"message":"no right"}]}""")]
    [InlineData(200, """{"d":"none"}""")]
    public async Task A_list_that_is_not_there_is_an_error_of_its_own_wherever_one_is_read(int status, string answer)
    {
        const string Told = "Acme's answer has no list at 'd'.";
        using var host = new ManifestHost(Acme(""));
        vendor.Answers = request => request.Path == "/devices/7" ? VendorReply.Ok(Device) : new(status, answer);
        (await host.Connector("acme").FindAsync(Connection, "device", "SRV-1", Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Unknown>().Message.ShouldBe(Told);
        (await ObserveAsync(host)).ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Unknown>().Message.ShouldBe(Told);
        (await ActAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().Message.ShouldBe(Told);
        var source = host.Polled("acme");
        (await source.ReadAsync(Connection, source.Lists[0].Key, null, Token)).Reason.ShouldBe(Told);
        vendor.Requests.ShouldAllBe(static one => one.Method == "GET");
    }

    [Theory]
    [InlineData(200, "{}")]
    [InlineData(200, "null")]
    [InlineData(200, """{"d":null}""")]
    [InlineData(200, "")]
    [InlineData(204, "")]
    public async Task A_vendor_that_leaves_it_out_when_there_is_nothing_is_believed_where_the_manifest_says_so(int status, string answer)
    {
        using var host = new ManifestHost(Acme("mayBeMissing: true, "));
        vendor.Answers = request => request.Path == "/devices/7" ? VendorReply.Ok(Device) : new(status, answer);
        (await DoneAsync(host.Connector("acme").FindAsync(Connection, "device", "SRV-1", Token))).ShouldBeEmpty();
        (await ObserveAsync(host)).ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Done>().Value.ShouldBeEmpty();
        (await ActAsync(host)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe("Acme has no: the alert a-1.");
        var source = host.Polled("acme");
        (await DoneAsync(source.ReadAsync(Connection, source.Lists[0].Key, null, Token))).Events.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("""{"d":7}""")]
    [InlineData("""{"d":"none"}""")]
    [InlineData("{}")]
    public async Task Parts_of_the_record_itself_are_missed_as_well(string parts)
    {
        using var host = new ManifestHost(Acme("").Replace("{ request: \"GET /devices/{$target.id}/alerts\", each", "{ each", StringComparison.Ordinal));
        vendor.Answers = _ => VendorReply.Ok($"{Device[..^1]},{parts[1..]}".Replace(",}", "}", StringComparison.Ordinal));
        (await ObserveAsync(host)).Reason.ShouldBe("Acme's answer has no list at 'd'.");
    }

    [Fact]
    public async Task Each_list_is_tried_with_a_name_that_nothing_has()
    {
        using var host = new ManifestHost(Acme(""));
        vendor.Answers = static _ => VendorReply.Ok("""{"d":[]}""");
        (await host.Connector("acme").TryListsAsync(Connection, Token)).Select(static one => one.Reason ?? "").ShouldBe(["", ""]);
        vendor.Requests.Select(static one => one.Query["q"]).ShouldBe(["devops-ai-bot-no-such-name", "999999999"]);
        vendor.Answers = static request => request.Path == "/tickets" ? VendorReply.Ok("""{"data":[]}""") : VendorReply.Ok("""{"d":[]}""");
        (await host.Connector("acme").TryListsAsync(Connection, Token))[1].Reason
            .ShouldBe("Acme cannot be asked for a ticket: Acme's answer has no list at 'd'.");
    }

    private Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(ManifestHost host) =>
        host.Connector("acme").ObserveAsync(Connection, new(Connection.Name, "device", "7", "SRV-1", ""), Token);

    private Task<CallOutcome<ActionReceipt>> ActAsync(ManifestHost host) => host.Connector("acme").ActAsync(
        Connection,
        new("op-1", "alert.acknowledge", new(Connection.Name, "device", "7", "SRV-1", ""), new Dictionary<string, string> { ["alert"] = "a-1" }),
        Token);

    private static string Acme(string mayBeMissing) => $$"""
        name: acme
        title: Acme
        settings: {}
        address: https://api.acme.example
        targets:
          device:
            find: { request: "GET /devices?q={$name}", {{mayBeMissing}}items: d }
            id: "{id}"
            names: ["{name}"]
            belongs: credential
            read: GET /devices/{$target.id}
            observe:
              - { request: "GET /devices/{$target.id}/alerts", {{mayBeMissing}}each: d, values: { "service.{name}.state": "{state}" } }
          ticket:
            find: { request: "GET /tickets?q={$name | number}", {{mayBeMissing}}items: d }
            id: "{id}"
            names: ["{id}"]
            belongs: credential
            read: GET /tickets/{$target.id}
        actions:
          alert.acknowledge:
            reversibility: irreversible
            blastRadius: nothing
            idempotent: true
            command: Acme close {alert} of {target}
            lookups:
              - { request: "GET /devices/{$target.id}/alerts", {{mayBeMissing}}items: d, where: ["{id} == {$argument.alert}"], what: "the alert {$argument.alert}" }
            call: POST /devices/{$target.id}/alerts/{$argument.alert}/close
        poll:
          - request: GET /alerts
            {{mayBeMissing.TrimEnd(' ', ',')}}
            items: d
            events:
              - { belongs: credential, id: "{id}", kind: alert, key: "{id}" }
        """;
}

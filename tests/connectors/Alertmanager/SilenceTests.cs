using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.Alertmanager;

/// <summary>Silences at a real Alertmanager, and requests that its own description judges.</summary>
public sealed class SilenceTests : IAsyncDisposable
{
    private const string Fingerprint = "c0ffee0000000001";
    private readonly ServiceProvider services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<ISecretSource>(new SecretSource(TimeProvider.System))
        .AddAlertmanager()
        .BuildServiceProvider();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private AlertmanagerConnector Connector => services.GetRequiredService<AlertmanagerConnector>();

    public ValueTask DisposeAsync() => services.DisposeAsync();

    [Fact]
    public void Without_an_address_none_of_the_actions_can_be_done()
    {
        var connection = Connect(new("https://alerts.contoso.example/"));
        Connector.FindLack(connection with { Settings = new Dictionary<string, string>() }).ShouldBe("Url");
        Connector.FindLack(connection).ShouldBeNull();
    }

    [Fact]
    public async Task A_silence_mutes_the_one_alert_for_its_time_and_is_taken_back()
    {
        using var server = await StartAsync();
        var connection = Connect(server.Address, ("Only", "customer=contoso"));
        await FireAsync(server, "InstanceDown", "srv-01:9100", "contoso");
        await FireAsync(server, "InstanceDown", "srv-01:9100", "fabrikam");
        await FireAsync(server, "DiskFull", "srv-01:9100", "contoso");
        var target = (await FindAsync(connection, "instancedown")).ShouldHaveSingleItem("the other is another client's");
        (target.Name, target.Client).ShouldBe(("InstanceDown", "contoso"));
        (await FindAsync(connection, target.Id)).ShouldHaveSingleItem().Id.ShouldBe(target.Id);
        (await FindAsync(connection, "Instance")).ShouldBeEmpty();
        (await ObserveAsync(connection, target))["alert.silenced"].ShouldBe("false");

        (await LookUpAsync(connection, target, "op-1")).ShouldBe(OperationStatus.CannotTell);
        (await ActAsync(connection, target, "alert.silence", "op-1")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>()
            .Value.Detail.ShouldStartWith("Silence ");
        (await ActAsync(connection, target, "alert.silence", "op-1")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>()
            .Value.Detail.ShouldEndWith(" is there already.");
        (await LookUpAsync(connection, target, "op-1")).ShouldBe(OperationStatus.Applied);

        await SilencedAsync(connection, target, "true");
        var silence = (await ReadAsync(server, "silences")).AsArray().ShouldHaveSingleItem()!;
        silence["matchers"]!.AsArray().Select(static one => $"{one!["name"]}={one["value"]} {one["isRegex"]} {one["isEqual"]}").ShouldBe(
            ["alertname=InstanceDown false true", "customer=contoso false true", "instance=srv-01:9100 false true"], ignoreOrder: true);
        (DateTimeOffset.Parse(silence["endsAt"]!.ToString(), null) - DateTimeOffset.Parse(silence["startsAt"]!.ToString(), null))
            .ShouldBe(TimeSpan.FromMinutes(90), TimeSpan.FromSeconds(30));
        silence["createdBy"]!.ToString().ShouldBe("DevOps AI Bot");
        (await ReadAsync(server, "alerts?silenced=false")).AsArray().Count.ShouldBe(2, "the other alerts are told as before");

        (await ActAsync(connection, target, "alert.unsilence", "op-1-r")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>()
            .Value.Detail.ShouldBe($"Ended silence {silence["id"]}.");
        await SilencedAsync(connection, target, "false");
        (await ActAsync(connection, target, "alert.unsilence", "op-1-r")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>()
            .Value.Detail.ShouldBe("No silence of ours mutes the alert any more.");
        (await LookUpAsync(connection, target, "op-1")).ShouldBe(OperationStatus.Applied, "it is kept that it was");
    }

    [Fact]
    public async Task A_silence_that_somebody_else_made_stays()
    {
        using var server = await StartAsync();
        var connection = Connect(server.Address);
        await FireAsync(server, "InstanceDown", "srv-01:9100", "contoso");
        var target = (await FindAsync(connection, "InstanceDown")).Single();
        using var http = new HttpClient { BaseAddress = server.Address };
        using var theirs = await http.PostAsync("/api/v2/silences", new StringContent($$"""
            {"matchers":[{"name":"alertname","value":"InstanceDown","isRegex":false,"isEqual":true}],"startsAt":"2020-01-01T00:00:00Z",
            "endsAt":"2099-01-01T00:00:00Z","createdBy":"alice","comment":"DevOps AI Bot op-1 {{target.Id}}"}
            """, System.Text.Encoding.UTF8, "application/json"), Token);
        theirs.EnsureSuccessStatusCode();
        await SilencedAsync(connection, target, "true");
        (await ActAsync(connection, target, "alert.unsilence", "op-1-r")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        await SilencedAsync(connection, target, "true");
    }

    [Fact]
    public async Task An_alert_of_another_client_or_connection_is_not_silenced()
    {
        using var server = await StartAsync();
        var connection = Connect(server.Address, ("Only", "customer=contoso"));
        await FireAsync(server, "InstanceDown", "srv-01:9100", "fabrikam");
        var theirs = (await FindAsync(Connect(server.Address), "InstanceDown")).Single();
        (await ActAsync(connection, theirs, "alert.silence", "op-1")).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(
            "Alertmanager has no alert InstanceDown of this client's any more.");
        (await ActAsync(connection, theirs with { Connection = "fabrikam-alertmanager" }, "alert.silence", "op-1"))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
        (await ReadAsync(server, "silences")).AsArray().ShouldBeEmpty();
    }

    [Fact]
    public async Task Every_request_is_one_that_Alertmanager_describes_and_carries_the_credentials()
    {
        await using var vendor = await JudgedVendor.StartAsync("alertmanager.judge.json", "", Answer, "/api/v2");
        var connection = Connect(vendor.Address, ("ApiUsername", "bot"), ("ApiPassword", "the-password"));
        (await CheckAsync(connection)).ShouldBeOfType<CallOutcome<string>.Done>().Value.ShouldBe("Alertmanager 0.27.0 answers contoso-alertmanager.");
        var target = (await FindAsync(connection, "InstanceDown")).Single();
        (await ActAsync(connection, target, "alert.silence", "op-2")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await ActAsync(connection, target, "alert.unsilence", "op-2")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests.Select(static one => $"{one.Method} {one.Path}").Distinct().ShouldBe(
        [
            "GET /api/v2/status", "GET /api/v2/alerts", "GET /api/v2/silences", "POST /api/v2/silences",
            "DELETE /api/v2/silence/a60a16f9-cf2a-49f4-ba5f-584403c83c59",
        ]);
        vendor.Requests.ShouldAllBe(static one => one.Headers["Authorization"] == "Basic Ym90OnRoZS1wYXNzd29yZA==");
        vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData(401, "Alertmanager does not take the credentials of contoso-alertmanager. Set ApiBearer, or ApiUsername and ApiPassword, anew.")]
    [InlineData(400, "The vendor answered 400.")]
    public async Task What_is_refused_is_told_with_what_to_do(int status, string told)
    {
        await using var vendor = await JudgedVendor.StartAsync("alertmanager.judge.json", "", _ => new(status, "\"no\""), "/api/v2");
        (await CheckAsync(Connect(vendor.Address, ("ApiBearer", "t")))).ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldBe(told);
    }

    [Fact]
    public async Task A_lost_answer_to_a_silence_is_unknown_and_found_by_its_comment()
    {
        await using var vendor = await JudgedVendor.StartAsync(
            "alertmanager.judge.json", "", request => request.Method == "POST" ? new(200, Cut: true) : Answer(request), "/api/v2");
        var connection = Connect(vendor.Address);
        var target = (await FindAsync(connection, "InstanceDown")).Single();
        (await ActAsync(connection, target, "alert.silence", "op-3")).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        vendor.Requests.Count(static one => one.Method == "POST").ShouldBe(1);
        (await LookUpAsync(connection, target, "op-1")).ShouldBe(OperationStatus.Applied);
    }

    [Fact]
    public void Mistakes_in_the_settings_are_told_and_a_connection_that_is_sent_events_alone_needs_no_address()
    {
        var source = services.GetRequiredService<AlertmanagerSource>();
        source.Problems(Connect(new("http://alertmanager.example"), ("Only", "customer"), ("ApiUsername", "bot"))).ShouldBe(
        [
            "Url: must be https (http on loopback only), without user and query.",
            "Only: 'customer' is no label and its value, as in customer=contoso.",
            "ApiUsername: ApiUsername and ApiPassword go together.",
        ]);
        CatalogRules.ValidationErrors(Connector.Actions).ShouldBeEmpty();
    }

    [Fact]
    public async Task Without_an_address_nothing_is_asked()
    {
        var connection = Connect(new("http://127.0.0.1:1")) with { Settings = new Dictionary<string, string> { ["Bearer"] = "b" } };
        (await FindAsync(connection, "InstanceDown")).ShouldBeEmpty();
        (await CheckAsync(connection)).ShouldBeOfType<CallOutcome<string>.Done>().Value.ShouldStartWith("contoso-alertmanager has no Url");
        (await ActAsync(connection, new(connection.Name, "alert", Fingerprint, "InstanceDown", ""), "alert.silence", "op-1"))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldContain("has no Url");
    }

    private static VendorReply Answer(VendorRequest request) => VendorReply.Ok(request.Path switch
    {
        "/api/v2/status" => """{"versionInfo":{"version":"0.27.0"}}""",
        "/api/v2/alerts" => $$"""[{"fingerprint":"{{Fingerprint}}","labels":{"alertname":"InstanceDown"},"status":{"state":"active","silencedBy":[]} }]""",
        "/api/v2/silences" when request.Method == "POST" => """{"silenceID":"a60a16f9-cf2a-49f4-ba5f-584403c83c59"}""",
        "/api/v2/silences" => $$"""
            [{"id":"a60a16f9-cf2a-49f4-ba5f-584403c83c59","status":{"state":"active"},"createdBy":"DevOps AI Bot",
            "comment":"DevOps AI Bot op-1 {{Fingerprint}}","matchers":[{"name":"alertname","value":"InstanceDown"}]}]
            """,
        _ => "",
    });

    private static async Task<AlertmanagerServer> StartAsync()
    {
        Assert.SkipUnless(AlertmanagerServer.IsInstalled, "No Alertmanager: apt-get install prometheus-alertmanager.");
        return await AlertmanagerServer.StartAsync();
    }

    private static Task FireAsync(AlertmanagerServer server, string name, string instance, string customer) => server.FireAsync(
        new() { ["alertname"] = name, ["instance"] = instance, ["customer"] = customer }, $"{name} on {instance}");

    private static async Task<JsonNode> ReadAsync(AlertmanagerServer server, string path)
    {
        using var http = new HttpClient { BaseAddress = server.Address };
        return JsonNode.Parse(await http.GetStringAsync($"/api/v2/{path}", Token))!;
    }

    private static Connection Connect(Uri address, params (string Name, string Value)[] further) => new(
        "contoso-alertmanager", TenantId.Parse("contoso"), "alertmanager",
        further.Append(("Url", address.ToString())).Append(("Bearer", "of-the-sender")).ToDictionary(
            static one => one.Item1, static one => one.Item2, StringComparer.OrdinalIgnoreCase));

    private async Task<IReadOnlyList<Target>> FindAsync(Connection connection, string name) =>
        (await Connector.FindAsync(connection, "alert", name, Token)).ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>().Value;

    private async Task<IReadOnlyDictionary<string, string>> ObserveAsync(Connection connection, Target target) =>
        (await Connector.ObserveAsync(connection, target, Token)).ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.Done>().Value;

    /// <summary>Alertmanager marks alerts a moment after it took the silence.</summary>
    private async Task SilencedAsync(Connection connection, Target target, string expected)
    {
        using var bound = new CancellationTokenSource(Hang.Limit);
        while ((await ObserveAsync(connection, target))["alert.silenced"] != expected)
            await Task.Delay(50, bound.Token);
    }

    private async Task<OperationStatus> LookUpAsync(Connection connection, Target target, string operation) =>
        (await Connector.LookUpAsync(connection, Call(target, "alert.silence", operation), Token)).ShouldBeOfType<CallOutcome<OperationStatus>.Done>().Value;

    private Task<CallOutcome<string>> CheckAsync(Connection connection) => Connector.CheckAsync(connection, Token);

    private Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, Target target, string action, string operation) =>
        Connector.ActAsync(connection, Call(target, action, operation), Token);

    private static ActionCall Call(Target target, string action, string operation) =>
        new(operation, action, target, new Dictionary<string, string> { ["minutes"] = "90" });
}

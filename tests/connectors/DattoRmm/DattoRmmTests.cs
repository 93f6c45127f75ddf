using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.DattoRmm;

/// <summary>Every request is judged by Datto RMM's own description. The API key sees all sites of the account.</summary>
public sealed class DattoRmmTests : IAsyncLifetime
{
    private const string TokenPath = "/auth/oauth/token";
    private const string Site = "11111111-2222-3333-4444-555555555555";
    private const string Device = "aaaaaaaa-bbbb-cccc-dddd-eeeeeeeeeeee";
    private readonly ManifestHost host = new();
    private JudgedVendor vendor = null!;

    private Connection Connection => Connect(
        "datto-rmm", ("Platform", "concord"), ("Address", vendor.Address.ToString()), ("ApiKey", "key"), ("ApiSecret", "the-secret"),
        ("Site", Site), ("WebhookSecret", "hook"));

    private ManifestConnectorOf Datto => new(host, Connection);

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("datto-rmm.judge.json", TokenPath, Answer);

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        host.Dispose();
    }

    [Fact]
    public async Task The_token_is_fetched_beside_the_interface_and_the_site_tells_whether_all_is_right()
    {
        (await DoneAsync(host.Connector("datto-rmm").CheckAsync(Connection, Token))).ShouldContain("takes the credentials");
        var token = vendor.Requests[0];
        token.Path.ShouldBe(TokenPath);
        token.Headers["Authorization"].ShouldBe("Basic " + Convert.ToBase64String("public-client:public"u8));
        token.Body.ShouldBe("grant_type=password&username=key&password=the-secret");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_device_is_found_over_several_pages_and_only_in_the_clients_site()
    {
        (await Datto.FindAsync("srv-example-01")).ShouldHaveSingleItem().Id.ShouldBe(Device);
        vendor.Requests.Count(static one => one.Path == "/v2/account/devices").ShouldBe(2);
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_next_page_at_another_host_is_not_fetched_and_the_token_stays_here()
    {
        await using var foreign = await JudgedVendor.StartAsync("none", TokenPath, static _ => VendorReply.Ok("{}"));
        vendor.Answers = request => request.Path == "/v2/account/devices"
            ? VendorReply.Ok($$"""{"pageDetails":{"nextPageUrl":"{{foreign.Address}}v2/account/devices?page=1"},"devices":[]}""")
            : Answer(request);
        (await host.Connector("datto-rmm").FindAsync(Connection, "device", "SRV-EXAMPLE-01", Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Refused>().Message.ShouldContain("goes on at another host");
        foreign.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task What_it_tells_of_a_device_is_in_the_words_of_the_vocabulary()
    {
        (await Datto.ObserveAsync(Device, "SRV-EXAMPLE-01")).OrderBy(static one => one.Key, StringComparer.Ordinal)
            .Select(static one => $"{one.Key} = {one.Value}").ShouldBe(
            [
                "device.lastSeen = 2026-08-25T07:26:00Z", "device.lastUser = DOMAIN\\user", "device.online = true",
                "device.os = Microsoft Windows Server 2022 Standard", "device.pendingReboot = false",
            ]);
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task Open_alerts_are_asked_for_and_those_that_ended_since()
    {
        var source = host.Polled("datto-rmm");
        vendor.Answers = request => request.Path switch
        {
            $"/v2/site/{Site}/alerts/open" => VendorReply.Ok(Alerts(Alert("a-1"), Alert("a-2", site: "elsewhere"))),
            $"/v2/site/{Site}/alerts/resolved" => VendorReply.Ok(Alerts(Alert("a-0", "2026-11-30T10:00:00Z"), Alert("a-3", "2026-12-01T04:00:00Z"))),
            _ => Answer(request),
        };
        source.Lists.Select(static one => one.Every).ShouldBe([TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(15)]);
        var open = await DoneAsync(source.ReadAsync(Connection, source.Lists[0].Key, null, Token));
        var alert = open.Events.ShouldHaveSingleItem();
        (alert.SourceId, alert.Device, alert.Kind, alert.Severity).ShouldBe(
            ("a-1/firing", "LAPTOP-EXAMPLE", "comp_script_ctx", DevOpsAI.Connections.Severity.Warning));
        alert.Title.ShouldContain("BSODView Command has Failed");
        open.Foreign.ShouldBe(1);
        var ended = await DoneAsync(source.ReadAsync(Connection, source.Lists[1].Key, "2026-12-01T00:00:00.000Z", Token));
        ended.Events.ShouldHaveSingleItem().SourceId.ShouldBe("a-3/resolved");
        ended.Position.ShouldBe("2026-12-01T04:00:00.000Z");
        vendor.MustHaveBeenAccepted();

        static string Alerts(params string[] all) => $$"""{"pageDetails":{"nextPageUrl":null},"alerts":[{{string.Join(',', all)}}]}""";
        static string Alert(string uid, string? ended = null, string site = Site) => $$"""
            {"alertUid":"{{uid}}","priority":"Moderate","resolved":{{(ended is null ? "false" : "true")}},
             "resolvedOn":{{(ended is null ? "null" : $"\"{ended}\"")}},"timestamp":1787643495000,
             "alertContext":{"@class":"comp_script_ctx","samples":{"Alert":"BSODView Command has Failed"} },
             "alertSourceInfo":{"deviceUid":"d","deviceName":"LAPTOP-EXAMPLE","siteUid":"{{site}}","siteName":"Contoso"} }
            """;
    }

    [Fact]
    public async Task A_service_or_a_volume_that_an_alert_is_about_is_named()
    {
        var source = host.Polled("datto-rmm");
        vendor.Answers = request => request.Path == $"/v2/site/{Site}/alerts/open"
            ? VendorReply.Ok($$$"""
                {"pageDetails":{"nextPageUrl":null},"alerts":[
                {{{Alert("a-1", "\"srvc_status_ctx\",\"serviceName\":\"Spooler\",\"status\":\"STOPPED\"")}}},
                {{{Alert("a-2", "\"perf_disk_usage_ctx\",\"diskName\":\"D:\",\"freeSpace\":3")}}}]}
                """)
            : Answer(request);
        var open = await DoneAsync(source.ReadAsync(Connection, source.Lists[0].Key, null, Token));
        open.Events[0].Attributes["service_name"].ShouldBe("Spooler");
        open.Events[0].Title.ShouldContain("Spooler");
        open.Events[1].Attributes["volume"].ShouldBe("D:");

        static string Alert(string uid, string context) => $$"""
            {"alertUid":"{{uid}}","priority":"High","resolved":false,"timestamp":1787643495000,"alertContext":{"@class":{{context}}},
             "alertSourceInfo":{"deviceUid":"d","deviceName":"LAPTOP-EXAMPLE","siteUid":"{{Site}}","siteName":"Contoso"} }
            """;
    }

    [Fact]
    public async Task A_component_runs_as_a_job_that_carries_our_operation()
    {
        (await Datto.ActAsync("script.run", Device, "SRV-EXAMPLE-01", ("script", "Restart spooler")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldBe("Datto RMM started job job-1.");
        var call = vendor.Requests.Single(static one => one.Method == "PUT");
        call.Json["jobName"]!.ToString().ShouldBe("op-1");
        call.Json["jobComponent"]!["componentUid"]!.ToString().ShouldBe("c-2");
        (await Datto.ActAsync("script.run", Device, "SRV-EXAMPLE-01", ("script", "Twice")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("ambiguous");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task An_open_alert_of_the_device_is_resolved_and_no_other()
    {
        (await Datto.ActAsync("alert.acknowledge", Device, "SRV-EXAMPLE-01", ("alert", "e001f43c-0000-4000-8000-000000000001")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await Datto.ActAsync("alert.acknowledge", Device, "SRV-EXAMPLE-01", ("alert", "e001f43c-0000-4000-8000-000000000002")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        vendor.Requests.Count(static one => one.Path.EndsWith("/resolve", StringComparison.Ordinal)).ShouldBe(1);
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_device_of_another_site_is_left_alone()
    {
        (await Datto.ActAsync("script.run", "other", "SRV-EXAMPLE-01", ("script", "Restart spooler")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
        vendor.Requests.ShouldNotContain(static one => one.Method == "PUT");
    }

    [Theory]
    [InlineData(400, """{"error":"invalid_grant","error_description":"Bad credentials"}""", "(Bad credentials). Set ApiSecret anew.")]
    [InlineData(401, "<html>Unauthorized</html>", "does not take the credentials of contoso-datto-rmm")]
    public async Task A_key_that_is_not_taken_is_told_with_what_to_do_and_never_shown(int status, string body, string told)
    {
        vendor.Answers = request => request.Path == TokenPath ? new(status, body) : throw new InvalidOperationException("never asked");
        var message = (await host.Connector("datto-rmm").CheckAsync(Connection, Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message;
        message.ShouldContain(told);
        message.ShouldNotContain("the-secret");
    }

    [Theory]
    [InlineData(200, "<html>Sign in</html>")]
    [InlineData(200, "{}")]
    [InlineData(200, """{"access_token":null}""")]
    [InlineData(200, """{"access_token":"two\nlines"}""")]
    [InlineData(429, "{}")]
    [InlineData(500, "{}")]
    public async Task Without_a_token_nothing_is_done_and_it_is_safe_to_try_again(int status, string body)
    {
        vendor.Answers = request => request.Path == TokenPath ? new(status, body) : Answer(request);
        (await Datto.ActAsync("script.run", Device, "SRV-EXAMPLE-01", ("script", "Reboot")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>();
        vendor.Requests.ShouldAllBe(static one => one.Path == TokenPath);
    }

    [Fact]
    public async Task A_token_that_ends_before_the_job_is_sent_is_fetched_again_and_the_job_started_once()
    {
        var refused = 0;
        vendor.Answers = request => request.Method == "PUT" && refused++ == 0 ? new(401, "{}") : Answer(request);
        (await Datto.ActAsync("script.run", Device, "SRV-EXAMPLE-01", ("script", "Reboot")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests.Count(static one => one.Method == "PUT").ShouldBe(2);
        vendor.Requests.Count(static one => one.Path == TokenPath).ShouldBe(2);
        vendor.Answers = request => request.Method == "PUT" ? new(401, "{}") : Answer(request);
        (await Datto.ActAsync("script.run", Device, "SRV-EXAMPLE-01", ("script", "Reboot")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("credentials");
        vendor.Requests.Count(static one => one.Method == "PUT").ShouldBe(4);
    }

    [Theory]
    [InlineData("a&max=1")]
    [InlineData("50% of #1? ä ö \"<x>\"")]
    [InlineData("..")]
    [InlineData("%")]
    [InlineData("_______________")]
    public async Task A_name_is_asked_for_as_it_is_and_what_is_only_like_it_is_not_it(string name)
    {
        // The vendor compares loosely; a name with its wildcards in it brings everything.
        (await Datto.FindAsync(name)).ShouldBeEmpty();
        vendor.Requests.First(static one => one.Path == "/v2/account/devices").Query["hostname"].ShouldBe(name);
        vendor.Requests.First(static one => one.Path == "/v2/account/devices").Query["max"].ShouldBe("250");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_403_is_throttling_or_a_missing_right_and_is_left_for_five_minutes()
    {
        vendor.Answers = request => request.Path == TokenPath ? Answer(request) : new(403, "{}");
        (await host.Connector("datto-rmm").CheckAsync(Connection, Token)).ShouldBeOfType<CallOutcome<string>.NotDone>()
            .TryAgainIn.ShouldBe(TimeSpan.FromMinutes(5));
    }

    [Fact]
    public async Task No_more_is_asked_than_the_account_may()
    {
        List<CallOutcome<string>> all = [];
        for (var n = 0; n < 545; n++)
            all.Add(await host.Connector("datto-rmm").CheckAsync(Connection, Token));
        all.OfType<CallOutcome<string>.NotDone>().ShouldNotBeEmpty();
        all.OfType<CallOutcome<string>.NotDone>().ShouldAllBe(static one => one.TryAgainIn == TimeSpan.FromSeconds(6));
        vendor.Requests.Count(static one => one.Path != TokenPath).ShouldBeLessThanOrEqualTo(541);
    }

    [Fact]
    public async Task What_the_template_renders_becomes_an_alert()
    {
        var alert = (await ReadAsync(Rendered())).ShouldHaveSingleItem();
        alert.SourceId.ShouldBe("e01e5dbb-6bc4-427c-b1f6-4106797af0ad/firing");
        alert.Severity.ShouldBe(Severity.Error);
        alert.Kind.ShouldBe("Component Monitor");
        alert.Device.ShouldBe("SRV-EXAMPLE-01");
        alert.Title.ShouldBe("[Failure Test Monitor] - Result: A Test Alert Was Created on SRV-EXAMPLE-01");
        alert.AlertKey.ShouldBe("e01e5dbb-6bc4-427c-b1f6-4106797af0ad");
        alert.OccurredAt.ShouldBe(Sources.Clock.GetUtcNow());
        alert.Attributes["site"].ShouldBe("Example Customer B.V.");
        var end = (await ReadAsync(Rendered(static one => one["eventType"] = "alert.resolved"))).ShouldHaveSingleItem();
        (end.Status, end.AlertKey).ShouldBe((EventStatus.Resolved, alert.AlertKey));
    }

    [Fact]
    public async Task An_alert_of_another_site_is_refused() =>
        (await Should.ThrowAsync<MalformedEventException>(ReadAsync(Rendered(static one => one["siteUid"] = "other")))).Field.ShouldBe("siteUid");

    private Task<IReadOnlyList<ConnectorEvent>> ReadAsync(byte[] body) => Sources.ReadAsync(host.Source("datto-rmm"), Connection, body);

    private static byte[] Rendered(Action<JsonObject>? change = null)
    {
        var alert = JsonNode.Parse($$"""
            {
              "eventType": "alert.raised", "alertUid": "e01e5dbb-6bc4-427c-b1f6-4106797af0ad", "alertType": "Component Monitor",
              "alertCategory": "Monitor", "alertPriority": "High",
              "alertMessage": "[Failure Test Monitor] - Result: A Test Alert Was Created", "trigger": "",
              "deviceUid": "{{Device}}", "hostname": "SRV-EXAMPLE-01", "siteUid": "{{Site}}", "siteName": "Example Customer B.V."
            }
            """)!.AsObject();
        change?.Invoke(alert);
        return System.Text.Encoding.UTF8.GetBytes(alert.ToJsonString());
    }

    private VendorReply Answer(VendorRequest request)
    {
        if (request.Path == TokenPath)
            return VendorReply.Ok("""{"access_token":"t","expires_in":360000}""");
        return (request.Method, request.Path) switch
        {
            ("GET", $"/v2/site/{Site}") => VendorReply.Ok($$"""{"uid":"{{Site}}","name":"Example Customer B.V."}"""),
            ("GET", "/v2/account/devices") when request.Query.GetValueOrDefault("page") == "1" =>
                VendorReply.Ok(Page("devices", null, DeviceOf(Device, Site))),
            ("GET", "/v2/account/devices") =>
                VendorReply.Ok(Page("devices", $"{vendor.Address}v2/account/devices?hostname=srv-example-01&max=250&page=1", DeviceOf("other", "s"))),
            ("GET", $"/v2/device/{Device}") => VendorReply.Ok(DeviceOf(Device, Site)),
            ("GET", "/v2/device/other") => VendorReply.Ok(DeviceOf("other", "s")),
            ("GET", $"/v2/device/{Device}/alerts/open") =>
                VendorReply.Ok(Page("alerts", null, """{"alertUid":"e001f43c-0000-4000-8000-000000000001"}""")),
            ("POST", "/v2/alert/e001f43c-0000-4000-8000-000000000001/resolve") => new(200),
            ("GET", "/v2/account/components") => VendorReply.Ok(Page("components", null, """{"uid":"c-1","name":"Reboot"}""",
                """{"uid":"c-2","name":"Restart spooler"}""", """{"uid":"c-3","name":"Twice"}""", """{"uid":"c-4","name":"twice"}""")),
            ("PUT", $"/v2/device/{Device}/quickjob") => VendorReply.Ok("""{"job":{"id":1,"uid":"job-1","status":"active"}}"""),
            _ => new(404, """{"status":404,"error":"Not Found"}"""),
        };
    }

    private static string Page(string name, string? next, params string[] items) =>
        $$"""{"pageDetails":{"count":1,"nextPageUrl":{{(next is null ? "null" : $"\"{next}\"")}}},"{{name}}":[{{string.Join(',', items)}}]}""";

    private static string DeviceOf(string uid, string site) => $$"""
        {"uid":"{{uid}}","siteUid":"{{site}}","hostname":"SRV-EXAMPLE-01","online":true,"rebootRequired":false,
         "operatingSystem":"Microsoft Windows Server 2022 Standard","lastSeen":"2026-08-25T07:26:00Z","lastLoggedInUser":"DOMAIN\\user"}
        """;
}

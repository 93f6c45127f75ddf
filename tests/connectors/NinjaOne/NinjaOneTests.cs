using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.NinjaOne;

/// <summary>Every request is judged by NinjaOne's own description. One credential sees two companies, which both have SRV-FILE01.</summary>
public sealed class NinjaOneTests : IAsyncLifetime
{
    private const string TokenPath = "/ws/oauth/token";
    private readonly ManifestHost host = new();
    private readonly Dictionary<string, string> services = new() { ["Spooler"] = "STOPPED", ["W32Time"] = "RUNNING" };
    private JudgedVendor vendor = null!;
    private int tokens;
    private string goodToken = "";

    private ManifestConnectorOf Ninja => new(host, Connection);

    private Connection Connection => Connect(
        "ninjaone", ("Instance", "eu"), ("Address", vendor.Address.ToString()), ("ClientId", "client"), ("ClientSecret", "the-secret"),
        ("Organization", "2"), ("WebhookSecret", "hook-secret-of-contoso"));

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("ninjaone.judge.json", TokenPath, Answer);

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        host.Dispose();
    }

    [Fact]
    public void The_settings_of_a_connection_are_asked_for_by_name()
    {
        var problems = host.Connector("ninjaone").Problems(Connect("ninjaone", ("Instance", "mars"), ("Organisation", "2"))).ToList();
        problems.ShouldBe(
        [
            "Organisation: NinjaOne has no such setting; known are Instance, ClientId, ClientSecret, Organization, RefreshToken, WebhookSecret.",
            "Instance: 'mars' does not fit; the instance that the console is on: one of us, us2, eu, ca, oc, fed.",
            "ClientId: missing; client id of the API application, as in c0ffee12-3456.",
            "ClientSecret: missing; client secret of the API application, as in env:CONTOSO_NINJAONE.",
            "Organization: missing; id of the client's organisation, as in 2.",
        ]);
        host.Connector("ninjaone").Problems(Connection).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("http://10.0.0.1/")]
    [InlineData("https://user@vendor.example/")]
    [InlineData("ftp://vendor.example/")]
    [InlineData("vendor.example")]
    public void An_address_that_may_not_be_called_is_told(string address) =>
        host.Connector("ninjaone").Problems(Connection with
        {
            Settings = new Dictionary<string, string>(Connection.Settings) { ["Address"] = address },
        }).ShouldHaveSingleItem().ShouldStartWith("Address: the address of NinjaOne must be https");

    [Fact]
    public async Task It_is_asked_whether_the_credentials_are_right()
    {
        (await DoneAsync(host.Connector("ninjaone").CheckAsync(Connection, Token))).ShouldBe(
            "NinjaOne takes the credentials of contoso-ninjaone.");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_the_connection_lives_on_is_known_once_it_was_used_and_to_no_other_connector()
    {
        var connector = host.Connector("ninjaone");
        (await connector.ReadVitalsAsync(Connection, Token)).Expiries.ShouldBeNull("no token was fetched yet");
        await DoneAsync(connector.CheckAsync(Connection, Token));
        var vitals = await connector.ReadVitalsAsync(Connection, Token);
        var token = vitals.Expiries!.ShouldHaveSingleItem();
        token.What.ShouldBe("access token");
        (token.At - DateTimeOffset.UtcNow).ShouldBeInRange(TimeSpan.FromMinutes(50), TimeSpan.FromMinutes(60));
        token.IsDue(token.At).ShouldBeFalse("the bot renews it");
        (await host.Connector("halopsa").ReadVitalsAsync(Connection, Token)).ShouldBe(ConnectionVitals.Unknown);
    }

    [Theory]
    [InlineData(404, """{"resultCode":"Client app not exist","incidentId":"WEB"}""", "the application is on another instance")]
    [InlineData(401, """{"error":"invalid_client"}""", "NinjaOne does not take the credentials of contoso-ninjaone (invalid_client). Set ClientSecret anew.")]
    [InlineData(400, """{"error":"missing_header","error_description":"Missing required header"}""", "(Missing required header)")]
    public async Task Credentials_that_are_not_taken_are_told_with_what_to_do(int status, string body, string told)
    {
        vendor.Answers = request => request.Path == TokenPath ? new(status, body) : throw new InvalidOperationException("never asked");
        var outcome = await host.Connector("ninjaone").CheckAsync(Connection, Token);
        outcome.ShouldBeOfType<CallOutcome<string>.Refused>().Message.ShouldContain(told);
    }

    [Fact]
    public async Task A_device_is_found_by_its_exact_name_and_only_that_of_the_client()
    {
        (await Ninja.FindAsync("srv-file01")).ShouldHaveSingleItem().ShouldBe(
            new(Connection.Name, "device", "7", "SRV-FILE01", ""));
        (await Ninja.FindAsync("SRV-FILE0")).ShouldBeEmpty();
        (await Ninja.FindAsync("srv-file01.contoso.local")).ShouldHaveSingleItem().Id.ShouldBe("7");
        (await Ninja.FindAsync("FAB-ONLY")).ShouldBeEmpty("it is another company's");
        foreach (var hostile in (string[])["a&limit=1", "a/../../v2/organizations", "' OR '1'='1", "ä ö\"<x>", "%2e%2e", "a#b?c=d"])
            (await Ninja.FindAsync(hostile)).ShouldBeEmpty();
        vendor.Requests.Where(static one => one.Path != TokenPath).ShouldAllBe(static one => one.Path == "/v2/devices/search");
        vendor.Requests.ShouldContain(static one => one.Query.GetValueOrDefault("q") == "a&limit=1");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_it_tells_of_a_device_is_in_the_words_of_the_vocabulary()
    {
        (await Ninja.ObserveAsync("7")).OrderBy(static one => one.Key, StringComparer.Ordinal).Select(static one => $"{one.Key} = {one.Value}")
            .ShouldBe(
            [
                "device.lastSeen = 2025-03-19T19:31:29Z", "device.online = true", "device.os = Windows Server 2022",
                "device.serial = EXAMPLE0001", "disk.C.freePercent = 6", "disk.C.sizeGb = 120", "service.Spooler.startup = automatic",
                "service.Spooler.state = stopped", "service.W32Time.startup = automatic", "service.W32Time.state = running",
            ]);
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_device_without_services_is_told_by_what_it_has()
    {
        vendor.Answers = request => request.Path.EndsWith("/windows-services", StringComparison.Ordinal) ? new(404, "{}") : Answer(request);
        var seen = await Ninja.ObserveAsync("7");
        seen["device.online"].ShouldBe("true");
        seen.Keys.ShouldNotContain(static name => name.StartsWith("service.", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("service.start", "START")]
    [InlineData("service.stop", "STOP")]
    [InlineData("service.restart", "RESTART")]
    public async Task A_service_is_looked_up_on_the_device_and_then_controlled_once(string action, string sent)
    {
        (await Ninja.ActAsync(action, "7", ("service", "spooler"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail
            .ShouldBe("NinjaOne took the request.");
        var call = vendor.Requests.Single(static one => one.Method == "POST" && one.Path != TokenPath);
        call.Path.ShouldBe("/v2/device/7/windows-service/Spooler/control");
        call.Json["action"]!.ToString().ShouldBe(sent);
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_service_that_the_device_does_not_have_is_refused_and_nothing_is_sent()
    {
        (await Ninja.ActAsync("service.start", "7", ("service", "NoSuch"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message
            .ShouldBe("NinjaOne has no: the service NoSuch.");
        vendor.Requests.ShouldNotContain(static one => one.Method == "POST" && one.Path != TokenPath);
    }

    [Fact]
    public async Task A_restart_carries_our_operation_and_an_alert_of_another_device_is_not_reset()
    {
        (await Ninja.ActAsync("device.reboot", "7")).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests.Single(static one => one.Path == "/v2/device/7/reboot/NORMAL").Json["reason"]!.ToString().ShouldBe(
            "DevOps AI Bot op-1");
        (await Ninja.ActAsync("alert.acknowledge", "7", ("alert", "e6b0b0bd-5753-445d-9e4a-71c08983cbd5")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await Ninja.ActAsync("alert.acknowledge", "7", ("alert", "11111111-5753-445d-9e4a-71c08983cbd5")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("99", "SRV-FILE01")]
    [InlineData("..", "SRV-FILE01")]
    [InlineData("7/../99", "SRV-FILE01")]
    [InlineData("7", "SRV-OTHER")]
    [InlineData("404", "SRV-FILE01")]
    public async Task A_device_that_is_not_the_clients_or_not_the_one_that_was_approved_is_left_alone(string id, string name)
    {
        (await Ninja.ActAsync("device.reboot", id, name)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        vendor.Requests.ShouldNotContain(static one => one.Method == "POST" && one.Path != TokenPath);
        (await host.Connector("ninjaone").ActAsync(
            Connection, new("op-1", "device.reboot", new("fabrikam-ninjaone", "device", "7", "SRV-FILE01", ""), new Dictionary<string, string>()),
            Token)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
    }

    [Fact]
    public async Task A_token_that_ends_in_the_middle_is_fetched_again_once()
    {
        await Ninja.FindAsync("SRV-FILE01");
        goodToken = "another";
        (await Ninja.FindAsync("SRV-FILE01")).ShouldHaveSingleItem();
        tokens.ShouldBe(2);
        vendor.Answers = request => request.Path == TokenPath ? Answer(request) : new(401, """{"error":"not_authenticated"}""");
        (await host.Connector("ninjaone").FindAsync(Connection, "device", "X", Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyList<Target>>.Refused>().Message.ShouldContain("does not take the credentials");
        tokens.ShouldBe(3);
    }

    [Fact]
    public async Task One_token_serves_however_many_ask_at_once()
    {
        await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => Ninja.FindAsync("SRV-FILE01")));
        tokens.ShouldBe(1);
    }

    [Theory]
    [InlineData(429, "{}", "application/json", "17", 17)]
    [InlineData(429, "{}", "application/json", null, null)]
    [InlineData(200, "<html>Too many</html>", "text/html", null, null)]
    public async Task A_vendor_that_wants_to_be_left_alone_is_no_failure_of_the_action(
        int status, string body, string contentType, string? retryAfter, int? seconds)
    {
        await Ninja.FindAsync("SRV-FILE01");
        vendor.Trouble.Enqueue(_ => new(status, body, contentType, retryAfter));
        var outcome = await Ninja.ActAsync("device.reboot", "7");
        outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().TryAgainIn.ShouldBe(seconds is { } s ? TimeSpan.FromSeconds(s) : null);
    }

    [Theory]
    [InlineData(500, "{}", false)]
    [InlineData(200, "<html>Sign in</html>", false)]
    [InlineData(0, "", true)]
    public async Task An_action_whose_answer_says_nothing_is_not_known_and_is_sent_once(int status, string body, bool cut)
    {
        await Ninja.FindAsync("SRV-FILE01");
        vendor.Answers = request => request.Path.Contains("/reboot/", StringComparison.Ordinal)
            ? new(status, body, body.StartsWith('<') ? "text/html" : "application/json", Cut: cut)
            : Answer(request);
        (await Ninja.ActAsync("device.reboot", "7")).ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>();
        vendor.Requests.Count(static one => one.Path.Contains("/reboot/", StringComparison.Ordinal)).ShouldBe(1);
    }

    [Fact]
    public async Task A_machine_token_where_a_person_is_wanted_is_told()
    {
        vendor.Answers = request => request.Path.EndsWith("/control", StringComparison.Ordinal)
            ? new(403, """{"error":"user_context_required","error_description":"Access key does not have user context","error_code":5}""")
            : Answer(request);
        (await Ninja.ActAsync("service.start", "7", ("service", "Spooler"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message
            .ShouldBe("NinjaOne lets an API application do this only in the name of a person: set RefreshToken.");
    }

    [Fact]
    public async Task A_script_runs_in_the_name_of_the_person_whose_refresh_token_the_connection_has()
    {
        using var delegated = new ManifestHost(store: new(new MemoryDocuments(), new InMemoryKeyRing(), TimeProvider.System));
        vendor.Answers = request => (request.Method, request.Path) switch
        {
            ("POST", TokenPath) when request.Body.Contains("grant_type=refresh_token", StringComparison.Ordinal) =>
                request.Body.Contains("refresh_token=of-a-person", StringComparison.Ordinal)
                    ? VendorReply.Ok("""{"access_token":"a-person","expires_in":3600}""")
                    : new(400, """{"error":"invalid_grant"}"""),
            ("GET", "/v2/device/7/scripting/options") => VendorReply.Ok("""
                {"scripts":[{"type":"ACTION","uid":"e6b0b0bd-5753-445d-9e4a-71c08983cbd5","name":"Clear spooler"},
                 {"type":"SCRIPT","id":146,"name":"Clear spooler"}]}
                """),
            ("POST", "/v2/device/7/script/run") => request.Headers["Authorization"] == "Bearer a-person"
                ? VendorReply.Ok("{}")
                : new(403, """{"error":"user_context_required"}"""),
            _ => Answer(request),
        };
        (await Ninja.ActAsync("script.run", "7", ("script", "Clear spooler"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        var person = new ManifestConnectorOf(delegated, Connection with
        {
            Settings = new Dictionary<string, string>(Connection.Settings) { ["RefreshToken"] = "of-a-person" },
        });
        (await person.ActAsync("script.run", "7", ("script", "Clear spooler"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        var run = vendor.Requests.Last(static one => one.Path == "/v2/device/7/script/run");
        run.Json.ToJsonString().ShouldBe("""{"type":"SCRIPT","id":146,"runAs":"system"}""");
        (await person.FindAsync("SRV-FILE01")).ShouldHaveSingleItem();
        vendor.Requests[^1].Headers["Authorization"].ShouldBe($"Bearer {goodToken}", "what is read does not end with the consent");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_condition_that_was_captured_becomes_an_alert()
    {
        var alert = (await ReadAsync(Sample())).ShouldHaveSingleItem();
        alert.SourceId.ShouldBe("177210/firing");
        alert.Status.ShouldBe(EventStatus.Firing);
        alert.Severity.ShouldBe(Severity.Warning);
        alert.Kind.ShouldBe("vmm_cond_memory_usage_ge");
        alert.Device.ShouldBe("esxi03.corp.local");
        alert.AboutUser.ShouldBeFalse();
        alert.Title.ShouldBe("Memory Utilization is greater than or equal to 80% for 5 minutes on esxi03");
        alert.AlertKey.ShouldBe("e6b0b0bd-5753-445d-9e4a-71c08983cbd5");
        alert.OccurredAt.ShouldBe(new DateTimeOffset(2025, 3, 19, 13, 41, 15, 556, TimeSpan.Zero));
        alert.Attributes["organization"].ShouldBe("Example Consulting");
        alert.Attributes["threshold"].ShouldBe("80");
        alert.Attributes["deviceId"].ShouldBe("7");
    }

    [Fact]
    public async Task Its_end_has_the_same_key_and_another_id()
    {
        var end = (await ReadAsync(Sample(static one => one["statusCode"] = "RESET"))).ShouldHaveSingleItem();
        (end.Status, end.SourceId, end.AlertKey).ShouldBe((EventStatus.Resolved, "177210/resolved", "e6b0b0bd-5753-445d-9e4a-71c08983cbd5"));
    }

    [Theory]
    [InlineData("CRITICAL", Severity.Critical)]
    [InlineData("MAJOR", Severity.Error)]
    [InlineData("MODERATE", Severity.Warning)]
    [InlineData("MINOR", Severity.Info)]
    [InlineData("SOMETHING_NEW", Severity.Warning)]
    public async Task Its_severity_is_told_in_our_words(string theirs, Severity ours) =>
        (await ReadAsync(Sample(one => one["severity"] = theirs))).ShouldHaveSingleItem().Severity.ShouldBe(ours);

    [Theory]
    [InlineData("NONE", "CRITICAL", Severity.Critical)]
    [InlineData("NONE", "HIGH", Severity.Error)]
    [InlineData("NONE", "NONE", Severity.Warning)]
    [InlineData("NONE", null, Severity.Warning)]
    [InlineData(null, "HIGH", Severity.Error)]
    [InlineData(null, null, Severity.Warning)]
    [InlineData("MINOR", "HIGH", Severity.Info)]
    public async Task A_condition_without_a_severity_has_that_of_its_priority(string? severity, string? priority, Severity ours)
    {
        var alert = (await ReadAsync(Sample(one => (one["severity"], one["priority"]) = (severity, priority)))).ShouldHaveSingleItem();
        (alert.Severity, alert.Kind, alert.Status).ShouldBe((ours, "vmm_cond_memory_usage_ge", EventStatus.Firing));
        (await ReadAsync(Sample(one => (one["severity"], one["statusCode"]) = (severity, "RESET")))).ShouldHaveSingleItem().Status
            .ShouldBe(EventStatus.Resolved);
    }

    [Theory]
    [InlineData("ACTIONSET", "STARTED", null, null, Severity.Info)]
    [InlineData("ACTION", "COMPLETED", "NONE", "NONE", Severity.Info)]
    [InlineData("SCRIPTING", "START_REQUESTED", null, "HIGH", Severity.Info)]
    [InlineData("PATCH_MANAGEMENT", "SOMETHING_NEW", "SOMETHING_NEW", null, Severity.Info)]
    [InlineData("ANTIVIRUS", "THREAT_FOUND", "CRITICAL", null, Severity.Critical)]
    public async Task What_is_no_condition_is_for_digests_unless_it_is_called_severe(
        string type, string status, string? severity, string? priority, Severity ours)
    {
        var told = (await ReadAsync(Sample(one =>
            (one["activityType"], one["statusCode"], one["severity"], one["priority"]) = (type, status, severity, priority))))
            .ShouldHaveSingleItem();
        (told.Severity, told.Kind, told.Status).ShouldBe((ours, status, EventStatus.Firing));
    }

    [Theory]
    [InlineData("id", "id")]
    [InlineData("device", "device.organizationId")]
    public async Task What_an_alert_cannot_be_without_is_named(string member, string at) =>
        (await Should.ThrowAsync<DevOpsAI.Connectors.Toolkit.MalformedEventException>(
            ReadAsync(Sample(one => one.Remove(member))))).Field.ShouldBe(at);

    [Fact]
    public async Task An_alert_of_another_company_is_refused() =>
        (await Should.ThrowAsync<DevOpsAI.Connectors.Toolkit.MalformedEventException>(
            ReadAsync(Sample(static one => one["device"]!["organizationId"] = 3)))).Message
            .ShouldContain("is not this connection's: NinjaOne sends another company's events to it");

    [Fact]
    public async Task What_was_not_sent_is_asked_for_and_is_the_same_event()
    {
        var source = host.Polled("ninjaone");
        var list = source.Lists.ShouldHaveSingleItem();
        var first = await DoneAsync(source.ReadAsync(Connection, list.Key, null, Token));
        var alert = first.Events.ShouldHaveSingleItem();
        (alert.SourceId, alert.Device, alert.AlertKey).ShouldBe(("177210/firing", "SRV-FILE01", "e6b0b0bd-5753-445d-9e4a-71c08983cbd5"));
        first.Foreign.ShouldBe(1, "the device of the other activity is another company's");
        first.Position.ShouldBe("177211");
        vendor.Requests.ShouldNotContain(static one => one.Query.ContainsKey("newerThan"));
        await DoneAsync(source.ReadAsync(Connection, list.Key, first.Position, Token));
        var asked = vendor.Requests.Last(static one => one.Path == "/v2/activities");
        (asked.Query["newerThan"], asked.Query["df"], asked.Query["type"]).ShouldBe(("177191", "org = 2", "CONDITION"));
        vendor.MustHaveBeenAccepted();
    }

    private static byte[] Sample(Action<JsonObject>? change = null)
    {
        var alert = JsonNode.Parse("""
            {
              "id": 177210, "activityTime": 1742391675.556, "deviceId": 7, "seriesUid": "e6b0b0bd-5753-445d-9e4a-71c08983cbd5",
              "activityType": "CONDITION", "statusCode": "TRIGGERED", "status": "Triggered", "sourceName": "_average_", "subject": "",
              "message": "Memory Utilization is greater than or equal to 80% for 5 minutes", "type": "Condition",
              "data": { "message": { "code": "vmm_cond_memory_usage_ge", "params": { "duration": 5, "threshold": 80, "value": 84.8 } } },
              "device": {
                "id": 7, "organizationId": 2, "offline": false, "displayName": "192.168.50.43", "systemName": "esxi03.corp.local",
                "references": { "organization": { "name": "Example Consulting", "id": 2 } }
              }
            }
            """)!.AsObject();
        change?.Invoke(alert);
        return System.Text.Encoding.UTF8.GetBytes(alert.ToJsonString());
    }

    private Task<IReadOnlyList<ConnectorEvent>> ReadAsync(byte[] body) => Sources.ReadAsync(host.Source("ninjaone"), Connection, body);

    private VendorReply Answer(VendorRequest request)
    {
        if (request.Path == TokenPath)
        {
            request.Method.ShouldBe("POST");
            request.Body.ShouldContain("grant_type=client_credentials");
            request.Body.ShouldContain("client_secret=the-secret");
            tokens++;
            goodToken = $"token-{tokens}";
            return VendorReply.Ok($$"""{"access_token":"{{goodToken}}","expires_in":3600,"token_type":"Bearer"}""");
        }
        if (request.Headers.GetValueOrDefault("Authorization") != $"Bearer {goodToken}")
            return new(401, """{"error":"not_authenticated","error_description":"Invalid credentials","error_code":10}""");
        return (request.Method, request.Path) switch
        {
            ("GET", "/v2/activities") => VendorReply.Ok("""
                {"lastActivityId":177210,"activities":[
                 {"id":177211,"activityTime":1742391680.1,"deviceId":99,"activityType":"CONDITION","statusCode":"TRIGGERED","seriesUid":"x"},
                 {"id":177210,"activityTime":1742391675.556,"deviceId":7,"seriesUid":"e6b0b0bd-5753-445d-9e4a-71c08983cbd5",
                  "activityType":"CONDITION","statusCode":"TRIGGERED","sourceName":"memory","message":"Memory is short"}]}
                """),
            ("GET", "/v2/organization/2") => VendorReply.Ok("""{"id":2,"name":"Contoso Ltd"}"""),
            ("GET", "/v2/devices/search") => VendorReply.Ok($$"""{"query":"q","devices":[{{Device(7, 2)}},{{Device(99, 3)}},{{Device(98, 3, "FAB-ONLY")}}] }"""),
            ("GET", "/v2/device/7") => VendorReply.Ok(Device(7, 2)),
            ("GET", "/v2/device/99") => VendorReply.Ok(Device(99, 3)),
            ("GET", "/v2/device/7/volumes") => VendorReply.Ok(
                """[{"name":"C:","driveLetter":"C:","capacity":128849018880,"freeSpace":7730941132},{"name":"Recovery","driveLetter":null,"capacity":null}]"""),
            ("GET", "/v2/device/7/windows-services") => VendorReply.Ok(
                "[" + string.Join(',', services.Select(static one =>
                    $$"""{"name":"{{one.Key}}","displayName":"{{one.Key}} service","state":"{{one.Value}}","startType":"AUTO_START"}""")) + "]"),
            ("GET", "/v2/device/7/alerts") => VendorReply.Ok("""[{"uid":"e6b0b0bd-5753-445d-9e4a-71c08983cbd5","deviceId":7}]"""),
            ("POST", var path) when path.EndsWith("/control", StringComparison.Ordinal) => new(204),
            ("POST", "/v2/device/7/reboot/NORMAL") => new(204),
            ("POST", "/v2/alert/e6b0b0bd-5753-445d-9e4a-71c08983cbd5/reset") => new(204),
            _ => new(404, """{"resultCode":"ENTITY_NOT_FOUND","incidentId":"X"}"""),
        };
    }

    private static string Device(int id, int organization, string name = "SRV-FILE01") => $$"""
        {"id":{{id}},"organizationId":{{organization}},"offline":false,"systemName":"{{name}}","dnsName":"{{name}}.contoso.local",
         "lastContact":1742412689.092,"os":{"name":"Windows Server 2022"},"system":{"biosSerialNumber":"EXAMPLE0001"} }
        """;
}

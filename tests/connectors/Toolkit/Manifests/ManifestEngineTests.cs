using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>What the engine makes of answers that no vendor should give, and some do.</summary>
public sealed class ManifestEngineTests : IAsyncLifetime
{
    private const string Acme = """
        name: acme
        title: Acme
        settings:
          Key: { title: API key, secret: true, example: env:ACME_KEY }
          Company: { title: company, example: "1" }
          Count: { title: count, optional: true, example: "1" }
        address: https://api.acme.example
        authentication:
          headers: { X-Api-Key: "{$secret.Key}" }
        budget: { requests: 20, perSeconds: 60 }
        errors:
          - status: 418
            meaning: refused
            message: "Acme says {text}"
        health: GET /me
        targets:
          device:
            find:
              request: GET /devices?name={$name}
              items: devices
            id: "{id}"
            names: ["{name}"]
            belongs: ["{company} == {$setting.Company}"]
            read: GET /devices/{$target.id}
            observe:
              - values:
                  device.online: "{online}"
                  device.os: "{os.name}"
                  disk.{volume | volume}.freePercent: { of: "{free}", percentOf: "{size}" }
              - request: GET /devices/{$target.id}/services
                each: services
                optional: true
                values:
                  service.{name}.state: { of: "{state}", map: { up: running } }
        actions:
          acme.run:
            title: Run a script
            target: device
            arguments:
              script: { title: Script, pattern: ".*" }
              note: { title: Note, pattern: ".*", optional: true }
            reversibility: irreversible
            idempotent: false
            command: "Acme run {script} on {target}{note?, note }"
            requires:
              - when: ["{locked} != true"]
                otherwise: "{$target.name} is locked at Acme"
              - when: ["{online} == true", "{name} != {$argument.script}"]
                otherwise: "{$target.name} is {state}"
            lookups:
              - request: GET /scripts
                items: scripts
                paging: { style: nextLink, from: next }
                where: ["{name} == {$argument.script}"]
                let: { script: "{id}" }
                what: a script {$argument.script}
            call: POST /devices/{$target.id}/run
            body: { script: "{$let.script}", count: "{$setting.Count | number}", note: "{$argument.note}" }
            receipt: Acme started {job}.
        """;

    private const string Device = """{"id":7,"name":"SRV-1","company":1,"online":true,"locked":false}""";

    private readonly ManifestHost host = new(Acme);
    private JudgedVendor vendor = null!;

    private Connection Connection => Connect("acme", ("Address", $"{vendor.Address}"), ("Key", "the-secret"), ("Company", "1"));

    private ManifestConnectorOf Connector => new(host, Connection);

    public async ValueTask InitializeAsync() => vendor = await JudgedVendor.StartAsync("none", "/none", Answer);

    public async ValueTask DisposeAsync()
    {
        await vendor.DisposeAsync();
        host.Dispose();
    }

    [Theory]
    [InlineData("""{"devices":[]}""")]
    [InlineData("""{"devices":[null,1,"x",[],{},{"id":null,"name":"SRV-1","company":1},{"id":7,"name":null,"company":1}]}""")]
    [InlineData("""{"devices":[{"id":7,"name":"SRV-1"}]}""")]
    [InlineData("""{"devices":[{"id":7,"name":"SRV-1","company":null}]}""")]
    [InlineData("""{"devices":[{"id":7,"name":"SRV-1","company":"11"},{"id":7,"name":"SRV-1","company":{"id":1}}]}""")]
    [InlineData("""{"devices":[{"id":"","name":"SRV-1","company":1}]}""")]
    public async Task What_does_not_say_whose_it_is_or_what_is_not_found(string answer)
    {
        vendor.Answers = _ => VendorReply.Ok(answer);
        (await Connector.FindAsync("SRV-1")).ShouldBeEmpty();
    }

    [Fact]
    public async Task Numbers_that_come_as_texts_are_the_same_and_one_that_is_told_twice_is_one()
    {
        vendor.Answers = _ => VendorReply.Ok(
            """{"devices":[{"id":"7","name":"SRV-1","company":"1"},{"id":7,"name":"srv-1","company":1},{"id":8,"name":"SRV-1","company":1}]}""");
        (await Connector.FindAsync("SRV-1")).Select(static one => one.Id).ShouldBe(["7", "8"]);
    }

    [Theory]
    [InlineData("""{"devices":{"id":7}}""", 200)]
    [InlineData("not JSON", 200)]
    [InlineData("", 200)]
    [InlineData("[1,2", 200)]
    [InlineData("{}", 500)]
    [InlineData("{}", 502)]
    [InlineData("{}", 503)]
    public async Task An_answer_that_is_none_is_not_taken_for_an_empty_list(string answer, int status)
    {
        vendor.Answers = _ => new(status, answer);
        var outcome = await host.Connector("acme").FindAsync(Connection, "device", "SRV-1", Token);
        outcome.ShouldNotBeOfType<CallOutcome<IReadOnlyList<Target>>.Done>();
        outcome.ShouldNotBeOfType<CallOutcome<IReadOnlyList<Target>>.Refused>("asking again may help");
    }

    [Fact]
    public async Task What_is_left_of_the_budget_is_that_of_the_credential_and_unknown_without_it()
    {
        await Connector.FindAsync("SRV-1");
        await VitalsAsync("the-secret", new CallBudget(19, 20, TimeSpan.FromMinutes(1)));
        await VitalsAsync("another", new CallBudget(20, 20, TimeSpan.FromMinutes(1)));
        await VitalsAsync("env:NOT_SET_ANYWHERE", null);

        async Task VitalsAsync(string key, CallBudget? left) => (await host.Connector("acme").ReadVitalsAsync(
            Connect("acme", ("Address", $"{vendor.Address}"), ("Key", key), ("Company", "1")), Token)).Budget.ShouldBe(left);
    }

    [Fact]
    public async Task A_read_whose_connection_is_cut_is_made_again()
    {
        vendor.Trouble.Enqueue(static _ => new(0, Cut: true));
        vendor.Trouble.Enqueue(static _ => new(502));
        (await Connector.FindAsync("SRV-1")).ShouldHaveSingleItem().Id.ShouldBe("7");
        vendor.Requests.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Half_of_a_character_in_an_answer_is_no_value_and_breaks_nothing()
    {
        vendor.Answers = request => request.Path switch
        {
            "/devices" => VendorReply.Ok("""{"devices":[{"id":7,"name":"SRV-\ud83d","company":1},{"id":8,"name":"SRV-1","company":1}]}"""),
            "/devices/7" => VendorReply.Ok("""{"id":7,"name":"SRV-1","company":1,"online":"\udc00","os":{"\ud800":1,"name":"Linux"}}"""),
            _ => Answer(request),
        };
        (await Connector.FindAsync("SRV-1")).ShouldHaveSingleItem().Id.ShouldBe("8");
        (await Connector.ObserveAsync("7", "SRV-1")).ShouldNotContainKey("device.online");
        vendor.Answers = request => request.Path == "/devices/7/run" ? VendorReply.Ok("""{"job":"\ud83d"}""") : Answer(request);
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>()
            .Value.Detail.ShouldBe("Acme took the request.");
    }

    [Theory]
    [InlineData("6", "120", "5")]
    [InlineData("\"6\"", "\"120\"", "5")]
    [InlineData("0", "120", "0")]
    [InlineData("6", "0", null)]
    [InlineData("6", "null", null)]
    [InlineData("\"much\"", "120", null)]
    [InlineData("7e28", "1", null)]
    [InlineData("1e400", "1", null)]
    public async Task A_part_of_a_whole_is_per_cent_or_nothing(string free, string size, string? expected)
    {
        vendor.Answers = request => request.Path == "/devices/7"
            ? VendorReply.Ok($$"""{"id":7,"name":"SRV-1","company":1,"volume":"c:\\","free":{{free}},"size":{{size}} }""")
            : Answer(request);
        (await Connector.ObserveAsync("7", "SRV-1")).GetValueOrDefault("disk.C.freePercent").ShouldBe(expected);
    }

    [Fact]
    public async Task A_part_that_not_every_target_has_may_be_refused_but_not_fail()
    {
        vendor.Answers = static request => request.Path.EndsWith("/services", StringComparison.Ordinal) ? new(404, "{}") : Answer(request);
        (await Connector.ObserveAsync("7", "SRV-1"))["device.online"].ShouldBe("true");
        vendor.Answers = static request => request.Path.EndsWith("/services", StringComparison.Ordinal)
            ? new(429, "{}", RetryAfter: "9")
            : Answer(request);
        (await host.Connector("acme").ObserveAsync(Connection, new(Connection.Name, "device", "7", "SRV-1", ""), Token))
            .ShouldBeOfType<CallOutcome<IReadOnlyDictionary<string, string>>.NotDone>().TryAgainIn.ShouldBe(TimeSpan.FromSeconds(9));
    }

    [Theory]
    [InlineData("5", "5")]
    [InlineData("007", "7")]
    [InlineData("+5", "5")]
    [InlineData(".5", "0.5")]
    [InlineData("5.", "5")]
    [InlineData("1e2", "100")]
    [InlineData("-1.50", "-1.50")]
    [InlineData("1-1", null)]
    [InlineData("many", null)]
    [InlineData("1e999", null)]
    public async Task What_is_sent_as_a_number_is_one_as_JSON_writes_it(string setting, string? sent)
    {
        var connection = Connection with { Settings = new Dictionary<string, string>(Connection.Settings) { ["Count"] = setting } };
        (await new ManifestConnectorOf(host, connection).ActAsync("acme.run", "7", "SRV-1", ("script", "clean")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests[^1].Json["count"]?.ToJsonString().ShouldBe(sent);
        vendor.Requests[^1].Json.AsObject().ContainsKey("count").ShouldBe(sent is not null);
    }

    [Fact]
    public async Task Text_of_people_is_sent_as_it_is_whatever_is_in_it()
    {
        const string note = "\"};{\u0000\\ \u2028 <ä> {$secret.Key} {id} 😀";
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean"), ("note", note)))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests[^1].Json["note"]!.ToString().ShouldBe(note);
    }

    [Fact]
    public async Task One_thing_that_a_list_tells_twice_while_it_shifts_is_one_and_two_of_a_name_are_two()
    {
        vendor.Answers = request => request.Path == "/scripts"
            ? VendorReply.Ok(request.Query.ContainsKey("page")
                ? """{"scripts":[{"id":3,"name":"clean","runs":2}]}"""
                : """{"scripts":[{"id":1,"name":"other"},{"id":3,"name":"clean","runs":1}],"next":"/scripts?page=2"}""")
            : Answer(request);
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.Requests[^1].Json["script"]!.ToString().ShouldBe("3");
        vendor.Answers = static request => request.Path == "/scripts"
            ? VendorReply.Ok("""{"scripts":[{"id":3,"name":"clean"},{"id":4,"name":"Clean"}]}""")
            : Answer(request);
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("ambiguous");
    }

    [Theory]
    [InlineData("""{"id":7,"name":"SRV-1","company":1,"online":true,"locked":true}""", "Acme was not asked: SRV-1 is locked at Acme.")]
    [InlineData("""{"id":7,"name":"SRV-1","company":1,"online":true}""", "Acme was not asked: SRV-1 is locked at Acme.")]
    [InlineData("""{"id":7,"name":"SRV-1","company":1,"online":false,"locked":false,"state":"asleep"}""", "Acme was not asked: SRV-1 is asleep.")]
    [InlineData("""{"id":7,"name":"SRV-1","company":1,"locked":false}""", "Acme was not asked: {$target.name} is {state}.")]
    public async Task What_does_not_hold_of_the_target_or_is_not_told_keeps_the_call_back(string device, string told)
    {
        vendor.Answers = request => request.Path == "/devices/7" ? VendorReply.Ok(device) : Answer(request);
        var refused = (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        (refused.Code, refused.Message).ShouldBe(("precondition", told));
        vendor.Requests.ShouldAllBe(static one => one.Method == "GET");
    }

    [Fact]
    public async Task A_thing_that_does_not_tell_what_is_needed_of_it_is_refused()
    {
        vendor.Answers = static request => request.Path == "/scripts"
            ? VendorReply.Ok("""{"scripts":[{"id":null,"name":"clean"}]}""")
            : Answer(request);
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe("Acme does not tell the script of a script clean.");
        vendor.Requests.ShouldNotContain(static one => one.Method == "POST");
    }

    [Fact]
    public async Task What_a_vendor_says_at_length_is_cut_where_people_read_it()
    {
        var words = new string('x', 100_000);
        vendor.Answers = request => request.Path == "/devices/7/run" ? VendorReply.Ok($$"""{"job":"{{words}}"}""") : Answer(request);
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>()
            .Value.Detail.Length.ShouldBeLessThanOrEqualTo(300);
        vendor.Answers = request => request.Path == "/devices/7/run" ? new(418, $$"""{"text":"{{words}}"}""") : Answer(request);
        (await Connector.ActAsync("acme.run", "7", "SRV-1", ("script", "clean"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>()
            .Message.Length.ShouldBeLessThanOrEqualTo(300);
    }

    [Theory]
    [InlineData("the\nsecret")]
    [InlineData("the\0secret")]
    [InlineData("thé secret")]
    [InlineData("the“secret”")]
    public async Task A_secret_that_no_header_can_hold_is_told_without_showing_it(string secret)
    {
        var connection = Connection with { Settings = new Dictionary<string, string>(Connection.Settings) { ["Key"] = secret } };
        (await host.Connector("acme").CheckAsync(connection, Token)).ShouldBeOfType<CallOutcome<string>.Refused>().Message
            .ShouldBe("What the header X-Api-Key is to hold has characters that a header cannot: Key is misspelt or not the secret itself.");
        vendor.Requests.ShouldBeEmpty();
    }

    [Fact]
    public async Task Connections_that_share_a_credential_share_what_the_vendor_lets_it_ask()
    {
        // One key for all clients of a provider is the usual way.
        var outcomes = new List<CallOutcome<string>>();
        for (var client = 0; client < 25; client++)
        {
            var connection = Connection with
            {
                Name = $"client-{client}", Settings = new Dictionary<string, string>(Connection.Settings) { ["Company"] = $"{client}" },
            };
            outcomes.Add(await host.Connector("acme").CheckAsync(connection, Token));
        }
        outcomes.Count(static one => one is CallOutcome<string>.NotDone).ShouldBe(5);
        vendor.Requests.Count.ShouldBe(20);
        var own = Connection with { Name = "own", Settings = new Dictionary<string, string>(Connection.Settings) { ["Key"] = "another" } };
        (await host.Connector("acme").CheckAsync(own, Token)).ShouldBeOfType<CallOutcome<string>.Done>();
    }

    [Theory]
    [InlineData("https://api.acme.example/#/v2")]
    [InlineData("https://api.acme.example/?x=1")]
    [InlineData("http://api.acme.example/")]
    [InlineData("file:///etc/passwd")]
    [InlineData("https://me:secret@api.acme.example/")]
    public void An_address_with_more_than_a_place_to_call_is_refused(string address) => host.Connector("acme").Problems(Connection with
    {
        Settings = new Dictionary<string, string>(Connection.Settings) { ["Address"] = address },
    }).ShouldHaveSingleItem().ShouldStartWith("Address: ");

    [Fact]
    public async Task The_path_of_an_address_is_kept_as_it_is_written()
    {
        var connection = Connection with
        {
            Settings = new Dictionary<string, string>(Connection.Settings) { ["Address"] = $"{vendor.Address}a%20b/" },
        };
        await host.Connector("acme").CheckAsync(connection, Token);
        vendor.Requests.ShouldHaveSingleItem().Path.ShouldBe("/a b/me");
    }

    [Fact]
    public async Task A_redirection_is_not_followed()
    {
        vendor.Answers = static _ => new(307, "{}");
        (await host.Connector("acme").CheckAsync(Connection, Token)).ShouldBeOfType<CallOutcome<string>.Refused>();
        vendor.Requests.Count.ShouldBe(1);
    }

    private static VendorReply Answer(VendorRequest request) => (request.Method, request.Path) switch
    {
        ("GET", "/me") => VendorReply.Ok("{}"),
        ("GET", "/devices") => VendorReply.Ok($$"""{"devices":[{{Device}}]}"""),
        ("GET", "/devices/7") => VendorReply.Ok(Device),
        ("GET", "/devices/7/services") => VendorReply.Ok("""{"services":[{"name":"Spooler","state":"up"},{"name":"X","state":"strange"}]}"""),
        ("GET", "/scripts") => VendorReply.Ok("""{"scripts":[{"id":3,"name":"clean"}]}"""),
        ("POST", "/devices/7/run") => VendorReply.Ok("""{"job":"j-1"}"""),
        _ => new(404, "{}"),
    };
}

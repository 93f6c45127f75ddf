using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>
/// Vendors that keep tickets: each request is judged by the vendor's description, and devices and tickets of another company of the same
/// credential are left alone.
/// </summary>
public sealed class TicketVendorTests
{
    internal static Dictionary<string, VendorTable> Vendors { get; } = new()
    {
        ["connectwise"] = new(
            "connectwise", "connectwise.json", "/none", "",
            [("Region", "eu"), ("CompanyId", "northmsp"), ("PublicKey", "pub"), ("PrivateKey", "the-secret"), ("ClientId", "c-1"),
                ("Company", "250"), ("Board", "1"), ("ClosedStatus", "17")],
            new()
            {
                ["GET /company/companies/250"] = """{"id":250,"name":"Contoso Ltd"}""",
                ["GET /company/configurations"] = """
                    [{"id":7,"name":"SRV-FILE01","company":{"id":250,"name":"Contoso Ltd"},"serialNumber":"S-1"},
                     {"id":8,"name":"SRV-FILE01","company":{"id":251,"name":"Fabrikam Inc"}}]
                    """,
                ["GET /company/configurations/7"] =
                    """{"id":7,"name":"SRV-FILE01","company":{"id":250,"name":"Contoso Ltd"},"serialNumber":"S-1","osInfo":"Windows"}""",
                ["GET /company/configurations/8"] = """{"id":8,"name":"SRV-FILE01","company":{"id":251,"name":"Fabrikam Inc"}}""",
                ["GET /service/tickets"] = """
                    [{"id":4710,"summary":"Disk is full (SRV-FILE02, #9)","company":{"id":250,"name":"Contoso Ltd"},"closedFlag":false},
                     {"id":4711,"summary":"Disk is full (SRV-FILE01, #7)","company":{"id":250,"name":"Contoso Ltd"},"closedFlag":false}]
                    """,
                ["GET /service/tickets/4711"] =
                    """{"id":4711,"summary":"Disk is full","company":{"id":250,"name":"Contoso Ltd"},"closedFlag":false,"status":{"name":"New"}}""",
                ["POST /service/tickets"] = """{"id":4712}""",
                ["PATCH /service/tickets/4711"] = """{"id":4711}""",
                ["POST /service/tickets/4711/notes"] = """{"id":99}""",
                ["GET /service/tickets/4711/allNotes"] = """[{"id":98,"text":"Seen by a person."}]""",
                ["POST /time/entries"] = """{"id":97}""",
            }),
        ["halopsa"] = new(
            "halopsa", "halopsa.json", "/auth/token", "",
            [("Host", "contoso.halopsa.com"), ("Tenant", "contoso"), ("ClientId", "c"), ("ClientSecret", "the-secret"), ("Client", "21"),
                ("TicketType", "1"), ("ClosedStatus", "9"), ("NoteOutcome", "7")],
            new()
            {
                ["POST /auth/token"] = """{"access_token":"t","expires_in":3600}""",
                ["GET /Client/21"] = """{"id":21,"name":"Contoso Ltd"}""",
                ["GET /Asset"] = """
                    {"record_count":2,"assets":[{"id":7,"inventory_number":"SRV-FILE01","client_id":21,"client_name":"Contoso Ltd"},
                     {"id":8,"inventory_number":"SRV-FILE01","client_id":22,"client_name":"Fabrikam Inc"}]}
                    """,
                ["GET /Asset/7"] = """{"id":7,"inventory_number":"SRV-FILE01","client_id":21}""",
                ["GET /Asset/8"] = """{"id":8,"inventory_number":"SRV-FILE01","client_id":22}""",
                ["GET /Tickets"] = """
                    {"record_count":2,"tickets":[{"id":4710,"summary":"Disk is full (SRV-FILE02, #9)","client_id":21},
                     {"id":4711,"summary":"Disk is full (SRV-FILE01, #7)","client_id":21}]}
                    """,
                ["GET /Tickets/4711"] = """{"id":4711,"summary":"Disk is full","client_id":21,"status_name":"New"}""",
                ["POST /Tickets"] = """{"id":4712}""",
                ["POST /Actions"] = """{"id":99}""",
                ["GET /Actions"] = """{"record_count":1,"actions":[{"id":98,"note":"Seen by a person."}]}""",
            }),
        ["servicenow"] = new(
            "servicenow", "servicenow.yaml", "/oauth_token.do", "/api/now",
            [("Instance", "dev00001"), ("ClientId", "c"), ("ClientSecret", "the-secret"), ("Company", new string('a', 32)),
                ("CloseCode", "Solved (Permanently)")],
            new()
            {
                ["POST /oauth_token.do"] = """{"access_token":"t","expires_in":1800}""",
                [$"GET /api/now/table/core_company/{new string('a', 32)}"] = $$$"""{"result":{"sys_id":"{{{new string('a', 32)}}}"}}""",
                ["GET /api/now/table/cmdb_ci_computer"] = $$"""
                    {"result":[{"sys_id":"{{Id(7)}}","name":"SRV-FILE01","company":"{{new string('a', 32)}}"},
                     {"sys_id":"{{Id(8)}}","name":"SRV-FILE01","company":"{{new string('b', 32)}}"}]}
                    """,
                [$"GET /api/now/table/cmdb_ci_computer/{Id(7)}"] =
                    $$$"""{"result":{"sys_id":"{{{Id(7)}}}","name":"SRV-FILE01","company":"{{{new string('a', 32)}}}","serial_number":"S-1","os":""} }""",
                [$"GET /api/now/table/cmdb_ci_computer/{Id(8)}"] =
                    $$$"""{"result":{"sys_id":"{{{Id(8)}}}","name":"SRV-FILE01","company":"{{{new string('b', 32)}}}"} }""",
                ["GET /api/now/table/incident"] = $$"""
                    {"result":[{"sys_id":"{{Id(4710)}}","number":"INC0004710","short_description":"Disk is full",
                     "company":"{{new string('a', 32)}}","cmdb_ci":"{{Id(7)}}","state":"6","active":"true"},
                     {"sys_id":"{{Id(4711)}}","number":"INC0004711","short_description":"Disk is full",
                     "company":"{{new string('a', 32)}}","cmdb_ci":"{{Id(7)}}","state":"1","active":"true"}]}
                    """,
                [$"GET /api/now/table/incident/{Id(4711)}"] = $$$"""
                    {"result":{"sys_id":"{{{Id(4711)}}}","number":"INC0004711","company":"{{{new string('a', 32)}}}","state":"1","active":"true"} }
                    """,
                ["POST /api/now/table/incident"] = """{"result":{"number":"INC0004712"}}""",
                [$"PATCH /api/now/table/incident/{Id(4711)}"] = """{"result":{"number":"INC0004711"}}""",
            }),
        ["autotask"] = new(
            "autotask", "autotask.json", "/none", "",
            [("Zone", "https://webservices14.autotask.net/ATServicesRest"), ("UserName", "bot@northmsp.example"), ("Secret", "the-secret"),
                ("IntegrationCode", "the-code"), ("Company", "175"), ("Queue", "29683481"), ("NewStatus", "1"), ("CompleteStatus", "5"),
                ("Priority", "2"), ("NoteType", "1"), ("NotePublish", "2")],
            new()
            {
                ["GET /V1.0/Companies/175"] = """{"item":{"id":175,"companyName":"Contoso Ltd"}}""",
                ["POST /V1.0/ConfigurationItems/query"] = """
                    {"items":[{"id":7,"referenceTitle":"SRV-FILE01","companyID":175},{"id":8,"referenceTitle":"SRV-FILE01","companyID":176}],
                     "pageDetails":{"count":2,"nextPageUrl":null}}
                    """,
                ["GET /V1.0/ConfigurationItems/7"] = """{"item":{"id":7,"referenceTitle":"SRV-FILE01","companyID":175,"serialNumber":"S-1"}}""",
                ["GET /V1.0/ConfigurationItems/8"] = """{"item":{"id":8,"referenceTitle":"SRV-FILE01","companyID":176}}""",
                ["POST /V1.0/Tickets/query"] =
                    """{"items":[{"id":4711,"ticketNumber":"T20261201.0001","title":"Disk is full","companyID":175}],"pageDetails":{"count":1}}""",
                ["GET /V1.0/Tickets/4711"] = """{"item":{"id":4711,"ticketNumber":"T20261201.0001","title":"Disk is full","companyID":175,"status":1}}""",
                ["POST /V1.0/Tickets"] = """{"itemId":4712}""",
                ["PATCH /V1.0/Tickets"] = """{"itemId":4711}""",
                ["POST /V1.0/Tickets/4711/Notes"] = """{"itemId":99}""",
                ["GET /V1.0/Tickets/4711/Notes"] = """{"items":[{"id":98,"description":"Seen by a person."}],"pageDetails":{"count":1}}""",
            }),
    };

    /// <summary>Vendor, device, device of another company, ticket, and what the ticket is called.</summary>
    public static TheoryData<string, string, string, string, string> All => new()
    {
        { "connectwise", "7", "8", "4711", "4711" },
        { "halopsa", "7", "8", "4711", "4711" },
        { "servicenow", Id(7), Id(8), Id(4711), "INC0004711" },
        { "autotask", "7", "8", "4711", "T20261201.0001" },
    };

    [Theory, MemberData(nameof(All))]
    public async Task Devices_and_tickets_are_found_read_and_acted_on_as_the_vendor_describes(
        string name, string device, string foreign, string ticket, string number)
    {
        var (host, vendor, connection) = await Vendors[name].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        (await DoneAsync(host.Connector(name).CheckAsync(connection, Token))).ShouldContain("takes the credentials");

        (await calls.FindAsync("srv-file01")).ShouldHaveSingleItem().Id.ShouldBe(device);
        foreach (var hostile in (string[])["x\" or name like \"%", "x^ORactive=true", "x' OR '1'='1", "SRV-FILE01\"", "ä/..", "a&b=c", "{x}"])
            (await calls.FindAsync(hostile)).ShouldBeEmpty();
        (await calls.FindAsync(number, "ticket")).ShouldHaveSingleItem().Id.ShouldBe(ticket);
        (await calls.FindAsync("no such ticket", "ticket")).ShouldBeEmpty();

        // What HaloPSA keeps in an asset's fields differs from type to type.
        (await calls.ObserveAsync(device)).GetValueOrDefault("device.serial").ShouldBe(name == "halopsa" ? null : "S-1");
        (await calls.ObserveAsync(ticket, number, "ticket"))["ticket.status"].ShouldNotBeEmpty();

        var made = await calls.ActAsync("ticket.create", device, ("title", "Disk \"C\" is full & slow"), ("priority", "high"));
        made.ShouldBeOfType<CallOutcome<ActionReceipt>.Done>(made.ToString());
        (await calls.ActAsync("ticket.close", device, ("title", "Disk is full"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await calls.ActAsync("ticket.close", device, ("title", "Another"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        var noted = await host.Connector(name).ActAsync(
            connection, new("op-1", "ticket.note", new(connection.Name, "ticket", ticket, number, ""), new Dictionary<string, string> { ["note"] = "Seen." }),
            Token);
        noted.ShouldBeOfType<CallOutcome<ActionReceipt>.Done>(noted.ToString());

        var writes = vendor.Requests.Count(static one => one.Method != "GET" && one.Body.Contains("op-1", StringComparison.Ordinal));
        writes.ShouldBeGreaterThanOrEqualTo(2, "our operation is at the vendor, so that a lost answer can be looked up by people");
        (await calls.ActAsync("ticket.create", foreign, ("title", "x"), ("priority", "low")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("foreign-target");
        vendor.Requests.Count(static one => one.Method != "GET" && one.Body.Contains("op-1", StringComparison.Ordinal)).ShouldBe(writes);
        vendor.MustHaveBeenAccepted();
    }

    /// <summary>Vendor, device, ticket, what it is called, and the member that holds the bot's reference.</summary>
    public static TheoryData<string, string, string, string> WithReference => new()
    {
        { "connectwise", "7", "4711", "externalXRef" },
        { "halopsa", "7", "4711", "summary" },
        { "servicenow", Id(7), Id(4711), "correlation_id" },
        { "autotask", "7", "4711", "externalID" },
    };

    [Theory, MemberData(nameof(WithReference))]
    public async Task A_ticket_is_opened_with_a_reference_found_by_it_told_and_closed(
        string name, string device, string ticket, string member)
    {
        const string reference = "CON-1042-3f9c0a1b";
        var (host, vendor, connection) = await Vendors[name].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        (await calls.FindAsync(reference, "ticket")).ShouldBeEmpty();

        var opened = await calls.ActAsync(
            "ticket.open", device, ("title", "Disk \"C\" is full & slow"), ("priority", "high"), ("reference", reference));
        opened.ShouldBeOfType<CallOutcome<ActionReceipt>.Done>(opened.ToString());
        var body = vendor.Requests.Last(static one => one.Method == "POST" && !one.Path.EndsWith("query", StringComparison.Ordinal)).Json;
        var kept = (body is JsonArray list ? list[0] : body)![member]!.ToString();
        kept.ShouldContain(reference);

        // The vendor has the ticket from now on as it was opened, and finds it only when it is asked for it.
        var before = vendor.Answers;
        vendor.Answers = request =>
        {
            var answer = before(request);
            return answer.Status == 200 && IsTicket(request) ? answer with { Body = WithMember(answer.Body, ticket, member, kept) } : answer;
        };
        var found = (await calls.FindAsync(reference, "ticket")).ShouldHaveSingleItem();
        (found.Id, found.Name).ShouldBe((ticket, reference));
        (await calls.FindAsync("CON-1042-00000000", "ticket")).ShouldBeEmpty();

        foreach (var (action, arguments) in new (string, Dictionary<string, string>)[]
        {
            ("ticket.note", new() { ["note"] = "DevOps AI Bot, CON-1042: approved by Ana." }),
            ("ticket.time", new() { ["hours"] = "0.05", ["startedAt"] = "2026-12-01T08:00:00Z", ["note"] = "Carried out." }),
            ("ticket.resolve", []),
        })
        {
            if (!host.Connector(name).Actions.ContainsKey(action))
                continue;
            var outcome = await host.Connector(name).ActAsync(connection, new("op-1", action, found, arguments), Token);
            outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Done>($"{action}: {outcome}");
        }
        var seen = await calls.ObserveAsync(ticket, reference, "ticket");
        if (name != "servicenow")
            seen["ticket.note.98.text"].ShouldBe("Seen by a person.");
        vendor.MustHaveBeenAccepted();
    }

    [Theory, InlineData("halopsa", "7", "ticket.4711.title"), InlineData("servicenow", "00000000000000000000000000000007", "ticket.INC0004711.title")]
    public async Task The_open_tickets_of_a_device_are_observed(string name, string device, string observation)
    {
        var (host, vendor, connection) = await Vendors[name].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        (await new ManifestConnectorOf(host, connection).ObserveAsync(device))[observation].ShouldStartWith("Disk is full");
        vendor.MustHaveBeenAccepted();
    }

    [Theory, InlineData("halopsa", "7", "/Tickets"), InlineData("servicenow", "00000000000000000000000000000007", "/api/now/table/incident")]
    public async Task Tickets_that_may_not_be_read_are_not_taken_for_none(string name, string device, string path)
    {
        var (host, vendor, connection) = await Vendors[name].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        (await calls.ObserveAsync(device)).ShouldNotContainKey("device.tickets");
        var usual = vendor.Answers;
        vendor.Answers = request => request.Path == path ? new(403, """{"message":"no right"}""") : usual(request);
        var seen = await calls.ObserveAsync(device);
        seen["device.tickets"].ShouldBe("unreadable");
        seen.Keys.ShouldNotContain(static one => one.StartsWith("ticket.", StringComparison.Ordinal));
    }

    private static bool IsTicket(VendorRequest request) => request.Path.Split('/').Any(
        static part => part is "Tickets" or "tickets" or "incident") && !request.Path.Contains("ote", StringComparison.Ordinal);

    /// <summary>The answer with the member in the ticket of this id.</summary>
    private static string WithMember(string body, string ticket, string member, string value)
    {
        var document = JsonNode.Parse(body)!;
        Set(document);
        return document.ToJsonString();

        void Set(JsonNode? node)
        {
            if (node is JsonObject one)
            {
                if ((one["id"] ?? one["sys_id"])?.ToString() == ticket)
                    one[member] = value;
                foreach (var inner in one.Select(static pair => pair.Value).ToList())
                    Set(inner);
            }
            else if (node is JsonArray all)
            {
                foreach (var inner in all)
                    Set(inner);
            }
        }
    }

    [Theory]
    [InlineData("connectwise", "7")]
    [InlineData("halopsa", "7")]
    [InlineData("servicenow", "00000000000000000000000000000007")]
    [InlineData("autotask", "7")]
    public async Task No_secret_leaves_in_an_address_or_a_body_but_that_for_tokens(string name, string device)
    {
        var (host, vendor, connection) = await Vendors[name].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        await DoneAsync(host.Connector(name).CheckAsync(connection, Token));
        (await new ManifestConnectorOf(host, connection).ActAsync("ticket.create", device, ("title", "x"), ("priority", "low")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        foreach (var request in vendor.Requests.Where(one => one.Path != Vendors[name].TokenPath))
            $"{request}".ShouldNotContain("the-secret");
    }

    [Theory, InlineData("connectwise", "7"), InlineData("halopsa", "7")]
    public async Task Another_devices_ticket_of_the_same_title_is_not_closed(string name, string device)
    {
        var table = Vendors[name];
        var (host, vendor, connection) = await (table with
        {
            Routes = table.Routes.ToDictionary(
                static one => one.Key,
                static one => one.Value.Replace("(SRV-FILE01, #7)", "(SRV-FILE01, #70)", StringComparison.Ordinal)),
        }).StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        (await new ManifestConnectorOf(host, connection).ActAsync("ticket.close", device, ("title", "Disk is full")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("not-found");
        vendor.Requests.ShouldContain(static one => one.Query.Count > 1, "the open tickets were looked through");
        vendor.Requests.ShouldNotContain(static one => one.Method != "GET" && one.Path != "/auth/token");
    }

    [Theory, InlineData("connectwise"), InlineData("halopsa")]
    public async Task A_ticket_is_closed_by_what_it_was_opened_with_however_long(string name)
    {
        var table = Vendors[name];
        var (host, vendor, connection) = await table.StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        var title = string.Concat(Enumerable.Repeat("Ärger & \"Co\" ", 15)).Trim();
        (await calls.ActAsync("ticket.create", "7", ("title", title), ("priority", "low")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        var body = vendor.Requests.Last(static one => one.Method == "POST").Json;
        var opened = (body is JsonArray list ? list[0] : body)!["summary"]!.ToString();
        if (name == "connectwise")
            opened.Length.ShouldBeLessThanOrEqualTo(100);
        var before = vendor.Answers;
        var found = new JsonObject { ["id"] = 4711, ["summary"] = opened, ["client_id"] = 21,
            ["company"] = new JsonObject { ["id"] = 250 } }.ToJsonString();
        vendor.Answers = request => (request.Method, request.Path) switch
        {
            ("GET", "/service/tickets") => VendorReply.Ok($"[{found}]"),
            ("GET", "/Tickets") => VendorReply.Ok($$"""{"tickets":[{{found}}]}"""),
            _ => before(request),
        };
        (await calls.ActAsync("ticket.close", "7", ("title", title))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_resolved_incident_is_closed_although_it_is_active_until_the_instance_closes_it()
    {
        var table = Vendors["servicenow"];
        var (host, vendor, connection) = await (table with
        {
            Routes = table.Routes.ToDictionary(
                static one => one.Key, static one => one.Value.Replace("\"state\":\"1\"", "\"state\":\"6\"", StringComparison.Ordinal)),
        }).StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        var seen = await calls.ObserveAsync(Id(4711), "INC0004711", "ticket");
        (seen["ticket.closed"], seen["ticket.status"]).ShouldBe(("true", "Resolved"));
        (await calls.ActAsync("ticket.close", Id(7), ("title", "Disk is full")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("not-found");
        vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task What_ServiceNow_would_run_in_a_query_is_not_sent()
    {
        var (host, vendor, connection) = await Vendors["servicenow"].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var calls = new ManifestConnectorOf(host, connection);
        (await calls.FindAsync("javascript:gs.hours")).ShouldBeEmpty();
        (await calls.FindAsync("SRV-FILE01")).ShouldHaveSingleItem();
        vendor.Requests.Where(static one => one.Method == "GET").ShouldHaveSingleItem().ToString().ShouldNotContain("javascript");
    }

    [Fact]
    public async Task An_open_ticket_on_a_later_page_makes_the_title_ambiguous_at_Autotask()
    {
        var (host, vendor, connection) = await Vendors["autotask"].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var before = vendor.Answers;
        vendor.Answers = request => (request.Path, request.Query.ContainsKey("paging")) switch
        {
            ("/V1.0/Tickets/query", false) => VendorReply.Ok($$"""
                {"items":[{"id":4711,"title":"Disk is full","companyID":175}],
                 "pageDetails":{"count":1,"nextPageUrl":"{{vendor.Address}}V1.0/Tickets/query?paging=2"} }
                """),
            ("/V1.0/Tickets/query", true) => VendorReply.Ok(
                """{"items":[{"id":4712,"title":"Disk is full","companyID":175}],"pageDetails":{"count":1,"nextPageUrl":null}}"""),
            _ => before(request),
        };
        (await new ManifestConnectorOf(host, connection).ActAsync("ticket.close", "7", ("title", "Disk is full")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("ambiguous");
        var queries = vendor.Requests.Where(static one => one.Path == "/V1.0/Tickets/query").ToList();
        (queries.Count, queries[1].Body).ShouldBe((2, queries[0].Body), "the same question goes with each page");
    }

    [Fact]
    public async Task An_id_with_a_leading_zero_is_sent_as_the_number_it_is()
    {
        var table = Vendors["autotask"];
        var (host, vendor, connection) = await (table with
        {
            Settings = [.. table.Settings.Select(static one => one.Name == "Company" ? (one.Name, "0175") : one)],
        }).StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        (await new ManifestConnectorOf(host, connection).FindAsync("SRV-FILE01")).ShouldBeEmpty("0175 is not how Autotask writes it");
        vendor.Requests.ShouldHaveSingleItem().Body.ShouldContain("\"value\":175");
    }

    [Theory]
    [InlineData("connectwise", 400, """{"message":"ticket object is invalid","errors":[{"message":"The board is required."}]}""",
        "ConnectWise refuses it: The board is required.")]
    [InlineData("connectwise", 400, """{"message":"ticket object is invalid","errors":[]}""", "ticket object is invalid")]
    [InlineData("connectwise", 400, "<html>", "The vendor answered 400.")]
    [InlineData("halopsa", 400, "\"An Outcome must be entered\"", "HaloPSA refuses it: An Outcome must be entered")]
    [InlineData("halopsa", 400, """{"ClassName":"System.Exception","Message":"No such type"}""", "HaloPSA refuses it: No such type")]
    [InlineData("halopsa", 400, "\"\"", "The vendor answered 400.")]
    [InlineData("halopsa", 400, "null", "The vendor answered 400.")]
    [InlineData("servicenow", 403, """{"error":{"message":"Operation Failed","detail":"ACL"},"status":"failure"}""", "Operation Failed")]
    [InlineData("autotask", 404, """{"errors":["No such path"]}""", "No such path")]
    public async Task A_refusal_says_why_in_the_vendors_words(string name, int status, string body, string message)
    {
        var (outcome, sent) = await CreateAsync(name, new(status, body));
        outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldBe(message);
        sent.ShouldBe(1, "an action is sent once");
    }

    [Fact]
    public async Task A_record_that_ConnectWise_is_changing_is_tried_again_later()
    {
        var (outcome, sent) = await CreateAsync("connectwise", new(409, """{"code":"ConflictingRecord"}"""));
        outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.NotDone>().TryAgainIn.ShouldBe(TimeSpan.FromSeconds(5));
        sent.ShouldBe(1);
    }

    [Fact]
    public async Task A_rule_of_Autotasks_that_comes_as_a_failure_leaves_open_what_was_done_and_says_why()
    {
        var (outcome, sent) = await CreateAsync("autotask", new(500, """{"errors":["Missing Required Field: queueID."]}"""));
        outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Unknown>().Message.ShouldBe("Missing Required Field: queueID.");
        sent.ShouldBe(1);
    }

    [Fact]
    public async Task A_record_that_Autotask_answers_as_null_is_gone()
    {
        var table = Vendors["autotask"];
        var (host, vendor, connection) = await (table with
        {
            Routes = new(table.Routes) { ["GET /V1.0/ConfigurationItems/7"] = """{"item":null}""" },
        }).StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        (await new ManifestConnectorOf(host, connection).ActAsync("ticket.create", "7", ("title", "x"), ("priority", "low")))
            .ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("gone");
        vendor.Requests.ShouldHaveSingleItem().Method.ShouldBe("GET");
    }

    /// <summary>How opening a ticket ends when the vendor answers this, and how often it was asked to.</summary>
    private static async Task<(CallOutcome<ActionReceipt> Outcome, int Sent)> CreateAsync(string name, VendorReply reply)
    {
        var table = Vendors[name];
        var (host, vendor, connection) = await table.StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var before = vendor.Answers;
        vendor.Answers = request => request.Method == "POST" && IsNewTicket(request.Path) ? reply : before(request);
        var device = name == "servicenow" ? Id(7) : "7";
        var outcome = await new ManifestConnectorOf(host, connection).ActAsync(
            "ticket.create", device, ("title", "x"), ("priority", "low"));
        return (outcome, vendor.Requests.Count(static one => one.Method == "POST" && IsNewTicket(one.Path)));
    }

    private static bool IsNewTicket(string path) =>
        path is "/service/tickets" or "/Tickets" or "/api/now/table/incident" or "/V1.0/Tickets";

    internal static string Id(int number) => number.ToString("x32", System.Globalization.CultureInfo.InvariantCulture);
}

using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Support;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>
/// Ticket systems are asked for what changed: each request is judged by the vendor's description, and no answer is taken for what was asked
/// unless it says so itself.
/// </summary>
public sealed class TicketPollTests
{
    private static readonly string Contoso = new('a', 32);
    private readonly ManualClock clock = new();

    public static TheoryData<string> All => ["connectwise", "autotask", "halopsa", "servicenow"];

    [Theory, MemberData(nameof(All))]
    public async Task Changed_tickets_of_the_company_are_found_closed_ones_as_ended_whatever_else_the_vendor_answers(string name)
    {
        await using var played = await StartAsync(name);
        // Another company's, and one from before what was asked for: as where the vendor drops a condition.
        played.Tickets.AddRange([Ticket(1, -600), Ticket(2, -500, closed: true), Ticket(3, -400, foreign: true), Ticket(4, -90_000)]);
        var first = await played.ReadAsync(null);
        first.Events.Select(static one => (one.AlertKey, one.Status, one.Severity)).ShouldBe(
            [($"ticket/{played.Id(1)}", EventStatus.Firing, Severity.Info), ($"ticket/{played.Id(2)}", EventStatus.Resolved, Severity.Info)]);
        (first.Foreign, first.Unreadable.Count).ShouldBe((1, 0));
        DateTimeOffset.Parse(first.Position!, CultureInfo.InvariantCulture).ShouldBe(clock.GetUtcNow().AddSeconds(-400));
        played.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("connectwise", "company/id=250 and lastUpdated>[2026-03-02T07:55:00Z]")]
    [InlineData("autotask", "2026-03-02T07:55:00Z")]
    [InlineData("halopsa", "2026-03-02T07:55:00Z")]
    [InlineData("servicenow", "company=aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa^sys_updated_on>=2026-03-02 07:55:00^ORDERBYsys_id")]
    public async Task It_is_asked_on_from_where_the_last_reading_ended_in_the_vendors_own_words(string name, string asked)
    {
        await using var played = await StartAsync(name);
        (await played.ReadAsync("2026-03-02T08:00:00.000Z")).Position.ShouldNotBeNull();
        var request = played.Vendor.Requests[^1];
        (name switch
        {
            "connectwise" => request.Query["conditions"],
            "halopsa" => request.Query["lastupdatefromdate"],
            "servicenow" => request.Query["sysparm_query"],
            _ => request.Json["filter"]!.AsArray().Single(static one => (string)one!["field"]! == "lastActivityDate")!["value"]!.ToString(),
        }).ShouldBe(asked);
        played.Vendor.MustHaveBeenAccepted();
    }

    [Theory, MemberData(nameof(All))]
    public async Task What_does_not_say_when_it_was_changed_is_not_taken_for_new(string name)
    {
        await using var played = await StartAsync(name);
        played.Tickets.AddRange([Ticket(1, -600), Ticket(2, null)]);
        var read = await played.ReadAsync(null);
        read.Events.ShouldHaveSingleItem().AlertKey.ShouldBe($"ticket/{played.Id(1)}");
        read.Unreadable.ShouldHaveSingleItem().ShouldContain("is missing: whether it is new is known by it.");
    }

    [Theory, MemberData(nameof(All))]
    public async Task All_parts_of_a_long_list_are_read(string name)
    {
        await using var played = await StartAsync(name);
        played.Tickets.AddRange(Enumerable.Range(1, 1_201).Select(static n => Ticket(n, -n)));
        (await played.ReadAsync(null)).Events.Count.ShouldBe(1_201);
        played.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("connectwise", """{"Type":"ticket","Action":"updated","ID":7}""")]
    [InlineData("autotask", """{"EntityType":"Ticket","Action":"Update","Id":7}""")]
    [InlineData("halopsa", """{"ticket":{"id":7}}""")]
    public async Task What_the_webhook_told_is_the_same_event(string name, string hint)
    {
        foreach (var closed in (bool[])[false, true])
        {
            await using var played = await StartAsync(name);
            played.Tickets.Add(Ticket(7, -60, closed: closed));
            var told = (await Sources.ReadAsync(played.Host.Source(name), played.Connection, Encoding.UTF8.GetBytes(hint))).ShouldHaveSingleItem();
            var found = (await played.ReadAsync(null)).Events.ShouldHaveSingleItem();
            (found.SourceId, found.AlertKey, found.Status, found.OccurredAt).ShouldBe(
                (told.SourceId, told.AlertKey, told.Status, told.OccurredAt));
            found.Attributes.ShouldBe(told.Attributes, ignoreOrder: true);
            played.Vendor.MustHaveBeenAccepted();
        }
    }

    private static Changed Ticket(int number, int? seconds, bool closed = false, bool foreign = false) => new(number, seconds, closed, foreign);

    private async Task<Played> StartAsync(string name)
    {
        var played = new Played(name, clock);
        played.Vendor = await JudgedVendor.StartAsync(
            name == "servicenow" ? "servicenow.yaml" : $"{name}.json", name == "servicenow" ? "/oauth_token.do" : "/auth/token", played.Answer);
        // The description takes the time for true or false, and does not have where a list goes on, which the answer names.
        played.Vendor.WronglyDescribed = ["lastupdatefromdate"];
        played.Vendor.IsDescribed = static request => !request.Path.EndsWith("/query/next", StringComparison.Ordinal);
        return played;
    }

    /// <summary>A ticket as the vendor has it; <paramref name="Seconds"/> from now it was changed, if it says.</summary>
    private sealed record Changed(int Number, int? Seconds, bool Closed, bool Foreign);

    /// <summary>A ticket system that answers with all it has, in parts, whatever it is asked for.</summary>
    private sealed class Played(string name, ManualClock clock) : IAsyncDisposable
    {
        public ManifestHost Host { get; } = new(clock: clock);

        public JudgedVendor Vendor { get; set; } = null!;

        public List<Changed> Tickets { get; } = [];

        public Connection Connection => Connect(name, [.. Settings, ("Address", Vendor.Address.ToString().TrimEnd('/') + BasePath)]);

        private string BasePath => name == "servicenow" ? "/api/now" : "";

        private (string Name, string Value)[] Settings => name switch
        {
            "connectwise" => [("Region", "eu"), ("CompanyId", "northmsp"), ("PublicKey", "pub"), ("PrivateKey", "the-secret"), ("ClientId", "c-1"),
                ("Company", "250"), ("Board", "1"), ("ClosedStatus", "17")],
            "autotask" => [("Zone", "https://webservices14.autotask.net/ATServicesRest"), ("UserName", "bot"), ("Secret", "the-secret"),
                ("IntegrationCode", "the-code"), ("Company", "250"), ("Queue", "1"), ("NewStatus", "1"), ("CompleteStatus", "5"), ("Priority", "2"),
                ("NoteType", "1"), ("NotePublish", "2"), ("WebhookSecret", "the-hook")],
            "halopsa" => [("Host", "contoso.halopsa.com"), ("Tenant", "contoso"), ("ClientId", "c"), ("ClientSecret", "the-secret"),
                ("Client", "250"), ("TicketType", "1"), ("ClosedStatus", "9"), ("NoteOutcome", "7"), ("WebhookUser", "u"), ("WebhookPassword", "p")],
            _ => [("Instance", "dev00001"), ("ClientId", "c"), ("ClientSecret", "the-secret"), ("Company", Contoso), ("CloseCode", "Solved")],
        };

        public string Id(int number) => name == "servicenow" ? number.ToString("d32", CultureInfo.InvariantCulture) : $"{number}";

        public Task<PolledEvents> ReadAsync(string? position)
        {
            var source = Host.Polled(name);
            return DoneAsync(source.ReadAsync(Connection, source.Lists.ShouldHaveSingleItem().Key, position, Token));
        }

        public VendorReply Answer(VendorRequest request)
        {
            if (request.Path is "/auth/token" or "/oauth_token.do")
                return VendorReply.Ok("""{"access_token":"t","expires_in":3600}""");
            var all = Tickets.Select(Record).ToList();
            return (request.Method, request.Path) switch
            {
                ("GET", "/service/tickets") => Part(all, request, "page", 500, static list => list),
                ("GET", "/Tickets") => Part(all, request, "page_no", 100, list => new JsonObject { ["record_count"] = all.Count, ["tickets"] = list }),
                ("GET", "/api/now/table/incident") => Part(
                    all, request, "sysparm_offset", 500, static list => new JsonObject { ["result"] = list }),
                ("POST", "/V1.0/Tickets/query") or ("POST", "/V1.0/Tickets/query/next") => AutotaskPart(all, request),
                ("GET", "/V1.0/Tickets/7") => VendorReply.Ok(new JsonObject { ["item"] = all[0] }.ToJsonString()),
                ("GET", "/service/tickets/7") or ("GET", "/Tickets/7") => VendorReply.Ok(all[0].ToJsonString()),
                _ => new(404, "{}"),
            };
        }

        private static VendorReply Part(
            List<JsonObject> all, VendorRequest request, string parameter, int size, Func<JsonArray, JsonNode> answer)
        {
            var at = request.Query.TryGetValue(parameter, out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : 0;
            var skip = parameter == "sysparm_offset" ? at : (Math.Max(at, 1) - 1) * size;
            return VendorReply.Ok(answer(new([.. all.Skip(skip).Take(size)])).ToJsonString());
        }

        private VendorReply AutotaskPart(List<JsonObject> all, VendorRequest request)
        {
            var skip = request.Query.TryGetValue("paging", out var given) ? int.Parse(given, CultureInfo.InvariantCulture) : 0;
            var next = skip + 500 < all.Count ? $"{Vendor.Address}V1.0/Tickets/query/next?paging={skip + 500}" : null;
            return VendorReply.Ok(new JsonObject
            {
                ["items"] = new JsonArray([.. all.Skip(skip).Take(500)]), ["pageDetails"] = new JsonObject { ["nextPageUrl"] = next },
            }.ToJsonString());
        }

        private JsonObject Record(Changed ticket)
        {
            var time = ticket.Seconds is { } seconds ? clock.GetUtcNow().AddSeconds(seconds).UtcDateTime : (DateTime?)null;
            string? When(string format) => time?.ToString(format, CultureInfo.InvariantCulture);
            var company = ticket.Foreign ? 251 : 250;
            return name switch
            {
                "connectwise" => new JsonObject
                {
                    ["id"] = ticket.Number, ["summary"] = "Disk is full", ["company"] = new JsonObject { ["id"] = company },
                    ["closedFlag"] = ticket.Closed, ["_info"] = new JsonObject { ["lastUpdated"] = When("yyyy-MM-dd'T'HH:mm:ss'Z'") },
                },
                "autotask" => new JsonObject
                {
                    ["id"] = ticket.Number, ["title"] = "Disk is full", ["companyID"] = company, ["status"] = ticket.Closed ? 5 : 1,
                    ["ticketNumber"] = $"T20260302.{ticket.Number}", ["lastActivityDate"] = When("yyyy-MM-dd'T'HH:mm:ss.ff'Z'"),
                },
                "halopsa" => new JsonObject
                {
                    ["id"] = ticket.Number, ["summary"] = "Disk is full", ["client_id"] = company, ["status_id"] = ticket.Closed ? 9 : 1,
                    ["last_update"] = When("yyyy-MM-dd'T'HH:mm:ss.fff"),
                },
                _ => new JsonObject
                {
                    ["sys_id"] = Id(ticket.Number), ["number"] = $"INC{ticket.Number}", ["short_description"] = "Disk is full",
                    ["company"] = ticket.Foreign ? new string('b', 32) : Contoso, ["state"] = ticket.Closed ? "7" : "2", ["sys_mod_count"] = "3",
                    ["sys_updated_on"] = When("yyyy-MM-dd HH:mm:ss"),
                },
            };
        }

        public async ValueTask DisposeAsync()
        {
            await Vendor.DisposeAsync();
            Host.Dispose();
        }
    }
}

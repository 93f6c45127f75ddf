using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using static DevOpsAI.Tests.Connectors.Toolkit.ManifestHost;
using static DevOpsAI.Tests.Connectors.Toolkit.Manifests.TicketVendorTests;

namespace DevOpsAI.Tests.Connectors.Toolkit.Manifests;

/// <summary>
/// Ticket systems that keep our operation are asked for it as they describe: what they have of ours is found, what they have of others or
/// of another company is not, and none of them ever says that something was not done.
/// </summary>
public sealed class ReconcileVendorTests
{
    private static readonly string Contoso = new('a', 32);
    private static readonly string Fabrikam = new('b', 32);

    /// <summary>How a vendor answers when it is asked for an operation.</summary>
    /// <param name="Route">Method and path of the list.</param>
    /// <param name="Answer">The list, with OPERATION and COMPANY to fill.</param>
    /// <param name="Company">Ours and another one; the same where the list is the ticket's own.</param>
    private sealed record Kept(string Vendor, string Action, string Route, string Answer, string Company, string Other)
    {
        public string With(string operation, bool isOurs = true) =>
            Answer.Replace("OPERATION", operation, StringComparison.Ordinal).Replace("COMPANY", isOurs ? Company : Other, StringComparison.Ordinal);

        public string Empty()
        {
            var answer = JsonNode.Parse(With("none"))!;
            (answer as JsonArray ?? answer.AsObject().Select(static one => one.Value).OfType<JsonArray>().Single()).Clear();
            return answer.ToJsonString();
        }
    }

    private static readonly Kept[] Lists =
    [
        new("connectwise", "ticket.create", "GET /service/tickets",
            """[{"id":4712,"summary":"Disk is full","company":{"id":COMPANY},"externalXRef":"OPERATION"}]""", "250", "251"),
        new("connectwise", "ticket.note", "GET /service/tickets/4711/allNotes", """[{"id":98,"text":"Seen. (OPERATION)"}]""", "", ""),
        new("connectwise", "ticket.time", "GET /time/entries",
            """[{"id":97,"chargeToId":COMPANY,"internalNotes":"Seen. (OPERATION)"}]""", "4711", "4712"),
        new("halopsa", "ticket.note", "GET /Actions",
            """{"record_count":1,"actions":[{"id":98,"ticket_id":COMPANY,"note":"Seen. (OPERATION)"}]}""", "4711", "4712"),
        new("halopsa", "ticket.time", "GET /Actions",
            """{"record_count":1,"actions":[{"id":98,"ticket_id":COMPANY,"note":"Seen. (OPERATION)"}]}""", "4711", "4712"),
        new("servicenow", "ticket.create", "GET /api/now/table/incident",
            """{"result":[{"sys_id":"1","company":"COMPANY","correlation_id":"OPERATION"}]}""", Contoso, Fabrikam),
        new("servicenow", "ticket.open", "GET /api/now/table/incident",
            """
            {"result":[{"sys_id":"1","company":"COMPANY","correlation_id":"CON-1042-3f9c0a1b","description":"Priority high, SRV-FILE01, OPERATION"}]}
            """, Contoso, Fabrikam),
        new("servicenow", "ticket.close", "GET /api/now/table/incident",
            $$"""{"result":[{"sys_id":"1","company":"COMPANY","cmdb_ci":"{{Id(7)}}","close_notes":"DevOps AI Bot OPERATION"}]}""", Contoso, Fabrikam),
        new("servicenow", "ticket.resolve", "GET /api/now/table/incident",
            $$"""{"result":[{"sys_id":"{{Id(4711)}}","company":"COMPANY","close_notes":"DevOps AI Bot OPERATION"}]}""", Contoso, Fabrikam),
        new("servicenow", "ticket.note", "GET /api/now/table/sys_journal_field",
            """{"result":[{"element_id":"COMPANY","element":"work_notes","value":"Seen. (OPERATION)"}]}""", Id(4711), Id(4712)),
        new("autotask", "ticket.create", "POST /V1.0/Tickets/query",
            """{"items":[{"id":4712,"companyID":COMPANY,"externalID":"OPERATION"}],"pageDetails":{"count":1}}""", "175", "176"),
        new("autotask", "ticket.open", "POST /V1.0/Tickets/query",
            """
            {"items":[{"id":4712,"companyID":COMPANY,"externalID":"CON-1042-3f9c0a1b","description":"Priority high, SRV-FILE01, OPERATION"}],
             "pageDetails":{"count":1}}
            """, "175", "176"),
        new("autotask", "ticket.note", "GET /V1.0/Tickets/4711/Notes",
            """{"items":[{"id":98,"description":"Seen. (OPERATION)"}],"pageDetails":{"count":1}}""", "", ""),
    ];

    public static TheoryData<string, string> All => [.. Lists.Select(static one => (one.Vendor, one.Action))];

    [Theory, MemberData(nameof(All))]
    public async Task An_operation_is_found_where_the_vendor_keeps_it(string name, string action)
    {
        var kept = Lists.Single(one => (one.Vendor, one.Action) == (name, action));
        var (host, vendor, connection) = await Vendors[name].StartAsync();
        await using var ended = vendor;
        using var disposed = host;
        var usual = vendor.Answers;

        await ToldAsync(kept.With("CON-1042-x1-0"), OperationStatus.Applied);
        foreach (var other in (string[])["CON-1042-x1-01", "CON-1042-x1", "Re: CON-1042-x1-0 is it well?"])
            await ToldAsync(kept.With(other), OperationStatus.CannotTell);
        if (kept.Company != kept.Other)
            await ToldAsync(kept.With("CON-1042-x1-0", isOurs: false), OperationStatus.CannotTell);
        await ToldAsync(kept.Empty(), OperationStatus.CannotTell);
        vendor.MustHaveBeenAccepted();

        async Task ToldAsync(string answer, OperationStatus expected)
        {
            vendor.Answers = request => $"{request.Method} {request.Path}" == kept.Route ? VendorReply.Ok(answer) : usual(request);
            var outcome = await host.Connector(name).LookUpAsync(connection, Call(host, connection, kept), Token);
            outcome.ShouldBe(new CallOutcome<OperationStatus>.Done(expected), answer);
            $"{vendor.Requests[^1].Method} {vendor.Requests[^1].Path}".ShouldBe(kept.Route);
        }
    }

    [Fact]
    public void Every_way_to_ask_that_a_manifest_says_is_tried_here() => Vendors.Keys
        .SelectMany(name =>
        {
            using var host = new ManifestHost();
            return host.Connector(name).Manifest.Actions.Where(static one => one.Value.Reconcile is not null)
                .Select(one => (name, one.Key)).ToList();
        })
        .ShouldBe(Lists.Select(static one => (one.Vendor, one.Action)), ignoreOrder: true);

    private static ActionCall Call(ManifestHost host, Connection connection, Kept kept)
    {
        var isTicket = host.Connector(kept.Vendor).Actions[kept.Action].TargetKind == "ticket";
        var isLong = kept.Vendor == "servicenow";
        var target = isTicket
            ? new Target(connection.Name, "ticket", isLong ? Id(4711) : "4711", "4711", "")
            : new Target(connection.Name, "device", isLong ? Id(7) : "7", "SRV-FILE01", "");
        return new("CON-1042-x1-0", kept.Action, target, new Dictionary<string, string>
        {
            ["title"] = "Disk is full", ["priority"] = "high", ["reference"] = "CON-1042-3f9c0a1b", ["note"] = "Seen.", ["hours"] = "0.05",
            ["startedAt"] = "2026-12-01T08:00:00Z",
        });
    }
}

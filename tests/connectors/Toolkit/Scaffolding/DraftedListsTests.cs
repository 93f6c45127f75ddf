using DevOpsAI.Connectors.Toolkit.Manifests;
using DevOpsAI.Connectors.Toolkit.Scaffolding;

namespace DevOpsAI.Tests.Connectors.Toolkit.Scaffolding;

/// <summary>How a list goes on after its first part is drafted, or marked as left to decide; it is never left out in silence.</summary>
public sealed class DraftedListsTests
{
    [Theory]
    [InlineData("cursor limit", "next_cursor: {type: string}", "{ style: cursor, parameter: \"cursor\", from: next_cursor }")]
    [InlineData("page_token limit", "pagination: {type: object, properties: {next_page_token: {type: string}}}",
        "{ style: cursor, parameter: \"page_token\", from: pagination.next_page_token }")]
    [InlineData("after limit", "paging: {type: object, properties: {cursors: {type: object, properties: {before: {type: string}, after: {type: string}}}}}",
        "{ style: cursor, parameter: \"after\", from: paging.cursors.after }")]
    [InlineData("starting_after limit", "pages: {type: object, properties: {next: {type: object, properties: {starting_after: {type: string}}}}}",
        "{ style: cursor, parameter: \"starting_after\", from: pages.next.starting_after }")]
    [InlineData("continuationToken", "continuationToken: {type: string}",
        "{ style: cursor, parameter: \"continuationToken\", from: continuationToken }")]
    [InlineData("\"page[after]\" \"page[size]\"", "meta: {type: object, properties: {endCursor: {type: string}}}",
        "{ style: cursor, parameter: \"page[after]\", from: meta.endCursor }")]
    [InlineData("limit", "links: {type: object, properties: {next: {type: string}}}", "{ style: nextLink, from: links.next }")]
    [InlineData("limit", "links: {type: object, properties: {next: {type: object, properties: {href: {type: string}}}}}",
        "{ style: nextLink, from: links.next.href }")]
    [InlineData("limit page", "pagination: {type: object, properties: {next_page_url: {type: string}}}",
        "{ style: nextLink, from: pagination.next_page_url }")]
    [InlineData("limit", "next: {type: string, format: uri}", "{ style: nextLink, from: next }")]
    [InlineData("page per_page", "total: {type: integer}", "{ style: number, parameter: \"page\", size: 100 }")]
    [InlineData("\"page[number]\" \"page[size]\"", "total: {type: integer}", "{ style: number, parameter: \"page[number]\", size: 100 }")]
    [InlineData("skip page_size", "total: {type: integer}", "{ style: offset, parameter: \"skip\", size: 100 }")]
    public void A_list_in_parts_is_known_by_its_parameters_and_its_answer(string parameters, string members, string expected) =>
        Paging(parameters, members).ShouldBe(expected);

    [Theory]
    [InlineData("page", "meta: {type: object, properties: {total_pages: {type: integer}, page: {type: integer}}}",
        "{ style: number, parameter: \"page\", size: 1 }", "how many a part holds at most")]
    [InlineData("offset", "total: {type: integer}", "{ style: offset, parameter: \"offset\", size: 1 }", "how many a part holds at most")]
    [InlineData("after limit", "total: {type: integer}", "{ style: lastId, parameter: \"after\", from: id, size: 100 }", "whether after is the id of the last one")]
    [InlineData("cursor limit", "meta: {type: object, properties: {next: {type: string}}}",
        "{ style: cursor, parameter: \"cursor\", from: meta.next }", "whether meta.next is what cursor is to be next")]
    [InlineData("limit", "next: {type: string}", "{ style: nextLink, from: next }", "whether next is an address")]
    [InlineData("cursor limit", "total: {type: integer}", null, "it takes cursor, and the answer has nothing that this could be")]
    [InlineData("limit", "total: {type: integer}", null, "it takes limit and nothing that says from where")]
    [InlineData("q", "has_more: {type: boolean}", null, "the answer has has_more")]
    [InlineData("q", "meta: {type: object, properties: {totalPages: {type: integer}}}", null, "the answer has meta.totalPages")]
    [InlineData("q", "\"@odata.nextLink\": {type: string}", null, "the answer has @odata.nextLink")]
    public void What_is_not_sure_is_marked(string parameters, string members, string? expected, string decide)
    {
        var made = Begin(parameters, members);
        made.Decisions.ShouldContain(one => one.What.Contains(decide, StringComparison.Ordinal), made.Yaml);
        made.Yaml.ShouldContain(expected is null ? "      # paging: " : $"      paging: {expected}  # decide: ");
    }

    [Fact]
    public void A_list_that_says_nothing_of_parts_comes_in_one()
    {
        var made = Begin("q", "total: {type: integer}");
        made.Yaml.ShouldNotContain("paging");
        made.Decisions.ShouldNotContain(static one => one.What.Contains("goes on", StringComparison.Ordinal));
    }

    [Fact]
    public void A_kind_that_no_runbook_knows_is_marked_and_one_that_is_a_known_one_by_its_last_word_is_taken_for_it()
    {
        var asset = Begin("q", "total: {type: integer}", "customer_assets");
        asset.Targets.ShouldBe(["device"]);
        asset.Decisions.ShouldContain(static one => one.What == "whether what Acme calls customer_asset is that");
        Begin("q", "total: {type: integer}", "invoices").Decisions
            .ShouldContain(static one => one.What.StartsWith("no runbook knows a invoice; they know ", StringComparison.Ordinal));
    }

    [Fact]
    public void What_no_manifest_can_say_is_left_out_with_a_reason()
    {
        var made = ConnectorScaffold.Begin("acme", """
            openapi: 3.0.3
            info: { title: Acme, version: "1" }
            paths:
              /rpc:
                post:
                  operationId: call
                  requestBody: { content: { application/json: { schema: { type: object, properties: { method: { type: string }, params: { type: object } } } } } }
                  responses: { "200": { description: ok } }
              /graphql:
                post: { operationId: ask, responses: { "200": { description: ok } } }
              /soap:
                post:
                  operationId: soap
                  requestBody: { content: { text/xml: { schema: { type: string } } } }
                  responses: { "200": { description: ok } }
              /reports:
                post: { operationId: report, responses: { "200": { description: ok } } }
            """, []);
        made.NotTaken.ShouldBe(["call", "ask", "soap", "report"]);
        made.Reasons["call"].ShouldStartWith("it is JSON-RPC");
        made.Reasons["ask"].ShouldStartWith("it is GraphQL");
        made.Reasons["soap"].ShouldBe("it takes text/xml, and a manifest writes JSON and forms");
        made.Reasons.ShouldNotContainKey("report");
        (made.Targets.Count, made.Actions, made.HasEvents).ShouldBe((0, 0, false));
    }

    [Fact]
    public void A_webhook_that_does_not_say_when_it_is_over_is_marked()
    {
        var made = ConnectorScaffold.Begin("acme", """
            openapi: 3.1.0
            info: { title: Acme, version: "1" }
            paths:
              /ping: { get: { responses: { "200": { description: ok } } } }
            webhooks:
              alert:
                post:
                  requestBody: { content: { application/json: { schema: { type: object, properties: { id: { type: string }, hostname: { type: string } } } } } }
            """, []);
        made.HasEvents.ShouldBeTrue();
        made.Decisions.ShouldContain(static one => one.What.StartsWith("which member says that it is over", StringComparison.Ordinal));
        var marked = made.Decisions.Select(static one => $"acme.yaml:{one.Line}: ").ToList();
        ManifestCheck.ValidationErrors("acme.yaml", made.Yaml).ShouldAllBe(one => marked.Exists(one.StartsWith));
    }

    private static string? Paging(string parameters, string members)
    {
        var line = Begin(parameters, members).Yaml.Split('\n').Single(static one => one.Contains("paging:", StringComparison.Ordinal)).Trim();
        return line["paging: ".Length..];
    }

    private static ScaffoldedManifest Begin(string parameters, string members, string path = "devices")
    {
        var query = string.Join(", ", parameters.Split(' ').Select(static one => $"{{name: {one}, in: query, schema: {{type: string}}}}"));
        var made = ConnectorScaffold.Begin("acme", $$$"""
            openapi: 3.0.3
            info: { title: Acme, version: "1" }
            servers: [{ url: "https://api.acme.example" }]
            security: [{ key: [] }]
            paths:
              /{{{path}}}:
                get:
                  parameters: [{{{query}}}]
                  responses:
                    "200":
                      description: ok
                      content:
                        application/json:
                          schema:
                            type: object
                            properties:
                              data: { type: array, items: { $ref: "#/components/schemas/Device" } }
                              {{{members}}}
              /{{{path}}}/{id}:
                get:
                  parameters: [{ name: id, in: path, required: true, schema: { type: string } }]
                  responses:
                    "200": { description: ok, content: { application/json: { schema: { $ref: "#/components/schemas/Device" } } } }
            components:
              securitySchemes: { key: { type: apiKey, in: header, name: X-Acme-Key } }
              schemas:
                Device: { type: object, properties: { id: { type: string }, name: { type: string }, companyId: { type: string } } }
            """, []);
        ManifestCheck.ValidationErrors("acme.yaml", made.Yaml).ShouldBeEmpty(made.Yaml);
        return made;
    }
}

using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

public sealed class AlertLabelsTests
{
    [Theory]
    [InlineData("https://runbooks.contoso.com/disk?x=1#y", true)]
    [InlineData("https://RUNBOOKS.contoso.com/disk", true)]
    [InlineData("https://grafana.contoso.com:3000/d/1", true)]
    [InlineData("http://runbooks.contoso.com/disk", false)]
    [InlineData("https://runbooks.contoso.com:8443/disk", false)]
    [InlineData("https://grafana.contoso.com/d/1", false)]
    [InlineData("https://runbooks.contoso.com.evil.example/", false)]
    [InlineData("https://evil.example/runbooks.contoso.com", false)]
    [InlineData("https://runbooks.contoso.com@evil.example/", false)]
    [InlineData("https://user:pw@runbooks.contoso.com/", false)]
    [InlineData("https://@runbooks.contoso.com/", false)]
    [InlineData("https://evil.example\\@runbooks.contoso.com/", false)]
    [InlineData("https://runbооks.contoso.com/", false)]
    [InlineData("https://runbooks.contoso.com/ x", false)]
    [InlineData("https://runbooks.contoso.com/\n", false)]
    [InlineData("javascript:alert(1)", false)]
    [InlineData("//runbooks.contoso.com/", false)]
    [InlineData("runbooks.contoso.com", false)]
    [InlineData("", false)]
    public async Task An_address_is_a_link_only_to_a_host_that_is_listed(string address, bool isLink)
    {
        var card = await DrawAsync(new() { ["runbook_url"] = address }, "runbooks.contoso.com", "grafana.contoso.com:3000");
        var links = Links(card).ToList();
        links.Count.ShouldBe(isLink ? 1 : 0);
        if (isLink)
            new Uri(links[0]).ShouldBe(new Uri(address));
        else if (address.Length > 0)
            VisibleWords.For(Unfolded(card)).ShouldContain("Runbook: ");
    }

    [Fact]
    public async Task Without_the_setting_nothing_is_a_link() =>
        Links(await DrawAsync(new() { ["runbook_url"] = "https://runbooks.contoso.com/",
            ["generatorURL"] = "https://prometheus.contoso.com/graph" })).ShouldBeEmpty();

    [Theory]
    [InlineData("runbooks.contoso.com", true)]
    [InlineData("10.1.2.3:8443", true)]
    [InlineData("https://runbooks.contoso.com", false)]
    [InlineData("runbooks.contoso.com/x", false)]
    [InlineData("user@runbooks.contoso.com", false)]
    [InlineData("rünbooks.contoso.com", false)]
    [InlineData("", false)]
    public void A_host_in_the_settings_is_a_name_and_perhaps_a_port(string text, bool isHost) => LinkHosts.IsHost(text).ShouldBe(isHost);

    [Fact]
    public async Task What_is_left_to_people_shows_the_alert_s_labels_and_no_more_than_fit()
    {
        var labels = Enumerable.Range(0, 60).ToDictionary(i => $"label{i:00}", i => $"value {i} {new string('x', 400)}");
        var card = await DrawAsync(labels);
        VisibleWords.For(card).ShouldNotContain("label00");
        var unfolded = VisibleWords.For(Unfolded(card));
        unfolded.ShouldContain("label00: value 0 ");
        unfolded.ShouldContain("more labels");
        unfolded.ShouldContain("Without a runbook");
        unfolded.ShouldNotContain("by no runbook");
        card.ToJsonString().Length.ShouldBeLessThan(Card.MaxBytes);
        CardSchema.Problems(card).ShouldBeEmpty();
    }

    private static IEnumerable<string> Links(JsonNode? node) => node switch
    {
        JsonObject element when (string?)element["type"] == "Action.OpenUrl" => [(string)element["url"]!],
        JsonObject element => element.SelectMany(member => Links(member.Value)),
        JsonArray array => array.SelectMany(Links),
        _ => [],
    };

    private static JsonNode Unfolded(JsonNode card)
    {
        var open = card.DeepClone();
        foreach (var part in open["body"]!.AsArray().OfType<JsonObject>())
            part.Remove("isVisible");
        return open;
    }

    private static async Task<JsonNode> DrawAsync(Dictionary<string, string> labels, params string[] hosts)
    {
        var story = new IncidentScript();
        story.Append(
                StreamId.Event("E-1"),
                new EventReceived("E-1", "contoso-alertmanager", "s-1", EventStatus.Firing, Severity.Warning, "FlangeTemperature", "SRV-1",
                    "Flange 7 is warm", null, "a", "a|b", "a", IncidentScript.Start, false, labels),
                Actor.Connection("contoso-alertmanager"))
            .Append(StreamId.Incident(story.Id),
                new IncidentOpened(story.Id, "Flange 7 is warm", Severity.Warning, "FlangeTemperature", "SRV-1", IncidentScope.One, "a|b",
                    "a", "E-1"), Actor.Service("incidents"))
            .Append(
                StreamId.Proposal(story.Id),
                new RecommendationDrafted(
                    story.Id, 1, RecommendationDrafted.NoRunbook, "Look at FlangeTemperature on SRV-1.", "1 event so far.",
                    [new("Flange 7 is warm", 1)], Plan.Empty, Risk.Low, "No runbook handles it.", new Dictionary<string, string>(), false),
                Actor.Service("drafting"))
            .Staged(GateLevel.L3);
        var access = new GivenAccess().Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver);
        var views = TestViews.For(story, access, linkHosts: hosts);
        return IncidentCard.Build(views.ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere,
            IncidentScript.Ravi)).AsReceived();
    }
}

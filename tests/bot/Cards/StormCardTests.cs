using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>The card of a storm says what it gathers, and what has a card of its own beside it.</summary>
public sealed class StormCardTests
{
    [Theory]
    [InlineData(1, "partly SIMULATION")]
    [InlineData(3, "Warning SIMULATION")]
    [InlineData(0, null)]
    public async Task A_storm_is_called_a_simulation_only_where_all_of_it_is(int simulated, string? said)
    {
        var story = Storm(simulated);
        var seen = VisibleWords.For(await CardAsync(story));
        seen.ShouldContain("Kind0");
        seen.ShouldContain("SRV-0");
        if (said is null)
            seen.ShouldNotContain("SIMULATION", Case.Sensitive);
        else
            seen.ShouldContain(said, Case.Sensitive);
        seen.Split(", simulation").Length.ShouldBe(simulated == 3 ? 1 : simulated + 1, "each simulated part says so where others are real");
    }

    [Fact]
    public async Task What_has_a_card_of_its_own_is_named_on_the_storm_the_worst_first()
    {
        var story = Storm(0);
        Own(Con(1002), "VPN tunnel down", Severity.Warning);
        Own(Con(1003), "Malware found on WS-RECEPTION", Severity.Critical);
        var card = await CardAsync(story);
        var seen = VisibleWords.For(card);
        seen.ShouldContain("With cards of their own");
        seen.IndexOf("CON-1003", StringComparison.Ordinal).ShouldBeInRange(0, seen.IndexOf("CON-1002", StringComparison.Ordinal) - 1);
        seen.ShouldContain("critical Malware found on WS-RECEPTION");
        card.ToJsonString().ShouldContain("\"incident\":\"CON-1003\"");
        CardSchema.Problems(card).ShouldBeEmpty();

        void Own(IncidentId id, string title, Severity severity) => story.Append(
            StreamId.Incident(id), new IncidentOpened(
                id, title, severity, id.Value, "WS", IncidentScope.One, id.Value, id.Value, "E-" + id),
            Actor.Service("incidents"));
    }

    private static IncidentScript Storm(int simulated)
    {
        var story = new IncidentScript();
        for (var part = 0; part < 3; part++)
        {
            story.Append(
                StreamId.Event($"E-{part}"),
                new EventReceived(
                    $"E-{part}", "contoso-sandbox", $"s-{part}", EventStatus.Firing, Severity.Warning, $"Kind{part}", $"SRV-{part}",
                    "Something", "", $"a-{part}", $"kind{part}|srv-{part}", $"kind{part}", story.Clock.GetUtcNow(), part < simulated,
                    new Dictionary<string, string>()),
                Actor.Connection("contoso-sandbox"));
        }
        return story.Append(
            StreamId.Incident(story.Id),
            new IncidentOpened(story.Id, "Many different alerts at once", Severity.Warning, "AlertStorm", null, IncidentScope.Tenant,
                "kind0|srv-0", "alertstorm", "E-0")
            {
                GathersUpTo = Severity.Warning, QuietAfter = 900,
            },
            Actor.Service("incidents"));
    }

    private static async Task<JsonNode> CardAsync(IncidentScript story) =>
        IncidentCard.Build(
            TestViews.For(story, new GivenAccess()).ForEverybody(await story.StateAsync(), await story.IncidentAsync(), Anywhere))
            .AsReceived();
}

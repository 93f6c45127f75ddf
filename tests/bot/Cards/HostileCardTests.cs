using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

public sealed class HostileCardTests
{
    private static readonly string[] Texts =
    [
        new('\u202E', 1500),
        string.Concat(Enumerable.Repeat("🚒", 700)),
        string.Concat(Enumerable.Repeat("<img src=x onerror=alert(1)>", 200)),
        string.Concat(Enumerable.Repeat("{{DATE(2026-01-01T00:00:00Z)}}", 200)),
        string.Concat(Enumerable.Repeat("[x](javascript:alert(1)) **b** <at>All</at>\n- a\n1. b\n", 60)),
        new('"', 4000),
        new('я', 4000),
    ];

    private static readonly int[] StepCounts = [1, 4];

    public static TheoryData<int, int> Cases =>
        [.. from text in Enumerable.Range(0, Texts.Length) from steps in StepCounts select (text, steps)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task However_long_and_hostile_the_texts_every_card_is_small_and_valid(int text, int steps)
    {
        var story = Hostile(Texts[text], steps);
        var access = new GivenAccess { EverybodyIsAdministrator = true };
        var views = TestViews.For(story, access, Enumerable.Range(0, 80).Select(i => $"29:1{i:00}{new string('k', 80)}"));
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        var card = IncidentCard.Build(views.ForEverybody(state, incident, Anywhere)).AsReceived();
        Judge(card);
        card["refresh"]!["userIds"]!.AsArray().Count.ShouldBe(60);
        var view = views.ForPerson(state, incident, Anywhere, IncidentScript.Ravi, Texts[text]);
        var pages = DetailPages.From(view);
        for (var page = 0; page < Math.Min(pages.All.Count, 2); page++)
            Judge(IncidentCard.Build(view with { Reading = new(page, "token") }).AsReceived());
        if (steps > 1)
            return;
        Judge(MessageCards.NotUnderstood(Texts[text], [], new([], [])).AsReceived());
        Judge(MessageCards.Notice(Texts[text], detail: Texts[text]).AsReceived());
        Judge(PendingCard.Build(PendingView.For([(IncidentScript.Contoso, state)], story.Clock.GetUtcNow())).AsReceived());
        for (var page = 0; page < 2; page++)
            Judge(WhyCard.Build(view, story.Ledger.Entries(story.Tenant.Id), CoreFeatures.Catalog, page).AsReceived());
    }

    [Fact]
    public async Task The_whole_command_is_on_the_pages_before_approve()
    {
        var story = Hostile(new string('x', 8_000) + " END-OF-COMMAND", 2);
        var views = TestViews.For(story, new GivenAccess { EverybodyIsAdministrator = true });
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        var view = views.ForPerson(state, incident, Anywhere, IncidentScript.Ravi);
        IncidentCardTests.Titles(IncidentCard.Build(view).AsReceived()).ShouldNotContain("Approve");
        var pages = DetailPages.From(view);
        var texts = "";
        for (var page = 0; page < pages.ToReview; page++)
        {
            var card = IncidentCard.Build(view with { Reading = new(page, null) }).AsReceived();
            texts += string.Concat(TextRuns(card));
            IncidentCardTests.Titles(card).Contains("Approve").ShouldBe(page == pages.ToReview - 1);
        }
        texts.ShouldContain("END-OF-COMMAND");
        texts.Count(c => c == 'x').ShouldBeGreaterThan(16_000);
    }

    [Fact]
    public async Task Outside_text_is_literal_everywhere_or_escaped()
    {
        const string hostile =
            "<at>Everyone</at> [free](http://evil) {{DATE(2026-01-01T00:00:00Z,SHORT)}} {{TIME(2026-01-01T00:00:00Z)}} \u202Eabc";
        var story = Hostile(hostile, 1);
        var views = TestViews.For(story, new GivenAccess { EverybodyIsAdministrator = true });
        var card = IncidentCard.Build(views.ForEverybody(await story.StateAsync(), await story.IncidentAsync(), Anywhere)).AsReceived();
        foreach (var markdown in GetMarkdown(card))
        {
            markdown.ShouldNotContain("<at>");
            markdown.ShouldNotContain("[free](");
        }
        card.ToJsonString().ShouldNotContain("\\u202E");
        // The only dates that a client works out are the bot's own: the deadline, in a block of its own, and when it was reported.
        var incident = await story.IncidentAsync();
        card.ToJsonString().ShouldContain(CardText.Instant(incident.Staged!.Terms.ExpiresAt));
        var rest = new[] { incident.Staged.Terms.ExpiresAt, incident.OpenedAt }.Concat(
            incident.RecentEvents.Select(recent => recent.Event.OccurredAt))
            .Aggregate(card.ToJsonString(), (left, ours) => left.Replace(CardText.Instant(ours), "", StringComparison.Ordinal));
        rest.ShouldNotContain("{{DATE");
        rest.ShouldNotContain("{{TIME");
    }

    [Fact]
    public async Task A_target_of_which_the_vendor_does_not_say_whose_it_is_is_of_nobody()
    {
        var step = IncidentScript.CleanUp();
        var plan = new Plan([step with { Target = step.Target with { Client = "" } }]);
        var story = new IncidentScript { Plan = plan }.Opened().Drafted().Staged();
        var views = TestViews.For(story, new GivenAccess { EverybodyIsAdministrator = true });
        var (state, incident) = (await story.StateAsync(), await story.IncidentAsync());
        var view = views.ForPerson(state, incident, Anywhere, IncidentScript.Ravi);
        foreach (var page in Enumerable.Range(0, DetailPages.From(view).All.Count).Select(page => new Reading(page, null)).Prepend(null))
        {
            var seen = VisibleWords.For(IncidentCard.Build(view with { Reading = page }).AsReceived());
            seen.ShouldNotContain(" of ,");
            seen.ShouldNotContain(" of .");
            seen.ShouldContain(step.Target.Name);
        }
    }

    [Fact]
    public async Task Nobody_decides_as_the_bot_by_calling_themselves_so()
    {
        var story = new IncidentScript { Called = "the bot (gates)" }.Opened().Drafted().Staged().Decided(DecisionKind.Approve);
        var views = TestViews.For(story, new GivenAccess());
        var seen = VisibleWords.For(IncidentCard.Build(views.ForEverybody(await story.StateAsync(), await story.IncidentAsync(), Anywhere))
            .AsReceived());
        seen.ShouldContain("Approved by “the bot (gates)”");
    }

    private static void Judge(JsonNode card)
    {
        card.ToJsonString().Length.ShouldBeLessThan(Card.MaxBytes);
        CardSchema.Problems(card).ShouldBeEmpty();
    }

    private static IEnumerable<string> TextRuns(JsonNode? node) => Strings(node, "TextRun", ["text"]);

    private static IEnumerable<string> GetMarkdown(JsonNode? node) =>
        Strings(node, "TextBlock", ["text"]).Concat(Strings(node, null, ["value"]));

    private static IEnumerable<string> Strings(JsonNode? node, string? type, string[] members) => node switch
    {
        JsonObject element => members
            .Where(name => (type is null ? element["title"] is not null && element["type"] is null : (string?)element["type"] == type)
                && element[name] is not null)
            .Select(name => (string)element[name]!)
            .Concat(element.SelectMany(member => Strings(member.Value, type, members))),
        JsonArray array => array.SelectMany(item => Strings(item, type, members)),
        _ => [],
    };

    private static IncidentScript Hostile(string text, int steps)
    {
        var step = IncidentScript.CleanUp() with
        {
            Title = text, Command = text, Target = new("contoso-sandbox", "device", text, text, text), Rollback = text,
            Arguments = new Dictionary<string, string> { ["volume"] = text, ["categories"] = text }, Editable = ["volume", "categories"],
            Preconditions = [.. Enumerable.Repeat(new Connections.Condition(text, "==", text), 3)],
        };
        var plan = new Plan([.. Enumerable.Repeat(step, steps)]);
        var story = new IncidentScript { Title = text, Device = text, Plan = plan };
        story.Received(25, i => $"{text}{i}").Opened(3, IncidentScope.Cause);
        story.Append(
            StreamId.Proposal(story.Id),
            new RecommendationDrafted(
                story.Id, 1, text, text, text, [.. Enumerable.Repeat(new Finding(text, 1), 8)], plan, Risk.High, null,
                Enumerable.Range(0, 5).ToDictionary(i => $"{text}{i}", _ => text), true),
            Actor.Service(text));
        story.Append(
            StreamId.Proposal(story.Id),
            new ProposalStaged(
                story.Id, 1, ProposalKind.Remedy, new(ActorKind.Person, text, text), plan, new Dictionary<string, string>(),
                new(GateLevel.L2, [.. Enumerable.Repeat(text, 8)], Role.Approver, 2, true, IncidentScript.Start.AddHours(1), null, null,
                    text),
                false, new string('a', 64), new string('0', 32)),
            Actor.Service("gates"));
        for (var i = 0; i < 10; i++)
            story.Decided(DecisionKind.Approve, new Person(Who("x"), text), text, complete: false);
        return story;
    }
}

using System.Text.RegularExpressions;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Drafting;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Core.Drafting;

namespace DevOpsAI.Tests.Cards;

/// <summary>The card that waits for a decision is read in five seconds, whichever built-in runbook wrote it.</summary>
public sealed partial class FiveSecondsTests
{
    private const int MaxWords = 60;

    /// <summary>For each further fact that whoever decides must know.</summary>
    private const int MaxForNotice = 15;

    /// <summary>States in which a plan of one step waits, with the number of such facts.</summary>
    private static readonly Dictionary<string, int> Notices = new()
    {
        ["waiting"] = 0, ["escalated"] = 0, ["needs-review"] = 0, ["expired-asked-again"] = 0, ["seen-before"] = 0,
        ["seen-before-held"] = 0, ["out-of-band"] = 0, ["glass-can-be-broken"] = 0, ["undo-waiting"] = 0,
        ["reopened"] = 0, ["snoozed"] = 1, ["flapping"] = 1, ["first-of-two"] = 1, ["frozen"] = 1,
        ["frozen-as-planned"] = 1, ["approver-absent"] = 1, ["asked-again"] = 1, ["drafted-again"] = 1,
        ["irreversible-second-approver"] = 1,
    };
    private static readonly IReadOnlyDictionary<string, ActionSpec> Sandbox = SandboxCatalog.For(TimeSpan.FromMinutes(1));

    public static TheoryData<string, bool> Cases =>
        [.. from runbook in RunbookCatalog.Load(null, []).All from local in new[] { false, true } select (runbook.Name, local)];

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task A_plan_of_one_step_is_decided_on_sixty_words(string name, bool local)
    {
        var (view, draft) = await WaitingAsync(name, local);
        var card = IncidentCard.Build(view).AsReceived();
        var seen = VisibleWords.For(card);

        var words = VisibleWords.Count(seen);
        TestContext.Current.TestOutputHelper?.WriteLine($"{words} words, {draft.Plan.Steps.Count} step(s): {seen}");
        if (draft.Plan.Steps.Count == 1)
            words.ShouldBeLessThanOrEqualTo(MaxWords, seen);
        CardSchema.Problems(card).ShouldBeEmpty();
        seen.ShouldContain("Contoso Ltd");
        seen.ShouldContain("SIMULATION");
        seen.ShouldContain($"{draft.Risk} risk");
        seen.ShouldContain("L2 · Approve to proceed by 11/21/2026 7:00 AM");
        seen.ShouldContain(local ? "everybody is administrator" : "Dana Technician or Ravi Approver");
        foreach (var step in draft.Plan.Steps)
        {
            seen.ShouldContain(step.Command);
            seen.ShouldContain(step.Target.Name);
        }
    }

    [Fact]
    public async Task Every_state_in_which_one_step_waits_is_decided_on_sixty_words_and_fifteen_for_each_further_fact()
    {
        var over = new List<string>();
        foreach (var state in CardStates.Names)
        {
            var incident = await CardStates.For(state).IncidentAsync();
            if (incident is not { IsUndecided: true, PlanInForce.Steps.Count: 1 } || CardStates.IsPage(state))
                continue;
            Notices.ShouldContainKey(state);
            foreach (var local in new[] { true, false })
            {
                var seen = VisibleWords.For((await CardStates.DrawAsync(state, local: local, notice: null)).Approver.AsReceived());
                var words = VisibleWords.Count(seen);
                TestContext.Current.TestOutputHelper?.WriteLine($"{words} words, {state}: {seen}");
                if (words > MaxWords + Notices[state] * MaxForNotice)
                    over.Add($"{words} words, {state}: {seen}");
            }
        }
        over.ShouldBeEmpty();
    }

    [Fact]
    public async Task That_it_was_seen_before_is_said_whole_where_there_is_room_and_shortly_where_there_is_less()
    {
        (await SeenAsync("seen-before-held")).ShouldContain("3rd time in 30 days; the last fix held 9 days.");
        (await SeenAsync("seen-before")).ShouldContain("3rd time in 30 days.");

        static async Task<string> SeenAsync(string state) =>
            VisibleWords.For((await CardStates.DrawAsync(state, notice: null)).Approver.AsReceived());
    }

    [Theory]
    [InlineData("asked-again", "free space on C: 6 % 7 %")]
    [InlineData("drafted-again", "Earlier run: The vendor said no. Access denied")]
    [InlineData("undo-waiting", "C: has 24 % free. 18.2 GB removed")]
    [InlineData("reopened", "Undo: Files are back.")]
    public async Task What_came_of_an_approval_stays_in_sight_and_who_gave_it_is_in_the_details(string state, string inSight)
    {
        var card = (await CardStates.DrawAsync(state)).Approver.AsReceived();
        var seen = VisibleWords.For(card);
        seen.ShouldContain(inSight);
        seen.ShouldNotContain("Approved by");
        card.ToJsonString().ShouldContain("Approved by Ravi Approver");
        card.ToJsonString().ShouldContain("\"Was\"");
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task That_it_was_seen_before_is_in_sight_where_sixty_words_leave_room_for_it_and_in_the_details_always(
        string name, bool local)
    {
        var (view, _) = await WaitingAsync(name, local);
        var ago = view.Incident.OpenedAt.AddDays(-9);
        view = view with
            { Before = [new(IncidentId.Parse("CON-0990"), ago.AddDays(-8), "rejected", null, ago.AddDays(-8)),
                new(IncidentId.Parse("CON-0995"), ago.AddHours(-1), "verified", "Start the service", ago)] };
        var card = IncidentCard.Build(view).AsReceived();
        var seen = VisibleWords.For(card);
        var words = VisibleWords.Count(seen);
        TestContext.Current.TestOutputHelper?.WriteLine($"{words} words: {seen}");
        const string Times = "3rd time in 30 days.";
        const string Line = "3rd time in 30 days; the last fix held 9 days.";
        var without = VisibleWords.Count(VisibleWords.For(IncidentCard.Build(view with { Before = [] }).AsReceived()));
        var fits = new[] { Line, Times }.FirstOrDefault(line => without + VisibleWords.Count(line) <= MaxWords);
        foreach (var line in new[] { Line, Times })
            seen.Contains(line, StringComparison.Ordinal).ShouldBe(line == fits, $"{without} words without it");
        words.ShouldBe(without + VisibleWords.Count(fits ?? ""), seen);
        card.ToJsonString().ShouldContain("Done: Start the service");
        CardSchema.Problems(card).ShouldBeEmpty();
    }

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task What_is_not_in_sight_is_one_press_away_on_the_same_card(string name, bool local)
    {
        var (view, draft) = await WaitingAsync(name, local);
        var card = IncidentCard.Build(view).AsReceived();

        var toggle = card["actions"]!.AsArray().Last()!;
        ((string)toggle["type"]!).ShouldBe("Action.ToggleVisibility");
        var folded = card["body"]!.AsArray().Single(part => (string?)part!["id"] == (string)toggle["targetElements"]![0]!)!.DeepClone();
        folded["isVisible"] = true;
        var seen = VisibleWords.For(new System.Text.Json.Nodes.JsonObject { ["body"] = new System.Text.Json.Nodes.JsonArray(folded) });
        foreach (var fact in new[] { "It was seen.", draft.Evidence[0].Text, draft.Drafter, "Why this level", "L2 · Approve to proceed",
            "All details" })
            seen.ShouldContain(fact);
    }

    private static async Task<(IncidentView View, RecommendationDrafted Draft)> WaitingAsync(string name, bool local)
    {
        var it = RunbookCases.All[name];
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", it.Kind, it.Name, "Contoso Ltd", it.State);
        var drafted = await scene.DraftOfAsync(it.Alert, it.Kind == "device" ? it.Name.ToLowerInvariant() : "srv-dc01", it.Attributes);
        var story = new IncidentScript { Title = $"{Humps().Replace(it.Alert, " ")} (instance {it.Name})", Device = it.Name };
        var plan = new Plan(
            [.. drafted.Plan.Steps.Select(
                step => step with { Command = ActionCalls.Command(Sandbox[step.Action], step.Target, step.Arguments) })]);
        var draft = drafted with { About = story.Id, Plan = plan };
        story.Append(
                StreamId.Event("E-1"),
                new EventReceived(
                    "E-1", "contoso-sandbox", "s-1", EventStatus.Firing, Severity.Critical, it.Alert, it.Name, story.Title, "It was seen.",
                    "a", "a|b", "a", IncidentScript.Start, true, new Dictionary<string, string>()),
                Actor.Connection("contoso-sandbox"))
            .Append(
                StreamId.Incident(story.Id),
                new IncidentOpened(story.Id, story.Title, Severity.Critical, it.Alert, it.Name, IncidentScope.One, "a|b", "a", "E-1"),
                Actor.Service("incidents"))
            .Append(StreamId.Proposal(story.Id), draft, Actor.Service("drafting"))
            .Staged(plan: plan, review: plan.Steps.Any(step => Sandbox[step.Action].Reversibility == Reversibility.Irreversible));
        var access = new GivenAccess { EverybodyIsAdministrator = local }.Give(IncidentScript.Contoso, IncidentScript.Ravi, Role.Approver)
            .Give(IncidentScript.Contoso, IncidentScript.Dana, Role.Approver);
        var view = TestViews.For(story, access)
            .ForPerson(await story.StateAsync(), await story.IncidentAsync(), Anywhere, IncidentScript.Ravi);
        return (view with { Actions = [.. plan.Steps.Select(step => Sandbox[step.Action])] }, draft);
    }

    [GeneratedRegex("(?<=[a-z])(?=[A-Z])", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Humps();
}

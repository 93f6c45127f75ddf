using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.LocalTeams;

public sealed class PeopleTests : IAsyncLifetime
{
    private const string Mri = "29:1erik-approver";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private LocalTeamsHost teams = null!;

    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(15);
    private readonly ManualClock clock = new();

    public async ValueTask InitializeAsync() => teams = await LocalTeamsHost.StartAsync(
        clock, settings: new() { ["LocalTeams:AnswerTimeout"] = $"{AnswerTimeout}", ["LocalTeams:SecondRoundAfter"] = "00:00:00" });

    public ValueTask DisposeAsync() => teams.DisposeAsync();

    [Fact]
    public async Task On_the_first_day_the_bot_is_installed_everywhere_and_two_channels_are_linked()
    {
        await teams.SettledAsync(Ct);

        var installs = teams.Bot.Received.Where(activity => activity.Text("type") == "installationUpdate").ToList();
        installs.Count.ShouldBe(7);
        installs[0].Text("channelData/team/name").ShouldBe("MSP Operations");
        installs[0].Text("channelData/settings/selectedChannel/id").ShouldBe(LocalTeamsHost.General);
        installs.Select(activity => activity.Text("serviceUrl")).Distinct().ShouldBe([$"{teams.Client.BaseAddress}localteams/connector"]);
        var added = teams.Bot.Received.Where(activity => activity.Text("type") == "conversationUpdate").ToList();
        added.Count.ShouldBe(7);
        added.ShouldAllBe(
            activity => activity.GetProperty("membersAdded").EnumerateArray().Any(m => m.Text("id") == activity.Text("recipient/id")));
        var link = await teams.Bot.GetAsync(activity => activity.Text("text") == "<at>DevOps AI Bot</at> link contoso", Ct);
        link.Text("from/aadObjectId").ShouldBe("33333333-3333-4333-8333-333333333303");
        link.Text("conversation/id").ShouldBe($"{LocalTeamsHost.Contoso};messageid={link.Text("id")}");
    }

    [Fact]
    public async Task A_channel_message_that_mentions_the_bot_looks_as_Teams_sends_it()
    {
        await teams.SettledAsync(Ct);
        var said = await teams.SayAsync("dana", LocalTeamsHost.Contoso, "@DevOps AI Bot show <b>CON-1001</b>", Ct);

        var activity = await teams.Bot.GetAsync(a => a.Text("id") == said.Text("id"), Ct);

        activity.Text("text").ShouldBe("<at>DevOps AI Bot</at> show <b>CON-1001</b>");
        activity.Text("entities/0/type").ShouldBe("mention");
        activity.Text("entities/0/mentioned/id").ShouldBe("28:22222222-2222-4222-8222-222222222222");
        activity.Text("entities/0/text").ShouldBe("<at>DevOps AI Bot</at>");
        activity.Text("attachments/0/content")!.ShouldContain("show &lt;b&gt;CON-1001&lt;/b&gt;");
        activity.Text("conversation/conversationType").ShouldBe("channel");
        activity.Text("channelData/channel/id").ShouldBe(LocalTeamsHost.Contoso);
        activity.Text("channelData/team/id").ShouldBe(LocalTeamsHost.General);
        activity.Text("from/id").ShouldBe("29:1dana-technician");
        activity.Text("channelId").ShouldBe("msteams");
    }

    [Fact]
    public async Task Without_a_mention_only_a_personal_message_reaches_the_bot()
    {
        await teams.SettledAsync(Ct);
        await teams.SayAsync("dana", LocalTeamsHost.Contoso, "not for the bot", Ct);
        await teams.SayAsync("dana", LocalTeamsHost.GroupChat, "not for the bot", Ct);
        await teams.SayAsync("dana", "a:1local-dana", "for the bot", Ct);

        teams.Bot.Received.ShouldNotContain(activity => activity.Text("text") == "not for the bot");
        teams.Bot.Received.ShouldContain(activity => activity.Text("text") == "for the bot");
    }

    [Fact]
    public async Task A_message_the_bot_does_not_take_says_so()
    {
        await teams.SettledAsync(Ct);
        teams.Bot.OnActivity = _ => 503;

        var said = await teams.SayAsync("dana", "a:1local-dana", "hello", Ct);

        said.Text("trouble").ShouldBe("The bot answered 503.");
    }

    [Fact]
    public async Task An_edit_is_told_as_a_message_update_with_the_same_id()
    {
        var said = await teams.SayAsync("dana", "a:1local-dana", "helo", Ct);
        using var edited = await teams.Client.PutAsJsonAsync(
            "/localteams/api/people/dana/messages",
            new { conversation = "a:1local-dana", messageId = said.Text("id"), text = "hello" }, Ct);

        edited.StatusCode.ShouldBe(HttpStatusCode.OK);
        var activity = await teams.Bot.GetAsync(a => a.Text("type") == "messageUpdate", Ct);
        activity.Text("id").ShouldBe(said.Text("id"));
        activity.Text("text").ShouldBe("hello");
        activity.Text("channelData/eventType").ShouldBe("editMessage");
    }

    [Fact]
    public async Task A_click_is_an_invoke_with_the_inputs_as_text_and_the_message_it_answers()
    {
        var card = TestCards.Card("approve?");
        card["body"]!.AsArray().Add(new JsonObject { ["type"] = "Input.Number", ["id"] = "minutes", ["value"] = 30 });
        card["actions"]!.AsArray().Add(new JsonObject
        {
            ["type"] = "Action.ShowCard",
            ["title"] = "Reject",
            ["card"] = new JsonObject
            {
                ["type"] = "AdaptiveCard",
                ["body"] = new JsonArray(
                    new JsonObject { ["type"] = "Input.Text", ["id"] = "reason", ["isRequired"] = true, ["errorMessage"] = "Say why" },
                    new JsonObject { ["type"] = "Input.Text", ["id"] = "note" }),
                ["actions"] =
                    new JsonArray(new JsonObject
                        { ["type"] = "Action.Execute", ["title"] = "Send", ["verb"] = "reject", ["data"] = new JsonObject { ["v"] = 3 } }),
            },
        });
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.MessageAnswer("Rejected."));
        var id = await teams.PostCardAsync(LocalTeamsHost.Contoso, card, Ct);
        var conversation = $"{LocalTeamsHost.Contoso};messageid={id}";

        var incomplete = await teams.ClickAsync("erik", new { conversation, messageId = id, verb = "reject" }, Ct);
        var outcome = await teams.ClickAsync(
            "erik", new { conversation, messageId = id, verb = "reject", inputs = new { reason = "no", note = "" } }, Ct);

        incomplete.Text("kind").ShouldBe("incomplete");
        incomplete.Text("text").ShouldBe("Say why");
        outcome.Text("kind").ShouldBe("message");
        outcome.Text("text").ShouldBe("Rejected.");
        var invoke = teams.Bot.Invokes.Single();
        invoke.Text("name").ShouldBe("adaptiveCard/action");
        invoke.Text("replyToId").ShouldBe(id);
        invoke.Text("conversation/id").ShouldBe(conversation);
        invoke.Text("value/trigger").ShouldBe("manual");
        invoke.GetProperty("value").GetProperty("action").GetProperty("data").ToString()
            .ShouldBe("""{"v":3,"minutes":"30","reason":"no"}""");
        invoke.Text("from/aadObjectId").ShouldBe("33333333-3333-4333-8333-333333333301");
    }

    [Fact]
    public async Task A_card_answer_is_for_the_one_who_clicked_until_the_message_is_updated()
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.CardAnswer(TestCards.Card("approved by you", verb: null)));
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("approve?"), Ct);

        var outcome =
            await teams.ClickAsync("erik", new { conversation = LocalTeamsHost.GroupChat, messageId = id, title = "approve" }, Ct);

        outcome.Text("kind").ShouldBe("card");
        (await ShownAsync("erik", id)).ShouldBe("approved by you");
        (await ShownAsync("dana", id)).ShouldBe("approve?");
        await teams.Client.PutAsJsonAsync(
            $"{LocalTeamsHost.Conversation(LocalTeamsHost.GroupChat)}/activities/{id}",
            LocalTeamsHost.CardActivity(TestCards.Card("verified", verb: null)), Ct);
        (await ShownAsync("erik", id)).ShouldBe("verified");
        (await ShownAsync("dana", id)).ShouldBe("verified");
    }

    [Fact]
    public async Task Refresh_asks_only_for_the_named_people_and_not_again_within_a_minute()
    {
        teams.Bot.OnInvoke = (invoke, _) => Task.FromResult<JsonNode?>(
            TestCards.CardAnswer(TestCards.Card($"for {invoke.Text("from/name")}", "approve", Mri)));
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("for all", "approve", Mri), Ct);

        (await ShownAsync("erik", id)).ShouldBe("for Erik Approver");
        (await ShownAsync("erik", id)).ShouldBe("for Erik Approver");
        (await ShownAsync("dana", id)).ShouldBe("for all");
        teams.Bot.Invokes.Count.ShouldBe(1);
        teams.Bot.Invokes[0].Text("value/trigger").ShouldBe("automatic");
        teams.Bot.Invokes[0].Text("value/action/verb").ShouldBe("view");
        await teams.Client.PutAsJsonAsync(
            $"{LocalTeamsHost.Conversation(LocalTeamsHost.GroupChat)}/activities/{id}",
            LocalTeamsHost.CardActivity(TestCards.Card("for all 2", "approve", Mri)), Ct);
        (await ShownAsync("erik", id)).ShouldBe("for Erik Approver");
        teams.Bot.Invokes.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_card_that_is_edited_while_the_bot_is_asked_is_asked_for_again()
    {
        var (id, asked) = ("", 0);
        teams.Bot.OnInvoke = async (_, stop) =>
        {
            var turn = Interlocked.Increment(ref asked);
            if (turn == 1)
            {
                using var edited = await teams.UpdateAsync(
                    LocalTeamsHost.GroupChat, id, LocalTeamsHost.CardActivity(TestCards.Card("for all, edited", "approve", Mri)), stop);
                edited.StatusCode.ShouldBe(HttpStatusCode.OK);
            }
            return TestCards.CardAnswer(TestCards.Card($"for Erik, {turn}", "approve", Mri));
        };
        id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("for all", "approve", Mri), Ct);

        (await ShownAsync("erik", id)).ShouldBe("for Erik, 2");
    }

    [Fact]
    public async Task Each_look_is_numbered_higher_than_the_one_before()
    {
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("for all"), Ct);

        var first = await teams.ViewAsync("erik", LocalTeamsHost.GroupChat, id, Ct);
        var second = await teams.ViewAsync("erik", LocalTeamsHost.GroupChat, id, Ct);

        second.GetProperty("look").GetInt64().ShouldBeGreaterThan(first.GetProperty("look").GetInt64());
    }

    [Fact]
    public async Task A_refresh_that_fails_leaves_the_card_everybody_has()
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.ErrorAnswer(403, "Not yours"));
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("for all", "approve", Mri), Ct);

        (await ShownAsync("erik", id)).ShouldBe("for all");
    }

    [Theory]
    [InlineData("""{"statusCode":400,"type":"application/vnd.microsoft.error","value":{"code":"x","message":"Already decided"}}""", "error",
        "Already decided")]
    [InlineData("""{"statusCode":200,"type":"application/vnd.microsoft.card.adaptive","value":"no card"}""", "failed",
        "Something went wrong. Please try again.")]
    [InlineData("""{}""", "failed", "Something went wrong. Please try again.")]
    [InlineData(null, "failed", "Something went wrong. Please try again.")]
    public async Task An_answer_that_is_no_card_is_told_as_Teams_would(string? result, string kind, string text)
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult(result is null ? null : JsonNode.Parse(result));
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("approve?"), Ct);

        var outcome = await teams.ClickAsync("erik", new { conversation = LocalTeamsHost.GroupChat, messageId = id, verb = "approve" }, Ct);

        outcome.Text("kind").ShouldBe(kind);
        outcome.Text("text").ShouldBe(text);
    }

    [Fact]
    public async Task A_submit_is_a_message_without_text_and_a_forged_action_is_sent_as_it_is()
    {
        var card = TestCards.Card("fallback", verb: null);
        card["actions"] =
            new JsonArray(
                new JsonObject { ["type"] = "Action.Submit", ["title"] = "OK", ["data"] = new JsonObject { ["kind"] = "plain" } });
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, card, Ct);

        var outcome = await teams.ClickAsync("erik", new { conversation = LocalTeamsHost.GroupChat, messageId = id, title = "OK" }, Ct);
        var forged = new { type = "Action.Execute", verb = "approve", data = new { incident = "FAB-1" } };
        await teams.ClickAsync("erik", new { conversation = LocalTeamsHost.GroupChat, messageId = id, action = forged }, Ct);

        outcome.Text("kind").ShouldBe("sent");
        var submit = await teams.Bot.GetAsync(activity => activity.Text("replyToId") == id && activity.Text("type") == "message", Ct);
        submit.Text("text").ShouldBeNull();
        submit.Text("value/kind").ShouldBe("plain");
        teams.Bot.Invokes.Single().Text("value/action/data/incident").ShouldBe("FAB-1");
    }

    [Fact]
    public async Task A_silent_bot_gets_an_invoke_four_times_under_two_ids_when_redelivery_is_on()
    {
        await teams.SwitchAsync(new { redeliver = true }, Ct);

        var outcome = await ClickInVainAsync(deliveries: 4);

        outcome.Text("kind").ShouldBe("failed");
        outcome.Text("text").ShouldBe("Unable to reach app. Please try again.");
        var ids = teams.Bot.Invokes.Select(invoke => invoke.Text("id")).ToList();
        ids.Count.ShouldBe(4);
        ids[0].ShouldBe(ids[1]);
        ids[2].ShouldBe(ids[3]);
        ids[0].ShouldNotBe(ids[2]);
    }

    [Fact]
    public async Task Without_redelivery_a_silent_bot_is_asked_once()
    {
        await ClickInVainAsync(deliveries: 1);

        teams.Bot.Invokes.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Duplicate_invokes_arrive_twice_with_one_id()
    {
        await teams.SwitchAsync(new { duplicateInvokes = true }, Ct);
        teams.Bot.OnInvoke = (_, _) => Task.FromResult<JsonNode?>(TestCards.MessageAnswer("done"));
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("approve?"), Ct);

        await teams.ClickAsync("erik", new { conversation = LocalTeamsHost.GroupChat, messageId = id, verb = "approve" }, Ct);

        teams.Bot.Invokes.Count.ShouldBe(2);
        teams.Bot.Invokes[0].Text("id").ShouldBe(teams.Bot.Invokes[1].Text("id"));
    }

    /// <summary>A click that the bot never answers; each time the bot has got it, Teams waits as long as it does.</summary>
    private async Task<JsonElement> ClickInVainAsync(int deliveries)
    {
        teams.Bot.OnInvoke = async (_, gone) =>
        {
            await Task.Delay(Timeout.Infinite, gone);
            return null;
        };
        var id = await teams.PostCardAsync(LocalTeamsHost.GroupChat, TestCards.Card("approve?"), Ct);
        var clicking = teams.ClickAsync("erik", new { conversation = LocalTeamsHost.GroupChat, messageId = id, verb = "approve" }, Ct);
        for (var count = 1; count <= deliveries; count++)
        {
            await teams.Bot.GetAsync(_ => teams.Bot.Invokes.Count == count, Ct);
            clock.Advance(AnswerTimeout);
        }
        return await clicking;
    }

    private async Task<string?> ShownAsync(string person, string id) =>
        (await teams.ViewAsync(person, LocalTeamsHost.GroupChat, id, Ct)).Text("card/body/0/text");
}

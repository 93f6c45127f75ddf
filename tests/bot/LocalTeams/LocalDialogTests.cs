using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.LocalTeams;

/// <summary>Dialogs as Teams opens and submits them, and what it makes of the bot's answers.</summary>
public sealed class LocalDialogTests : IAsyncLifetime
{
    private const string Chat = "a:1local-dana";
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private LocalTeamsHost teams = null!;

    public async ValueTask InitializeAsync() => teams = await LocalTeamsHost.StartAsync();

    public ValueTask DisposeAsync() => teams.DisposeAsync();

    [Fact]
    public async Task A_button_fetches_its_dialog_and_the_dialog_shows_the_card()
    {
        var (outcome, id) = await OpenAsync(Form("Fill in"));

        outcome.Text("kind").ShouldBe("dialog");
        outcome.Text("dialog/title").ShouldBe("A form");
        outcome.Text("dialog/card/body/0/text").ShouldBe("Fill in");
        var fetch = teams.Bot.Invokes.ShouldHaveSingleItem();
        fetch.Text("name").ShouldBe("task/fetch");
        fetch.Text("replyToId").ShouldBe(id);
        fetch.Text("from/id").ShouldBe("29:1dana-technician");
        fetch.Text("conversation/id").ShouldBe(Chat);
        fetch.Text("value/data/form").ShouldBe("connect");
        fetch.Text("value/context/theme").ShouldBe("default");
    }

    [Fact]
    public async Task A_submit_brings_another_form_a_sentence_or_the_end()
    {
        var (_, id) = await OpenAsync(Form("Fill in"));

        (await SubmitAsync(id, Form("Again"))).Text("dialog/card/body/0/text").ShouldBe("Again");
        var said = await SubmitAsync(id, new JsonObject
        {
            ["task"] = new JsonObject { ["type"] = "message", ["value"] = "Not yours." },
        });
        (said.Text("kind"), said.Text("text")).ShouldBe(("said", "Not yours."));
        (await SubmitAsync(id, null)).Text("kind").ShouldBe("closed");

        var submits = teams.Bot.Invokes.Where(static invoke => invoke.Text("name") == "task/submit").ToList();
        submits.Count.ShouldBe(3);
        submits.ShouldAllBe(static submit => submit.Text("value/data/name") == "typed");
    }

    [Theory]
    [InlineData("""{"task":{"type":"continue","value":{"title":"A form","card":{"contentType":"text/html","content":{}}}}}""")]
    [InlineData("""{"task":{"type":"continue","value":{"title":"A form"}}}""")]
    [InlineData("""{"task":{"type":"message","value":{"text":"no"}}}""")]
    [InlineData("""{"statusCode":200,"type":"application/vnd.microsoft.activity.message","value":"Done."}""")]
    [InlineData(null)]
    public async Task What_Teams_cannot_show_is_something_went_wrong(string? answer)
    {
        var (outcome, _) = await OpenAsync(answer is null ? null : JsonNode.Parse(answer));

        outcome.Text("kind").ShouldBe("failed");
        outcome.Text("text").ShouldBe("Something went wrong. Please try again.");
    }

    private async Task<(JsonElement Outcome, string Message)> OpenAsync(JsonNode? answer)
    {
        var card = TestCards.Card("connect", verb: null);
        card["actions"] = new JsonArray(new JsonObject
        {
            ["type"] = "Action.Submit", ["title"] = "Fill in",
            ["data"] = new JsonObject { ["form"] = "connect", ["msteams"] = new JsonObject { ["type"] = "task/fetch" } },
        });
        var id = await teams.PostCardAsync(Chat, card, Ct);
        teams.Bot.OnInvoke = (_, _) => Task.FromResult(answer);
        return (await teams.ClickAsync("dana", new { conversation = Chat, messageId = id, title = "Fill in" }, Ct), id);
    }

    private async Task<JsonElement> SubmitAsync(string message, JsonNode? answer)
    {
        teams.Bot.OnInvoke = (_, _) => Task.FromResult(answer);
        teams.Bot.AnswersNothing = answer is null;
        using var response = await teams.Client.PostAsJsonAsync(
            "/localteams/api/people/dana/dialogs",
            new { conversation = Chat, messageId = message, data = new { form = "connect", name = "typed" } }, Ct);
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        return await response.Content.ReadFromJsonAsync<JsonElement>(Ct);
    }

    private static JsonObject Form(string text) => new()
    {
        ["task"] = new JsonObject
        {
            ["type"] = "continue",
            ["value"] = new JsonObject
            {
                ["title"] = "A form",
                ["card"] = new JsonObject
                {
                    ["contentType"] = "application/vnd.microsoft.card.adaptive", ["content"] = TestCards.Card(text, verb: null),
                },
            },
        },
    };
}

using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.LocalTeams;

/// <summary>
/// The shapes are those recorded from another stand-in and from Teams itself; where they differ, Teams' documentation decides.
/// </summary>
public sealed class ConnectorTests : IAsyncLifetime
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private LocalTeamsHost teams = null!;

    public async ValueTask InitializeAsync() => teams = await LocalTeamsHost.StartAsync();

    public ValueTask DisposeAsync() => teams.DisposeAsync();

    [Fact]
    public async Task A_channel_post_is_created_with_its_first_activity_and_tells_thread_and_message_id()
    {
        var (status, body) = await PostAsync("/localteams/connector/v3/conversations", new JsonObject
        {
            ["isGroup"] = true,
            ["channelData"] = new JsonObject { ["channel"] = new JsonObject { ["id"] = LocalTeamsHost.Contoso } },
            ["tenantId"] = LocalTeamsHost.TenantId,
            ["activity"] = LocalTeamsHost.CardActivity(TestCards.Card("disk full")),
        });

        status.ShouldBe(HttpStatusCode.Created);
        body.Shape().ShouldBe(["/id:String", "/activityId:String"]);
        body.Text("id").ShouldBe($"{LocalTeamsHost.Contoso};messageid={body.Text("activityId")}");
        long.Parse(body.Text("activityId")!).ShouldBeGreaterThan(1_700_000_000_000);
    }

    [Theory]
    [InlineData("""{"isGroup":true,"channelData":{"channel":{"id":"19:local-contoso@thread.tacv2"}}}""", 400, "BadSyntax")]
    [InlineData("""{"isGroup":true,"channelData":{"channel":{"id":"19:nope@thread.tacv2"}},"activity":{"type":"message","text":"x"}}""",
        400, "BadSyntax")]
    [InlineData("""{"isGroup":true,"tenantId":"11111111-1111-4111-8111-111111111111","members":[{"id":"29:1dana-technician"}]}""", 400,
        "BadSyntax")]
    [InlineData("""{"isGroup":false,"members":[{"id":"29:1dana-technician"}]}""", 400, "BadSyntax")]
    [InlineData("""{"isGroup":false,"tenantId":"11111111-1111-4111-8111-111111111111","members":[]}""", 400, "BadSyntax")]
    [InlineData("""{"isGroup":false,"tenantId":"11111111-1111-4111-8111-111111111111","members":[{"id":"29:stranger"}]}""", 403,
        "BotNotInConversationRoster")]
    [InlineData("""[1]""", 400, "BadSyntax")]
    [InlineData("""{""", 400, "BadSyntax")]
    public async Task A_conversation_that_Teams_would_not_create_is_refused(string body, int status, string code)
    {
        using var response = await teams.Client.PostAsync(
            "/localteams/connector/v3/conversations", new StringContent(body, System.Text.Encoding.UTF8, "application/json"), Ct);

        ((int)response.StatusCode).ShouldBe(status);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).Text("error/code").ShouldBe(code);
    }

    [Fact]
    public async Task A_personal_chat_has_the_same_id_every_time()
    {
        var request = new JsonObject
        {
            ["isGroup"] = false,
            ["bot"] = new JsonObject { ["id"] = "28:22222222-2222-4222-8222-222222222222" },
            ["members"] = new JsonArray(new JsonObject { ["id"] = "29:1dana-technician" }),
            ["tenantId"] = LocalTeamsHost.TenantId,
        };

        var (status, first) = await PostAsync("/localteams/connector/v3/conversations", request);
        var (_, second) = await PostAsync("/localteams/connector/v3/conversations", request);

        status.ShouldBe(HttpStatusCode.Created);
        first.Shape().ShouldBe(["/id:String"]);
        second.Text("id").ShouldBe(first.Text("id"));
        first.Text("id")!.ShouldStartWith("a:1");
    }

    [Fact]
    public async Task A_message_to_the_bare_channel_starts_a_post_and_one_to_the_thread_joins_it()
    {
        var (status, root) = await SendAsync(LocalTeamsHost.Contoso, LocalTeamsHost.TextActivity("post"));
        var thread = $"{LocalTeamsHost.Contoso};messageid={root.Text("id")}";
        var (threadStatus, reply) = await SendAsync(thread, LocalTeamsHost.TextActivity("reply"));
        var (_, second) = await PostAsync(
            $"{LocalTeamsHost.Conversation(LocalTeamsHost.Contoso)}/activities/{root.Text("id")}",
            LocalTeamsHost.TextActivity("reply by id"));

        status.ShouldBe(HttpStatusCode.Created);
        threadStatus.ShouldBe(HttpStatusCode.Created);
        root.Shape().ShouldBe(["/id:String"]);
        var messages = await teams.MessagesAsync(LocalTeamsHost.Contoso, Ct);
        foreach (var id in new[] { root.Text("id"), reply.Text("id"), second.Text("id") })
            messages.Single(message => message.Text("id") == id).Text("conversation").ShouldBe(thread);
    }

    [Fact]
    public async Task Text_with_a_card_is_split_in_two_and_answered_without_an_id()
    {
        var activity = LocalTeamsHost.CardActivity(TestCards.Card("card"));
        activity["text"] = "text";

        using var response = await teams.SendAsync("a:1local-mona", activity, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await response.Content.ReadAsStringAsync(Ct)).ShouldBeEmpty();
        var messages = await teams.MessagesAsync("a:1local-mona", Ct);
        messages.Count.ShouldBe(2);
        messages[0].Text("text").ShouldBe("text");
        messages[1].Text("card/body/0/text").ShouldBe("card");
    }

    [Fact]
    public async Task Typing_is_accepted_and_leaves_no_message()
    {
        using var response = await teams.SendAsync("a:1local-mona", new JsonObject { ["type"] = "typing" }, Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        (await teams.MessagesAsync("a:1local-mona", Ct)).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("a:1local-mona", """{"text":"no type"}""", 400, "BadArgument", "Invalid input")]
    [InlineData("a:1local-mona", """{"type":"message"}""", 400, "BadSyntax", null)]
    [InlineData("nope", """{"type":"message","text":"x"}""", 404, "ConversationNotFound", "Conversation not found")]
    [InlineData("19:local-contoso@thread.tacv2;messageid=12", """{"type":"message","text":"x"}""", 404, "ConversationNotFound", null)]
    public async Task A_message_that_cannot_be_shown_is_refused(
        string conversation, string activity, int status, string code, string? message)
    {
        var (answered, body) = await SendAsync(conversation, JsonNode.Parse(activity)!);

        ((int)answered).ShouldBe(status);
        body.Shape().ShouldBe(["/error/code:String", "/error/message:String"]);
        body.Text("error/code").ShouldBe(code);
        if (message is not null)
            body.Text("error/message").ShouldBe(message);
    }

    [Fact]
    public async Task A_card_of_28_KB_is_taken_and_a_larger_one_is_not()
    {
        var (fits, _) = await SendAsync("a:1local-mona", LocalTeamsHost.CardActivity(GetCard(28 * 1024)));
        var (tooBig, body) = await SendAsync("a:1local-mona", LocalTeamsHost.CardActivity(GetCard((28 * 1024) + 1)));

        fits.ShouldBe(HttpStatusCode.Created);
        tooBig.ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        body.Text("error/code").ShouldBe("MessageSizeTooBig");
    }

    [Fact]
    public async Task An_update_replaces_the_message_and_counts_its_versions()
    {
        var id = await teams.PostCardAsync("a:1local-mona", TestCards.Card("one"), Ct);

        var (status, body) = await PutAsync("a:1local-mona", id, LocalTeamsHost.CardActivity(TestCards.Card("two")));

        status.ShouldBe(HttpStatusCode.OK);
        body.Text("id").ShouldBe(id);
        var message = (await teams.MessagesAsync("a:1local-mona", Ct)).Single();
        message.Text("card/body/0/text").ShouldBe("two");
        message.Text("version").ShouldBe("2");
    }

    [Fact]
    public async Task A_card_cannot_be_turned_into_text()
    {
        var id = await teams.PostCardAsync("a:1local-mona", TestCards.Card("one"), Ct);

        var (status, body) = await PutAsync("a:1local-mona", id, LocalTeamsHost.TextActivity("two"));

        status.ShouldBe(HttpStatusCode.BadRequest);
        body.Text("error/code").ShouldBe("BadArgument");
    }

    [Fact]
    public async Task A_message_that_is_not_there_or_not_the_bots_cannot_be_updated()
    {
        var (missing, body) = await PutAsync("a:1local-mona", "999", LocalTeamsHost.TextActivity("x"));
        var typed = await teams.SayAsync("mona", "a:1local-mona", "mine", Ct);
        var (foreign, refusal) = await PutAsync("a:1local-mona", typed.Text("id")!, LocalTeamsHost.TextActivity("x"));

        missing.ShouldBe(HttpStatusCode.NotFound);
        body.Text("error/code").ShouldBe("ActivityNotFoundInConversation");
        body.Text("error/message").ShouldBe("Message does not exist in the thread.");
        foreign.ShouldBe(HttpStatusCode.Forbidden);
        refusal.Text("error/code").ShouldBe("NotEnoughPermissions");
    }

    [Fact]
    public async Task A_deleted_message_is_gone_for_good()
    {
        var id = await teams.PostCardAsync("a:1local-mona", TestCards.Card("one"), Ct);

        using var deleted = await teams.Client.DeleteAsync($"{LocalTeamsHost.Conversation("a:1local-mona")}/activities/{id}", Ct);
        var (status, _) = await PutAsync("a:1local-mona", id, LocalTeamsHost.CardActivity(TestCards.Card("two")));

        deleted.StatusCode.ShouldBe(HttpStatusCode.OK);
        status.ShouldBe(HttpStatusCode.NotFound);
        (await teams.MessagesAsync("a:1local-mona", Ct)).Single().Text("deleted").ShouldBe("True");
    }

    [Fact]
    public async Task Members_and_teams_have_the_recorded_shape()
    {
        string[] person = ["email", "givenName", "id", "name", "surname", "tenantId", "userPrincipalName", "userRole"];
        string[] Shape(string prefix, string objectId) => [.. person.Append(objectId).Order().Select(name => $"{prefix}/{name}:String")];
        var general = LocalTeamsHost.Conversation(LocalTeamsHost.General);
        var personal = LocalTeamsHost.Conversation("a:1local-dana");
        var team = $"/localteams/connector/v3/teams/{Uri.EscapeDataString(LocalTeamsHost.General)}";

        var members = await teams.GetAsync($"{personal}/members", Ct);
        var paged = await teams.GetAsync($"{general}/pagedmembers?pageSize=2", Ct);
        var one = await teams.GetAsync($"{personal}/members/{Uri.EscapeDataString("29:1dana-technician")}", Ct);
        var byName = await teams.GetAsync($"{personal}/members/dana@msp.example", Ct);

        members.Shape().Order().ShouldBe(Shape("[]", "objectId"));
        members.GetArrayLength().ShouldBe(1);
        paged.Shape().Order().ShouldBe([.. Shape("/members[]", "aadObjectId"), "/totalCount:Number"]);
        paged.GetProperty("members").GetArrayLength().ShouldBe(5);
        one.Shape().Order().ShouldBe(Shape("", "aadObjectId"));
        one.Text("aadObjectId").ShouldBe("33333333-3333-4333-8333-333333333300");
        byName.Text("id").ShouldBe("29:1dana-technician");
        (await teams.GetAsync(team, Ct)).Shape().ShouldBe([
            "/id:String", "/name:String", "/aadGroupId:String", "/tenantId:String", "/type:String", "/channelCount:Number",
            "/memberCount:Number"]);
        var channels = (await teams.GetAsync($"{team}/conversations", Ct)).GetProperty("conversations").EnumerateArray().ToList();
        channels[0].Shape().ShouldBe(["/id:String", "/channelType:String"]);
        channels.Skip(1).Select(channel => channel.Text("name")).ShouldBe(["Contoso", "Fabrikam", "Escalations"]);
    }

    [Fact]
    public async Task Somebody_who_is_not_a_member_is_not_found()
    {
        using var response = await teams.Client.GetAsync(
            $"{LocalTeamsHost.Conversation("a:1local-dana")}/members/{Uri.EscapeDataString("29:1erik-approver")}", Ct);

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await response.Content.ReadFromJsonAsync<JsonElement>(Ct)).Text("error/code").ShouldBe("MemberNotFoundInConversation");
    }

    private static JsonObject GetCard(int bytes)
    {
        var card = TestCards.Card("", verb: null);
        card["body"]![0]!["text"] = new string('x', bytes - card.ToJsonString().Length);
        return card;
    }

    private Task<(HttpStatusCode Status, JsonElement Body)> SendAsync(string conversation, JsonNode activity) =>
        PostAsync($"{LocalTeamsHost.Conversation(conversation)}/activities", activity);

    private async Task<(HttpStatusCode Status, JsonElement Body)> PostAsync(string path, JsonNode body)
    {
        using var response = await teams.Client.PostAsJsonAsync(path, body, Ct);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }

    private async Task<(HttpStatusCode Status, JsonElement Body)> PutAsync(string conversation, string id, JsonNode body)
    {
        using var response = await teams.Client.PutAsJsonAsync($"{LocalTeamsHost.Conversation(conversation)}/activities/{id}", body, Ct);
        return (response.StatusCode, await response.Content.ReadFromJsonAsync<JsonElement>(Ct));
    }
}

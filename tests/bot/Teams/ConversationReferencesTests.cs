using System.Net;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Ledger;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Teams;

public sealed class ConversationBookTests
{
    private const string Channel = "19:chan@thread.tacv2";
    private const string Team = "19:team@thread.tacv2";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_install_told_twice_is_handled_once_in_the_chosen_channel()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        await host.StatusAsync(Install("add", teams.ServiceUrl, "1"));
        await host.StatusAsync(BotAdded(teams.ServiceUrl, "2"));
        await host.StatusAsync(Install("add-upgrade", teams.ServiceUrl, "3"));
        await host.StopAsync();
        var (method, turn) = host.Handler.Turns.ShouldHaveSingleItem();
        method.ShouldBe("installed");
        turn.Conversation.ConversationId.ShouldBe(Conversation(Channel));
    }

    [Theory]
    [InlineData("add", "installed")]
    [InlineData("remove", "removed")]
    public async Task An_install_or_removal_that_fails_is_tried_again_when_it_is_delivered_again(string action, string method)
    {
        await using var host = await TeamsHost.StartAsync();
        var failures = 1;
        host.Handler.OnChange =
            _ => Interlocked.Decrement(ref failures) >= 0 ? throw new LedgerUnavailableException("away") : Task.CompletedTask;
        var change = Install(action, "http://localhost:9/", "1");
        (await host.StatusAsync(change)).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await host.StatusAsync(change)).ShouldBe(HttpStatusCode.Accepted);
        (await host.StatusAsync(change)).ShouldBe(HttpStatusCode.OK);
        await host.StatusAsync(Install(action, "http://localhost:9/", "2"));
        await host.StopAsync();
        host.Handler.Turns.Select(turn => turn.Method).ShouldBe([method, method]);
    }

    [Fact]
    public async Task A_removal_makes_every_channel_of_the_team_unusable_until_the_next_install()
    {
        await using var host = await TeamsHost.StartAsync();
        const string Url = "http://localhost:9/";
        await host.StatusAsync(Install("add", Url, "1"));
        await host.Handler.NextAsync();
        Book(host).IsUsable(Conversation(Channel)).ShouldBeTrue();
        await host.StatusAsync(Install("remove", Url, "2"));
        await host.Handler.NextAsync();
        Book(host).IsUsable(Conversation($"{Channel};messageid=1")).ShouldBeFalse();
        await host.StatusAsync(Install("add", Url, "3"));
        (await host.Handler.NextAsync()).ShouldBe("installed");
        Book(host).IsUsable(Conversation(Channel)).ShouldBeTrue();
    }

    [Fact]
    public async Task An_install_after_a_removal_that_nobody_heard_of_is_news_until_it_was_dealt_with()
    {
        await using var host = await TeamsHost.StartAsync();
        const string Url = "http://localhost:9/";
        await host.StatusAsync(Install("add", Url, "1"));
        await host.Handler.NextAsync();
        Book(host).MarkUnusable(Conversation(Channel), "BotNotInConversationRoster");
        var failures = 1;
        host.Handler.OnChange =
            _ => Interlocked.Decrement(ref failures) >= 0 ? throw new LedgerUnavailableException("away") : Task.CompletedTask;
        (await host.StatusAsync(Install("add", Url, "2"))).ShouldBe(HttpStatusCode.ServiceUnavailable);
        (await host.StatusAsync(Install("add", Url, "2"))).ShouldBe(HttpStatusCode.Accepted);
        await host.StatusAsync(BotAdded(Url, "3"));
        await host.StopAsync();
        host.Handler.Turns.Select(static turn => turn.Method).ShouldBe(["installed", "installed", "installed"]);
    }

    [Fact]
    public async Task A_refused_conversation_is_usable_again_once_someone_speaks()
    {
        await using var host = await TeamsHost.StartAsync();
        await host.StatusAsync(AnActivity.Message("hi"));
        Book(host).MarkUnusable(Conversation("a:1dana"), "BotNotInConversationRoster");
        Book(host).IsUsable(Conversation("a:1dana")).ShouldBeFalse();
        await host.StatusAsync(AnActivity.Message("still there?", "2"));
        Book(host).IsUsable(Conversation("a:1dana")).ShouldBeTrue();
    }

    [Fact]
    public async Task People_and_the_latest_service_url_survive_a_restart()
    {
        var folder = Directory.CreateTempSubdirectory("teams-book-").FullName;
        try
        {
            await using (var host = await TeamsHost.StartAsync(folder: folder))
            {
                await host.StatusAsync(AnActivity.Message("hi", "1", "http://localhost:9/old"));
                await host.StatusAsync(AnActivity.Message("hi", "2", "http://localhost:9/new"));
            }
            await using var again = await TeamsHost.StartAsync(folder: folder);
            var place = Book(again).Find(Conversation("a:1dana")).ShouldNotBeNull();
            place.ServiceUrl.ShouldBe("http://localhost:9/new");
            place.Kind.ShouldBe("personal");
            Book(again).KnownPeople(Conversation("a:1dana")).ShouldBe(
                [new("29:dana", Who("33333333-3333-4333-8333-333333333300"), "Dana")]);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task An_erasure_while_the_bot_stops_fails_rather_than_waits_for_ever()
    {
        await using var host = await TeamsHost.StartAsync();
        await host.StatusAsync(AnActivity.Message("hi"));
        await host.StopAsync();
        await Should.ThrowAsync<LedgerUnavailableException>(
            () =>
                host.Get<ConversationReferences>().ForgetAsync(Who("33333333-3333-4333-8333-333333333300"), Token)
                    .WaitAsync(Hang.Limit, Token));
    }

    [Fact]
    public async Task The_roster_is_asked_for_once_an_hour_and_after_someone_joined()
    {
        var clock = new ManualClock();
        await using var teams = await FakeTeams.StartAsync();
        teams.MemberPages.Add([new JsonObject { ["id"] = "29:erik", ["aadObjectId"] = "e", ["name"] = "Erik" }]);
        await using var host = await TeamsHost.StartAsync(clock: clock);
        await host.StatusAsync(Install("add", teams.ServiceUrl, "1"));
        await host.Handler.NextAsync();
        for (var time = 0; time < 3; time++)
            (await Book(host).PeopleAsync(Conversation($"{Channel};messageid=5"), Token)).ShouldBe([new("29:erik", Who("e"), "Erik")]);
        teams.Calls.Count.ShouldBe(1);
        clock.Advance(TimeSpan.FromHours(1));
        await Book(host).PeopleAsync(Conversation(Channel), Token);
        teams.Calls.Count.ShouldBe(2);
        var joined = BotAdded(teams.ServiceUrl, "2")
            .With("membersAdded", new JsonArray(new JsonObject { ["id"] = "29:new", ["aadObjectId"] = "n" }));
        await host.StatusAsync(joined);
        (await host.Handler.NextAsync()).ShouldBe("members");
        await Book(host).PeopleAsync(Conversation(Channel), Token);
        teams.Calls.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Who_joins_while_the_roster_is_read_stays_and_it_is_read_again()
    {
        await using var teams = await FakeTeams.StartAsync();
        var read = new TaskCompletionSource();
        teams.Next(new FakeResponse(200, """{"members":[{"id":"29:erik","aadObjectId":"e","name":"Erik"}]}""", Release: read.Task));
        await using var host = await TeamsHost.StartAsync();
        await host.StatusAsync(Install("add", teams.ServiceUrl, "1"));
        await host.Handler.NextAsync();
        var people = Book(host).PeopleAsync(Conversation(Team), Token);
        await TurnTests.UntilAsync(() => teams.Calls.Count == 1);
        await host.StatusAsync(BotAdded(teams.ServiceUrl, "2")
            .With("membersAdded", new JsonArray(new JsonObject { ["id"] = "29:new", ["aadObjectId"] = "n" })));
        await host.Handler.NextAsync();
        read.SetResult();
        (await people).Select(person => person.Mri).ShouldContain("29:new");
        await Book(host).PeopleAsync(Conversation(Team), Token);
        teams.Calls.Count.ShouldBe(2);
    }

    [Fact]
    public async Task An_unreachable_roster_leaves_those_who_were_seen()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(new FakeResponse(404));
        await using var host = await TeamsHost.StartAsync();
        await host.StatusAsync(AnActivity.Message("hi", serviceUrl: teams.ServiceUrl));
        (await Book(host).PeopleAsync(Conversation("a:1dana"), Token)).ShouldHaveSingleItem().Name.ShouldBe("Dana");
        (await Book(host).PeopleAsync(Conversation("a:1dana"), Token)).Count.ShouldBe(1);
        teams.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Leaving_a_shared_channel_concerns_that_channel_alone()
    {
        await using var host = await TeamsHost.StartAsync();
        const string Url = "http://localhost:9/";
        const string Shared = "19:shared01@thread.tacv2";
        await host.StatusAsync(Install("add", Url, "1"));
        await host.Handler.NextAsync();
        var left = InTeam(Url, "2")
            .With("type", "conversationUpdate")
            .With("conversation",
                new JsonObject { ["id"] = Shared, ["conversationType"] = "channel", ["isGroup"] = true, ["tenantId"] = TeamsHost.Tenant })
            .With("membersRemoved", new JsonArray(new JsonObject { ["id"] = $"28:{TeamsHost.AppId}" }));
        left["channelData"]!["eventType"] = "channelMemberRemoved";
        left["channelData"]!["channel"] = new JsonObject { ["id"] = Shared, ["type"] = "shared" };
        await host.StatusAsync(left);
        (await host.Handler.NextAsync()).ShouldBe("removed");
        var where = host.Handler.Turns.Last().Turn.Conversation;
        (where.ChannelId, where.TeamId).ShouldBe((Conversation(Shared), null));
        Book(host).IsUsable(Conversation(Channel)).ShouldBeTrue();
        Book(host).IsUsable(Conversation(Shared)).ShouldBeFalse();
    }

    private static IConversationReferences Book(TeamsHost host) => host.Get<IConversationReferences>();

    private static JsonObject Install(string action, string serviceUrl, string id) =>
        InTeam(serviceUrl, id).With("type", "installationUpdate").With("action", action);

    private static JsonObject BotAdded(string serviceUrl, string id) => InTeam(serviceUrl, id)
        .With("type", "conversationUpdate")
        .With("membersAdded", new JsonArray(new JsonObject { ["id"] = $"28:{TeamsHost.AppId}" }));

    private static JsonObject InTeam(string serviceUrl, string id)
    {
        var activity = AnActivity.Message("", id, serviceUrl)
            .With("conversation",
                new JsonObject { ["id"] = Team, ["conversationType"] = "channel", ["isGroup"] = true, ["tenantId"] = TeamsHost.Tenant });
        activity["channelData"]!["team"] = new JsonObject { ["id"] = Team, ["name"] = "MSP Operations" };
        activity["channelData"]!["settings"] = new JsonObject { ["selectedChannel"] = new JsonObject { ["id"] = Channel } };
        return activity;
    }
}

using System.Text.Json;
using DevOpsAI.LocalTeams;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.LocalTeams;

public sealed class DurabilityTests : IDisposable
{
    private static CancellationToken Ct => TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("local-teams-").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>The bot took the last activity of the first day.</summary>
    private static bool IsLastLink(JsonElement change) =>
        change.Text("detail") == "message 200" && change.Text("conversation")!.StartsWith("19:local-fabrikam", StringComparison.Ordinal);

    [Fact]
    public async Task After_a_restart_messages_and_their_ids_are_still_there_and_the_first_day_is_over()
    {
        string id;
        await using (var first = await LocalTeamsHost.StartAsync(folder: folder))
        {
            await first.SettledAsync(Ct);
            await first.ChangedAsync(IsLastLink, Ct);
            id = await first.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("one"), Ct);
        }

        await using var second = await LocalTeamsHost.StartAsync(folder: folder);
        using var updated = await second.UpdateAsync(
            $"{LocalTeamsHost.Contoso};messageid={id}", id, LocalTeamsHost.CardActivity(TestCards.Card("two")), Ct);
        var later = await second.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("three"), Ct);

        updated.EnsureSuccessStatusCode();
        var messages = await second.MessagesAsync(LocalTeamsHost.Contoso, Ct);
        messages.Select(message => message.Text("text") ?? message.Text("card/body/0/text"))
            .ShouldBe(["@DevOps AI Bot link contoso", "two", "three"]);
        long.Parse(later).ShouldBeGreaterThan(long.Parse(id));
        second.Bot.Received.ShouldAllBe(
            activity => activity.Text("type") == "conversationUpdate" && activity.Text("membersAdded/0/id") == null,
            "only the new address");
    }

    [Fact]
    public async Task Started_at_another_address_it_tells_the_bot_so_for_every_place_and_only_once()
    {
        await using (var first = await LocalTeamsHost.StartAsync(folder: folder))
        {
            await first.SettledAsync(Ct);
            await first.ChangedAsync(IsLastLink, Ct);
        }

        int port;
        await using (var second = await LocalTeamsHost.StartAsync(folder: folder))
        {
            port = second.Client.BaseAddress!.Port;
            var last = await second.Bot.GetAsync(activity => activity.Text("conversation/id") == "a:1local-aisha", Ct);
            last.Text("from/aadObjectId").ShouldBe("33333333-3333-4333-8333-333333333304");
            second.Bot.Received.Select(activity => activity.Text("conversation/id")).ShouldBe(
            [
                LocalTeamsHost.General, LocalTeamsHost.Contoso, "19:local-fabrikam@thread.tacv2", "19:local-escalations@thread.tacv2",
                LocalTeamsHost.GroupChat,
                "a:1local-dana", "a:1local-erik", "a:1local-mona", "a:1local-alex", "a:1local-aisha",
            ]);
            second.Bot.Received.ShouldAllBe(activity => activity.Text("serviceUrl") == $"http://127.0.0.1:{port}/localteams/connector");
            await second.ChangedAsync(change => change.Text("kind") == "activity" && change.Text("conversation") == "a:1local-aisha", Ct);
        }

        await using var third = await LocalTeamsHost.StartAsync(folder: folder, port: port);
        await third.SayAsync("dana", "a:1local-dana", "hello", Ct);
        third.Bot.Received.Select(activity => activity.Text("text")).ShouldBe(["hello"]);
    }

    [Theory]
    [InlineData("cut")]
    [InlineData("no database")]
    [InlineData("a message that is none")]
    public async Task A_damaged_file_is_set_aside_and_another_first_day_begins(string damage)
    {
        await using (var first = await LocalTeamsHost.StartAsync(folder: folder))
        {
            await first.SettledAsync(Ct);
            for (var card = 0; card < 3; card++)
                await first.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card(new string('x', 15_000)), Ct);
        }
        var path = Path.Combine(folder, ".data", "local-teams.db");
        switch (damage)
        {
            case "cut":
                await using (var file = File.OpenWrite(path))
                    file.SetLength(file.Length / 8192 * 4096);
                break;
            case "no database":
                await File.WriteAllTextAsync(path, new string('?', 10_000), Ct);
                break;
            default:
                await using (var connection = new SqliteConnection($"Data Source={path};Pooling=False"))
                {
                    connection.Open();
                    await using var command = connection.CreateCommand();
                    command.CommandText = "UPDATE messages SET json = '{\"id\":'";
                    await command.ExecuteNonQueryAsync(Ct);
                }
                break;
        }

        await using var second = await LocalTeamsHost.StartAsync(folder: folder);
        await second.SettledAsync(Ct);
        var id = await second.PostCardAsync(LocalTeamsHost.Contoso, TestCards.Card("new"), Ct);

        Directory.GetFiles(Path.Combine(folder, ".data"), "local-teams.db.damaged-*").ShouldNotBeEmpty();
        (await second.MessagesAsync(LocalTeamsHost.Contoso, Ct)).Select(message => message.Text("id")).ShouldContain(id);
        (await second.MessagesAsync(LocalTeamsHost.Contoso, Ct)).Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_file_that_cannot_be_used_is_one_sentence_that_says_what_to_do()
    {
        var path = Directory.CreateDirectory(Path.Combine(folder, ".data", "local-teams.db")).FullName;

        var said = await Should.ThrowAsync<IOException>(() => LocalTeamsHost.StartAsync(folder: folder));

        said.Message.ShouldStartWith($"{path} cannot be used: ");
        said.Message.ShouldEndWith("or move it away: Local Teams then begins anew, and no evidence is lost.");
    }

    [Fact]
    public async Task A_link_that_the_bot_did_not_take_is_delivered_again_under_the_same_id()
    {
        var busy = new FakeBot { OnActivity = activity => activity.Text("type") == "message" ? 503 : 200 };
        string? id;
        await using (var first = await LocalTeamsHost.StartAsync(folder: folder, bot: busy))
            id = (await busy.GetAsync(activity => activity.Text("type") == "message", Ct)).Text("id");

        await using var second = await LocalTeamsHost.StartAsync(folder: folder);
        await second.SettledAsync(Ct);

        second.Bot.Received.ShouldNotContain(activity => activity.Text("type") == "installationUpdate");
        second.Bot.Received.First(activity => activity.Text("type") == "message").Text("id").ShouldBe(id);
        (await second.MessagesAsync(LocalTeamsHost.Contoso, Ct)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_store_that_is_closed_while_it_is_written_to_ends_every_write_cleanly()
    {
        var environment = new HostingEnvironment { ContentRootPath = folder };
        for (var round = 0; round < 30; round++)
        {
            var store = new MessageStore(
                new ConfigurationBuilder().Build(), environment, TimeProvider.System, NullLogger<MessageStore>.Instance);
            using var writing = new CountdownEvent(4);
            var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() =>
            {
                store.SetFlag($"{writer}", "0");
                writing.Signal();
                Should.Throw<ObjectDisposedException>(() =>
                {
                    for (var number = 1; ; number++)
                        store.SetFlag($"{writer}", $"{number}");
                });
            }, Ct)).ToList();
            writing.Wait(Ct);
            store.Dispose();
            await Task.WhenAll(writers);
        }
    }

    [Fact]
    public async Task The_event_stream_tells_every_change_and_goes_on_where_it_was_left()
    {
        await using var teams = await LocalTeamsHost.StartAsync(folder: folder);
        await teams.SettledAsync(Ct);
        var id = await teams.PostCardAsync("a:1local-mona", TestCards.Card("one"), Ct);

        var first = await teams.ChangedAsync(change => change.Text("message/id") == id, Ct);
        using var updated = await teams.UpdateAsync("a:1local-mona", id, LocalTeamsHost.CardActivity(TestCards.Card("two")), Ct);
        var second =
            await teams.ChangedAsync(change => change.Text("message/version") == "2", Ct, after: first.GetProperty("seq").GetInt64());

        second.Text("message/card/body/0/text").ShouldBe("two");
        second.Text("conversation").ShouldBe("a:1local-mona");
    }
}

using System.Net;
using System.Net.Sockets;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Teams;

/// <summary>Outbound calls over a real connection.</summary>
public sealed class ConnectorTests
{
    private static readonly ConversationId Thread = Conversation("19:chan@thread.tacv2;messageid=1776");
    private static readonly OutgoingMessage Card =
        new() { Card = new OutgoingJson { ["type"] = "AdaptiveCard" }, Summary = "Approval needed" };
    private static readonly SendOptions Once = new(TimeSpan.Zero);
    private static readonly SendOptions Minutes = new(TimeSpan.FromMinutes(5));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_channel_post_becomes_a_new_thread_with_both_ids()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        var outcome = await Client(host).PostAsync(
            new(Conversation("19:chan@thread.tacv2"), "channel", teams.ServiceUrl, new(TeamsHost.Tenant), "19:team", "Ops"), Card, Once,
            Token);
        var sent = outcome.ShouldBeOfType<SendOutcome.Sent>();
        sent.ThreadId.Value.ShouldBe($"19:chan@thread.tacv2;messageid={sent.ActivityId}");
        var body = teams.Calls.ShouldHaveSingleItem().Body!;
        body["isGroup"]!.GetValue<bool>().ShouldBeTrue();
        body["channelData"]!["channel"]!["id"]!.GetValue<string>().ShouldBe("19:chan@thread.tacv2");
        body["tenantId"]!.GetValue<string>().ShouldBe(TeamsHost.Tenant);
        var activity = body["activity"]!;
        activity["summary"]!.GetValue<string>().ShouldBe("Approval needed");
        activity["attachments"]![0]!["content"]!["type"]!.GetValue<string>().ShouldBe("AdaptiveCard");
        activity["text"].ShouldBeNull();
    }

    [Theory]
    [InlineData("19:chan@thread.tacv2;messageid=1776", "/v3/conversations/19%3Achan%40thread.tacv2%3Bmessageid%3D1776/activities")]
    [InlineData("a:1/../../v3/evil?x=1#y", "/v3/conversations/a%3A1%2F..%2F..%2Fv3%2Fevil%3Fx%3D1%23y/activities")]
    [InlineData("ü %2F", "/v3/conversations/%C3%BC%20%252F/activities")]
    public async Task Ids_cannot_climb_out_of_their_place_in_the_path(string conversation, string path)
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).SendAsync(teams.ServiceUrl + "/", Conversation(conversation), Card, Once, Token))
            .ShouldBeOfType<SendOutcome.Sent>();
        teams.Calls.ShouldHaveSingleItem().Path.ShouldBe(path);
    }

    [Theory]
    [InlineData(".")]
    [InlineData("..")]
    public async Task An_id_that_is_a_step_in_a_path_is_not_called(string conversation)
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).SendAsync(teams.ServiceUrl, Conversation(conversation), Card, Once, Token))
            .ShouldBeOfType<SendOutcome.Refused>().Reason
            .ShouldBe(RefusalReason.BadRequest);
        (await Client(host).UpdateAsync(teams.ServiceUrl, Conversation("a:1"), conversation, Card, Once, Token))
            .ShouldBeOfType<SendOutcome.Refused>();
        (await Client(host).GetMemberAsync(teams.ServiceUrl, Conversation("a:1"), conversation, Token)).ShouldBeNull();
        teams.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task An_update_replaces_the_message_by_put()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).UpdateAsync(teams.ServiceUrl, Thread, "1776", Card, Once, Token)).ShouldBe(
            new SendOutcome.Sent("1776", Thread));
        teams.Calls.ShouldHaveSingleItem().Is("PUT", "/activities/1776").ShouldBeTrue();
    }

    [Fact]
    public async Task A_send_accepted_without_an_id_says_so()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(new FakeResponse(202));
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Once, Token))
            .ShouldBe(new SendOutcome.Sent(null, Thread));
    }

    [Fact]
    public async Task A_lost_answer_to_a_send_is_unknown_and_not_repeated()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(FakeResponse.HangUp);
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Minutes, Token)).ShouldBeOfType<SendOutcome.Unknown>();
        teams.Calls.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    [InlineData(408)]
    public async Task A_send_that_fails_somewhere_behind_is_unknown(int status)
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(new FakeResponse(status, "<html>"));
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Minutes, Token)).ShouldBeOfType<SendOutcome.Unknown>();
        teams.Calls.Count.ShouldBe(1);
    }

    [Theory]
    [InlineData(400, RefusalReason.BadRequest)]
    [InlineData(403, RefusalReason.Forbidden)]
    [InlineData(404, RefusalReason.Gone)]
    [InlineData(413, RefusalReason.TooBig)]
    public async Task A_refusal_is_final(int status, RefusalReason reason)
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(new FakeResponse(status, """{"error":{"code":"Why","message":"Because"}}"""));
        await using var host = await TeamsHost.StartAsync();
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Minutes, Token)).ShouldBe(
            new SendOutcome.Refused(reason, "Why", "Because"));
        teams.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_redirect_is_not_followed()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(new FakeResponse(307, Location: teams.ServiceUrl + "/elsewhere"));
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Minutes, Token)).ShouldBeOfType<SendOutcome.Refused>();
        teams.Calls.Count.ShouldBe(1);
    }

    [Fact]
    public async Task Nothing_is_sent_to_an_untrusted_address()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        var outcome = await Client(host).SendAsync($"http://localhost:{teams.Root.Port}/connector", Thread, Card, Minutes, Token);
        outcome.ShouldBeOfType<SendOutcome.Refused>().Code.ShouldBe("UntrustedServiceUrl");
        teams.Calls.ShouldBeEmpty();
        teams.TokensIssued.ShouldBe(0);
    }

    [Fact]
    public async Task The_handler_itself_lets_no_token_out_to_an_untrusted_address()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        using var client = host.Get<IHttpClientFactory>().CreateClient(ConnectorPipe.Client);
        await Should.ThrowAsync<UntrustedServiceUrlException>(
            client.GetAsync(new Uri($"http://localhost:{teams.Root.Port}/connector/v3"), Token));
        teams.Calls.ShouldBeEmpty();
    }

    [Fact]
    public async Task One_token_serves_many_sends()
    {
        await using var teams = await FakeTeams.StartAsync();
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        await Task.WhenAll(Enumerable.Range(0, 5)
            .Select(number => Client(host).SendAsync(teams.ServiceUrl, Conversation($"a:{number}"), Card, Once, Token)));
        teams.Calls.Select(call => call.Authorization).Distinct().ShouldBe(["Bearer token-1"]);
        teams.Calls.ShouldAllBe(call => call.Body!["from"]!["id"]!.GetValue<string>() == $"28:{TeamsHost.AppId}");
    }

    [Fact]
    public async Task A_refused_token_is_replaced_once()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.Next(new FakeResponse(401));
        await using var host = await TeamsHost.StartRegisteredAsync(teams);
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Once, Token)).ShouldBeOfType<SendOutcome.Sent>();
        teams.Calls.Select(call => call.Authorization).ShouldBe(["Bearer token-1", "Bearer token-2"]);
        teams.Next(new FakeResponse(401), new FakeResponse(401));
        (await Client(host).SendAsync(teams.ServiceUrl, Thread, Card, Once, Token)).ShouldBeOfType<SendOutcome.NotSent>();
        teams.Calls.Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_refused_connection_certainly_sent_nothing()
    {
        await using var host = await TeamsHost.StartAsync();
        // Taken, so that nobody else gets it, and not listened on.
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        var port = ((IPEndPoint)closed.LocalEndPoint!).Port;
        (await Client(host).SendAsync($"http://127.0.0.1:{port}/", Thread, Card, Once, Token)).ShouldBeOfType<SendOutcome.NotSent>();
    }

    [Fact]
    public async Task All_pages_of_a_roster_are_read()
    {
        await using var teams = await FakeTeams.StartAsync();
        teams.MemberPages.Add([new JsonObject { ["id"] = "29:dana", ["aadObjectId"] = "d", ["name"] = "Dana" }]);
        teams.MemberPages.Add([new JsonObject { ["id"] = "29:erik", ["objectId"] = "e", ["name"] = "Erik" }, null]);
        await using var host = await TeamsHost.StartAsync();
        var members = await Client(host).GetMembersAsync(teams.ServiceUrl, Conversation("19:chan@thread.tacv2"), Token);
        members.ShouldBe([new("29:dana", Who("d"), "Dana"), new("29:erik", Who("e"), "Erik")]);
        (await Client(host).GetMemberAsync(teams.ServiceUrl, Conversation("a:1"), "29:nobody", Token)).ShouldBeNull();
    }

    private static IConnectorClient Client(TeamsHost host) => host.Get<IConnectorClient>();
}

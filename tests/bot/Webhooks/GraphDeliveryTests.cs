using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Bot.Webhooks;

/// <summary>Change notifications of Microsoft Graph at the door: the question whether anybody is there, and the state that proves them.</summary>
public sealed class GraphDeliveryTests
{
    [Theory]
    [InlineData("contoso-graph")]
    [InlineData("contoso-alertmanager")]
    [InlineData("no-such-connection")]
    public async Task Whether_anybody_is_there_is_answered_with_the_token_as_plain_text_at_any_name(string name)
    {
        var sample = Samples.Json("graph-notification-validation.json");
        await using var host = await WebhookHost.StartAsync();
        using var content = new StringContent("", Encoding.UTF8, "text/plain");
        using var answer = await host.Client.PostAsync(
            $"/api/events/{name}?{sample["request"]!["query"]}", content, TestContext.Current.CancellationToken);
        answer.StatusCode.ShouldBe(HttpStatusCode.OK);
        answer.Content.Headers.ContentType!.ToString().ShouldBe("text/plain; charset=utf-8");
        answer.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);
        (await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldBe(
            sample["expectResponse"]!["body"]!.ToString());
        host.Ledger.Entries(WebhookHost.Contoso).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_delivery_with_something_in_it_is_one_whatever_its_address()
    {
        await using var host = await WebhookHost.StartAsync();
        (await host.PostAsync("contoso-graph?validationToken=x", Body("another"), authorization: null)).Status.ShouldBe(401);
        using var content = new StringContent("", Encoding.UTF8, "text/plain");
        using var empty = await host.Client.PostAsync(
            $"/api/events/contoso-graph?validationToken={new string('x', 5000)}", content, TestContext.Current.CancellationToken);
        empty.StatusCode.ShouldBe(HttpStatusCode.Unauthorized);
    }

    [Theory]
    [InlineData("7c1f2b9e-secret-client-state", 202, 1)]
    [InlineData("another", 401, 0)]
    public async Task A_delivery_proves_itself_by_the_state_in_it(string state, int status, int recorded)
    {
        await using var host = await WebhookHost.StartAsync();
        (await host.PostAsync("contoso-graph", Body(state), authorization: null)).Status.ShouldBe(status);
        host.Ledger.Entries(WebhookHost.Contoso).Select(static one => one.Fact).OfType<EventReceived>().Count().ShouldBe(recorded);
        (await host.PostAsync("contoso-graph", Body(state), authorization: "Bearer s3cret-token")).Status.ShouldBe(status);
    }

    /// <summary>The sample with another state. Graph cannot be asked here, so the user is told of as the notification has it.</summary>
    private static byte[] Body(string state)
    {
        var delivery = JsonNode.Parse(Samples.Json("graph-notification-basic.json")["request"]!["rawBody"]!.ToString())!;
        delivery["value"]![0]!["clientState"] = state;
        return Encoding.UTF8.GetBytes(delivery.ToJsonString());
    }
}

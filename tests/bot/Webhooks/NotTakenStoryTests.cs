using System.Net;
using System.Net.Http.Headers;
using System.Text;
using DevOpsAI.Bot.Webhooks;
using DevOpsAI.Tests.Isolation;

namespace DevOpsAI.Tests.Bot.Webhooks;

/// <summary>What a known sender says in vain is told where its client's people look.</summary>
public sealed class NotTakenStoryTests
{
    private const string Channel = "19:contoso@thread.tacv2";
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");

    [Fact]
    public async Task A_group_that_is_too_large_is_told_on_a_card_and_is_one_incident_however_often_it_comes()
    {
        await using var bot = await RunningBot.StartAsync(
        [
            ("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
            ("Connections:contoso-am:Tenant", "contoso"), ("Connections:contoso-am:Connector", "alertmanager"),
            ("Connections:contoso-am:Settings:Bearer", "token"),
        ]);
        await bot.SayAsync(Ana, Channel, "link contoso");
        for (var time = 0; time < 3; time++)
            (await DeliverAsync(bot, "token")).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        await RunningBot.UntilAsync(() => Cards(bot).Any(), "the refusal is shown");
        var card = Cards(bot).First();
        card.ShouldContain("larger than 1 MiB");
        card.ShouldContain("max_alerts");
        card.ShouldContain("contoso-am");
        await bot.SettleAsync();
        await bot.SayAsync(Ana, Channel, "pending");
        bot.Teams.Calls.Last(static call => RunningBot.GetPlace(call) == Channel).Body!.ToJsonString().ShouldNotContain("CON-1002");
    }

    [Fact]
    public async Task Two_connections_of_one_client_have_an_incident_each()
    {
        await using var bot = await RunningBot.StartAsync(
        [
            ("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
            ("Connections:contoso-am:Tenant", "contoso"), ("Connections:contoso-am:Connector", "alertmanager"),
            ("Connections:contoso-am:Settings:Bearer", "token"),
            ("Connections:contoso-k8s:Tenant", "contoso"), ("Connections:contoso-k8s:Connector", "alertmanager"),
            ("Connections:contoso-k8s:Settings:Bearer", "token"),
        ]);
        await bot.SayAsync(Ana, Channel, "link contoso");
        foreach (var connection in new[] { "contoso-am", "contoso-k8s" })
            (await DeliverAsync(bot, "token", connection)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        foreach (var (connection, other) in new[] { ("contoso-am", "contoso-k8s"), ("contoso-k8s", "contoso-am") })
        {
            await RunningBot.UntilAsync(
                () => Cards(bot)
                    .Any(card => card.Contains($"over {connection}", StringComparison.Ordinal)
                        && !card.Contains(other, StringComparison.Ordinal)), $"a card for {connection} alone");
        }
    }

    private static IEnumerable<string> Cards(RunningBot bot) => bot.Teams.Calls
        .Where(static call => RunningBot.GetPlace(call) == Channel).Select(static call => call.Body?.ToJsonString() ?? "")
        .Where(static body => body.Contains("were refused", StringComparison.Ordinal));

    private static async Task<HttpStatusCode> DeliverAsync(RunningBot bot, string token, string connection = "contoso-am")
    {
        const string Alert =
            """{"status":"firing","labels":{"alertname":"KubePodCrashLooping","pod":"web-0"},"annotations":{"summary":"Pod """
            + """restarts"},"startsAt":"2026-11-21T01:54:22Z"},""";
        var group = $$"""{"version":"4","alerts":[{{string.Concat(Enumerable.Repeat(Alert, (RequestBody.Limit / Alert.Length) + 1)).TrimEnd(',')}}]}""";
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/events/{connection}")
            { Content = new StringContent(group, Encoding.UTF8, "application/json") };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var result = await bot.Http.SendAsync(request, TestContext.Current.CancellationToken);
        return result.StatusCode;
    }
}

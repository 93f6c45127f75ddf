using System.Net;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Isolation;

/// <summary>
/// A customer takes the key away that its data is encrypted under, and the bot is started again: that client waits, the others do not
/// notice.
/// </summary>
public sealed class UnavailableKeyTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private static readonly Someone Finn = new("11111111-0000-4000-8000-000000000002", "Finn");
    private readonly string folder = Directory.CreateTempSubdirectory("unavailable-").FullName;
    private readonly CustomerKeyVault keyVault;

    public UnavailableKeyTests() => keyVault = new(new FileKeyWrapper(Path.Combine(folder, "vault")));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_client_whose_key_is_unavailable_waits_and_the_others_are_served()
    {
        await using (var before = await StartAsync())
        {
            await before.SayAsync(Ana, Channel("contoso"), "link contoso");
            await before.SayAsync(Ana, Channel("fabrikam"), "link fabrikam");
            (await RaiseAsync(before, "contoso", "CanaryOne")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
            await RunningBot.UntilAsync(() => Shown(before, "contoso", "CanaryOne"), "the card of the first alert");
            await before.SettleAsync();
        }

        keyVault.Unavailable = [Contoso];
        await using var bot = await StartAsync();
        bot.Services.GetRequiredService<IKeyRing>().Unavailable.ShouldHaveSingleItem().ShouldBe((Contoso, CustomerKeyVault.Revoked));
        var ready = await bot.Http.GetAsync("readyz", Stop);
        ready.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await ready.Content.ReadFromJsonAsync<JsonObject>(Stop))!["keyUnavailable"]!["contoso"]!.GetValue<string>()
            .ShouldBe(CustomerKeyVault.Revoked);

        using (var refused = await RaiseAsync(bot, "contoso", "CanaryTwo"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
        }
        // Teams is at another address after the restart; the bot learns it from whatever is said.
        await bot.SayAsync(Ana, Channel("fabrikam"), "whoami");
        (await RaiseAsync(bot, "fabrikam", "CanaryThree")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await RunningBot.UntilAsync(() => Shown(bot, "fabrikam", "CanaryThree"), "the other client's card");

        (await AnswerAsync(bot, Ana, null, "pending")).ShouldSatisfyAllConditions(
            result => result.ShouldContain("Contoso Ltd is left out"),
            result => result.ShouldContain("CanaryThree"));
        (await AnswerAsync(bot, Ana, null, "pending contoso")).ShouldContain("record is locked");
        (await AnswerAsync(bot, Ana, null, "show CON-1001")).ShouldContain("record is locked");
        (await AnswerAsync(bot, Ana, null, "freeze contoso because of the audit")).ShouldContain("nothing was recorded");
        // Whoever has no role at the client is not told that there is one.
        (await AnswerAsync(bot, Finn, null, "pending contoso")).ShouldContain("I know no client");
        (await AnswerAsync(bot, Finn, null, "pending")).ShouldNotContain("Contoso");
        // In its channel nothing of anybody else is shown, although whose channel it is cannot be read.
        (await AnswerAsync(bot, Ana, Channel("contoso"), "pending")).ShouldNotContain("CanaryThree");
        (await AnswerAsync(bot, Ana, Channel("contoso"), "link fabrikam")).ShouldContain("nothing was recorded");
        (await bot.PressAsync(Ana, Channel("contoso"), Verb.Approve,
            new() { ["tenant"] = "contoso", ["incident"] = "CON-1001", ["seal"] = "x" })).ShouldContain("record is locked");

        keyVault.Unavailable = [];
        await bot.Services.GetRequiredService<KeyRing>().OpenAsync(Contoso, Stop);
        (await AnswerAsync(bot, Ana, null, "pending")).ShouldSatisfyAllConditions(
            result => result.ShouldNotContain("left out"),
            result => result.ShouldContain("CanaryOne"),
            result => result.ShouldNotContain("CanaryTwo"));
        (await RaiseAsync(bot, "contoso", "CanaryFour", "SRV-SQL01")).StatusCode.ShouldBe(HttpStatusCode.Accepted);
        await RunningBot.UntilAsync(() => Shown(bot, "contoso", "CanaryFour"), "work goes on for the client");
        (await bot.Http.GetFromJsonAsync<JsonObject>("readyz", Stop))!["keyUnavailable"].ShouldBeNull();
    }

    [Fact]
    public async Task Where_every_key_is_unavailable_the_bot_does_not_start()
    {
        keyVault.Unavailable = [Contoso, TenantId.Parse("fabrikam")];
        (await Should.ThrowAsync<KeyUnavailableException>(StartAsync)).Message.ShouldBe(CustomerKeyVault.Revoked);
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private static string Channel(string client) => $"19:{client}@thread.tacv2";

    private static bool Shown(RunningBot bot, string client, string text) =>
        bot.Teams.Calls.Any(call => RunningBot.GetPlace(call) == Channel(client) && call.Body?.ToJsonString().Contains(text) == true);

    /// <summary>What the bot said to this, as JSON.</summary>
    private static async Task<string> AnswerAsync(RunningBot bot, Someone who, string? channel, string text)
    {
        var place = channel ?? RunningBot.PersonalChat(who);
        var before = bot.Teams.Calls.Count;
        await bot.SayAsync(who, channel, text);
        return string.Join(
            '\n', bot.Teams.Calls.Skip(before).Where(call => RunningBot.GetPlace(call) == place).Select(call => call.Body?.ToJsonString()));
    }

    private static Task<HttpResponseMessage> RaiseAsync(RunningBot bot, string client, string title, string device = "SRV-FILE01")
    {
        var request = new HttpRequestMessage(HttpMethod.Post, $"api/events/{client}-alerts");
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token");
        request.Content = JsonContent.Create(new { kind = "DiskSpaceLow", device, severity = "critical", volume = "C:", title });
        return bot.Http.SendAsync(request, Stop);
    }

    private Task<RunningBot> StartAsync() => RunningBot.StartAsync(
        [.. new[] { ("contoso", "Contoso Ltd"), ("fabrikam", "Fabrikam Ltd") }.SelectMany(client => new (string, string)[]
        {
            ($"Tenants:{client.Item1}:Name", client.Item2), ($"Access:Roles:{client.Item1}:administrator:0", Ana.ObjectId),
            ($"Connections:{client.Item1}-alerts:Tenant", client.Item1), ($"Connections:{client.Item1}-alerts:Connector", "sandbox"),
            ($"Connections:{client.Item1}-alerts:Settings:Token", "token"),
        }), ("Access:Roles:fabrikam:technician:0", Finn.ObjectId)],
        Path.Combine(folder, "data"),
        services => services.AddSingleton<IKeyWrapper>(keyVault));
}

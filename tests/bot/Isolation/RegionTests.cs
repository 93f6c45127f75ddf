using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Isolation;

/// <summary>A tenant pinned to a region is refused by an instance of another one, in words and without a trace; the others go on.</summary>
public sealed class RegionTests
{
    private const string Reason = "Fabrikam Inc is kept in region eu-west; this instance is in us-east and does not serve it.";
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private static readonly Someone Ben = new("11111111-0000-4000-8000-000000000002", "Ben");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Deliveries_are_answered_421_once_the_sender_has_proved_itself()
    {
        await using var bot = await RunningBot.StartAsync(Settings("us-east"));
        var (status, problem) = await RaiseAsync(bot, "fabrikam", "token-fabrikam");
        status.ShouldBe(421);
        ((string?)problem!["detail"]).ShouldBe($"{Reason} Nothing was recorded.");
        (status, problem) = await RaiseAsync(bot, "fabrikam", "wrong");
        status.ShouldBe(401);
        problem!.ToJsonString().ShouldNotContain("eu-west");
        (await RaiseAsync(bot, "contoso", "token-contoso")).Status.ShouldBe(202);
    }

    [Fact]
    public async Task People_who_may_know_are_told_and_others_learn_nothing()
    {
        await using var bot = await RunningBot.StartAsync(Settings("us-east"));
        foreach (var words in new[] { "pending fabrikam", "link fabrikam", "freeze FAB because", "show FAB-1001", "why FAB-1001",
            "undo FAB-1001" })
        {
            (await AnswerAsync(bot, Ana, words)).ShouldContain("eu-west", customMessage: words);
            (await AnswerAsync(bot, Ben, words)).ShouldNotContain("eu-west", customMessage: words);
        }
        var data = new JsonObject { ["tenant"] = "fabrikam", ["incident"] = "FAB-1001", ["seal"] = "x" };
        (await bot.PressAsync(Ana, null, Verb.Approve, (JsonObject)data.DeepClone())).ShouldContain("eu-west");
        (await bot.PressAsync(Ben, null, Verb.Approve, data)).ShouldNotContain("eu-west");
    }

    [Fact]
    public async Task The_ledger_refuses_it_whatever_way_somebody_comes()
    {
        await using var bot = await RunningBot.StartAsync(Settings("us-east"));
        var ledger = bot.Services.GetRequiredService<ILedger>();
        var fabrikam = TenantId.Parse("fabrikam");
        await Should.ThrowAsync<OtherRegionException>(async () => await ledger.HeadAsync(fabrikam, Token));
        await Should.ThrowAsync<OtherRegionException>(async () => await ledger.ReadAsync(fabrikam, 0, 1, Token));
        await Should.ThrowAsync<OtherRegionException>(async () => await ledger.ReadStreamAsync(fabrikam, StreamId.Access, Token));
        await Should.ThrowAsync<OtherRegionException>(async () => await ledger.WaitPastAsync(fabrikam, 0, Token));
        var problem = await Should.ThrowAsync<OtherRegionException>(async () => await ledger.AppendAsync(fabrikam, [], [], Token));
        problem.Message.ShouldBe(Reason);
        (await ledger.HeadAsync(TenantId.Parse("contoso"), Token)).ShouldBe(0);
        bot.Services.GetRequiredService<ITenantDirectory>().All.Select(tenant => tenant.Id.Value).ShouldBe(["contoso"]);
        ((int?)(await bot.Http.GetFromJsonAsync<JsonObject>("readyz", Token))!["elsewhere"]).ShouldBe(1);
    }

    [Fact]
    public async Task In_its_own_region_it_is_served_and_an_instance_that_names_none_serves_no_pinned_tenant()
    {
        await using (var bot = await RunningBot.StartAsync(Settings("eu-west")))
            (await RaiseAsync(bot, "fabrikam", "token-fabrikam")).Status.ShouldBe(202);
        await using var nowhere = await RunningBot.StartAsync(Settings(null));
        var (status, problem) = await RaiseAsync(nowhere, "fabrikam", "token-fabrikam");
        status.ShouldBe(421);
        ((string?)problem!["detail"]).ShouldNotBeNull().ShouldContain("names no region");
    }

    [Theory]
    [InlineData("Tenants:fabrikam:Region", "EU West!", "is not a region")]
    [InlineData("Storage:Region", "EU West!", "Storage:Region")]
    public async Task A_region_that_is_none_is_a_mistake_at_start(string setting, string value, string said)
    {
        var problem =
            await Should.ThrowAsync<OptionsValidationException>(() => RunningBot.StartAsync([.. Settings("us-east"), (setting, value)]));
        problem.Message.ShouldContain(said);
    }

    private static async Task<string> AnswerAsync(RunningBot bot, Someone who, string words)
    {
        await bot.SayAsync(who, null, words);
        return bot.Teams.Calls.Last(call => RunningBot.GetPlace(call) == RunningBot.PersonalChat(who)).Body!.ToJsonString();
    }

    private static async Task<(int Status, JsonNode? Body)> RaiseAsync(RunningBot bot, string tenant, string token)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"api/events/{tenant}-alerts")
            { Content = JsonContent.Create(new { kind = "DiskSpaceLow", device = "SRV-1" }) };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var result = await bot.Http.SendAsync(request, Token);
        return ((int)result.StatusCode, JsonNode.Parse(await result.Content.ReadAsStringAsync(Token)));
    }

    private static IEnumerable<(string, string)> Settings(string? here) =>
    [
        ("Tenants:contoso:Name", "Contoso Ltd"), ("Tenants:fabrikam:Name", "Fabrikam Inc"), ("Tenants:fabrikam:Region", "eu-west"),
        .. new[] { "contoso", "fabrikam" }.SelectMany(tenant => new[]
        {
            ($"Connections:{tenant}-alerts:Tenant", tenant), ($"Connections:{tenant}-alerts:Connector", "sandbox"),
            ($"Connections:{tenant}-alerts:Settings:Token", $"token-{tenant}"),
            ($"Access:Roles:{tenant}:administrator:0", Ana.ObjectId),
        }),
        .. here is null ? [] : new[] { ("Storage:Region", here) },
    ];
}

using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Isolation;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>A client whose administrator, Ana, asks for connections, and whose approver, Jo, decides about them.</summary>
internal static class ConnectScene
{
    public const string Channel = "19:contoso@thread.tacv2";
    public const string Secret = PlayedNinjaOne.FirstSecret;
    public const string HookSecret = "the-hook-secret-of-contoso";
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    public static readonly Someone Jo = new("11111111-0000-4000-8000-000000000002", "Jo");

    private static readonly (string, string)[] Settings =
    [
        ("Tenants:contoso:Name", "Contoso Ltd"),
        ("Tenants:fabrikam:Name", "Fabrikam"),
        ("Tenants:contoso-uk:Name", "Contoso UK"), ("Tenants:contoso-uk:Prefix", "CUK"),
        ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
        ("Access:Roles:contoso:approver:0", Jo.ObjectId),
        ("Connections:contoso-wazuh:Tenant", "contoso"),
        ("Connections:contoso-wazuh:Connector", "alertmanager"),
        ("Connections:contoso-wazuh:Settings:Bearer", "a-token-of-the-settings"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <param name="vault">Where typed secrets are kept; null for the client's documents.</param>
    public static async Task<RunningBot> StartAsync(
        string? storage = null, SecretVaultServer? vault = null, params (string, string)[] more)
    {
        (string, string)[] settings =
            [.. Settings, .. more, .. vault is null ? [] : new[] { ("Secrets:KeyVault", vault.Address.AbsoluteUri) }];
        var bot = await RunningBot.StartAsync(settings, storage, replace: vault is null ? null : vault.Put);
        if (storage is null)
            await bot.SayAsync(Ana, Channel, "link contoso");
        return bot;
    }

    public static async Task ConnectAsync(RunningBot bot, JsonObject filled)
    {
        var before = Facts<ConnectionMade>(bot).Count;
        var cards = Facts<CardPosted>(bot).Count;
        (await SubmitAsync(bot, Ana, filled)).ShouldContain("1 approval by");
        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count > cards, "no card was posted");
        (await bot.PressAsync(Jo, Channel, "approve", Data(bot))).ShouldContain("You approved");
        await RunningBot.UntilAsync(() => Facts<ConnectionMade>(bot).Count > before, "the connection is not in use");
        await bot.SettleAsync();
    }

    /// <summary>Opens the dialog and returns what it shows.</summary>
    public static async Task<string> OpenAsync(RunningBot bot, Someone who, JsonObject data) =>
        (await bot.DialogAsync(who, null, isFilledIn: false, data)).ShouldNotBeNull().ToJsonString();

    /// <summary>Submits the dialog and returns what it shows; where it closes, what is told in the chat of whoever did.</summary>
    public static async Task<string> SubmitAsync(RunningBot bot, Someone who, JsonObject data)
    {
        var before = bot.AnswersIn(RunningBot.PersonalChat(who));
        if (await bot.DialogAsync(who, null, isFilledIn: true, data) is { } shown)
            return shown.ToJsonString();
        await RunningBot.UntilAsync(() => bot.AnswersIn(RunningBot.PersonalChat(who)) > before, "nothing was told");
        return Told(bot);
    }

    /// <summary>What the button of the card that connect is answered with sends.</summary>
    public static JsonObject Button(RunningBot bot) =>
        JsonNode.Parse(Told(bot))!["attachments"]![0]!["content"]!["actions"]![0]!["data"]!.AsObject();

    /// <summary>What is filled into the form.</summary>
    public static JsonObject Filled(PlayedNinjaOne ninja) => new()
    {
        ["verb"] = "connect",
        ["tenant"] = "contoso",
        ["connector"] = "ninjaone",
        ["setting:Instance"] = "eu",
        ["setting:ClientId"] = "client",
        ["setting:ClientSecret"] = Secret,
        ["setting:Organization"] = "2",
        ["setting:WebhookSecret"] = HookSecret,
        ["setting:Address"] = ninja.Address,
    };

    public static async Task<HttpStatusCode> DeliverAsync(RunningBot bot, string secret)
    {
        const string body = """
            {"id":1,"activityTime":1796083200.5,"seriesUid":"s","activityType":"CONDITION","statusCode":"TRIGGERED","message":"Down",
             "severity":"MAJOR","sourceName":"W3SVC","device":{"id":7,"organizationId":2,"systemName":"SRV-1"}}
            """;
        using var request = new HttpRequestMessage(HttpMethod.Post, "/api/events/contoso-ninjaone")
        {
            Content = new StringContent(body, Encoding.UTF8, "application/json"),
            Headers = { { "X-Hook-Secret", secret } },
        };
        using var result = await bot.Http.SendAsync(request, Token);
        return result.StatusCode;
    }

    /// <summary>How many secrets are kept for the client.</summary>
    public static async Task<int> SecretsAsync(RunningBot bot)
    {
        var count = 0;
        await foreach (var _ in bot.Services.GetRequiredService<IDocuments>()
            .ListAsync(DocumentScope.From(Contoso), "connection-secret", "", Token))
            count++;
        return count;
    }

    public static void AssertNowhere(RunningBot bot)
    {
        foreach (var text in bot.Log.Concat(bot.Measured).Concat(Sent(bot)))
        {
            text.ShouldNotContain(Secret);
            text.ShouldNotContain(HookSecret);
        }
    }

    /// <summary>What a button of the newest card sends.</summary>
    public static JsonObject Data(RunningBot bot) => Posted(bot)[^1]["refresh"]!["action"]!["data"]!.DeepClone().AsObject();

    public static List<TFact> Facts<TFact>(RunningBot bot) where TFact : Fact =>
        [.. bot.Services.GetRequiredService<ILedger>().ReadAsync(Contoso, 0, 1_000, Token).AsTask().GetAwaiter().GetResult()
            .Select(static entry => entry.Fact).OfType<TFact>()];

    /// <summary>What Ana or Jo was told last in their own chat.</summary>
    public static string Told(RunningBot bot) => bot.Teams.Calls.Where(static call => call.Method == "POST"
            && (RunningBot.GetPlace(call) == RunningBot.PersonalChat(Ana) || RunningBot.GetPlace(call) == RunningBot.PersonalChat(Jo)))
        .Select(static call => call.Body?.ToJsonString()).OfType<string>().Last();

    public static IReadOnlyList<string> Sent(RunningBot bot) =>
        [.. bot.Teams.Calls.Where(static call => call.Method == "POST").Select(static call => call.Body?.ToJsonString()).OfType<string>()];

    /// <summary>Cards with buttons that stand in the channel, the newest last.</summary>
    public static IReadOnlyList<JsonNode> Posted(RunningBot bot) =>
        [.. bot.Teams.Calls.Select(static call =>
            call.Body?["attachments"]?[0]?["content"] ?? call.Body?["activity"]?["attachments"]?[0]?["content"]).OfType<JsonNode>()
            .Where(static card => card["refresh"]?["action"]?["data"]?["subject"] is not null)];
}

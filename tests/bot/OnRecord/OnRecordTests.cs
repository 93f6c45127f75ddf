using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Completeness;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Isolation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.OnRecord;

/// <summary>The whole bot: what it says in Teams and what others do at the vendor is on record.</summary>
public sealed class OnRecordTests
{
    private const string Channel = "19:contoso@thread.tacv2";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");

    private static readonly (string, string)[] Settings =
    [
        ("Tenants:contoso:Name", "Contoso Ltd"), ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
        ("Completeness:PollEvery", "00:00:01"),
        ("Connections:contoso-sandbox:Tenant", "contoso"), ("Connections:contoso-sandbox:Connector", "sandbox"),
        ("Connections:contoso-sandbox:Settings:Token", "token-c"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Answers_copies_and_cards_are_on_record_with_a_digest_and_help_is_not()
    {
        await using var bot = await RunningBot.StartAsync(Settings);
        await bot.SayAsync(Ana, Channel, "help");
        await bot.SayAsync(Ana, Channel, "link contoso");
        await RaiseAsync(bot);
        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1);
        await RecordedAsync(1);
        await bot.SayAsync(Ana, null, "show CON-1001");
        await RecordedAsync(2);
        await bot.SayAsync(Ana, null, "why CON-1001");
        await RecordedAsync(3);
        await bot.SayAsync(Ana, null, "pending contoso");
        await bot.SayAsync(Ana, Channel, "freeze contoso because of the audit");
        await RecordedAsync(5);
        var sent = Facts<MessageSent>(bot);
        sent.Select(message => (message.Purpose, message.About, message.Outcome)).ShouldBe(
        [
            ("answer", null, MessageOutcome.Sent), ("copy", Con(1001), MessageOutcome.Sent), ("trail", Con(1001), MessageOutcome.Sent),
            ("answer", null, MessageOutcome.Sent),
            ("freeze", null, MessageOutcome.Sent),
        ], ignoreOrder: true);
        sent.Select(message => message.ActivityId).ShouldBeUnique();
        var shown = bot.Teams.Calls
            .Select(call => call.Body?["attachments"]?[0]?["content"] ?? call.Body?["activity"]?["attachments"]?[0]?["content"])
            .OfType<JsonNode>().Select(card => Jcs.Digest(Encoding.UTF8.GetBytes(card.ToJsonString()))).ToList();
        shown.ShouldContain(Facts<CardPosted>(bot).Single().Content!, "what is on record is what Teams was sent");
        sent.ShouldAllBe(message => shown.Contains(message.Content));

        // What was sent in one conversation is recorded beside what was sent in another, in any order.
        Task RecordedAsync(int count) => RunningBot.UntilAsync(() => Facts<MessageSent>(bot).Count == count);
    }

    [Fact]
    public async Task Somebody_at_the_vendors_console_ends_up_on_a_card_and_among_the_gaps()
    {
        await using var bot = await RunningBot.StartAsync(Settings);
        await bot.SayAsync(Ana, Channel, "link contoso");
        await RunningBot.UntilAsync(() => Facts<PollAdvanced>(bot).Count > 0);
        (await HolesAsync(bot)).ExitCode.ShouldBe(0);
        using var request = new HttpRequestMessage(HttpMethod.Post, "sandbox/console/actions")
        {
            Content = JsonContent.Create(
                new { by = "Sam Shift", action = "service.restart", target = "WS-RECEPTION", arguments = new { service = "Spooler" } }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token-c");
        using var result = await bot.Http.SendAsync(request, Token);
        result.IsSuccessStatusCode.ShouldBeTrue(await result.Content.ReadAsStringAsync(Token));
        await RunningBot.UntilAsync(
            () => bot.Teams.Calls.Any(call => call.Body?.ToJsonString().Contains("Out-of-band change", StringComparison.Ordinal) is true
            && call.Body.ToJsonString().Contains("Sam Shift", StringComparison.Ordinal)));
        Facts<OutOfBandChange>(bot).ShouldHaveSingleItem().Target.Name.ShouldBe("WS-RECEPTION");
        var (exitCode, output) = await HolesAsync(bot);
        exitCode.ShouldBe(1);
        output.ShouldContain("\"kind\":\"outOfBand\"");
        output.ShouldContain("Somebody did service.restart on WS-RECEPTION",
            customMessage: "who it was is encrypted, and the verb reads without keys");
        await RunningBot.UntilAsync(
            () => Facts<RecommendationDrafted>(bot).Any(static draft => draft.Drafter == "runbook out-of-band-change v1"));
        var step = Facts<RecommendationDrafted>(bot).ShouldHaveSingleItem().Plan.Steps.ShouldHaveSingleItem();
        step.Action.ShouldBe("ticket.create");
        step.Arguments["title"].ShouldStartWith("Explain service.restart on WS-RECEPTION, log line ");
    }

    [Theory]
    [InlineData(2, "--tenant", "fabrikam")]
    [InlineData(2, "--tenant", "Not a tenant")]
    [InlineData(2, "--tenant")]
    [InlineData(2, "--tenant", "contoso", "--at", "yesterday")]
    [InlineData(0, "--tenant", "contoso")]
    public async Task Holes_are_looked_for_only_where_there_is_something_to_look_at(int exitCode, params string[] arguments)
    {
        await using var bot = await RunningBot.StartAsync(Settings);
        (await HolesAsync(bot, arguments)).ExitCode.ShouldBe(exitCode);
    }

    private static IReadOnlyList<TFact> Facts<TFact>(RunningBot bot) where TFact : Fact
    {
        var read = bot.Services.GetRequiredService<ILedger>().ReadAsync(Contoso, 0, 10_000, CancellationToken.None).AsTask();
        return [.. read.GetAwaiter().GetResult().Select(entry => entry.Fact).OfType<TFact>()];
    }

    private static async Task<(int ExitCode, string Output)> HolesAsync(RunningBot bot, params string[] arguments)
    {
        var configuration =
            new ConfigurationBuilder().AddInMemoryCollection(
                Settings.Append(("Storage:Path", bot.Storage)).ToDictionary(pair => pair.Item1, pair => (string?)pair.Item2)).Build();
        using var output = new StringWriter();
        string[] all = ["ledger", "gaps", "--json", .. arguments.Length > 0 ? arguments : ["--tenant", "contoso"]];
        return (await LedgerCommands.RunAsync(all, configuration, bot.Storage, output, output, Token), output.ToString());
    }

    private static async Task RaiseAsync(RunningBot bot)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, "api/events/contoso-sandbox")
        {
            Content = JsonContent.Create(new { kind = "DiskSpaceLow", device = "SRV-FILE01", severity = "critical", volume = "C:" }),
        };
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", "token-c");
        using var result = await bot.Http.SendAsync(request, Token);
        result.IsSuccessStatusCode.ShouldBeTrue();
    }
}

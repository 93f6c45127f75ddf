using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Oscal;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Isolation;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Loaner;

/// <summary>The small area of docs/extending.md: a folder and one registration, and the whole bot takes it.</summary>
public sealed class LoanerTests
{
    private const string Channel = "19:contoso@thread.tacv2";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Someone Ana = new("11111111-0000-4000-8000-000000000001", "Ana");
    private static readonly Someone Jo = new("11111111-0000-4000-8000-000000000002", "Jo");

    private static readonly (string, string)[] Settings =
    [
        ("Tenants:contoso:Name", "Contoso Ltd"),
        ("Access:Roles:contoso:administrator:0", Ana.ObjectId),
        ("Access:Roles:contoso:approver:0", Jo.ObjectId),
        ("Connections:contoso-sandbox:Tenant", "contoso"),
        ("Connections:contoso-sandbox:Connector", "sandbox"),
        ("Connections:contoso-sandbox:Settings:Token", "token-c"),
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Somebody_asks_another_approves_on_the_card_and_the_loan_is_on_record_and_in_the_export()
    {
        await using var bot = await RunningBot.StartAsync(Settings, replace: static services => services.AddLoans());
        await bot.SayAsync(Ana, Channel, "link contoso");
        await bot.SayAsync(Jo, Channel, "loan contoso notebook a trip to Graz");

        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1, "no card was posted");
        Facts<CardPosted>(bot)[0].About.ShouldBe(LoanStates.Id);
        var card = Cards(bot)[^1];
        card.ToJsonString().ShouldContain("Loan of a notebook");
        card.ToJsonString().ShouldContain("a trip to Graz");
        var data = Data(bot);

        (await bot.PressAsync(Jo, Channel, "approve", data.DeepClone().AsObject())).ShouldContain("somebody else must approve it");
        Facts<LoanGranted>(bot).ShouldBeEmpty();
        (await bot.PressAsync(Ana, Channel, "approve", data.DeepClone().AsObject())).ShouldContain("You approved loan L-1");

        await RunningBot.UntilAsync(() => Facts<LoanGranted>(bot).Count == 1, "the loan has no effect");
        Facts<LoanGranted>(bot)[0].ShouldBe(new("L-1", "notebook", "a trip to Graz"));
        var state = await bot.Services.GetRequiredService<TenantStates>().GetAsync(Contoso, Token);
        state.Get<LoansState>().Devices["L-1"].ShouldBe("notebook");
        await RunningBot.UntilAsync(
            () => Cards(bot)[^1].ToJsonString().Contains("Done", StringComparison.Ordinal), "the card does not say that it is done");

        var results = await ExportAsync(bot);
        var log = results["assessment-results"]!["results"]![0]!["assessment-log"]!["entries"]!.AsArray();
        log.Select(static entry => (string)entry!["title"]!).Where(static title => !title.Contains('.', StringComparison.Ordinal)).ShouldBe(
            ["Channel linked", "Proposal put at its gate", "Gate decided", "Approved plan claimed for execution", "Execution ended",
                "Device lent"]);
    }

    [Fact]
    public async Task A_button_of_it_does_nothing_for_strangers_and_with_data_that_names_nothing()
    {
        await using var bot = await RunningBot.StartAsync(Settings, replace: static services => services.AddLoans());
        await bot.SayAsync(Ana, Channel, "link contoso");
        await bot.SayAsync(Jo, Channel, "loan contoso notebook a trip to Graz");
        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1, "no card was posted");
        var stranger = new Someone("11111111-0000-4000-8000-000000000009", "Nobody");

        (await PressAsync(stranger, "contoso", "loan:L-1")).ShouldContain("no such request");
        (await PressAsync(Ana, "contoso", "loan:L-2")).ShouldContain("no such request");
        (await PressAsync(Ana, "fabrikam", "loan:L-1")).ShouldContain("no such request");
        (await PressAsync(Ana, "contoso", "CON-1001")).ShouldContain("names nothing");
        (await PressAsync(Ana, "contoso", new string('x', 4_000))).ShouldNotContain("You approved");
        (await PressAsync(Ana, "contoso", "loan:L-1")).ShouldNotContain(
            "You approved", Case.Insensitive, "it has no seal of what is shown");
        Facts<ProposalDecided>(bot).ShouldBeEmpty();

        Task<string> PressAsync(Someone who, string tenant, string subject) =>
            bot.PressAsync(who, Channel, "approve", new JsonObject { ["tenant"] = tenant, ["subject"] = subject, ["seal"] = "" });
    }

    [Fact]
    public async Task Its_entries_are_told_in_the_listing_in_digests_and_to_auditors()
    {
        await using var bot = await RunningBot.StartAsync(Settings, replace: static services => services.AddLoans());
        await bot.SayAsync(Ana, Channel, "link contoso");
        await bot.SayAsync(Jo, Channel, "loan contoso notebook a trip to Graz");
        await ApproveAsync(bot);
        await bot.Services.GetRequiredService<ILedger>().AppendAsync(
            Contoso, [], [new(new("loan/L-1"), Actor.Service("loans"), CorrelationId.Parse("c0ffee"), new LoanLost("L-1"))], Token);

        using var listing = new StringWriter();
        var configuration = bot.Services.GetRequiredService<IConfiguration>();
        (await LedgerCommands.RunAsync(["ledger", "list", "--tenant", "contoso"], configuration, bot.Storage, listing, listing, Token,
            new([.. CoreFeatures.All, LoanServices.Feature]))).ShouldBe(0, $"{listing}");
        listing.ToString().ShouldContain("loan L-1: Approved");
        listing.ToString().ShouldContain("loan L-1: Lent: notebook, for a trip to Graz");
        listing.ToString().ShouldContain("loan L-1: Lost");

        await bot.SayAsync(Ana, Channel, "digest contoso 1h");
        Sent(bot)[^1].ShouldContain("Devices lent");

        var results = (await ExportAsync(bot))["assessment-results"]!["results"]![0]!;
        results["observations"]!.AsArray().Select(static one => (string)one!["description"]!)
            .ShouldContain("The device of loan L-1 is lost.");
        results["risks"]!.AsArray().Select(static one => (string)one!["title"]!).ShouldContain("Device on loan lost");
    }

    [Fact]
    public async Task Its_card_is_drawn_anew_while_the_client_is_frozen_and_when_it_is_not_any_more()
    {
        await using var bot = await AskedAsync();
        await bot.SayAsync(Ana, Channel, "freeze contoso strange logins");
        await RunningBot.UntilAsync(() => Cards(bot)[^1].ToJsonString().Contains("strange logins", StringComparison.Ordinal),
            "the card does not say that the client is frozen");
        (await bot.PressAsync(Ana, Channel, "view", Data(bot))).ShouldNotContain("\"Approve\"");
        await bot.SayAsync(Jo, Channel, "unfreeze contoso");
        await RunningBot.UntilAsync(() => !Cards(bot)[^1].ToJsonString().Contains("strange logins", StringComparison.Ordinal),
            "the card does not say that the freeze is over");
    }

    [Fact]
    public async Task It_is_pending_and_told_in_the_digest_until_somebody_has_decided()
    {
        await using var bot = await AskedAsync();
        await bot.SayAsync(Ana, Channel, "pending");
        Sent(bot)[^1].ShouldContain("loan L-1");
        await bot.SayAsync(Ana, Channel, "digest contoso 1h");
        Sent(bot)[^1].ShouldContain("Asked for");
        Sent(bot)[^1].ShouldContain("loan L-1");
        await ApproveAsync(bot);
        await bot.SayAsync(Ana, Channel, "pending");
        Sent(bot)[^1].ShouldContain("Nothing is waiting");
    }

    [Fact]
    public async Task A_list_brings_its_card_and_its_buttons_put_it_off_tell_why_and_reject_it()
    {
        await using var bot = await AskedAsync();
        await bot.PressAsync(Ana, null, "show", Data(bot));
        await RunningBot.UntilAsync(
            () => Cards(bot)[^1].ToJsonString().Contains("\"copy\":true", StringComparison.Ordinal), "no card came");

        (await bot.PressAsync(Ana, Channel, "snooze", With(Data(bot), "for", "1h"))).ShouldContain("Snoozed");
        Facts<ProposalDecided>(bot)[^1].Kind.ShouldBe(DecisionKind.Snooze);
        var why = await bot.PressAsync(Ana, Channel, "why", Data(bot));
        why.ShouldContain("Why loan L-1?");
        why.ShouldContain("Loan of a notebook");
        (await bot.PressAsync(Ana, Channel, "reject", Data(bot))).ShouldContain("rejecting needs a reason");
        (await bot.PressAsync(Ana, Channel, "reject", With(Data(bot), "reason", "All notebooks are out."))).ShouldContain("Rejected");
        (await bot.PressAsync(Ana, Channel, "why", With(Data(bot), "page", "1"))).ShouldContain("All notebooks are out.");
    }

    [Fact]
    public async Task Its_own_entries_stand_among_those_that_why_shows()
    {
        await using var bot = await AskedAsync();
        var data = Data(bot);
        await ApproveAsync(bot);
        (await bot.PressAsync(Ana, Channel, "why", With(data, "page", "1"))).ShouldContain("Lent: notebook, for a trip to Graz");
    }

    private static async Task<RunningBot> AskedAsync()
    {
        var bot = await RunningBot.StartAsync(Settings, replace: static services => services.AddLoans());
        await bot.SayAsync(Ana, Channel, "link contoso");
        await bot.SayAsync(Jo, Channel, "loan contoso notebook a trip to Graz");
        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1, "no card was posted");
        return bot;
    }

    /// <summary>What a button of the newest card sends.</summary>
    private static JsonObject Data(RunningBot bot) => Cards(bot)[^1]["refresh"]!["action"]!["data"]!.DeepClone().AsObject();

    private static JsonObject With(JsonObject data, string name, string value)
    {
        data[name] = value;
        return data;
    }

    private static async Task ApproveAsync(RunningBot bot)
    {
        await RunningBot.UntilAsync(() => Facts<CardPosted>(bot).Count == 1, "no card was posted");
        (await bot.PressAsync(Ana, Channel, "approve", Data(bot))).ShouldContain("You approved loan L-1");
        await RunningBot.UntilAsync(() => Facts<LoanGranted>(bot).Count == 1, "the loan has no effect");
    }

    /// <summary>What was sent to Teams, as text.</summary>
    private static IReadOnlyList<string> Sent(RunningBot bot) =>
        [.. bot.Teams.Calls.Where(static call => call.Method == "POST").Select(static call => call.Body?.ToJsonString()).OfType<string>()];

    /// <summary>The assessment results that an export has.</summary>
    private static async Task<JsonNode> ExportAsync(RunningBot bot)
    {
        var source = new Recorded([.. Entries(bot)]);
        var asOf = source.All[^1].At;
        using var texts = new TextFile();
        var subject = new EvidenceSubject(Contoso, "Contoso Ltd", "Provider", EvidenceSubject.DefaultNamespace, 1, source.All.Count, asOf);
        using var assessment = new Assessment(subject, bot.Services.GetRequiredService<EntryCatalog>(), texts);
        await foreach (var entry in source.ReadAsync(Token))
            assessment.Take(entry);
        var checkpoint = new EvidenceCheckpoint("bot/contoso", source.All.Count, new byte[32], "a note");
        var file = OscalFiles.For(assessment, checkpoint, new(new byte[32]), source)
            .Single(static file => file.Name == "assessment-results.json");
        using var output = new MemoryStream();
        await file.WriteAsync(output, Token);
        return JsonNode.Parse(Encoding.UTF8.GetString(output.ToArray()))!;
    }

    private static IReadOnlyList<JsonNode> Cards(RunningBot bot) => [.. bot.Teams.Calls
        .Select(static call => call.Body?["attachments"]?[0]?["content"] ?? call.Body?["activity"]?["attachments"]?[0]?["content"])
        .OfType<JsonNode>()
        .Where(static card => card.ToJsonString().Contains("L-1", StringComparison.Ordinal))
        .Where(static card => card.ToJsonString().Contains("On loan now", StringComparison.Ordinal))];

    private static List<TFact> Facts<TFact>(RunningBot bot) => [.. Entries(bot).Select(static entry => entry.Fact).OfType<TFact>()];

    private static IReadOnlyList<LedgerEntry> Entries(RunningBot bot) =>
        bot.Services.GetRequiredService<ILedger>().ReadAsync(Contoso, 0, 1_000, Token).AsTask().GetAwaiter().GetResult();

    private sealed class Recorded(IReadOnlyList<LedgerEntry> all) : IEvidenceSource
    {
        public IReadOnlyList<LedgerEntry> All => all;

        public async IAsyncEnumerable<EvidenceEntry> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
        {
            foreach (var entry in all)
            {
                cancellationToken.ThrowIfCancellationRequested();
                yield return new(entry.Seq, new(entry.Hash.Span), entry);
            }
            await Task.CompletedTask;
        }
    }
}

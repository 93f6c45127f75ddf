using System.IO.Compression;
using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.EndToEnd.Before;

/// <summary>A data folder that an earlier version left behind goes on under this one. What is in it: README.md beside this file.</summary>
public sealed class DataFolderTests : IDisposable
{
    private const string Alex = "a:1local-alex";
    private static readonly string[] Clients = ["contoso", "fabrikam", "northwind"];

    private readonly string folder = Directory.CreateTempSubdirectory("before-").FullName;

    public DataFolderTests()
    {
        ZipFile.ExtractToDirectory(Path.Combine(Places.Root, "tests", "EndToEnd", "Before", "data-950c7ab.zip"), folder);
        if (OperatingSystem.IsWindows())
            return;
        // A key that others may read is refused.
        foreach (var file in Directory.GetFiles(Data, "*", SearchOption.AllDirectories))
            File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    private string Data => Path.Combine(folder, "data");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public async Task It_verifies_is_served_and_told_about_and_its_open_incidents_are_worked_on()
    {
        await using var bot = BotProcess.NotStarted(Settings(), Data);
        await VerifiesAsync(bot);
        var before = await EntriesAsync(bot);

        await bot.RestartAsync();
        var session = new LocalSession(bot);
        await AnswersAsync(session, "why CON-1001", "Why CON-1001?", "leave the update cache", "Erik Approver");
        await AnswersAsync(session, "show CON-1002", "Service SQLSERVERAGENT on SRV-SQL01 is stopped", "Verified");
        await AnswersAsync(session, "why FAB-1002", "The shop is down");
        await AnswersAsync(session, "show FAB-1004", "(erased)");
        await AnswersAsync(session, "digest northwind", "Digest of ", "Northwind Traders");
        await AnswersAsync(session, "checkpoint contoso", "Checkpoint of ");

        await ApproveAsync(session, "erik", LocalSession.Contoso, await session.CardAsync(LocalSession.Contoso, "CON-1019"));
        await VerifiesAsync(bot);
        await EndsWellAsync(bot, before);

        // And once more, with what this version has left there.
        bot.Kill();
        await bot.RestartAsync();
        await AnswersAsync(session, "show CON-1019", "Verified");
        await VerifiesAsync(bot);
    }

    [Fact]
    public async Task Each_of_its_entries_has_words_and_all_of_them_are_exported()
    {
        await using var bot = BotProcess.NotStarted(Settings(), Data);
        var stored = (await EntriesAsync(bot)).Values.SelectMany(static lines => lines)
            .Select(static line => JsonNode.Parse(line)!["type"]!.GetValue<string>()).ToHashSet();
        stored.Count.ShouldBe(47, "every type of entry that there was");
        foreach (var client in Clients)
        {
            var (code, words) = await bot.VerbAsync("ledger", "list", "--tenant", client);
            code.ShouldBe(0, words);
            // What this version does not know is listed by its stored name.
            stored.Where(type => words.Contains($" {type}\n", StringComparison.Ordinal)).ShouldBeEmpty();
            var bundle = Path.Combine(folder, $"{client}.zip");
            var (exported, said) = await bot.VerbAsync("ledger", "export", "--tenant", client, "--with-encrypted", "--out", bundle);
            exported.ShouldBe(0, said);
            var (checkedCode, verdict) = await bot.VerbAsync("ledger", "verify", "--bundle", bundle);
            checkedCode.ShouldBe(0, verdict);
        }
    }

    private Dictionary<string, string> Settings() => new()
    {
        ["Gates:PolicyPath"] = Path.Combine(folder, "policies"),
        ["Access:Local"] = "none",
        ["Tenants:northwind:Name"] = "Northwind Traders",
        ["Tenants:northwind:Prefix"] = "NOR",
        ["Connections:northwind-sandbox:Tenant"] = "northwind",
        ["Connections:northwind-sandbox:Connector"] = "sandbox",
        ["Connections:northwind-sandbox:Settings:Token"] = "sandbox-northwind-dev",
        ["Connections:northwind-alertmanager:Tenant"] = "northwind",
        ["Connections:northwind-alertmanager:Connector"] = "alertmanager",
        ["Connections:northwind-alertmanager:Settings:Bearer"] = "alertmanager-northwind-dev",
    };

    private static async Task VerifiesAsync(BotProcess bot)
    {
        var (code, output) = await bot.VerbAsync("ledger", "verify", "--all");
        code.ShouldBe(0, $"{output}\n{bot.Output}");
        foreach (var client in Clients)
            output.ShouldContain($"{client}: intact");
    }

    private static async Task<Dictionary<string, string[]>> EntriesAsync(BotProcess bot)
    {
        Dictionary<string, string[]> entries = [];
        foreach (var client in Clients)
        {
            var (code, lines) = await bot.VerbAsync("ledger", "list", "--tenant", client, "--json");
            code.ShouldBe(0, lines);
            entries[client] = lines.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        }
        return entries;
    }

    private static async Task AnswersAsync(LocalSession session, string question, params string[] texts)
    {
        var before = (await session.CardsAsync(Alex)).Count;
        await session.SayAsync("alex", Alex, question);
        await Eventually.TrueAsync(
            async () => (await session.CardsAsync(Alex)).Skip(before)
                .Any(card => texts.All(text => card.Card.Contains(text, StringComparison.Ordinal))),
            () => $"{question}: {string.Join(", ", texts)}\n{session.Bot.Output}");
    }

    /// <summary>What waited has expired long ago and is asked anew; until then a press is answered with the newer card.</summary>
    private static async Task ApproveAsync(LocalSession session, string person, string conversation, string card)
    {
        var decided = await DecisionsAsync(session.Bot);
        await Eventually.TrueAsync(async () =>
        {
            if (await session.CanClickAsync(person, conversation, card, "Approve"))
                await session.ClickAsync(person, conversation, card, "Approve");
            return await DecisionsAsync(session.Bot) > decided;
        }, () => $"{card} approved\n{session.Bot.Output}");
        await session.SaysAsync(conversation, card, "Verified");
    }

    private static async Task<int> DecisionsAsync(BotProcess bot) =>
        (await bot.TypesAsync()).Count(static type => type == "proposal.decided");

    /// <summary>What was recorded is as it was, and the decision and its run come after it.</summary>
    private static async Task EndsWellAsync(BotProcess bot, Dictionary<string, string[]> before)
    {
        var now = await EntriesAsync(bot);
        foreach (var client in Clients)
            now[client].Take(before[client].Length).ShouldBe(before[client], client);
        var added = now["contoso"].Skip(before["contoso"].Length)
            .Select(static line => JsonNode.Parse(line)!["type"]!.GetValue<string>()).ToList();
        foreach (var type in (string[])["proposal.expired", "proposal.staged", "proposal.decided", "execution.started", "step.finished",
            "execution.finished"])
            added.ShouldContain(type);
    }
}

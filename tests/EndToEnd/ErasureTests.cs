using System.IO.Compression;
using System.Text;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>An erasure from the words in a chat to nothing left, played over the public protocols only.</summary>
public sealed class ErasureTests
{
    private const string Canary = "Jolanda";
    private static readonly PlayedPerson Jo = new("29:1jo", "77777777-0000-4000-8000-00000000000a", $"{Canary} Canary");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Asked_for_in_chat_agreed_to_by_somebody_else_and_carried_out_it_leaves_nothing_of_the_person()
    {
        await using var bot = await BotProcess.StartAsync(new()
        {
            ["LocalTeams:Enabled"] = "false",
            ["Access:Local"] = "none",
            ["Access:Roles:contoso:administrator:0"] = PlayedTeams.Tara.ObjectId,
            ["Access:Roles:contoso:administrator:1"] = PlayedTeams.Omar.ObjectId,
            ["Access:Roles:contoso:approver:0"] = Jo.ObjectId,
        });
        await using var teams = await PlayedTeams.StartAsync(bot.Http);
        await teams.SayAsync(PlayedTeams.Tara, "link contoso");
        using var received = await bot.RaiseAsync("WindowsServiceDown", "WS-RECEPTION", ("name", "Spooler"));
        var card = await teams.CardAsync("WS-RECEPTION");
        await teams.ClickAsync(Jo, card, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(card.Says("Verified") && card.Says(Canary)),
            () => $"carried out for {Jo.Name}: {card.Card}\n{bot.Output}");
        await VerifiesAsync(bot);

        // Not by somebody who may not, and not by one alone.
        await teams.SayAsync(Jo, $"erase {Jo.ObjectId} contoso");
        await teams.SaidAsync("Only administrators of contoso may have personal data erased");
        await teams.SayAsync(PlayedTeams.Tara, $"erase {Jo.ObjectId} contoso because the works council asked");
        await teams.SaidAsync("Another administrator of contoso has to ask for the same");
        await teams.SayAsync(PlayedTeams.Tara, $"erase {Jo.ObjectId} contoso");
        await teams.SaidAsync("You have asked for that yourself");
        (await bot.TypesAsync()).ShouldNotContain("erasure.approved");
        card.Says(Canary).ShouldBeTrue();
        // Notices that were posted are Teams' own; see docs/privacy.md.
        var posted = teams.Messages.Keys.ToHashSet();

        await teams.SayAsync(PlayedTeams.Omar, $"erase {Jo.ObjectId} contoso");
        await teams.SaidAsync("The personal data becomes unreadable now");
        await Eventually.TrueAsync(async () => (await bot.TypesAsync()).Contains("erasure.completed"), () => $"erased\n{bot.Output}");
        await Eventually.TrueAsync(() => Task.FromResult(!card.Says(Canary)), () => $"drawn again: {card.Card}");
        card.Says("(erased)").ShouldBeTrue();
        var types = (await bot.TypesAsync()).ToList();
        types.Where(static type => type.StartsWith("erasure.", StringComparison.Ordinal))
            .ShouldBe(["erasure.requested", "erasure.approved", "erasure.completed"]);
        await VerifiesAsync(bot);

        // Asked again, the bot knows nobody of that name any more, and its words about the incident name nobody.
        await teams.SayAsync(PlayedTeams.Tara, $"erase {Canary} Canary contoso");
        await teams.SaidAsync("is about that person, so there is nothing to erase");
        var before = teams.Messages.Count;
        await teams.SayAsync(PlayedTeams.Tara, "why CON-1001");
        await Eventually.TrueAsync(() => Task.FromResult(teams.Messages.Count > before), () => "why");
        teams.Messages.Values.Where(message => !posted.Contains(message.Id)
            && message.Newest.ToJsonString().Contains(Canary, StringComparison.OrdinalIgnoreCase)).ShouldBeEmpty();

        await SearchAsync(bot);
        bot.Kill();
        await bot.RestartAsync();
        await SearchAsync(bot);
        await VerifiesAsync(bot);
    }

    private static async Task VerifiesAsync(BotProcess bot)
    {
        var (code, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        code.ShouldBe(0, output);
        output.ShouldContain("intact");
    }

    /// <summary>Files, logs, lists and exports.</summary>
    private static async Task SearchAsync(BotProcess bot)
    {
        bot.Output.ShouldNotContain(Canary, Case.Insensitive);
        (await bot.VerbAsync("ledger", "list", "--tenant", "contoso", "--json")).Output.ShouldNotContain(Canary, Case.Insensitive);
        var bundle = Path.Combine(Path.GetTempPath(), $"{Guid.NewGuid():N}.zip");
        var (code, output) = await bot.VerbAsync("ledger", "export", "--tenant", "contoso", "--with-encrypted", "--out", bundle);
        code.ShouldBe(0, output);
        using (var zip = await ZipFile.OpenReadAsync(bundle, Stop))
        {
            foreach (var entry in zip.Entries)
            {
                using var content = new MemoryStream();
                await (await entry.OpenAsync(Stop)).CopyToAsync(content, Stop);
                Holds(content.ToArray()).ShouldBeFalse(entry.FullName);
            }
        }
        File.Delete(bundle);
        foreach (var file in Directory.GetFiles(bot.Storage, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith(".lock", StringComparison.Ordinal)))
        {
            try
            {
                await using var open = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
                using var content = new MemoryStream();
                await open.CopyToAsync(content, Stop);
                Holds(content.ToArray()).ShouldBeFalse(file);
            }
            catch (FileNotFoundException)
            {
                // The bot runs: it was about to be given its name, and has it now.
            }
        }
    }

    private static bool Holds(byte[] bytes) => new[] { Encoding.UTF8, Encoding.Unicode }.Any(encoding =>
        encoding.GetString(bytes).Contains(Canary, StringComparison.OrdinalIgnoreCase));
}

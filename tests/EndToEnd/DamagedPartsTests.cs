using System.Net;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// Something of one client's record other than an entry is damaged while the bot is stopped: the next start holds that client and says what
/// is wrong and what to do, and the other one is served.
/// </summary>
public sealed class DamagedPartsTests(KilledBot killed) : IClassFixture<KilledBot>
{
    private const int PageSize = 4096;

    /// <summary>The first byte of a page of SQLite that holds rows of a table.</summary>
    private const byte TableLeaf = 0x0d;

    private static readonly Dictionary<string, (Action<string> Damage, string Told, string Remedy)> Kinds = new()
    {
        ["what is encrypted beside an entry is gone"] = (
            static folder =>
                Change(folder, LedgerFile.Name,
                    "UPDATE entries SET sealed = NULL WHERE tenant = 'contoso' AND seq = (SELECT max(seq) FROM entries WHERE tenant = "
                    + "'contoso' AND sealed IS NOT NULL)"),
            "what is encrypted beside it is missing",
            "restore it from a backup"),
        ["the tree beside the entries"] =
            (FlipRange, "the tree that is kept beside the entries (heads) is not the one that they give", "restore it from a backup"),
        ["a checkpoint file that is cut"] = (
            static folder => Bend(Newest(folder), static text => text[..(text.Length / 2)]), ".checkpoint cannot be read (",
            "move it out of its folder and keep it"),
        ["a checkpoint file that is something else"] = (
            static folder => Bend(Newest(folder), static _ => "no note"), ".checkpoint cannot be read (",
            "move it out of its folder and keep it"),
        ["a checkpoint in the documents"] = (
            static folder =>
                Change(folder, SqliteDocuments.FileName,
                    "UPDATE documents SET value = x'00' WHERE scope LIKE '%contoso%' AND kind LIKE 'checkpoint%'"),
            "kept in the documents cannot be read (",
            "restore the documents (documents.db) from a backup"),
        ["more was signed than there is"] = (Shorten, "so its end is missing", "Storage:AcceptLoss=true"),
        ["a page of the file"] = (ZeroPage, "ledger.db cannot be read where its entries are", "restore it from a backup"),
    };

    public static TheoryData<string> Names => [.. Kinds.Keys];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task Whatever_of_a_clients_record_is_damaged_holds_that_client_alone_and_is_told(string what)
    {
        var (damage, told, remedy) = Kinds[what];
        killed.PutBack();
        var (bot, fabrikam) = (killed.Bot, killed.Fabrikam);
        damage(bot.Storage);
        var written = bot.Output.Length;
        var signed = Directory.GetFiles(Path.Combine(bot.Storage, "checkpoints", "contoso")).Order().ToList();

        await bot.RestartAsync(waitUntilReady: false);
        var ready = await DamagedRecordTests.NotReadyAsync(bot);
        ready["damaged"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe("contoso", ready.ToJsonString());
        ready["damaged"]!["contoso"]!.GetValue<string>()
            .ShouldSatisfyAllConditions(said => said.ShouldContain(told), said => said.ShouldContain(remedy));
        using (var refused = await DamagedRecordTests.RaiseAsync(bot, "contoso", "WS-OTHER"))
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        using (var received = await DamagedRecordTests.RaiseAsync(bot, "fabrikam", "FAB-WEB01", "W3SVC"))
            received.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var other = await fabrikam.CardAsync("FAB-WEB01");
        await fabrikam.ClickAsync(PlayedTeams.Tara, other, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(other.Says("Verified")), () => $"verified: {other.Card}\n{bot.Output}");
        bot.Kill();

        bot.Output[written..].ShouldSatisfyAllConditions(
            log => log.ShouldContain("contoso IS NOT SERVED"), log => log.ShouldNotContain("The ledger of contoso is signed"));
        Directory.GetFiles(Path.Combine(bot.Storage, "checkpoints", "contoso")).Order().ShouldBe(signed);
        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(1, output);
        (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "fabrikam");
        exitCode.ShouldBe(0, output);
    }

    [Fact]
    public async Task What_was_signed_and_is_lost_may_be_given_up_once_and_for_all()
    {
        killed.PutBack();
        var bot = killed.Bot;
        Shorten(bot.Storage);
        await bot.RestartAsync(waitUntilReady: false);
        (await DamagedRecordTests.NotReadyAsync(bot))["damaged"]!["contoso"]!.GetValue<string>().ShouldContain("its end is missing");
        bot.Kill();
        await bot.RestartAsync(new() { ["Storage:AcceptLoss"] = "true" });
        bot.Output.ShouldContain("are given up, as Storage:AcceptLoss says");
        bot.Kill();
        await bot.RestartAsync(new() { ["Storage:AcceptLoss"] = "false" });
        using (var received = await DamagedRecordTests.RaiseAsync(bot, "contoso", "WS-OTHER"))
            received.StatusCode.ShouldBe(HttpStatusCode.Accepted);
    }

    private static void Change(string folder, string file, string change)
    {
        using var database = SqliteDatabase.OpenToWrite(Path.Combine(folder, file));
        database.Execute(change);
        database.Number("SELECT changes()").ShouldNotBe(0);
    }

    private static void FlipRange(string folder)
    {
        using var database = SqliteDatabase.OpenToWrite(Path.Combine(folder, LedgerFile.Name));
        var row = database.Prepare("SELECT range FROM heads WHERE tenant = 'contoso'");
        row.Step().ShouldBeTrue();
        var range = row.Bytes(0).ToArray();
        row.Reset();
        range[^1] ^= 1;
        database.Prepare("UPDATE heads SET range = ? WHERE tenant = 'contoso'").Bind(1, range).Run();
    }

    private static string Newest(string folder) => Directory.GetFiles(Path.Combine(folder, "checkpoints", "contoso")).Order().Last();

    private static void Bend(string file, Func<string, string> change) => File.WriteAllText(file, change(File.ReadAllText(file)));

    /// <summary>
    /// As when an older ledger is put back under newer checkpoints: one entry less than was signed, and everything else in the file fits.
    /// </summary>
    private static void Shorten(string folder)
    {
        var size = long.Parse(Path.GetFileNameWithoutExtension(Newest(folder)), System.Globalization.CultureInfo.InvariantCulture) - 1;
        File.Delete(Path.Combine(folder, "ledger.heads"));
        using var database = SqliteDatabase.OpenToWrite(Path.Combine(folder, LedgerFile.Name));
        database.Execute($"DELETE FROM entries WHERE tenant = 'contoso' AND seq > {size}");
        var range = new CompactRange();
        var leaves = database.Prepare("SELECT leaf FROM entries WHERE tenant = 'contoso' ORDER BY seq");
        while (leaves.Step())
            range.Append(leaves.Bytes(0));
        range.Size.ShouldBe(size);
        database.Prepare("UPDATE heads SET size = ?, root = ?, range = ? WHERE tenant = 'contoso'").Bind(1, size).Bind(2, range.Root())
            .Bind(3, range.Save()).Run();
    }

    private static void ZeroPage(string folder)
    {
        var file = Path.Combine(folder, LedgerFile.Name);
        var bytes = File.ReadAllBytes(file);
        var own = Enumerable.Range(1, (bytes.Length / PageSize) - 1)
            .First(page => bytes[page * PageSize] == TableLeaf && Holds(bytes, page, "\"tenant\":\"contoso\"")
                && !Holds(bytes, page, "fabrikam"));
        bytes.AsSpan(own * PageSize, PageSize).Clear();
        File.WriteAllBytes(file, bytes);
    }

    private static bool Holds(byte[] file, int page, string text) =>
        file.AsSpan(page * PageSize, PageSize).IndexOf(Encoding.UTF8.GetBytes(text)) >= 0;
}

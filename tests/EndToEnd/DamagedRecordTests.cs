using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// One byte of one client's record changes while the bot is stopped: that client is not served, the other one is as if nothing were.
/// </summary>
public sealed class DamagedRecordTests(KilledBot killed) : IClassFixture<KilledBot>
{
    [Theory]
    [InlineData("body", false)]
    [InlineData("body", true)]
    [InlineData("leaf", false)]
    [InlineData("leaf and body", false)]
    public async Task One_damaged_client_does_not_stop_the_other(string column, bool last)
    {
        killed.PutBack();
        var (bot, contoso, fabrikam) = (killed.Bot, killed.Contoso, killed.Fabrikam);
        var card = await contoso.CardAsync("WS-RECEPTION");
        var seq = Flip(Path.Combine(bot.Storage, LedgerFile.Name), column, last);
        var written = bot.Output.Length;
        var said = contoso.Messages.Count;
        await bot.RestartAsync(waitUntilReady: false);
        var ready = await NotReadyAsync(bot);
        ready["status"]!.GetValue<string>().ShouldBe("not ready");
        ready["damaged"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe("contoso");
        // Where leaf and body fit each other, only what was kept for all of them tells, and not which it is.
        ready["damaged"]!["contoso"]!.GetValue<string>().ShouldContain(
            column == "leaf and body"
                ? "damaged: the tree that is kept beside the entries (heads) is not the one that they give"
                : $"entry {seq}:");

        using (var traffic = await bot.Http.GetAsync("/readyz/traffic", TestContext.Current.CancellationToken))
        {
            traffic.StatusCode.ShouldBe(HttpStatusCode.OK, "the others are to be reached");
            (await traffic.Content.ReadFromJsonAsync<JsonObject>(TestContext.Current.CancellationToken))!["damaged"]!.AsObject().ShouldHaveSingleItem().Key.ShouldBe("contoso");
        }
        using (var refused = await RaiseAsync(bot, "contoso", "WS-OTHER"))
        {
            refused.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
            refused.Headers.RetryAfter.ShouldNotBeNull();
            (await refused.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).ShouldContain("record is damaged");
        }
        var clicked = (await contoso.InvokeAsync(PlayedTeams.Tara, card, killed.Approve)).ToJsonString();
        clicked.ShouldContain("record is damaged, so nothing was done");
        clicked.ShouldContain("orrelation id");
        string[] questions = ["show CON-1001", "waiting", "digest"];
        foreach (var question in questions)
            await contoso.SayAsync(PlayedTeams.Tara, question);
        await Eventually.TrueAsync(
            () => Task.FromResult(
                contoso.Messages.Values.Count(
                    message => message.Newest.ToJsonString().Contains("record is damaged", StringComparison.Ordinal)) == questions.Length),
            () => $"told each time\n{bot.Output}");

        using (var received = await RaiseAsync(bot, "fabrikam", "FAB-WEB01", "W3SVC"))
            received.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var other = await fabrikam.CardAsync("FAB-WEB01");
        await fabrikam.ClickAsync(PlayedTeams.Tara, other, "Approve");
        await Eventually.TrueAsync(() => Task.FromResult(other.Says("Verified")), () => $"verified: {other.Card}\n{bot.Output}");

        var log = bot.Output[written..];
        log.ShouldContain("contoso IS NOT SERVED");
        log.ShouldContain("'ledger verify --tenant contoso'");
        log.ShouldNotContain("The ledger of contoso is signed");
        contoso.Messages.Count.ShouldBe(
            said + questions.Length, "nothing but the answers to what was asked is posted for the damaged client");
        bot.Kill();
        Head(Path.Combine(bot.Storage, LedgerFile.Name)).ShouldBe(seqOfLast, "nothing was recorded for it");
        (await bot.VerbAsync("ledger", "verify", "--tenant", "fabrikam")).ExitCode.ShouldBe(0);
        var (exitCode, output) = await bot.VerbAsync("ledger", "verify", "--tenant", "contoso");
        exitCode.ShouldBe(1, output);
    }

    private long seqOfLast;

    internal static Task<HttpResponseMessage> RaiseAsync(BotProcess bot, string tenant, string device, string service = "Spooler") =>
        bot.AlertmanagerAsync(tenant, Alerts.Payload("WindowsServiceDown", device, "firing", ("name", service)));

    internal static async Task<JsonObject> NotReadyAsync(BotProcess bot)
    {
        JsonObject? said = null;
        await Eventually.TrueAsync(async () =>
        {
            try
            {
                using var result = await bot.Http.GetAsync("/readyz");
                said = result.StatusCode == HttpStatusCode.ServiceUnavailable ? await result.Content.ReadFromJsonAsync<JsonObject>() : null;
                return said is not null;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        }, () => $"not ready\n{bot.Output}");
        return said!;
    }

    /// <summary>Changes one byte in the middle of an entry; returns its seq.</summary>
    private long Flip(string file, string column, bool last)
    {
        seqOfLast = Head(file);
        var seq = last ? seqOfLast : seqOfLast / 2;
        using var database = LedgerFile.OpenToWrite(file);
        if (column == "leaf and body")
            return Rewrite(database);
        var row = database.Prepare($"SELECT {column} FROM entries WHERE tenant = 'contoso' AND seq = ?").Bind(1, seq);
        row.Step().ShouldBeTrue();
        var bytes = row.Bytes(0).ToArray();
        row.Reset();
        bytes[bytes.Length / 2] ^= 1;
        database.Prepare($"UPDATE entries SET {column} = ? WHERE tenant = 'contoso' AND seq = ?").Bind(1, bytes).Bind(2, seq).Run();
        return seq;
    }

    /// <summary>The first entry says something else, and has the leaf of what it says.</summary>
    private static long Rewrite(SqliteDatabase database)
    {
        var row = database.Prepare("SELECT body FROM entries WHERE tenant = 'contoso' AND seq = 1");
        row.Step().ShouldBeTrue();
        var body = Encoding.UTF8.GetBytes(row.Text(0).Replace("\"correlation\":\"", "\"correlation\":\"x", StringComparison.Ordinal));
        row.Reset();
        database.Prepare("UPDATE entries SET body = ?, leaf = ? WHERE tenant = 'contoso' AND seq = 1").Bind(1, body)
            .Bind(2, MerkleTree.HashLeaf(body)).Run();
        return 1;
    }

    private static long Head(string file)
    {
        using var database = LedgerFile.OpenToRead(file).ShouldNotBeNull();
        return database.Number("SELECT max(seq) FROM entries WHERE tenant = 'contoso'")!.Value;
    }
}

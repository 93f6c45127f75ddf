using System.Net;
using System.Text.Json.Nodes;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.EndToEnd;

/// <summary>
/// A bot that served two clients and was killed, with an open incident of each and contoso's record signed. Each test of a class begins
/// with what was stored then.
/// </summary>
public sealed class KilledBot : IAsyncLifetime
{
    private readonly string stored = Directory.CreateTempSubdirectory("stored-").FullName;
    private List<PlayedMessage> seenByContoso = [];
    private List<PlayedMessage> seenByFabrikam = [];

    internal BotProcess Bot { get; private set; } = null!;

    internal PlayedTeams Contoso { get; private set; } = null!;

    internal PlayedTeams Fabrikam { get; private set; } = null!;

    /// <summary>The button on contoso's card.</summary>
    internal JsonObject Approve { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Bot = await BotProcess.StartAsync(new() { ["LocalTeams:Enabled"] = "false", ["Ledger:CheckpointEvery"] = "00:00:10" });
        Contoso = await PlayedTeams.StartAsync(Bot.Http);
        Fabrikam = await PlayedTeams.StartAsync(Bot.Http);
        var card = await LinkAsync(Contoso, "contoso", "WS-RECEPTION");
        await LinkAsync(Fabrikam, "fabrikam", "FAB-WS01");
        Approve = PlayedTeams.Actions(await Contoso.ViewAsync(PlayedTeams.Tara, card))
            .First(action => action["title"]!.GetValue<string>() == "Approve");
        await Eventually.TrueAsync(async () => (await Bot.VerbAsync("ledger", "checkpoint", "--tenant", "contoso")).ExitCode == 0,
            () => "signed once");
        Bot.Kill();
        using (var database = LedgerFile.OpenToWrite(Path.Combine(Bot.Storage, LedgerFile.Name)))
            database.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        Copy(Bot.Storage, stored);
        (seenByContoso, seenByFabrikam) = (Contoso.Shown(), Fabrikam.Shown());
    }

    /// <summary>Everything is as it was when the bot was killed.</summary>
    internal void PutBack()
    {
        Bot.Kill();
        Directory.Delete(Bot.Storage, recursive: true);
        Copy(stored, Bot.Storage);
        Contoso.Show(seenByContoso);
        Fabrikam.Show(seenByFabrikam);
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var part in (IAsyncDisposable?[])[Bot, Contoso, Fabrikam])
        {
            if (part is not null)
                await part.DisposeAsync();
        }
        Directory.Delete(stored, recursive: true);
    }

    private async Task<PlayedMessage> LinkAsync(PlayedTeams teams, string tenant, string device)
    {
        await teams.SayAsync(PlayedTeams.Tara, $"link {tenant}");
        using var received = await DamagedRecordTests.RaiseAsync(Bot, tenant, device);
        received.StatusCode.ShouldBe(HttpStatusCode.Accepted);
        var card = await teams.CardAsync(device);
        await Eventually.TrueAsync(async () => (await Bot.TypesAsync(tenant)).Contains("card.posted"), () => $"posted\n{Bot.Output}");
        return card;
    }

    private static void Copy(string from, string to)
    {
        Directory.CreateDirectory(to);
        foreach (var folder in Directory.GetDirectories(from, "*", SearchOption.AllDirectories))
            Directory.CreateDirectory(Path.Combine(to, Path.GetRelativePath(from, folder)));
        foreach (var file in Directory.GetFiles(from, "*", SearchOption.AllDirectories))
            File.Copy(file, Path.Combine(to, Path.GetRelativePath(from, file)));
    }
}

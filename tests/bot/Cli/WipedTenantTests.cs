using System.Text.Json;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>A client's whole record taken away with its checkpoints, by somebody who may write the folder.</summary>
public sealed class WipedTenantTests : IDisposable
{
    private readonly CommandScene scene = new();

    [Fact]
    public async Task Whatever_still_knows_of_the_entries_tells()
    {
        await scene.FillAsync();
        Wipe("kind LIKE 'checkpoint%'");
        foreach (var asked in new[] { new[] { "--tenant", "contoso" }, ["--all"] })
        {
            var (code, output, _) = await scene.RunAsync(["ledger", "verify", .. asked]);
            output.ShouldStartWith(
                "contoso: TAMPERED, it has no entries, but the documents beside the ledger have keys of people or users on its record: "
                + "its entries were taken away");
            code.ShouldBe(LedgerCommands.Tampered);
        }
        JsonElement.Parse((await scene.RunAsync("ledger", "verify", "--all", "--json")).Output).GetProperty("status").GetString()
            .ShouldBe("tampered");
    }

    [Fact]
    public async Task Where_nothing_knows_of_them_any_more_it_is_said_that_only_what_is_kept_elsewhere_can_tell()
    {
        await scene.FillAsync();
        var (outside, key) =
            (Path.Combine(scene.Root, "outside.checkpoint"), (await scene.RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim());
        await File.WriteAllTextAsync(outside, (await scene.RunAsync("ledger", "checkpoint", "--tenant", "contoso")).Output,
            TestContext.Current.CancellationToken);
        Wipe("kind <> 'data-key'");
        var (code, output, _) = await scene.RunAsync("ledger", "verify", "--all");
        output.Trim()
            .ShouldBe("contoso: no entries: never used, or wiped together with all that knew of them; only a witness or a checkpoint "
                + "kept elsewhere can tell");
        code.ShouldBe(LedgerCommands.Intact);
        (code, output, _) = await scene.RunAsync("ledger", "verify", "--all", "--checkpoint", outside, "--key", key);
        output.ShouldContain("it was signed for 5 entries, but the ledger has 0");
        code.ShouldBe(LedgerCommands.Tampered);
    }

    public void Dispose() => scene.Dispose();

    private void Wipe(string documents)
    {
        using (var attacker = SqliteDatabase.OpenToWrite(scene.Ledger))
            attacker.Execute("DELETE FROM entries; DELETE FROM heads; DELETE FROM cursors");
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(scene.Data, SqliteDocuments.FileName)))
            attacker.Execute($"DELETE FROM documents WHERE {documents}");
        File.Delete(Path.Combine(scene.Data, "ledger.heads"));
        if (Directory.Exists(Path.Combine(scene.Data, CheckpointFiles.FolderName)))
            Directory.Delete(Path.Combine(scene.Data, CheckpointFiles.FolderName), recursive: true);
    }
}

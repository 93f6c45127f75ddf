using System.IO.Compression;
using System.Text;
using System.Text.Json;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.Bot.Commands;

public sealed class MissingKeyCommandsTests : IDisposable
{
    private readonly CommandScene scene = new();

    private string Out => Path.Combine(scene.Root, "evidence.zip");

    [Fact]
    public async Task A_key_taken_out_of_the_documents_is_found_by_verify_gaps_export_and_the_report()
    {
        await scene.FillAsync();
        var key = TakeJosKey();

        var (code, output, error) = await scene.RunAsync("ledger", "verify", "--tenant", "contoso");
        error.ShouldBeEmpty();
        output.ShouldStartWith("contoso: NOT WHOLE, 1 key is missing that nobody had erased; 5 entries");
        output.ShouldContain(
            $"key {key} is missing, and no erasure of it is on record: what is encrypted under it in entries 1, 2, 3 and 2 more cannot be "
            + $"read");
        code.ShouldBe(LedgerCommands.Tampered);
        var json = JsonElement.Parse((await scene.RunAsync("ledger", "verify", "--all", "--json")).Output);
        json.GetProperty("status").GetString().ShouldBe("keys missing");
        json.GetProperty("missingKeys")[0].GetProperty("key").GetString().ShouldBe(key);

        (code, output, _) = await scene.RunAsync("ledger", "gaps", "--tenant", "contoso");
        output.ShouldContain($"key-missing");
        output.ShouldContain($"after entry 1 ");
        output.ShouldContain($"{key}: The key is missing, and no erasure of it is on record");
        code.ShouldBe(LedgerCommands.Tampered);

        (code, output, _) = await scene.RunAsync("ledger", "export", "--tenant", "contoso", "--with-names", "--out", Out);
        output.ShouldContain(
            $"MISSING: key {key}, and no erasure of it is on record: what is encrypted under it in entries 1, 2, 3 and 2 more cannot be read");
        code.ShouldBe(LedgerCommands.Tampered);
        Report().ShouldContain($"<strong>Key {key} is missing.</strong>");
        (await scene.RunAsync("ledger", "verify", "--bundle", Out)).Code.ShouldBe(
            LedgerCommands.Intact, "the bundle says what there is to say");
    }

    [Fact]
    public async Task The_tenants_own_key_taken_away_is_found_as_well()
    {
        await scene.FillAsync();
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(scene.Data, SqliteDocuments.FileName)))
            attacker.Execute("DELETE FROM documents WHERE kind IN ('data-key', 'subject-key')");
        var (code, output, _) = await scene.RunAsync("ledger", "verify", "--tenant", "contoso");
        output.ShouldContain("missing that nobody had erased");
        code.ShouldBe(LedgerCommands.Tampered);
    }

    [Fact]
    public async Task Who_was_erased_is_no_finding()
    {
        await scene.FillAsync();
        (await scene.RunAsync("erase", "--tenant", "contoso", "--subject", CommandScene.Jo)).Code.ShouldBe(0);
        var (code, output, _) = await scene.RunAsync("ledger", "verify", "--tenant", "contoso");
        output.ShouldStartWith("contoso: intact, 8 entries");
        code.ShouldBe(LedgerCommands.Intact);
        (await scene.RunAsync("ledger", "gaps", "--tenant", "contoso")).Output.ShouldNotContain("key-missing");
        (code, output, _) =
            await scene.RunAsync("ledger", "export", "--tenant", "contoso", "--from", "1", "--to", "8", "--with-names", "--out", Out);
        output.ShouldNotContain("MISSING");
        code.ShouldBe(LedgerCommands.Intact, output);
        Report().ShouldNotContain("is missing.");
        Report().ShouldContain("(the reason is erased)");
    }

    [Fact]
    public async Task Beside_a_copy_without_its_documents_it_is_said_that_keys_were_not_looked_at()
    {
        await scene.FillAsync();
        var alone = Directory.CreateDirectory(Path.Combine(scene.Root, "alone")).FullName;
        File.Copy(scene.Ledger, Path.Combine(alone, LedgerFile.Name));
        var (code, output, _) = await scene.RunAsync("ledger", "verify", "--tenant", "contoso", "--path", alone);
        output.ShouldContain(
            "documents.db is not beside the ledger: whether the keys that entries are encrypted under are all there was not looked at");
        code.ShouldBe(LedgerCommands.Intact);
    }

    [Fact]
    public async Task Verify_says_what_is_not_signed_and_how_old_the_end_is()
    {
        await scene.FillAsync();
        (await scene.RunAsync("ledger", "verify", "--tenant", "contoso")).Output.ShouldContain(
            "all 5 entries are signed; the last entry is of 2026-");
        (await scene.RunAsync("erase", "--tenant", "contoso", "--subject", CommandScene.Jo)).Code.ShouldBe(0);
        var output = (await scene.RunAsync("ledger", "verify", "--tenant", "contoso")).Output;
        output.ShouldContain("3 of 8 entries are not signed yet, all after entry 5 of 2026-");
        output.ShouldContain("; the last entry is of ");
        var json = JsonElement.Parse((await scene.RunAsync("ledger", "verify", "--tenant", "contoso", "--json")).Output);
        (json.GetProperty("unsigned").GetInt64(), json.GetProperty("checkpoints").GetProperty("newest").GetInt64()).ShouldBe((3, 5));
        json.GetProperty("lastEntryAt").GetDateTimeOffset().ShouldBeGreaterThan(json.GetProperty("lastSignedEntryAt").GetDateTimeOffset());
    }

    public void Dispose() => scene.Dispose();

    private string Report()
    {
        using var zip = ZipFile.OpenRead(Out);
        using var report = new StreamReader(zip.GetEntry("report.html")!.Open(), Encoding.UTF8);
        return report.ReadToEnd();
    }

    private string TakeJosKey()
    {
        using var attacker = SqliteDatabase.OpenToWrite(Path.Combine(scene.Data, SqliteDocuments.FileName));
        var row = attacker.Prepare("SELECT id FROM documents WHERE kind = 'subject-key'");
        row.Step().ShouldBeTrue();
        var key = row.Text(0);
        row.Reset();
        attacker.Execute("DELETE FROM documents WHERE kind = 'subject-key'");
        return key;
    }
}

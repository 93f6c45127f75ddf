using System.Text;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>
/// Verbs on what is wrong, damaged or missing: each says what it is, ends with its code, and leaves every file as it was.
/// </summary>
public sealed class BadInputTests : IDisposable
{
    private static readonly string[][] Writing = [["erase", "--tenant", "contoso", "--subject", CommandScene.Jo],
        ["keys", "rotate", "--tenant", "contoso"]];
    private readonly CommandScene scene = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Out => Path.Combine(scene.Root, "out");

    private string KeyPath => Path.Combine(scene.Data, "keys", "contoso.key");

    private string[][] Reading =>
    [
        ["ledger", "list", "--tenant", "contoso"], ["ledger", "gaps", "--tenant", "contoso"],
        ["ledger", "prove", "--tenant", "contoso", "--seq", "1", "--out", Out], ["ledger", "export", "--tenant", "contoso", "--out", Out],
    ];

    [Fact]
    public async Task Another_customers_key_file_opens_nothing()
    {
        await scene.FillAsync();
        var other = new CommandScene();
        await other.FillAsync();
        File.Copy(Path.Combine(other.Data, "keys", "contoso.key"), KeyPath, overwrite: true);
        other.Dispose();
        foreach (var verb in Writing)
            await scene.RefusedAsync("but the data key of contoso was wrapped under file:", verb);
        await VerifiesAsync();
    }

    [Theory]
    [InlineData("", "is damaged. Restore it from your backup")]
    [InlineData("nonsense\n", "is damaged. Restore it from your backup")]
    [InlineData("DevOps AI Bot key 2\nid: 0123456789abcdef\n", "has format 2; this version knows format 1")]
    [InlineData(null, "is missing")]
    public async Task A_key_file_that_is_damaged_or_gone_is_named(string? content, string said)
    {
        await scene.FillAsync();
        if (content is null)
            File.Delete(KeyPath);
        else
            await File.WriteAllTextAsync(KeyPath, content, Stop);
        foreach (var verb in Writing)
        {
            await scene.RefusedAsync(said, verb);
            await scene.RefusedAsync(KeyPath, verb);
        }
        await VerifiesAsync();
    }

    [Fact]
    public async Task A_key_file_that_others_can_read_is_not_used()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no file modes.");
        await scene.FillAsync();
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        foreach (var verb in Writing)
            await scene.RefusedAsync("is open to others (mode 604)", verb);
    }

    [Theory]
    [InlineData("")]
    [InlineData("nonsense")]
    public async Task A_damaged_signing_key_is_named_and_not_replaced(string content)
    {
        await scene.FillAsync();
        await File.WriteAllTextAsync(Path.Combine(scene.Data, LocalSigningKey.FileName), content, Stop);
        await scene.RefusedAsync("is damaged: it is not a P-256 private key", "ledger", "key");
    }

    [Fact]
    public async Task A_key_that_is_none_or_has_not_signed_verifies_nothing()
    {
        await scene.FillAsync();
        using var stranger = LocalSigningKey.OpenOrCreate(Path.Combine(scene.Root, "stranger.key"));
        var key = (await stranger.VerifierKeyAsync("devops-ai-bot/contoso", Stop)).ToString();
        await scene.RefusedAsync("is not a verifier key", "ledger", "export", "--tenant", "contoso", "--out", Out, "--key", "nonsense");
        await scene.RefusedAsync("is not to be believed", "ledger", "export", "--tenant", "contoso", "--out", Out, "--key", key);
        await scene.RefusedAsync("There is no checkpoint file", "ledger", "export", "--tenant", "contoso", "--out", Out, "--checkpoint",
            Path.Combine(scene.Root, "nowhere"));
        (await scene.RunAsync("ledger", "prove", "--tenant", "contoso", "--seq", "1", "--out", Out)).Code.ShouldBe(0);
        (await scene.RunAsync("ledger", "check-receipt", Out, "--key", key)).ShouldSatisfyAllConditions(
            static result => result.Code.ShouldBe(1),
            static result => result.Output.ShouldContain("INVALID, its checkpoint is not to be believed"));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100)]
    [InlineData(4096)]
    [InlineData(-4096)]
    public async Task A_truncated_database_is_told_and_nothing_is_repaired(int length)
    {
        await scene.FillAsync(40);
        await using (var file = new FileStream(scene.Ledger, FileMode.Open))
            file.SetLength(length >= 0 ? length : file.Length + length);
        var before = scene.Picture();
        foreach (var verb in Reading.Concat(Writing))
        {
            var (code, output, error) = await scene.RunAsync(verb);
            code.ShouldBeOneOf(LedgerCommands.Tampered, LedgerCommands.Usage);
            error.ShouldContain(verb[1] == "list" ? "cannot be read" : scene.Ledger, customMessage: $"{string.Join(' ', verb)}: {output}");
            error.ShouldNotContain("   at ");
            scene.Picture().ShouldBe(before, string.Join(' ', verb));
        }
        (await scene.RunAsync("ledger", "verify", "--tenant", "contoso")).ShouldSatisfyAllConditions(
            static result => result.Code.ShouldBe(LedgerCommands.Tampered), static result => result.Output.ShouldContain("TAMPERED"));
        scene.Picture().ShouldBe(before);
    }

    [Fact]
    public async Task A_ledger_that_ends_within_a_page_is_not_written_to()
    {
        await scene.FillAsync();
        await using (var file = new FileStream(scene.Ledger, FileMode.Open))
            file.SetLength(file.Length - 1);
        foreach (var verb in Writing)
            await scene.RefusedAsync(
                "ledger.db ends in the middle of a page: it was cut off. Restore it from a backup; nothing was changed.", verb);
    }

    [Theory]
    [InlineData(LedgerFile.Name,
        "ledger.db has format 99; this version reads and writes format 2. Use the version that wrote it; nothing was changed.")]
    [InlineData(SqliteDocuments.FileName,
        "documents.db has format 99; this version reads and writes format 0. Use the version that wrote it; nothing was changed.")]
    public async Task A_file_of_a_later_version_is_told_from_a_damaged_one(string name, string said)
    {
        await scene.FillAsync();
        using (var later = SqliteDatabase.OpenToWrite(Path.Combine(scene.Data, name)))
            later.Execute("PRAGMA user_version = 99; PRAGMA wal_checkpoint(TRUNCATE)");
        var isLedger = name == LedgerFile.Name;
        var touching = isLedger ? Reading : Reading.Where(static verb => verb[1] is "prove" or "export");
        foreach (var verb in touching.Concat(Writing).Append(["ledger", "verify", "--tenant", "contoso"])
            .Append(["ledger", "verify", "--all"]).Append(["ledger", "checkpoint", "--tenant", "contoso"]))
        {
            if (isLedger && verb[1] == "checkpoint")
                continue;
            await scene.RefusedAsync(said, verb);
        }
    }

    [Fact]
    public async Task Without_the_documents_nothing_is_written_and_no_new_keys_are_made()
    {
        await scene.FillAsync();
        foreach (var file in Directory.GetFiles(scene.Data, SqliteDocuments.FileName + "*"))
            File.Delete(file);
        foreach (var verb in Writing)
            await scene.RefusedAsync("documents.db is missing, and the keys are in it", verb);
        await scene.RefusedAsync("No checkpoint of contoso", "ledger", "export", "--tenant", "contoso", "--out", Out);
    }

    [Fact]
    public async Task Damaged_documents_are_told()
    {
        await scene.FillAsync();
        var path = Path.Combine(scene.Data, SqliteDocuments.FileName);
        await File.WriteAllBytesAsync(path, Encoding.ASCII.GetBytes(new string('x', 9000)), Stop);
        foreach (var verb in Writing.Concat(Reading[2..]))
            await scene.RefusedAsync("documents.db cannot be", verb);
    }

    [Fact]
    public async Task A_ledger_that_is_not_there_is_not_made()
    {
        foreach (var verb in Reading.Concat(Writing))
            await scene.RefusedAsync($"There is no ledger at {scene.Ledger}", verb);
        await scene.FillAsync();
        foreach (var verb in Reading.Concat(Writing).Where(static verb => verb[1] != "prove"))
            await scene.RefusedAsync("Tenant nobody is unknown", [.. verb.Select(static word => word == "contoso" ? "nobody" : word)]);
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten()
    {
        await scene.FillAsync();
        await File.WriteAllTextAsync(Out, "precious", Stop);
        foreach (var verb in Reading[2..])
            await scene.RefusedAsync("exists already", verb);
        await scene.RefusedAsync("cannot be written", "ledger", "prove", "--tenant", "contoso", "--seq", "1", "--out",
            Path.Combine(Out, "below-a-file"));
        await scene.RefusedAsync("cannot be written", "ledger", "export", "--tenant", "contoso", "--out",
            Path.Combine(scene.Root, "no-such-folder", "a.zip"));
    }

    [Fact]
    public async Task Settings_that_are_wrong_are_named()
    {
        await scene.FillAsync();
        foreach (var (setting, value, said) in new[]
        {
            ("Storage:Provider", "Cosmoss", "Storage:Provider"), ("Storage:Provider", "Cosmos", "Storage:Cosmos:Endpoint: missing"),
            ("Storage:Keys:Provider", "Safe", "Storage:Keys:Provider"),
            ("Storage:Keys:Provider", "KeyVault", "Storage:Keys:VaultUri is not set"),
        })
        {
            scene.Settings[setting] = value;
            await scene.RefusedAsync(said, Writing[1]);
            scene.Settings.Remove(setting);
        }
    }

    public void Dispose() => scene.Dispose();

    private async Task VerifiesAsync() => (await scene.RunAsync("ledger", "verify", "--tenant", "contoso")).Code.ShouldBe(0);
}

using System.Text.Json;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

public sealed class ProofCommandsTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly string root = Directory.CreateTempSubdirectory("proof-commands-").FullName;
    private readonly LedgerMetrics metrics = new();
    private readonly LocalKeyRing keyRing;
    private readonly SqliteLedger ledger;
    private readonly SqliteDocuments documents;
    private readonly Dictionary<string, string?> settings =
        new() { ["Storage:Path"] = "data", ["Tenants:contoso:Name"] = "Contoso", ["Tenants:fabrikam:Name"] = "Fabrikam Inc" };

    public ProofCommandsTests()
    {
        keyRing = new(Data);
        ledger = new(Data, CoreFeatures.Catalog, keyRing.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance);
        documents = new(Data);
    }

    private string Data => Path.Combine(root, "data");

    [Fact]
    public async Task A_receipt_is_written_and_checked_without_the_ledger()
    {
        await AppendAsync(10);
        await SignAsync();
        var file = Path.Combine(root, "a.tlog-proof");
        var proved = await RunAsync("ledger", "prove", "--tenant", "contoso", "--seq", "4", "--out", file);
        proved.ShouldBe((0, $"{file}: entry 4 of contoso, proved by the checkpoint of 10 entries\n", ""));
        var key = (await RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        ledger.Dispose();
        keyRing.Dispose();
        documents.Dispose();
        Directory.Delete(Data, recursive: true);

        var (code, output, _) = await RunAsync("ledger", "check-receipt", file, "--key", key, "--tenant", "contoso");
        code.ShouldBe(0);
        output.ShouldContain("valid, entry 4 of contoso: freeze.set on freeze");
        JsonElement.Parse((await RunAsync("ledger", "check-receipt", file, "--key", key, "--json")).Output).GetProperty("entry")
            .GetProperty("seq").GetInt64().ShouldBe(4);
        var (otherCode, other, _) = await RunAsync("ledger", "check-receipt", file, "--key", key, "--tenant", "fabrikam");
        (otherCode, other.Contains("it is of tenant contoso, not of fabrikam", StringComparison.Ordinal)).ShouldBe((1, true));
        await File.WriteAllTextAsync(file,
            (await File.ReadAllTextAsync(file, Cancel)).Replace("index 3", "index 4", StringComparison.Ordinal), Cancel);
        (await RunAsync("ledger", "check-receipt", file, "--key", key)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("INVALID, the entry is not number 5"));
    }

    [Fact]
    public async Task Verify_holds_the_ledger_against_what_is_kept_beside_it_and_what_is_given()
    {
        await AppendAsync(6);
        await SignAsync();
        await AppendAsync(3);
        var (code, output, _) = await RunAsync("ledger", "verify", "--tenant", "contoso");
        code.ShouldBe(0);
        output.ShouldContain("1 checkpoint kept beside the ledger fit, the newest of 6 entries");
        var outside = Path.Combine(root, "outside.checkpoint");
        await File.WriteAllTextAsync(outside, (await RunAsync("ledger", "checkpoint", "--tenant", "contoso")).Output, Cancel);
        var key = (await RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        (await RunAsync("ledger", "verify", "--tenant", "contoso", "--checkpoint", outside, "--key", key)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(0), result => result.Output.ShouldContain("fits, 6 entries, signed by devops-ai-bot/contoso"));

        // The end is cut off, and everything beside the ledger is made to agree.
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(Data, LedgerFile.Name)))
            attacker.Execute("DELETE FROM entries; DELETE FROM heads");
        File.Delete(Path.Combine(Data, "ledger.heads"));
        Directory.Delete(Path.Combine(Data, CheckpointFiles.FolderName), recursive: true);
        (await RunAsync("ledger", "verify", "--tenant", "contoso", "--checkpoint", outside, "--key", key)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("TAMPERED, checkpoint"),
            result => result.Output.ShouldContain("entries 1 to 6 are missing"));
    }

    [Fact]
    public async Task A_tenant_whose_every_entry_is_gone_is_missed_without_being_named()
    {
        await AppendAsync(4);
        await SignAsync();
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(Data, LedgerFile.Name)))
            attacker.Execute("DELETE FROM entries; DELETE FROM heads");
        File.Delete(Path.Combine(Data, "ledger.heads"));
        (await RunAsync("ledger", "verify", "--all")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("contoso: TAMPERED"),
            result => result.Output.ShouldContain("entries 1 to 4 are missing"),
            result => result.Output.ShouldContain("fabrikam: no entries"));
    }

    [Fact]
    public async Task A_checkpoint_that_is_given_of_a_ledger_that_is_not_there_is_not_passed_over()
    {
        await AppendAsync(4);
        await SignAsync();
        var outside = Path.Combine(root, "outside.checkpoint");
        await File.WriteAllTextAsync(outside, (await RunAsync("ledger", "checkpoint", "--tenant", "contoso")).Output, Cancel);
        var key = (await RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        ledger.Dispose();
        keyRing.Dispose();
        documents.Dispose();
        Directory.Delete(Data, recursive: true);
        using var metrics = new LedgerMetrics();
        using (new SqliteLedger(Data, CoreFeatures.Catalog, new InMemoryKeyRing(), new ManualClock(), metrics,
            NullLogger<SqliteLedger>.Instance)) { }
        (await RunAsync("ledger", "verify", "--all", "--checkpoint", outside, "--key", key)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("contoso: TAMPERED"));
    }

    [Fact]
    public async Task A_checkpoint_of_another_tenant_and_one_of_a_stranger_verify_nothing()
    {
        await AppendAsync(2);
        await SignAsync();
        var key = (await RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        using var stranger = LocalSigningKey.OpenOrCreate(Path.Combine(root, "stranger.key"));
        var file = Path.Combine(root, "some.checkpoint");
        foreach (var (origin, said) in new[] { ("devops-ai-bot/fabrikam", "it is of another ledger"),
            ("devops-ai-bot/contoso", "no signature is of a key that is trusted") })
        {
            await File.WriteAllTextAsync(
                file, (await stranger.SignAsync(new Checkpoint(origin, 1, new byte[32]), Cancel)).ToString(), Cancel);
            (await RunAsync("ledger", "verify", "--tenant", "contoso", "--checkpoint", file, "--key", key)).ShouldSatisfyAllConditions(
                result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("NOT VERIFIED"),
                result => result.Output.ShouldContain(said));
        }
    }

    [Fact]
    public async Task A_damaged_checkpoint_beside_the_ledger_is_tampering()
    {
        await AppendAsync(2);
        await SignAsync();
        await File.WriteAllTextAsync(Path.Combine(Data, "checkpoints", "contoso", "000000000002.checkpoint"), "x", Cancel);
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1),
            result => result.Output.ShouldContain("is no checkpoint, or is damaged"),
            result => result.Output.ShouldContain("1 checkpoint kept beside the ledger fit, the newest of 2 entries",
                customMessage: "the others are held against it all the same"));
    }

    [Fact]
    public async Task The_checkpoint_to_go_on_from_is_looked_at_as_well()
    {
        await AppendAsync(2);
        await SignAsync();
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(Data, SqliteDocuments.FileName)))
            attacker.Execute("UPDATE documents SET value = x'7b' WHERE kind = 'checkpoint-newest'");
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1),
            result => result.Output.ShouldContain("TAMPERED: The checkpoint newest kept for contoso is damaged"));
    }

    [Fact]
    public async Task A_ledger_that_a_given_key_has_not_signed_is_not_verified_by_that_key()
    {
        await AppendAsync(4);
        await SignAsync();
        using var stranger = LocalSigningKey.OpenOrCreate(Path.Combine(root, "stranger.key"));
        var key = (await stranger.VerifierKeyAsync("devops-ai-bot/contoso", Cancel)).ToString();
        (await RunAsync("ledger", "verify", "--tenant", "contoso", "--key", key)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1),
            result => result.Output.ShouldContain(
                "contoso: NOT VERIFIED, no checkpoint kept beside the ledger or given is signed by a key that was given"));
        var json = await RunAsync("ledger", "verify", "--all", "--key", key, "--json");
        var contoso = json.Output.Split('\n').Single(static line => line.Contains("\"contoso\"", StringComparison.Ordinal));
        (json.Code, JsonElement.Parse(contoso).GetProperty("status").GetString()).ShouldBe((1, "not verified"));
        // Nor when whoever rewrote it has taken every signature away.
        Directory.Delete(Path.Combine(Data, CheckpointFiles.FolderName), recursive: true);
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(Data, SqliteDocuments.FileName)))
            attacker.Execute("DELETE FROM documents WHERE kind <> 'data-key'");
        (await RunAsync("ledger", "verify", "--tenant", "contoso", "--key", key)).Code.ShouldBe(1);
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(0), result => result.Output.ShouldContain("no signed checkpoint is kept beside the ledger"));
    }

    [Fact]
    public async Task A_file_without_a_key_is_not_taken_for_no_key()
    {
        await AppendAsync(2);
        await SignAsync();
        var file = Path.Combine(root, "keys.txt");
        foreach (var (text, said) in new[] { ("", "holds no verifier key"), ("# to come\n\n", "holds no verifier key"),
            ("\u0007\u001b", $"Line 1 of {file} cannot be used: not a verifier key") })
        {
            await File.WriteAllTextAsync(file, text, Cancel);
            (await RunAsync("ledger", "verify", "--tenant", "contoso", "--key", file)).ShouldSatisfyAllConditions(
                result => result.Code.ShouldBe(2), result => result.Error.ShouldContain(said), result => result.Output.ShouldBeEmpty());
        }
        (await RunAsync("ledger", "verify", "--tenant", "contoso", "--key", root)).Error.ShouldContain("is a folder");
        (await RunAsync("ledger", "verify", "--tenant", "contoso", "--key", file + ".gone")).Error.ShouldContain("there is no such file");
        settings.Remove("Tenants:contoso:Name");
        settings.Remove("Tenants:fabrikam:Name");
        (await RunAsync("ledger", "key")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(2), result => result.Error.ShouldContain("No client is configured here"));
    }

    [Fact]
    public async Task A_changed_entry_cannot_be_proved()
    {
        await AppendAsync(5);
        await SignAsync();
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(Data, LedgerFile.Name)))
            attacker.Execute("UPDATE entries SET body = replace(body, 'freeze', 'freezE') WHERE seq = 3");
        (await RunAsync("ledger", "prove", "--tenant", "contoso", "--seq", "3")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Error.ShouldContain("is not what was signed for"));
    }

    [Theory]
    [InlineData("There is no key to judge", "verify", "--tenant", "contoso", "--checkpoint", "FILE")]
    [InlineData("There is no checkpoint file", "verify", "--tenant", "contoso", "--checkpoint", "/nowhere", "--key", "KEY")]
    [InlineData("is not a verifier key", "verify", "--tenant", "contoso", "--key", "nonsense")]
    [InlineData("No checkpoint of contoso has been signed yet", "checkpoint", "--tenant", "contoso")]
    [InlineData("nothing to prove by", "prove", "--tenant", "contoso", "--seq", "1")]
    [InlineData("--seq", "prove", "--tenant", "contoso")]
    [InlineData("Which tenant?", "prove", "--seq", "1")]
    [InlineData("--key", "check-receipt", "FILE")]
    [InlineData("/nowhere", "check-receipt", "/nowhere", "--key", "KEY")]
    [InlineData("No key has signed yet", "key", "--tenant", "contoso")]
    public async Task A_mistake_is_explained_and_ends_with_code_2(string explanation, params string[] args)
    {
        await AppendAsync(1);
        using var some = LocalSigningKey.OpenOrCreate(Path.Combine(root, "some.key"));
        var signed = await some.SignAsync(new Checkpoint("devops-ai-bot/contoso", 1, new byte[32]), Cancel);
        var file = Path.Combine(root, "some.checkpoint");
        await File.WriteAllTextAsync(file, signed.ToString(), Cancel);
        var key = (await some.VerifierKeyAsync("devops-ai-bot/contoso", Cancel)).ToString();
        var (code, output, error) =
            await RunAsync(["ledger", .. args.Select(arg => arg switch { "FILE" => file, "KEY" => key, _ => arg })]);
        code.ShouldBe(2, output + error);
        error.ShouldContain(explanation);
    }

    [Fact]
    public async Task A_witness_cosigns_over_http_and_its_file_verifies()
    {
        await AppendAsync(3);
        await SignAsync();
        var key = (await RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        using var output = new StringWriter { NewLine = "\n" };
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var serving = WitnessCommand.RunAsync(["--listen", "http://127.0.0.1:0", "--store", Path.Combine(root, "witness"), "--log", key],
            output, TextWriter.Null, stop.Token);
        string[] said;
        while ((said = output.ToString().Split('\n')).Length < 3)
            await Task.Delay(50, Cancel);
        using var client = new HttpClient { BaseAddress = new(said[0].Split(' ')[2]) };
        var checkpoint = (await RunAsync("ledger", "checkpoint", "--tenant", "contoso")).Output;
        using var result =
            await client.PostAsync(new Uri("/add-checkpoint", UriKind.Relative), new StringContent("old 0\n\n" + checkpoint), Cancel);
        result.IsSuccessStatusCode.ShouldBeTrue();
        using var again =
            await client.PostAsync(new Uri("/add-checkpoint", UriKind.Relative), new StringContent("old 0\n\n" + checkpoint), Cancel);
        ((int)again.StatusCode, await again.Content.ReadAsStringAsync(Cancel), again.Content.Headers.ContentType?.ToString()).ShouldBe(
            (409, "3\n", "text/x.tlog.size"));
        (await client.GetStringAsync(new Uri("/key", UriKind.Relative), Cancel)).Trim().ShouldBe(said[1]);
        var file = Path.Combine(root, "witnessed.checkpoint");
        await File.WriteAllTextAsync(file,
            await client.GetStringAsync(new Uri("/checkpoint/devops-ai-bot/contoso", UriKind.Relative), Cancel), Cancel);
        await stop.CancelAsync();
        await Task.WhenAny(serving);

        var (code, verified, _) = await RunAsync("ledger", "verify", "--tenant", "contoso", "--checkpoint", file, "--key", said[1]);
        code.ShouldBe(0, verified);
        verified.ShouldContain("fits, 3 entries, signed by witness at ");
        verified.ShouldContain("1 of the checkpoints kept beside the ledger are not signed by a key that is trusted here");
    }

    public void Dispose()
    {
        ledger.Dispose();
        keyRing.Dispose();
        documents.Dispose();
        metrics.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task AppendAsync(int count)
    {
        for (var i = 0; i < count; i++)
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Freeze, Actor.Service("test"), CorrelationId.Parse("c0ffee"), new FreezeSet("because"))], Cancel);
    }

    /// <summary>What the bot does soon after a decision.</summary>
    private async Task SignAsync()
    {
        using var key = LocalSigningKey.OpenOrCreate(Path.Combine(Data, LocalSigningKey.FileName));
        var archive = new SqliteArchive(Path.Combine(Data, LedgerFile.Name));
        var size = await archive.SizeAsync(Contoso, Cancel);
        var leaves = await archive.LeavesAsync(Contoso, 1, (int)size, Cancel);
        var head = MerkleTree.Root(leaves.ToArray().Chunk(MerkleTree.HashSize));
        var signed = await key.SignAsync(new Checkpoint("devops-ai-bot/contoso", size, head), Cancel);
        await new SigningKeys(documents).AddAsync(await key.PublicKeyAsync(Cancel), Cancel);
        (await new Checkpoints(documents).TryAddAsync(Contoso, signed, null, Cancel)).ShouldBeTrue();
        new CheckpointFiles(Path.Combine(Data, CheckpointFiles.FolderName)).Write(Contoso, signed);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Verb.RunAsync(root, settings, args);
}

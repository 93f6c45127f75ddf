using System.Security.Cryptography;
using System.Text.Json;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

public sealed class EvidenceCommandsTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string root = Directory.CreateTempSubdirectory("evidence-commands-").FullName;
    private readonly ManualClock clock = new();
    private readonly LedgerMetrics metrics = new();
    private readonly LocalKeyRing keyRing;
    private readonly SqliteLedger ledger;
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly Dictionary<string, string?> settings = new()
    {
        ["Storage:Path"] = "data", ["Tenants:contoso:Name"] = "Contoso Ltd", ["Tenants:fabrikam:Name"] = "Fabrikam Inc",
    };

    public EvidenceCommandsTests()
    {
        keyRing = new(Path.Combine(root, "data"));
        ledger = new(Path.Combine(root, "data"), CoreFeatures.Catalog, keyRing.Keys, clock, metrics, NullLogger<SqliteLedger>.Instance);
    }

    private string Out => Path.Combine(root, "evidence.zip");

    private VerifierKey Verifier => VerifierKey.Create("ledger.example/contoso", key.ExportSubjectPublicKeyInfo());

    [Fact]
    public async Task Export_writes_a_bundle_that_verifies_where_there_is_no_ledger()
    {
        await AppendAsync(5);
        await KeepAsync(5);
        var (code, output, error) = await RunAsync("ledger", "export", "--tenant", "contoso", "--out", Out);
        error.ShouldBeEmpty();
        output.ShouldStartWith($"contoso: entries 1 to 5 of 5, in {Out}");
        output.ShouldContain("sha256 "
            + Convert.ToHexStringLower(SHA256.HashData(await File.ReadAllBytesAsync(Out, TestContext.Current.CancellationToken))));
        code.ShouldBe(0);
        settings["Storage:Path"] = "nowhere";
        var (verified, text, _) = await RunAsync("ledger", "verify", "--bundle", Out, "--key", Verifier.ToString());
        text.ShouldContain("intact. Entries 1 to 5 of ledger.example/contoso, in the tree of 5 entries");
        text.ShouldContain("Signed with the key given");
        text.ShouldContain("made again from the entries and are the same");
        verified.ShouldBe(0);
        var json = JsonElement.Parse((await RunAsync("ledger", "verify", "--bundle", Out, "--tenant", "contoso", "--json")).Output);
        json.GetProperty("status").GetString().ShouldBe("intact");
        json.GetProperty("keyTrusted").GetBoolean().ShouldBeFalse();
    }

    /// <summary>The ledger of this test is open all the while, as that of a running bot is.</summary>
    [Fact]
    public async Task What_no_checkpoint_covers_yet_is_signed_at_once_beside_a_running_bot_and_kept()
    {
        await AppendAsync(4);
        new SqliteDocuments(Path.Combine(root, "data")).Dispose();
        File.WriteAllText(Path.Combine(root, "data", LocalSigningKey.FileName), key.ExportPkcs8PrivateKeyPem());
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Path.Combine(root, "data", LocalSigningKey.FileName), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        (await ExportedAsync("--month", "2026-03")).ShouldContain("signed a checkpoint of 4 entries");
        var once = await File.ReadAllBytesAsync(Out, TestContext.Current.CancellationToken);
        (await ExportedAsync("--month", "2026-03")).ShouldNotContain("signed a checkpoint");
        (await File.ReadAllBytesAsync(Out, TestContext.Current.CancellationToken)).ShouldBe(once);
        await AppendAsync(2);
        (await ExportedAsync("--from", "2026-03-01", "--to", "2026-04-01")).ShouldContain("entries 1 to 6 of 6");
        await AppendAsync(1);
        (await ExportedAsync()).ShouldContain("entries 1 to 6 of 6", Case.Sensitive, "without an end, what is signed");
        (await ExportedAsync("--from", "7")).ShouldContain("entries 7 to 7 of 7");
        await AppendAsync(1);
        (await RunAsync("ledger", "checkpoint", "--tenant", "contoso")).Output.ShouldContain("/contoso\n7\n");
        (await RunAsync("ledger", "checkpoint", "--tenant", "contoso", "--sign")).Output.ShouldContain("/contoso\n8\n");
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task Ranges_are_given_by_seq_or_time_and_end_where_the_checkpoint_ends()
    {
        await AppendAsync(6);
        await KeepAsync(5);
        (await ExportedAsync()).ShouldContain("entries 1 to 5 of 5");
        (await ExportedAsync("--from", "2", "--to", "3")).ShouldContain("entries 2 to 3 of 5");
        (await ExportedAsync("--from", "2026-03-02T09:02:00Z", "--to", "2026-03-02T09:04Z")).ShouldContain("entries 2 to 3 of 5");
        (await ExportedAsync("--from", "2026-03-01", "--redact", "2", "--redact", "4-5")).ShouldContain("entries 1 to 5 of 5, 3 redacted");
    }

    [Fact]
    public async Task What_cannot_be_exported_is_said_with_code_2_and_leaves_no_file()
    {
        await RefusedAsync("has no entries yet", "--tenant", "fabrikam");
        await RefusedAsync("is unknown", "--tenant", "nobody");
        await AppendAsync(3);
        await RefusedAsync("No checkpoint of contoso is kept", "--tenant", "contoso");
        await RefusedAsync("none can be signed here: There is no signing", "--tenant", "contoso", "--month", "2026-03");
        await RefusedAsync("no entries from 2026-02-01 to 2026-03-01. Its 3 entries are of 2026-03-02T", "--tenant", "contoso",
            "--month", "2026-02");
        await RefusedAsync("is no month", "--tenant", "contoso", "--month", "March");
        await RefusedAsync("give one or the other", "--tenant", "contoso", "--month", "2026-03", "--from", "1");
        await KeepAsync(2);
        await RefusedAsync("covers 2 entries of contoso, not yet entry 3", "--tenant", "contoso", "--to", "3");
        await RefusedAsync("There is no signing key at ", "--tenant", "contoso", "--month", "2026-03");
        await RefusedAsync("there is no entry 9", "--tenant", "contoso", "--to", "9");
        await RefusedAsync("no entries from 2 to 1", "--tenant", "contoso", "--from", "2", "--to", "1");
        await RefusedAsync("no entries from 2027-01-01", "--tenant", "contoso", "--from", "2027-01-01");
        await RefusedAsync("neither a seq", "--tenant", "contoso", "--from", "yesterday");
        await RefusedAsync("counted from 1", "--tenant", "contoso", "--from", "0");
        await RefusedAsync("neither a seq (12), nor a range", "--tenant", "contoso", "--redact", "secrets");
        await RefusedAsync("Which tenant?", []);
        (await RunAsync("ledger", "export", "--tenant", "contoso")).Error.ShouldContain("Where to?");
        settings["Compliance:Namespace"] = "http://example.com/";
        await RefusedAsync("Compliance:Namespace", "--tenant", "contoso");
        settings.Remove("Compliance:Namespace");
        keyRing.Dispose();
        File.Delete(Path.Combine(root, "data", SqliteDocuments.FileName));
        await RefusedAsync("which keeps the checkpoints, is not beside it", "--tenant", "contoso", "--month", "2026-03");
    }

    [Fact]
    public async Task Names_are_told_only_when_asked_for_and_only_with_the_customers_key()
    {
        settings["Storage:Path"] = "keyed";
        var folder = Path.Combine(root, "keyed");
        using (var keyRing = new LocalKeyRing(folder))
        using (var keyed = new SqliteLedger(folder, CoreFeatures.Catalog, keyRing.Keys, clock, metrics, NullLogger<SqliteLedger>.Instance))
            await keyed.AppendAsync(Contoso, [],
                [new(StreamId.Freeze, new Person(Who("8b1d"), "Ana Approver").AsActor(), CorrelationId.Parse("c"),
                    new FreezeSet("month end"))],
                CancellationToken.None);
        await KeepAsync(1, "keyed");
        var before = Files();
        (await ExportedAsync()).ShouldContain("entries 1 to 1 of 1, in ");
        Report().ShouldNotContain("Ana Approver");
        (await ExportedAsync("--with-names")).ShouldContain("entries 1 to 1 of 1, with names, in ");
        Report().ShouldContain("Ana Approver froze execution: month end.");
        (await RunAsync("ledger", "verify", "--bundle", Out)).Output.ShouldContain("each is the one that its entry commits to");
        Files().ShouldBe(before);
        File.Delete(Out);
        File.Delete(Directory.GetFiles(Path.Combine(folder, "keys")).ShouldHaveSingleItem());
        await RefusedAsync("contoso", "--tenant", "contoso", "--with-names");
        Directory.GetFiles(Path.Combine(folder, "keys")).ShouldBeEmpty(customMessage: "no key is made anew");
        (await ExportedAsync()).ShouldContain("entries 1 to 1 of 1, in ");

        // Whoever looks into a database leaves what SQLite shares between those who do.
        List<string> Files() => [.. Directory.GetFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith("-wal", StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)];

        string Report()
        {
            using var zip = System.IO.Compression.ZipFile.OpenRead(Out);
            using var reader = new StreamReader(zip.GetEntry("report.html")!.Open());
            return reader.ReadToEnd();
        }
    }

    [Fact]
    public async Task A_file_that_is_there_is_not_overwritten()
    {
        await AppendAsync(2);
        await KeepAsync(2);
        await File.WriteAllTextAsync(Out, "precious", TestContext.Current.CancellationToken);
        var (code, _, error) = await RunAsync("ledger", "export", "--tenant", "contoso", "--out", Out);
        code.ShouldBe(2);
        error.ShouldContain("exists already; an export overwrites nothing.");
        (await File.ReadAllTextAsync(Out, TestContext.Current.CancellationToken)).ShouldBe("precious");
    }

    [Fact]
    public async Task Verify_tells_a_changed_bundle_from_one_that_cannot_be_checked()
    {
        await AppendAsync(3);
        await KeepAsync(3);
        await ExportedAsync();
        var bytes = await File.ReadAllBytesAsync(Out, TestContext.Current.CancellationToken);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(Out, bytes, TestContext.Current.CancellationToken);
        var (changed, output, _) = await RunAsync("ledger", "verify", "--bundle", Out);
        output.ShouldContain("NOT INTACT. It was changed: its bytes do not have the hash that stands at its end.");
        changed.ShouldBe(1);
        await File.WriteAllTextAsync(Out, "not a zip", TestContext.Current.CancellationToken);
        var (unreadable, _, error) = await RunAsync("ledger", "verify", "--bundle", Out);
        error.ShouldContain("cannot be checked. It is not a zip file");
        unreadable.ShouldBe(2);
        (await RunAsync("ledger", "verify", "--bundle", Path.Combine(root, "gone.zip"))).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(2), result => result.Error.ShouldContain("There is no such file."));
        (await RunAsync("ledger", "verify", "--bundle", Out, "--key", "nonsense")).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(2), result => result.Error.ShouldContain("'nonsense' is not a verifier key"));
    }

    [Fact]
    public async Task The_key_may_be_one_of_several_in_a_file()
    {
        await AppendAsync(3);
        await KeepAsync(3);
        using var stranger = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var (other, file) =
            (VerifierKey.Create("ledger.example/fabrikam", stranger.ExportSubjectPublicKeyInfo()), Path.Combine(root, "keys.txt"));
        await File.WriteAllLinesAsync(file, ["# all clients", other.ToString(), Verifier.ToString()],
            TestContext.Current.CancellationToken);
        (await RunAsync("ledger", "export", "--tenant", "contoso", "--out", Out, "--key", file)).Code.ShouldBe(0);
        (await RunAsync("ledger", "verify", "--bundle", Out, "--key", file)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(0), result => result.Output.ShouldContain("Signed with the key given"));
        await File.WriteAllLinesAsync(file, [other.ToString()], TestContext.Current.CancellationToken);
        (await RunAsync("ledger", "verify", "--bundle", Out, "--key", file)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("It is signed with another key"));
    }

    [Theory]
    [InlineData("--checkpoint", "some.checkpoint")]
    [InlineData("--path", "some")]
    [InlineData("--all")]
    public async Task What_would_not_be_checked_with_a_bundle_is_refused(params string[] more)
    {
        await AppendAsync(3);
        await KeepAsync(3);
        await ExportedAsync();
        (await RunAsync(["ledger", "verify", "--bundle", Out, .. more])).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(2), result => result.Error.ShouldContain(more[0]), result => result.Output.ShouldBeEmpty());
    }

    [Fact]
    public async Task A_bundle_of_another_tenant_is_not_taken_for_the_one_asked_for()
    {
        await AppendAsync(3);
        await KeepAsync(3);
        await ExportedAsync();
        var (code, output, _) = await RunAsync("ledger", "verify", "--bundle", Out, "--tenant", "fabrikam");
        output.ShouldContain("It is a bundle of contoso, not of fabrikam.");
        code.ShouldBe(1);
    }

    public void Dispose()
    {
        ledger.Dispose();
        keyRing.Dispose();
        metrics.Dispose();
        key.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task AppendAsync(int count)
    {
        for (var i = 1; i <= count; i++)
        {
            clock.Advance(TimeSpan.FromMinutes(1));
            await ledger.AppendAsync(
                Contoso, [], [new(StreamId.Incident(Con(i)), Actor.Service("test"), CorrelationId.Parse("c"),
                new IncidentClosed(Con(i), "resolved"))],
                CancellationToken.None);
        }
    }

    /// <summary>Signs the ledger and keeps checkpoint and key beside it, as the bot does.</summary>
    private async Task KeepAsync(int size, string folder = "data")
    {
        var leaves =
            await new SqliteArchive(Path.Combine(root, folder, LedgerFile.Name)).LeavesAsync(Contoso, 1, size, CancellationToken.None);
        var checkpoint = new Checkpoint(Verifier.Name, size, MerkleTree.Root(leaves.ToArray().Chunk(MerkleTree.HashSize)));
        var signature = key.SignData(System.Text.Encoding.UTF8.GetBytes(checkpoint.ToText()), HashAlgorithmName.SHA256,
            DSASignatureFormat.Rfc3279DerSequence);
        var note = new SignedNote(checkpoint.ToText(), [new(Verifier.Name, Verifier.Id, signature)]);
        using var documents = new SqliteDocuments(Path.Combine(root, folder));
        var kept = new Checkpoints(documents);
        await kept.TryAddAsync(Contoso, SignedCheckpoint.Parse(note.ToString()), await kept.NewestAsync(Contoso, CancellationToken.None),
            CancellationToken.None);
        await documents.TryPutAsync(DocumentScope.Host, "signing-key", "k", key.ExportSubjectPublicKeyInfo(), null, CancellationToken.None);
    }

    private async Task<string> ExportedAsync(params string[] more)
    {
        File.Delete(Out);
        var (code, output, error) = await RunAsync(["ledger", "export", "--tenant", "contoso", "--out", Out, .. more]);
        error.ShouldBeEmpty();
        code.ShouldBe(0);
        (await RunAsync("ledger", "verify", "--bundle", Out)).Code.ShouldBe(0);
        return output;
    }

    private async Task RefusedAsync(string why, params string[] arguments)
    {
        var (code, output, error) = await RunAsync(["ledger", "export", "--out", Out, .. arguments]);
        error.ShouldContain(why);
        code.ShouldBe(2);
        output.ShouldBeEmpty();
        Directory.GetFiles(root).ShouldBeEmpty();
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Verb.RunAsync(root, settings, args);
}

using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Encryption;

public sealed class KeyRingTests : IDisposable
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string folder = Directory.CreateTempSubdirectory("vault-test-").FullName;
    private readonly LedgerMetrics metrics = new();

    /// <summary>Where the heading says which format it is.</summary>
    private const int VersionDigit = 18;

    private string KeyPath => Path.Combine(folder, "keys", "contoso.key");

    [Fact]
    public async Task What_was_encrypted_is_read_after_a_restart()
    {
        await WriteAsync();
        (await ReadAsync()).ShouldBe(["Ana Approver"]);
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Any_damage_to_the_key_file_is_told_and_nothing_is_written_over_it()
    {
        await WriteAsync();
        var intact = await File.ReadAllBytesAsync(KeyPath, TestContext.Current.CancellationToken);
        for (var at = 0; at < intact.Length; at += 3)
        {
            var damaged = intact.ToArray();
            damaged[at] ^= 4;
            await File.WriteAllBytesAsync(KeyPath, damaged, TestContext.Current.CancellationToken);
            (await Should.ThrowAsync<LedgerUnavailableException>(ReadAsync)).Message.ShouldContain(
                at == VersionDigit ? "has format 5; this version knows format 1" : "is damaged. Restore it from your backup");
            (await File.ReadAllBytesAsync(KeyPath, TestContext.Current.CancellationToken)).ShouldBe(damaged);
        }
        await File.WriteAllBytesAsync(KeyPath, [], TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<LedgerUnavailableException>(ReadAsync)).Message.ShouldContain("is damaged");
        Verify().Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task A_missing_key_file_is_told_and_no_new_one_is_made()
    {
        await WriteAsync();
        File.Delete(KeyPath);
        (await Should.ThrowAsync<LedgerUnavailableException>(ReadAsync)).Message.ShouldContain("is missing");
        File.Exists(KeyPath).ShouldBeFalse();
        Verify().Intact.ShouldBeTrue();
    }

    [Fact]
    public async Task Another_ledgers_key_file_is_told_apart_from_a_damaged_one()
    {
        await WriteAsync();
        File.Delete(KeyPath);
        var other = KeyFile.Create(KeyPath);
        (await Should.ThrowAsync<LedgerUnavailableException>(ReadAsync)).Message.ShouldContain($"holds key file:{other.Id}, but");
    }

    [Fact]
    public async Task A_key_file_that_others_may_read_is_refused()
    {
        if (OperatingSystem.IsWindows())
            return;
        await WriteAsync();
        File.SetUnixFileMode(KeyPath, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead);
        (await Should.ThrowAsync<LedgerUnavailableException>(ReadAsync)).Message.ShouldContain("open to others (mode 640)");
    }

    [Fact]
    public async Task Documents_that_are_gone_while_encrypted_data_exist_are_told_and_no_new_key_is_made()
    {
        await WriteAsync();
        foreach (var file in Directory.GetFiles(folder, SqliteDocuments.FileName + "*"))
            File.Delete(file);
        (await Should.ThrowAsync<LedgerUnavailableException>(ReadAsync)).Message.ShouldContain("its data key is missing");
        (await Should.ThrowAsync<LedgerUnavailableException>(WriteAsync)).Message.ShouldContain("no new key was made");
    }

    [Fact]
    public async Task Rotation_changes_no_encrypted_byte_and_the_old_key_is_not_needed_any_more()
    {
        await WriteAsync();
        var before = await StoredAsync();
        var old = await File.ReadAllBytesAsync(KeyPath, TestContext.Current.CancellationToken);
        using (var keyRing = new LocalKeyRing(folder))
            (await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse("a"), Stop)).ShouldNotBeNull().From
                .ShouldNotBe((await keyRing.Keys.RotateAsync(Contoso, CorrelationId.Parse("b"), Stop)).ShouldNotBeNull().To);
        Directory.GetFiles(Path.Combine(folder, "keys")).ShouldBe([KeyPath, KeyPath + ".lock"], ignoreOrder: true);
        (await File.ReadAllBytesAsync(KeyPath, TestContext.Current.CancellationToken)).ShouldNotBe(old);
        (await StoredAsync()).ShouldBe(before);
        (await ReadAsync()).ShouldBe(["Ana Approver"]);
        Verify().Intact.ShouldBeTrue();
        if (!OperatingSystem.IsWindows())
            File.GetUnixFileMode(KeyPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    [Fact]
    public async Task Two_bots_that_meet_the_same_person_at_once_agree_on_one_key()
    {
        await WriteAsync();
        using var one = new LocalKeyRing(folder);
        using var two = new LocalKeyRing(folder);
        var keys = await Task.WhenAll(Enumerable.Range(0, 16).Select(i => Task.Run(async () =>
            (await (i % 2 == 0 ? one : two).Keys.OfUserAsync(Contoso, i % 3 == 0 ? "JO@contoso.com" : "jo@contoso.com ", Stop)).Id)));
        keys.Distinct().ShouldHaveSingleItem().ShouldMatch("^s-[0-9a-f]{16}$");
        (await two.Keys.OfUserAsync(TenantId.Parse("fabrikam"), "jo@contoso.com", Stop)).Id.ShouldNotBe(keys[0]);
    }

    public void Dispose()
    {
        metrics.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private SqliteLedger Open(LocalKeyRing keyRing) =>
        new(folder, CoreFeatures.Catalog, keyRing.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance);

    private async Task WriteAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        await ledger.AppendAsync(
            Contoso, [],
            [new(StreamId.Incident(Con(1)), new(ActorKind.Person, "ana", "Ana Approver"), CorrelationId.Parse("c"),
            new IncidentClosed(Con(1), "handled"))],
            CancellationToken.None);
    }

    private async Task<IReadOnlyList<string>> ReadAsync()
    {
        using var keyRing = new LocalKeyRing(folder);
        using var ledger = Open(keyRing);
        return [.. (await ledger.ReadAsync(Contoso, 0, 10, CancellationToken.None)).Select(entry => entry.Actor.Name)];
    }

    private async Task<List<string>> StoredAsync()
    {
        var stored = new List<string>();
        await foreach (var entry in new SqliteArchive(Path.Combine(folder, LedgerFile.Name)).ReadAsync(
            Contoso, 1, 10, CancellationToken.None))
            stored.Add(Convert.ToHexString(entry.Encrypted!.Value.Span) + Convert.ToHexString(entry.Body.Span));
        return stored;
    }

    private TenantVerification Verify() =>
        LedgerVerifier.VerifyFile(Path.Combine(folder, LedgerFile.Name), Contoso, CancellationToken.None).ShouldNotBeNull()
            .ShouldHaveSingleItem();
}

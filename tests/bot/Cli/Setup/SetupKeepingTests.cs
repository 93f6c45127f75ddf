using DevOpsAI.Bot.Cli.Setup;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands.Setup;

/// <summary>What is missing where data and keys are kept.</summary>
public sealed class SetupKeepingTests : IAsyncLifetime
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private SetupScene scene = null!;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => scene = await SetupScene.StartAsync();

    public ValueTask DisposeAsync() => scene.DisposeAsync();

    [Fact]
    public async Task A_folder_that_is_not_there_is_told_and_not_made()
    {
        var folder = Path.Combine(scene.Root, "not-mounted");
        scene.Settings["Storage:Path"] = folder;
        (await scene.MissingAsync("folder")).ShouldStartWith($"The data folder {folder} does not exist.");
        Directory.Exists(folder).ShouldBeFalse();
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_told()
    {
        // Where every folder may be written, as by root, this one still cannot.
        scene.Settings["Storage:Path"] = "/proc";
        Assert.SkipUnless(OperatingSystem.IsLinux(), "There is no /proc here.");
        (await scene.MissingAsync("folder")).ShouldStartWith("The data folder /proc cannot be written");
    }

    [Fact]
    public async Task A_disk_that_is_nearly_full_is_told()
    {
        scene.Replace(static services => services.AddSingleton<DiskSpace>(new Room(12 << 20)));
        (await scene.MissingAsync("folder")).ShouldContain("has room for 12 MB more");
    }

    [Fact]
    public void The_room_of_a_folder_is_that_of_its_disk() => new DiskSpace().GetFree(scene.Data).ShouldBeGreaterThan(0);

    [Fact]
    public async Task An_administrator_of_the_ledger_counts_until_the_role_is_taken_away_and_the_bot_may_run()
    {
        scene.Settings["Access:Roles:*:administrator:0"] = null;
        using var metrics = new LedgerMetrics();
        using var keys = new LocalKeyRing(scene.Data);
        using var ledger = new SqliteLedger(
            scene.Data, CoreFeatures.Catalog, keys.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance);
        await AssignAsync(ledger, Contoso, held: true);
        await AssignAsync(ledger, Fabrikam, held: true);
        (await scene.RunAsync()).Output.ShouldEndWith("Ready.\n");
        await AssignAsync(ledger, Fabrikam, held: false);
        (await scene.MissingAsync("administrators")).ShouldStartWith("Nobody is administrator of fabrikam.");
    }

    [Fact]
    public async Task Nothing_is_written_by_it()
    {
        using (var metrics = new LedgerMetrics())
        using (var keys = new LocalKeyRing(scene.Data))
        using (var ledger = new SqliteLedger(
            scene.Data, CoreFeatures.Catalog, keys.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance))
            await AssignAsync(ledger, Contoso, held: true);
        var before = Picture();
        (await scene.RunAsync()).Code.ShouldBe(SetupCommand.Ready);
        Picture().ShouldBe(before);
    }

    [Fact]
    public async Task A_first_run_finds_an_empty_folder_and_leaves_it_empty()
    {
        (await scene.RunAsync()).Code.ShouldBe(SetupCommand.Ready);
        Directory.EnumerateFileSystemEntries(scene.Data).ShouldBeEmpty();
    }

    [Fact]
    public async Task Key_Vault_is_asked_for_what_the_bot_will_ask_for()
    {
        await using var vault = await UseVaultAsync();
        (await scene.LinesAsync()).Where(static line => line.Check is "checkpoint-key" or "client-keys")
            .ShouldAllBe(static line => line.Status == "ok");
    }

    [Fact]
    public async Task The_vault_of_typed_secrets_is_asked_for_what_the_bot_will_ask_for()
    {
        await using var vault = await UseSecretVaultAsync();
        (await scene.LinesAsync()).Single(static line => line.Check == "secret-vault").Status.ShouldBe("ok");
        (vault.Names.Count, vault.Deleted.Count).ShouldBe((0, 0), "nothing is made");
    }

    [Theory]
    [InlineData("get")]
    [InlineData("delete")]
    [InlineData("list")]
    public async Task A_right_to_typed_secrets_that_is_missing_is_told(string right)
    {
        await using var vault = await UseSecretVaultAsync();
        vault.Withheld.Add(right);
        (await scene.MissingAsync("secret-vault")).ShouldContain($"secrets/{right}");
    }

    private async Task<SecretVaultServer> UseSecretVaultAsync()
    {
        var vault = await SecretVaultServer.StartAsync();
        scene.Settings["Secrets:KeyVault"] = vault.Address.AbsoluteUri;
        scene.Replace(vault.Put);
        return vault;
    }

    [Theory]
    [InlineData("get", "checkpoint-key", "keys/get and keys/sign")]
    [InlineData("sign", "checkpoint-key", "keys/get and keys/sign")]
    public async Task A_right_to_sign_that_is_missing_is_told(string right, string check, string told)
    {
        await using var vault = await UseVaultAsync();
        vault.Withheld.Add(right);
        var line = await scene.MissingAsync(check);
        line.ShouldContain("403");
        line.ShouldContain(told);
    }

    [Theory]
    [InlineData("wrapkey")]
    [InlineData("unwrapkey")]
    public async Task A_right_to_wrap_or_unwrap_that_is_missing_is_told_for_each_client(string right)
    {
        await using var vault = await UseVaultAsync();
        vault.Withheld.Add(right);
        var missing = (await scene.LinesAsync()).Where(static line => line.Status == "missing").ToList();
        missing.Select(static line => line.Check).ShouldBe(["client-keys", "client-keys"]);
        missing[0].Message.ShouldStartWith("contoso: Key Vault does not let this bot use");
        missing[1].Message.ShouldStartWith("fabrikam: Key Vault does not let this bot use");
    }

    [Fact]
    public async Task A_vault_that_gives_back_something_else_is_told()
    {
        await using var vault = await UseVaultAsync();
        vault.Bends = true;
        var missing = (await scene.LinesAsync()).Where(static line => line.Status == "missing").ToList();
        missing.Select(static line => line.Check).ShouldBe(["checkpoint-key", "client-keys", "client-keys"]);
        missing[0].Message.ShouldContain("does not hold against its public key");
        missing[1].Message.ShouldContain("does not unwrap what it wrapped");
    }

    [Fact]
    public async Task A_customer_who_holds_back_a_key_is_the_one_client_that_is_told()
    {
        await using var vault = await UseVaultAsync();
        scene.Replace(static services => services.AddSingleton<IKeyWrapper>(
            new CustomerKeyVault(new PlainWrapper()) { Unavailable = [Fabrikam] }));
        (await scene.MissingAsync("client-keys")).ShouldBe($"fabrikam: {CustomerKeyVault.Revoked}");
    }

    private async Task<VaultServer> UseVaultAsync()
    {
        var vault = await VaultServer.StartAsync();
        scene.Settings["Ledger:KeyVaultKey"] = vault.SigningKey;
        scene.Settings["Storage:Keys:Provider"] = "KeyVault";
        scene.Settings["Storage:Keys:VaultUri"] = "https://msp.vault.azure.net/";
        scene.Replace(vault.Put);
        return vault;
    }

    private static async Task AssignAsync(SqliteLedger ledger, TenantId tenant, bool held) => await ledger.AppendAsync(
        tenant, [],
        [new(StreamId.Access, new(ActorKind.Person, SetupScene.Administrator, "Zoe"), CorrelationId.Parse("c0ffee"),
            new RoleAssigned(SetupScene.Administrator, "Zoe", Role.Administrator, held))], Stop);

    /// <summary>Every file and what is in it; SQLite's shared memory is nobody's data.</summary>
    private List<string> Picture() =>
    [
        .. Directory.GetFiles(scene.Root, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith("-shm", StringComparison.Ordinal)
                && !(file.EndsWith("-wal", StringComparison.Ordinal) && new FileInfo(file).Length == 0))
            .Order(StringComparer.Ordinal)
            .Select(static file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];

    private sealed class Room(long free) : DiskSpace
    {
        public override long GetFree(string folder) => free;
    }

    /// <summary>A vault whose keys are of no account here.</summary>
    private sealed class PlainWrapper : IKeyWrapper
    {
        public ValueTask<WrappedKey> WrapAsync(
            TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken) =>
            new(new WrappedKey("plain", "none", key.ToArray()));

        public ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken) =>
            new(wrapped.Value);

        public ValueTask<IKeyRotation> BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken) =>
            throw new NotSupportedException();
    }
}

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

/// <summary>A folder with everything a bot leaves in it, of one tenant, and verbs that are run on it while no bot runs.</summary>
internal sealed class CommandScene : IDisposable
{
    /// <summary>The Entra object id of the one person on record.</summary>
    public const string Jo = "8b1d";

    public static readonly TenantId Contoso = TenantId.Parse("contoso");

    public string Root { get; } = Directory.CreateTempSubdirectory("commands-").FullName;

    public string Data => Path.Combine(Root, "data");

    public string Ledger => Path.Combine(Data, LedgerFile.Name);

    public Dictionary<string, string?> Settings { get; } = new() { ["Storage:Path"] = "data", ["Tenants:contoso:Name"] = "Contoso Ltd" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    /// <summary>Appends, signs and keeps the checkpoint.</summary>
    public async Task FillAsync(int entries = 5)
    {
        using var metrics = new LedgerMetrics();
        using var keyRing = new LocalKeyRing(Data);
        using (var ledger = new SqliteLedger(
            Data, CoreFeatures.Catalog, keyRing.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance))
            await FillAsync(ledger, entries);
        using var key = LocalSigningKey.OpenOrCreate(Path.Combine(Data, LocalSigningKey.FileName));
        await SignAsync(key, new SqliteArchive(Ledger), keyRing.Documents);
    }

    public static async Task FillAsync(ILedger ledger, int entries)
    {
        for (var n = 0; n < entries; n++)
            await ledger.AppendAsync(Contoso, [],
                [new(StreamId.Freeze, new(ActorKind.Person, Jo, "Jo"), CorrelationId.Parse("c0ffee"),
                new FreezeSet(new string('x', 2000)))], Stop);
    }

    public static async Task SignAsync(LocalSigningKey key, ILedgerArchive archive, IDocuments documents)
    {
        var size = await archive.SizeAsync(Contoso, Stop);
        var leaves = await archive.LeavesAsync(Contoso, 1, (int)size, Stop);
        var signed = await key.SignAsync(
            new Checkpoint("devops-ai-bot/contoso", size, MerkleTree.Root(leaves.ToArray().Chunk(MerkleTree.HashSize))), Stop);
        await new SigningKeys(documents).AddAsync(await key.PublicKeyAsync(Stop), Stop);
        (await new Checkpoints(documents).TryAddAsync(Contoso, signed, null, Stop)).ShouldBeTrue();
    }

    public Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Verb.RunAsync(Root, Settings, args);

    /// <summary>Runs a verb that must end with code 2 and these words, writing nothing at all.</summary>
    public async Task RefusedAsync(string why, params string[] args)
    {
        var before = Picture();
        var (code, output, error) = await RunAsync(args);
        error.ShouldContain(why, customMessage: $"{string.Join(' ', args)}: {output}");
        code.ShouldBe(LedgerCommands.Usage, string.Join(' ', args));
        Picture().ShouldBe(before, string.Join(' ', args));
    }

    /// <summary>Every file and what is in it; SQLite's shared memory and the lock files of those who looked in are nobody's data.</summary>
    public IReadOnlyList<string> Picture() =>
    [
        .. Directory.GetFiles(Root, "*", SearchOption.AllDirectories)
            .Where(static file => !file.EndsWith("-shm", StringComparison.Ordinal) && !file.EndsWith(".lock", StringComparison.Ordinal)
                && !(file.EndsWith("-wal", StringComparison.Ordinal) && new FileInfo(file).Length == 0))
            .Order(StringComparer.Ordinal)
            .Select(static file => $"{file} {Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file)))}"),
    ];

    public void Dispose()
    {
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(Root, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        Directory.Delete(Root, recursive: true);
    }
}

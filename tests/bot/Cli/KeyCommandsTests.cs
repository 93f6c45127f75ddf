using System.Text;
using System.Text.Json;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

public sealed class VaultCommandsTests : IDisposable
{
    private const string Canary = "canaryJo";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string root = Directory.CreateTempSubdirectory("vault-commands-").FullName;
    private readonly LedgerMetrics metrics = new();

    private string Folder => Path.Combine(root, "data");

    [Fact]
    public async Task Erase_makes_everything_unreadable_records_it_and_may_be_repeated()
    {
        await WriteAsync();
        await WritePeopleAsync();
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).Code.ShouldBe(0);
        var (code, output, error) = await RunAsync("erase", "--tenant", "contoso", "--subject", "8b1d", "--reason", "asked by mail");
        (code, error).ShouldBe((0, ""));
        output.ShouldContain("is destroyed");
        (await RunAsync("erase", "--tenant", "contoso", "--subject", "8b1d")).Output.ShouldContain("nothing to erase");
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).Output.ShouldContain("intact, 4 entries");
        var list = (await RunAsync("ledger", "list", "--tenant", "contoso", "--json")).Output;
        list.ShouldContain("erasure.requested");
        list.ShouldContain("erasure.approved");
        list.ShouldContain("erasure.completed");
        list.ShouldContain("local-operator");
        list.ShouldNotContain(Canary, Case.Insensitive);
        foreach (var file in Directory.GetFiles(Folder, "*", SearchOption.AllDirectories))
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))
                .ShouldNotContain(Canary, Case.Insensitive, file);
    }

    [Fact]
    public async Task With_a_running_bot_it_is_said_whom_to_ask_instead()
    {
        await WriteAsync();
        using var keyRing = new LocalKeyRing(Folder);
        using var held = new SqliteLedger(
            Folder, CoreFeatures.Catalog, keyRing.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
        var (code, _, error) = await RunAsync("erase", "--tenant", "contoso", "--subject", "8b1d");
        code.ShouldBe(LedgerCommands.Usage);
        error.ShouldContain("an administrator asks it in Teams: erase <person> contoso");
    }

    [Fact]
    public async Task Keys_rotate_records_the_old_and_the_new_key_and_the_ledger_verifies()
    {
        await WriteAsync();
        var (code, output, error) = await RunAsync("keys", "rotate", "--tenant", "contoso");
        (code, error).ShouldBe((0, ""));
        output.ShouldContain("is not needed any more");
        (await RunAsync("ledger", "list", "--tenant", "contoso", "--json")).Output.ShouldContain("key.rotated");
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).Output.ShouldContain("intact, 2 entries");
    }

    [Fact]
    public async Task Keys_rotate_beside_a_running_bot_which_records_it()
    {
        await WriteAsync();
        using var keyRing = new LocalKeyRing(Folder);
        using var held = new SqliteLedger(
            Folder, CoreFeatures.Catalog, keyRing.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
        var (code, output, error) = await RunAsync("keys", "rotate", "--tenant", "contoso");
        (code, error).ShouldBe((0, ""));
        output.ShouldContain("The bot that runs on this ledger records it within a minute");
        await held.AppendAsync(Contoso, [],
            [new(StreamId.Freeze, new(ActorKind.Person, "8b1d", Canary), CorrelationId.Parse("c"), new FreezeLifted(null))],
            TestContext.Current.CancellationToken);
        await new RotationRecord(keyRing.Keys, held).RecordAsync(Contoso, TestContext.Current.CancellationToken);
        (await held.ReadAsync(Contoso, 0, 10, TestContext.Current.CancellationToken)).Select(static entry => entry.Actor.Name)
            .ShouldBe([Canary, Canary, "local-operator"]);
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).Output.ShouldContain("intact, 3 entries");
    }

    [Theory]
    [InlineData("erase", "--tenant", "contoso")]
    [InlineData("keys", "rotate")]
    [InlineData("erase", "--tenant", "not a tenant", "--subject", "x")]
    [InlineData("keys", "rotate", "--tenant", "contoso", "--path", "nowhere")]
    public async Task What_cannot_be_done_is_said_with_code_2(params string[] args)
    {
        var (code, _, error) = await RunAsync(args);
        code.ShouldBe(LedgerCommands.Usage);
        error.ShouldNotBeEmpty();
    }

    public void Dispose()
    {
        metrics.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task WriteAsync()
    {
        using var keyRing = new LocalKeyRing(Folder);
        using var ledger = new SqliteLedger(
            Folder, CoreFeatures.Catalog, keyRing.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance);
        await ledger.AppendAsync(Contoso, [],
            [new(StreamId.Freeze, new(ActorKind.Person, "8b1d", Canary), CorrelationId.Parse("c"), new FreezeSet($"{Canary} said so"))],
            TestContext.Current.CancellationToken);
    }

    private async Task WritePeopleAsync()
    {
        var known = new Known(new(Conversation("19:c"), "channel", "https://smba/", new("directory"), null, null));
        var kept = new SyncedConversation(known, [new Member("m", Who("8B1D"), Canary), new Member("n", Who("c0de"), "Somebody else")]);
        using var documents = new SqliteDocuments(Folder);
        await documents.TryPutAsync(
            DocumentScope.Host, ConversationFile.Kind, "c", JsonSerializer.SerializeToUtf8Bytes(kept,
                ConversationJson.Default.SyncedConversation), null,
            TestContext.Current.CancellationToken);
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) =>
        Verb.RunAsync(root, new Dictionary<string, string?> { ["Storage:Path"] = "data" }, args);
}

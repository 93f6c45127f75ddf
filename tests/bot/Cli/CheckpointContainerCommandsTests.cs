using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary><c>ledger verify --checkpoints</c> with a container of Blob Storage.</summary>
public sealed class CheckpointContainerCommandsTests : IAsyncLifetime
{
    private static readonly TenantId Contoso = CommandScene.Contoso;
    private readonly CommandScene scene = new();
    private BlobServer? server;
    private string address = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        server = await BlobServer.TryStartAsync();
        Assert.SkipWhen(server is null, "npm ci failed in tests/support/azurite: Node 20 and the npm registry are needed.");
        address = await server.MakeContainerAsync();
        await scene.FillAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null)
            await server.DisposeAsync();
        scene.Dispose();
    }

    [Fact]
    public async Task A_ledger_fits_what_is_in_the_container_and_a_cut_one_does_not()
    {
        await CopyAsync();
        var (code, output, error) = await VerifyAsync();
        (code, error).ShouldBe((0, ""));
        output.ShouldContain($"1 checkpoint in {address} fit, the newest of 5 entries");
        output.ShouldContain("1 checkpoint kept beside the ledger fit, the newest of 5 entries");
        output.ShouldNotContain("sig=");

        using (var attacker = SqliteDatabase.OpenToWrite(scene.Ledger))
            attacker.Execute("DELETE FROM entries; DELETE FROM heads");
        File.Delete(Path.Combine(scene.Data, "ledger.heads"));
        (await VerifyAsync()).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(1), result => result.Output.ShouldContain("entries 1 to 5 are missing"));
    }

    [Fact]
    public async Task A_signature_need_not_stand_on_the_command_line()
    {
        await CopyAsync();
        var file = Path.Combine(scene.Root, "address");
        await File.WriteAllTextAsync(file, BlobServer.AddressToRead(address) + "\n", Cancel);
        (await VerifyAsync("file:" + file)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(0), result => result.Output.ShouldContain($"1 checkpoint in {address} fit"));
        // As the bot itself opens it.
        scene.Settings["Ledger:CheckpointContainer"] = address;
        scene.Settings["Ledger:CheckpointContainerKey"] = BlobServer.Key;
        (await VerifyAsync(address)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(0), result => result.Output.ShouldContain($"1 checkpoint in {address} fit"));
    }

    [Fact]
    public async Task A_container_that_everybody_may_read_needs_no_credential()
    {
        await CopyAsync();
        var container = BlobServer.Client(address);
        (await VerifyAsync(address)).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(2), result => result.Error.ShouldStartWith($"{address} cannot be read: "));
        await container.SetAccessPolicyAsync(Azure.Storage.Blobs.Models.PublicAccessType.BlobContainer, cancellationToken: Cancel);
        (await VerifyAsync(address)).Code.ShouldBe(0);
    }

    [Fact]
    public async Task A_damaged_blob_and_one_of_somebody_else_are_named()
    {
        await CopyAsync();
        await PutAsync("contoso/00000000000000000004.checkpoint", "not a note at all");
        await PutAsync("contoso/notes.txt", "of somebody");
        var (code, output, _) = await VerifyAsync();
        code.ShouldBe(1);
        output.ShouldContain($"TAMPERED: {address}/contoso/00000000000000000004.checkpoint is no checkpoint, or is damaged: ");
        output.ShouldContain($"{address}/contoso/notes.txt: its name is not that of a checkpoint; it was not looked at");
        output.ShouldContain($"1 checkpoint in {address} fit");
    }

    [Fact]
    public async Task A_checkpoint_that_a_stranger_signed_is_not_passed_over()
    {
        await CopyAsync();
        using var stranger = new TestKey("devops-ai-bot/contoso");
        await PutAsync(
            "contoso/00000000000000000003.checkpoint",
            stranger.Sign(new Checkpoint("devops-ai-bot/contoso", 3, new byte[32])).ToString());
        var key = (await scene.RunAsync("ledger", "key", "--tenant", "contoso")).Output.Trim();
        foreach (var trusted in (string[][])[[], ["--key", key]])
        {
            (await VerifyAsync(null, trusted)).ShouldSatisfyAllConditions(
                result => result.Code.ShouldBe(1),
                result => result.Output.ShouldContain(
                    $"checkpoint {address}/contoso/00000000000000000003.checkpoint: it is not to be believed"));
        }
    }

    [Fact]
    public async Task A_container_without_any_checkpoint_of_the_tenant_verifies_nothing()
    {
        (await VerifyAsync()).ShouldSatisfyAllConditions(
            result => result.Code.ShouldBe(2),
            result => result.Output.ShouldContain(
                $"contoso: there is no checkpoint of it in {address}: against that place it is not verified"));
    }

    [Fact]
    public async Task What_cannot_be_read_is_said_and_nothing_is_verified()
    {
        var missing = $"{server!.Endpoint}nowhere";
        await scene.RefusedAsync(
            $"{missing} cannot be read: there is no such container",
            "ledger", "verify", "--tenant", "contoso", "--checkpoints", BlobServer.AddressToRead(missing));
        await scene.RefusedAsync(
            "--checkpoints: not the address of a container", "ledger", "verify", "--tenant", "contoso", "--checkpoints", "nowhere");
        await scene.RefusedAsync(
            "--checkpoints: The secret at env:NO_SUCH_ADDRESS is missing or empty.",
            "ledger", "verify", "--tenant", "contoso", "--checkpoints", "env:NO_SUCH_ADDRESS");
    }

    [Theory]
    [InlineData(200, "<html>Sign in</html>", "text/html")]
    [InlineData(200, "{}", "application/json")]
    [InlineData(200, "", "application/xml")]
    public async Task What_is_no_blob_store_is_said_to_be_none(int status, string body, string contentType)
    {
        await using var other = await OtherServer.StartAsync(status, body, contentType);
        await scene.RefusedAsync(
            $"{other.Address}acct/checkpoints cannot be read: what answered there is no blob container. Nothing was verified.",
            "ledger", "verify", "--tenant", "contoso", "--checkpoints", $"{other.Address}acct/checkpoints?sv=2020-01-01&sig=X");
    }

    [Fact]
    public async Task Signing_at_the_console_copies_there_as_well()
    {
        scene.Settings["Ledger:CheckpointContainer"] = address;
        scene.Settings["Ledger:CheckpointContainerKey"] = BlobServer.Key;
        (await scene.RunAsync("ledger", "checkpoint", "--tenant", "contoso", "--sign")).Code.ShouldBe(0);
        (await BlobServer.Open(address).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Signed.Checkpoint.Size.ShouldBe(5);
    }

    /// <summary>What the bot does when it has signed.</summary>
    private async Task CopyAsync()
    {
        using var documents = new SqliteDocuments(scene.Data);
        var newest = (await new Checkpoints(documents).NewestAsync(Contoso, Cancel)).ShouldNotBeNull();
        await BlobServer.Open(address).WriteAsync(Contoso, newest, Cancel);
    }

    private async Task PutAsync(string name, string content) =>
        await BlobServer.Client(address).GetBlobClient(name).UploadAsync(new BinaryData(content), Cancel);

    /// <param name="given">The address with a signature that lets read, when null.</param>
    private Task<(int Code, string Output, string Error)> VerifyAsync(string? given = null, params string[] more) => scene.RunAsync(
        ["ledger", "verify", "--tenant", "contoso", "--checkpoints", given ?? BlobServer.AddressToRead(address), .. more]);
}

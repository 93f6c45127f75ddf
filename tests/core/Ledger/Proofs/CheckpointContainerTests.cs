using System.Net;
using System.Text;
using Azure.Core.Pipeline;
using Azure.Storage.Blobs;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class CheckpointContainerTests(BlobFixture fixture) : IClassFixture<BlobFixture>, IDisposable
{
    private const string First = "contoso/00000000000000000300.checkpoint";
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly TestKey key = new("test/contoso");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_checkpoint_is_a_blob_that_is_created_and_never_written_again()
    {
        var address = await fixture.Server.MakeContainerAsync();
        var signed = Sign(300, 1);
        await BlobServer.Open(address).WriteAsync(Contoso, signed, Cancel);
        var blob = BlobServer.Client(address).GetBlobClient(First);
        var before = (await blob.GetPropertiesAsync(cancellationToken: Cancel)).Value;

        // The same by another instance, and as signed anew by one that was not the first to keep it.
        await BlobServer.Open(address).WriteAsync(Contoso, signed, Cancel);
        await BlobServer.Open(address).WriteAsync(Contoso, Sign(300, 1), Cancel);

        (await blob.GetPropertiesAsync(cancellationToken: Cancel)).Value.ETag.ShouldBe(before.ETag);
        (await blob.DownloadContentAsync(Cancel)).Value.Content.ToString().ShouldBe(signed.ToString());
        (await NamesAsync(address)).ShouldBe([First]);
        (await BlobServer.Open(address).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            found => found.Where.ShouldBe($"{address}/{First}"), found => found.Signed.ToString().ShouldBe(signed.ToString()));
    }

    [Fact]
    public async Task Instances_that_write_the_same_at_once_leave_one_blob()
    {
        var address = await fixture.Server.MakeContainerAsync();
        var signed = Sign(300, 1);
        await Task.WhenAll(Enumerable.Range(0, 6)
            .Select(_ => Task.Run(() => BlobServer.Open(address).WriteAsync(Contoso, signed, Cancel).AsTask())));
        (await NamesAsync(address)).ShouldBe([First]);
    }

    [Fact]
    public async Task Another_tree_of_the_same_size_is_refused_and_what_is_there_stays()
    {
        var address = await fixture.Server.MakeContainerAsync();
        var signed = Sign(300, 1);
        await BlobServer.Open(address).WriteAsync(Contoso, signed, Cancel);
        var refused = await Should.ThrowAsync<CheckpointException>(
            async () => await BlobServer.Open(address).WriteAsync(Contoso, Sign(300, 2), Cancel));
        refused.Message.ShouldBe($"{address}/{First} holds another checkpoint of the same size.");
        (await NamesAsync(address)).ShouldBe([First]);
        (await BlobServer.Open(address).NewestAsync(Contoso, Cancel))!.Signed.ToString().ShouldBe(signed.ToString());
    }

    [Fact]
    public async Task Signatures_of_witnesses_that_come_later_are_kept_beside_it_and_read_with_it()
    {
        using var ada = new TestKey("ada.example");
        using var bob = new TestKey("bob.example");
        var address = await fixture.Server.MakeContainerAsync();
        var signed = Sign(300, 1);
        var byAda = signed.With(ada.Cosign(signed.Note.Text, 1_770_000_000));
        var byBob = signed.With(bob.Cosign(signed.Note.Text, 1_770_000_001));
        foreach (var one in (SignedCheckpoint[])[signed, byAda, byBob, byAda])
        {
            await BlobServer.Open(address).WriteAsync(Contoso, one, Cancel);
            await BlobServer.Open(address).WriteAsync(Contoso, one, Cancel);
        }

        var names = await NamesAsync(address);
        names.Count.ShouldBe(3);
        names.ShouldContain(First);
        var first = await BlobServer.Client(address).GetBlobClient(First).DownloadContentAsync(Cancel);
        first.Value.Content.ToString().ShouldBe(signed.ToString());
        var all = (await BlobServer.Open(address).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Signed;
        all.Note.Signatures.Count.ShouldBe(3);
        foreach (var verifier in (VerifierKey[])[key.Verifier, ada.Witness, bob.Witness])
            all.Note.Verify([verifier]).IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public async Task The_newest_is_the_largest_whatever_else_is_there()
    {
        var address = await fixture.Server.MakeContainerAsync();
        var container = BlobServer.Open(address);
        (await container.NewestAsync(Contoso, Cancel)).ShouldBeNull();
        foreach (var size in (long[])[9, 1_000_000_000_000, 10])
            await container.WriteAsync(Contoso, Sign(size, 1), Cancel);
        await PutAsync(address, "contoso/zzz.txt", "a note of somebody");
        await PutAsync(address, "contoso-two/00000009000000000000.checkpoint", Sign(9_000_000_000_000, 1).ToString());
        (await container.NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Signed.Checkpoint.Size.ShouldBe(1_000_000_000_000);
    }

    [Theory]
    [InlineData(First, "not a note at all\n", "there is no empty line")]
    [InlineData(First, "", "the last line does not end with a newline")]
    [InlineData(First, null, "its name is that of size 300, and it is of 299 entries")]
    public async Task A_damaged_blob_is_named(string name, string? content, string told)
    {
        var address = await fixture.Server.MakeContainerAsync();
        await PutAsync(address, name, content ?? Sign(299, 1).ToString());
        await PutAsync(address, "contoso/00000000000000000200.checkpoint", Sign(200, 1).ToString());
        await PutAsync(address, "contoso/notes.txt", "of somebody");
        var refused = await Should.ThrowAsync<CheckpointException>(
            async () => await BlobServer.Open(address).NewestAsync(Contoso, Cancel));
        refused.Message.ShouldStartWith($"{address}/{name} is no checkpoint, or is damaged: ");
        refused.Message.ShouldContain(told);
        refused.Remedy.ShouldNotBeNull().ShouldContain("name another container in Ledger:CheckpointContainer");

        var all = await BlobServer.Open(address).ReadAllAsync(Contoso, Cancel);
        all.Whole.ShouldHaveSingleItem().Signed.Checkpoint.Size.ShouldBe(200);
        all.Damaged.ShouldBe([refused.Message]);
        all.Foreign.ShouldBe([$"{address}/contoso/notes.txt"]);
    }

    [Fact]
    public async Task A_container_that_does_not_exist_is_said_to_be_missing()
    {
        var missing = BlobServer.Open($"{fixture.Server.Endpoint}nowhere");
        (await Should.ThrowAsync<IOException>(async () => await missing.WriteAsync(Contoso, Sign(1, 1), Cancel)))
            .Message.ShouldBe("there is no such container; create it, with an immutability policy");
    }

    [Fact]
    public async Task A_key_that_does_not_fit_is_said_to_be_the_reason()
    {
        var address = await fixture.Server.MakeContainerAsync();
        var other = ContainerConnection.Open(
            address, Convert.ToBase64String(new byte[64]), new DevOpsAI.Common.SecretSource(TimeProvider.System), TimeProvider.System);
        (await Should.ThrowAsync<IOException>(async () => await other.NewestAsync(Contoso, Cancel)))
            .Message.ShouldContain("it does not let the bot in");
    }

    [Fact]
    public async Task A_container_without_a_policy_protects_nothing()
    {
        var address = await fixture.Server.MakeContainerAsync();
        (await BlobServer.Open(address).FindProtectionProblemAsync(Cancel)).ShouldNotBeNull()
            .ShouldStartWith($"{address} has no immutability policy");
    }

    [Fact]
    public async Task A_signature_that_lets_create_read_and_list_is_enough_to_copy_and_not_to_ask_for_the_policy()
    {
        var address = await fixture.Server.MakeContainerAsync();
        var container = ContainerConnection.Open(
            address, BlobServer.SignatureToCopy(address), new DevOpsAI.Common.SecretSource(TimeProvider.System), TimeProvider.System);
        (await container.FindProtectionProblemAsync(Cancel)).ShouldNotBeNull().ShouldContain("does not tell the bot whether");
        await container.WriteAsync(Contoso, Sign(300, 1), Cancel);
        await Should.ThrowAsync<CheckpointException>(async () => await container.WriteAsync(Contoso, Sign(300, 2), Cancel));
        (await NamesAsync(address)).ShouldBe([First]);
    }

    [Theory]
    [InlineData("true", true)]
    [InlineData("false", false)]
    public async Task A_container_is_protected_when_storage_says_that_it_has_a_policy(string policy, bool isProtected)
    {
        // Azurite has no such policies: this is the header that Blob Storage sends.
        using var client = new HttpClient(new Properties(policy));
        var uri = new Uri("https://account.blob.core.windows.net/checkpoints");
        var container = new CheckpointContainer(
            uri, () => new(uri, new BlobClientOptions { Transport = new HttpClientTransport(client) }), TimeProvider.System);
        ((await container.FindProtectionProblemAsync(Cancel)) is null).ShouldBe(isProtected);
    }

    [Fact]
    public async Task After_a_failure_calls_fail_at_once_for_a_while_and_then_the_secret_is_read_again()
    {
        var (clock, connected) = (new ManualClock(), 0);
        var calls = new ContainerCalls(() => ++connected > 0 ? throw new FormatException("it is no key.") : null!, clock);
        for (var i = 0; i < 3; i++)
        {
            (await Should.ThrowAsync<IOException>(() => calls.SendAsync(static (_, _) => Task.FromResult(true), Cancel)))
                .Message.ShouldBe("Ledger:CheckpointContainerKey cannot be used: it is no key.");
        }
        connected.ShouldBe(1);
        clock.Advance(ContainerCalls.Pause);
        await Should.ThrowAsync<IOException>(() => calls.SendAsync(static (_, _) => Task.FromResult(true), Cancel));
        connected.ShouldBe(2);
    }

    [Fact]
    public async Task While_one_call_finds_out_whether_the_container_is_back_no_other_waits_with_it()
    {
        var clock = new ManualClock();
        var calls = new ContainerCalls(static () => new(new Uri("http://127.0.0.1/account/checkpoints")), clock);
        static Task<bool> Gone() => Task.FromException<bool>(new HttpRequestException("gone"));
        await Should.ThrowAsync<IOException>(() => calls.SendAsync(static (_, _) => Gone(), Cancel));
        clock.Advance(ContainerCalls.Pause);
        var answer = new TaskCompletionSource<bool>();
        var asking = calls.SendAsync((_, _) => answer.Task, Cancel);
        (await Should.ThrowAsync<IOException>(() => calls.SendAsync(static (_, _) => Task.FromResult(true), Cancel)))
            .Message.ShouldBe("it cannot be reached (gone)");
        answer.SetResult(true);
        (await asking).ShouldBeTrue();
        (await calls.SendAsync(static (_, _) => Task.FromResult(true), Cancel)).ShouldBeTrue();
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net/checkpoints", null)]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/checkpoints", null)]
    [InlineData("checkpoints", "not the address of a container")]
    [InlineData("ftp://account/checkpoints", "not the address of a container")]
    [InlineData("http://account.blob.core.windows.net/checkpoints", "plain http")]
    [InlineData("https://account.blob.core.windows.net/", "the name of the container")]
    [InlineData("https://account.blob.core.windows.net/checkpoints/contoso", "the name of the container")]
    [InlineData("https://me@account.blob.core.windows.net/checkpoints", "user information")]
    public void An_address_that_names_no_container_is_refused(string address, string? told)
    {
        if (told is null)
            ContainerConnection.FindProblem(address).ShouldBeNull();
        else
            ContainerConnection.FindProblem(address).ShouldNotBeNull().ShouldContain(told);
    }

    [Theory]
    [InlineData("https://account.blob.core.windows.net/checkpoints", null, null)]
    [InlineData("https://account.blob.core.windows.net/checkpoints?sv=1&sig=abc", null, "a signature is a secret")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/checkpoints", null, "an Entra token is not sent over plain http")]
    [InlineData("http://127.0.0.1:10000/devstoreaccount1/checkpoints", "env:KEY", null)]
    [InlineData(null, "env:KEY", "there is no Ledger:CheckpointContainer that it is for")]
    public void Settings_that_cannot_work_are_refused_at_the_start(string? address, string? secret, string? told)
    {
        var options = new CheckpointOptions { CheckpointContainer = address, CheckpointContainerKey = secret };
        var failure = new CheckpointOptionsValidator().Validate(null, options).FailureMessage;
        if (told is null)
            failure.ShouldBeNull();
        else
            failure.ShouldNotBeNull().ShouldContain(told);
    }

    public void Dispose() => key.Dispose();

    private static async Task<IReadOnlyList<string>> NamesAsync(string address) =>
        await BlobServer.Client(address).GetBlobsAsync(cancellationToken: Cancel).Select(static blob => blob.Name).ToListAsync(Cancel);

    private static async Task PutAsync(string address, string name, string content) =>
        await BlobServer.Client(address).GetBlobClient(name).UploadAsync(new BinaryData(Encoding.UTF8.GetBytes(content)), true, Cancel);

    private SignedCheckpoint Sign(long size, byte root) => key.Sign(new Checkpoint("test/contoso", size, [.. Enumerable.Repeat(root, 32)]));

    private sealed class Properties(string policy) : HttpMessageHandler
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent([]) };
            response.Headers.Add("x-ms-has-immutability-policy", policy);
            response.Headers.Add("ETag", "\"1\"");
            response.Content.Headers.LastModified = DateTimeOffset.UnixEpoch;
            return Task.FromResult(response);
        }
    }
}

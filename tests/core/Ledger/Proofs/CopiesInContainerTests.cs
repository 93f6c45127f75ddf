using System.Net;
using System.Net.Sockets;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>What signing does with a container that gets every checkpoint.</summary>
public sealed class CopiesInContainerTests(BlobFixture fixture) : IClassFixture<BlobFixture>, IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string folder = Directory.CreateTempSubdirectory("copies-").FullName;
    private readonly MemoryDocuments documents = new();
    private readonly MemoryArchive archive = new(Contoso) { Leaves = [.. Enumerable.Range(0, 300).Select(Leaf)] };
    private readonly TestKey key = new("test/contoso");
    private readonly ManualClock clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_checkpoint_and_every_signature_of_a_witness_is_copied()
    {
        using var witness = new TestKey("witness.example");
        var address = await fixture.Server.MakeContainerAsync();
        using var bot = Keeper(address);
        var first = (await bot.SignAsync(Cancel)).ShouldNotBeNull();
        archive.Leaves!.Add(Leaf(300));
        await bot.SignAsync(Cancel);
        // That of the one before comes when the next is signed already.
        await bot.AddSignatureAsync(first, witness.Cosign(first.Note.Text, 1_770_000_000), Cancel);

        bot.Copies.ShouldBe([new("container", null)]);
        var all = await BlobServer.Open(address).ReadAllAsync(Contoso, Cancel);
        all.Whole.Select(static one => one.Signed.Checkpoint.Size).ShouldBe([300, 301]);
        all.Whole[0].Signed.Note.Verify([witness.Witness]).IsTrusted.ShouldBeTrue();
        (all.Damaged.Count, all.Foreign.Count).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_container_that_is_away_stops_no_signing_and_gets_what_it_missed()
    {
        Assert.SkipWhen(fixture.Server is null, "no server");
        var port = FreePort();
        var address = $"http://127.0.0.1:{port}/{BlobServer.Account}/checkpoints";
        await using (var before = await BlobServer.TryStartAsync(port))
        {
            await before!.MakeContainerAsync("checkpoints");
            await Keeper(address).CompareAsync(Cancel);
        }
        using var bot = Keeper(address);
        (await bot.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(300);
        var problem = bot.Copies.ShouldHaveSingleItem().Problem.ShouldNotBeNull();
        problem.ShouldStartWith($"{address} cannot be compared with the ledger: it cannot be reached");
        archive.Leaves!.Add(Leaf(300));
        (await bot.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(301);
        // The same words, so that it is said once.
        bot.Copies[0].Problem.ShouldBe(problem);

        await using var after = await BlobServer.TryStartAsync(port);
        await after!.MakeContainerAsync("checkpoints");
        clock.Advance(ContainerCalls.Pause);
        await bot.SignAsync(Cancel);
        bot.Copies.ShouldBe([new("container", null)]);
        (await BlobServer.Open(address).ReadAllAsync(Contoso, Cancel)).Whole.Select(static one => one.Signed.Checkpoint.Size)
            .ShouldBe([300, 301]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_start_holds_a_tenant_whose_ledger_is_not_the_one_that_the_container_knows(bool isCut)
    {
        var address = await fixture.Server.MakeContainerAsync();
        await Keeper(address).SignAsync(Cancel);
        await RewriteAsync(isCut);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        await Should.ThrowAsync<CheckpointException>(() => Keeper(address, quarantine).CompareAsync(Cancel));
        quarantine.Held[Contoso].ShouldContain(isCut
            ? $"it has 200 entries, but a checkpoint of 300 was signed (kept in {address})"
            : "the first 300 entries are not those that were signed");
    }

    [Theory]
    [InlineData("not a note at all")]
    [InlineData(null)]
    public async Task A_start_holds_a_tenant_whose_newest_blob_is_damaged_or_a_strangers(string? content)
    {
        using var stranger = new TestKey("test/contoso");
        var address = await fixture.Server.MakeContainerAsync();
        await Keeper(address).SignAsync(Cancel);
        const string Name = "contoso/00000000000000000301.checkpoint";
        var forged = content ?? stranger.Sign(new Checkpoint("test/contoso", 301, new byte[32])).ToString();
        await BlobServer.Client(address).UploadBlobAsync(Name, new BinaryData(forged), Cancel);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        await Should.ThrowAsync<CheckpointException>(() => Keeper(address, quarantine).CompareAsync(Cancel));
        quarantine.Held[Contoso].ShouldSatisfyAllConditions(
            told => told.ShouldContain(content is null
                ? $"its newest checkpoint in {address} was not signed by this bot"
                : $"the checkpoint in {address}/{Name} cannot be read"),
            told => told.ShouldContain($"find out who wrote {address}/{Name}"));
    }

    [Fact]
    public async Task A_rewritten_ledger_is_not_signed_once_the_container_that_tells_is_back()
    {
        Assert.SkipWhen(fixture.Server is null, "no server");
        var address = await fixture.Server.MakeContainerAsync();
        await Keeper(address).SignAsync(Cancel);
        await RewriteAsync(isCut: true);
        var isAway = true;
        var place = new AwayPlace(BlobServer.Open(address), () => isAway);
        using var bot = Keeper(place);
        await bot.CompareAsync(Cancel);
        (await bot.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(200);
        isAway = false;
        archive.Leaves!.Add(Leaf(1));
        (await Should.ThrowAsync<CheckpointException>(() => bot.SignAsync(Cancel))).Message.ShouldContain(
            $"a checkpoint of 300 was signed (kept in {address}): its end is missing");
        (await new Checkpoints(documents).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(200);
        (await BlobServer.Open(address).ReadAllAsync(Contoso, Cancel)).Whole.ShouldHaveSingleItem().Signed.Checkpoint.Size.ShouldBe(300);
    }

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    /// <summary>Everything that stands beside the ledger is made to agree with it.</summary>
    private async Task RewriteAsync(bool isCut)
    {
        if (isCut)
            archive.Leaves!.RemoveRange(200, 100);
        else
            archive.Leaves![250] = Leaf(9999);
        foreach (var (_, kind, id) in documents.Keys.Where(
            static one => one.Kind.StartsWith("checkpoint", StringComparison.Ordinal) || one.Kind == TreeNodes.DocumentKind).ToList())
            await documents.DeleteAsync(DocumentScope.From(Contoso), kind, id, Cancel);
        Directory.Delete(Path.Combine(folder, "own"), recursive: true);
    }

    private TenantCheckpoints Keeper(string address, Quarantine? quarantine = null) =>
        Keeper(BlobServer.Open(address, clock), quarantine);

    private TenantCheckpoints Keeper(ICheckpointPlace place, Quarantine? quarantine = null) => new(
        Contoso,
        "test/contoso",
        new(archive, documents),
        new(documents),
        new(documents),
        key,
        new(new(Path.Combine(folder, "own")), place),
        quarantine);

    private static byte[] Leaf(int number) => MerkleTree.HashLeaf(BitConverter.GetBytes(number));

    private static int FreePort()
    {
        using var socket = new TcpListener(IPAddress.Loopback, 0);
        socket.Start();
        return ((IPEndPoint)socket.LocalEndpoint).Port;
    }

    private sealed class AwayPlace(ICheckpointPlace place, Func<bool> isAway) : ICheckpointPlace
    {
        public string Kind => place.Kind;

        public string Address => place.Address;

        public ValueTask<FoundCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken) =>
            isAway() ? throw new IOException("it is away") : place.NewestAsync(tenant, cancellationToken);

        public ValueTask WriteAsync(TenantId tenant, SignedCheckpoint checkpoint, CancellationToken cancellationToken) =>
            isAway() ? throw new IOException("it is away") : place.WriteAsync(tenant, checkpoint, cancellationToken);

        public string GetRemedy(string where) => place.GetRemedy(where);
    }
}

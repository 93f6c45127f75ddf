using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class WitnessTests : IDisposable
{
    private const string Origin = "test/contoso";
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("witness-").FullName;
    private readonly List<byte[]> leaves = [.. Enumerable.Range(0, 200).Select(i => MerkleTree.HashLeaf(BitConverter.GetBytes(i)))];
    private readonly ManualClock clock = new();
    private readonly TestKey log = new(Origin);
    private readonly TestKey own = new("witness.example");
    private readonly WitnessStore store;
    private readonly Witness witness;

    public WitnessTests()
    {
        store = new(folder);
        witness = new("witness.example", own, [log.Verifier], store, clock);
    }

    [Fact]
    public async Task What_continues_is_cosigned_and_stored()
    {
        var first = await AddAsync(0, 5);
        first.Status.ShouldBe(200);
        Signers(Head(5), first).ShouldHaveSingleItem().At.ShouldBe(clock.GetUtcNow());
        clock.Advance(TimeSpan.FromSeconds(3));
        var second = await AddAsync(5, 130);
        Signers(Head(130), second).ShouldHaveSingleItem().At.ShouldBe(clock.GetUtcNow());
        var latest = witness.Latest(Origin).ShouldNotBeNull();
        latest.Checkpoint.Size.ShouldBe(130);
        latest.Note.Verify([log.Verifier, own.Witness]).Signers.Count.ShouldBe(2);
        (await AddAsync(130, 130)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task The_rules_of_the_protocol_are_kept()
    {
        using var stranger = new TestKey("test/fabrikam");
        using var thief = new TestKey(Origin);
        (await AddAsync(0, 20)).Status.ShouldBe(200);

        (await SendAsync(0, [], stranger.Sign(new Checkpoint("test/fabrikam", 1, leaves[0])))).Status.ShouldBe(404);
        (await SendAsync(20, Path(20, 30), thief.Sign(Head(30)))).Status.ShouldBe(403);
        (await SendAsync(31, [], log.Sign(Head(30)))).Status.ShouldBe(400);
        var conflict = await AddAsync(10, 30);
        (conflict.Status, conflict.Body, conflict.MediaType).ShouldBe((409, "20\n", "text/x.tlog.size"));
        (await AddAsync(0, 30)).Body.ShouldBe("20\n");
        (await SendAsync(20, Path(10, 30), log.Sign(Head(30)))).Status.ShouldBe(422);
        (await SendAsync(20, [], log.Sign(Head(30)))).Status.ShouldBe(422);
        (await SendAsync(20, [], log.Sign(Head(20) with { Root = new byte[32] }))).Status.ShouldBe(422);
        (await SendAsync(20, Path(20, 30), log.Sign(Head(30) with { Root = new byte[32] }))).Status.ShouldBe(422);
        // A shrink, signed with the true key.
        (await SendAsync(5, [], log.Sign(Head(5)))).Body.ShouldBe("20\n");
        witness.Latest(Origin).ShouldNotBeNull().Checkpoint.Size.ShouldBe(20);
    }

    [Fact]
    public async Task The_first_proof_is_empty()
    {
        (await SendAsync(0, [leaves[0]], log.Sign(Head(3)))).Status.ShouldBe(422);
        (await SendAsync(0, [], log.Sign(new Checkpoint(Origin, 0, new byte[32])))).Status.ShouldBe(422);
        (await SendAsync(0, [], log.Sign(new Checkpoint(Origin, 0, MerkleTree.EmptyRoot.ToArray())))).Status.ShouldBe(200);
        (await AddAsync(0, 3)).Status.ShouldBe(200);
    }

    [Theory]
    [InlineData("")]
    [InlineData("old 1")]
    [InlineData("old 01\n\n")]
    [InlineData("old -1\n\nx\n")]
    [InlineData("new 1\n\nx\n")]
    [InlineData("old 1\nAAAA\n\nx\n")]
    [InlineData("old 0\n\ntest/contoso\n1\n")]
    [InlineData("old 0\n\nnot a checkpoint\n")]
    public async Task What_is_no_request_is_refused(string body) =>
        (await witness.AddAsync(Encoding.UTF8.GetBytes(body), Cancel)).Status.ShouldBe(400);

    [Fact]
    public async Task Requests_at_the_same_time_never_take_it_back()
    {
        (await AddAsync(0, 1)).Status.ShouldBe(200);
        for (var size = 1; size < 150; size += 7)
        {
            var step = size;
            var replies = await Task.WhenAll(Enumerable.Range(1, 7).Select(more => Task.Run(() => AddAsync(step, step + more))));
            replies.Count(reply => reply.Status == 200).ShouldBe(1);
            replies.Count(reply => reply.Status == 409).ShouldBe(6);
            var now = witness.Latest(Origin).ShouldNotBeNull().Checkpoint.Size;
            now.ShouldBeGreaterThan(step);
            if (now < step + 7)
                (await AddAsync(now, step + 7)).Status.ShouldBe(200);
        }
    }

    [Fact]
    public async Task It_remembers_over_a_restart_and_only_one_may_have_the_store()
    {
        (await AddAsync(0, 20)).Status.ShouldBe(200);
        Should.Throw<IOException>(() => new WitnessStore(folder));
        store.Dispose();
        using var again = new WitnessStore(folder);
        var restarted = new Witness("witness.example", own, [log.Verifier], again, clock);
        (await restarted.AddAsync(Body(0, [], log.Sign(Head(5))), Cancel)).Body.ShouldBe("20\n");
    }

    [Fact]
    public async Task A_damaged_memory_is_not_forgotten()
    {
        (await AddAsync(0, 20)).Status.ShouldBe(200);
        var file = Directory.GetFiles(folder, "*.checkpoint").ShouldHaveSingleItem();
        await File.WriteAllTextAsync(file, "", Cancel);
        var reply = await AddAsync(0, 5);
        reply.Status.ShouldBe(500);
        reply.Body.ShouldContain("is no checkpoint, or is damaged");
        (await File.ReadAllTextAsync(file, Cancel)).ShouldBe("");
    }

    [Fact]
    public async Task With_a_clock_turned_back_nothing_is_signed()
    {
        (await AddAsync(0, 20)).Status.ShouldBe(200);
        clock.SetUtcNow(clock.GetUtcNow() - TimeSpan.FromHours(1));
        var reply = await AddAsync(20, 30);
        reply.Status.ShouldBe(503);
        reply.Body.ShouldContain("turned back");
        clock.Advance(TimeSpan.FromHours(2));
        (await AddAsync(20, 30)).Status.ShouldBe(200);
    }

    [Fact]
    public async Task Signatures_of_strangers_are_not_kept()
    {
        using var stranger = new TestKey("stranger.example");
        await SendAsync(0, [], log.Sign(Head(5)).With(stranger.Cosign(Head(5).ToText(), 1)));
        witness.Latest(Origin).ShouldNotBeNull().Note.Signatures.Select(line => line.Name).ShouldBe([Origin, "witness.example"]);
    }

    public void Dispose()
    {
        store.Dispose();
        log.Dispose();
        own.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private Checkpoint Head(long size) => new(Origin, size, MerkleTree.Root(leaves.Take((int)size)));

    private List<byte[]> Path(long old, long size) =>
        old == 0 ? [] : [.. MerkleProofs.ConsistencyPath(old, size)
            .Select(range => MerkleTree.Root(leaves.Skip((int)range.First).Take((int)range.Count)))];

    private Task<WitnessReply> AddAsync(long old, long size) => SendAsync(old, Path(old, size), log.Sign(Head(size)));

    private Task<WitnessReply> SendAsync(long old, List<byte[]> path, SignedCheckpoint checkpoint) =>
        witness.AddAsync(Body(old, path, checkpoint), Cancel);

    private static byte[] Body(long old, List<byte[]> path, SignedCheckpoint checkpoint) =>
        Encoding.UTF8.GetBytes(AddCheckpoint.ToText(old, path, checkpoint));

    private IReadOnlyList<NoteSigner> Signers(Checkpoint head, WitnessReply reply) =>
        SignedNote.Parse($"{head.ToText()}\n{reply.Body}").Verify([own.Witness]).Signers;
}

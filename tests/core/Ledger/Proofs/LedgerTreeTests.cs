using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class LedgerTreeTests
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly MemoryDocuments documents = new();

    [Fact]
    public async Task Proofs_from_the_store_are_those_of_the_whole_tree()
    {
        var (archive, tree) = Store(700);
        await tree.KeepNodesAsync(Contoso, 513, Cancel);
        foreach (var size in (int[])[1, 2, 255, 256, 257, 511, 512, 513, 700])
        {
            var head = Head(archive, size);
            foreach (var seq in (int[])[1, 2, size / 2, size - 1, size])
            {
                if (seq < 1 || seq > size)
                    continue;
                var proof = await tree.InclusionAsync(Contoso, seq, archive.Leaves![seq - 1], head, Cancel);
                proof.Path.ShouldBe(MerkleProofs.InclusionPath(seq - 1, size)
                    .Select(range => MerkleTree.Root(archive.Leaves!.Skip((int)range.First).Take((int)range.Count))));
                var old = Head(archive, seq);
                (await tree.ConsistencyAsync(Contoso, old, head, Cancel)).Proves(old.Root, head.Root).ShouldBeTrue();
                (await tree.ConsistencyAsync(Contoso, seq, head, Cancel)).Proves(old.Root, head.Root).ShouldBeTrue();
            }
        }
    }

    [Fact]
    public async Task A_proof_from_a_large_ledger_reads_few_leaves_once_its_nodes_are_kept()
    {
        var (archive, tree) = Store(200_000);
        var head = Head(archive, 199_999);
        await tree.KeepNodesAsync(Contoso, head.Size, Cancel);
        documents.Keys.Count().ShouldBe(4 + 1);
        var before = archive.LeavesRead;
        foreach (var seq in (int[])[1, 65_536, 65_537, 123_456, 199_999])
            (await tree.InclusionAsync(Contoso, seq, archive.Leaves![seq - 1], head, Cancel)).Path.Count.ShouldBeLessThanOrEqualTo(18);
        (archive.LeavesRead - before).ShouldBeLessThanOrEqualTo(5 * 512);
        await tree.KeepNodesAsync(Contoso, head.Size, Cancel);
    }

    [Fact]
    public async Task Kept_nodes_only_grow_and_never_change()
    {
        var (_, tree) = Store(70_000);
        await tree.KeepNodesAsync(Contoso, 300, Cancel);
        documents["contoso", "tree-node", "1-000000000000"].Length.ShouldBe(32);
        await tree.KeepNodesAsync(Contoso, 66_000, Cancel);
        var grown = documents["contoso", "tree-node", "1-000000000000"];
        grown.Length.ShouldBe(256 * 32);
        await tree.KeepNodesAsync(Contoso, 400, Cancel);
        await tree.KeepNodesAsync(Contoso, 70_000, Cancel);
        documents["contoso", "tree-node", "1-000000000000"].ShouldBe(grown);
        documents["contoso", "tree-node", "1-000000000001"].Length.ShouldBe(17 * 32);
        documents["contoso", "tree-node", "2-000000000000"].Length.ShouldBe(32);
    }

    [Theory]
    [InlineData("1-000000000000")]
    [InlineData("1-000000000001")]
    [InlineData("2-000000000000")]
    public async Task A_wrong_node_is_passed_over_and_written_anew(string id)
    {
        var (archive, tree) = Store(140_000);
        var head = Head(archive, 140_000);
        await tree.KeepNodesAsync(Contoso, head.Size, Cancel);
        var right = documents["contoso", "tree-node", id].ToArray();
        documents["contoso", "tree-node", id] = [.. right.Select(one => (byte)~one)];
        foreach (var seq in (int[])[1, 70_000, 139_999])
            (await tree.InclusionAsync(Contoso, seq, archive.Leaves![seq - 1], head, Cancel)).Proves(archive.Leaves![seq - 1], head.Root)
                .ShouldBeTrue();
        documents["contoso", "tree-node", id].ShouldBe(right);
    }

    [Fact]
    public async Task Nodes_of_a_strange_length_are_passed_over_also_where_nothing_can_be_written()
    {
        var (archive, tree) = Store(1000);
        var head = Head(archive, 1000);
        foreach (var strange in (byte[][])[[], [1], new byte[33], new byte[257 * 32], new byte[3 * 32]])
        {
            documents["contoso", "tree-node", "1-000000000000"] = strange;
            documents.IsReadOnly = true;
            (await tree.InclusionAsync(Contoso, 5, archive.Leaves![4], head, Cancel)).Proves(archive.Leaves![4], head.Root).ShouldBeTrue();
            documents.IsReadOnly = false;
        }
    }

    [Fact]
    public async Task Nothing_is_proved_of_a_ledger_that_was_changed_after_it_was_signed()
    {
        var (archive, tree) = Store(600);
        var old = Head(archive, 300);
        var head = Head(archive, 600);
        await tree.KeepNodesAsync(Contoso, 600, Cancel);
        var honest = archive.Leaves![99];
        archive.Leaves![99] = MerkleTree.HashLeaf("something else"u8);
        (await Should.ThrowAsync<LedgerTreeException>(async () =>
            await tree.InclusionAsync(Contoso, 100, archive.Leaves![99], head, Cancel))).Message.ShouldContain("Entry 100 of contoso");
        // Its neighbour's path leads past it.
        await Should.ThrowAsync<LedgerTreeException>(async () => await tree.InclusionAsync(Contoso, 99, archive.Leaves![98], head, Cancel));
        archive.Leaves![99] = honest;
        await tree.InclusionAsync(Contoso, 99, archive.Leaves![98], head, Cancel);

        archive.Leaves!.RemoveRange(550, 50);
        (await Should.ThrowAsync<LedgerTreeException>(async () => await tree.InclusionAsync(Contoso, 590, honest, head, Cancel))).Message
            .ShouldContain("lacks entries after 550");
        await Should.ThrowAsync<LedgerTreeException>(async () => await tree.ConsistencyAsync(Contoso, old, head, Cancel));
    }

    [Fact]
    public async Task An_entry_after_the_checkpoint_cannot_be_proved_by_it()
    {
        var (archive, tree) = Store(10);
        var head = Head(archive, 5);
        await Should.ThrowAsync<ArgumentOutOfRangeException>(
            async () => await tree.InclusionAsync(Contoso, 6, archive.Leaves![5], head, Cancel));
    }

    private (MemoryArchive, LedgerTree) Store(int size)
    {
        var archive = new MemoryArchive(Contoso)
            { Leaves = [.. Enumerable.Range(0, size).Select(i => MerkleTree.HashLeaf(BitConverter.GetBytes(i)))] };
        return (archive, new(archive, documents));
    }

    private static Checkpoint Head(MemoryArchive archive, int size) =>
        new("test/contoso", size, MerkleTree.Root(archive.Leaves!.Take(size)));
}

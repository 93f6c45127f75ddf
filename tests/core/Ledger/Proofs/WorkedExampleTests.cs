using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>The worked example's tree and notes; its encrypted payloads are tested with the vault.</summary>
public sealed class WorkedExampleTests
{
    private static readonly JsonElement Example = Vectors.Read("ledger-worked-example.json");
    private static readonly List<byte[]> Leaves =
        [.. Example.GetProperty("entries").EnumerateArray()
            .Select(entry => MerkleTree.HashLeaf(Encoding.UTF8.GetBytes(entry.GetProperty("canonical").GetString()!)))];

    [Fact]
    public void Canonical_bytes_give_the_leaves_and_leaves_the_signed_roots()
    {
        foreach (var (entry, leaf) in Example.GetProperty("entries").EnumerateArray().Zip(Leaves))
        {
            Encoding.UTF8.GetString(Jcs.Canonicalize(Encoding.UTF8.GetBytes(entry.GetProperty("entry").GetRawText())))
                .ShouldBe(entry.GetProperty("canonical").GetString());
            Convert.ToHexStringLower(leaf).ShouldBe(entry.GetProperty("leafHash").GetString());
        }
        var key = VerifierKey.Parse(Example.GetProperty("vkey").GetString()!);
        foreach (var signed in Example.GetProperty("checkpoints").EnumerateArray())
        {
            var checkpoint = SignedCheckpoint.Parse(signed.GetProperty("note").GetString()!);
            checkpoint.Note.Verify([key]).Signers.ShouldHaveSingleItem();
            checkpoint.Checkpoint.Origin.ShouldBe(Example.GetProperty("origin").GetString());
            checkpoint.Checkpoint.Size.ShouldBe(signed.GetProperty("size").GetInt64());
            checkpoint.Checkpoint.Root.ShouldBe(Root(checkpoint.Checkpoint.Size));
            Convert.ToHexStringLower(checkpoint.Checkpoint.Root).ShouldBe(signed.GetProperty("root").GetString());
        }
    }

    [Fact]
    public void Its_proofs_are_those_that_are_made_here()
    {
        foreach (var one in Example.GetProperty("inclusion").EnumerateArray())
        {
            var (index, size) = (one.GetProperty("seq").GetInt64(), one.GetProperty("treeSize").GetInt64());
            Hashes(one).ShouldBe(MerkleProofs.InclusionPath(index, size).Select(Root));
            new InclusionProof(index, size, Hashes(one)).Proves(Leaves[(int)index], Root(size)).ShouldBeTrue();
        }
        foreach (var one in Example.GetProperty("consistency").EnumerateArray())
        {
            var (old, size) = (one.GetProperty("size1").GetInt64(), one.GetProperty("size2").GetInt64());
            Hashes(one).ShouldBe(MerkleProofs.ConsistencyPath(old, size).Select(Root));
            new ConsistencyProof(old, size, Hashes(one)).Proves(Root(old), Root(size)).ShouldBeTrue();
        }
    }

    private static List<byte[]> Hashes(JsonElement one) =>
        [.. one.GetProperty("proof").EnumerateArray().Select(hash => Convert.FromHexString(hash.GetString()!))];

    private static byte[] Root(long size) => MerkleTree.Root(Leaves.Take((int)size));

    private static byte[] Root(TreeRange range) => MerkleTree.Root(Leaves.Skip((int)range.First).Take((int)range.Count));
}

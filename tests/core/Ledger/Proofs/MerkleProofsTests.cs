using System.Globalization;
using System.Text;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class MerkleProofsTests
{
    private const int MaxTree = 130;
    private static readonly List<byte[]> Leaves = [.. Enumerable.Range(0, MaxTree + 1).Select(Leaf)];

    [Fact]
    public void Every_inclusion_vector_is_judged_as_it_should_be()
    {
        var cases = Vectors.Read("rfc6962-inclusion.json").GetProperty("cases").EnumerateArray().ToList();
        cases.Count.ShouldBe(67);
        foreach (var one in cases)
        {
            MerkleProofs.CheckInclusion(
                Number(one, "leafIdx"), Number(one, "treeSize"), Bytes(one, "leafHash"), Path(one), Bytes(one, "root"))
                .ShouldBe(!one.GetProperty("wantErr").GetBoolean(), one.GetProperty("name").GetString());
        }
    }

    [Fact]
    public void Every_consistency_vector_is_judged_as_it_should_be()
    {
        var cases = Vectors.Read("rfc6962-consistency.json").GetProperty("cases").EnumerateArray().ToList();
        cases.Count.ShouldBe(73);
        foreach (var one in cases)
        {
            MerkleProofs.CheckConsistency(Number(one, "size1"), Number(one, "size2"), Bytes(one, "root1"), Bytes(one, "root2"), Path(one))
                .ShouldBe(!one.GetProperty("wantErr").GetBoolean(), one.GetProperty("name").GetString());
        }
    }

    [Fact]
    public void Proofs_are_made_as_the_generated_vectors_have_them()
    {
        var vectors = Vectors.Read("rfc6962-generated.json");
        foreach (var one in vectors.GetProperty("inclusion").EnumerateArray())
        {
            var (index, size) = (one.GetProperty("leafIdx").GetInt64(), one.GetProperty("treeSize").GetInt64());
            Roots(MerkleProofs.InclusionPath(index, size)).Select(Convert.ToHexStringLower).ShouldBe(Hex(one));
            MerkleProofs.CheckInclusion(index, size, FromHex(one, "leafHash"), HexPath(one), FromHex(one, "root")).ShouldBeTrue();
        }
        foreach (var one in vectors.GetProperty("consistency").EnumerateArray())
        {
            var (old, size) = (one.GetProperty("size1").GetInt64(), one.GetProperty("size2").GetInt64());
            Roots(MerkleProofs.ConsistencyPath(old, size)).Select(Convert.ToHexStringLower).ShouldBe(Hex(one));
            MerkleProofs.CheckConsistency(old, size, FromHex(one, "root1"), FromHex(one, "root2"), HexPath(one)).ShouldBeTrue();
        }
    }

    [Fact]
    public void Every_leaf_of_every_tree_up_to_130_is_proved_and_no_other()
    {
        for (var size = 1; size <= MaxTree; size++)
        {
            var root = MerkleTree.Root(Leaves.Take(size));
            for (var index = 0; index < size; index++)
            {
                var path = Roots(MerkleProofs.InclusionPath(index, size));
                path.Count.ShouldBeLessThanOrEqualTo(8);
                MerkleProofs.CheckInclusion(index, size, Leaves[index], path, root).ShouldBeTrue();
                MerkleProofs.CheckInclusion(index, size, Leaves[(index + 1) % MaxTree], path, root).ShouldBeFalse();
                MerkleProofs.CheckInclusion(index + 1, size, Leaves[index], path, root).ShouldBeFalse();
                MerkleProofs.CheckInclusion(index, size, Leaves[index], [.. path, Leaves[0]], root).ShouldBeFalse();
                if (path.Count > 0)
                    MerkleProofs.CheckInclusion(index, size, Leaves[index], path[..^1], root).ShouldBeFalse();
            }
        }
    }

    [Fact]
    public void Every_pair_of_trees_up_to_130_is_proved_consistent_and_no_other()
    {
        var roots = Enumerable.Range(0, MaxTree + 1).Select(size => MerkleTree.Root(Leaves.Take(size))).ToList();
        for (var size = 1; size <= MaxTree; size++)
        {
            for (var old = 1; old <= size; old++)
            {
                var path = Roots(MerkleProofs.ConsistencyPath(old, size));
                MerkleProofs.CheckConsistency(old, size, roots[old], roots[size], path).ShouldBeTrue($"{old} to {size}");
                MerkleProofs.CheckConsistency(old, size, roots[old - 1], roots[size], path).ShouldBeFalse();
                MerkleProofs.CheckConsistency(old, size, roots[old], roots[size - 1], path).ShouldBeFalse();
                MerkleProofs.CheckConsistency(old, size, roots[old], roots[size], [.. path, Leaves[0]]).ShouldBeFalse();
                if (old < size)
                    MerkleProofs.CheckConsistency(old, size + 1, roots[old], roots[size], path).ShouldBe(SizesLookAlike(old, size));
                for (var i = 0; i < path.Count; i++)
                {
                    List<byte[]> bent = [.. path];
                    bent[i] = [.. bent[i]];
                    bent[i][i % 32] ^= 0x10;
                    MerkleProofs.CheckConsistency(old, size, roots[old], roots[size], bent).ShouldBeFalse();
                }
            }
        }

        // The shape of a proof does not always tell one size from the next; the size is signed with the root, so nothing rests on that.
        static bool SizesLookAlike(long old, long size) =>
            MerkleProofs.ConsistencyPath(old, size) is var mine && MerkleProofs.ConsistencyPath(old, size + 1) is var next
            && mine.Count == next.Count && !mine.Select((range, i) => range.First == next[i].First).Contains(false);
    }

    [Fact]
    public void A_proof_from_nothing_says_nothing_and_is_refused()
    {
        MerkleProofs.CheckConsistency(0, 3, MerkleTree.EmptyRoot, MerkleTree.Root(Leaves.Take(3)), []).ShouldBeFalse();
        MerkleProofs.CheckConsistency(0, 0, MerkleTree.EmptyRoot, MerkleTree.EmptyRoot, []).ShouldBeFalse();
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleProofs.ConsistencyPath(0, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleProofs.ConsistencyPath(4, 3));
        Should.Throw<ArgumentOutOfRangeException>(() => MerkleProofs.InclusionPath(3, 3));
    }

    [Theory]
    [InlineData(long.MaxValue)]
    [InlineData(1L << 62)]
    [InlineData((1L << 62) + 1)]
    public void Trees_of_any_size_have_proofs_of_bearable_length(long size)
    {
        MerkleProofs.InclusionPath(size / 3, size).Count.ShouldBeLessThanOrEqualTo(MerkleProofs.MaxPathLength);
        MerkleProofs.ConsistencyPath(size / 3, size).Count.ShouldBeLessThanOrEqualTo(MerkleProofs.MaxPathLength);
        MerkleProofs.CheckInclusion(size / 3, size, Leaves[0], [.. Leaves.Take(62)], Leaves[1]).ShouldBeFalse();
    }

    [Fact]
    public void Hashes_of_another_length_are_refused()
    {
        var root = MerkleTree.Root(Leaves.Take(2));
        MerkleProofs.CheckInclusion(0, 2, Leaves[0], [Leaves[1][..31]], root).ShouldBeFalse();
        MerkleProofs.CheckInclusion(0, 2, Leaves[0].AsSpan()[..31], [Leaves[1]], root).ShouldBeFalse();
        MerkleProofs.CheckInclusion(0, 2, Leaves[0], [Leaves[1]], root.AsSpan()[..31]).ShouldBeFalse();
        MerkleProofs.CheckConsistency(1, 2, Leaves[0].AsSpan()[..31], root, [Leaves[1]]).ShouldBeFalse();
        MerkleProofs.CheckConsistency(1, 2, Leaves[0], root, [[]]).ShouldBeFalse();
    }

    private static List<byte[]> Roots(IReadOnlyList<TreeRange> ranges) =>
        [.. ranges.Select(range => MerkleTree.Root(Leaves.Skip((int)range.First).Take((int)range.Count)))];

    private static byte[] Leaf(int number) =>
        MerkleTree.HashLeaf(Encoding.ASCII.GetBytes("ledger-entry-" + number.ToString("0000", CultureInfo.InvariantCulture)));

    private static long Number(JsonElement one, string name) =>
        one.GetProperty(name).TryGetInt64(out var number) ? number : long.MaxValue;

    private static byte[] Bytes(JsonElement one, string name) => Convert.FromBase64String(one.GetProperty(name).GetString() ?? "");

    private static byte[] FromHex(JsonElement one, string name) => Convert.FromHexString(one.GetProperty(name).GetString()!);

    private static List<byte[]> Path(JsonElement one) =>
        one.GetProperty("proof") is { ValueKind: JsonValueKind.Array } path
            ? [.. path.EnumerateArray().Select(hash => Convert.FromBase64String(hash.GetString()!))]
            : [];

    private static IEnumerable<string> Hex(JsonElement one) => one.GetProperty("proof").EnumerateArray().Select(hash => hash.GetString()!);

    private static List<byte[]> HexPath(JsonElement one) => [.. Hex(one).Select(Convert.FromHexString)];
}

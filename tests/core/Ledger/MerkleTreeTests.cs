using System.Globalization;
using System.Text;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tests.Ledger;

public sealed class MerkleTreeTests
{
    [Fact]
    public void Hashes_are_those_of_RFC_6962()
    {
        var vectors = Vectors.Read("rfc6962-basic.json");
        var single = vectors.GetProperty("single");
        Hex(MerkleTree.EmptyRoot).ShouldBe(single.GetProperty("emptyTreeRoot").GetString());
        Hex(MerkleTree.HashLeaf([])).ShouldBe(single.GetProperty("emptyLeafHash").GetString());
        Hex(MerkleTree.HashLeaf("L123456"u8)).ShouldBe(single.GetProperty("leafHashOf_L123456").GetString());

        var leaves = vectors.GetProperty("leafInputs").EnumerateArray()
            .Select(input => MerkleTree.HashLeaf(Convert.FromHexString(input.GetString()!))).ToList();
        leaves.Select(leaf => Hex(leaf)).ShouldBe(vectors.GetProperty("leafHashes").EnumerateArray().Select(hash => hash.GetString()!));
        var roots = vectors.GetProperty("rootsBySize").EnumerateArray().ToList();
        for (var size = 0; size < roots.Count; size++)
            Hex(MerkleTree.Root(leaves.Take(size))).ShouldBe(roots[size].GetString());
    }

    [Fact]
    public void A_growing_tree_has_the_root_of_every_size_also_after_being_saved()
    {
        var roots = Vectors.Read("rfc6962-generated.json").GetProperty("rootsBySize").EnumerateArray()
            .Select(root => root.GetString()!).ToList();
        var range = new CompactRange();
        Hex(range.Root()).ShouldBe(roots[0]);
        for (var size = 1; size < roots.Count; size++)
        {
            var number = (size - 1).ToString("0000", CultureInfo.InvariantCulture);
            range.Append(MerkleTree.HashLeaf(Encoding.ASCII.GetBytes("ledger-entry-" + number)));
            Hex(range.Root()).ShouldBe(roots[size]);
            range = CompactRange.Load(range.Save());
            range.Size.ShouldBe(size);
        }
    }

    [Fact]
    public void A_range_grows_past_its_first_memory()
    {
        var range = new CompactRange();
        var leaf = MerkleTree.HashLeaf([1]);
        for (var i = 0; i < 200_000; i++)
            range.Append(leaf);
        range.Size.ShouldBe(200_000);
        CompactRange.Load(range.Save()).Root().ShouldBe(range.Root());
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0000000000000001")]
    [InlineData("ffffffffffffffff")]
    public void What_was_never_saved_is_refused(string saved) =>
        Should.Throw<FormatException>(() => CompactRange.Load(Convert.FromHexString(saved)));

    private static string Hex(ReadOnlySpan<byte> bytes) => Convert.ToHexStringLower(bytes);
}

using System.Text;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class ReceiptTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly TestKey key = new("test/contoso");
    private readonly List<byte[]> bodies = [.. Enumerable.Range(1, 20).Select(seq => Body("contoso", seq))];

    [Theory]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(20)]
    public void A_receipt_is_valid_by_itself_with_nothing_but_the_key(int seq)
    {
        var text = Make(seq).ToString();
        text.ShouldStartWith("c2sp.org/tlog-proof@v1\nextra ");
        var receipt = Receipt.Parse(Encoding.UTF8.GetBytes(text));
        receipt.ToString().ShouldBe(text);
        receipt.Entry.ToArray().ShouldBe(bodies[seq - 1]);
        var verdict = receipt.Check([key.Verifier], Contoso);
        verdict.Problem.ShouldBeNull();
        verdict.Seq.ShouldBe(seq);
        verdict.Tenant.ShouldBe(Contoso);
        receipt.Check([key.Verifier]).IsValid.ShouldBeTrue();
    }

    [Fact]
    public void No_single_changed_character_leaves_it_valid()
    {
        var text = Make(7).ToString();
        for (var at = 0; at < text.Length; at++)
        {
            var changed = text.ToCharArray();
            changed[at] = changed[at] == 'A' ? 'B' : 'A';
            IsValid(new(changed)).ShouldBeFalse($"character {at} of\n{text}");
            IsValid(text.Remove(at, 1)).ShouldBeFalse($"without character {at}");
        }
        IsValid(text).ShouldBeTrue();
        IsValid(text + "\n").ShouldBeFalse();
    }

    [Fact]
    public void Each_way_of_being_wrong_is_named()
    {
        using var other = new TestKey("test/contoso");
        using var fabrikam = new TestKey("test/fabrikam");
        var good = Make(7);
        Problem(good, other.Verifier).ShouldContain("no signature is of a key that is trusted here");
        Problem(good, key.Verifier, "fabrikam").ShouldContain("of tenant contoso, not of fabrikam");
        Problem(good with { Entry = bodies[7] }, key.Verifier).ShouldContain("not number 7 of the 20 entries");
        Problem(good with { Proof = good.Proof with { Index = 7 } }, key.Verifier).ShouldContain("not number 8");

        bodies[6] = Body("fabrikam", 7);
        Problem(Make(7), key.Verifier).ShouldContain("belongs to fabrikam");
        bodies[6] = Body("contoso", 9);
        Problem(Make(7), key.Verifier).ShouldContain("number 9, but stands at 7");
        bodies[6] = "{}"u8.ToArray();
        Problem(Make(7), key.Verifier).ShouldContain("cannot be read");
    }

    [Fact]
    public void A_witness_alone_does_not_make_a_receipt()
    {
        using var witness = new TestKey("witness.example");
        var good = Make(7);
        var cosigned = good with { Checkpoint = good.Checkpoint.With(witness.Cosign(good.Checkpoint.Note.Text, 1_770_000_000)) };
        Problem(cosigned, witness.Witness).ShouldContain("not signed by the ledger");
        cosigned.Check([witness.Witness, key.Verifier]).Signers.Count.ShouldBe(2);
    }

    [Theory]
    [InlineData("", "first line")]
    [InlineData("c2sp.org/tlog-proof@v2\n\n", "first line")]
    [InlineData("c2sp.org/tlog-proof@v1\nindex 1\n\n", "carries no entry")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra !\nindex 1\n\n", "not base64")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 01\n\n", "'index'")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 1\nAAAA\n\n", "32-byte hashes")]
    [InlineData("c2sp.org/tlog-proof@v1\nextra AAAA\nindex 1\n\nx", "newline")]
    public void What_is_no_receipt_is_refused_for_its_own_reason(string text, string reason) =>
        Should.Throw<NoteFormatException>(() => Receipt.Parse(text)).Message.ShouldContain(reason);

    public void Dispose() => key.Dispose();

    private bool IsValid(string text)
    {
        try
        {
            return Receipt.Parse(text).Check([key.Verifier], Contoso).IsValid;
        }
        catch (NoteFormatException)
        {
            return false;
        }
    }

    private static string Problem(Receipt receipt, VerifierKey trusted, string? tenant = null) =>
        receipt.Check([trusted], tenant is null ? null : TenantId.Parse(tenant)).Problem.ShouldNotBeNull();

    private Receipt Make(int seq)
    {
        var leaves = bodies.ConvertAll(body => MerkleTree.HashLeaf(body));
        var path = MerkleProofs.InclusionPath(seq - 1, leaves.Count)
            .Select(range => MerkleTree.Root(leaves.Skip((int)range.First).Take((int)range.Count)));
        return new(bodies[seq - 1], new(seq - 1, leaves.Count, [.. path]),
            key.Sign(new Checkpoint("test/contoso", leaves.Count, MerkleTree.Root(leaves))));
    }

    private static byte[] Body(string tenant, int seq)
    {
        var entry = new NewEntry(StreamId.Freeze, Actor.Service("test"), CorrelationId.Parse("c0ffee"),
            new DevOpsAI.Gates.FreezeSet("because"));
        var body = new ByteBuffer(256);
        EntryCodec.Complete(CoreFeatures.Codec.Prepare(TenantId.Parse(tenant), entry, new InMemoryKeyRing().For(TenantId.Parse(tenant))),
            DateTimeOffset.UnixEpoch, seq, seq, body);
        return body.Written.ToArray();
    }
}

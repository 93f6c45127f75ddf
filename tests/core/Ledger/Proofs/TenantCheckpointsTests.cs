using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Proofs;

public sealed class CheckpointKeeperTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;
    private readonly string folder = Directory.CreateTempSubdirectory("keeper-").FullName;
    private readonly MemoryDocuments documents = new();
    private readonly MemoryArchive archive = new(Contoso) { Leaves = [.. Enumerable.Range(0, 300).Select(Leaf)] };
    private readonly TestKey key = new("test/contoso");

    [Fact]
    public async Task A_head_is_signed_once_and_kept_everywhere()
    {
        var tenantCheckpoints = Keeper();
        var signed = (await tenantCheckpoints.SignAsync(Cancel)).ShouldNotBeNull();
        signed.Checkpoint.Size.ShouldBe(300);
        signed.Note.Verify([key.Verifier]).IsTrusted.ShouldBeTrue();
        (await tenantCheckpoints.SignAsync(Cancel)).ShouldNotBeNull().ToString().ShouldBe(signed.ToString());
        (await new Checkpoints(documents).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().ToString().ShouldBe(signed.ToString());
        foreach (var place in (string[])["own", "elsewhere"])
            (await File.ReadAllTextAsync(Path.Combine(folder, place, "contoso", "000000000300.checkpoint"), Cancel)).ShouldBe(
                signed.ToString());

        archive.Leaves!.Add(Leaf(300));
        (await tenantCheckpoints.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(301);
        // A restart goes on where it was.
        archive.Leaves!.Add(Leaf(301));
        (await Keeper().SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(302);
    }

    [Fact]
    public async Task An_empty_ledger_has_nothing_to_sign()
    {
        archive.Leaves!.Clear();
        (await Keeper().SignAsync(Cancel)).ShouldBeNull();
    }

    [Fact]
    public async Task A_fork_is_not_signed()
    {
        await Keeper().SignAsync(Cancel);
        archive.Leaves![290] = Leaf(9999);
        archive.Leaves!.Add(Leaf(300));
        (await Refusal(Keeper())).ShouldContain("An entry that was signed for has been changed");
        (await new Checkpoints(documents).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(300);
    }

    [Theory]
    [InlineData(0, true)]
    [InlineData(299, true)]
    [InlineData(300, false)]
    public async Task A_fork_holds_its_tenant_unless_entries_were_given_up_on_purpose(long givenUp, bool held)
    {
        await Keeper().SignAsync(Cancel);
        archive.Leaves![290] = Leaf(9999);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance, new GivenUpTo(givenUp));
        await Should.ThrowAsync<CheckpointException>(() => Keeper(quarantine: quarantine).CompareAsync(Cancel));
        quarantine.Holds(Contoso).ShouldBe(held);
    }

    [Theory]
    [InlineData(0, false, true)]
    [InlineData(300, false, false)]
    [InlineData(0, true, false)]
    public async Task An_end_that_was_signed_and_is_missing_holds_its_tenant_unless_it_is_given_up(long givenUp, bool accepted, bool held)
    {
        await Keeper().SignAsync(Cancel);
        archive.Leaves!.RemoveRange(290, 10);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance, new GivenUpTo(givenUp) { Accepts = accepted });
        await Should.ThrowAsync<CheckpointException>(() => Keeper(quarantine: quarantine).CompareAsync(Cancel));
        quarantine.Holds(Contoso).ShouldBe(held);
        if (held)
            quarantine.Held[Contoso].ShouldContain("it has 290 entries, but a checkpoint of 300 was signed (kept in the documents)");
        // Of a bot that runs it is told and not signed: other instances may be ahead of what is read here.
        var later = new Quarantine(NullLogger<Quarantine>.Instance);
        await Should.ThrowAsync<CheckpointException>(() => Keeper(quarantine: later).SignAsync(Cancel));
        later.Held.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("own", "not a note at all")]
    [InlineData("own", "")]
    [InlineData("own", null)]
    [InlineData("elsewhere", null)]
    public async Task A_newest_checkpoint_that_is_damaged_or_cut_holds_its_tenant_and_says_which_file(string place, string? content)
    {
        await Keeper().SignAsync(Cancel);
        var path = Path.Combine(folder, place, "contoso", "000000000300.checkpoint");
        var whole = await File.ReadAllTextAsync(path, Cancel);
        await File.WriteAllTextAsync(path, content ?? whole[..(whole.Length / 2)], Cancel);
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        await Should.ThrowAsync<CheckpointException>(() => Keeper(quarantine: quarantine).CompareAsync(Cancel));
        quarantine.Held[Contoso].ShouldSatisfyAllConditions(
            told => told.ShouldContain($"the checkpoint in {path} cannot be read ("),
            told => told.ShouldContain($"then put {path} back from a backup; or, where everything else is intact, move it out"));
        File.Delete(path);
        var after = new Quarantine(NullLogger<Quarantine>.Instance);
        await Keeper(quarantine: after).CompareAsync(Cancel);
        after.Held.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_newest_checkpoint_that_is_damaged_in_the_documents_holds_its_tenant()
    {
        await Keeper().SignAsync(Cancel);
        documents["contoso", "checkpoint-newest", "newest"] = documents["contoso", "checkpoint-newest", "newest"][..40];
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        await Should.ThrowAsync<CheckpointException>(() => Keeper(quarantine: quarantine).CompareAsync(Cancel));
        quarantine.Held[Contoso].ShouldContain("restore the documents (documents.db) from a backup");
    }

    [Fact]
    public async Task A_newest_checkpoint_of_a_stranger_holds_its_tenant()
    {
        using var attacker = new TestKey("test/contoso");
        var forged = attacker.Sign(new Checkpoint("test/contoso", 100, MerkleTree.Root(archive.Leaves!.Take(100))));
        (await new Checkpoints(documents).TryAddAsync(Contoso, forged, null, Cancel)).ShouldBeTrue();
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        await Should.ThrowAsync<CheckpointException>(() => Keeper(quarantine: quarantine).CompareAsync(Cancel));
        quarantine.Held[Contoso].ShouldContain("was not signed by this bot");
    }

    [Theory]
    [InlineData("whole", null)]
    [InlineData("range", "the tree that is kept beside the entries (heads) is not the one that they give")]
    [InlineData("root", "the tree that is kept beside the entries (heads) is not the one that they give")]
    [InlineData("size", "the head that is kept beside it says 299")]
    [InlineData("gone", "the head that is kept beside it says nothing")]
    public async Task The_tree_that_is_kept_beside_the_entries_is_theirs_or_holds_their_tenant(string what, string? told)
    {
        var range = new CompactRange();
        foreach (var leaf in archive.Leaves!)
            range.Append(leaf);
        var (saved, root) = (range.Save(), range.Root());
        saved[^1] ^= (byte)(what == "range" ? 1 : 0);
        root[0] ^= (byte)(what == "root" ? 1 : 0);
        archive.Head = what switch
        {
            "size" => new(300, 299, root, saved),
            "gone" => new(300, null, default, default),
            _ => new(300, 300, root, saved),
        };
        // What is appended before the entries are read is no contradiction.
        archive.Leaves!.Add(Leaf(300));
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        var comparing = Keeper(quarantine: quarantine).CompareAsync(Cancel);
        if (told is null)
            await comparing;
        else
            (await Should.ThrowAsync<LedgerDamagedException>(() => comparing)).What.ShouldContain(told);
        quarantine.Holds(Contoso).ShouldBe(told is not null);
    }

    [Fact]
    public async Task What_is_as_it_was_signed_holds_nobody_and_signs_nothing()
    {
        await Keeper().SignAsync(Cancel);
        archive.Leaves!.Add(Leaf(300));
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        await Keeper(quarantine: quarantine).CompareAsync(Cancel);
        quarantine.Held.ShouldBeEmpty();
        (await new Checkpoints(documents).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Checkpoint.Size.ShouldBe(300);
    }

    [Fact]
    public async Task A_start_reads_few_of_the_leaf_hashes_that_were_signed_and_says_which_it_did_not_read()
    {
        archive.Leaves!.AddRange(Enumerable.Range(300, 5_700).Select(Leaf));
        await Keeper().SignAsync(Cancel);
        archive.Leaves!.AddRange(Enumerable.Range(6_000, 10).Select(Leaf));
        var before = archive.LeavesRead;
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        var begun = Keeper(quarantine: quarantine);

        await begun.CompareAsync(Cancel);

        (archive.LeavesRead - before).ShouldBeLessThan(2_000);
        quarantine.Held.ShouldBeEmpty();
        var unread = (await begun.LeavesUnreadAsync(Cancel)).ShouldNotBeNull();
        unread.Size.ShouldBe(5_888);
        unread.Root.ShouldBe(MerkleTree.Root(archive.Leaves!.Take(5_888)));
        (await begun.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Root.ShouldBe(MerkleTree.Root(archive.Leaves!));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Kept_nodes_that_are_wrong_or_gone_are_not_begun_with(bool gone)
    {
        archive.Leaves!.AddRange(Enumerable.Range(300, 700).Select(Leaf));
        await Keeper().SignAsync(Cancel);
        foreach (var (scope, kind, id) in documents.Keys.Where(static one => one.Kind == TreeNodes.DocumentKind).ToList())
        {
            if (gone)
                await documents.DeleteAsync(DocumentScope.From(Contoso), kind, id, Cancel);
            else
                documents[scope, kind, id][5] ^= 1;
        }
        var quarantine = new Quarantine(NullLogger<Quarantine>.Instance);
        var begun = Keeper(quarantine: quarantine);

        await begun.CompareAsync(Cancel);

        quarantine.Held.ShouldBeEmpty();
        archive.Leaves!.Add(Leaf(1_000));
        (await begun.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Root.ShouldBe(MerkleTree.Root(archive.Leaves!));
        (await begun.LeavesUnreadAsync(Cancel))?.Root.ShouldBe(MerkleTree.Root(archive.Leaves!.Take(768)));
    }

    [Fact]
    public async Task A_change_beneath_a_running_bot_does_not_get_into_what_it_signs()
    {
        var tenantCheckpoints = Keeper();
        await tenantCheckpoints.SignAsync(Cancel);
        List<byte[]> honest = [.. archive.Leaves!, Leaf(300)];
        archive.Leaves![10] = Leaf(9999);
        archive.Leaves!.Add(Leaf(300));
        (await tenantCheckpoints.SignAsync(Cancel)).ShouldNotBeNull().Checkpoint.Root.ShouldBe(MerkleTree.Root(honest));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_shrink_is_not_signed(bool restarted)
    {
        var tenantCheckpoints = Keeper();
        await tenantCheckpoints.SignAsync(Cancel);
        archive.Leaves!.RemoveRange(290, 10);
        (await Refusal(restarted ? Keeper() : tenantCheckpoints)).ShouldContain("its end is missing");
    }

    [Fact]
    public async Task A_rewritten_ledger_is_found_by_the_copy_elsewhere_when_everything_beside_it_was_rewritten_too()
    {
        await Keeper().SignAsync(Cancel);
        archive.Leaves!.RemoveRange(200, 100);
        foreach (var (scope, kind, id) in documents.Keys.Where(one => one.Kind.StartsWith("checkpoint", StringComparison.Ordinal)))
            await documents.DeleteAsync(DocumentScope.From(Contoso), kind, id, Cancel);
        Directory.Delete(Path.Combine(folder, "own"), recursive: true);
        (await Refusal(Keeper())).ShouldContain("elsewhere");
    }

    [Fact]
    public async Task A_kept_checkpoint_that_we_never_signed_is_not_continued()
    {
        using var attacker = new TestKey("test/contoso");
        var forged = attacker.Sign(new Checkpoint("test/contoso", 100, MerkleTree.Root(archive.Leaves!.Take(100))));
        (await new Checkpoints(documents).TryAddAsync(Contoso, forged, null, Cancel)).ShouldBeTrue();
        (await Refusal(Keeper())).ShouldContain("was not signed by this bot");
    }

    [Fact]
    public async Task Another_tenants_checkpoint_in_the_way_is_named()
    {
        using var fabrikam = new TestKey("test/fabrikam");
        var directory = Directory.CreateDirectory(Path.Combine(folder, "own", "contoso")).FullName;
        await File.WriteAllTextAsync(Path.Combine(directory, "000000000001.checkpoint"),
            fabrikam.Sign(new Checkpoint("test/fabrikam", 1, Leaf(0))).ToString(), Cancel);
        (await Refusal(Keeper())).ShouldContain("was not signed by this bot for contoso");
        await File.WriteAllTextAsync(Path.Combine(directory, "000000000001.checkpoint"), "garbage", Cancel);
        (await Refusal(Keeper())).ShouldContain("is no checkpoint, or is damaged");
    }

    [Fact]
    public async Task A_new_key_continues_what_the_old_one_signed()
    {
        await Keeper().SignAsync(Cancel);
        using var next = new TestKey("test/contoso");
        archive.Leaves!.Add(Leaf(300));
        (await Keeper(next).SignAsync(Cancel)).ShouldNotBeNull().Note.Verify([next.Verifier]).IsTrusted.ShouldBeTrue();
    }

    [Fact]
    public async Task Instances_side_by_side_sign_one_line_of_checkpoints()
    {
        var checkpoints = Enumerable.Range(0, 4).Select(_ => Keeper()).ToList();
        for (var round = 0; round < 10; round++)
        {
            archive.Leaves!.Add(Leaf(300 + round));
            foreach (var signed in await Task.WhenAll(
                checkpoints.Select(tenantCheckpoints => Task.Run(() => tenantCheckpoints.SignAsync(Cancel)))))
                signed.ShouldNotBeNull().Checkpoint.Size.ShouldBe(301 + round);
        }
        var all = await new Checkpoints(documents).AllAsync(Contoso, Cancel).ToListAsync(Cancel);
        all.Select(one => one.Checkpoint.Size).ShouldBe(Enumerable.Range(301, 10).Select(size => (long)size));
    }

    [Fact]
    public async Task A_folder_elsewhere_that_is_away_is_caught_up_with()
    {
        var elsewhere = Path.Combine(folder, "elsewhere");
        await File.WriteAllTextAsync(elsewhere, "a file where a folder should be", Cancel);
        var tenantCheckpoints = Keeper();
        (await tenantCheckpoints.SignAsync(Cancel)).ShouldNotBeNull();
        tenantCheckpoints.Copies[0].Problem.ShouldNotBeNull().ShouldContain("did not take the checkpoint of size 300");
        File.Delete(elsewhere);
        await tenantCheckpoints.SignAsync(Cancel);
        tenantCheckpoints.Copies.ShouldBe([new("folder", null)]);
        File.Exists(Path.Combine(elsewhere, "contoso", "000000000300.checkpoint")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_witness_signature_is_kept_wherever_the_checkpoint_is()
    {
        using var witness = new TestKey("witness.example");
        var tenantCheckpoints = Keeper();
        var signed = (await tenantCheckpoints.SignAsync(Cancel)).ShouldNotBeNull();
        await tenantCheckpoints.AddSignatureAsync(signed, witness.Cosign(signed.Note.Text, 1_770_000_000), Cancel);
        foreach (var place in (string[])["own", "elsewhere"])
            CheckpointFiles.Read(Path.Combine(folder, place, "contoso", "000000000300.checkpoint")).Note.Verify([witness.Witness]).IsTrusted
                .ShouldBeTrue();
        (await new Checkpoints(documents).NewestAsync(Contoso, Cancel)).ShouldNotBeNull().Note.Signatures.Count.ShouldBe(2);
        tenantCheckpoints.Newest.ShouldNotBeNull().Note.Signatures.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_missing_key_that_has_signed_before_is_not_replaced()
    {
        var path = Path.Combine(folder, "checkpoint.key");
        using (var first = new LocalCheckpointSigner(path, new(documents)))
            await new SigningKeys(documents).AddAsync(await first.PublicKeyAsync(Cancel), Cancel);
        File.Delete(path);
        using var second = new LocalCheckpointSigner(path, new(documents));
        (await Should.ThrowAsync<SigningKeyException>(async () => await second.PublicKeyAsync(Cancel))).Message.ShouldContain(
            "is missing, although checkpoints were signed before");
        File.Exists(path).ShouldBeFalse();
    }

    public void Dispose()
    {
        key.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private sealed class GivenUpTo(long size) : ILostEntries
    {
        public bool Accepts { get; init; }

        public long GivenUp(TenantId tenant) => size;

        public bool TryGiveUp(TenantId tenant, long upTo, string what) => Accepts;
    }

    private static async Task<string> Refusal(TenantCheckpoints tenantCheckpoints) =>
        (await Should.ThrowAsync<CheckpointException>(() => tenantCheckpoints.SignAsync(Cancel))).Message;

    private TenantCheckpoints Keeper(ICheckpointSigner? signer = null, Quarantine? quarantine = null) => new(
        Contoso,
        "test/contoso",
        new(archive, documents),
        new(documents),
        new(documents),
        signer ?? key,
        new(new(Path.Combine(folder, "own")), new CheckpointFiles(Path.Combine(folder, "elsewhere"))),
        quarantine);

    private static byte[] Leaf(int number) => MerkleTree.HashLeaf(BitConverter.GetBytes(number));
}

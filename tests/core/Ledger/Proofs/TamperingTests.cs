using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Proofs;

/// <summary>
/// An attacker who can write the database and takes care that it fits together again: leaves, positions, indexes and head. Only a
/// checkpoint that he could not rewrite tells.
/// </summary>
public sealed class TamperingTests : IDisposable
{
    private const int Size = 12;
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly Actor Someone = Actor.Service("someone");
    private readonly ManualClock clock = new();
    private readonly LedgerFolder folder;
    private readonly TestKey key = new("test/contoso");
    private readonly List<LedgerEntry> honest = [];
    private readonly SignedCheckpoint outside;

    public TamperingTests()
    {
        folder = new(clock);
        folder.Open();
        Append(Size);
        outside = Checkpoint();
        folder.Close();
    }

    [Fact]
    public void An_untouched_ledger_and_one_that_has_grown_fit()
    {
        Judge().ShouldBeNull();
        folder.Open();
        Append(3);
        folder.Close();
        Judge().ShouldBeNull();
    }

    [Fact]
    public void Changing_any_entry_is_found()
    {
        for (var at = 0; at < Size; at++)
        {
            Forge([.. honest.Select(
                (entry, i) => i == at ? entry with { Fact = new IncidentClosed(Con(1), "as the attacker likes it") } : entry)]);
            Judge().ShouldNotBeNull().ShouldContain("not those that were signed");
        }
    }

    [Fact]
    public void Removing_any_entry_is_found_also_when_later_ones_take_its_place()
    {
        for (var at = 0; at < Size; at++)
        {
            Forge([.. honest.Where((_, i) => i != at)]);
            Judge().ShouldNotBeNull().ShouldContain("entry 12 is missing");
            Forge([.. honest.Where((_, i) => i != at), honest[0] with { Correlation = CorrelationId.Parse("later") }]);
            Judge().ShouldNotBeNull().ShouldContain("not those that were signed");
        }
    }

    [Fact]
    public void Inserting_anywhere_is_found_but_at_the_end_it_is_an_append()
    {
        for (var at = 0; at <= Size; at++)
        {
            List<LedgerEntry> more = [.. honest];
            more.Insert(at, honest[at % Size] with { Correlation = CorrelationId.Parse("inserted") });
            Forge(more);
            if (at < Size)
                Judge().ShouldNotBeNull().ShouldContain("not those that were signed");
            else
                Judge().ShouldBeNull();
        }
    }

    [Fact]
    public void Swapping_any_two_entries_is_found()
    {
        for (var one = 0; one < Size; one++)
        {
            for (var other = one + 1; other < Size; other++)
            {
                List<LedgerEntry> swapped = [.. honest];
                (swapped[one], swapped[other]) = (swapped[other], swapped[one]);
                Forge(swapped);
                Judge().ShouldNotBeNull().ShouldContain("not those that were signed");
            }
        }
    }

    [Fact]
    public void Cutting_off_any_end_is_found_and_so_is_putting_another_in_its_place()
    {
        for (var left = 1; left < Size; left++)
        {
            Forge([.. honest.Take(left)]);
            Judge().ShouldNotBeNull().ShouldContain(left == 11 ? "entry 12 is missing" : $"entries {left + 1} to 12 are missing");
            // Signed anew with the true key: the re-signed head fits, the one kept outside does not.
            var again = Checkpoint();
            Judge(again).ShouldNotBeNull().ShouldContain(left == 11 ? "is missing" : "are missing");
            Forge([.. honest.Take(left),
                .. Enumerable.Range(left, Size - left + 2).Select(i => honest[0] with { Correlation = CorrelationId.Parse($"fork {i}") })]);
            Judge(Checkpoint()).ShouldNotBeNull().ShouldContain("not those that were signed");
        }
    }

    [Fact]
    public void Two_histories_of_one_size_are_named_as_such()
    {
        Forge([.. honest.Take(Size - 1), honest[0] with { Correlation = CorrelationId.Parse("the other history") }]);
        Judge(Checkpoint()).ShouldNotBeNull().ShouldContain("not those that were signed");
        JudgeAll([Checkpoint(), outside])[1].Problem.ShouldNotBeNull().ShouldContain("two histories were signed");
    }

    [Fact]
    public void Cutting_back_to_the_very_checkpoint_is_not_found_and_that_is_what_heartbeats_are_for()
    {
        folder.Open();
        Append(2);
        folder.Close();
        Forge([.. honest.Take(Size)]);
        Judge().ShouldBeNull();
    }

    [Fact]
    public void A_backdated_entry_and_one_recorded_twice_are_found_by_what_they_say_of_themselves()
    {
        Forge([.. honest, honest[3] with { At = honest[3].At - TimeSpan.FromDays(1), Correlation = CorrelationId.Parse("backdated") }]);
        Verify().First.ShouldNotBeNull().What.ShouldContain("earlier than the entry before it");
        Forge([.. honest, honest[3]], keepSeqs: true);
        Verify().First.ShouldNotBeNull().What.ShouldContain("it says of itself that it is entry 4");
    }

    [Fact]
    public void An_entry_of_another_tenant_is_found()
    {
        Forge([.. honest.Take(5), honest[5] with { Tenant = TenantId.Parse("fabrikam") }, .. honest.Skip(6)]);
        Verify().First.ShouldNotBeNull().What.ShouldContain("belongs to fabrikam");
        Judge().ShouldNotBeNull();
    }

    [Fact]
    public void Random_changes_of_a_large_ledger_are_found()
    {
        var random = new Random(20260302);
        List<byte[]> leaves = [.. Enumerable.Range(0, 20_000).Select(i => MerkleTree.HashLeaf(BitConverter.GetBytes(i)))];
        var kept = new[] { 1L, 9_973, 20_000 }.Select(
            size => new FoundCheckpoint($"{size}", key.Sign(new Checkpoint("test/contoso", size, MerkleTree.Root(leaves.Take((int)size))))))
            .ToList();
        for (var trial = 0; trial < 60; trial++)
        {
            List<byte[]> bent = [.. leaves];
            var at = random.Next(leaves.Count - 1);
            switch (trial % 5)
            {
                case 0: bent[at] = MerkleTree.HashLeaf("changed"u8); break;
                case 1: bent.RemoveAt(at); break;
                case 2: bent.Insert(at, MerkleTree.HashLeaf("inserted"u8)); break;
                case 3: (bent[at], bent[at + 1]) = (bent[at + 1], bent[at]); break;
                default: bent.RemoveRange(at, bent.Count - at); break;
            }
            new CheckpointCheck(Contoso, bent.Count, size => MerkleTree.Root(bent.Take((int)size)), _ => [key.Verifier],
                DateTimeOffset.UnixEpoch)
                .Judge(kept).Any(static finding => finding.Problem is not null).ShouldBeTrue($"trial {trial} at {at}");
        }
    }

    [Fact]
    public void A_cosignature_from_the_future_is_unclear_not_tampering()
    {
        using var witness = new TestKey("witness.example");
        var now = clock.GetUtcNow();
        var late = outside.With(witness.Cosign(outside.Note.Text, now.AddHours(1).ToUnixTimeSeconds()));
        var finding = new CheckpointCheck(Contoso, Size, size => outside.Checkpoint.Root, _ => [key.Verifier, witness.Witness], now).Judge(
            [new("file", late)])[0];
        finding.IsUnclear.ShouldBeTrue();
        finding.Problem.ShouldNotBeNull().ShouldContain("later than now");
    }

    public void Dispose()
    {
        folder.Dispose();
        key.Dispose();
    }

    private void Append(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var number = honest.Count + 1;
            clock.Advance(TimeSpan.FromSeconds(1));
            var appending = folder.Ledger.AppendAsync(
                Contoso, [], [new(StreamId.Incident(Con(number)), Someone, CorrelationId.Parse($"c{number}"),
                new IncidentClosed(Con(number), "fixed"))],
                CancellationToken.None);
            honest.AddRange(appending.AsTask().GetAwaiter().GetResult().ShouldBeOfType<AppendResult.Appended>().Entries);
        }
    }

    /// <summary>Makes the file what it would be had these entries been appended.</summary>
    private void Forge(List<LedgerEntry> entries, bool keepSeqs = false)
    {
        using var database = SqliteDatabase.OpenToWrite(folder.File);
        database.Execute("BEGIN; DROP INDEX entries_by_seq; DROP INDEX entries_by_stream; DELETE FROM entries; DELETE FROM heads");
        var insert =
            database.Prepare("INSERT INTO entries(id, tenant, seq, stream, version, leaf, body) VALUES(?, 'contoso', ?, ?, ?, ?, ?)");
        var range = new CompactRange();
        for (var i = 0; i < entries.Count; i++)
        {
            var (entry, stream) = (entries[i], new StreamId($"incident/CON-{i + 1}"));
            var body = new ByteBuffer(1024);
            var at = i > 0 && entry.At < entries[i - 1].At && entry.Correlation.Value != "backdated" ? entries[Size - 1].At : entry.At;
            var prepared = CoreFeatures.Codec.Prepare(
                entry.Tenant, new(stream, entry.Actor, entry.Correlation, entry.Fact), new InMemoryKeyRing().For(entry.Tenant));
            EntryCodec.Complete(prepared, Monotonic(entries, i, at), keepSeqs ? entry.Seq : i + 1, 1, body);
            var leaf = MerkleTree.HashLeaf(body.Written);
            range.Append(leaf);
            insert.Bind(1, i + 1).Bind(2, i + 1).Bind(3, stream.Value).Bind(4, 1).Bind(5, leaf).Bind(6, body.Written);
            insert.Step();
            insert.Reset();
        }
        var head = database.Prepare("INSERT INTO heads(tenant, size, root, range) VALUES('contoso', ?, ?, ?)").Bind(1, entries.Count)
            .Bind(2, range.Root()).Bind(3, range.Save());
        head.Step();
        head.Reset();
        database.Execute(
            "CREATE UNIQUE INDEX entries_by_seq ON entries(tenant, seq); CREATE UNIQUE INDEX entries_by_stream ON entries(tenant, "
            + "stream, version); COMMIT");
    }

    /// <summary>The attacker also takes care of the times, unless they are what he lies about.</summary>
    private static DateTimeOffset Monotonic(List<LedgerEntry> entries, int index, DateTimeOffset at) =>
        entries[index].Correlation.Value == "backdated"
        ? at
        : entries.Take(index + 1).Max(entry => entry.At);

    private TenantVerification Verify() => LedgerVerifier.VerifyFile(
        folder.File, Contoso, CancellationToken.None,
        new Dictionary<TenantId, IReadOnlyList<long>> { [Contoso] = [.. Enumerable.Range(1, 2 * Size).Select(size => (long)size)] })
        .ShouldNotBeNull().ShouldHaveSingleItem();

    private SignedCheckpoint Checkpoint() =>
        Verify() is var now
            ? key.Sign(new Checkpoint("test/contoso", now.Entries, Convert.FromHexString(now.Root)))
            : throw new InvalidOperationException();

    /// <summary>What the checkpoint kept outside says; the ledger itself must look intact.</summary>
    private string? Judge(SignedCheckpoint? resigned = null)
    {
        var findings = JudgeAll(resigned is null ? [outside] : [outside, resigned]);
        if (resigned is not null && resigned.Checkpoint.Size != outside.Checkpoint.Size)
            findings[1].Problem.ShouldBeNull();
        return findings[0].Problem;
    }

    private IReadOnlyList<CheckpointFinding> JudgeAll(IReadOnlyList<SignedCheckpoint> checkpoints)
    {
        var now = Verify();
        return new CheckpointCheck(Contoso, now.Entries, size => now.RootsAt.GetValueOrDefault(size) ?? [], _ => [key.Verifier],
            clock.GetUtcNow())
            .Judge([.. checkpoints.Select((one, i) => new FoundCheckpoint($"checkpoint {i}", one))]);
    }
}

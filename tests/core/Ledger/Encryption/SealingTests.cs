using System.Text;
using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Ledger.Encryption;

public sealed class SealingTests
{
    private const string Canary = "canary-7f3a";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static readonly DateTimeOffset At = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private readonly InMemoryKeyRing ring = new();

    [Fact]
    public async Task The_leaf_holds_nothing_of_what_is_marked_and_whoever_has_the_key_reads_all_of_it()
    {
        var user = await ring.OfUserAsync(Contoso, $"{Canary}@contoso.com", Stop);
        foreach (var entry in Marked(user.Id))
        {
            var stored = await StoreAsync(entry);
            Encoding.UTF8.GetString(stored.Body.Span).ShouldNotContain(Canary, customMessage: entry.Fact.GetType().Name);
            Encoding.Latin1.GetString(stored.Encrypted!.Value.Span).ShouldNotContain(Canary);
            Jcs.Canonicalize(stored.Body.Span).ShouldBe(stored.Body.ToArray());
            var read = CoreFeatures.Codec.Decode(stored, ring.For(Contoso));
            read.Actor.ShouldBe(entry.Actor);
            CoreFeatures.Catalog.Serialize(read.Fact).ShouldBe(CoreFeatures.Catalog.Serialize(entry.Fact));
        }
    }

    [Fact]
    public async Task Without_a_key_readers_are_told_whether_it_is_missing_or_was_erased_and_everything_else_stays()
    {
        var user = await ring.OfUserAsync(Contoso, $"{Canary}@contoso.com", Stop);
        foreach (var entry in Marked(user.Id))
        {
            var stored = await StoreAsync(entry);
            var none = new TenantKeys(Contoso, DataKey.Create("other"));
            var without = CoreFeatures.Codec.Decode(stored, none);
            JsonSerializer.Serialize<object>(without).ShouldNotContain(Canary);
            without.Actor.Id.ShouldBe(entry.Actor.Id);
            if (entry.Actor.Kind == ActorKind.Person)
                without.Actor.Name.ShouldBe(Erased.Missing);
            var uses = new KeyUses();
            uses.Take(stored).ShouldBeTrue();
            foreach (var key in uses.All)
                none.Forget(key.Key);
            var erased = CoreFeatures.Codec.Decode(stored, none);
            JsonSerializer.Serialize<object>(erased).ShouldNotContain(Erased.Missing);
            if (entry.Actor.Kind == ActorKind.Person)
                erased.Actor.Name.ShouldBe(Erased.Text);
        }
        var staged =
            (ProposalStaged)CoreFeatures.Codec.Decode(
                await StoreAsync(new(new("proposal/x"), Actor.Service("drafting"), CorrelationId.Parse("c"), Staged(user.Id))), null).Fact;
        staged.Plan.Steps.ShouldBeEmpty();
        staged.Observed.ShouldBeEmpty();
        staged.Requester.ShouldBe(new(ActorKind.Person, "bo", Erased.Encrypted));
        staged.Seal.ShouldBe("seal");
    }

    [Fact]
    public async Task What_is_about_nobody_stays_readable_but_for_what_is_confidential()
    {
        var stored =
            await StoreAsync(
                new(new("proposal/x"), Actor.Service("drafting"), CorrelationId.Parse("c"),
                Staged(null) with { Requester = Actor.Service("drafting") }));
        stored.Encrypted.ShouldBeNull();
        Encoding.UTF8.GetString(stored.Body.Span).ShouldContain(Canary);
        var received = await StoreAsync(new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(null)));
        var read = (EventReceived)CoreFeatures.Codec.Decode(received, null).Fact;
        (read.Title, read.Description, read.Attributes.Count, read.Device).ShouldBe((Erased.Encrypted, Erased.Encrypted, 0, Canary));
    }

    [Fact]
    public async Task Sealed_bytes_that_were_changed_moved_or_taken_away_are_not_read()
    {
        var stored = await StoreAsync(new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(null)));
        var other = await StoreAsync(new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(null)));
        var keys = ring.For(Contoso);
        var bytes = stored.Encrypted!.Value.ToArray();
        for (var at = 0; at < bytes.Length; at++)
        {
            bytes[at] ^= 1;
            Should.Throw<JsonException>(() => CoreFeatures.Codec.Decode(stored with { Encrypted = bytes }, keys));
            bytes[at] ^= 1;
        }
        Should.Throw<JsonException>(() => CoreFeatures.Codec.Decode(stored with { Encrypted = other.Encrypted }, keys));
        Should.Throw<JsonException>(() => CoreFeatures.Codec.Decode(stored with { Encrypted = Array.Empty<byte>() }, keys));
        ((EventReceived)CoreFeatures.Codec.Decode(stored with { Encrypted = null }, keys).Fact).Title.ShouldBe(Erased.Missing);
    }

    [Fact]
    public async Task The_same_text_encrypted_twice_has_nothing_in_common()
    {
        var one = await StoreAsync(new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(null)));
        var two = await StoreAsync(new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(null)));
        EncryptedFields Parts(StoredEntry entry) => EncryptedFields.Read(entry.Body.Span[EntryParts.Read(entry.Body.Span).Encrypted]);
        Parts(one).Hash.ToArray().ShouldNotBe(Parts(two).Hash.ToArray());
        Parts(one).Parts[0].Commit.ToArray().ShouldNotBe(Parts(two).Parts[0].Commit.ToArray());
        Parts(one).Parts.ShouldHaveSingleItem().Of.ShouldBe(["data.attributes", "data.description", "data.title"]);
    }

    [Fact]
    public async Task What_is_learned_of_an_erased_user_later_is_lost_at_once()
    {
        var user = await ring.OfUserAsync(Contoso, "jo@contoso.com", Stop);
        await ring.DestroyAsync(Contoso, user.Id, Stop);
        var prepared = await CoreFeatures.Codec.PrepareAsync(
            Contoso, [new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(user.Id))], ring, Stop);
        JsonSerializer.Serialize<object>(prepared[0].Fact).ShouldNotContain(Canary);
        JsonSerializer.Serialize<object>(CoreFeatures.Codec.Decode(Stored(prepared[0]), ring.For(Contoso)).Fact).ShouldNotContain(Canary);
    }

    [Fact]
    public void A_destroyed_key_derives_nothing_and_is_zero()
    {
        var key = DataKey.Create("s-1");
        Span<byte> output = stackalloc byte[64];
        key.TryDerive("x"u8, output).ShouldBeTrue();
        output.ToArray().ShouldContain(one => one != 0);
        key.Destroy();
        key.TryDerive("x"u8, output).ShouldBeFalse();
        key.IsDestroyed.ShouldBeTrue();
    }

    private static IEnumerable<NewEntry> Marked(string subject)
    {
        var ana = new Actor(ActorKind.Person, "ana", $"Ana {Canary}");
        yield return new(new("event/x"), Actor.Connection("rmm"), CorrelationId.Parse("c"), Received(subject));
        yield return new(new("incident/x"), Actor.Service("incidents"), CorrelationId.Parse("c"),
            new IncidentOpened(Con(1), Canary, Severity.Error, "K", Canary, IncidentScope.One, "k", "k", "E-1", subject));
        yield return new(new("proposal/x"), ana, CorrelationId.Parse("c"), Staged(subject));
        yield return new(new("proposal/x"), ana, CorrelationId.Parse("c"),
            new ProposalDecided(Con(1), 1, DecisionKind.ApproveWithEdits, "seal", Canary, Staged(subject).Plan, null, true, subject));
        yield return new(new("proposal/x"), Actor.Service("execution"), CorrelationId.Parse("c"),
            new StepFinished(Con(1), "x1", 0, false, "o", StepOutcome.Applied, Canary, subject));
        yield return new(new("proposal/x"), Actor.Service("execution"), CorrelationId.Parse("c"),
            new ExecutionFinished(Con(1), "x1", ExecutionOutcome.Verified, Canary, [new(Canary, "a", "b")], false, null, subject));
        yield return new(StreamId.Access, ana, CorrelationId.Parse("c"), new RoleAssigned("bo", Canary, Role.Approver, true));
        yield return new(StreamId.Access, ana, CorrelationId.Parse("c"),
            new AbsenceSet("bo", Canary, At, At.AddDays(1), "cy", Canary, Canary));
        yield return new(StreamId.Access, ana, CorrelationId.Parse("c"), new AbsenceEnded("bo", Canary));
        yield return new(new("proposal/x"), ana, CorrelationId.Parse("c"),
            new ProposalDecided(Con(1), 1, DecisionKind.Approve, "seal", null, null, null, true)
                { InTheNameOf = new(ActorKind.Person, "bo", $"Bo {Canary}") });
        yield return new(new("proposal/x"), ana, CorrelationId.Parse("c"), new BreakGlassReviewed(Con(1), 1, false, Canary, false));
        yield return new(StreamId.Freeze, ana, CorrelationId.Parse("c"), new FreezeSet(Canary));
        yield return new(StreamId.Erasure("s-1"), ana, CorrelationId.Parse("c"),
            new ErasureRequested("s-1", SubjectKind.User, null, Canary));
    }

    private static EventReceived Received(string? subject) => new(
        "E-1", "rmm", subject is null ? "1" : Canary, EventStatus.Firing, Severity.Error, "K", Canary, $"Mailbox of {Canary} \"full\" 🚀",
        Canary, "a", "k", "k", At, false, new Dictionary<string, string> { ["user"] = Canary }, null, subject);

    private static ProposalStaged Staged(string? subject) => new(
        Con(1), 1, ProposalKind.Undo, new(ActorKind.Person, "bo", $"Bo {Canary}"),
        new([new("Revoke", "revoke", new("rmm", "user", Canary, Canary, "Contoso"), new Dictionary<string, string> { ["user"] = Canary },
            $"revoke {Canary}", [], [], [], null)]),
        new Dictionary<string, string> { [Canary] = "1" },
        new(GateLevel.L2, ["because"], Role.Approver, 1, true, At, null, null, "v1"), false, "seal", Canary, subject);

    private async Task<StoredEntry> StoreAsync(NewEntry entry) =>
        Stored((await CoreFeatures.Codec.PrepareAsync(Contoso, [entry], ring, Stop))[0]);

    private static StoredEntry Stored(PreparedEntry prepared)
    {
        var body = new ByteBuffer(64);
        EntryCodec.Complete(prepared, At, 7, 1, body);
        return new(7, body.Written.ToArray(), MerkleTree.HashLeaf(body.Written),
            prepared.Encrypted is { } bytes ? (ReadOnlyMemory<byte>?)bytes : null);
    }
}

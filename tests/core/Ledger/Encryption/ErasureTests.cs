using System.Text;
using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Privacy;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Gates;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Ledger.Encryption;

public sealed class ErasureTests : IDisposable
{
    private const string Canary = "canaryJo";
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static readonly TenantId Contoso = GateScene.Contoso;
    private static readonly Person Jo = new(Who("jo"), $"{Canary} Person");
    private static readonly Person Other = new(Who("root2"), "Otto Other");
    private readonly string folder = Directory.CreateTempSubdirectory("erasure-test-").FullName;
    private readonly LedgerMetrics metrics = new();
    private readonly GateScene scene = new();
    private LocalKeyRing keyRing = null!;
    private SqliteLedger ledger = null!;
    private TenantStates states = null!;

    public ErasureTests() => Open();

    [Fact]
    public async Task Nobody_erases_alone_and_only_administrators_do()
    {
        await HistoryAsync();
        (await AskAsync(GateScene.Ada, "jo")).Refusal.ShouldBe(Refusal.NotAllowed);
        (await AskAsync(GateScene.Root, "nobody-we-know")).Message.ShouldContain("nothing to erase");
        (await AskAsync(GateScene.Root, "JO", "she asked")).IsDone.ShouldBeTrue();
        (await AskAsync(GateScene.Root, "jo")).Refusal.ShouldBe(Refusal.OwnRequest);
        (await NamesAsync()).ShouldContain(name => name.Contains(Canary, StringComparison.Ordinal));
        (await AskAsync(Other, "jo")).Message.ShouldContain("Agreed");
        (await AskAsync(GateScene.Root, "jo")).Message.ShouldContain("being carried out");
        await FollowAsync();
        (await AskAsync(GateScene.Root, "jo")).Message.ShouldContain("nothing to erase");
    }

    [Theory]
    [InlineData("jo")]
    [InlineData("CANARYJO@contoso.com")]
    public async Task Afterwards_nothing_is_readable_anywhere_and_the_ledger_verifies_before_and_after(string subject)
    {
        await HistoryAsync();
        var isPerson = subject == "jo";
        (await StateTextAsync()).ShouldContain(Canary);
        Verify().Intact.ShouldBeTrue();
        await AskAsync(GateScene.Root, subject);
        await AskAsync(Other, subject);
        var forgotten = await FollowAsync();
        forgotten.ShouldBe(isPerson ? ["jo"] : []);
        // Only the other one of the two, person and user, is left.
        var left = isPerson ? $"{Canary}@contoso.com" : $"{Canary} Person";
        var gone = isPerson ? $"{Canary} Person" : $"{Canary}@contoso.com";
        (await StateTextAsync()).ShouldNotContain(gone, Case.Insensitive);
        (await StateTextAsync()).ShouldContain(left);
        string.Join('\n', (await ledger.ReadAsync(Contoso, 0, 1000, Stop)).Select(entry => JsonSerializer.Serialize<object>(entry)))
            .ShouldNotContain(gone, Case.Insensitive);
        Verify().Intact.ShouldBeTrue();
        Close();
        foreach (var file in Directory.GetFiles(folder, "*", SearchOption.AllDirectories))
            Encoding.Latin1.GetString(await File.ReadAllBytesAsync(file, TestContext.Current.CancellationToken))
                .ShouldNotContain(Canary, Case.Insensitive, file);
        Open();
        (await StateTextAsync()).ShouldNotContain(gone, Case.Insensitive);
        (await states.GetAsync(Contoso, Stop)).Incidents[Con(1001)].LastSeq.ShouldBe(
            (await ledger.HeadAsync(Contoso, Stop)), "its card is drawn again");
        Verify().Intact.ShouldBeTrue();
    }

    [Theory]
    [InlineData(false, "nothing was recorded")]
    [InlineData(true, "whether this was recorded is not known")]
    public async Task An_answer_never_says_that_nothing_was_recorded_when_that_is_not_known(bool mayBeRecorded, string said)
    {
        await HistoryAsync();
        var lost = new AnswersLost(ledger, mayBeRecorded);
        var result = await new EraseHandler(lost, states, scene.Access, keyRing.Keys, scene).Handle(
            new(Contoso, GateScene.Root, "jo", null, CorrelationId.Parse("c0ffee")), Stop);
        (result.Refusal, result.Message.Contains(said, StringComparison.Ordinal)).ShouldBe(
            (Refusal.RecordUnavailable, true), result.Message);
    }

    [Fact]
    public async Task A_crash_after_the_key_is_gone_is_made_up_for_and_nothing_is_recorded_twice()
    {
        await HistoryAsync();
        await AskAsync(GateScene.Root, "jo");
        await AskAsync(Other, "jo");
        var approved = (await ledger.ReadAsync(Contoso, 0, 1000, Stop)).Single(entry => entry.Fact is ErasureApproved);
        await keyRing.Keys.DestroyAsync(Contoso, ((ErasureApproved)approved.Fact).Key, Stop);
        Close();
        Open();
        await FollowAsync();
        await FollowAsync();
        (await ledger.ReadAsync(Contoso, 0, 1000, Stop)).Count(entry => entry.Fact is ErasureCompleted).ShouldBe(1);
    }

    [Fact]
    public async Task A_user_of_an_open_incident_is_not_erased_before_it_is_settled()
    {
        await HistoryAsync(close: false);
        var result = await AskAsync(GateScene.Root, $"{Canary}@contoso.com");
        result.Refusal.ShouldBe(Refusal.NotPossible);
        result.Message.ShouldStartWith("CON-1001 is about that user");
    }

    [Fact]
    public async Task The_same_person_later_is_somebody_new()
    {
        await HistoryAsync();
        await AskAsync(GateScene.Root, "jo");
        await AskAsync(Other, "jo");
        await FollowAsync();
        await ledger.AppendAsync(Contoso, [], [new(StreamId.Freeze, Jo.AsActor(), CorrelationId.Parse("c"), new FreezeLifted(null))], Stop);
        var entries = await ledger.ReadAsync(Contoso, 0, 1000, Stop);
        entries[^1].Actor.Name.ShouldBe(Jo.Name);
        entries.First(entry => entry.Actor.Id == "jo").Actor.Name.ShouldBe(Erased.Text);
        (await AskAsync(GateScene.Root, "jo")).Message.ShouldStartWith("Recorded.");
    }

    [Fact]
    public async Task Sealed_parts_that_are_left_out_are_in_order_only_after_their_subject_was_erased()
    {
        await HistoryAsync();
        var kept = Leave();
        Verify().First.ShouldNotBeNull().What.ShouldBe("what is encrypted beside it is missing");
        PutBack(kept);
        await AskAsync(GateScene.Root, "jo");
        await AskAsync(Other, "jo");
        await FollowAsync();
        Leave();
        Close();
        Open();
        (await states.GetAsync(Contoso, Stop)).Seq.ShouldBeGreaterThan(0, "what was encrypted for an erased person alone is not missed");
        var found = Verify();
        found.Intact.ShouldBeTrue(found.First?.ToString());
        found.LeftOut.ShouldBe(1);
    }

    public void Dispose()
    {
        Close();
        metrics.Dispose();
        Directory.Delete(folder, recursive: true);
    }

    private void Open()
    {
        keyRing = new(folder);
        ledger = new(folder, CoreFeatures.Catalog, keyRing.Keys, scene.Clock, metrics, NullLogger<SqliteLedger>.Instance);
        states = new(ledger, CoreFeatures.Catalog, keys: keyRing.Keys);
    }

    private void Close()
    {
        ledger.Dispose();
        keyRing.Dispose();
    }

    /// <summary>Takes away what is encrypted beside the one entry that only Jo is in.</summary>
    private byte[] Leave()
    {
        using var attacker = SqliteDatabase.OpenToWrite(Path.Combine(folder, LedgerFile.Name));
        var row = attacker.Prepare("SELECT sealed FROM entries WHERE stream = 'freeze'");
        row.Step().ShouldBeTrue();
        var kept = row.Bytes(0).ToArray();
        row.Reset();
        attacker.Execute("UPDATE entries SET sealed = NULL WHERE stream = 'freeze'");
        return kept;
    }

    private void PutBack(byte[] kept)
    {
        using var attacker = SqliteDatabase.OpenToWrite(Path.Combine(folder, LedgerFile.Name));
        attacker.Prepare("UPDATE entries SET sealed = ? WHERE stream = 'freeze'").Bind(1, kept).Run();
    }

    private Task<RequestResult> AskAsync(Person by, string subject, string? reason = null) =>
        new EraseHandler(ledger, states, scene.Access, keyRing.Keys,
            scene).Handle(new(Contoso, by, subject, reason, CorrelationId.Parse("c0ffee")), Stop);

    private async Task<List<string>> FollowAsync()
    {
        var others = new Remembering();
        var subscription = new ErasureSubscription(ledger, keyRing.Keys, [others], NullLogger<ErasureSubscription>.Instance);
        foreach (var entry in (await ledger.ReadAsync(Contoso, 0, 1000,
            Stop)).Where(entry => subscription.GetPartitionKey(entry) is not null))
            await subscription.HandleAsync(entry, Stop);
        return others.Forgotten;
    }

    private async Task HistoryAsync(bool close = true)
    {
        var user = await keyRing.Keys.OfUserAsync(Contoso, $"{Canary}@contoso.com", Stop);
        var root = Actor.Service("test");
        var incident = StreamId.Incident(Con(1001));
        List<NewEntry> entries =
        [
            new(StreamId.Access, root, CorrelationId.Parse("c"), new RoleAssigned("root2", Other.Name, Role.Administrator, true)),
            new(StreamId.Event("E-1"), Actor.Connection("rmm"), CorrelationId.Parse("c"), new EventReceived(
                "E-1", "rmm", $"id-{Canary}@contoso.com", EventStatus.Firing, Severity.Error, "SuspiciousSignIn", $"{Canary}@contoso.com",
                $"Odd sign-in of {Canary}@contoso.com", null, "a", EventKeys.OfUser("SuspiciousSignIn", user), "suspicioussignin",
                DateTimeOffset.UnixEpoch, false, new Dictionary<string, string> { ["upn"] = $"{Canary}@contoso.com" }, true, user.Id)),
            new(incident, root, CorrelationId.Parse("c"), new IncidentOpened(
                Con(1001), $"Odd sign-in of {Canary}@contoso.com", Severity.Error, "SuspiciousSignIn", $"{Canary}@contoso.com",
                IncidentScope.One, EventKeys.OfUser("SuspiciousSignIn", user), "suspicioussignin", "E-1", user.Id)),
            new(StreamId.Proposal(Con(1001)), Jo.AsActor(), CorrelationId.Parse("c"),
                new ProposalDecided(Con(1001), 1, DecisionKind.Handled, "seal", $"{Canary} Person saw to it", null, null, true)),
            new(StreamId.Freeze, Jo.AsActor(), CorrelationId.Parse("c"), new FreezeSet($"says {Canary} Person")),
        ];
        if (close)
            entries.Add(new(incident, root, CorrelationId.Parse("c"), new IncidentClosed(Con(1001), "handled")));
        (await ledger.AppendAsync(Contoso, [], entries, Stop)).ShouldBeOfType<AppendResult.Appended>();
    }

    private async Task<string> StateTextAsync()
    {
        var state = await states.GetAsync(Contoso, Stop);
        return string.Join(
            '\n', state.Incidents.Values.Select(
                incident => $"{incident.Opened} {string.Join(' ', incident.RecentEvents)} {string.Join(' ', incident.Decisions)} "
                    + $"{incident.Proposal.Ending} {string.Join(' ', incident.Devices)}"))
            + state.Freeze + string.Join(' ', state.Roles);
    }

    private async Task<List<string>> NamesAsync() =>
        [.. (await ledger.ReadAsync(Contoso, 0, 1000, Stop)).Select(entry => entry.Actor.Name)];

    private TenantVerification Verify() =>
        LedgerVerifier.VerifyFile(Path.Combine(folder, LedgerFile.Name), Contoso, CancellationToken.None).ShouldNotBeNull()
            .ShouldHaveSingleItem();

    private sealed class Remembering : IPersonalData
    {
        public List<string> Forgotten { get; } = [];

        public Task ForgetAsync(PersonId person, CancellationToken cancellationToken)
        {
            Forgotten.Add(person.Value);
            return Task.CompletedTask;
        }
    }

    private sealed class AnswersLost(ILedger inner, bool mayBeRecorded) : ILedger
    {
        public ValueTask<AppendResult> AppendAsync(
            TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken) =>
            throw new LedgerUnavailableException("away") { MayBeRecorded = mayBeRecorded };

        public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) =>
            inner.HeadAsync(tenant, cancellationToken);

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
            TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken) =>
            inner.ReadAsync(tenant, afterSeq, limit, cancellationToken);

        public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(
            TenantId tenant, StreamId stream, CancellationToken cancellationToken) =>
            inner.ReadStreamAsync(tenant, stream, cancellationToken);

        public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
            inner.WaitPastAsync(tenant, afterSeq, cancellationToken);
    }
}

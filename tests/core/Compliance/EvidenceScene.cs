using DevOpsAI.Completeness;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Oscal;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>Writes stories of incidents into a ledger, a minute between two entries.</summary>
internal sealed class EvidenceScene(ILedger ledger, ManualClock clock)
{
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly Person Ana = new(Who("00000000-0000-4000-8000-00000000000a"), "Ana Approver");
    public static readonly Person Bo = new(Who("00000000-0000-4000-8000-00000000000b"), "Bo Both");
    public static readonly Actor Drafting = Actor.Service("drafting");
    public static readonly Actor Execution = Actor.Service("execution");

    private int number = 1000;

    public static string Seal(string text) => Hash256.OfText(text).ToString();

    /// <summary>
    /// An incident of every sort: verified, undone, rejected, expired, failed, unknown, against the rules, and what belongs to none.
    /// </summary>
    public async Task EverythingAsync()
    {
        await VerifiedAsync();
        await UndoneAsync();
        await RejectedAsync();
        await ExpiredAsync();
        await FailedAsync(closed: true);
        await FailedAsync(closed: false);
        await UnknownAsync();
        await OwnRequestAsync();
        await HostileAsync();
        await SayAsync(StreamId.Freeze, new FreezeSet("month end *closing*"), Ana.AsActor());
        await SayAsync(StreamId.Freeze, new FreezeLifted(null), Bo.AsActor());
        await SayAsync(StreamId.Freeze, new FreezeSet("again"), Ana.AsActor());
        await SayAsync(StreamId.Freeze, new FreezeLifted("never mind"), Ana.AsActor());
        await SayAsync(StreamId.Access, new RoleAssigned(Bo.ObjectId.Value, Bo.Name, Role.Approver, true), Bo.AsActor());
        await SayAsync(StreamId.Freeze, new FreezeSet("fire drill"), Bo.AsActor());
        await OutOfBandAsync("service.stop", closed: true);
        await OutOfBandAsync("disk.wipe", closed: false);
    }

    /// <summary>Sam does something at the vendor's console, and people hear of it.</summary>
    public async Task OutOfBandAsync(string action, bool closed)
    {
        var change = new OutOfBandChange(
            "contoso-sandbox", $"L-{action}", null, action, new("contoso-sandbox", "device", "dev-1", "SRV-FILE01", "Contoso Ltd"),
            "Sam Shift", clock.GetUtcNow(), "It said *done*.", "It names no operation, so it was not done by the bot.", true);
        await SayAsync(StreamId.Poll("contoso-sandbox"), change, Actor.Service("polling"));
        var id = Con(++number);
        await SayAsync(
            StreamId.Incident(id),
            new IncidentOpened(id, "Out-of-band change", Severity.Error, OutOfBandSubscription.Kind, "SRV-FILE01", IncidentScope.One,
                action,
                "c", OutOfBandSubscription.GetEventId(change)),
            Drafting);
        if (closed)
            await SayAsync(StreamId.Incident(id), new IncidentClosed(id, "handled"), Drafting);
    }

    public async Task<IncidentId> VerifiedAsync()
    {
        var id = await OpenAsync("Disk C: almost full");
        await StageAsync(id, 1, GateLevel.L2);
        await DecideAsync(id, 1, DecisionKind.Approve, Ana);
        await RunAsync(id, 1, ExecutionOutcome.Verified);
        await SayAsync(StreamId.Incident(id), new IncidentClosed(id, "verified"), Execution);
        return id;
    }

    public async Task<IncidentId> UndoneAsync()
    {
        var id = await OpenAsync("Print spooler stopped");
        await StageAsync(id, 1, GateLevel.L1);
        await RunAsync(id, 1, ExecutionOutcome.Verified);
        await StageAsync(id, 2, GateLevel.L2, ProposalKind.Undo, Ana.AsActor());
        await DecideAsync(id, 2, DecisionKind.Approve, Bo);
        await RunAsync(id, 2, ExecutionOutcome.Verified, undo: true);
        return id;
    }

    public async Task RejectedAsync()
    {
        var id = await OpenAsync("CPU at 97 %");
        await StageAsync(id, 1, GateLevel.L2);
        await DecideAsync(id, 1, DecisionKind.Reject, Bo, "it is the backup");
    }

    public async Task ExpiredAsync()
    {
        var id = await OpenAsync("Certificate expires soon");
        await StageAsync(id, 1, GateLevel.L2);
        await SayAsync(StreamId.Proposal(id), new ProposalEscalated(id, 1, Role.Manager), Drafting);
        await SayAsync(StreamId.Proposal(id), new ProposalExpired(id, 1), Drafting);
    }

    public async Task FailedAsync(bool closed)
    {
        var id = await OpenAsync("Backup failed");
        await StageAsync(id, 1, GateLevel.L2, approvals: 2);
        await DecideAsync(id, 1, DecisionKind.Approve, Ana, complete: false);
        await DecideAsync(id, 1, DecisionKind.Approve, Bo);
        await RunAsync(id, 1, ExecutionOutcome.Failed);
        if (closed)
            await SayAsync(StreamId.Incident(id), new IncidentClosed(id, "resolved"), Drafting);
    }

    public async Task UnknownAsync()
    {
        var id = await OpenAsync("Service hung");
        await StageAsync(id, 1, GateLevel.L2);
        await DecideAsync(id, 1, DecisionKind.ApproveWithEdits, Ana, "smaller");
        await RunAsync(id, 1, ExecutionOutcome.Unknown, planDigest: Seal($"{id} edited"));
    }

    public async Task OwnRequestAsync()
    {
        var id = await OpenAsync("Mailbox full");
        await StageAsync(id, 1, GateLevel.L2, requester: Bo.AsActor());
        await DecideAsync(id, 1, DecisionKind.Approve, Bo);
        await RunAsync(id, 1, ExecutionOutcome.Verified);
    }

    public async Task HostileAsync()
    {
        const string hostile = "<script>alert('x')</script> [click](https://evil.example) **bold**\r\n\u202Etxt.exe & \"quotes\"\u0007";
        var id = await OpenAsync(hostile, hostile);
        await StageAsync(id, 1, GateLevel.L2);
        await DecideAsync(id, 1, DecisionKind.Reject, new Person(Who("00000000-0000-4000-8000-00000000000c"), " \n "),
            "</table><img src=x onerror=alert(1)>");
    }

    public async Task<IncidentId> OpenAsync(string title, string device = "SRV-FILE01")
    {
        var id = Con(++number);
        await SayAsync(StreamId.Event($"E-{number}"), new EventReceived(
            $"E-{number}", "contoso-sandbox", $"{number}", EventStatus.Firing, Severity.Critical, "DiskSpaceLow", device, title, null,
            $"a{number}", $"k{number}", "c", clock.GetUtcNow(), true, new Dictionary<string, string>()),
            Actor.Connection("contoso-sandbox"));
        await SayAsync(StreamId.Incident(id),
            new IncidentOpened(id, title, Severity.Critical, "DiskSpaceLow", device, IncidentScope.One, $"k{number}", "c", $"E-{number}"),
            Drafting);
        await SayAsync(StreamId.Proposal(id), new RecommendationDrafted(
            id, 1, "runbook disk-space v3", "Clean up.", "It is full.", [], Plan(id), Risk.Low, null, new Dictionary<string, string>(),
            true), Drafting);
        await SayAsync(StreamId.Card(id), new CardSending(id, Conversation("19:channel")), Drafting);
        return id;
    }

    public Task StageAsync(
        IncidentId id, int revision, GateLevel level, ProposalKind kind = ProposalKind.Remedy, Actor? requester = null, int approvals = 1) =>
        SayAsync(StreamId.Proposal(id), new ProposalStaged(
            id, revision, kind, requester ?? Drafting, Plan(id), new Dictionary<string, string>(),
            new(level, ["It is so."], Role.Approver, approvals, requester is not null, clock.GetUtcNow().AddHours(8), null, null,
                "2026-11-01"),
            false, Seal($"{id} {revision}"), "00"), requester ?? Drafting);

    public Task DecideAsync(IncidentId id, int revision, DecisionKind kind, Person by, string? reason = null, bool complete = true,
        Actor? inTheNameOf = null, int? owed = null) =>
        SayAsync(StreamId.Proposal(id), new ProposalDecided(
            id, revision, kind, kind == DecisionKind.ApproveWithEdits ? Seal($"{id} edited") : Seal($"{id} {revision}"), reason, null,
            null, complete)
        {
            InTheNameOf = inTheNameOf,
            Owed = owed is { } count ? new(count, new(2026, 3, 3, 9, 0, 0, TimeSpan.Zero)) : null,
        }, by.AsActor());

    /// <summary>Somebody says what they think of the glass being broken.</summary>
    public Task ReviewAsync(IncidentId id, Person by, bool confirms, bool complete) =>
        SayAsync(StreamId.Proposal(id), new BreakGlassReviewed(id, 1, confirms, confirms ? null : "it did not", complete), by.AsActor());

    public async Task RunAsync(
        IncidentId id, int revision, ExecutionOutcome outcome, bool undo =
            false, string? planDigest = null, IReadOnlyList<Change>? changes = null)
    {
        await ClaimAsync(id, revision, undo, planDigest);
        var run = $"{id}-{(undo ? 'u' : 'x')}1";
        var step = outcome switch { ExecutionOutcome.Verified => StepOutcome.Applied, ExecutionOutcome.Unknown => StepOutcome.Unknown,
            _ => StepOutcome.Failed };
        await SayAsync(StreamId.Proposal(id), new StepFinished(id, run, 0, false, $"{run}-0", step, "done"), Execution);
        await SayAsync(
            StreamId.Proposal(id),
            undo
                ? new UndoFinished(id, run, outcome, "It ended.", [])
                : new ExecutionFinished(id, run, outcome, "It ended.", changes ?? [], false, null),
            Execution);
    }

    /// <summary>Begins to carry out what the entry before it allows.</summary>
    public async Task ClaimAsync(IncidentId id, int revision, bool undo = false, string? planDigest = null, long? causation = null)
    {
        var run = $"{id}-{(undo ? 'u' : 'x')}1";
        var lease = clock.GetUtcNow().AddMinutes(30);
        planDigest ??= Seal($"{id} {revision}");
        await SayAsync(
            StreamId.Proposal(id),
            undo ? new UndoStarted(id, revision, run, planDigest, "i", lease) : new ExecutionStarted(id, revision, run, planDigest, "i",
                lease),
            Execution,
            causation ?? await ledger.HeadAsync(Contoso, CancellationToken.None));
    }

    public async Task SayAsync(StreamId stream, Fact fact, Actor by, long? causation = null)
    {
        clock.Advance(TimeSpan.FromMinutes(1));
        (await ledger.AppendAsync(Contoso, [], [new(stream, by, CorrelationId.Parse("c0ffee"), fact, causation)],
            CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();
    }

    private static Plan Plan(IncidentId id) => new([new(
        "Clean up", "disk.cleanup", new Target("contoso-sandbox", "device", $"dev-{id}", "SRV-FILE01", "Contoso Ltd"),
        new Dictionary<string, string>(), "Clear-RecycleBin -Force", [], [], [], "disk.restore")]);
}

/// <summary>Entries that a test has at hand.</summary>
internal sealed class EntriesAtHand(IReadOnlyList<LedgerEntry> entries, IReadOnlySet<long>? redacted = null) : IEvidenceSource
{
    public async IAsyncEnumerable<EvidenceEntry> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var entry in entries)
            yield return new(entry.Seq, new(entry.Hash.Span), redacted?.Contains(entry.Seq) == true ? null : entry);
        await Task.CompletedTask;
    }
}

/// <summary>The OSCAL documents about some entries.</summary>
internal static class OscalOf
{
    public static EvidenceSubject Subject(IReadOnlyList<LedgerEntry> entries) => new(
        EvidenceScene.Contoso, "Contoso Ltd", "Example MSP", EvidenceSubject.DefaultNamespace, entries[0].Seq, entries[^1].Seq,
        entries[^1].At);

    public static async Task<Dictionary<string, byte[]>> AllAsync(
        IReadOnlyList<LedgerEntry> entries, IReadOnlySet<long>? redacted = null, EvidenceSubject? subject = null)
    {
        var source = new EntriesAtHand(entries, redacted);
        using var texts = new TextFile();
        using var assessment = new Assessment(subject ?? Subject(entries), CoreFeatures.Catalog, texts);
        await foreach (var entry in source.ReadAsync(CancellationToken.None))
            assessment.Take(entry);
        var root = MerkleTree.Root(entries.Select(static entry => entry.Hash.ToArray()));
        var note = $"ledger.example/contoso\n{entries[^1].Seq}\n{Convert.ToBase64String(root)}\n\n— ledger.example/contoso AAAA\n";
        var files = new Dictionary<string, byte[]>();
        foreach (var file in OscalFiles.For(
            assessment, new("ledger.example/contoso", entries[^1].Seq, root, note), Hash256.OfText("entries"), source))
        {
            using var output = new MemoryStream();
            await file.WriteAsync(output, CancellationToken.None);
            files.Add(file.Name, output.ToArray());
        }
        return files;
    }
}

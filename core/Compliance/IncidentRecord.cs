using DevOpsAI.Connections;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>
/// What the range says of one incident, or of another subject of proposals. Small: texts are in a text file, entries stay where they are.
/// </summary>
public sealed class IncidentRecord(ProposalSubject subject)
{
    public ProposalSubject Subject { get; } = subject;

    /// <summary>As it is stored, as in <c>CON-1042</c>.</summary>
    public string Id => Subject.Text;

    public EntryReference First { get; internal set; }

    public EntryReference Latest { get; internal set; }

    /// <summary>Null when it was opened before the range, or its opening is redacted.</summary>
    public EntryReference? Opened { get; internal set; }

    public StoredText Title { get; internal set; }

    /// <summary>Kind of the events that it was opened for, as in <c>DiskSpaceLow</c>.</summary>
    public string Kind { get; internal set; } = "";

    public StoredText Device { get; internal set; }

    public Severity? Severity { get; internal set; }

    /// <summary>It came from, or acted on, a simulated vendor: nothing real was touched.</summary>
    public bool Simulated { get; internal set; }

    /// <summary>Where the out-of-band change that it is about is to be found; null when it is about none.</summary>
    internal string? OutOfBand { get; set; }

    /// <summary>Each time a recommendation was drafted, in order.</summary>
    public List<DraftRecord> Drafts { get; } = new(1);

    public EntryReference? Closed { get; internal set; }

    /// <summary>
    /// When it was closed because somebody saw to it or its cause was gone. Ledgers of before closed incidents when their proposal expired:
    /// that treats nothing.
    /// </summary>
    public EntryReference? Treated { get; internal set; }

    public StoredText ClosedReason { get; internal set; }

    /// <summary>Each time it was opened again, in order.</summary>
    public List<ReopeningRecord> Reopenings { get; } = [];

    /// <summary>It was opened again, and what was put at a gate since, if anything, has come to no end.</summary>
    public bool IsOpenAgain => Closed is null && Reopenings is [.., var again]
        && (Revisions is not [.., { Staged: { } staged } last] || staged.Seq < again.Mark.Seq
            || last is { Run: null, Final: null, Expired: null, Withdrawn: null });

    /// <summary>Each time something was put at a gate, in order.</summary>
    public List<RevisionRecord> Revisions { get; } = new(1);
}

/// <summary>One time that what was closed was opened again.</summary>
/// <param name="Closed">When it had been closed; null when that was before the range, or the entry is redacted.</param>
/// <param name="FiresAgain">It had ended by itself; otherwise what was done was taken back.</param>
public sealed record ReopeningRecord(EntryReference Mark, EntryReference? Closed, StoredText ClosedReason, bool FiresAgain);

/// <summary>One recommendation.</summary>
/// <param name="Drafter">What wrote it, as in <c>runbook disk-space v3</c>.</param>
public sealed record DraftRecord(EntryReference Mark, int Revision, StoredText Drafter)
{
    /// <summary>When it is worth nothing any more; null where it stays good.</summary>
    internal DateTimeOffset? NotAfter { get; init; }
}

/// <summary>One proposal from its gate to its end.</summary>
public sealed class RevisionRecord
{
    /// <summary>Null when it was staged before the range, or the entry is redacted: then nothing about its gate is known here.</summary>
    public EntryReference? Staged { get; internal init; }

    public int Revision { get; internal init; }

    public ProposalKind Kind { get; internal init; }

    public GateLevel Level { get; internal init; }

    public int Approvals { get; internal init; }

    public bool NotTheRequester { get; internal init; }

    public Actor Requester { get; internal init; } = Actor.Service("unknown");

    /// <summary>As staged; a snooze moves it, so that what comes back can be decided for as long as it could at first.</summary>
    public DateTimeOffset ExpiresAt { get; internal set; }

    /// <summary>From its gate to its expiry, before any snooze.</summary>
    internal TimeSpan Validity { get; init; }

    /// <summary>No snooze moves the expiry past this; null for no such end.</summary>
    internal DateTimeOffset? NeverAfter { get; init; }

    public string Policy { get; internal init; } = "";

    /// <summary>The steps, one line each.</summary>
    public StoredText Plan { get; internal init; }

    /// <summary>As in <c>sealed</c>, when the plan cannot be read here; null when it can.</summary>
    public string? PlanUnreadable { get; internal init; }

    /// <summary>Indexes into <see cref="Assessment.Targets"/>.</summary>
    public int[] Targets { get; internal init; } = [];

    /// <summary>Of what is to be carried out: the plan, or the plan as an approver edited it.</summary>
    internal Hash256 PlanDigest { get; set; }

    public List<DecisionRecord> Decisions { get; } = new(1);

    /// <summary>What others said about the glass being broken, in order.</summary>
    public List<ReviewRecord> Reviews { get; } = [];

    /// <summary>When others were told that the glass was broken and not confirmed.</summary>
    public EntryReference? GlassEscalated { get; internal set; }

    public EntryReference? Expired { get; internal set; }

    public EntryReference? Withdrawn { get; internal set; }

    public EntryReference? Escalated { get; internal set; }

    public ExecutionRecord? Run { get; internal set; }

    internal void Snooze(DateTimeOffset until)
    {
        var moved = until + Validity;
        if (moved > NeverAfter)
            moved = NeverAfter.Value;
        if (moved > ExpiresAt)
            ExpiresAt = moved;
    }

    /// <summary>The decision that ended the waiting, if any.</summary>
    public DecisionRecord? Final => Decisions.Find(static decision => decision.Complete);
}

/// <summary>One person's word at a gate.</summary>
public sealed record DecisionRecord(EntryReference Mark, DecisionKind Kind, Actor By, bool Complete, bool Sealed, StoredText Reason)
{
    /// <summary>Who was absent and whose right was used; null where the right was the decider's own.</summary>
    public Actor? InTheNameOf { get; internal init; }

    /// <summary>The glass was broken: nobody else approved, and this is owed for it. Null otherwise.</summary>
    public OwedConfirmations? Owed { get; internal init; }

    /// <summary>
    /// When it was decided on the line of time that the expiry is on; the entry's own time never goes back and may be later.
    /// </summary>
    public DateTimeOffset ByClock { get; internal init; } = Mark.At;

    public bool IsApproval => Kind is DecisionKind.Approve or DecisionKind.ApproveWithEdits;
}

/// <summary>One person's word about a glass that somebody else broke.</summary>
/// <param name="Complete">Enough have confirmed; nothing more is owed.</param>
public sealed record ReviewRecord(EntryReference Mark, Actor By, bool Confirms, bool Complete, StoredText Reason);

/// <summary>One carrying out of a plan.</summary>
public sealed class ExecutionRecord(string id, EntryReference started)
{
    public string Id { get; } = id;

    public EntryReference Started { get; } = started;

    /// <summary>Seq of the entry that allowed it, as the claim names it.</summary>
    public long? AllowedBy { get; internal init; }

    /// <summary>What was carried out has the plan digest of what was approved.</summary>
    public bool Sealed { get; internal set; }

    /// <summary>A freeze was in force when it was claimed.</summary>
    public bool Frozen { get; internal init; }

    public DateTimeOffset LeaseUntil { get; internal set; }

    public int Applied { get; internal set; }

    public int NotApplied { get; internal set; }

    public EntryReference? LastStep { get; internal set; }

    public EntryReference? Finished { get; internal set; }

    public ExecutionOutcome? Outcome { get; internal set; }

    public bool RolledBack { get; internal set; }

    public StoredText Summary { get; internal set; }

    /// <summary>What was read before and after, one line each; empty where nothing is told of it.</summary>
    public StoredText Changes { get; internal set; }
}

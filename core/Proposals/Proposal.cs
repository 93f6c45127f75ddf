using System.Collections.Immutable;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>
/// One thing that can be decided: what is proposed about its subject, what people said to it, and what was carried out of it. A fold over
/// the stream <c>proposal/{subject}</c>, beside what its area says of the subject itself. Immutable.
/// </summary>
/// <param name="Correlation">The id that logs and entries about it carry.</param>
public sealed partial record Proposal(TenantId Tenant, ProposalSubject Subject, CorrelationId Correlation)
{
    /// <summary>Version of its stream that this state rests on; appends name it.</summary>
    public long Version { get; init; }
    public StreamId Stream => Subject.Stream;
    public ProposalPhase Phase { get; init; } = ProposalPhase.Drafting;

    /// <summary>How bad what it is about is now, as its area says.</summary>
    public Severity Severity { get; init; }

    /// <summary>The user whom it is about, under whose key what is personal is encrypted; null for nobody.</summary>
    public string? Person { get; init; }

    /// <summary>Why its subject is over, as its area says; null while it is not.</summary>
    public string? ClosedReason { get; init; }

    /// <summary>Its subject is not over.</summary>
    public bool IsOpen => ClosedReason is null;

    public RecommendationDrafted? Draft { get; init; }
    public long DraftSeq { get; init; }
    public ProposalStaged? Staged { get; init; }
    public long StagedSeq { get; init; }
    public DateTimeOffset StagedAt { get; init; }

    /// <summary>What the terms of the staged revision were computed for.</summary>
    public Severity StagedSeverity { get; init; }
    public bool Escalated { get; init; }

    /// <summary>Who was told last because nobody decided, and by which entry; null when nobody was.</summary>
    public (Role To, long Seq)? EscalatedTo { get; init; }

    /// <summary>It was escalated with several others, and people are told of them in one list.</summary>
    public bool IsEscalatedAmongOthers { get; init; }

    /// <summary>Revisions that expired while the subject stayed open; null when none did, or a person has acted since.</summary>
    public Unanswered? Unanswered { get; init; }
    public DateTimeOffset? SnoozedUntil { get; init; }

    /// <summary>Decisions about the staged revision, oldest first.</summary>
    public ImmutableArray<Decision> Decisions { get; init; } = [];

    /// <summary>Decisions about earlier revisions, oldest first.</summary>
    public ImmutableArray<Decision> EarlierDecisions { get; init; } = [];

    /// <summary>Every time somebody acted alone on it, oldest first.</summary>
    public ImmutableArray<BrokenGlass> BrokenGlasses { get; init; } = [];

    /// <summary>While a new draft that a person asked for is not staged yet.</summary>
    public Asked? Redraft { get; init; }

    /// <summary>How often a remedy was not begun because the situation had changed, since a person last asked for a draft.</summary>
    public int Drifts { get; init; }

    /// <summary>The last run of a remedy.</summary>
    public Run? Execution { get; init; }

    /// <summary>The last run that took a remedy back.</summary>
    public Run? Undo { get; init; }

    /// <summary>What was said when it was rejected, handled or withdrawn.</summary>
    public string? Ending { get; init; }

    /// <summary>What it proposes touches a simulated vendor.</summary>
    public bool Simulated => Draft?.Simulated == true || Staged?.Simulated == true;

    /// <summary>The oldest broken glass that others still owe a word about.</summary>
    public BrokenGlass? OpenGlass => BrokenGlasses.FirstOrDefault(static broken => !broken.IsConfirmed);

    /// <summary>A person may still decide about the staged revision.</summary>
    public bool IsUndecided => Staged is not null && Phase is ProposalPhase.Waiting or ProposalPhase.Snoozed;

    /// <summary>It is not over: it is decided about, carried out, left to people, or others owe a word about it.</summary>
    public bool IsPending => IsUndecided || IsLeftToPeople || OpenGlass is not null
        || Phase is ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing;

    /// <summary>
    /// Its plan ran without the wanted end and nothing more happens by itself: a person sees to it and says when it is done.
    /// </summary>
    public bool IsLeftToPeople => IsOpen && Staged is not null
        && Phase is ProposalPhase.Failed or ProposalPhase.Unknown or ProposalPhase.Stopped;

    /// <summary>What was done last was taken back, so that nothing stands of it.</summary>
    public bool IsTakenBack => Undo is { Outcome: ExecutionOutcome.Verified } && !IsEarlier(Undo);

    /// <summary>It was taken back, and nobody has said yet what happens instead.</summary>
    public bool AsksAfterUndo => IsOpen && IsTakenBack && Redraft is null
        && (Phase == ProposalPhase.Undone || Draft?.Drafter == RecommendationDrafted.AfterUndo);

    /// <summary>Nobody decided in time and its subject is still open: it is drafted from fresh readings and asks again.</summary>
    public bool MustAskAgain => IsOpen && Phase == ProposalPhase.Expired && Staged is { Kind: ProposalKind.Remedy };

    /// <summary>The revision that the next staging has.</summary>
    public int NextRevision => Math.Max(Draft?.Revision ?? 0, Staged?.Revision ?? 0) + 1;

    /// <summary>The decision that ended the wait for one; null while it lasts, and where none is asked for.</summary>
    public Decision? Deciding => Decisions.LastOrDefault(static decision => decision.Fact.Complete);

    /// <summary>The plan that was approved, with its edits; otherwise the plan that is staged.</summary>
    public Plan PlanInForce =>
        Decisions.LastOrDefault(static decision => decision.Fact is { Complete: true, Edited: not null })?.Fact.Edited
            ?? Staged?.Plan ?? Plan.Empty;

    public string PlanDigest => Deciding?.Fact.Seal ?? Staged?.Seal ?? "";

    /// <summary>The undo is of a run before the last one.</summary>
    public bool IsEarlier(Run undo) => Execution is { } run && run.StartedSeq > undo.StartedSeq;

    /// <summary>What was done and verified can be taken back at this time.</summary>
    public bool CanBeUndone(DateTimeOffset at) => Phase == ProposalPhase.Verified && Execution?.UndoUntil > at;

    /// <summary>Something of it could be approved or run at this time, so a freeze concerns it.</summary>
    public bool CanBeFrozen(DateTimeOffset at) => IsOpen || IsUndecided || CanBeUndone(at);

    /// <summary>What is told of it names this person.</summary>
    public bool Names(PersonId person) => Staged?.Requester.IsSame(person) == true
        || Decisions.Concat(EarlierDecisions)
            .Any(decision => decision.By.IsSame(person) || decision.Fact.InTheNameOf?.IsSame(person) == true)
        || BrokenGlasses.Any(broken => broken.Reviews.Any(review => review.By.IsSame(person)));
}

using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <content>What entries and its area make of it.</content>
public sealed partial record Proposal
{
    /// <param name="entry">Of its own stream.</param>
    public Proposal Apply(LedgerEntry entry) => ApplyFact(entry) with { Version = entry.Version };

    /// <summary>Its subject is over: what was never staged is not asked any more.</summary>
    public Proposal WithClosed(string reason) => this with
    {
        ClosedReason = reason,
        Phase = Phase == ProposalPhase.Drafting ? ProposalPhase.Withdrawn : Phase,
    };

    /// <summary>Its subject is somebody's to see to again; what was done about it stays as it is.</summary>
    public Proposal WithReopened() => this with { ClosedReason = null, Drifts = 0 };

    /// <summary>Its subject begins anew: what was drafted and asked before is of then.</summary>
    public Proposal WithRestarted() => this with
    {
        ClosedReason = null,
        Unanswered = null,
        Redraft = null,
        Ending = null,
        Phase = ProposalPhase.Drafting,
    };

    private Proposal ApplyFact(LedgerEntry entry) => entry.Fact switch
    {
        RecommendationDrafted draft => this with { Draft = draft, DraftSeq = entry.Seq },
        ProposalStaged staged => Stage(entry, staged),
        ProposalDecided decided => Decide(new(entry.Actor, entry.ByClock, entry.Seq, decided)),
        // Nobody has looked: what was not answered in time is so still, and does not run by itself.
        RedraftRequested { VendorAnswers: true } =>
            this with { Redraft = new(entry.Actor, entry.ByClock) { VendorAnswers = true }, Phase = ProposalPhase.Drafting },
        RedraftRequested => this with
        {
            Drifts = 0, SnoozedUntil = null, Unanswered = null, Redraft = new(entry.Actor, entry.ByClock), Phase = ProposalPhase.Drafting,
        },
        BreakGlassReviewed said => WithGlass(said.Revision, broken => broken with
        {
            Reviews = broken.Reviews.Add(new(entry.Actor, entry.ByClock, said.Confirms, said.Reason)),
            IsConfirmed = broken.IsConfirmed || said.Complete,
        }),
        BreakGlassEscalated escalated => WithGlass(escalated.Revision, broken => broken with { Escalation = escalated.Reason }) with
        {
            Escalated = true, EscalatedTo = (escalated.To, entry.Seq),
        },
        ProposalReturned => this with { SnoozedUntil = null, Phase = ProposalPhase.Waiting },
        ProposalEscalated escalated => this with
        {
            Escalated = true, EscalatedTo = (escalated.To, entry.Seq), IsEscalatedAmongOthers = escalated.Among is not null,
        },
        ProposalWithdrawn withdrawn => AfterUndecided(ProposalPhase.Withdrawn, withdrawn.Reason),
        ProposalExpired => AfterUndecided(ProposalPhase.Expired, null) with
        {
            Unanswered = Staged is { Kind: ProposalKind.Remedy } ? new(entry.Seq, entry.ByClock, (Unanswered?.Times ?? 0) + 1) : Unanswered,
        },
        _ => FoldRun(entry),
    };

    private Proposal Stage(LedgerEntry entry, ProposalStaged staged) => this with
    {
        Staged = staged,
        StagedSeq = entry.Seq,
        StagedAt = staged.ByClock ?? entry.ByClock,
        StagedSeverity = staged.Severity ?? Severity,
        // Whoever was told that nobody decides is not told anew by asking again.
        Escalated = Phase == ProposalPhase.Expired && Escalated,
        EscalatedTo = Phase == ProposalPhase.Expired ? EscalatedTo : null,
        SnoozedUntil = null,
        EarlierDecisions = [.. EarlierDecisions, .. Decisions],
        Decisions = [],
        Ending = null,
        Redraft = null,
        Phase = staged.Terms.Level is GateLevel.L0 or GateLevel.L1 ? ProposalPhase.Approved : ProposalPhase.Waiting,
    };

    private Proposal Decide(Decision decision)
    {
        var next = this with { Decisions = Decisions.Add(decision), Unanswered = decision.Fact.Complete ? null : Unanswered };
        return decision.Fact.Kind switch
        {
            DecisionKind.Snooze => next with { SnoozedUntil = decision.Fact.Until, Phase = ProposalPhase.Snoozed },
            _ when !decision.Fact.Complete => next,
            DecisionKind.Reject => next.AfterUndecided(ProposalPhase.Rejected, decision.Fact.Reason),
            DecisionKind.Handled => next.AfterUndecided(ProposalPhase.Handled, decision.Fact.Reason),
            _ when decision.Fact.Owed is { } owed => next.BreakGlass(decision, owed),
            _ => next with { SnoozedUntil = null, Phase = ProposalPhase.Approved },
        };
    }

    private Proposal BreakGlass(Decision decision, OwedConfirmations owed) => this with
    {
        SnoozedUntil = null,
        Phase = ProposalPhase.Approved,
        // Everybody is told, those too who are told of escalations only.
        Escalated = true,
        BrokenGlasses = BrokenGlasses.Add(new(
            decision.Fact.Revision, decision.By, decision.At, decision.Fact.Reason, owed,
            Staged!.Terms.ApproverRole, Staged.Terms.EscalateTo ?? Role.Administrator)),
    };

    /// <summary>An undo that comes to nothing leaves the remedy as it was.</summary>
    private Proposal AfterUndecided(ProposalPhase phase, string? reason) => this with
    {
        SnoozedUntil = null,
        Ending = reason,
        Phase = IsUndecided && Staged?.Kind == ProposalKind.Undo && Execution?.Outcome is { } outcome ? PhaseAfter(outcome) : phase,
    };

    private Proposal WithGlass(int revision, Func<BrokenGlass, BrokenGlass> change) => this with
    {
        BrokenGlasses = [.. BrokenGlasses.Select(broken => broken.Revision == revision ? change(broken) : broken)],
    };
}

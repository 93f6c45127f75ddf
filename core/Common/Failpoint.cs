namespace DevOpsAI.Common;

/// <summary>The instants at which a crash must do no harm, in the order an incident passes them.</summary>
public static class Failpoint
{
    public const string EventAppended = "event.appended";
    public const string IncidentOpened = "incident.opened";
    public const string RecommendationDrafted = "recommendation.drafted";
    public const string ProposalStaged = "proposal.staged";
    public const string CardSending = "card.sending";
    public const string CardSent = "card.sent";
    public const string CardPosted = "card.posted";
    public const string DecisionAppended = "decision.appended";
    public const string ExecutionClaiming = "execution.claiming";
    public const string ExecutionClaimed = "execution.claimed";
    public const string DriftChecked = "drift.checked";
    public const string StepStarting = "step.starting";
    public const string StepAnnounced = "step.announced";
    public const string StepActed = "step.acted";
    public const string StepObserved = "step.observed";
    public const string StepRecorded = "step.recorded";
    public const string ExecutionFinishing = "execution.finishing";
    public const string ExecutionFinished = "execution.finished";
    public const string CardUpdated = "card.updated";
    public const string NoticeSending = "notice.sending";

    // Passed only where the client's tickets are written.
    public const string TicketWriting = "ticket.writing";
    public const string TicketAnnounced = "ticket.announced";
    public const string TicketSent = "ticket.sent";
    public const string TicketWritten = "ticket.written";

    // Passed only when something goes wrong on the way.
    public const string ExecutionRenewed = "execution.renewed";
    public const string StepLookedUp = "step.looked-up";
    public const string RollbackStarting = "rollback.starting";
    public const string RollbackAnnounced = "rollback.announced";
    public const string RollbackActed = "rollback.acted";
    public const string RollbackRecorded = "rollback.recorded";

    /// <summary>Those that an incident passes when all goes well, in order.</summary>
    public static readonly IReadOnlyList<string> All =
    [
        EventAppended, IncidentOpened, RecommendationDrafted, ProposalStaged, CardSending, CardSent, CardPosted, DecisionAppended,
        ExecutionClaiming, ExecutionClaimed, DriftChecked, StepStarting, StepAnnounced, StepActed, StepObserved, StepRecorded,
        ExecutionFinishing, ExecutionFinished, CardUpdated, NoticeSending,
    ];

    /// <summary>Those that each thing passes that is written into a ticket, in order.</summary>
    public static readonly IReadOnlyList<string> OfTickets = [TicketWriting, TicketAnnounced, TicketSent, TicketWritten];

    /// <summary>Those that are passed only after a lost answer, a failed step or a takeover.</summary>
    public static readonly IReadOnlyList<string> InTrouble =
    [
        ExecutionRenewed, StepLookedUp, RollbackStarting, RollbackAnnounced, RollbackActed, RollbackRecorded,
    ];
}

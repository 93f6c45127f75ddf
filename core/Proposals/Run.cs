using System.Collections.Immutable;
using DevOpsAI.Connections.Plans;

namespace DevOpsAI.Proposals;

/// <summary>A run of the plan, or of its undo, as far as it came.</summary>
public sealed record Run(
    string ExecutionId, ProposalKind Kind, long StartedSeq, DateTimeOffset StartedAt, DateTimeOffset LeaseUntil, string Instance, Plan Plan,
    ImmutableArray<StepFinished> Steps, ExecutionOutcome? Outcome, string? Summary, ImmutableArray<Change> Changes,
    bool RolledBack, DateTimeOffset? UndoUntil, DateTimeOffset? FinishedAt)
{
    /// <summary>Operation ids of the actions that may have been sent.</summary>
    public ImmutableHashSet<string> Announced { get; init; } = [];

    /// <summary>What is not in <see cref="Announced"/> was certainly not sent.</summary>
    public bool Announces { get; init; }

    /// <summary>Nobody approved it: it ran at L0 or L1.</summary>
    public bool Unattended { get; init; }

    public bool MayHaveSent(string operationId) => !Announces || Announced.Contains(operationId);
}

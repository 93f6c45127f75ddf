using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Proposals;

/// <summary>
/// <c>execution.started</c> (or <c>undo.started</c>, <see cref="UndoStarted"/>) on <c>proposal/{subject}</c>: the claim.
/// Durable before any vendor is called; the entry's causation is the seq of the decision (or, at L0 and L1, of the staging) that allows it.
/// </summary>
/// <param name="ExecutionId">As in <c>CON-1042-x1</c>; operation ids are <c>{ExecutionId}-{step}</c>, and <c>-r</c> for rollbacks.</param>
/// <param name="Instance">Which running bot claimed it.</param>
/// <param name="LeaseUntil">The claim outlives no crash longer than this.</param>
/// <param name="Announces">Every action of this run is announced by <see cref="StepStarted"/>; false in records of earlier
/// versions.</param>
public sealed record ExecutionStarted(
    ProposalSubject About, int Revision, string ExecutionId, string Seal, string Instance, DateTimeOffset LeaseUntil,
    bool Announces = false) : ProposalFact(About);

/// <summary>
/// <c>step.started</c>: an action is about to be sent, once or, while it is certainly not done, again. Without it nothing was sent,
/// so whoever takes the run over need not ask the vendor.
/// </summary>
public sealed record StepStarted(ProposalSubject About, string ExecutionId, int Step, bool Rollback, string OperationId)
    : ProposalFact(About);

[JsonConverter(typeof(CamelCaseEnum<StepOutcome>))]
public enum StepOutcome { Applied, Failed, Unknown, Skipped }

/// <summary><c>step.finished</c>: one step was acted and read back.</summary>
/// <param name="Step">0-based.</param>
/// <param name="Rollback">This was the step's rollback.</param>
public sealed record StepFinished(
    ProposalSubject About, string ExecutionId, int Step, bool Rollback, string OperationId, StepOutcome Outcome,
    [property: Confidential] string Detail, [property: Subject] string? Subject = null) : ProposalFact(About);

/// <summary>How an execution ended.</summary>
[JsonConverter(typeof(CamelCaseEnum<ExecutionOutcome>))]
public enum ExecutionOutcome
{
    /// <summary>Every step was applied and the world, read back, agrees.</summary>
    Verified,

    /// <summary>A step failed; what was done before it was rolled back or is listed.</summary>
    Failed,

    /// <summary>Nobody can tell whether a step took effect; a person must look.</summary>
    Unknown,

    /// <summary>The world had changed since the approval; nothing ran.</summary>
    Drifted,

    /// <summary>A freeze, the kill switch or a changed plan stopped it; nothing, or only the steps listed, ran.</summary>
    Stopped,
}

/// <summary><c>execution.finished</c>.</summary>
/// <param name="UndoUntil">Undo is possible until then; null when it is not.</param>
public sealed record ExecutionFinished(
    ProposalSubject About,
    string ExecutionId,
    ExecutionOutcome Outcome,
    [property: Confidential] string Summary,
    [property: Confidential] IReadOnlyList<Change> Changes,
    bool RolledBack,
    DateTimeOffset? UndoUntil,
    [property: Subject] string? Subject = null) : ProposalFact(About), ISignedSoon;

/// <summary><c>undo.started</c>: as <see cref="ExecutionStarted"/>, for the plan that takes a verified execution back.</summary>
public sealed record UndoStarted(
    ProposalSubject About, int Revision, string ExecutionId, string Seal, string Instance, DateTimeOffset LeaseUntil,
    bool Announces = false) : ProposalFact(About);

/// <summary><c>undo.finished</c>.</summary>
public sealed record UndoFinished(
    ProposalSubject About, string ExecutionId, ExecutionOutcome Outcome, [property: Confidential] string Summary,
    [property: Confidential] IReadOnlyList<Change> Changes, [property: Subject] string? Subject = null) : ProposalFact(About), ISignedSoon;

using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>Asked before anything is claimed and again before every single action: may this plan be carried out now?</summary>
public interface IExecutionGuard
{
    /// <summary>Null when it may run. When it cannot find out, it may not.</summary>
    /// <param name="next">What is about to be sent; null before anything is claimed, when it is about the whole plan.</param>
    ValueTask<Objection?> CheckAsync(TenantState state, Proposal proposal, Plan plan, NextCall? next, CancellationToken cancellationToken);
}

/// <summary>One action that is about to be sent.</summary>
/// <param name="Step">0-based.</param>
/// <param name="Rollback">The step's way back rather than the step.</param>
public sealed record NextCall(int Step, bool Rollback, string OperationId);

/// <summary>Why a plan must not be carried out.</summary>
/// <param name="Message">For the person, as in a freeze, the kill switch, a changed plan, no decision.</param>
public sealed record Objection(string Message)
{
    /// <summary>
    /// What gates ask for now where they asked for less when it was staged, as was and now: nothing is done and it is proposed anew. Empty
    /// when a person must see to it.
    /// </summary>
    public IReadOnlyList<Change> AskAgain { get; init; } = [];

    /// <summary>The record is not what it was, so the tenant is frozen with this reason; null when it is.</summary>
    public string? FreezeBecause { get; init; }
}

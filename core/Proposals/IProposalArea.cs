using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>
/// A kind of thing that can be decided about, as its area declares it; one registration for each kind. Gates, deadlines and the executor
/// do the rest. What is answered here is recorded together with the entry on the proposal's stream: all of it or nothing.
/// </summary>
public interface IProposalArea
{
    /// <summary>Of its subjects, as in <c>access-request</c>.</summary>
    string Kind { get; }

    /// <summary>The name by which gate policies speak of it.</summary>
    string GateArea { get; }

    /// <summary>Its effect is what <see cref="AfterRun"/> records, so that it is approved and carried out without a plan.</summary>
    bool IsItsOwnEffect { get; }

    /// <summary>Where the policy lets people break the glass, they may for this too. Not for what nothing broken waits for.</summary>
    bool MayBeDoneAlone => true;

    /// <summary>
    /// Why its own effect must not take place as things are now, in whole sentences; null when it may. Asked before the run is claimed
    /// and again right before the effect is recorded.
    /// </summary>
    string? CheckEffect(TenantState state, Proposal proposal) => null;

    /// <summary>What becomes of the subject when a person rejects the proposal or marks it as handled.</summary>
    Aftermath AfterDecision(TenantState state, Proposal proposal, DecisionKind kind);

    /// <summary>What becomes of the subject when a run, of the plan or of its undo, ends.</summary>
    /// <param name="run">As it stood before it ended.</param>
    Aftermath AfterRun(TenantState state, Proposal proposal, Run run, ExecutionOutcome outcome);
}

/// <summary>What an area records of its subject on streams of its own.</summary>
/// <param name="Expected">What it rests on: where one of them has moved, everything is decided again.</param>
public sealed record Aftermath(IReadOnlyList<StreamVersion> Expected, IReadOnlyList<(StreamId Stream, Fact Fact)> Facts)
{
    public static readonly Aftermath Nothing = new([], []);

    internal IEnumerable<NewEntry> Entries(Actor by, CorrelationId correlation, long causation) =>
        Facts.Select(one => new NewEntry(one.Stream, by, correlation, one.Fact, causation));
}

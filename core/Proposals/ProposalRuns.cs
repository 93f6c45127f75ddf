using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;

namespace DevOpsAI.Proposals;

/// <content>What was carried out of it.</content>
public sealed partial record Proposal
{
    private Proposal FoldRun(LedgerEntry entry) => entry.Fact switch
    {
        ExecutionStarted started => this with
        {
            Phase = ProposalPhase.Executing,
            Execution = Begin(
                started.ExecutionId, ProposalKind.Remedy, entry, started.LeaseUntil, started.Instance, started.Announces, Execution),
        },
        UndoStarted started => this with
        {
            Phase = ProposalPhase.Undoing,
            Undo = Begin(started.ExecutionId, ProposalKind.Undo, entry, started.LeaseUntil, started.Instance, started.Announces, Undo),
        },
        StepStarted step => WithRun(step.ExecutionId, run => run with { Announced = run.Announced.Add(step.OperationId) }),
        StepFinished step => WithRun(step.ExecutionId, run => run with { Steps = run.Steps.Add(step) }),
        ExecutionFinished done when Execution is not null => this with
        {
            Drifts = done.Outcome == ExecutionOutcome.Drifted ? Drifts + 1 : Drifts,
            Phase = PhaseAfter(done.Outcome),
            Execution = Execution with
            {
                Outcome = done.Outcome, Summary = done.Summary, Changes = [.. done.Changes],
                RolledBack = done.RolledBack, UndoUntil = done.UndoUntil, FinishedAt = entry.ByClock,
            },
        },
        UndoFinished done when Undo is not null => this with
        {
            Phase = done.Outcome switch
            {
                ExecutionOutcome.Verified => ProposalPhase.Undone,
                // Nothing ran and nobody drafts an undo again: the remedy stands as it did.
                ExecutionOutcome.Drifted => PhaseAfter(Execution?.Outcome ?? ExecutionOutcome.Stopped),
                _ => PhaseAfter(done.Outcome),
            },
            Undo = Undo with { Outcome = done.Outcome, Summary = done.Summary, Changes = [.. done.Changes], FinishedAt = entry.ByClock },
        },
        _ => this,
    };

    /// <summary>The run of this execution id; null when it is not the last of its kind.</summary>
    public Run? FindRun(string executionId)
    {
        if (Undo?.ExecutionId == executionId)
            return Undo;
        return Execution?.ExecutionId == executionId ? Execution : null;
    }

    /// <summary>What a run begun or taken over now carries out.</summary>
    public Plan PlanToRun(string executionId) => FindRun(executionId) is { Outcome: null } begun ? begun.Plan : PlanInForce;

    private Proposal WithRun(string executionId, Func<Run, Run> change)
    {
        if (Undo?.ExecutionId == executionId)
            return this with { Undo = change(Undo) };
        return Execution?.ExecutionId == executionId ? this with { Execution = change(Execution) } : this;
    }

    private Run Begin(
        string id, ProposalKind kind, LedgerEntry entry, DateTimeOffset lease, string instance, bool announces, Run? earlier) =>
        earlier?.ExecutionId == id && earlier.Outcome is null
            ? earlier with { LeaseUntil = lease, Instance = instance }
            : new(id, kind, entry.Seq, entry.ByClock, lease, instance, PlanInForce, [], null, null, [], false, null, null)
            {
                Announces = announces,
                Unattended = Staged?.Terms.Level is GateLevel.L0 or GateLevel.L1,
            };

    private static ProposalPhase PhaseAfter(ExecutionOutcome outcome) => outcome switch
    {
        ExecutionOutcome.Verified => ProposalPhase.Verified,
        ExecutionOutcome.Failed => ProposalPhase.Failed,
        ExecutionOutcome.Unknown => ProposalPhase.Unknown,
        ExecutionOutcome.Drifted => ProposalPhase.Drafting,
        _ => ProposalPhase.Stopped,
    };
}

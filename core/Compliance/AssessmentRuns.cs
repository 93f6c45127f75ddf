using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance;

/// <content>What was carried out.</content>
public sealed partial class Assessment
{
    private void Started(
        Mark mark, LedgerEntry entry, string incidentId, int revision, ProposalKind kind, string executionId, string seal,
        DateTimeOffset leaseUntil)
    {
        var round = RoundOf(incidentId, revision, mark, kind);
        if (round.Run is not { } run || run.Id != executionId)
        {
            run = new(executionId, mark) { AllowedBy = entry.Causation, Frozen = freeze is not null, Sealed = true };
            round.Run = run;
        }
        run.Sealed = run.Sealed && (round.Staged is null || Hash256.OfText(seal) == round.Seal);
        run.LeaseUntil = leaseUntil;
    }

    private void Stepped(Mark mark, StepFinished fact)
    {
        if (RunOf(fact.About.Text, fact.ExecutionId, mark) is not { } run)
            return;
        run.LastStep = mark;
        if (fact.Outcome == StepOutcome.Applied)
            run.Applied++;
        else
            run.NotApplied++;
    }

    private void Finished(
        Mark mark, string incidentId, string executionId, ExecutionOutcome outcome, string summary, bool rolledBack,
        IReadOnlyList<Change> changes)
    {
        if (RunOf(incidentId, executionId, mark) is not { } run)
            return;
        (run.Finished, run.Outcome, run.RolledBack, run.Summary) = (mark, outcome, rolledBack, spool.Add(summary));
        run.Changes =
            spool.Add(string.Join(
                '\n', changes.Select(static change => $"{Line(change.What)}: was {Line(change.Was)}, now {Line(change.Now)}")));
    }
}

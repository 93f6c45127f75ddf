using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance;

/// <content>What was carried out.</content>
public sealed partial class Assessment
{
    private void Started(
        EntryReference mark, LedgerEntry entry, ProposalSubject about, int revision, ProposalKind kind, string executionId,
        string planDigest, DateTimeOffset leaseUntil)
    {
        var round = GetRevision(about, revision, mark, kind);
        if (round.Run is not { } run || run.Id != executionId)
        {
            run = new(executionId, mark) { AllowedBy = entry.Causation, Frozen = freeze is not null, Sealed = true };
            round.Run = run;
        }
        run.Sealed = run.Sealed && (round.Staged is null || Hash256.OfText(planDigest) == round.PlanDigest);
        run.LeaseUntil = leaseUntil;
    }

    private void Stepped(EntryReference mark, StepFinished fact)
    {
        if (GetRun(fact.About, fact.ExecutionId, mark) is not { } run)
            return;
        run.LastStep = mark;
        if (fact.Outcome == StepOutcome.Applied)
            run.Applied++;
        else
            run.NotApplied++;
    }

    private void Finished(
        EntryReference mark, ProposalSubject about, string executionId, ExecutionOutcome outcome, string summary, bool rolledBack,
        IReadOnlyList<Change> changes)
    {
        if (GetRun(about, executionId, mark) is not { } run)
            return;
        (run.Finished, run.Outcome, run.RolledBack, run.Summary) = (mark, outcome, rolledBack, texts.Add(summary));
        run.Changes =
            texts.Add(string.Join(
                '\n', changes.Select(static change => $"{Line(change.What)}: was {Line(change.Was)}, now {Line(change.Now)}")));
    }
}

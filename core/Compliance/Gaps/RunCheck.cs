using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>Decided but not begun, begun but not ended, begun without a decision.</summary>
internal sealed class RunCheck(GapRules rules) : IGapCheck
{
    /// <summary>The entry that last allowed something that was not begun yet, by what it is about.</summary>
    private readonly Dictionary<ProposalSubject, long> allowedBy = [];
    private readonly Dictionary<ProposalSubject, (long Seq, DateTimeOffset At)> waiting = [];
    private readonly Dictionary<string, (long Seq, DateTimeOffset At, DateTimeOffset LeaseUntil)> open = [];

    public void Add(LedgerEntry entry, List<Gap> found)
    {
        switch (entry.Fact)
        {
            case ProposalStaged staged when staged.Terms.Level is GateLevel.L0 or GateLevel.L1:
                Allow(staged.About, entry);
                break;
            case ProposalStaged staged:
                Forget(staged.About);
                break;
            case ProposalDecided { Complete: true, Kind: DecisionKind.Approve or DecisionKind.ApproveWithEdits } decided:
                Allow(decided.About, entry);
                break;
            case ProposalDecided { Complete: true } decided:
                Forget(decided.About);
                break;
            case ProposalWithdrawn withdrawn:
                Forget(withdrawn.About);
                break;
            case ProposalExpired expired:
                Forget(expired.About);
                break;
            case ExecutionStarted started:
                Start(started.About, started.ExecutionId, started.LeaseUntil, entry, found);
                break;
            case UndoStarted started:
                Start(started.About, started.ExecutionId, started.LeaseUntil, entry, found);
                break;
            case ExecutionFinished finished:
                open.Remove(finished.ExecutionId);
                break;
            case UndoFinished finished:
                open.Remove(finished.ExecutionId);
                break;
        }
    }

    public void End(DateTimeOffset asOf, List<Gap> found)
    {
        foreach (var (about, (seq, at)) in waiting.Where(one => asOf - one.Value.At > rules.Execute))
            found.Add(new(GapKind.NotExecuted, about.Text, seq, at, null, "Decided, and no execution was begun."));
        foreach (var (execution, (seq, at, lease)) in open.Where(one => asOf - one.Value.LeaseUntil > rules.Finish))
            found.Add(new(GapKind.NotFinished, execution, seq, at, null,
                $"Begun, and no outcome is on record; its claim ended at {lease:yyyy-MM-dd HH:mm} UTC."));
    }

    private void Allow(ProposalSubject about, LedgerEntry entry)
    {
        allowedBy[about] = entry.Seq;
        waiting[about] = (entry.Seq, entry.At);
    }

    private void Forget(ProposalSubject about)
    {
        allowedBy.Remove(about);
        waiting.Remove(about);
    }

    private void Start(ProposalSubject about, string execution, DateTimeOffset lease, LedgerEntry entry, List<Gap> found)
    {
        waiting.Remove(about);
        if (open.TryGetValue(execution, out var begun))
        {
            open[execution] = begun with { LeaseUntil = lease };
            return;
        }
        // What is allowed is allowed once: another execution needs another decision.
        if (!allowedBy.Remove(about, out var gate) || gate != entry.Causation)
            found.Add(new(GapKind.NoDecision, execution, entry.Seq, entry.At, null,
                "Begun, and the entry it names as its reason allows nothing."));
        open[execution] = (entry.Seq, entry.At, lease);
    }
}

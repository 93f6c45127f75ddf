using DevOpsAI.Completeness;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>Vendors' logs: read without a gap, often enough, showing what we did and nothing else.</summary>
internal sealed class PollCheck(GapRules rules) : IGapCheck
{
    private readonly Dictionary<string, Reading> readings = [];

    /// <summary>The plan that may yet be carried out, by what it is about, and of the runs that have no outcome yet.</summary>
    private readonly Dictionary<ProposalSubject, Plan> plans = [];
    private readonly Dictionary<string, (Plan Plan, DateTimeOffset At)> runs = [];

    public void Add(LedgerEntry entry, List<Gap> found)
    {
        switch (entry.Fact)
        {
            case ProposalStaged staged:
                plans[staged.About] = staged.Plan;
                break;
            case ProposalDecided { Edited: { } edited } decided:
                plans[decided.About] = edited;
                break;
            case ProposalDecided { Complete: true, Kind: DecisionKind.Reject or DecisionKind.Handled } decided:
                plans.Remove(decided.About);
                break;
            case ProposalWithdrawn withdrawn:
                plans.Remove(withdrawn.About);
                break;
            case ProposalExpired expired:
                plans.Remove(expired.About);
                break;
            case ExecutionStarted started:
                Begin(started.About, started.ExecutionId, entry);
                break;
            case UndoStarted started:
                Begin(started.About, started.ExecutionId, entry);
                break;
            case StepFinished { Outcome: StepOutcome.Applied } step when runs.TryGetValue(step.ExecutionId, out var run)
                && step.Step < run.Plan.Steps.Count:
                Expect(run.Plan.Steps[step.Step].Target.Connection, run.At, step.OperationId, entry);
                break;
            case ExecutionFinished finished:
                runs.Remove(finished.ExecutionId);
                break;
            case UndoFinished finished:
                runs.Remove(finished.ExecutionId);
                break;
            case PollAdvanced polled:
                Read(polled, entry, found);
                break;
            case OutOfBandChange change:
                found.Add(new(GapKind.OutOfBand, change.Connection, entry.Seq, change.DoneAt, null,
                    $"{(Erasure.IsUnreadable(change.By) ? "Somebody" : change.By)} did {change.Action} on "
                    + $"{change.Target.Name}. {change.Why}"));
                break;
        }
    }

    public void End(DateTimeOffset asOf, List<Gap> found)
    {
        foreach (var (connection, reading) in readings.Where(one => asOf - one.Value.At > rules.Poll))
            found.Add(Quiet(connection, reading, null));
    }

    /// <summary>A plan is carried out once; a claim that is renewed or taken over has it already.</summary>
    private void Begin(ProposalSubject about, string execution, LedgerEntry entry)
    {
        if (!runs.ContainsKey(execution))
            runs.Add(execution, (plans.Remove(about, out var plan) ? plan : Plan.Empty, entry.At));
    }

    private void Expect(string connection, DateTimeOffset begun, string operation, LedgerEntry entry)
    {
        // What was begun before the log was first read may be in the part that was never read.
        if (readings.GetValueOrDefault(connection) is { } reading && begun > reading.Since && !reading.Early.Remove(operation))
            reading.Awaited[operation] = (entry.Seq, entry.At);
    }

    private void Read(PollAdvanced polled, LedgerEntry entry, List<Gap> found)
    {
        var known = readings.GetValueOrDefault(polled.Connection);
        if (polled.Gap || polled.From != known?.To)
            found.Add(new(
                GapKind.PollJump, polled.Connection, entry.Seq, known?.At ?? entry.At, entry.At,
                polled.Gap
                    ? "The vendor no longer knew where the reading had stopped."
                    : "The reading went on from another place than where it had stopped."));
        if (known is not null && entry.At - known.At > rules.Poll)
            found.Add(Quiet(polled.Connection, known, entry.At));
        var reading = readings[polled.Connection] = known is null || polled.Gap ? new(entry.At) : known;
        (reading.To, reading.At, reading.Seq) = (polled.To, entry.At, entry.Seq);
        foreach (var seen in polled.Ours)
        {
            if (!reading.Awaited.Remove(seen.OperationId))
                reading.Early.Add(seen.OperationId);
        }
        foreach (var (operation, (seq, at)) in reading.Awaited.Where(one => entry.At - one.Value.At > rules.Show).ToList())
        {
            reading.Awaited.Remove(operation);
            found.Add(new(GapKind.NotAtVendor, operation, seq, at, null,
                $"On record as done, and the log of {polled.Connection} does not show it."));
        }
    }

    private static Gap Quiet(string connection, Reading reading, DateTimeOffset? to) => new(
        GapKind.PollQuiet, connection, reading.Seq, reading.At, to,
        to is null ? "Its vendor's log was not read since." : "Its vendor's log was not read in between.");

    /// <param name="since">The reading without a gap began then.</param>
    private sealed class Reading(DateTimeOffset since)
    {
        public DateTimeOffset Since => since;

        public string To { get; set; } = "";

        public DateTimeOffset At { get; set; }

        public long Seq { get; set; }

        /// <summary>Done on our record, not yet seen in the log.</summary>
        public Dictionary<string, (long Seq, DateTimeOffset At)> Awaited { get; } = [];

        /// <summary>Seen in the log before our record had its outcome.</summary>
        public HashSet<string> Early { get; } = [];
    }
}

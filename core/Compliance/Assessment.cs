using DevOpsAI.Connections;
using DevOpsAI.Drafting;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>
/// A fold over a range of entries: what happened, who decided, how it ended. Knows nothing but the entries, so it says the same whenever,
/// wherever and by whomever it is made from them. Keeps a small record per incident and none per entry; what is longer is in files.
/// </summary>
public sealed class Assessment(EvidenceSubject subject, TextSpool spool) : IDisposable
{
    private readonly TextSpool leaves = new();
    private readonly Dictionary<Actor, Actor> actors = [];
    private readonly Dictionary<string, IncidentRecord> incidents = new(StringComparer.Ordinal);
    private readonly List<IncidentRecord> inOrder = [];
    private readonly Dictionary<string, string> people = new(StringComparer.Ordinal);
    private readonly Dictionary<Target, int> targetIndexes = [];
    private readonly List<Target> targets = [];
    private readonly Dictionary<string, string> shared = new(StringComparer.Ordinal);
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private readonly List<Incidental> incidentals = [];
    private Mark? freeze;
    private string? frozenBy;
    private DateTimeOffset latest;

    public EvidenceSubject Subject => subject;

    public TextSpool Texts => spool;

    /// <summary>In order of their first entry.</summary>
    public IReadOnlyList<IncidentRecord> Incidents => inOrder;

    /// <summary>Object id and name of everybody who acted, in order of the id; the name is null when it was erased.</summary>
    public IEnumerable<(string Id, string? Name)> People => people.OrderBy(static pair => pair.Key, StringComparer.Ordinal)
        .Select(static pair => (pair.Key, Erasure.IsUnreadable(pair.Value) ? null : pair.Value));

    /// <summary>What was acted upon.</summary>
    public IReadOnlyList<Target> Targets => targets;

    /// <summary>Number of entries by type.</summary>
    public IReadOnlyDictionary<string, long> Counts => counts;

    /// <summary>Freezes, lifted or not, and rights that somebody gave to themselves.</summary>
    public IReadOnlyList<Incidental> Incidentals => incidentals;

    public long Entries { get; private set; }

    public long Redacted { get; private set; }

    /// <summary>Entries that the assessment log tells of.</summary>
    public long Logged { get; private set; }

    public Mark? Start { get; private set; }

    /// <summary>The first entry whose time is before that of an entry with a smaller seq.</summary>
    public Mark? TimeWentBack { get; private set; }

    public IncidentRecord? Find(string incidentId) => incidents.GetValueOrDefault(incidentId);

    /// <summary>The leaf hash of an entry of the range.</summary>
    public Hash256 LeafOf(Mark mark)
    {
        Span<byte> leaf = stackalloc byte[MerkleTree.HashSize];
        leaves.Read((mark.Seq - subject.First) * MerkleTree.HashSize, leaf);
        return new(leaf);
    }

    public void Dispose() => leaves.Dispose();

    /// <summary>Takes the entries of the range one after another.</summary>
    public void Take(EvidenceEntry evidence)
    {
        Entries++;
        leaves.Append(evidence.Leaf.ToArray());
        if (evidence.Entry is not { } entry)
        {
            Redacted++;
            return;
        }
        var mark = new Mark(evidence.Seq, entry.At);
        Start ??= mark;
        if (entry.At < latest)
            TimeWentBack ??= mark;
        else
            latest = entry.At;
        counts[entry.Type] = counts.GetValueOrDefault(entry.Type) + 1;
        if (LogTitles.IsLogged(entry))
            Logged++;
        if (entry.Actor.Kind == ActorKind.Person && (!people.ContainsKey(entry.Actor.Id) || !Erasure.IsUnreadable(entry.Actor.Name)))
            people[Share(entry.Actor.Id)] = Share(entry.Actor.Name);
        Take(mark, entry);
    }

    private void Take(Mark mark, LedgerEntry entry)
    {
        switch (entry.Fact)
        {
            case IncidentOpened fact: Opened(mark, fact); break;
            case IncidentClosed fact: Closed(mark, fact); break;
            case RecommendationDrafted fact:
                var drafted = Of(fact.IncidentId, mark);
                (drafted.Drafted, drafted.Drafter) = (mark, spool.Add(fact.Drafter));
                break;
            case ProposalStaged fact: Of(fact.IncidentId, mark).Rounds.Add(Staged(mark, fact)); break;
            case ProposalDecided fact: Decided(mark, entry, fact); break;
            case ProposalExpired fact: RoundOf(fact.IncidentId, fact.Revision, mark).Expired = mark; break;
            case ProposalWithdrawn fact: RoundOf(fact.IncidentId, fact.Revision, mark).Withdrawn = mark; break;
            case ProposalEscalated fact: RoundOf(fact.IncidentId, fact.Revision, mark).Escalated = mark; break;
            case ExecutionStarted fact: Started(mark, entry, fact.IncidentId, fact.Revision, ProposalKind.Remedy, fact.ExecutionId, fact.Seal, fact.LeaseUntil); break;
            case UndoStarted fact: Started(mark, entry, fact.IncidentId, fact.Revision, ProposalKind.Undo, fact.ExecutionId, fact.Seal, fact.LeaseUntil); break;
            case StepFinished fact: Stepped(mark, fact); break;
            case ExecutionFinished fact: Finished(mark, fact.IncidentId, fact.ExecutionId, fact.Outcome, fact.Summary, fact.RolledBack); break;
            case UndoFinished fact: Finished(mark, fact.IncidentId, fact.ExecutionId, fact.Outcome, fact.Summary, false); break;
            case FreezeSet fact:
                (freeze, frozenBy) = (mark, entry.Actor.Id);
                incidentals.Add(new(IncidentalKind.Frozen, mark, null, entry.Actor, spool.Add(fact.Reason)));
                break;
            case FreezeLifted fact: Lifted(mark, entry, fact); break;
            case RoleAssigned { Held: true } fact when fact.ObjectId == entry.Actor.Id && entry.Actor.Kind == ActorKind.Person:
                incidentals.Add(new(IncidentalKind.OwnRole, mark, null, entry.Actor, spool.Add(fact.Role.ToString())));
                break;
        }
    }

    private void Opened(Mark mark, IncidentOpened fact)
    {
        var incident = Of(fact.IncidentId, mark);
        incident.Opened = mark;
        incident.Title = spool.Add(fact.Title);
        incident.Kind = Share(fact.Kind);
        incident.Device = spool.Add(fact.Device);
        incident.Severity = fact.Severity;
    }

    private void Closed(Mark mark, IncidentClosed fact)
    {
        var incident = Of(fact.IncidentId, mark);
        (incident.Closed, incident.ClosedReason) = (mark, spool.Add(fact.Reason));
    }

    private Round Staged(Mark mark, ProposalStaged fact) => new()
    {
        Staged = mark,
        Revision = fact.Revision,
        Kind = fact.Kind,
        Level = fact.Terms.Level,
        Approvals = fact.Terms.Approvals,
        NotTheRequester = fact.Terms.NotTheRequester,
        Requester = Share(fact.Requester),
        ExpiresAt = fact.Terms.ExpiresAt,
        Policy = Share(fact.Terms.PolicyVersion),
        Plan = spool.Add(Lines(fact.Plan)),
        PlanUnreadable = fact.Plan.Steps.Count == 0 && Erasure.IsUnreadable(fact.Nonce) ? Erasure.Word(fact.Nonce) : null,
        Targets = TargetsOf(fact.Plan),
        Seal = Hash256.OfText(fact.Seal),
    };

    private void Decided(Mark mark, LedgerEntry entry, ProposalDecided fact)
    {
        var round = RoundOf(fact.IncidentId, fact.Revision, mark);
        var seal = Hash256.OfText(fact.Seal);
        var edited = fact is { Kind: DecisionKind.ApproveWithEdits, Complete: true };
        round.Decisions.Add(new(mark, fact.Kind, Share(entry.Actor), fact.Complete, edited || round.Staged is null || seal == round.Seal, spool.Add(fact.Reason)));
        if (edited)
            round.Seal = seal;
    }

    private void Started(
        Mark mark, LedgerEntry entry, string incidentId, int revision, ProposalKind kind, string executionId, string seal, DateTimeOffset leaseUntil)
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
        if (RunOf(fact.IncidentId, fact.ExecutionId, mark) is not { } run)
            return;
        run.LastStep = mark;
        if (fact.Outcome == StepOutcome.Applied)
            run.Applied++;
        else
            run.NotApplied++;
    }

    private void Finished(Mark mark, string incidentId, string executionId, ExecutionOutcome outcome, string summary, bool rolledBack)
    {
        if (RunOf(incidentId, executionId, mark) is not { } run)
            return;
        (run.Finished, run.Outcome, run.RolledBack, run.Summary) = (mark, outcome, rolledBack, spool.Add(summary));
    }

    private void Lifted(Mark mark, LedgerEntry entry, FreezeLifted fact)
    {
        var setter = frozenBy;
        var set = freeze;
        (freeze, frozenBy) = (null, null);
        var index = incidentals.FindLastIndex(happened => happened.Kind == IncidentalKind.Frozen && happened.Mark == set);
        if (index >= 0)
            incidentals[index] = incidentals[index] with { Ended = mark };
        if (setter == entry.Actor.Id)
            incidentals.Add(new(IncidentalKind.OwnFreezeLifted, mark, null, entry.Actor, spool.Add(fact.Reason)));
    }

    private IncidentRecord Of(string incidentId, Mark mark)
    {
        if (!incidents.TryGetValue(incidentId, out var incident))
        {
            incident = new(incidentId) { First = mark };
            incidents.Add(incidentId, incident);
            inOrder.Add(incident);
        }
        incident.Latest = mark;
        return incident;
    }

    /// <summary>The proposal of that revision; a record of what little is known when it was staged before the range.</summary>
    private Round RoundOf(string incidentId, int revision, Mark mark, ProposalKind kind = ProposalKind.Remedy)
    {
        var incident = Of(incidentId, mark);
        if (incident.Rounds.FindLast(round => round.Revision == revision) is { } known)
            return known;
        var unknown = new Round { Revision = revision, Kind = kind };
        incident.Rounds.Add(unknown);
        return unknown;
    }

    private RunRecordOf? RunOf(string incidentId, string executionId, Mark mark) =>
        Of(incidentId, mark).Rounds.FindLast(round => round.Run?.Id == executionId)?.Run;

    private int[] TargetsOf(Plan plan) => [.. plan.Steps.Select(static step => step.Target).Distinct().Select(target =>
    {
        if (!targetIndexes.TryGetValue(target, out var index))
        {
            targetIndexes.Add(target, index = targets.Count);
            targets.Add(target);
        }
        return index;
    })];

    private static string Lines(Plan plan) => string.Join('\n', plan.Steps.Select(static step => $"{step.Title}: {step.Command} on {step.Target.Name}"));

    private Actor Share(Actor actor)
    {
        if (actors.TryGetValue(actor, out var known))
            return known;
        actors.Add(actor, actor);
        return actor;
    }

    private string Share(string text)
    {
        if (shared.TryGetValue(text, out var known))
            return known;
        shared.Add(text, text);
        return text;
    }
}

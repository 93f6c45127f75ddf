using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>
/// A fold over a range of entries: what happened, who decided, how it ended. Knows nothing but the entries, so it says the same whenever,
/// wherever and by whomever it is made from them. What it keeps per incident or entry is in temporary files; in memory are the people and
/// devices that there are.
/// </summary>
public sealed partial class Assessment : IDisposable
{
    /// <summary>As the reason stands in ledgers of before.</summary>
    private const string ClosedByExpiry = "expired";

    private readonly EvidenceSubject subject;
    private readonly TextFile texts;
    private readonly TextFile leaves = new();
    private readonly RecordCodec codec;
    private readonly SpillFile<IncidentRecord> incidents;
    private readonly SpillFile<Deviation> deviations;
    private readonly Dictionary<string, string> people = new(StringComparer.OrdinalIgnoreCase);
    private readonly Dictionary<Target, int> targetIndexes = [];
    private readonly List<Target> targets = [];
    private readonly KeyUses missing = new();
    private readonly SortedDictionary<string, long> counts = new(StringComparer.Ordinal);
    private EntryReference? freeze;
    private string? frozenBy;
    private EntryReference? everything;
    private string? everythingBy;
    private DateTimeOffset latest;

    /// <param name="catalog">Says what entries there are and what the log calls them.</param>
    public Assessment(EvidenceSubject subject, EntryCatalog catalog, TextFile texts)
    {
        (this.subject, Catalog, this.texts, codec) = (subject, catalog, texts, new());
        incidents = new(codec.Write, codec.ReadIncident);
        deviations = new(codec.Write, codec.ReadDeviation);
    }

    public EvidenceSubject Subject => subject;

    public EntryCatalog Catalog { get; }

    public TextFile Texts => texts;

    /// <summary>In order of their first entry; read anew from a file each time.</summary>
    public IEnumerable<IncidentRecord> Incidents => incidents.InOrder();

    public int IncidentCount => incidents.Count;

    /// <summary>Object id and name of everybody who acted, in order of the id; the name is null when it was erased.</summary>
    public IEnumerable<(string Id, string? Name)> People => people.OrderBy(static pair => pair.Key, StringComparer.OrdinalIgnoreCase)
        .Select(static pair => (pair.Key, Erasure.IsUnreadable(pair.Value) ? null : pair.Value));

    /// <summary>What was acted upon.</summary>
    public IReadOnlyList<Target> Targets => targets;

    /// <summary>Number of entries by type.</summary>
    public IReadOnlyDictionary<string, long> Counts => counts;

    /// <summary>
    /// Freezes, lifted or not, rights that somebody gave to themselves, and out-of-band changes, in order; read anew from a file each time.
    /// </summary>
    public IEnumerable<Deviation> Deviations => deviations.InOrder();

    public long Entries { get; private set; }

    public long Redacted { get; private set; }

    /// <summary>Entries that the assessment log tells of.</summary>
    public long Logged { get; private set; }

    public EntryReference? Start { get; private set; }

    /// <summary>The first entry whose time is before that of an entry with a smaller seq.</summary>
    public EntryReference? TimeWentBack { get; private set; }

    /// <summary>Keys of what was to be read and cannot be, although no entry of the range says that they were erased.</summary>
    public IReadOnlyList<KeyUse> MissingKeys => missing.All;

    public IncidentRecord? Find(ProposalSubject about) => incidents.Find(about.Text);

    /// <summary>The leaf hash of an entry of the range.</summary>
    public Hash256 GetLeaf(EntryReference mark)
    {
        Span<byte> leaf = stackalloc byte[MerkleTree.HashSize];
        leaves.Read((mark.Seq - subject.First) * MerkleTree.HashSize, leaf);
        return new(leaf);
    }

    public void Dispose()
    {
        leaves.Dispose();
        incidents.Dispose();
        deviations.Dispose();
    }

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
        var mark = new EntryReference(evidence.Seq, entry.At);
        Start ??= mark;
        if (entry.At < latest)
            TimeWentBack ??= mark;
        else
            latest = entry.At;
        foreach (var key in evidence.MissingKeys)
            missing.Note(key, evidence.Seq);
        counts[entry.Type] = counts.GetValueOrDefault(entry.Type) + 1;
        if (Catalog.IsLogged(entry))
            Logged++;
        if (entry.Actor.Kind == ActorKind.Person && (!people.ContainsKey(entry.Actor.Id) || !Erasure.IsUnreadable(entry.Actor.Name)))
            people[Share(entry.Actor.Id)] = Share(entry.Actor.Name);
        Take(mark, entry);
    }

    private void Take(EntryReference mark, LedgerEntry entry)
    {
        switch (entry.Fact)
        {
            case IncidentOpened fact: Opened(mark, fact); break;
            case IncidentClosed fact: Closed(mark, fact); break;
            case IncidentReopened fact: Reopened(mark, fact); break;
            case RecommendationDrafted fact:
                var drafted = For(fact.About, mark);
                drafted.Drafts.Add(new(mark, fact.Revision, texts.Add(fact.Drafter)) { NotAfter = fact.NotAfter });
                drafted.Simulated |= fact.Simulated;
                break;
            case ProposalStaged fact:
                var gated = For(fact.About, mark);
                gated.Revisions.Add(Staged(mark, entry, fact, gated.Drafts.LastOrDefault()?.NotAfter));
                break;
            case ProposalDecided fact: Decided(mark, entry, fact); break;
            case BreakGlassReviewed fact:
                GetRevision(fact.About, fact.Revision, mark).Reviews
                    .Add(new(mark, Share(entry.Actor), fact.Confirms, fact.Complete, texts.Add(fact.Reason)));
                break;
            case BreakGlassEscalated fact: GetRevision(fact.About, fact.Revision, mark).GlassEscalated = mark; break;
            case ProposalExpired fact: GetRevision(fact.About, fact.Revision, mark).Expired = mark; break;
            case ProposalWithdrawn fact: GetRevision(fact.About, fact.Revision, mark).Withdrawn = mark; break;
            case ProposalEscalated fact: GetRevision(fact.About, fact.Revision, mark).Escalated = mark; break;
            case ExecutionStarted fact:
                Started(mark, entry, fact.About, fact.Revision, ProposalKind.Remedy, fact.ExecutionId, fact.Seal,
                    fact.LeaseUntil); break;
            case UndoStarted fact:
                Started(mark, entry, fact.About, fact.Revision, ProposalKind.Undo, fact.ExecutionId, fact.Seal,
                    fact.LeaseUntil); break;
            case StepFinished fact: Stepped(mark, fact); break;
            case ExecutionFinished fact:
                Finished(mark, fact.About, fact.ExecutionId, fact.Outcome, fact.Summary, fact.RolledBack, fact.Changes); break;
            case UndoFinished fact:
                Finished(mark, fact.About, fact.ExecutionId, fact.Outcome, fact.Summary, false, fact.Changes); break;
            case FreezeSet fact:
                if (fact.Cause == FreezeCause.Everything)
                    (everything, everythingBy) = (mark, entry.Actor.Id);
                else
                    (freeze, frozenBy) = (mark, entry.Actor.Id);
                Note(DeviationKind.Frozen, mark, entry.Actor, fact.Reason);
                break;
            case FreezeLifted fact: Lifted(mark, entry, fact); break;
            case RoleAssigned { Held: true } fact when entry.Actor.IsSame(PersonId.From(fact.ObjectId)):
                Note(DeviationKind.OwnRole, mark, entry.Actor, fact.Role.ToString());
                break;
            case OutOfBandChange fact:
                var what = $"{fact.Action} on {fact.Target.Name}";
                var text = $"{(Erasure.IsUnreadable(fact.By) ? "Somebody" : fact.By)} did {what} over {fact.Connection} at "
                    + $"{RecordMessages.Utc(fact.DoneAt)}. {fact.Why}";
                Note(DeviationKind.OutOfBand, mark, entry.Actor, text, what, OutOfBandSubscription.GetEventId(fact));
                break;
            default:
                if (Catalog.GetDeviation(entry) is { } deviation)
                    Note(DeviationKind.Reported, mark, entry.Actor, deviation, Catalog.GetTitle(entry));
                break;
        }
    }

    private void Opened(EntryReference mark, IncidentOpened fact)
    {
        var incident = For(fact.IncidentId, mark);
        incident.Opened = mark;
        incident.Title = texts.Add(fact.Title);
        incident.Kind = Share(fact.Kind);
        incident.OutOfBand = deviations.Find(fact.FirstEventId) is null ? null : fact.FirstEventId;
        incident.Device = texts.Add(fact.Device);
        incident.Severity = fact.Severity;
        incident.Simulated |= fact.Simulated == true;
    }

    private void Closed(EntryReference mark, IncidentClosed fact)
    {
        var incident = For(fact.IncidentId, mark);
        (incident.Closed, incident.ClosedReason) = (mark, texts.Add(fact.Reason));
        if (fact.Reason == ClosedByExpiry)
            return;
        incident.Treated = mark;
        if (incident.OutOfBand is { } change)
            deviations.Find(change)!.Ended = mark;
    }

    /// <summary>What treated it was taken back, or what had ended by itself began again: nothing has treated it.</summary>
    private void Reopened(EntryReference mark, IncidentReopened fact)
    {
        var incident = For(fact.IncidentId, mark);
        incident.Reopenings.Add(new(mark, incident.Closed, incident.ClosedReason, fact.EventId is not null));
        (incident.Closed, incident.ClosedReason, incident.Treated) = (null, default, null);
        if (incident.OutOfBand is { } change)
            deviations.Find(change)!.Ended = null;
    }

    /// <param name="worthUntil">When what was drafted is worth nothing any more, as it was drafted last.</param>
    private RevisionRecord Staged(EntryReference mark, LedgerEntry entry, ProposalStaged fact, DateTimeOffset? worthUntil) => new()
    {
        Staged = mark,
        Revision = fact.Revision,
        Kind = fact.Kind,
        Level = fact.Terms.Level,
        Approvals = fact.Terms.Approvals,
        NotTheRequester = fact.Terms.NotTheRequester,
        Requester = Share(fact.Requester),
        ExpiresAt = fact.Terms.ExpiresAt,
        Validity = fact.Terms.ExpiresAt - (fact.ByClock ?? entry.ByClock),
        NeverAfter = fact.Kind == ProposalKind.Remedy && fact.Terms.ExpiresAt <= worthUntil ? worthUntil : null,
        Policy = Share(fact.Terms.PolicyVersion),
        Plan = texts.Add(Lines(fact.Plan)),
        PlanUnreadable = fact.Plan.Steps.Count == 0 && Erasure.IsUnreadable(fact.Nonce) ? Erasure.Word(fact.Nonce) : null,
        Targets = GetTargets(fact.Plan),
        PlanDigest = Hash256.OfText(fact.Seal),
    };

    private void Decided(EntryReference mark, LedgerEntry entry, ProposalDecided fact)
    {
        var revision = GetRevision(fact.About, fact.Revision, mark);
        var planDigest = Hash256.OfText(fact.Seal);
        var edited = fact is { Kind: DecisionKind.ApproveWithEdits, Complete: true };
        revision.Decisions.Add(new(mark, fact.Kind, Share(entry.Actor), fact.Complete,
            edited || revision.Staged is null || planDigest == revision.PlanDigest,
            texts.Add(fact.Reason))
        {
            InTheNameOf = fact.InTheNameOf is { } absent ? Share(absent) : null,
            Owed = fact.Owed,
            ByClock = fact.ByClock ?? entry.At,
        });
        if (edited)
            revision.PlanDigest = planDigest;
        if (fact is { Kind: DecisionKind.Snooze, Until: { } until })
            revision.Snooze(until);
    }

    private void Lifted(EntryReference mark, LedgerEntry entry, FreezeLifted fact)
    {
        var (setter, set) = fact.Everything == true ? (everythingBy, everything) : (frozenBy, freeze);
        if (fact.Everything == true)
            (everything, everythingBy) = (null, null);
        else
            (freeze, frozenBy) = (null, null);
        if (set is { } begun)
            deviations.Find(GetKey(begun))!.Ended = mark;
        if (string.Equals(setter, entry.Actor.Id, StringComparison.OrdinalIgnoreCase))
            Note(DeviationKind.OwnFreezeLifted, mark, entry.Actor, fact.Reason);
    }

    /// <param name="key">Where it is found again; its place in the ledger when null.</param>
    private void Note(DeviationKind kind, EntryReference mark, Actor by, string? text, string? what = null, string? key = null)
    {
        if (key is null || deviations.Find(key) is null)
            deviations.Add(key ?? GetKey(mark), new(kind, mark) { By = Share(by), Text = texts.Add(text), What = texts.Add(what) });
    }

    private static string GetKey(EntryReference mark) => mark.Seq.ToString(System.Globalization.CultureInfo.InvariantCulture);

    private IncidentRecord For(ProposalSubject about, EntryReference mark)
    {
        if (incidents.Find(about.Text) is not { } incident)
            incidents.Add(about.Text, incident = new(about) { First = mark });
        incident.Latest = mark;
        return incident;
    }

    /// <summary>The proposal of that revision; a record of what little is known when it was staged before the range.</summary>
    private RevisionRecord GetRevision(
        ProposalSubject about, int revision, EntryReference mark, ProposalKind kind = ProposalKind.Remedy)
    {
        var incident = For(about, mark);
        if (incident.Revisions.FindLast(round => round.Revision == revision) is { } known)
            return known;
        var unknown = new RevisionRecord { Revision = revision, Kind = kind };
        incident.Revisions.Add(unknown);
        return unknown;
    }

    private ExecutionRecord? GetRun(ProposalSubject about, string executionId, EntryReference mark) =>
        For(about, mark).Revisions.FindLast(revision => revision.Run?.Id == executionId)?.Run;

    private int[] GetTargets(Plan plan) => [.. plan.Steps.Select(static step => step.Target).Distinct().Select(target =>
    {
        if (!targetIndexes.TryGetValue(target, out var index))
        {
            targetIndexes.Add(target, index = targets.Count);
            targets.Add(target);
        }
        return index;
    })];

    private static string Lines(Plan plan) =>
        string.Join('\n', plan.Steps.Select(static step => $"{step.Title}: {step.Command} on {step.Target.Name}"));

    private static string Line(string text) => Oscal.OscalText.Line(text, 500);

    private Actor Share(Actor actor) => codec.Share(actor);

    private string Share(string text) => codec.Share(text);
}

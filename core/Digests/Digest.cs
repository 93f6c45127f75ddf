using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Digests;

/// <summary>Events of one kind on one device that opened no incident.</summary>
/// <param name="Title">Of the last of them.</param>
public sealed record ToldOnlyHere(string Title, int Count, DateTimeOffset Last);

/// <summary>What can happen to an incident, or to what else is decided about, as a digest counts it.</summary>
public enum Happening
{
    Opened,

    /// <summary>Somebody asked for something that is no incident.</summary>
    AskedFor,
    Approved,

    /// <summary>The policy let it run without asking anybody.</summary>
    Unasked,
    Rejected,
    Handled,
    Escalated,
    Expired,

    /// <summary>Nothing was left to decide.</summary>
    Withdrawn,
    Verified,
    Failed,

    /// <summary>Before it was through: a freeze, the kill switch, a changed plan, or the situation had changed.</summary>
    Stopped,

    /// <summary>Nobody knows whether it took effect.</summary>
    Unknown,
    Undone,
}

/// <summary>What happened at a tenant between two entries of its ledger: counts, and what is told nowhere else.</summary>
public sealed class Digest
{
    /// <summary>Kinds of events that are told apart; beyond them they are only counted.</summary>
    public const int MaxKinds = 1_000;

    private readonly Dictionary<(string Kind, string? Device), ToldOnlyHere> information = [];
    private readonly Dictionary<Happening, List<string>> happened = [];
    private readonly Dictionary<string, List<string>> counted = new(StringComparer.Ordinal);

    /// <summary>By incident, whether its newest proposal ran or runs without anybody being asked.</summary>
    private readonly Dictionary<ProposalSubject, bool> unasked = [];

    private Digest(DateTimeOffset from, DateTimeOffset to) => (From, To) = (from, to);

    public DateTimeOffset From { get; private set; }

    public DateTimeOffset To { get; }

    /// <summary>Events received, of any kind.</summary>
    public int Received { get; private set; }

    /// <summary>Of them, events that are counted on no card: for information, or the end of something nobody knew.</summary>
    public long Digested { get; private set; }

    /// <summary>
    /// What happened to incidents and other things that are decided about, in the order of <see cref="Happening"/>; only what happened at
    /// all.
    /// </summary>
    public IEnumerable<(Happening What, IReadOnlyList<string> Incidents)> Happened =>
        happened.OrderBy(static pair => pair.Key).Select(static pair => (pair.Key, (IReadOnlyList<string>)pair.Value));

    /// <summary>The names of what something happened to, each as often as it did.</summary>
    public IReadOnlyList<string> For(Happening what) => happened.GetValueOrDefault(what) ?? [];

    /// <summary>
    /// What features have their entries counted as, in the order in which it happened first: ours, with the names of what it happened to,
    /// each as often as it did.
    /// </summary>
    public IEnumerable<(string As, IReadOnlyList<string> Names)> Counted =>
        counted.Select(static pair => (pair.Key, (IReadOnlyList<string>)pair.Value));

    /// <summary>Things done at a vendor that no decision allows.</summary>
    public int OutOfBand { get; private set; }

    /// <summary>Connections that went silent, in the order in which they did.</summary>
    public IReadOnlyCollection<string> Silent => silent;

    /// <summary>Something in it came from a simulation.</summary>
    public bool Simulated { get; private set; }

    /// <summary>For information only, the most frequent first.</summary>
    public IReadOnlyList<ToldOnlyHere> Information =>
        [.. information.Values.OrderByDescending(static told => told.Count).ThenByDescending(static told => told.Last)];

    private readonly SortedSet<string> silent = new(StringComparer.Ordinal);

    /// <summary>Reads what came after the mark, up to the state.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public static async Task<Digest> ReadAsync(
        ILedger ledger, TenantState state, DigestMark since, DateTimeOffset to, CancellationToken cancellationToken)
    {
        // The last one may have been posted under a clock that was ahead.
        var digest = new Digest(since.At < to ? since.At : to, to) { Digested = state.Intake.Digested - since.Digested };
        await digest.ReadAsync(ledger, state, since.Through, cancellationToken);
        return digest;
    }

    /// <summary>Reads what happened from a time on, up to the state. Of what is on no card it counts what was for information.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public static async Task<Digest> ReadAsync(
        ILedger ledger, TenantState state, DateTimeOffset from, DateTimeOffset to, CancellationToken cancellationToken)
    {
        var digest = new Digest(from, to);
        await digest.ReadAsync(ledger, state, await LastBeforeAsync(ledger, state, from, cancellationToken), cancellationToken);
        digest.Digested = digest.information.Values.Sum(static told => told.Count);
        return digest;
    }

    /// <summary>Seq of the last entry before a time; halves the ledger until it is found.</summary>
    private static async Task<long> LastBeforeAsync(
        ILedger ledger, TenantState state, DateTimeOffset from, CancellationToken cancellationToken)
    {
        var (before, after) = (0L, state.Seq + 1);
        while (after - before > 1)
        {
            var middle = before + (after - before) / 2;
            var page = await ledger.ReadAsync(state.Tenant, middle - 1, 1, cancellationToken);
            if (page.Count > 0 && page[0].At < from)
                before = middle;
            else
                after = middle;
        }
        return before;
    }

    private async Task ReadAsync(ILedger ledger, TenantState state, long through, CancellationToken cancellationToken)
    {
        const int Page = 500;
        for (var after = through; after < state.Seq;)
        {
            var page = await ledger.ReadAsync(state.Tenant, after, (int)Math.Min(Page, state.Seq - after), cancellationToken);
            if (page.Count == 0)
                break;
            foreach (var entry in page)
            {
                if (entry.Fact is ExecutionFinished finished)
                    await LookBackAsync(ledger, state, finished, cancellationToken);
                Add(entry);
                if (state.Catalog.GetCountedAs(entry) is { } name)
                    Count(name, entry.Stream);
            }
            after = page[^1].Seq;
        }
    }

    /// <summary>What ended may have been staged before this digest begins.</summary>
    private async ValueTask LookBackAsync(
        ILedger ledger, TenantState state, ExecutionFinished finished, CancellationToken cancellationToken)
    {
        if (unasked.ContainsKey(finished.About))
            return;
        var staged = state.FindProposal(finished.About) is { } here
            ? here.Staged
            : (await ledger.ReadStreamAsync(state.Tenant, finished.About.Stream, cancellationToken))
                .Select(static entry => entry.Fact).OfType<ProposalStaged>().LastOrDefault();
        unasked[finished.About] = staged is not null && IsUnasked(staged);
    }

    private void Add(LedgerEntry entry)
    {
        if (From == DateTimeOffset.MinValue)
            From = entry.At;
        switch (entry.Fact)
        {
            case EventReceived received: Add(entry.At, received); break;
            case IncidentOpened opened: Add(Happening.Opened, opened.IncidentId.Value); break;
            case ProposalStaged staged:
                unasked[staged.About] = IsUnasked(staged);
                if (staged is { About.IsIncident: false, Kind: ProposalKind.Remedy })
                    Add(Happening.AskedFor, Name(staged));
                break;
            case ProposalDecided { Complete: true } decided when For(decided.Kind) is { } what: Add(what, Name(decided)); break;
            case ProposalExpired expired: Add(Happening.Expired, Name(expired)); break;
            case ProposalEscalated escalated: Add(Happening.Escalated, Name(escalated)); break;
            case BreakGlassEscalated escalated: Add(Happening.Escalated, Name(escalated)); break;
            case ProposalWithdrawn withdrawn: Add(Happening.Withdrawn, Name(withdrawn)); break;
            case ExecutionFinished finished:
                Add(For(finished.Outcome), Name(finished));
                if (unasked[finished.About])
                    Add(Happening.Unasked, Name(finished));
                break;
            case UndoFinished { Outcome: ExecutionOutcome.Verified } undone: Add(Happening.Undone, Name(undone)); break;
            case OutOfBandChange: OutOfBand++; break;
            case ConnectionStale gone: silent.Add(gone.Connection); break;
            case ConnectionRecovered back: silent.Remove(back.Connection); break;
        }
    }

    private void Add(Happening what, string incident)
    {
        if (!happened.TryGetValue(what, out var incidents))
            happened[what] = incidents = [];
        incidents.Add(incident);
    }

    /// <summary>As in <c>CON-1042</c> or <c>loan L-1</c>.</summary>
    private static string Name(ProposalFact fact) => fact.About.ToString();

    private void Count(string countedAs, StreamId stream)
    {
        if (!counted.TryGetValue(countedAs, out var names))
            counted[countedAs] = names = [];
        names.Add(stream.Value[(stream.Value.IndexOf('/', StringComparison.Ordinal) + 1)..]);
    }

    private static bool IsUnasked(ProposalStaged staged) => staged.Terms.Level is GateLevel.L0 or GateLevel.L1;

    private static Happening? For(DecisionKind kind) => kind switch
    {
        DecisionKind.Approve or DecisionKind.ApproveWithEdits => Happening.Approved,
        DecisionKind.Reject => Happening.Rejected,
        DecisionKind.Handled => Happening.Handled,
        _ => null,
    };

    private static Happening For(ExecutionOutcome outcome) => outcome switch
    {
        ExecutionOutcome.Verified => Happening.Verified,
        ExecutionOutcome.Failed => Happening.Failed,
        ExecutionOutcome.Unknown => Happening.Unknown,
        _ => Happening.Stopped,
    };

    private void Add(DateTimeOffset at, EventReceived received)
    {
        Received++;
        Simulated |= received.Simulated;
        if (received is not { Severity: Severity.Info, Status: EventStatus.Firing })
            return;
        var key = (received.Kind, received.Device);
        if (information.TryGetValue(key, out var told) || information.Count < MaxKinds)
            information[key] = new(received.Title, (told?.Count ?? 0) + 1, at);
    }
}

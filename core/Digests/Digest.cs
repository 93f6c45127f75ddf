using DevOpsAI.Completeness;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Digests;

/// <summary>Events of one kind on one device that opened no incident.</summary>
/// <param name="Title">Of the last of them.</param>
public sealed record ToldOnlyHere(string Title, int Count, DateTimeOffset Last);

/// <summary>What happened at a tenant between two entries of its ledger: counts, and what is told nowhere else.</summary>
public sealed class Digest
{
    /// <summary>Kinds of events that are told apart; beyond them they are only counted.</summary>
    public const int MostKinds = 1_000;

    private readonly Dictionary<(string Kind, string? Device), ToldOnlyHere> information = [];

    private Digest(DateTimeOffset from, DateTimeOffset to) => (From, To) = (from, to);

    public DateTimeOffset From { get; private set; }

    public DateTimeOffset To { get; }

    /// <summary>Events received, of any kind.</summary>
    public int Received { get; private set; }

    /// <summary>Of them, events that are counted on no card: for information, or the end of something nobody knew.</summary>
    public long Digested { get; private init; }

    public int Opened { get; private set; }

    public int Approved { get; private set; }

    public int Rejected { get; private set; }

    public int Handled { get; private set; }

    public int Expired { get; private set; }

    public int Verified { get; private set; }

    public int Failed { get; private set; }

    /// <summary>Executions of which nobody knows whether they took effect.</summary>
    public int Unknown { get; private set; }

    public int Undone { get; private set; }

    /// <summary>Things done at a vendor that no decision allows.</summary>
    public int OutOfBand { get; private set; }

    /// <summary>Connections that went silent, in the order in which they did.</summary>
    public IReadOnlyCollection<string> Silent => silent;

    /// <summary>Something in it came from a simulation.</summary>
    public bool Simulated { get; private set; }

    /// <summary>For information only, the most frequent first.</summary>
    public IReadOnlyList<ToldOnlyHere> Information => [.. information.Values.OrderByDescending(static told => told.Count).ThenByDescending(static told => told.Last)];

    private readonly SortedSet<string> silent = new(StringComparer.Ordinal);

    /// <summary>Reads what came after the mark, up to the state.</summary>
    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public static async Task<Digest> ReadAsync(ILedger ledger, TenantState state, DigestMark since, DateTimeOffset to, CancellationToken cancellationToken)
    {
        const int Page = 500;
        var digest = new Digest(since.At, to) { Digested = state.Intake.Digested - since.Digested };
        for (var after = since.Through; after < state.Seq;)
        {
            var page = await ledger.ReadAsync(state.Tenant, after, (int)Math.Min(Page, state.Seq - after), cancellationToken);
            if (page.Count == 0)
                break;
            foreach (var entry in page)
                digest.Add(entry);
            after = page[^1].Seq;
        }
        return digest;
    }

    private void Add(LedgerEntry entry)
    {
        if (From == DateTimeOffset.MinValue)
            From = entry.At;
        switch (entry.Fact)
        {
            case EventReceived received: Add(entry.At, received); break;
            case IncidentOpened: Opened++; break;
            case ProposalDecided { Complete: true, Kind: DecisionKind.Approve or DecisionKind.ApproveWithEdits }: Approved++; break;
            case ProposalDecided { Complete: true, Kind: DecisionKind.Reject }: Rejected++; break;
            case ProposalDecided { Complete: true, Kind: DecisionKind.Handled }: Handled++; break;
            case ProposalExpired: Expired++; break;
            case ExecutionFinished { Outcome: ExecutionOutcome.Verified }: Verified++; break;
            case ExecutionFinished { Outcome: ExecutionOutcome.Failed or ExecutionOutcome.Stopped }: Failed++; break;
            case ExecutionFinished { Outcome: ExecutionOutcome.Unknown }: Unknown++; break;
            case UndoFinished { Outcome: ExecutionOutcome.Verified }: Undone++; break;
            case OutOfBandChange: OutOfBand++; break;
            case ConnectionSilent gone: silent.Add(gone.Connection); break;
            case ConnectionHeard back: silent.Remove(back.Connection); break;
        }
    }

    private void Add(DateTimeOffset at, EventReceived received)
    {
        Received++;
        Simulated |= received.Simulated;
        if (received is not { Severity: Severity.Info, Status: EventStatus.Firing })
            return;
        var key = (received.Kind, received.Device);
        if (information.TryGetValue(key, out var told) || information.Count < MostKinds)
            information[key] = new(received.Title, (told?.Count ?? 0) + 1, at);
    }
}

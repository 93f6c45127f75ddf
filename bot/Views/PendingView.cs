using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>A freeze that a list says of its client.</summary>
/// <param name="Client">Its name, made safe.</param>
/// <param name="Reason">As somebody typed it.</param>
internal sealed record FrozenClient(string Client, string Reason);

/// <summary>Something that is open: an incident, or what else is decided about.</summary>
/// <param name="Since">When it came up.</param>
/// <param name="Line">Makes its line of a list.</param>
internal sealed record OpenItem(Proposal Proposal, DateTimeOffset Since, bool IsSimulated, Func<IncidentLine> Line);

/// <summary>What is open for some clients, a page of it: what waits for a decision first, then what needs a look.</summary>
/// <param name="Clients">Whose it is, in words, names made safe.</param>
/// <param name="Count">On all pages.</param>
/// <param name="Lines">Of this page.</param>
/// <param name="Page">0-based.</param>
internal sealed record PendingView(string Clients, int Count, IReadOnlyList<IncidentLine> Lines, int Page, int Pages)
{
    private const int PerPage = 10;
    private const int MaxNamed = 8;
    private const int MaxFrozen = 5;

    public IReadOnlyList<FrozenClient> Frozen { get; init; } = [];

    /// <summary>Some of all that is open is simulated.</summary>
    public bool IsPartlySimulated { get; init; }

    /// <summary>Whose incidents are not among these although the reader might expect it; null when all are.</summary>
    public string? LeftOut { get; init; }

    /// <summary>What was asked for by name, and a next page asks for again; null for all that there is here.</summary>
    public string? AskedFor { get; init; }

    /// <param name="page">Out of range means the nearest.</param>
    /// <param name="subjects">Knows what else than incidents is decided about; null for nothing.</param>
    public static PendingView For(
        IReadOnlyList<(Tenant Tenant, TenantState State)> clients, DateTimeOffset now, int page = 0, SubjectViews? subjects = null)
    {
        var all = clients.SelectMany(pair => Open(pair.Tenant, pair.State, now, subjects)).ToList();
        if (clients.Count > 1)
            all.Sort(static (left, right) => ByUrgency(left, right));
        var names = string.Join(", ", clients.Take(MaxNamed).Select(static pair => SanitizedText.Name(pair.Tenant.Name, 40)));
        var more = clients.Count > MaxNamed ? $" and {clients.Count - MaxNamed} more" : "";
        var pages = Math.Max(1, (all.Count + PerPage - 1) / PerPage);
        var shown = Math.Clamp(page, 0, pages - 1);
        var lines = all.Skip(shown * PerPage).Take(PerPage).Select(static open => open.Line());
        return new(names + more, all.Count, [.. lines], shown, pages)
        {
            Frozen = [.. clients.Where(static pair => pair.State.Freeze is not null).Take(MaxFrozen)
                .Select(static pair => new FrozenClient(SanitizedText.Name(pair.Tenant.Name, 60), pair.State.Freeze!.Reason))],
            IsPartlySimulated = all.Exists(static open => open.IsSimulated),
        };
    }

    /// <summary>What of a client is open, the most urgent first.</summary>
    /// <param name="subjects">Knows what else than incidents is decided about; null for nothing.</param>
    public static List<OpenItem> Open(Tenant tenant, TenantState state, DateTimeOffset now, SubjectViews? subjects)
    {
        var open = state.Incidents.Values.Where(IsPending)
            .Select(incident => new OpenItem(
                incident.Proposal, incident.OpenedAt, incident.Simulated, () => IncidentLine.For(tenant, incident, now)))
            .ToList();
        foreach (var proposal in state.Proposals.All.Values.Where(static proposal => proposal.IsPending))
        {
            if (subjects?.New(state, proposal) is { } view)
                open.Add(new(
                    proposal, proposal.StagedAt, proposal.Simulated, () => IncidentLine.For(tenant, proposal, view.Title, now)));
        }
        open.Sort(ByUrgency);
        return open;
    }

    private static int ByUrgency(OpenItem left, OpenItem right) => (right.Proposal.IsUndecided, right.Proposal.Severity, left.Since)
        .CompareTo((left.Proposal.IsUndecided, left.Proposal.Severity, right.Since));

    private static bool IsPending(Incident incident) =>
        incident.IsOpen || incident.IsUndecided || incident.OpenGlass is not null
            || incident.Phase is ProposalPhase.Executing or ProposalPhase.Undoing;
}

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What is open for the clients that a person may ask about here: what waits for a decision first, then what needs a look.</summary>
public static class PendingCard
{
    private const int PerPage = 10;

    /// <param name="leftOut">Whose incidents are not among these although the person might expect it; null when all are.</param>
    /// <param name="page">0-based; out of range means the nearest.</param>
    /// <param name="client">What was asked for by name; null for all that there is here.</param>
    public static OutgoingJson Build(
        IReadOnlyList<(Tenant Tenant, TenantState State)> tenants, DateTimeOffset now, string? leftOut = null, int page = 0, string? client = null)
    {
        var all = tenants.SelectMany(pair => Open(pair.State).Select(incident => (pair.Tenant, Incident: incident))).ToList();
        if (tenants.Count > 1)
            all.Sort(static (left, right) => ByUrgency(left.Incident, right.Incident));
        var names = string.Join(", ", tenants.Take(8).Select(pair => CardText.Name(pair.Tenant.Name, 40))) + (tenants.Count > 8 ? $" and {tenants.Count - 8} more" : "");
        List<OutgoingJson> body = [Rich(null, new(all.Count == 0 ? "Nothing is waiting" : $"{all.Count} open", Bold: true, Size: "Medium"), new($" for {names}", 500))];
        if (leftOut is not null)
            body.Add(Rich("Small", new TextRun(leftOut, Tone: Tone.Attention)));
        if (all.Exists(static pending => pending.Incident.Simulated))
            body.Add(PartlySimulated());
        foreach (var tenant in tenants.Where(pair => pair.State.Freeze is not null).Take(5))
            body.Add(Rich("Small", new($"{CardText.Name(tenant.Tenant.Name, 60)} is frozen: ", Bold: true, Tone: Tone.Attention), new(tenant.State.Freeze!.Reason, 120)));
        var pages = Math.Max(1, (all.Count + PerPage - 1) / PerPage);
        var shown = Math.Clamp(page, 0, pages - 1);
        body.AddRange(all.Skip(shown * PerPage).Take(PerPage).Select(pending => Columns(
            ("stretch", Line(pending.Tenant, pending.Incident, now)),
            ("auto", ActionSet([CardActions.Execute("Show", Verb.Show, new() { ["incident"] = pending.Incident.Id, ["tenant"] = pending.Tenant.Id.Value })])))));
        if (pages > 1)
            body.Add(Text($"Page {shown + 1} of {pages}", subtle: true));
        return Card.Frame(body, Navigation(shown, pages, client), $"{all.Count} open");
    }

    private static IEnumerable<OutgoingJson> Navigation(int page, int pages, string? client)
    {
        if (page + 1 < pages)
            yield return Page(page + 1, client, "Next page");
        if (page > 0)
            yield return Page(page - 1, client, "Previous page");
    }

    private static OutgoingJson Page(int page, string? client, string title)
    {
        var data = new OutgoingJson { ["page"] = page };
        Put(data, "client", client);
        return CardActions.Execute(title, Verb.Pending, data);
    }

    internal static OutgoingJson PartlySimulated() => Rich("Small", new TextRun("Some of these are SIMULATION (Sandbox)", Bold: true, Tone: Tone.Accent));

    /// <summary>A client's open incidents, the most urgent first.</summary>
    internal static List<Incident> Open(TenantState state)
    {
        var open = state.Incidents.Values.Where(IsPending).ToList();
        open.Sort(ByUrgency);
        return open;
    }

    private static int ByUrgency(Incident left, Incident right) =>
        (right.IsUndecided, right.Severity, left.OpenedAt).CompareTo((left.IsUndecided, left.Severity, right.OpenedAt));

    private static bool IsPending(Incident incident) => incident.IsOpen || incident.IsUndecided || incident.OpenGlass is not null || incident.Phase is ProposalPhase.Executing or ProposalPhase.Undoing;

    internal static OutgoingJson Line(Tenant tenant, Incident incident, DateTimeOffset now)
    {
        var (word, tone) = Phrases.Of(incident);
        var until = incident.Phase == ProposalPhase.Waiting && incident.Proposal.ExpiresAt is { } expires && expires > now ? expires : (DateTimeOffset?)null;
        List<TextRun> runs =
        [
            new(incident.Id, Bold: true, Mono: true),
            new(" "),
            new(incident.Title, 100),
            new($" · {CardText.Name(tenant.Name, 40)} · {incident.Severity.ToString().ToLowerInvariant()} · ", Subtle: true),
            new(until is { } end ? $"{word}, {Phrases.Span(end - now)} left, until " : word, Tone: tone, Bold: true),
        ];
        if (until is { } at)
            runs.Add(TextRun.At(at, bold: true, tone: tone));
        if (incident.OpenGlass is { } broken)
            runs.Add(new($", {broken.Missing} to confirm", Tone: tone, Bold: true));
        return Rich("Small", [.. runs]);
    }
}

using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>Several incidents of one client in one message, the worst first, each with a button that brings its card.</summary>
internal static class ListCard
{
    private const int MaxLines = 10;

    /// <param name="headline">Ours, as in <c>19 open for Contoso Ltd</c>; names in it made safe.</param>
    public static OutgoingJson Build(Tenant tenant, IEnumerable<Incident> incidents, string headline, string hint, DateTimeOffset now)
    {
        var all = incidents.OrderByDescending(static incident => incident.Severity).ThenBy(static incident => incident.OpenedSeq).ToList();
        List<OutgoingJson> body =
            [Rich(null, new TextRun(headline, 200, Bold: true, Size: "Medium")), Rich("Small", new TextRun(hint, 200, Subtle: true))];
        if (all.Exists(static incident => incident.Simulated))
            body.Add(IncidentLines.PartlySimulated());
        body.AddRange(all.Take(MaxLines).Select(incident => IncidentLines.WithButton(IncidentLine.For(tenant, incident, now))));
        if (all.Count > MaxLines)
            body.Add(Text($"and {all.Count - MaxLines} more: say *pending {tenant.Id.Value}*.", subtle: true));
        return Card.Frame(body, summary: headline);
    }
}

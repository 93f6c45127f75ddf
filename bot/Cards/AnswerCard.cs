using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>The answer to a question about several incidents: the latest first, each with what was done and a button that brings its card.</summary>
internal static class AnswerCard
{
    private const int Most = 10;

    /// <param name="headline">Ours, with names in it made safe.</param>
    /// <param name="withPlan">Says what was carried out too.</param>
    public static OutgoingJson Build(
        string headline, IEnumerable<(Tenant Tenant, Incident Incident)> incidents, DateTimeOffset now, string? hint = null, bool withPlan = false)
    {
        var all = incidents.OrderByDescending(static pair => pair.Incident.OpenedAt).ToList();
        List<OutgoingJson> body = [Rich(null, new TextRun(headline, 200, Bold: true, Size: "Medium"))];
        if (hint is not null)
            body.Add(Rich("Small", new TextRun(hint, 200, Subtle: true)));
        if (all.Exists(static pair => pair.Incident.Simulated))
            body.Add(PendingCard.PartlySimulated());
        foreach (var (tenant, incident) in all.Take(Most))
        {
            body.Add(Columns(
                ("stretch", PendingCard.Line(tenant, incident, now)),
                ("auto", ActionSet([CardActions.Execute("Show", Verb.Show, new() { ["incident"] = incident.Id, ["tenant"] = tenant.Id.Value })]))));
            if (What(incident, withPlan) is { } what)
                body.Add(Rich("None", [.. Runs(what, new(null, 300, Subtle: true))]));
        }
        if (all.Count > Most)
            body.Add(Text($"and {all.Count - Most} more.", subtle: true));
        return Card.Frame(body, summary: headline);
    }

    private static Wording? What(Incident incident, bool withPlan)
    {
        if (incident.Execution is not { } run)
            return $"Reported {incident.OpenedAt}, nothing carried out.";
        var steps = string.Join(", ", run.Plan.Steps.Take(3).Select(WhyStory.Title));
        var how = run.Outcome is null ? "running" : run.Summary;
        if (!withPlan && run.Outcome is null)
            return null;
        return $"{run.StartedAt}: {steps} – {how}";
    }
}

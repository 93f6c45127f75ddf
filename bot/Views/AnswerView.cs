using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>The answer to a question about several incidents.</summary>
/// <param name="Headline">Ours, with names in it made safe.</param>
/// <param name="Incidents">The latest first.</param>
/// <param name="More">How many more there are.</param>
internal sealed record AnswerView(string Headline, IReadOnlyList<AnswerLine> Incidents, int More)
{
    private const int MaxLines = 10;

    public string? Hint { get; init; }

    /// <summary>Some of all that there are is simulated.</summary>
    public bool IsPartlySimulated { get; init; }

    /// <param name="withPlan">Says what is being carried out too.</param>
    public static AnswerView For(
        string headline, IEnumerable<(Tenant Tenant, Incident Incident)> incidents, DateTimeOffset now, bool withPlan = false)
    {
        var all = incidents.OrderByDescending(static pair => pair.Incident.OpenedAt).ToList();
        var shown = all.Take(MaxLines)
            .Select(pair => new AnswerLine(IncidentLine.For(pair.Tenant, pair.Incident, now), Done(pair.Incident, withPlan)))
            .ToList();
        return new(headline, shown, all.Count - shown.Count) { IsPartlySimulated = all.Exists(static pair => pair.Incident.Simulated) };
    }

    private static Wording? Done(Incident incident, bool withPlan)
    {
        if (incident.Execution is not { } run)
            return $"Reported {incident.OpenedAt}, nothing carried out.";
        if (!withPlan && run.Outcome is null)
            return null;
        var steps = string.Join(", ", run.Plan.Steps.Take(3).Select(WhyTimeline.Title));
        return $"{run.StartedAt}: {steps} – {(run.Outcome is null ? "running" : run.Summary)}";
    }
}

/// <param name="Done">What was carried out, with outside text in it; null where the line says enough.</param>
internal sealed record AnswerLine(IncidentLine Incident, Wording? Done);

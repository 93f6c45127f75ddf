using DevOpsAI.Bot.Teams;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What, where, whose, how bad, and until when.</summary>
internal static class HeaderSection
{
    public const string SimulationLabel = "SIMULATION – Sandbox, nothing real is touched";
    public const string LocalModeLabel = "Local mode: everybody is administrator";

    public static IEnumerable<OutgoingJson> Of(IncidentView view, Measure measure)
    {
        if (view.Notice is not null)
            yield return Container([Rich(null, new TextRun(view.Notice, measure.Long, Bold: true))], Tone.Accent);
        yield return Title(view, measure.Short);
        if (Labels(view) is { } labels)
            yield return labels;
        if (view.Freeze is { } freeze && view.Incident.IsOpen)
        {
            yield return Container(
                [Rich(null, new("Frozen", Bold: true), new($" by {CardText.Name(Phrases.Who(freeze.By))} since {Phrases.Time(freeze.At)}: nothing of this client is approved or runs. "), new($"Reason: {freeze.Reason}", measure.Short))],
                Tone.Attention);
        }
        if (view.PlannedFreeze is { } planned && view.Incident.IsOpen)
        {
            yield return Container(
                [Rich(null, new("Frozen", Bold: true), new($" as planned until {Phrases.Time(planned.During.Ends)}: nothing of this client is approved or runs. "), new($"Reason: {planned.Name}", measure.Short))],
                Tone.Attention);
        }
        foreach (var broken in view.Incident.BrokenGlasses.Where(broken => !broken.IsConfirmed))
            yield return Glass(broken, measure);
        yield return Facts(FactsOf(view, measure));
        if (Deadline(view) is { } deadline)
            yield return deadline;
    }

    private static OutgoingJson Glass(BrokenGlass broken, Measure measure) => Container(
        [
            Rich(
                null,
                new("Glass broken", Bold: true),
                new($" by {CardText.Name(Phrases.Who(broken.By))}, {Phrases.Time(broken.At)}: approved alone, at once. "),
                new($"Reason: {broken.Reason}", measure.Long)),
            Rich("Small", new TextRun(
                $"{broken.Missing} more to confirm until {Phrases.Time(broken.Owed.DueAt)}{(broken.Escalation is { } why ? $". Escalated: {why}" : ".")}", measure.Long, Bold: true)),
        ],
        Tone.Attention);

    public static OutgoingJson Title(IncidentView view, int max)
    {
        var (word, tone) = Phrases.Of(view.Incident);
        return Container(
            [
                Columns(
                    ("auto", Rich(null, new(view.Incident.Id, Bold: true, Subtle: true), new("  "), new(view.Incident.Severity.ToString(), Bold: true, Tone: Phrases.Of(view.Incident.Severity)))),
                    ("stretch", Badge(word, tone))),
                Rich("Small", new TextRun(view.Incident.Title, max, Bold: true, Size: "Large")),
            ],
            tone);
    }

    public static OutgoingJson? Labels(IncidentView view)
    {
        List<TextRun> runs = [];
        if (view.Incident.Simulated)
            runs.Add(new(SimulationLabel, Bold: true, Tone: Tone.Accent));
        if (view.EverybodyIsAdministrator)
            runs.Add(new((runs.Count > 0 ? " · " : "") + LocalModeLabel, Subtle: true));
        return runs.Count == 0 ? null : Rich("Small", [.. runs]);
    }

    private static IEnumerable<(string, string)> FactsOf(IncidentView view, Measure measure)
    {
        var incident = view.Incident;
        yield return Fact("Client", $"**{CardText.Name(view.Tenant.Name, measure.Short)}**");
        if (incident.Opened.Scope != IncidentScope.One)
            yield return Fact("Storm", $"{Storm(incident, measure)}");
        else if (incident.Opened.Device is { } device)
            yield return Fact(Phrases.Thing(incident), $"{CardText.Name(device, measure.Short)}");
        yield return Fact("What", $"{What(view),500}");
        if (Reported(incident) is { } reported)
            yield return Fact("Reported", $"{reported,240}");
        if (incident.Draft is { } draft && draft.Plan.Steps.Count > 0)
            yield return Fact("Risk", $"{draft.Risk}");
        if (incident.Staged is { } staged)
        {
            yield return Fact("Level", $"{Phrases.Gate(staged.Terms)}");
            if (view.Deciders is { } deciders)
                yield return Fact("May decide", $"{deciders,200}");
        }
    }

    private static string What(IncidentView view)
    {
        var incident = view.Incident;
        var first = incident.RecentEvents.IsEmpty ? incident.OpenedAt : Earliest(incident);
        var last = incident.RecentEvents.IsEmpty ? incident.OpenedAt : incident.RecentEvents.Max(recent => recent.Event.OccurredAt);
        var resolved = incident.EventCount > 0 && incident.FiringAlerts.IsEmpty ? ", the source says it ended" : "";
        if (incident.Opened.Scope != IncidentScope.One)
            return $"{CardText.Plain(incident.Opened.Kind, 120)}, first {Phrases.Time(first)}, last {Phrases.Clock(last, first)}{resolved}";
        return incident.EventCount < 2
            ? $"{CardText.Plain(incident.Opened.Kind, 120)} at {Phrases.Time(first)}{resolved}"
            : $"{CardText.Plain(incident.Opened.Kind, 120)}: {Phrases.Events(incident.EventCount)}, first {Phrases.Time(first)}, last {Phrases.Clock(last, first)}{resolved}";
    }

    /// <summary>What the source said beside the title, last.</summary>
    private static string? Reported(Incident incident) => incident.RecentEvents.Select(recent => recent.Event)
        .LastOrDefault(received => received.Status == EventStatus.Firing && received.Description is { Length: > 0 } said && said != incident.Title)?.Description;

    private static DateTimeOffset Earliest(Incident incident)
    {
        var earliest = incident.RecentEvents.Min(recent => recent.Event.OccurredAt);
        return incident.EventCount > incident.RecentEvents.Length && incident.OpenedAt < earliest ? incident.OpenedAt : earliest;
    }

    private static string Storm(Incident incident, Measure measure)
    {
        var named = incident.Devices.Order(StringComparer.OrdinalIgnoreCase).Take(measure.Items).Select(name => CardText.Name(name, 40));
        var more = incident.Devices.Count - Math.Min(incident.Devices.Count, measure.Items);
        var scope = incident.Opened.Scope == IncidentScope.Cause ? "one cause" : "the whole client";
        return $"{Phrases.Events(incident.EventCount)} of {scope} on {incident.Devices.Count} {(Phrases.Thing(incident) == "User" ? "users" : "devices")}: {string.Join(", ", named)}{(more > 0 ? $" and {more} more" : "")}";
    }

    /// <summary>Until when, in the reader's own time; a text block, because clients work out dates in those. No time left: a card is read long after it was drawn.</summary>
    private static OutgoingJson? Deadline(IncidentView view) => view.Incident switch
    {
        { Phase: IncidentPhase.Snoozed, SnoozedUntil: { } until } => Text($"**Asks again** {until}", spacing: "Small"),
        { Phase: IncidentPhase.Waiting, Staged.Terms.ExpiresAt: var until } when until > view.Now => Text($"**Decide by** {until}", spacing: "Small"),
        { Phase: IncidentPhase.Waiting, Staged.Terms.ExpiresAt: var until } => Text($"**Time is over** since {until}", spacing: "Small"),
        _ => null,
    };
}

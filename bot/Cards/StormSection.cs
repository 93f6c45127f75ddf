using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What a storm gathers, by kind and device, the worst first and with counts; then what has a card of its own beside it.</summary>
internal static class StormSection
{
    private const int MaxBeside = 5;

    public static IEnumerable<OutgoingJson> For(IncidentView view, Measure measure)
    {
        var parts = view.Incident.Parts;
        if (view.Incident.Opened.Scope == IncidentScope.One || parts.ByKey.IsEmpty)
            yield break;
        var kinds = parts.WorstFirst.GroupBy(static part => part.Kind, StringComparer.OrdinalIgnoreCase).ToList();
        foreach (var kind in kinds.Take(measure.Items))
            yield return Line([.. kind], view.Incident, measure);
        if (kinds.Count > measure.Items || parts.LeftOut > 0)
        {
            var events = kinds.Skip(measure.Items).SelectMany(static kind => kind).Sum(static part => part.Events) + parts.LeftOut;
            yield return Text(
                $"and {Labels.Events(events)} of {(kinds.Count - measure.Items is var more and > 0 ? $"{more} more "
                + $"kinds" : "further devices")}", subtle: true);
        }
        if (view.Beside.Count == 0)
            yield break;
        yield return Rich("Small", new TextRun("With cards of their own:", Bold: true));
        foreach (var beside in view.Beside.Take(MaxBeside))
        {
            var data = new OutgoingJson { [CardData.Incident] = beside.Id.Value, ["tenant"] = view.Tenant.Id.Value };
            yield return Columns(
                ("stretch", Rich(
                    null,
                    new($"{beside.Id} ", Bold: true, Mono: true),
                    new($"{beside.Severity.ToString().ToLowerInvariant()} ", Tone: Labels.For(beside.Severity)),
                    new(beside.Title, measure.Short))),
                ("auto", ActionSet([CardActions.Execute("Show", Verb.Show, data)])));
        }
        if (view.Beside.Count > MaxBeside)
            yield return Text($"and {view.Beside.Count - MaxBeside} more: say *pending*.", subtle: true);
    }

    private static OutgoingJson Line(List<StormPart> parts, Incident incident, Measure measure)
    {
        var worst = parts.Max(static part => part.Severity);
        var named = parts.Where(static part => part.Device is not null).Take(measure.Items)
            .Select(static part => CardText.Name(part.Device!, 40)).ToList();
        var devices = parts.Count(static part => part.Device is not null);
        var more = devices - named.Count;
        var where = named.Count == 0
            ? ""
            : $" {(parts.TrueForAll(static part => part.IsUser) ? "for" : "on")} {string.Join(", ", named)}{(more > 0 ? $" and "
                + $"{more} more" : "")}";
        var ended = parts.TrueForAll(static part => part.Firing == 0) ? ", ended" : "";
        // Where all of it is, the heading says so.
        var simulated = incident.IsPartlySimulated && parts.TrueForAll(static part => part.Simulated) ? ", simulation" : "";
        return Rich(
            "Small",
            new($"{worst.ToString().ToLowerInvariant()} ", Bold: true, Tone: Labels.For(worst)),
            new(parts[0].Kind, 60, Bold: true),
            new($" ×{parts.Sum(static part => part.Events)}{where}{ended}{simulated}", measure.Long));
    }
}

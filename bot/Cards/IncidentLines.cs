using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>Incidents, and what else is decided about, as lines of a list.</summary>
internal static class IncidentLines
{
    public static OutgoingJson Line(IncidentLine line)
    {
        var time = line.Until is null ? "" : $", {Labels.Span(line.Left)} left, until ";
        List<TextRun> runs =
        [
            new(line.Id, Bold: true, Mono: true),
            new(" "),
            new(line.Title, 100),
            new($" · {line.Client} · {line.Severity.ToString().ToLowerInvariant()} · ", Subtle: true),
            new(line.Word + time, Tone: line.Tone, Bold: true),
        ];
        if (line.Until is { } until)
            runs.Add(TextRun.At(until, bold: true, tone: line.Tone));
        if (line.MissingConfirmations is { } missing)
            runs.Add(new($", {missing} to confirm", Tone: line.Tone, Bold: true));
        return Rich("Small", [.. runs]);
    }

    /// <summary>The line, and a button that brings its card.</summary>
    public static OutgoingJson WithButton(IncidentLine line)
    {
        var data = new OutgoingJson
        {
            [line.Subject.IsIncident ? CardData.Incident : CardData.Subject] = line.Subject.Text, ["tenant"] = line.Tenant.Value,
        };
        return Columns(("stretch", Line(line)), ("auto", ActionSet([CardActions.Execute("Show", Verb.Show, data)])));
    }

    public static OutgoingJson PartlySimulated() =>
        Rich("Small", new TextRun("Some of these are SIMULATION (Sandbox)", Bold: true, Tone: Tone.Accent));
}

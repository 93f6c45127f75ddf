using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// That the same alert came from the same device before, how often, and what became of it the last time: whoever has done the same thing
/// three times looks for the cause. In sight where the words leave room for it; with what was done in the details always.
/// </summary>
internal static class SeenBefore
{
    private const int MaxWords = 60;

    /// <summary>
    /// One line for the first screen, without what became of it where that would be a word too many beside what is in sight; null the first
    /// time, or where even that would.
    /// </summary>
    public static OutgoingJson? InSight(IncidentView view, IEnumerable<OutgoingJson> beside)
    {
        if (view.Before.Count == 0)
            return null;
        var room = MaxWords - WordCount.InSight(beside);
        return new[] { $"{Times(view)}{Last(view)}.", $"{Times(view)}." }
            .Select(static line => Rich("Small", new TextRun(line, Bold: true)))
            .FirstOrDefault(line => WordCount.InSight([line]) <= room);
    }

    /// <summary>The same with what was done, and the incident to look it up in; null the first time.</summary>
    public static OutgoingJson? InDetails(IncidentView view)
    {
        if (view.Before is not [.., var last])
            return null;
        List<TextRun> runs = [new($"{Times(view)}.", Bold: true), new($" Last: {last.IncidentId}, "), TextRun.At(last.OpenedAt)];
        if (last.Done is { } done)
            runs.Add(new($". Done: {done}", 200));
        runs.Add(new($"{Last(view)}."));
        return Rich("Small", [.. runs]);
    }

    private static string Times(IncidentView view)
    {
        var times = view.Before.Count + 1;
        return times > Occurrences.MaxOfOne ? $"More than {Occurrences.MaxOfOne} times in 30 days" : $"{Ordinal(times)} time in 30 days";
    }

    private static string Last(IncidentView view)
    {
        var last = view.Before[^1];
        var held = last.EndedAt is { } ended && ended <= view.Incident.OpenedAt
            ? $" held {Labels.Span(view.Incident.OpenedAt - ended)}"
            : "";
        return last.ClosedReason switch
        {
            "verified" => held.Length > 0 ? $"; the last fix{held}" : "",
            "handled" => held.Length > 0 ? $"; what a person did{held}" : "",
            Occurrences.TakenBack => "; what was done the last time was taken back",
            "rejected" => "; rejected the last time",
            ClosedReasons.Resolved => "; it ended by itself the last time",
            _ => "",
        };
    }

    private static string Ordinal(int number) => (number % 10, number % 100) switch
    {
        (1, not 11) => $"{number}st",
        (2, not 12) => $"{number}nd",
        (3, not 13) => $"{number}rd",
        _ => $"{number}th",
    };
}

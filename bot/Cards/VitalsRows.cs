using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards;

/// <summary>What a connection lives on, in the rows below its name; nothing of what is not known.</summary>
internal static class VitalsRows
{
    public static IEnumerable<OutgoingJson> For(ConnectionLine line)
    {
        List<TextRun> seen = [.. Calls(line.Vitals.Calls), .. Budget(line.Vitals.Budget)];
        if (seen.Count > 0)
            yield return Rich("None", [new("seen by this instance of the bot: ", Subtle: true), .. seen.Skip(1)]);
        foreach (var expiry in line.Vitals.Expiries ?? [])
        {
            var tone = line.Due.Contains(expiry) ? Tone.Warning : Tone.Default;
            List<TextRun> runs =
            [
                new($"{expiry.What} until ", 80, Subtle: tone == Tone.Default, Tone: tone),
                TextRun.At(expiry.At, subtle: tone == Tone.Default, tone: tone),
            ];
            if (expiry.WarnBefore is null)
                runs.Add(new(", renewed by itself", Subtle: true));
            yield return Rich("None", [.. runs]);
        }
    }

    /// <summary>Each with what parts it from the one before.</summary>
    private static IEnumerable<TextRun> Calls(RecentCalls? calls)
    {
        if (calls is null)
            yield break;
        yield return new(" · ", Subtle: true);
        if (calls.LastAnswered is { } at)
        {
            yield return new("last answer ", Subtle: true);
            yield return TextRun.At(at, subtle: true);
        }
        else
        {
            yield return new("no answer yet", Subtle: true);
        }
        yield return new(" · ", Subtle: true);
        yield return new($"{calls.Failed} of the last {calls.Count} calls failed", Subtle: true);
    }

    private static IEnumerable<TextRun> Budget(CallBudget? budget)
    {
        if (budget is null)
            yield break;
        yield return new(" · ", Subtle: true);
        yield return new($"{budget.Left} of {budget.Of} calls left in {Span(budget.Per)}", Subtle: true);
    }

    private static string Span(TimeSpan per) => per switch
    {
        { TotalHours: >= 1 } => Count(per.TotalHours, "hour"),
        { TotalMinutes: >= 1 } => Count(per.TotalMinutes, "minute"),
        _ => Count(per.TotalSeconds, "second"),
    };

    private static string Count(double count, string of) => count == 1 ? $"1 {of}" : $"{count:0.#} {of}s";
}

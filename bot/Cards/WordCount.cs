using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// How many words somebody reads on elements before anything is pressed: texts, and titles of buttons. A sign alone is no word.
/// </summary>
internal static class WordCount
{
    private static readonly string[] Inside = ["items", "columns", "rows", "cells", "actions"];

    public static int InSight(IEnumerable<OutgoingJson> elements) => elements.Sum(InSight);

    private static int InSight(OutgoingJson element)
    {
        if (element["isVisible"].IsFalse)
            return 0;
        return element["type"].Text switch
        {
            "RichTextBlock" => For(string.Concat(element["inlines"].Objects.Select(static run => run["text"].Text))),
            "TextBlock" or "Badge" => For(element["text"].Text),
            "FactSet" => element["facts"].Objects.Sum(static fact => For(fact["title"].Text) + For(fact["value"].Text)),
            { } type when type.StartsWith("Action.", StringComparison.Ordinal) => For(element["title"].Text),
            _ => Inside.Sum(name => InSight(element[name].Objects)),
        };
    }

    private static int For(string? text)
    {
        var words = 0;
        foreach (var range in text.AsSpan().SplitAny(" \t\r\n"))
            words += For(text.AsSpan()[range]);
        return words;
    }

    /// <summary>A client writes a time of day in up to two words: 7:00 AM.</summary>
    private static int For(ReadOnlySpan<char> word)
    {
        if (word.StartsWith("{{TIME(", StringComparison.Ordinal))
            return 2;
        foreach (var letter in word)
        {
            if (char.IsLetterOrDigit(letter))
                return 1;
        }
        return 0;
    }
}

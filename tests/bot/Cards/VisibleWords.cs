using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace DevOpsAI.Tests.Cards;

/// <summary>
/// What a reader sees of a card before anything is pressed: texts and the titles of buttons, without what is folded away.
/// </summary>
internal static partial class VisibleWords
{
    public static string For(JsonNode card) => string.Join(' ', In(card["body"]).Concat(In(card["actions"])));

    /// <summary>A sign alone, as between two words, is none.</summary>
    public static int Count(string text) =>
        text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Count(static word => word.Any(char.IsLetterOrDigit));

    private static IEnumerable<string> In(JsonNode? node)
    {
        if (node is JsonArray array)
            return array.SelectMany(In);
        if (node is not JsonObject element || element["isVisible"]?.GetValue<bool>() == false)
            return [];
        var type = (string?)element["type"] ?? "";
        if (type.StartsWith("Action.", StringComparison.Ordinal))
            return [(string)element["title"]!];
        if (type == "RichTextBlock")
            return [WithDates(string.Concat(element["inlines"]!.AsArray().Select(run => (string)run!["text"]!)))];
        if (type is "TextBlock" or "Badge")
            return [WithDates((string)element["text"]!).Replace("*", "", StringComparison.Ordinal)];
        if (type == "FactSet")
            return element["facts"]!.AsArray().SelectMany(fact => new[] { (string)fact!["title"]!, WithDates((string)fact["value"]!) });
        return new[] { "items", "columns", "rows", "cells", "actions" }.SelectMany(name => In(element[name]));
    }

    /// <summary>As a client writes them; it may be any instant.</summary>
    private static string WithDates(string text) => Dates().Replace(Times().Replace(text, "7:00 AM"), "11/21/2026");

    [GeneratedRegex(@"\{\{DATE\([^)]*\)\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dates();

    [GeneratedRegex(@"\{\{TIME\([^)]*\)\}\}", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Times();
}

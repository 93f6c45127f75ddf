using System.Text.Json.Nodes;

namespace DevOpsAI.Bot.Cards;

internal enum Tone { Default, Accent, Good, Warning, Attention }

/// <summary>A piece of literal text. The text is outside text unless proven otherwise, so it always passes <see cref="CardText.Plain"/>.</summary>
internal readonly record struct TextRun(
    string? Text, int Max = 300, bool Bold = false, bool Mono = false, bool Subtle = false, Tone Tone = Tone.Default, string? Size = null, bool Lines = false);

/// <summary>The elements of Adaptive Cards 1.5 that our cards are made of, as JSON. Extensions carry a 1.5 fallback.</summary>
internal static class CardElements
{
    public static JsonObject Text(
        CardMarkdown text, string? size = null, bool bold = false, bool subtle = false, Tone tone = Tone.Default, string? spacing = null)
    {
        var block = Element("TextBlock", spacing);
        block["text"] = text.ToString();
        block["wrap"] = true;
        Put(block, "size", size);
        Put(block, "weight", bold ? "Bolder" : null);
        Put(block, "color", tone == Tone.Default ? null : tone.ToString());
        if (subtle)
            block["isSubtle"] = true;
        return block;
    }

    /// <summary>Text shown literally: no Markdown, no HTML, no mention.</summary>
    public static JsonObject Rich(string? spacing, params ReadOnlySpan<TextRun> runs)
    {
        var inlines = new JsonArray();
        foreach (var run in runs)
        {
            var text = CardText.Plain(run.Text, run.Max, run.Lines);
            if (text.Length == 0)
                continue;
            var inline = new JsonObject { ["type"] = "TextRun", ["text"] = text };
            Put(inline, "weight", run.Bold ? "Bolder" : null);
            Put(inline, "fontType", run.Mono ? "Monospace" : null);
            Put(inline, "size", run.Size);
            Put(inline, "color", run.Tone == Tone.Default ? null : run.Tone.ToString());
            if (run.Subtle)
                inline["isSubtle"] = true;
            inlines.Add(inline);
        }
        if (inlines.Count == 0)
            inlines.Add(new JsonObject { ["type"] = "TextRun", ["text"] = " " });
        var block = Element("RichTextBlock", spacing);
        block["inlines"] = inlines;
        return block;
    }

    public static JsonObject Facts(IEnumerable<(string Title, string Value)> facts)
    {
        var set = Element("FactSet", null);
        set["facts"] = new JsonArray([.. facts.Select(fact => new JsonObject { ["title"] = fact.Title, ["value"] = fact.Value })]);
        return set;
    }

    /// <summary>A fact; the title is ours, the value is Markdown with the outside parts escaped.</summary>
    public static (string Title, string Value) Fact(string title, CardMarkdown value) => (title, value.ToString());

    public static JsonObject Container(IEnumerable<JsonNode> items, Tone? style = null, bool emphasis = false, string? id = null, bool visible = true, string? spacing = null)
    {
        var container = Element("Container", spacing);
        Put(container, "id", id);
        Put(container, "style", emphasis ? "emphasis" : style?.ToString().ToLowerInvariant());
        if (!visible)
            container["isVisible"] = false;
        container["items"] = Array(items);
        return container;
    }

    public static JsonObject Columns(params ReadOnlySpan<(string Width, JsonNode Item)> columns)
    {
        var all = new JsonArray();
        foreach (var (width, item) in columns)
        {
            all.Add(new JsonObject
            {
                ["type"] = "Column", ["width"] = width, ["verticalContentAlignment"] = "Center", ["items"] = new JsonArray(item),
            });
        }
        var set = Element("ColumnSet", null);
        set["columns"] = all;
        return set;
    }

    /// <summary>A table of literal text; the first row is the heading.</summary>
    public static JsonObject Table(IReadOnlyList<int> widths, IEnumerable<IReadOnlyList<TextRun>> rows)
    {
        var table = Element("Table", null);
        table["columns"] = new JsonArray([.. widths.Select(width => new JsonObject { ["width"] = width })]);
        table["rows"] = new JsonArray([.. rows.Select(row => new JsonObject
        {
            ["type"] = "TableRow",
            ["cells"] = new JsonArray([.. row.Select(cell => new JsonObject { ["type"] = "TableCell", ["items"] = new JsonArray(Rich(null, cell)) })]),
        })]);
        return table;
    }

    /// <summary>A coloured word on the right; clients without badges show it as bold text.</summary>
    public static JsonObject Badge(string ours, Tone tone)
    {
        var badge = Element("Badge", null);
        badge["text"] = ours;
        badge["appearance"] = "Tint";
        badge["size"] = "Large";
        badge["style"] = tone == Tone.Default ? "Subtle" : tone.ToString();
        badge["horizontalAlignment"] = "Right";
        // Uncoloured: on the tinted container a tone's own colour is unreadable in some clients, and the container has the tone.
        var fallback = Text($"**{ours}**");
        fallback["horizontalAlignment"] = "Right";
        badge["fallback"] = fallback;
        return badge;
    }

    public static JsonObject ActionSet(IEnumerable<JsonNode> actions)
    {
        var set = Element("ActionSet", null);
        set["actions"] = Array(actions);
        return set;
    }

    public static JsonArray Array(IEnumerable<JsonNode> nodes) => new([.. nodes]);

    public static void Put(JsonObject element, string name, string? value)
    {
        if (value is not null)
            element[name] = value;
    }

    private static JsonObject Element(string type, string? spacing)
    {
        var element = new JsonObject { ["type"] = type };
        Put(element, "spacing", spacing);
        return element;
    }
}

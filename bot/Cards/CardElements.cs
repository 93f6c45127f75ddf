using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Cards;

/// <summary>
/// A piece of literal text. The text is outside text unless proven otherwise, so it always passes <see cref="CardText.Plain"/>.
/// </summary>
internal readonly record struct TextRun(
    string? Text, int Max = 300, bool Bold = false, bool Mono = false, bool Subtle = false, Tone Tone = Tone.Default, string? Size = null,
    bool Lines = false)
{
    /// <summary>An instant that the client writes in its reader's own zone; null for text.</summary>
    public DateTimeOffset? Instant { get; private init; }

    public static TextRun At(DateTimeOffset instant, bool bold = false, bool subtle = false, Tone tone = Tone.Default,
        string? size = null) =>
        new TextRun(null, Bold: bold, Subtle: subtle, Tone: tone, Size: size).Showing(instant);

    /// <summary>An instant that looks like this text.</summary>
    public TextRun Showing(DateTimeOffset instant) => this with { Text = null, Instant = instant };
}

/// <summary>The elements of Adaptive Cards 1.5 that our cards are made of, as JSON. Extensions carry a 1.5 fallback.</summary>
internal static class CardElements
{
    public static OutgoingJson Text(
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
    public static OutgoingJson Rich(string? spacing, params ReadOnlySpan<TextRun> runs)
    {
        var inlines = new List<OutgoingJson>(runs.Length);
        foreach (var run in runs)
        {
            var text = run.Instant is { } instant
                ? CardText.Instant(instant)
                : CardText.Plain(run.Text, run.Max, run.Lines, exact: run.Mono);
            if (text.Length == 0)
                continue;
            var inline = new OutgoingJson { ["type"] = "TextRun", ["text"] = text };
            Put(inline, "weight", run.Bold ? "Bolder" : null);
            Put(inline, "fontType", run.Mono ? "Monospace" : null);
            Put(inline, "size", run.Size);
            Put(inline, "color", run.Tone == Tone.Default ? null : run.Tone.ToString());
            if (run.Subtle)
                inline["isSubtle"] = true;
            inlines.Add(inline);
        }
        if (inlines.Count == 0)
            inlines.Add(new OutgoingJson { ["type"] = "TextRun", ["text"] = " " });
        var block = Element("RichTextBlock", spacing);
        block["inlines"] = inlines;
        return block;
    }

    /// <summary>A sentence as runs; those of an instant are written in the reader's own zone.</summary>
    public static IEnumerable<TextRun> Runs(Wording words, TextRun? like = null) => words.Runs(like ?? new(null));

    public static OutgoingJson Facts(IEnumerable<(string Title, string Value)> facts)
    {
        var set = Element("FactSet", null);
        set["facts"] = facts.Select(static fact => new OutgoingJson { ["title"] = fact.Title, ["value"] = fact.Value }).ToList();
        return set;
    }

    /// <summary>A fact; the title is ours, the value is Markdown with the outside parts escaped.</summary>
    public static (string Title, string Value) Fact(string title, CardMarkdown value) => (title, value.ToString());

    public static OutgoingJson Container(IEnumerable<OutgoingJson> items, Tone? style = null, bool emphasis = false, string? id = null,
        bool visible = true, string? spacing = null)
    {
        var container = Element("Container", spacing);
        Put(container, "id", id);
        Put(container, "style", emphasis ? "emphasis" : style?.ToString().ToLowerInvariant());
        if (!visible)
            container["isVisible"] = false;
        container["items"] = items.ToList();
        return container;
    }

    public static OutgoingJson Columns(params ReadOnlySpan<(string Width, OutgoingJson Item)> columns)
    {
        var all = new List<OutgoingJson>(columns.Length);
        foreach (var (width, item) in columns)
        {
            all.Add(new OutgoingJson
            {
                ["type"] = "Column", ["width"] = width, ["verticalContentAlignment"] = "Center", ["items"] = new[] { item },
            });
        }
        var set = Element("ColumnSet", null);
        set["columns"] = all;
        return set;
    }

    /// <summary>A table of literal text; the first row is the heading.</summary>
    public static OutgoingJson Table(IReadOnlyList<int> widths, IEnumerable<IReadOnlyList<TextRun>> rows)
    {
        var table = Element("Table", null);
        table["columns"] = widths.Select(static width => new OutgoingJson { ["width"] = width }).ToList();
        table["rows"] = rows.Select(static row => new OutgoingJson
        {
            ["type"] = "TableRow",
            ["cells"] = row.Select(static cell => new OutgoingJson { ["type"] = "TableCell", ["items"] = new[] { Rich(null, cell) } })
                .ToList(),
        }).ToList();
        return table;
    }

    /// <summary>A coloured word on the right; clients without badges show it as bold text.</summary>
    public static OutgoingJson Badge(string ours, Tone tone)
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

    public static OutgoingJson ActionSet(IEnumerable<OutgoingJson> actions)
    {
        var set = Element("ActionSet", null);
        set["actions"] = actions.ToList();
        return set;
    }

    public static void Put(OutgoingJson element, string name, string? value)
    {
        if (value is not null)
            element[name] = value;
    }

    private static OutgoingJson Element(string type, string? spacing)
    {
        var element = new OutgoingJson { ["type"] = type };
        Put(element, "spacing", spacing);
        return element;
    }
}

using System.Text;

namespace DevOpsAI.Drafting;

/// <summary>
/// Text with placeholders: <c>{volume}</c> is a parameter, <c>{=disk.{volume}.freePercent}</c> an observation. It is taken apart once,
/// when the runbook is read; filling it only puts values side by side, so braces inside a value mean nothing.
/// </summary>
internal sealed class Template
{
    private readonly IReadOnlyList<Part> parts;

    private Template(string text, IReadOnlyList<Part> parts)
    {
        Text = text;
        this.parts = parts;
    }

    private abstract record Part
    {
        public sealed record Literal(string Text) : Part;

        public sealed record Value(string Name) : Part;

        public sealed record Observation(Template Name) : Part;
    }

    /// <summary>As it was written.</summary>
    public string Text { get; }

    /// <summary>It says the same whatever the values are.</summary>
    public bool IsLiteral => parts.All(part => part is Part.Literal);

    /// <summary>The parameters it needs.</summary>
    public IEnumerable<string> Names => parts.SelectMany(part => part switch
    {
        Part.Value value => [value.Name],
        Part.Observation observation => observation.Name.Names,
        _ => Enumerable.Empty<string>(),
    });

    public bool Observes => parts.Any(part => part is Part.Observation);

    /// <exception cref="FormatException">A brace without its partner, or an empty placeholder.</exception>
    public static Template Parse(string text)
    {
        var found = new List<Part>();
        var at = 0;
        while (at < text.Length)
        {
            var brace = text.AsSpan(at).IndexOfAny('{', '}');
            if (brace < 0)
            {
                found.Add(new Part.Literal(text[at..]));
                break;
            }
            if (brace > 0)
                found.Add(new Part.Literal(text.Substring(at, brace)));
            at += brace;
            var end = text[at] == '{' ? End(text, at) : -1;
            if (end < 0)
                throw new FormatException($"'{text}' has a brace without its partner at character {at + 1}.");
            found.Add(Placeholder(text[(at + 1)..end], text));
            at = end + 1;
        }
        return new(text, found);
    }

    /// <summary>Puts the values in; <paramref name="observed"/> gives what an observation says. A name without a value stays out.</summary>
    public string Fill(Func<string, string?> value, Func<string, string?>? observed = null)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            text.Append(part switch
            {
                Part.Literal literal => literal.Text,
                Part.Value named => value(named.Name),
                Part.Observation seen => observed?.Invoke(seen.Name.Fill(value)) ?? "unknown",
                _ => null,
            });
        }
        return text.ToString();
    }

    /// <summary>
    /// The text around the one placeholder <paramref name="name"/>, as in <c>disk.</c> and <c>.freePercent</c>; null when it is not of that
    /// form.
    /// </summary>
    public (string Before, string After)? Around(string name) => parts switch
    {
        [Part.Literal before, Part.Value value, Part.Literal after] when value.Name == name => (before.Text, after.Text),
        _ => null,
    };

    public override string ToString() => Text;

    private static Part Placeholder(string inside, string text)
    {
        if (inside.StartsWith('='))
        {
            var name = Parse(inside[1..]);
            return name.Observes || name.Text.Length == 0
                ? throw new FormatException($"'{text}' has an observation without a plain name.")
                : new Part.Observation(name);
        }
        return inside.Length > 0 && inside.All(letter => char.IsAsciiLetterOrDigit(letter))
            ? new Part.Value(inside)
            : throw new FormatException($"'{text}' has a placeholder that is no name: '{{{inside}}}'.");
    }

    private static int End(string text, int open)
    {
        var depth = 0;
        for (var at = open; at < text.Length; at++)
        {
            depth += text[at] switch { '{' => 1, '}' => -1, _ => 0 };
            if (depth == 0)
                return at;
        }
        return -1;
    }
}

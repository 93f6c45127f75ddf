using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What a template can refer to: the vendor's document, and by <c>$name</c> what is given beside it.</summary>
/// <param name="Given">As in <c>$target.id</c>, without the dollar sign.</param>
internal readonly record struct ValueScope(JsonElement Document, IReadOnlyDictionary<string, string> Given);

/// <summary>
/// A text with places to fill, as in <c>{device.systemName ?? device.dnsName}</c>: paths in the vendor's document, or <c>$name</c> for what
/// is given, the first that is there; then filters, as in <c>{volume | volume}</c>. Without a value at one of its places the whole has
/// none.
/// </summary>
internal sealed class ValueTemplate
{
    private readonly Part[] parts;

    private ValueTemplate(string source, Part[] parts) => (Source, this.parts) = (source, parts);

    /// <summary>As it was written.</summary>
    public string Source { get; }

    private sealed record Part(string? Literal, Alternative[] Alternatives, string[] Filters);

    private sealed record Alternative(string? Given, JsonPath? Path);

    /// <summary>The names with a dollar sign that it refers to.</summary>
    public IEnumerable<string> Given => parts.SelectMany(static part => part.Alternatives).Select(static one => one.Given).OfType<string>();

    /// <summary>Its parts in order: a text, or what is given in a place; both null for a place in the vendor's document.</summary>
    public IEnumerable<(string? Literal, string? Given)> Pieces =>
        parts.Select(static part => (part.Literal, part.Alternatives.Select(static one => one.Given).FirstOrDefault()));

    /// <summary>
    /// For each place in the vendor's document, the paths that it looks at in turn; what is given instead where none has a value is not
    /// among them.
    /// </summary>
    public IEnumerable<IReadOnlyList<string>> Paths => parts
        .Select(
            static part => part.Alternatives.Select(static one => one.Path).OfType<JsonPath>().Select(static path => $"{path}").ToList())
        .Where(static paths => paths.Count > 0);

    /// <summary>The first path in the vendor's document that it looks at; null when there is none.</summary>
    public string? FirstPath => Paths.FirstOrDefault()?[0];

    /// <summary>The texts of the list that its one place names; none when there is no list.</summary>
    public IEnumerable<string> List(ValueScope scope) =>
        parts is [{ Literal: null, Alternatives: [{ Path: { } path }, ..] }]
        && path.Find(scope.Document) is { ValueKind: JsonValueKind.Array } list
            ? list.EnumerateArray().Select(static one => Scalar(one)).OfType<string>()
            : [];

    /// <summary>
    /// Whether the document has something for each place that a text can come of, be it null: a text, a number, true or false; of a list,
    /// such items alone. What it does not have may have been withheld.
    /// </summary>
    public bool IsTold(ValueScope scope, bool isList)
    {
        return parts.All(part => part.Literal is not null || Array.Exists(
            part.Alternatives, one => one.Path?.FindAny(scope.Document) is { } found && IsPlain(found)));

        bool IsPlain(JsonElement found) => found.ValueKind == JsonValueKind.Null
            || (isList
                ? found.ValueKind == JsonValueKind.Array && found.EnumerateArray().All(static one => Scalar(one) is not null)
                : Scalar(found) is not null);
    }

    /// <summary>The text with something in each place.</summary>
    public string Example() => string.Concat(parts.Select(static part => part.Literal ?? "x"));

    /// <exception cref="FormatException">A brace without its other, no path, or a filter that there is not.</exception>
    public static ValueTemplate Parse(string text)
    {
        var read = new List<Part>();
        var rest = text;
        while (rest.Length > 0)
        {
            var open = rest.IndexOf('{', StringComparison.Ordinal);
            var literal = open < 0 ? rest : rest[..open];
            if (literal.Contains('}', StringComparison.Ordinal))
                throw new FormatException($"'{text}' has a closing brace without its opening one");
            if (literal.Length > 0)
                read.Add(new(literal, [], []));
            if (open < 0)
                break;
            var close = rest.IndexOf('}', StringComparison.Ordinal);
            if (close < open)
                throw new FormatException($"'{text}' has an opening brace without its closing one");
            read.Add(Place(rest[(open + 1)..close]));
            rest = rest[(close + 1)..];
        }
        return new(text, [.. read]);
    }

    /// <summary>The text; null when one of the places has no value or an empty one.</summary>
    public string? Text(in ValueScope scope) => Text(scope, static value => value);

    /// <param name="escape">Applied to what is filled in, not to the text around it.</param>
    public string? Text(in ValueScope scope, Func<string, string> escape)
    {
        if (parts is [{ Literal: null } only])
            return Fill(only, scope) is { } one ? escape(one) : null;
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if (part.Literal is { } literal)
                text.Append(literal);
            else if (Fill(part, scope) is { } value)
                text.Append(escape(value));
            else
                return null;
        }
        return text.ToString();
    }

    /// <summary>The text, in which a place whose value is given and empty is empty; null when one has no value.</summary>
    public string? TextOrEmpty(in ValueScope scope)
    {
        var text = new StringBuilder();
        foreach (var part in parts)
        {
            if ((part.Literal ?? Fill(part, scope)) is { } value)
                text.Append(value);
            else if (!IsGivenEmpty(part, scope))
                return null;
        }
        return text.ToString();
    }

    private static bool IsGivenEmpty(Part part, in ValueScope scope)
    {
        foreach (var alternative in part.Alternatives)
        {
            if (alternative.Given is { } name && scope.Given.GetValueOrDefault(name) is "")
                return true;
        }
        return false;
    }

    /// <summary>
    /// As a value of a JSON document: the vendor's own where the template is one place without a filter, a number after <c>| number</c>,
    /// true or false after <c>| flag</c>, else a text. Null when there is none.
    /// </summary>
    public JsonNode? Json(in ValueScope scope)
    {
        if (parts is [{ Literal: null } only])
        {
            foreach (var alternative in only.Alternatives)
            {
                if (only.Filters.Length == 0 && alternative.Path?.Find(scope.Document) is { } found)
                    return JsonNode.Parse(found.GetRawText());
                if (alternative.Given is { } name && scope.Given.ContainsKey(name))
                    break;
            }
            if (only.Filters is [.., "number"])
                return Fill(only, scope) is { } number ? Number(number) : null;
            if (only.Filters is [.., "flag"])
                return Fill(only, scope) is { } flag ? JsonValue.Create(flag == "true") : null;
        }
        return Text(scope) is { } text ? JsonValue.Create(text) : null;
    }

    /// <summary>Also of what people write and JSON does not, as in <c>0175</c>.</summary>
    private static JsonValue Number(string text) =>
        JsonValue.Create(decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture));

    private static Part Place(string inside)
    {
        var pieces = inside.Split('|', StringSplitOptions.TrimEntries);
        foreach (var filter in pieces.Skip(1).Where(static filter => !ValueFilters.Knows(filter)))
        {
            throw new FormatException(
                $"there is no filter '{filter}'; known are {string.Join(", ", ValueFilters.Names.Order(StringComparer.Ordinal))}");
        }
        return new(
            null,
            [
                .. pieces[0].Split("??", StringSplitOptions.TrimEntries).Select(static one => one.StartsWith('$') && one.Length > 1
                    ? new Alternative(one[1..], null)
                    : new Alternative(null, JsonPath.Parse(one))),
            ],
            pieces[1..]);
    }

    private static string? Fill(Part part, in ValueScope scope)
    {
        foreach (var alternative in part.Alternatives)
        {
            var value = alternative.Given is { } name
                ? scope.Given.GetValueOrDefault(name)
                : Scalar(alternative.Path!.Find(scope.Document));
            foreach (var filter in part.Filters)
                value = value is null ? null : ValueFilters.Apply(filter, value);
            if (!string.IsNullOrEmpty(value))
                return value;
        }
        return null;
    }

    /// <summary>
    /// A string, number or boolean as text; null for anything else, which is no value of its own, and for a text that was cut in the middle
    /// of a character.
    /// </summary>
    internal static string? Scalar(JsonElement? element) => element?.ValueKind switch
    {
        JsonValueKind.String => Whole(element.Value),
        JsonValueKind.Number => element.Value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => null,
    };

    private static string? Whole(JsonElement text)
    {
        try
        {
            return text.GetString();
        }
        catch (InvalidOperationException)
        {
            return null;
        }
    }
}

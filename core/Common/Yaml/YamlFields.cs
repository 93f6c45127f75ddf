using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Common.Yaml;

/// <summary>Whether a text stands for a value, and which.</summary>
public delegate bool TryParse<T>(string text, [MaybeNullWhen(false)] out T value);

/// <summary>
/// Reads one mapping of a YAML file strictly. Every validation error is collected with file and line, a key that was never asked for is
/// one, and reading goes on with a harmless value so that all errors come out at once. A number or a flag in quotes is a text, as it is
/// to a JSON Schema.
/// </summary>
public sealed class YamlFields(string file, YamlMappingNode node, ICollection<string> errors)
{
    private const int MaxDepth = 32;
    private const int MaxParts = 10_000;
    private static readonly string[] Nulls = ["~", "null", "Null", "NULL"];
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public int Line => GetLine(node);

    /// <summary>Mistakes so far, of the whole file and whatever was read with it.</summary>
    public int ErrorCount => errors.Count;

    public bool Has(string key) => Find(key) is not null;

    /// <summary>Where the value under a key begins; the line of the mapping when it has no such key.</summary>
    public int LineAt(string key) => GetLine(Find(key) ?? node);

    public void Error(string message, int? line = null) => errors.Add($"{file}:{line ?? Line}: {message}");

    /// <summary>Adds that the value of a key is missing or not what it must be, and returns what reading goes on with.</summary>
    public T Wrong<T>(string key, string mustBe, T harmless)
    {
        var found = Find(key);
        Error(found is null ? $"'{key}' is missing: it must be {mustBe}" : $"'{key}' must be {mustBe}", GetLine(found ?? node));
        return harmless;
    }

    public string Text(string key) => GetText(Find(key)) ?? Wrong(key, "a text", "");

    public string? OptionalText(string key) => Has(key) ? Text(key) : null;

    public bool Flag(string key) => FlagOr(key, harmless: true);

    public bool Flag(string key, bool otherwise) => Has(key) ? FlagOr(key, otherwise) : otherwise;

    public int Number(string key, int min, int max) =>
        int.TryParse(Plain(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max
            ? number
            : Wrong(key, max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}", min);

    /// <summary>A text that stands for something else.</summary>
    public T Value<T>(string key, string mustBe, T harmless, TryParse<T> tryParse) =>
        GetText(Find(key)) is { } text && tryParse(text, out var value) ? value : Wrong(key, mustBe, harmless);

    /// <summary>One of some choices, or of all there are when none are given.</summary>
    public T Choice<T>(string key, params ReadOnlySpan<T> choices) where T : struct, Enum
    {
        var among = OrAll(choices);
        return Pick(GetText(Find(key)), among) ?? Wrong(key, $"one of {Names(among)}", among[0]);
    }

    /// <summary>Returns null when the key is absent.</summary>
    public T? OptionalChoice<T>(string key, params ReadOnlySpan<T> choices) where T : struct, Enum =>
        Has(key) ? Choice(key, choices) : null;

    /// <summary>A list of choices; empty when the key is absent, never when it is there.</summary>
    public ImmutableArray<T> Choices<T>(string key, params ReadOnlySpan<T> choices) where T : struct, Enum
    {
        var among = OrAll(choices);
        var picked = ImmutableArray.CreateBuilder<T>();
        foreach (var item in TextsIfAny(key))
            picked.Add(Pick(item, among) ?? Wrong(key, $"a list of {Names(among)}", among[0]));
        return picked.ToImmutable();
    }

    /// <summary>A list of texts; empty when the key is absent.</summary>
    public ImmutableArray<string> Texts(string key) => [.. Items(key, "a list of texts").Select(item => ItemText(key, item))];

    /// <summary>A list of texts; empty when the key is absent, never when it is there.</summary>
    public ImmutableArray<string> TextsIfAny(string key)
    {
        var texts = Texts(key);
        return texts.IsEmpty && Find(key) is YamlSequenceNode ? Wrong(key, "a list of texts that is not empty", texts) : texts;
    }

    /// <summary>The items under a key that holds a list of texts, or of mappings where more is to be said, with their lines.</summary>
    public IEnumerable<(string Text, YamlFields? More, int Line)> TextsOrMappings(string key) =>
        [
            .. Items(key, "a list of texts or mappings").Select(item => item is YamlMappingNode mapping
                ? ("", new YamlFields(file, mapping, errors), GetLine(item))
                : (ItemText(key, item), (YamlFields?)null, GetLine(item))),
        ];

    public IReadOnlyList<IReadOnlyList<string>> TextLists(string key)
    {
        var lists = new List<IReadOnlyList<string>>();
        foreach (var item in Items(key, "a list of lists of texts"))
        {
            if (item is YamlSequenceNode list)
                lists.Add([.. list.Children.Select(text => ItemText(key, text))]);
            else
                Error($"each of '{key}' must be a list of texts", GetLine(item));
        }
        return lists;
    }

    /// <summary>The texts under a key that holds a mapping of texts; empty when the key is absent.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key) =>
        Children(key, "a mapping of texts").ToDictionary(static pair => GetName(pair.Key), pair => ItemText(key, pair.Value));

    /// <summary>The mapping under a key. When there is none only that is told, and nothing about what would be in it.</summary>
    public YamlFields Mapping(string key) => Find(key) is YamlMappingNode mapping
        ? new(file, mapping, errors)
        : Wrong(key, "a mapping", new YamlFields(file, [], new List<string>()));

    public YamlFields? OptionalMapping(string key) => Has(key) ? Mapping(key) : null;

    /// <summary>The mappings under a key that holds mappings by name, in the order of the file; empty when the key is absent.</summary>
    public IEnumerable<(string Name, YamlFields Fields)> Named(string key) =>
        [.. Mappings(key, Children(key, "a mapping of mappings").Select(static pair => (GetName(pair.Key), pair.Value)))];

    /// <summary>The mappings under a key that holds a list of mappings; empty when the key is absent.</summary>
    public IEnumerable<YamlFields> Each(string key) =>
        [.. Mappings(key, Items(key, "a list of mappings").Select(static item => ("", item))).Select(static one => one.Fields)];

    /// <summary>
    /// Turns a text into something else. What <paramref name="parse"/> throws as <see cref="FormatException"/> or
    /// <see cref="ArgumentException"/> is an error here.
    /// </summary>
    /// <param name="line">Of the text; the line of the mapping when null.</param>
    public T? Parse<T>(string text, Func<string, T> parse, int? line = null) where T : class
    {
        try
        {
            return parse(text);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            Error(wrong.Message, line);
            return null;
        }
    }

    /// <summary>Tells every key that was never asked for. Call it last.</summary>
    public void NothingElse()
    {
        foreach (var key in node.Children.Keys.Where(key => !asked.Contains(GetName(key))))
            Error($"unknown key '{GetName(key)}'; known here are {string.Join(", ", asked.Order(StringComparer.Ordinal))}", GetLine(key));
    }

    /// <summary>What the mapping says, every scalar as text. For a file without errors: another may have cycles.</summary>
    public JsonNode ToJson() => Json(node);

    /// <summary>
    /// What is under a key, as a JSON document: plain numbers, flags and nulls as such, everything else as text; null when the key is
    /// absent.
    /// </summary>
    public JsonNode? Document(string key)
    {
        if (Find(key) is not { } found)
            return null;
        var left = MaxParts;
        return Ends(found, new(ReferenceEqualityComparer.Instance), ref left)
            ? Typed(found)
            : Wrong<JsonNode?>(key, "a document that ends: an alias leads back to where it stands, or makes it too large", null);
    }

    private static bool Ends(YamlNode at, HashSet<YamlNode> above, ref int left)
    {
        if (left-- == 0 || above.Count == MaxDepth || !above.Add(at))
            return false;
        IEnumerable<YamlNode> parts = at switch
        {
            YamlMappingNode mapping => mapping.Children.Values,
            YamlSequenceNode list => list.Children,
            _ => [],
        };
        foreach (var part in parts)
        {
            if (!Ends(part, above, ref left))
                return false;
        }
        above.Remove(at);
        return true;
    }

    private static JsonNode? Typed(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(
            mapping.Children.Select(static pair => KeyValuePair.Create(GetName(pair.Key), Typed(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Typed)]),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: var text } when string.IsNullOrEmpty(text) || Nulls.Contains(text) => null,
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "true" } => JsonValue.Create(true),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: "false" } => JsonValue.Create(false),
        YamlScalarNode { Style: ScalarStyle.Plain, Value: { } number }
            when decimal.TryParse(
                number, NumberStyles.AllowLeadingSign | NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var value) =>
            JsonValue.Create(value),
        YamlScalarNode scalar => JsonValue.Create(scalar.Value),
        _ => null,
    };

    private IEnumerable<YamlNode> Items(string key, string mustBe) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        _ => Wrong<IEnumerable<YamlNode>>(key, mustBe, []),
    };

    private IEnumerable<KeyValuePair<YamlNode, YamlNode>> Children(string key, string mustBe) => Find(key) switch
    {
        null => [],
        YamlMappingNode mapping => mapping.Children,
        _ => Wrong<IEnumerable<KeyValuePair<YamlNode, YamlNode>>>(key, mustBe, []),
    };

    private IEnumerable<(string Name, YamlFields Fields)> Mappings(string key, IEnumerable<(string Name, YamlNode Value)> values)
    {
        foreach (var (name, value) in values)
        {
            if (value is YamlMappingNode mapping)
                yield return (name, new(file, mapping, errors));
            else
                Error($"each of '{key}' must be a mapping", GetLine(value));
        }
    }

    private string ItemText(string key, YamlNode item)
    {
        if (GetText(item) is { } text)
            return text;
        Error($"each of '{key}' must be a text", GetLine(item));
        return "";
    }

    private bool FlagOr(string key, bool harmless) => Plain(key) switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => Wrong(key, "true or false", harmless),
    };

    private string? Plain(string key) => Find(key) is YamlScalarNode { Style: ScalarStyle.Plain } scalar ? scalar.Value : null;

    private YamlNode? Find(string key)
    {
        asked.Add(key);
        return node.Children.FirstOrDefault(pair => GetName(pair.Key) == key).Value;
    }

    private static string? GetText(YamlNode? found) =>
        found is YamlScalarNode { Value: { } text } scalar && text.Trim() is { Length: > 0 } trimmed
            && !(scalar.Style == ScalarStyle.Plain && Nulls.Contains(text))
            ? trimmed
            : null;

    private static string GetName(YamlNode key) => (key as YamlScalarNode)?.Value ?? key.ToString();

    private static int GetLine(YamlNode node) => (int)Math.Max(1, node.Start.Line);

    private static JsonNode Json(YamlNode node) => node switch
    {
        YamlMappingNode mapping => new JsonObject(
            mapping.Children.Select(static pair => KeyValuePair.Create<string, JsonNode?>(pair.Key.ToString(), Json(pair.Value)))),
        YamlSequenceNode list => new JsonArray([.. list.Children.Select(Json)]),
        _ => (JsonNode)node.ToString(),
    };

    private static ReadOnlySpan<T> OrAll<T>(ReadOnlySpan<T> choices) where T : struct, Enum =>
        choices.IsEmpty ? Enum.GetValues<T>() : choices;

    private static T? Pick<T>(string? text, ReadOnlySpan<T> choices) where T : struct, Enum
    {
        foreach (var choice in choices)
        {
            if (text == GetName(choice))
                return choice;
        }
        return null;
    }

    private static string Names<T>(ReadOnlySpan<T> choices) where T : struct, Enum
    {
        var names = new List<string>();
        foreach (var choice in choices)
            names.Add(GetName(choice));
        return string.Join(", ", names);
    }

    /// <summary>As in <c>ourCredentials</c>; a short name with a number, as <c>L2</c>, stays as it is.</summary>
    private static string GetName<T>(T choice) where T : struct, Enum
    {
        var name = choice.ToString();
        return name is [_, >= '0' and <= '9'] ? name : JsonNamingPolicy.CamelCase.ConvertName(name);
    }
}

using System.Globalization;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Drafting;

/// <summary>
/// Reads one mapping of a YAML file strictly: every mistake is collected with file and line, a key that nobody asked for is a mistake,
/// and reading goes on with a harmless value so that all mistakes come out at once.
/// </summary>
internal sealed class YamlFields(string file, YamlMappingNode node, ICollection<string> mistakes)
{
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public int Line => LineOf(node);

    public void Mistake(string message, int? line = null) => mistakes.Add($"{file}:{line ?? Line}: {message}");

    /// <summary>Where the value under a key begins; the line of the mapping when it has no such key.</summary>
    public int LineAt(string key) => Find(key) is { } found ? LineOf(found) : Line;

    public string Required(string key) => Find(key) is null ? Missing(key) : Optional(key) ?? "";

    public string? Optional(string key) => Find(key) switch
    {
        null => null,
        YamlScalarNode { Value: { } text } when text.Trim().Length > 0 => text.Trim(),
        var other => Wrong<string>(other, $"'{key}' must be a text"),
    };

    public bool Flag(string key) => Find(key) switch
    {
        null => false,
        YamlScalarNode { Value: "true" } => true,
        YamlScalarNode { Value: "false" } => false,
        var other => Wrong<bool>(other, $"'{key}' must be true or false"),
    };

    public int PositiveNumber(string key) =>
        int.TryParse(Required(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : Wrong<int>(Find(key) ?? node, $"'{key}' must be a whole number above 0");

    public TEnum Choice<TEnum>(string key, TEnum? otherwise = null) where TEnum : struct, Enum
    {
        var text = otherwise is null ? Required(key) : Optional(key);
        if (text is null)
            return otherwise.GetValueOrDefault();
        var name = Enum.GetNames<TEnum>().FirstOrDefault(name => name.Equals(text, StringComparison.OrdinalIgnoreCase));
        return name is not null
            ? Enum.Parse<TEnum>(name)
            : Wrong<TEnum>(Find(key) ?? node, $"'{key}' must be one of {string.Join(", ", Enum.GetNames<TEnum>()).ToLowerInvariant()}");
    }

    public IReadOnlyList<string> Texts(string key) => [.. Items(key, "a list of texts").Select(item => Text(key, item))];

    /// <summary>The items under a key that holds a list of texts, or of mappings where more is to be said, with their lines.</summary>
    public IEnumerable<(string Text, YamlFields? More, int Line)> TextsOrMappings(string key) => Items(key, "a list").Select(item => item is YamlMappingNode map
        ? ("", new YamlFields(file, map, mistakes), LineOf(item))
        : (Text(key, item), (YamlFields?)null, LineOf(item)));

    public IReadOnlyList<IReadOnlyList<string>> TextLists(string key) =>
    [
        .. Items(key, "a list of lists of words").Select(item => item is YamlSequenceNode list
            ? (IReadOnlyList<string>)[.. list.Children.Select(word => Text(key, word))]
            : Wrong<IReadOnlyList<string>>(item, $"'{key}' must be a list of lists of words") ?? []),
    ];

    /// <summary>The mappings under a key that holds a mapping of mappings, in the order of the file.</summary>
    public IEnumerable<(string Name, YamlFields Fields)> Named(string key) => Find(key) switch
    {
        null => [],
        YamlMappingNode map => map.Children.Select(pair => (
            KeyOf(pair.Key),
            new YamlFields(file, pair.Value as YamlMappingNode ?? Wrong<YamlMappingNode>(pair.Value, $"each of '{key}' must be a mapping") ?? [], mistakes))),
        var other => Wrong<IEnumerable<(string, YamlFields)>>(other, $"'{key}' must be a mapping") ?? [],
    };

    /// <summary>The mappings under a key that holds a list of mappings.</summary>
    public IEnumerable<YamlFields> Each(string key) => Items(key, "a list of mappings").Select(item =>
        new YamlFields(file, item as YamlMappingNode ?? Wrong<YamlMappingNode>(item, $"each of '{key}' must be a mapping") ?? [], mistakes));

    /// <summary>The mapping under a key; null when the key is missing.</summary>
    public YamlFields? OptionalMapping(string key) => Find(key) is null ? null : Mapping(key);

    /// <summary>The mapping under a key; an empty one, told as a mistake, when it is missing.</summary>
    public YamlFields Mapping(string key) => new(
        file,
        Find(key) as YamlMappingNode ?? Wrong<YamlMappingNode>(Find(key) ?? node, $"'{key}' must be there and be a mapping") ?? [],
        mistakes);

    /// <summary>The texts under a key that holds a mapping of texts.</summary>
    public IReadOnlyDictionary<string, string> TextMap(string key)
    {
        if (Find(key) is not { } found)
            return new Dictionary<string, string>();
        if (found is YamlMappingNode map)
            return map.Children.ToDictionary(pair => KeyOf(pair.Key), pair => Text(key, pair.Value));
        Wrong<string>(found, $"'{key}' must be a mapping of texts");
        return new Dictionary<string, string>();
    }

    /// <summary>Turns a text into something else; what it throws as <see cref="FormatException"/> or <see cref="ArgumentException"/> is a mistake at this place.</summary>
    /// <param name="line">Of the text; the line of the mapping when null.</param>
    public T? Parse<T>(string text, Func<string, T> parse, int? line = null) where T : class
    {
        try
        {
            return parse(text);
        }
        catch (Exception wrong) when (wrong is FormatException or ArgumentException)
        {
            Mistake(wrong.Message, line);
            return null;
        }
    }

    /// <summary>Tells every key that was never asked for. Call it last.</summary>
    public void NothingElse()
    {
        foreach (var key in node.Children.Keys.Where(key => !asked.Contains(KeyOf(key))))
            Wrong<string>(key, $"unknown key '{KeyOf(key)}'; known are {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
    }

    private IEnumerable<YamlNode> Items(string key, string what) => Find(key) switch
    {
        null => [],
        YamlSequenceNode list => list.Children,
        var other => Wrong<IEnumerable<YamlNode>>(other, $"'{key}' must be {what}") ?? [],
    };

    private string Text(string key, YamlNode item) =>
        item is YamlScalarNode { Value: { } text } && text.Trim().Length > 0 ? text.Trim() : Wrong<string>(item, $"'{key}' holds something that is no text") ?? "";

    private YamlNode? Find(string key)
    {
        asked.Add(key);
        return node.Children.FirstOrDefault(pair => pair.Key is YamlScalarNode name && name.Value == key).Value;
    }

    private string Missing(string key)
    {
        Mistake($"'{key}' is missing");
        return "";
    }

    private T? Wrong<T>(YamlNode at, string message)
    {
        mistakes.Add($"{file}:{LineOf(at)}: {message}");
        return default;
    }

    private static string KeyOf(YamlNode key) => (key as YamlScalarNode)?.Value ?? key.ToString();

    private static int LineOf(YamlNode node) => (int)Math.Max(1, node.Start.Line);
}

using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using DevOpsAI.Proposals;
using YamlDotNet.RepresentationModel;

namespace DevOpsAI.Gates;

/// <summary>
/// Reads one mapping of a policy file strictly: every mistake is collected with its line, unknown keys are mistakes,
/// and reading goes on with a harmless value so that all mistakes come out at once.
/// </summary>
internal sealed partial class PolicyFields(string file, YamlMappingNode node, ICollection<string> mistakes)
{
    private static readonly TimeSpan LongestTime = TimeSpan.FromDays(30);
    private readonly HashSet<string> asked = new(StringComparer.Ordinal);

    public bool Has(string key) => Find(key) is not null;

    public string Text(string key)
    {
        var text = (Find(key) as YamlScalarNode)?.Value?.Trim();
        return string.IsNullOrEmpty(text) ? Wrong(key, "a text", "") : text;
    }

    public bool Flag(string key) => Scalar(key) switch
    {
        "true" => true,
        "false" => false,
        _ => Wrong(key, "true or false", true),
    };

    public int Number(string key, int least, int most) =>
        int.TryParse(Scalar(key), NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most
            ? number
            : Wrong(key, $"a whole number from {least} to {most}", least);

    /// <summary>As in <c>90m</c>, <c>8h</c> or <c>2d</c>: one minute to thirty days.</summary>
    public TimeSpan Time(string key)
    {
        if (Duration().Match(Scalar(key) ?? "") is { Success: true } match)
        {
            var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
            var time = match.Groups["unit"].Value switch
            {
                "m" => TimeSpan.FromMinutes(number),
                "h" => TimeSpan.FromHours(number),
                _ => TimeSpan.FromDays(number),
            };
            if (time >= TimeSpan.FromMinutes(1) && time <= LongestTime)
                return time;
        }
        return Wrong(key, "a time from 1m to 30d, as in 90m, 8h or 2d", TimeSpan.FromHours(1));
    }

    public TimeOnly TimeOfDay(string key) =>
        TimeOnly.TryParseExact(Scalar(key) == "24:00" ? "00:00" : Scalar(key), "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : Wrong(key, "a time of day, as in \"18:30\"", TimeOnly.MinValue);

    /// <summary>As in <c>2026-12-24 18:00</c>, on the wall clock of the mapping's time zone.</summary>
    public DateTime WallClock(string key) =>
        DateTime.TryParseExact(Scalar(key), "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out var time)
            ? time
            : Wrong(key, "a date and time, as in \"2026-12-24 18:00\"", DateTime.MinValue);

    public TimeZoneInfo Zone(string key) =>
        TimeZoneInfo.TryFindSystemTimeZoneById(Scalar(key) ?? "", out var zone) ? zone : Wrong(key, "a time zone this machine knows, as in Europe/Berlin or UTC", TimeZoneInfo.Utc);

    public T Choice<T>(string key, params ReadOnlySpan<T> choices) where T : struct, Enum =>
        Pick(Scalar(key), choices) ?? Wrong(key, $"one of {Names(choices)}", choices[0]);

    public ImmutableArray<T> Choices<T>(string key, params ReadOnlySpan<T> choices) where T : struct, Enum
    {
        var picked = ImmutableArray.CreateBuilder<T>();
        foreach (var item in Texts(key))
            picked.Add(Pick(item, choices) ?? Wrong(key, $"a list of {Names(choices)}", choices[0]));
        return picked.ToImmutable();
    }

    /// <summary>A list of texts; empty when the key is absent, never when it is there.</summary>
    public ImmutableArray<string> Texts(string key)
    {
        if (Find(key) is not { } found)
            return [];
        if (found is YamlSequenceNode { Children.Count: > 0 } list && list.Children.All(item => item is YamlScalarNode { Value.Length: > 0 }))
            return [.. list.Children.Cast<YamlScalarNode>().Select(item => item.Value!.Trim())];
        Wrong(key, "a list of texts that is not empty", 0);
        return [];
    }

    public PolicyFields Mapping(string key) => new(file, Find(key) as YamlMappingNode ?? Wrong<YamlMappingNode>(key, "a mapping", []), mistakes);

    public IEnumerable<PolicyFields> Each(string key)
    {
        if (Find(key) is not YamlSequenceNode list)
        {
            Wrong(key, "a list", 0);
            yield break;
        }
        foreach (var item in list)
        {
            if (item is YamlMappingNode mapping)
                yield return new(file, mapping, mistakes);
            else
                Mistake(item, $"each of '{key}' must be a mapping");
        }
    }

    /// <summary>Something is wrong with the value of a key.</summary>
    public T Wrong<T>(string key, string mustBe, T harmless)
    {
        var found = Find(key);
        Mistake(found ?? node, found is null ? $"'{key}' is missing: it must be {mustBe}" : $"'{key}' must be {mustBe}");
        return harmless;
    }

    /// <summary>Tells every key that was never asked for. Call it last.</summary>
    public void NothingElse()
    {
        foreach (var key in node.Children.Keys.Where(key => !asked.Contains(NameOf(key))))
            Mistake(key, $"unknown key '{NameOf(key)}'; known here are {string.Join(", ", asked.Order(StringComparer.Ordinal))}");
    }

    private void Mistake(YamlNode at, string message) => mistakes.Add($"{file}:{Math.Max(1, at.Start.Line)}: {message}");

    private string? Scalar(string key) => (Find(key) as YamlScalarNode)?.Value;

    private YamlNode? Find(string key)
    {
        asked.Add(key);
        return node.Children.FirstOrDefault(pair => NameOf(pair.Key) == key).Value;
    }

    private static string NameOf(YamlNode key) => (key as YamlScalarNode)?.Value ?? key.ToString();

    private static T? Pick<T>(string? text, ReadOnlySpan<T> choices) where T : struct, Enum
    {
        foreach (var choice in choices)
        {
            if (string.Equals(choice.ToString(), text, StringComparison.OrdinalIgnoreCase))
                return choice;
        }
        return null;
    }

    private static string Names<T>(ReadOnlySpan<T> choices) where T : struct, Enum
    {
        var names = new List<string>();
        foreach (var choice in choices)
            names.Add(choice is GateLevel ? choice.ToString() : System.Text.Json.JsonNamingPolicy.CamelCase.ConvertName(choice.ToString()));
        return string.Join(", ", names);
    }

    [GeneratedRegex(@"^(?<number>[0-9]{1,5})(?<unit>[mhd])\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Duration();
}

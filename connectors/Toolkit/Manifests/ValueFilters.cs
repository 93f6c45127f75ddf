using System.Globalization;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Toolkit.Manifests;

/// <summary>What a template may do to a value before it is filled in. A value that a filter cannot read is none.</summary>
internal static class ValueFilters
{
    public static IReadOnlySet<string> Names { get; } = new HashSet<string>(StringComparer.Ordinal)
        {
            "first50", "first100", "flag", "lower", "not", "number", "plain", "time", "plainTime", "volume", "gigabytes", "host",
            "bracketed", "parenthesized",
        };

    /// <summary>What names have besides letters and digits, and no query language reads: ServiceNow runs what follows a colon.</summary>
    private const string PlainMarks = " ._-@/#+";

    /// <summary>Whether there is such a filter; <c>first</c> takes any number up to 999.</summary>
    public static bool Knows(string filter) => Names.Contains(filter) || Length(filter) is not null;

    public static string? Apply(string filter, string value) => filter switch
    {
        "flag" => value is "true" or "false" ? value : null,
        "lower" => value.ToLowerInvariant(),
        "not" => value switch { "true" => "false", "false" => "true", _ => null },
        "number" => Number(value),
        "plain" => value.All(static c => char.IsLetterOrDigit(c) || PlainMarks.Contains(c)) ? value : null,
        "time" => Time(value, "yyyy-MM-dd'T'HH:mm:ss'Z'"),
        "plainTime" => Time(value, "yyyy-MM-dd HH:mm:ss"),
        "volume" => Volume(value.Trim()),
        "gigabytes" => decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var bytes)
            ? (bytes / (1024m * 1024 * 1024)).ToString("0.#", CultureInfo.InvariantCulture)
            : null,
        "host" => Subjects.GetHost(value),
        "bracketed" => AtTheEnd(value, '[', ']'),
        "parenthesized" => AtTheEnd(value, '(', ')'),
        _ => Length(filter) is { } length
            ? First(value, length)
            : throw new ArgumentOutOfRangeException(nameof(filter), filter, "There is no such filter."),
    };

    private static int? Length(string filter) =>
        filter.StartsWith("first", StringComparison.Ordinal) && filter.Length is > 5 and < 9 && filter[5] != '0'
            && int.TryParse(filter.AsSpan(5), NumberStyles.None, CultureInfo.InvariantCulture, out var length)
                ? length
                : null;

    private static string? Time(string value, string format) =>
        VendorTimes.Find(value)?.UtcDateTime.ToString(format, CultureInfo.InvariantCulture);

    /// <summary>None for a block device, and for a name that cannot be a part of an observation's.</summary>
    private static string? Volume(string text)
    {
        var name = VolumeName.From(text);
        var isPath = text.StartsWith('/') && !name.StartsWith('/');
        return isPath || name.All(static c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? name : null;
    }

    /// <summary>What stands in brackets at the end.</summary>
    private static string? AtTheEnd(string value, char opening, char closing)
    {
        var text = value.TrimEnd();
        var open = text.LastIndexOf(opening);
        return open >= 0 && text.EndsWith(closing) && open < text.Length - 2 ? text[(open + 1)..^1] : null;
    }

    /// <summary>Never half of a character.</summary>
    private static string First(string value, int length) =>
        value.Length <= length ? value : value[..(char.IsHighSurrogate(value[length - 1]) ? length - 1 : length)];

    /// <summary>As JSON writes it, which knows no plus sign, no leading zero and no bare point.</summary>
    private static string? Number(string value) =>
        value.All(static c => char.IsAsciiDigit(c) || c is '-' or '.' or 'e' or 'E' or '+')
        && decimal.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            ? number.ToString(CultureInfo.InvariantCulture)
            : null;
}

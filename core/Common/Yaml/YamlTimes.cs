using System.Globalization;
using System.Text.RegularExpressions;

namespace DevOpsAI.Common.Yaml;

/// <summary>Times as people write them in a file.</summary>
internal static partial class YamlTimes
{
    private static readonly TimeSpan MaxDuration = TimeSpan.FromDays(30);

    /// <summary>As in <c>90m</c>, <c>8h</c> or <c>2d</c>: one minute to thirty days.</summary>
    public static TimeSpan Duration(this YamlFields fields, string key) =>
        fields.Value<TimeSpan>(key, "a time from 1m to 30d, as in 90m, 8h or 2d", TimeSpan.FromHours(1), TryDuration);

    /// <summary>As in <c>18:30</c>; <c>24:00</c> is the end of the day.</summary>
    public static TimeOnly TimeOfDay(this YamlFields fields, string key) =>
        fields.Value<TimeOnly>(key, "a time of day, as in \"18:30\"", TimeOnly.MinValue, TryTimeOfDay);

    /// <summary>As in <c>2026-12-24 18:00</c>, on the wall clock of the mapping's time zone.</summary>
    public static DateTime WallClock(this YamlFields fields, string key) =>
        fields.Value<DateTime>(key, "a date and time, as in \"2026-12-24 18:00\"", DateTime.MinValue, TryWallClock);

    public static TimeZoneInfo Zone(this YamlFields fields, string key) => fields.Value<TimeZoneInfo>(
        key, "a time zone this machine knows, as in Europe/Berlin or UTC", TimeZoneInfo.Utc, TimeZoneInfo.TryFindSystemTimeZoneById);

    private static bool TryDuration(string text, out TimeSpan time)
    {
        time = default;
        if (Shape().Match(text) is not { Success: true } match)
            return false;
        var number = int.Parse(match.Groups["number"].ValueSpan, CultureInfo.InvariantCulture);
        time = match.Groups["unit"].Value switch
        {
            "m" => TimeSpan.FromMinutes(number),
            "h" => TimeSpan.FromHours(number),
            _ => TimeSpan.FromDays(number),
        };
        return time <= MaxDuration;
    }

    private static bool TryTimeOfDay(string text, out TimeOnly time) =>
        TimeOnly.TryParseExact(text == "24:00" ? "00:00" : text, "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    private static bool TryWallClock(string text, out DateTime time) =>
        DateTime.TryParseExact(text, "yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out time);

    [GeneratedRegex(@"^(?<number>[1-9][0-9]{0,4})(?<unit>[mhd])\z", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Shape();
}

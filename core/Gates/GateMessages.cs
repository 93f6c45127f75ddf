using System.Globalization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>How gates speak to people: times in UTC and saying so, lists and names in plain words.</summary>
internal static class GateMessages
{
    public static string Utc(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);

    public static string Span(TimeSpan time) => time switch
    {
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerDay == 0 => Count((int)time.TotalDays, "day"),
        { Ticks: var ticks } when ticks % TimeSpan.TicksPerHour == 0 => Count((int)time.TotalHours, "hour"),
        _ => Count((int)time.TotalMinutes, "minute"),
    };

    public static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";

    public static string And(IReadOnlyList<string> items) =>
        items.Count < 2 ? string.Concat(items) : $"{string.Join(", ", items.SkipLast(1))} and {items[^1]}";

    public static string Plural(Role role) => role switch
    {
        Role.Technician => "technicians",
        Role.Approver => "approvers",
        Role.Manager => "managers",
        Role.Administrator => "administrators",
        _ => "auditors",
    };

    /// <summary>Untrusted text inside a sentence: one line, not endless.</summary>
    public static string Said(string text, int most = 120)
    {
        var line = string.Concat(text.Select(character => char.IsControl(character) ? ' ' : character)).Trim();
        return line.Length <= most ? line : string.Concat(line.AsSpan(0, most - 1), "…");
    }

    /// <summary>Ends with a full stop, whatever a person typed.</summary>
    public static string Stop(string text) => text.TrimEnd() is var trimmed && trimmed.EndsWith('.') ? trimmed : $"{trimmed}.";
}

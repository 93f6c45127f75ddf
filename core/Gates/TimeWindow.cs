using System.Collections.Immutable;

namespace DevOpsAI.Gates;

/// <summary>
/// Hours of some days on the wall clock of a time zone. With <paramref name="To"/> before <paramref name="From"/> it lasts past midnight
/// and belongs to the day it began on; with both the same it is the whole day. An hour that the clock skips is not in it, one that the
/// clock repeats is, twice.
/// </summary>
/// <param name="Days">Empty: every day.</param>
public sealed record TimeWindow(ImmutableArray<DayOfWeek> Days, TimeOnly From, TimeOnly To, TimeZoneInfo Zone)
{
    public bool Contains(DateTimeOffset at)
    {
        var local = TimeZoneInfo.ConvertTime(at, Zone);
        var time = TimeOnly.FromTimeSpan(local.TimeOfDay);
        var yesterday = (DayOfWeek)(((int)local.DayOfWeek + 6) % 7);
        if (From == To)
            return IsOn(local.DayOfWeek);
        return From < To
            ? IsOn(local.DayOfWeek) && time >= From && time < To
            : (IsOn(local.DayOfWeek) && time >= From) || (IsOn(yesterday) && time < To);
    }

    private bool IsOn(DayOfWeek day) => Days.IsEmpty || Days.Contains(day);
}

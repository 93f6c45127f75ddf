namespace DevOpsAI.Gates;

/// <summary>From one instant until before another, once.</summary>
public sealed record Period(DateTimeOffset Begins, DateTimeOffset Ends)
{
    public bool Contains(DateTimeOffset at) => at >= Begins && at < Ends;

    /// <summary>
    /// What two wall clock times of a zone mean; of an hour that the clock repeats, the wider period. Null when the clock skips one of
    /// them, or when it does not end after it begins.
    /// </summary>
    public static Period? Create(DateTime begins, DateTime ends, TimeZoneInfo zone)
    {
        if (zone.IsInvalidTime(begins) || zone.IsInvalidTime(ends))
            return null;
        var period = new Period(new(begins, GetOffsets(begins, zone).Max()), new(ends, GetOffsets(ends, zone).Min()));
        return period.Ends > period.Begins ? period : null;
    }

    private static TimeSpan[] GetOffsets(DateTime wall, TimeZoneInfo zone) =>
        zone.IsAmbiguousTime(wall) ? zone.GetAmbiguousTimeOffsets(wall) : [zone.GetUtcOffset(wall)];
}

namespace DevOpsAI.Digests;

/// <summary>
/// Once a day at a time of day in a time zone. Where clocks skip that time in spring, the digest is due when they have gone on; where they
/// repeat it in autumn, the first time.
/// </summary>
public sealed class DigestSchedule(TimeOnly at, TimeZoneInfo zone)
{
    /// <summary>The last time at or before <paramref name="now"/> at which a digest was due, UTC.</summary>
    public DateTimeOffset LastDue(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).Date);
        var due = On(today);
        return due <= now ? due : On(today.AddDays(-1));
    }

    /// <summary>The first time after <paramref name="now"/>, UTC.</summary>
    public DateTimeOffset NextDue(DateTimeOffset now)
    {
        var today = DateOnly.FromDateTime(TimeZoneInfo.ConvertTime(now, zone).Date);
        var due = On(today);
        return due > now ? due : On(today.AddDays(1));
    }

    private DateTimeOffset On(DateOnly day)
    {
        var local = day.ToDateTime(at);
        while (zone.IsInvalidTime(local))
            local = local.AddMinutes(1);
        var offset = zone.IsAmbiguousTime(local) ? zone.GetAmbiguousTimeOffsets(local).Max() : zone.GetUtcOffset(local);
        return new DateTimeOffset(local, offset).ToUniversalTime();
    }
}

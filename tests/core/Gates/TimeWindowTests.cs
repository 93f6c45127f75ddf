using System.Globalization;
using DevOpsAI.Gates;

namespace DevOpsAI.Tests.Gates;

public sealed class TimeWindowTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    // Winter: Berlin is UTC+1.
    [InlineData("2026-03-02T16:59Z", false)]
    [InlineData("2026-03-02T17:00Z", true)]
    [InlineData("2026-03-03T06:59Z", true)] // past midnight, still Monday's window
    [InlineData("2026-03-03T07:00Z", false)]
    [InlineData("2026-03-02T06:00Z", false)] // Sunday night does not run into Monday
    [InlineData("2026-03-03T18:00Z", false)] // Tuesday is not named
    // Summer: UTC+2.
    [InlineData("2026-07-06T15:59Z", false)]
    [InlineData("2026-07-06T16:00Z", true)]
    public void Monday_nights_in_Berlin(string at, bool isIn) =>
        new TimeWindow([DayOfWeek.Monday], new(18, 0), new(8, 0), Berlin).Contains(At(at)).ShouldBe(isIn);

    [Theory]
    [InlineData("2026-03-29T00:59Z", false)] // 01:59, then the clock skips to 03:00
    [InlineData("2026-03-29T01:00Z", false)] // 03:00
    [InlineData("2026-10-25T00:30Z", true)] // 02:30 in summer time
    [InlineData("2026-10-25T01:30Z", true)] // 02:30 again, in winter time
    [InlineData("2026-10-25T02:00Z", false)]
    public void An_hour_that_the_clock_skips_or_repeats(string at, bool isIn) =>
        new TimeWindow([], new(2, 0), new(3, 0), Berlin).Contains(At(at)).ShouldBe(isIn);

    [Theory]
    [InlineData("2026-03-01T23:00Z", true)] // Monday in Berlin
    [InlineData("2026-03-02T22:59Z", true)]
    [InlineData("2026-03-02T23:00Z", false)]
    public void Same_from_and_to_is_the_whole_day(string at, bool isIn) =>
        new TimeWindow([DayOfWeek.Monday], new(0, 0), new(0, 0), Berlin).Contains(At(at)).ShouldBe(isIn);

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

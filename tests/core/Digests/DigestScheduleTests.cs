using System.Globalization;
using DevOpsAI.Digests;

namespace DevOpsAI.Tests.Digests;

public sealed class DigestScheduleTests
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    [Theory]
    [InlineData("2026-11-21T06:59:59Z", "2026-11-20T07:00:00Z", "2026-11-21T07:00:00Z")]
    [InlineData("2026-11-21T07:00:00Z", "2026-11-21T07:00:00Z", "2026-11-22T07:00:00Z")]
    [InlineData("2026-11-21T23:00:00Z", "2026-11-21T07:00:00Z", "2026-11-22T07:00:00Z")]
    public void Is_due_once_a_day(string now, string last, string next)
    {
        var schedule = new DigestSchedule(new(7, 0), TimeZoneInfo.Utc);
        schedule.LastDue(At(now)).ShouldBe(At(last));
        schedule.NextDue(At(now)).ShouldBe(At(next));
    }

    [Theory]
    [InlineData("2026-07-01T04:59:00Z", "2026-06-30T05:00:00Z", "2026-07-01T05:00:00Z")]
    [InlineData("2026-12-01T22:30:00Z", "2026-12-01T06:00:00Z", "2026-12-02T06:00:00Z")]
    public void Keeps_to_the_clock_on_the_wall_in_summer_and_in_winter(string now, string last, string next)
    {
        var schedule = new DigestSchedule(new(7, 0), Berlin);
        schedule.LastDue(At(now)).ShouldBe(At(last));
        schedule.NextDue(At(now)).ShouldBe(At(next));
    }

    [Fact]
    public void A_time_that_the_clocks_skip_in_spring_is_due_when_they_have_gone_on() =>
        new DigestSchedule(new(2, 30), Berlin).NextDue(At("2026-03-28T12:00:00Z")).ShouldBe(At("2026-03-29T01:00:00Z"));

    [Fact]
    public void A_time_that_they_repeat_in_autumn_is_due_the_first_time_only()
    {
        var schedule = new DigestSchedule(new(2, 30), Berlin);
        schedule.NextDue(At("2026-10-24T12:00:00Z")).ShouldBe(At("2026-10-25T00:30:00Z"));
        schedule.LastDue(At("2026-10-25T01:45:00Z")).ShouldBe(At("2026-10-25T00:30:00Z"));
        schedule.NextDue(At("2026-10-25T00:31:00Z")).ShouldBe(At("2026-10-26T01:30:00Z"));
    }

    [Fact]
    public void Over_two_years_every_day_has_one_due_time_and_the_next_one_of_it_follows()
    {
        foreach (var zone in new[] { Berlin, TimeZoneInfo.Utc, TimeZoneInfo.FindSystemTimeZoneById("Australia/Lord_Howe"),
            TimeZoneInfo.FindSystemTimeZoneById("America/St_Johns") })
        {
            var schedule = new DigestSchedule(new(2, 15), zone);
            var due = schedule.NextDue(At("2026-01-01T00:00:00Z"));
            for (var day = 0; day < 730; day++)
            {
                var next = schedule.NextDue(due);
                (next - due).ShouldBeInRange(TimeSpan.FromHours(22.9), TimeSpan.FromHours(25.1));
                schedule.LastDue(next).ShouldBe(next);
                schedule.LastDue(next - TimeSpan.FromTicks(1)).ShouldBe(due);
                due = next;
            }
        }
    }

    private static DateTimeOffset At(string text) => DateTimeOffset.Parse(text, CultureInfo.InvariantCulture);
}

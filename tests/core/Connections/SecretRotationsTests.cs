using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Connections;

/// <summary>AISVS 9.4.3: a rotation schedule that speaks up.</summary>
public sealed class SecretRotationsTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 29, 18, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("2026-12-14", null)]
    [InlineData("2026-12-13", "X is to be replaced by 2026-12-13, in 14 days; then set Connections:x:RotateBy anew.")]
    [InlineData("2026-11-30", "X is to be replaced by 2026-11-30, in 1 day; then set Connections:x:RotateBy anew.")]
    [InlineData("2026-11-29", "X is to be replaced today, 2026-11-29; then set Connections:x:RotateBy anew.")]
    [InlineData("2026-11-28",
        "X was to be replaced by 2026-11-28 and is overdue since 1 day; replace it and set Connections:x:RotateBy anew.")]
    public void It_is_said_from_two_weeks_before_and_as_long_as_it_is_overdue(string day, string? message) =>
        For("x", day).Warning(Now).ShouldBe(message);

    [Fact]
    public void The_most_urgent_comes_first_and_what_has_time_not_at_all() =>
        new SecretRotations([For("late", "2027-06-01"), For("soon", "2026-12-01"), For("over", "2026-10-01")]).Due(Now)
            .Select(static due => due.Secret.Setting).ShouldBe(["Connections:over:RotateBy", "Connections:soon:RotateBy"]);

    private static SecretRotation For(string name, string day) =>
        new($"Connections:{name}:RotateBy", "X", TenantId.Parse("contoso"), DateOnly.ParseExact(day, "yyyy-MM-dd"));
}

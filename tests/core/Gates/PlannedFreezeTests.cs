using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>Windows that are there once: the scene begins on 2026-03-02 09:00 UTC.</summary>
public sealed class PlannedFreezeTests
{
    // 09:30 to 11:00 UTC
    private const string YearEnd =
        "[{ name: year-end close, begins: '2026-03-02 10:30', ends: '2026-03-02 12:00', timeZone: Europe/Berlin }]";
    private const string Describe = "This client is frozen as planned until 2026-03-02 11:00 UTC: year-end close.";

    [Fact]
    public async Task While_it_lasts_nothing_is_approved_executed_or_taken_back()
    {
        var scene = new GateScene(APolicy.With(freezes: YearEnd));
        var incident = await scene.StagedAsync(Plan("service.start"));
        await scene.DecideAsync(Command(Ada, incident));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        var waiting = await scene.StagedAsync(Plan("service.start"), Con(1002));

        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        (await scene.CheckExecuteAsync()).ShouldBe(Describe);
        (await scene.DecideAsync(Command(Ben, waiting))).ShouldSatisfyAllConditions(
            result => result.Refusal.ShouldBe(Refusal.Frozen),
            result => result.Message.ShouldBe($"{Describe} Nothing was approved; approve CON-1002 when the pause is over."));
        (await scene.DecideAsync(Command(Ben, waiting, DecisionKind.Reject, "Not now."))).IsDone.ShouldBeTrue(
            "saying no is always possible");

        scene.Clock.Advance(TimeSpan.FromMinutes(90));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        await scene.ExecutedAsync();
    }

    [Fact]
    public async Task What_would_run_by_itself_waits_for_a_person()
    {
        const string ByItself = "  - { name: All, actions: ['*'], level: L1 }";
        var scene = new GateScene(APolicy.With(ByItself, freezes: YearEnd));
        scene.Clock.Advance(TimeSpan.FromMinutes(45));
        (await scene.StagedAsync(Plan("process.lower-priority"))).Staged!.Terms.ShouldSatisfyAllConditions(
            terms => terms.Level.ShouldBe(GateLevel.L2),
            terms => terms.Reasons.ShouldContain(Describe));
    }

    [Fact]
    public async Task A_maintenance_window_may_be_there_once()
    {
        const string Move = "[{ name: move, begins: '2026-03-02 09:30', ends: '2026-03-02 10:00', timeZone: UTC }]";
        var scene = new GateScene(APolicy.With("  - { name: All, actions: ['*'], level: L1 }", maintenance: Move));
        (await scene.StagedAsync(Plan("process.lower-priority"))).Staged!.Terms.Level.ShouldBe(GateLevel.L1);
        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        (await scene.StagedAsync(Plan("process.lower-priority"), Con(1002))).Staged!.Terms.Level.ShouldBe(GateLevel.L2);
        scene.Clock.Advance(TimeSpan.FromMinutes(30));
        (await scene.StagedAsync(Plan("process.lower-priority"), Con(1003))).Staged!.Terms.Level.ShouldBe(GateLevel.L1);
    }

    [Theory]
    [InlineData("{ name: x, begins: '2026-03-02 10:00', ends: '2026-03-02 09:00', timeZone: UTC }", "'ends' must be after 'begins'")]
    [InlineData("{ name: x, begins: '2026-03-29 02:30', ends: '2026-03-29 09:00', timeZone: Europe/Berlin }", "the clock does not skip")]
    [InlineData("{ name: x, begins: tomorrow, ends: '2026-03-29 09:00', timeZone: UTC }", "'begins' must be a date and time, as in")]
    [InlineData("{ name: x, begins: '2026-03-29 01:00', timeZone: UTC }", "'ends' is missing")]
    [InlineData("{ name: x, begins: '2026-03-29 01:00', ends: '2026-03-29 02:00' }", "'timeZone' is missing")]
    [InlineData("{ name: x, begins: '2026-03-29 01:00', ends: '2026-03-29 02:00', timeZone: UTC, days: [mon] }", "unknown key 'days'")]
    public void Validation_errors_are_told(string window, string error)
    {
        foreach (var yaml in new[] { APolicy.Yaml(maintenance: $"[{window}]"), APolicy.Yaml(freezes: $"[{window}]") })
        {
            var errors = new List<string>();
            GatePolicyReader.Read("test.yaml", yaml, errors).ShouldBeNull();
            errors.ShouldContain(told => told.Contains(error));
        }
    }

    [Fact]
    public void Of_an_hour_that_the_clock_repeats_both_belong_to_it()
    {
        var berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");
        var period = Period.Create(new(2026, 10, 25, 2, 15, 0), new(2026, 10, 25, 2, 45, 0), berlin)!;
        period.Begins.UtcDateTime.ShouldBe(new(2026, 10, 25, 0, 15, 0));
        period.Ends.UtcDateTime.ShouldBe(new(2026, 10, 25, 1, 45, 0));
    }
}

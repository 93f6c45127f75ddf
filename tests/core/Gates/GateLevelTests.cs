using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Gates;

public sealed class GateLevelTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly FindAction Find = new ActionCatalog(new SmallCatalog()).For(GateScene.Contoso);

    [Theory]
    [InlineData("ticket.create", GateLevel.L0)]
    [InlineData("process.lower-priority", GateLevel.L1)]
    [InlineData("service.restart", GateLevel.L2)]
    [InlineData("disk.cleanup", GateLevel.L2)]
    [InlineData("device.reboot", GateLevel.L2)]
    [InlineData("vpn.restart", GateLevel.L2)]
    [InlineData("tenant.policy", GateLevel.L2)]
    [InlineData("site.wipe", GateLevel.L3)]
    [InlineData("nobody.declared-this", GateLevel.L3)]
    public void The_policy_that_comes_with_the_bot_asks_before_anything_changes(string action, GateLevel level)
    {
        var terms = Compute(GatePolicies.BuiltIn, GateScene.Plan(action));
        terms.Level.ShouldBe(level);
        terms.Reasons.ShouldNotBeEmpty();
    }

    [Fact]
    public void Reasons_are_plain_sentences() => Compute(GatePolicies.BuiltIn, GateScene.Plan("disk.cleanup")).Reasons.ShouldBe([
        "disk.cleanup on SRV-FILE01 can be undone only in part and touches one device.",
        "Policy: Changes are approved by a person.",
    ]);

    [Fact]
    public void A_plan_without_steps_is_for_people() =>
        Compute(GatePolicies.BuiltIn, Plan.Empty).ShouldSatisfyAllConditions(
            terms => terms.Level.ShouldBe(GateLevel.L3),
            terms => terms.Reasons.ShouldBe(["There is no plan to carry out: a person decides what to do."]));

    [Fact]
    public void A_plan_with_a_problem_is_for_people_and_says_the_problem() => GateLevels
        .Compute(GatePolicies.BuiltIn,
            Question(GateScene.Plan("ticket.create")) with { Problem = "There are two devices named SRV-FILE01." }, Find)
        .Reasons.ShouldBe(["There are two devices named SRV-FILE01."]);

    [Fact]
    public void A_high_risk_raises_the_level() =>
        GateLevels.Compute(GatePolicies.BuiltIn, Question(GateScene.Plan("ticket.create")) with { Risk = Risk.High }, Find).Level
            .ShouldBe(GateLevel.L2);

    [Fact]
    public void Irreversible_for_a_whole_site_needs_two_approvers_even_where_it_were_allowed() =>
        Compute(GatePolicies.BuiltIn, GateScene.Plan("site.wipe")).Approvals.ShouldBe(2);

    [Fact]
    public void Many_small_steps_are_one_big_one()
    {
        Compute(GatePolicies.BuiltIn, GateScene.Plan([.. Enumerable.Repeat("process.lower-priority", 5)])).Level.ShouldBe(GateLevel.L1);
        var terms = Compute(GatePolicies.BuiltIn, GateScene.Plan([.. Enumerable.Repeat("process.lower-priority", 6)]));
        terms.Level.ShouldBe(GateLevel.L2);
        terms.Reasons.ShouldBe(
            ["Small changes add up: this one weighs 6, 0 ran without approval in the last 1 hour, and more than 5 is asked."]);
    }

    [Fact]
    public void What_ran_before_counts_too() => GateLevels
        .Compute(GatePolicies.BuiltIn, Question(GateScene.Plan("process.lower-priority")) with { EarlierWeight = 5 }, Find).Level
        .ShouldBe(GateLevel.L2);

    [Fact]
    public void What_changes_nothing_is_not_counted() => GateLevels
        .Compute(GatePolicies.BuiltIn, Question(GateScene.Plan("ticket.create")) with { EarlierWeight = 50 }, Find).Level
        .ShouldBe(GateLevel.L0);

    [Fact]
    public void Nothing_runs_by_itself_during_maintenance()
    {
        var policy = APolicy.With("  - { name: Small, level: L1 }",
            maintenance: "[{ name: patch day, days: [mon], from: \"08:00\", to: \"10:00\", timeZone: UTC }]");
        Compute(policy, GateScene.Plan("process.lower-priority")).Reasons
            .ShouldBe(["Nothing runs by itself during the maintenance window 'patch day'."]);
        GateLevels.Compute(policy, Question(GateScene.Plan("process.lower-priority"), Monday.AddHours(1)), Find).Level
            .ShouldBe(GateLevel.L1);
    }

    [Fact]
    public void Critical_incidents_expire_and_escalate_sooner()
    {
        var terms = GateLevels.Compute(GatePolicies.BuiltIn,
            Question(GateScene.Plan("disk.cleanup")) with { Severity = Severity.Critical }, Find);
        terms.ExpiresAt.ShouldBe(Monday.AddHours(1));
        terms.EscalateAt.ShouldBe(Monday.AddMinutes(15));
        terms.EscalateTo.ShouldBe(Role.Manager);
        Compute(GatePolicies.BuiltIn, GateScene.Plan("disk.cleanup")).ExpiresAt.ShouldBe(Monday.AddHours(8));
    }

    [Fact]
    public void The_strictest_step_sets_the_terms()
    {
        var policy = APolicy.With("""
              - { name: Two, actions: [disk.*], level: L2, approvals: 2, expiry: 2h, notTheRequester: true }
              - { name: Admins, actions: [service.*], level: L2, approver: administrator, expiry: 4h, notTheRequester: false }
              - { name: Rest, level: L1 }
            """, notTheRequester: false);
        var terms = Compute(policy, GateScene.Plan("service.restart", "disk.cleanup", "process.lower-priority"));
        terms.Level.ShouldBe(GateLevel.L2);
        terms.Approvals.ShouldBe(2);
        terms.ApproverRole.ShouldBe(Role.Administrator);
        terms.NotTheRequester.ShouldBeTrue();
        terms.ExpiresAt.ShouldBe(Monday.AddHours(2));
    }

    [Fact]
    public void An_action_no_rule_speaks_of_is_approved_by_a_person() =>
        Compute(APolicy.With("  - { name: Other, actions: [other.*], level: L0 }"), GateScene.Plan("service.restart")).Level
            .ShouldBe(GateLevel.L2);

    [Fact]
    public void An_action_of_another_tenants_connection_is_for_people() =>
        Compute(GatePolicies.BuiltIn, new([GateScene.Step("ticket.create", connection: "fabrikam-sandbox")])).Level.ShouldBe(GateLevel.L3);

    [Fact]
    public void No_policy_lowers_a_plan_below_the_floor_of_any_step()
    {
        var questions =
            from names in Gen.Elements(SmallCatalog.All.Select(action => action.Name).Append("unknown.action").ToArray()).ListOf()
            from ruleLevels in Gen.Elements(Enum.GetValues<GateLevel>()).ListOf()
            from patterns in Gen.Elements("*", "disk.*", "site.wipe", "device.*", "service.restart").ListOf(ruleLevels.Count)
            from severity in Gen.Elements(Enum.GetValues<Severity>())
            from risk in Gen.Elements(Enum.GetValues<Risk>())
            from earlier in Gen.Choose(0, 20)
            from isUndo in Gen.Elements(true, false)
            select (names, ruleLevels, patterns, severity, risk, earlier, isUndo);
        Prop.ForAll(questions.ToArbitrary(), case_ =>
        {
            var policy = GatePolicies.BuiltIn with
            {
                Rules = [.. case_.ruleLevels.Zip(case_.patterns,
                    (level, pattern) => new GateRule("r", null, [pattern], [], [], null, level, null, null, null, null, null, null))],
            };
            var area = case_.isUndo ? GateArea.Undo : GateArea.Operations;
            var plan = GateScene.Plan([.. case_.names]);
            var terms = GateLevels.Compute(
                policy, new(area, case_.severity, plan, Monday) { Risk = case_.risk, EarlierWeight = case_.earlier }, Find);
            return terms.Level >= GateLevels.Floor(plan, area, Find) && terms.Reasons.Count > 0 && terms.Approvals >= 1
                && terms.ExpiresAt > Monday;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Where_the_world_leaves_less_time_than_policy_the_deadline_is_sooner_and_others_are_told_in_proportion()
    {
        var usual = Compute(GatePolicies.BuiltIn, GateScene.Plan("service.restart"));
        var battery = GateLevels.Compute(
            GatePolicies.BuiltIn, Question(GateScene.Plan("service.restart")) with { NotAfter = Monday.AddMinutes(13) }, Find);
        battery.ExpiresAt.ShouldBe(Monday.AddMinutes(13));
        var share = (usual.EscalateAt!.Value - Monday) / (usual.ExpiresAt - Monday);
        battery.EscalateAt.ShouldBe(Monday + (TimeSpan.FromMinutes(13) * share));
    }

    [Fact]
    public void What_words_led_to_asks_a_person()
    {
        var policy = APolicy.With("  - { name: By itself, actions: [\"*\"], level: L0 }");
        var plan = GateScene.Plan("process.lower-priority");
        GateLevels.Compute(policy, Question(plan), Find).Level.ShouldBe(GateLevel.L1);
        GateLevels.Compute(policy, Question(plan) with { ByWords = true }, Find).Level.ShouldBe(GateLevel.L2);
    }

    private static GateQuestion Question(Plan plan, DateTimeOffset? now = null) =>
        new(GateArea.Operations, Severity.Warning, plan, now ?? Monday);

    private static GateTerms Compute(GatePolicy policy, Plan plan) => GateLevels.Compute(policy, Question(plan), Find);
}

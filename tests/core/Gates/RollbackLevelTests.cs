using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using FsCheck;
using FsCheck.Fluent;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>What runs by itself when a later step fails has its part in the level of a plan (AISVS 9.2.10).</summary>
public sealed class RollbackLevelTests
{
    private static readonly DateTimeOffset Monday = new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
    private static readonly FindAction Find = new ActionCatalog(new SmallCatalog()).For(Contoso);
    private static readonly GatePolicy Lenient = APolicy.With("  - { name: Everything runs, level: L0 }", chain: 100);

    [Fact]
    public void A_way_back_that_cannot_be_undone_raises_the_level_and_needs_a_review()
    {
        var plan = Plan("device.isolate", "service.start");
        Compute(Lenient, plan).ShouldSatisfyAllConditions(
            terms => terms.Level.ShouldBe(GateLevel.L2),
            terms => terms.Reasons.ShouldBe(
                ["device.format, which takes device.isolate on SRV-FILE01 back, cannot be undone and touches one device."]));
        GateLevels.NeedsReview(plan, Find).ShouldBeTrue();
        GateLevels.NeedsReview(Plan("service.start"), Find).ShouldBeFalse();
    }

    [Fact]
    public void A_way_back_that_is_as_harmless_as_its_action_changes_nothing()
    {
        Compute(Lenient, Plan("service.start", "process.lower-priority")).Level.ShouldBe(GateLevel.L1);
        Compute(Lenient, Plan("service.start")).Reasons.ShouldBe(["service.start on SRV-FILE01 can be undone and touches one device."]);
    }

    [Fact]
    public void A_way_back_that_nobody_declares_is_for_people()
    {
        var step = Step("service.start") with { Rollback = "service.vanish" };
        Compute(Lenient, new([step, Step("service.restart")])).ShouldSatisfyAllConditions(
            terms => terms.Level.ShouldBe(GateLevel.L3),
            terms => terms.Reasons.ShouldBe(["service.vanish, which takes service.start on SRV-FILE01 back, is not in the catalog."]));
    }

    [Fact]
    public void What_the_policy_says_of_an_action_by_name_holds_where_it_takes_something_back()
    {
        var policy = APolicy.With("""
              - { name: Starting is fine, actions: [service.start, ticket.*], level: L1 }
              - { name: Stopping needs two, actions: [service.stop], level: L2, approvals: 2, approver: administrator }
              - { name: Everything else, actions: ["*"], level: L3 }
            """, notTheRequester: false);
        var both = Compute(policy, Plan("service.start", "ticket.create"));
        both.Level.ShouldBe(GateLevel.L2);
        both.Reasons.ShouldBe(["Policy for service.stop, which takes service.start back: Stopping needs two."]);
        both.Approvals.ShouldBe(2);
        both.ApproverRole.ShouldBe(Role.Administrator);
        both.NotTheRequester.ShouldBeFalse();
        Compute(policy, Plan("service.start")).Level.ShouldBe(GateLevel.L1, "nothing comes after it that could fail");
    }

    [Fact]
    public void Small_changes_add_up_by_the_graver_of_both_ways()
    {
        GateLevels.GetWeight(Plan("device.isolate"), Find).ShouldBe(9);
        GateLevels.GetWeight(Plan("service.start", "service.start"), Find).ShouldBe(2);
    }

    [Fact]
    public async Task A_plan_whose_way_back_cannot_be_undone_is_staged_with_that_command_and_every_page_to_be_opened()
    {
        var scene = new GateScene(Lenient);
        var staged = (await scene.StagedAsync(Plan("device.isolate", "service.start"))).Staged!;
        staged.Terms.Level.ShouldBe(GateLevel.L2);
        staged.NeedsReview.ShouldBeTrue();
        staged.Plan.Steps.Select(step => step.RollbackCommand).ShouldBe(["Format SRV-FILE01", "Stop-Service 'Spooler' on SRV-FILE01"]);
        var result = await scene.DecideAsync(Command(Ada, await scene.IncidentAsync()));
        result.Refusal.ShouldBe(Refusal.NotReviewed);
    }

    [Fact]
    public async Task Another_command_to_take_it_back_is_another_plan_digest()
    {
        var scene = new GateScene(Lenient);
        var staged = (await scene.StagedAsync(Plan("service.start"))).Staged!;
        Plan other = new([staged.Plan.Steps[0] with { RollbackCommand = "Remove-Everything" }]);
        PlanDigests.Compute(Contoso, staged, other).ShouldNotBe(staged.Seal);
        PlanDigests.Compute(Contoso, staged, staged.Plan).ShouldBe(staged.Seal);
    }

    [Fact]
    public async Task An_edit_writes_the_way_back_anew_too()
    {
        var scene = new GateScene();
        var incident = await scene.StagedAsync(Plan("service.start"));
        (await scene.DecideAsync(
            Command(Ada, incident, DecisionKind.ApproveWithEdits, edits: new Dictionary<string, string> { ["0.service"] = "Fax" }))).IsDone
            .ShouldBeTrue();
        var step = (await scene.IncidentAsync()).PlanInForce.Steps[0];
        (step.Command, step.RollbackCommand).ShouldBe(("Start-Service 'Fax' on SRV-FILE01", "Stop-Service 'Fax' on SRV-FILE01"));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    /// <summary>Over any catalog, plan and policy: never below the floor, which is that of the gravest thing that may be done.</summary>
    [Fact]
    public void No_catalog_plan_or_policy_leads_below_the_floor_of_anything_that_may_be_done()
    {
        var action =
            from reversibility in Gen.Elements(Enum.GetValues<Reversibility>())
            from radius in Gen.Elements(Enum.GetValues<BlastRadius>())
            from back in Gen.Choose(-1, 5)
            select (reversibility, radius, back);
        var cases =
            from catalog in action.ListOf(5)
            from steps in Gen.Choose(0, 5).ListOf()
            from rules in (from level in Gen.Elements(Enum.GetValues<GateLevel>()) from pattern in Gen.Elements("*", "a0", "a1", "a*", "b")
                select (level, pattern)).ListOf()
            from risk in Gen.Elements(Enum.GetValues<Risk>())
            from severity in Gen.Elements(Enum.GetValues<Severity>())
            from earlier in Gen.Choose(0, 10)
            from area in Gen.Elements(GateArea.Operations, GateArea.Undo)
            select (catalog, steps, rules, risk, severity, earlier, area);
        Prop.ForAll(cases.ToArbitrary(), one =>
        {
            var declared = one.catalog.Select((nature, number) => new ActionSpec(
                $"a{number}", "A", "device", nature.reversibility, nature.radius, true, "{target}", [],
                nature.back < 0 ? null : $"a{nature.back}", TimeSpan.FromSeconds(1)))
                .ToDictionary(spec => spec.Name);
            FindAction find = (_, name) => declared.GetValueOrDefault(name);
            var plan = new Plan(
                [.. one.steps.Select(number => Step($"a{number}") with { Rollback = declared.GetValueOrDefault($"a{number}")?.Rollback })]);
            var policy = GatePolicies.BuiltIn with
            {
                Rules = [.. one.rules.Select(
                    rule => new GateRule("r", null, [rule.pattern], [], [], null, rule.level, null, null, null, null, null, null))],
            };
            var question = new GateQuestion(one.area, one.severity, plan, Monday) { Risk = one.risk, EarlierWeight = one.earlier };
            var terms = GateLevels.Compute(policy, question, find);
            var all = plan.Steps.SelectMany(step => step.Rollback is null ? [step.Action] : new[] { step.Action, step.Rollback }).ToList();
            var gravest = all.Count == 0 ? GateLevel.L3 : all.Max(name => GateLevels.Floor(find(plan.Steps[0].Target, name), one.area));
            var calm = GateLevels.Compute(policy, question with { Risk = Risk.Low, EarlierWeight = 0 }, find);
            return terms.Level >= gravest
                && GateLevels.Floor(plan, one.area, find) == gravest
                && terms.Level >= calm.Level
                && terms.Reasons.Count > 0
                && (!all.Exists(name => find(plan.Steps[0].Target, name) is null or { Reversibility: Reversibility.Irreversible })
                    || GateLevels.NeedsReview(plan, find));
        }).QuickCheckThrowOnFailure();
    }

    private static GateTerms Compute(GatePolicy policy, Plan plan) =>
        GateLevels.Compute(policy, new(GateArea.Operations, Severity.Warning, plan, Monday), Find);
}

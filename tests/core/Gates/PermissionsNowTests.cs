using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.Gates;

/// <summary>
/// What was approved is held against roles, policy, catalog and quotas as they are when it is carried out (AISVS 9.1.1, 9.1.2, 9.3.4,
/// 9.5.6).
/// </summary>
public sealed class RightsNowTests
{
    [Fact]
    public async Task A_role_that_was_taken_since_takes_the_approval_along()
    {
        var scene = await ApprovedAsync();
        await scene.AssignAsync(Ada, Role.Approver, held: false);
        (await scene.CheckExecuteAsync()).ShouldBe(
            "Ada Approver may not approve for Contoso Ltd any more. It needs 1 approval by people who may give them and has 0.");
        await scene.AssignAsync(Ada, Role.Technician);
        (await scene.CheckExecuteAsync()).ShouldNotBeNull();
        await scene.AssignAsync(Ada, Role.Approver);
        (await scene.CheckExecuteAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Of_two_approvals_one_is_not_enough_once_the_others_role_was_taken()
    {
        var scene = new GateScene(APolicy.With(approvals: 2));
        var incident = await scene.StagedAsync(Plan("disk.cleanup"));
        await scene.DecideAsync(Command(Ada, incident));
        await scene.DecideAsync(Command(Ben, incident));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        await scene.AssignAsync(Ada, Role.Approver, held: false);
        (await scene.CheckExecuteAsync()).ShouldBe(
            "Ada Approver may not approve for Contoso Ltd any more. It needs 2 approvals by people who may give them and has 1.");
    }

    [Fact]
    public async Task Where_administrators_approve_an_administrator_who_is_only_approver_now_does_not_count()
    {
        var scene = new GateScene(APolicy.With(approver: "administrator"));
        await scene.DecideAsync(Command(Root, await scene.StagedAsync(Plan("disk.cleanup"))));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        await scene.AssignAsync(Ben, Role.Administrator);
        await scene.AssignAsync(Root, Role.Approver);
        await scene.AssignAsync(Root, Role.Administrator, held: false);
        (await scene.CheckExecuteAsync())!.ShouldStartWith("Rita Root may not approve for Contoso Ltd any more.");
    }

    [Fact]
    public async Task An_approval_in_somebodys_name_needs_both_to_be_what_they_were()
    {
        var scene = new GateScene();
        await scene.AbsentAsync(Ada, Ada, Tim);
        (await scene.DecideAsync(Command(Tim, await scene.StagedAsync(Plan("disk.cleanup"))))).IsDone.ShouldBeTrue();
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        await scene.AssignAsync(Tim, Role.Technician, held: false);
        (await scene.CheckExecuteAsync()).ShouldNotBeNull();
        await scene.AssignAsync(Tim, Role.Technician);
        await scene.AssignAsync(Ada, Role.Approver, held: false);
        (await scene.CheckExecuteAsync())!.ShouldStartWith("Ada Approver may not approve for Contoso Ltd any more.");
    }

    [Fact]
    public async Task Whoever_pressed_undo_must_still_be_an_approver()
    {
        var scene = new GateScene();
        await scene.DecideAsync(Command(Ben, await scene.StagedAsync(Plan("service.start"))));
        await scene.ExecutedAsync();
        (await scene.UndoAsync(Ada)).IsDone.ShouldBeTrue();
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        await scene.AssignAsync(Ada, Role.Approver, held: false);
        (await scene.CheckExecuteAsync()).ShouldBe("Ada Approver asked for it and may not approve for Contoso Ltd any more.");
    }

    [Fact]
    public async Task Whoever_broke_the_glass_must_still_be_allowed_to()
    {
        const string Glass = "{ role: approver, confirmations: 1, within: 2h }";
        var scene = new GateScene(APolicy.With(approvals: 2, glass: Glass));
        await scene.StagedAsync(Plan("disk.cleanup"));
        (await scene.BreakGlassAsync(Ada)).IsDone.ShouldBeTrue();
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.ObjectionAsync(guard: scene.GuardWith(APolicy.With(approvals: 2))))!.Message.ShouldBe(
            "The gate policy lets nobody act alone any more.");
        await scene.AssignAsync(Ada, Role.Approver, held: false);
        (await scene.CheckExecuteAsync()).ShouldBe("Ada Approver broke the glass and may not do so for Contoso Ltd any more.");
    }

    [Theory]
    [InlineData(2, true, "approver", "  - { name: All, actions: ['*'], level: L2 }")]
    [InlineData(1, true, "administrator", "  - { name: All, actions: ['*'], level: L2 }")]
    [InlineData(1, true, "approver", "  - { name: Never, actions: ['disk.*'], level: L3 }")]
    [InlineData(1, true, "approver",
        "  - { name: The way back is for people, actions: ['disk.restore'], level: L3 }\n  - { name: All, actions: ['*'], level: L2 }",
        "disk.cleanup", "service.start")]
    public async Task A_policy_that_is_stricter_now_asks_again(
        int approvals, bool notTheRequester, string approver, string rules, params string[] actions)
    {
        var scene = new GateScene(APolicy.With(notTheRequester: notTheRequester));
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan(actions.Length == 0 ? ["disk.cleanup"] : actions))));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        var objection =
            (await scene.ObjectionAsync(
                guard: scene.GuardWith(APolicy.With(rules, approvals, notTheRequester, approver: approver)))).ShouldNotBeNull();
        objection.Message.ShouldBe("The gate policy was changed since it was approved and asks for more now.");
        objection.AskAgain.ShouldHaveSingleItem().What.ShouldBe("gate policy");
        objection.AskAgain[0].Was.ShouldStartWith("L2, 1 approval by approvers other than the requester (operations@");
        objection.FreezeBecause.ShouldBeNull();
    }

    [Theory]
    [InlineData("  - { name: Two words, actions: ['*'], level: L2 }")]
    [InlineData("  - { name: Milder, actions: ['*'], level: L1 }")]
    public async Task A_policy_that_asks_for_no_more_changes_nothing(string rules)
    {
        var scene = new GateScene(APolicy.With());
        await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan("disk.cleanup"))));
        (await scene.ObjectionAsync(guard: scene.GuardWith(APolicy.With(rules)))).ShouldBeNull();
    }

    [Fact]
    public async Task What_was_let_through_without_asking_is_asked_where_the_policy_says_so_now()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("process.lower-priority"));
        (await scene.CheckExecuteAsync()).ShouldBeNull();
        (await scene.ObjectionAsync(guard: scene.GuardWith(APolicy.With())))!.AskAgain.ShouldHaveSingleItem().Now
            .ShouldStartWith("L2, 1 approval by approvers");
    }

    [Fact]
    public async Task An_argument_that_the_catalog_does_not_accept_any_more_is_not_sent()
    {
        var scene = await ApprovedAsync("service.start");
        var plan = (await scene.IncidentAsync()).PlanInForce;
        FindAction narrower = (target, name) => scene.Catalogue.For(Contoso)(target, name) is { } spec
            ? spec with { Arguments = [.. spec.Arguments.Select(argument => argument with { Pattern = "[0-9]+" })] }
            : null;
        Why(scene, await scene.StateAsync(), plan, narrower).ShouldBe("'Spooler' is not allowed as service of service.start.");
    }

    [Fact]
    public async Task A_command_that_the_catalog_writes_otherwise_now_is_not_sent()
    {
        var scene = await ApprovedAsync("service.start");
        var state = await scene.StateAsync();
        var plan = state.Find(Con(1001))!.PlanInForce;
        foreach (var name in new[] { "service.start", "service.stop" })
        {
            FindAction changed = (target, action) =>
            {
                var spec = scene.Catalogue.For(Contoso)(target, action);
                return action == name && spec is not null ? spec with { Command = spec.Command + " -Force" } : spec;
            };
            Why(scene, state, plan, changed).ShouldBe($"{name} is not the command any more that was shown.");
        }
        Why(scene, state, plan, scene.Catalogue.For(Contoso)).ShouldBeNull();
    }

    [Fact]
    public async Task An_approval_counts_for_the_incident_and_the_staging_that_it_names()
    {
        var scene = new GateScene();
        var staged = (await scene.StagedAsync(Plan("disk.cleanup"))).Staged!;
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ProposalDecided(Con(1002), 1, DecisionKind.Approve, staged.Seal, null, null, null, true), Ada.AsActor());
        (await scene.CheckExecuteAsync()).ShouldBe("It needs 1 approval by people who may give them and has 0.");
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, staged.Seal, null, null, null, true),
            new Actor(ActorKind.Person, "", "Nobody"));
        (await scene.CheckExecuteAsync()).ShouldBe("It needs 1 approval by people who may give them and has 0.");
        await scene.AppendAsync(StreamId.Proposal(Con(1001)),
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, staged.Seal, null, null, null, true), Mia.AsActor());
        (await scene.CheckExecuteAsync())!.ShouldStartWith("Mia Manager may not approve for Contoso Ltd any more.");
    }

    [Fact]
    public async Task A_plan_that_is_not_the_one_shown_freezes_the_tenant_where_the_policy_does_not_say_otherwise()
    {
        var scene = await ApprovedAsync();
        var other = Plan("disk.cleanup", "disk.cleanup");
        (await scene.ObjectionAsync(plan: other))!.FreezeBecause.ShouldBe(
            "The plan of CON-1001 is not the one that was shown, so somebody or something changed the record.");
        var policy = APolicy.With() with { FreezeOnBrokenSeal = false };
        (await scene.ObjectionAsync(plan: other, guard: scene.GuardWith(policy)))!.FreezeBecause.ShouldBeNull();
    }

    [Fact]
    public async Task What_was_erased_is_not_carried_out_and_is_no_tampering()
    {
        var scene = await ApprovedAsync();
        var state = await scene.StateAsync();
        var incident = state.Find(Con(1001))!;
        incident = incident with { Proposal = incident.Proposal with { Staged = incident.Staged! with { Nonce = Erased.Text } } };
        var objection = Permissions.Check(state, incident.Proposal, incident.PlanInForce,
            new(APolicy.With(), scene.Catalogue.For(Contoso), id => scene.Access.GetRoles(state, id), scene.Clock.GetUtcNow()));
        objection.ShouldBe(new Objection("What was approved cannot be read any more, so it is not carried out."));
    }

    [Fact]
    public async Task A_plan_with_more_steps_than_the_policy_lets_is_for_people_and_does_not_run_either()
    {
        var scene = new GateScene(APolicy.With(chain: 1000) with { Limits = new(2, 3) });
        (await scene.StagedAsync(Plan("service.start", "service.start", "service.start"))).Staged!.Terms.ShouldSatisfyAllConditions(
            terms => terms.Level.ShouldBe(GateLevel.L3),
            terms => terms.Reasons.ShouldBe(["The plan has 3 steps, and at most 2 are carried out at once: a person decides what to do."]));
        var approved = await ApprovedAsync("service.start", "service.start", "service.start");
        (await approved.ObjectionAsync(guard: approved.GuardWith(APolicy.With() with { Limits = new(2, 3) })))!.Message
            .ShouldBe("The plan has 3 steps, and at most 2 are carried out at once: a person decides what to do.");
    }

    [Fact]
    public async Task What_drifts_again_and_again_is_left_to_a_person_who_may_ask_anew()
    {
        var scene = new GateScene();
        await scene.StagedAsync(Plan("process.lower-priority"));
        for (var drift = 1; drift <= 4; drift++)
        {
            (await scene.IncidentAsync()).Staged!.Terms.Level.ShouldBe(GateLevel.L1, $"drift {drift}");
            await scene.ExecutedAsync(outcome: ExecutionOutcome.Drifted, canBeUndone: false);
            await scene.DraftAsync(Plan("process.lower-priority"), revision: drift + 1);
            await scene.StageAsync();
        }
        var incident = await scene.IncidentAsync();
        incident.Staged!.Terms.Level.ShouldBe(GateLevel.L3);
        incident.Staged.Terms.Reasons.ShouldBe(
            ["The situation changed 4 times before this could be carried out: find out what keeps changing it, then ask for a new draft."]);
        incident.Staged.Plan.Steps.ShouldBeEmpty();
        (await scene.RedraftAsync(Tim)).IsDone.ShouldBeTrue();
        await scene.DraftAsync(Plan("process.lower-priority"), revision: 6);
        await scene.StageAsync();
        (await scene.IncidentAsync()).Staged!.Terms.Level.ShouldBe(GateLevel.L1);
    }

    private static async Task<GateScene> ApprovedAsync(params string[] actions)
    {
        var scene = new GateScene(APolicy.With());
        (await scene.DecideAsync(Command(Ada, await scene.StagedAsync(Plan(actions.Length == 0 ? ["disk.cleanup"] : actions))))).IsDone
            .ShouldBeTrue();
        return scene;
    }

    private static string? Why(GateScene scene, TenantState state, Plan plan, FindAction find) =>
        Permissions.Check(state, state.Find(Con(1001))!.Proposal, plan,
            new(APolicy.With(), find, id => scene.Access.GetRoles(state, id), scene.Clock.GetUtcNow()))?.Message;
}

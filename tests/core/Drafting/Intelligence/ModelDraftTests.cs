using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Drafting.Intelligence;

/// <summary>Which of the two writes the draft, and what it says of it.</summary>
public sealed class ModelDraftTests
{
    private static readonly (string, string)[] DiskFull = [("volume", "C:")];

    [Fact]
    public async Task Without_a_model_the_runbook_drafts_and_no_card_speaks_of_one()
    {
        var draft = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        draft.Plan.Steps.ShouldNotBeEmpty();
        (draft.Note, draft.AtLeast).ShouldBe((null, null));
    }

    [Fact]
    public async Task An_alert_without_a_runbook_gets_the_models_plan_at_L2_or_above_and_the_card_says_so()
    {
        var model = new ScriptedModel(ScriptedModel.Answer(("service.restart", [("service", "Dnscache")])).ToJsonString());
        var scene = new DraftingScene(model, null);
        var draft = await scene.DraftOfAsync("OddResolverBehaviour", "SRV-FILE01");
        var step = draft.Plan.Steps.ShouldHaveSingleItem();
        (step.Action, step.Target.Name, step.Target.Connection).ShouldBe(("service.restart", "SRV-FILE01", "contoso-fake"));
        step.Command.ShouldBe("Restart-Service Dnscache -Computer SRV-FILE01");
        (draft.Problem, draft.AtLeast, draft.Drafter).ShouldBe((null, GateLevel.L2, "model gpt-test"));
        draft.Note.ShouldBe("Written by the model gpt-test. No runbook stands behind it.");
        draft.Analysis.ShouldContain("Likely cause, as it sees it: Old update files.");
        draft.Evidence.ShouldContain(finding => finding.Seq == 1 && finding.Text.EndsWith("The model: The disk is nearly full."));
        var asked = scene.Ledger.Facts<ModelAsked>(DraftingScene.Contoso).ShouldHaveSingleItem();
        (asked.Verdict, asked.Finish, asked.PromptTokens, asked.AnswerTokens, asked.Deployment, asked.Model)
            .ShouldBe((ModelVerdict.Valid, "stop", 900, 100, "gpt-test", "gpt-test-2026"));
    }

    [Fact]
    public async Task The_runbooks_plan_stays_as_it_is_where_the_model_proposes_the_same()
    {
        var alone = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        var same = ScriptedModel.Answer([.. alone.Plan.Steps.Select(
            static step => (step.Action, step.Arguments.Select(static one => (one.Key, one.Value)).ToArray()))]);
        var draft = await new DraftingScene(new ScriptedModel(same.ToJsonString()), null).DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        draft.Plan.Steps.Select(static step => step.Command).ShouldBe(alone.Plan.Steps.Select(static step => step.Command));
        draft.Plan.Steps[0].Verifications.ShouldBe(alone.Plan.Steps[0].Verifications);
        (draft.Summary, draft.Drafter, draft.AtLeast).ShouldBe((alone.Summary, alone.Drafter, null));
        draft.Note.ShouldBe("The runbook's plan; the model gpt-test proposes the same.");
    }

    [Fact]
    public async Task A_plan_that_differs_from_the_runbooks_is_asked_about_and_keeps_the_runbooks_beside_it()
    {
        var alone = await new DraftingScene().DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        var model = new ScriptedModel(ScriptedModel.Answer(("service.start", [("service", "Spooler")])).ToJsonString());
        var draft = await new DraftingScene(model, null).DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        draft.Plan.Steps.ShouldHaveSingleItem().Action.ShouldBe("service.start");
        draft.RunbookPlan.ShouldNotBeNull().Steps.Select(static step => step.Command)
            .ShouldBe(alone.Plan.Steps.Select(static step => step.Command));
        (draft.AtLeast, draft.Drafter).ShouldBe((GateLevel.L2, "model gpt-test"));
        draft.Note.ShouldNotBeNull().ShouldStartWith("Written by the model gpt-test; it differs from the plan of the runbook disk-space");
    }

    [Fact]
    public async Task An_empty_plan_beside_a_runbook_raises_the_level_and_leaves_the_plan()
    {
        var draft = await new DraftingScene(new ScriptedModel(ScriptedModel.Answer().ToJsonString()), null)
            .DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        draft.Plan.Steps.ShouldNotBeEmpty();
        draft.AtLeast.ShouldBe(GateLevel.L2);
    }

    [Fact]
    public async Task Where_a_runbook_says_why_nothing_can_be_done_the_model_does_not_overrule_it()
    {
        var model = new ScriptedModel(ScriptedModel.Answer(("service.restart", [("service", "Dnscache")])).ToJsonString());
        var draft = await new DraftingScene(model, null).DraftOfAsync("WindowsServiceDown", "SRV-FILE01", [("name", "Dnscache")]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().ShouldContain("Dnscache");
        model.Asked.ShouldHaveSingleItem().Material.ShouldContain("CATALOG: empty");
        draft.Note.ShouldBe("The model gpt-test wrote the analysis; nothing was offered to it to propose.");
    }

    public static TheoryData<string, string> Unusable => new()
    {
        { "Sure! Restart the service.", "stop" }, { "{}", "stop" }, { "[]", "stop" }, { "null", "stop" }, { "{\"summary\":1}", "stop" },
        { ScriptedModel.Answer(("service.restart", [("service", "Dnscache")])).ToJsonString()[..^40], "length" },
        { ScriptedModel.Answer(("format.disk", [])).ToJsonString(), "stop" },
        { ScriptedModel.Answer(("service.restart", [("service", "a; reboot")])).ToJsonString(), "stop" },
        { ScriptedModel.Answer(("service.restart", [("service", "Dnscache"), ("service", "Spooler")])).ToJsonString(), "stop" },
        { ScriptedModel.Answer().ToJsonString() + " trailing", "stop" },
        { ScriptedModel.Answer().ToJsonString().Replace("\"e1\"", "\"e99\""), "stop" },
        { ScriptedModel.Answer().ToJsonString().Replace("\"low\"", "\"none\""), "stop" },
        { ScriptedModel.Answer().ToJsonString().Replace("\"risk\":", "\"level\":\"L0\",\"risk\":"), "stop" },
    };

    [Theory, MemberData(nameof(Unusable))]
    public async Task What_cannot_be_used_is_asked_for_once_more_and_then_the_runbook_drafts(string text, string finish)
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says(text, finish));
        var scene = new DraftingScene(model, null);
        var draft = await scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        draft.Drafter.ShouldStartWith("runbook disk-space");
        draft.Plan.Steps.ShouldNotBeEmpty();
        draft.Note.ShouldBe("The model answered nothing that could be used; this is the runbook's plan.");
        model.Asked.Count.ShouldBe(2);
        model.Asked[1].Errors.ShouldNotBeNullOrEmpty();
        scene.Ledger.Facts<ModelAsked>(DraftingScene.Contoso).Select(static one => (one.Attempt, one.Verdict))
            .ShouldBe([(1, ModelVerdict.Invalid), (2, ModelVerdict.Invalid)]);
    }

    [Fact]
    public async Task A_second_answer_that_is_right_is_taken()
    {
        var model = new ScriptedModel("no", ScriptedModel.Answer(("service.restart", [("service", "Dnscache")])).ToJsonString());
        (await new DraftingScene(model, null).DraftOfAsync("OddResolverBehaviour", "SRV-FILE01")).Plan.Steps.ShouldHaveSingleItem();
        model.Asked[1].Rejected.ShouldBe("no");
    }

    [Theory]
    [InlineData(ModelFailure.Busy, "The model has too much to do; this is the runbook's plan.")]
    [InlineData(ModelFailure.Unavailable, "The model could not be reached; this is the runbook's plan.")]
    [InlineData(ModelFailure.Refused, "The model's service refused the question; this is the runbook's plan.")]
    [InlineData(ModelFailure.Filtered, "The content filter of the model's service stopped the answer; this is the runbook's plan.")]
    public async Task A_model_that_fails_leaves_the_runbooks_plan_and_a_note(ModelFailure why, string note)
    {
        var draft = await new DraftingScene(new ScriptedModel(_ => new ModelReply.Failed(why, "x")), null)
            .DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        (draft.Note, draft.Plan.Steps.Count > 0).ShouldBe((note, true));
    }

    [Fact]
    public async Task A_model_that_throws_leaves_the_runbooks_plan()
    {
        var draft = await new DraftingScene(new ScriptedModel(_ => throw new MissingMethodException("gone")), null)
            .DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        draft.Note.ShouldBe("The model could not be reached; this is the runbook's plan.");
    }

    [Fact]
    public async Task A_model_that_hangs_is_waited_for_as_long_as_the_settings_say()
    {
        var model = new ScriptedModel("unused") { Hangs = true };
        var scene = new DraftingScene(model, new() { ["Intelligence:Timeout"] = "00:00:07" });
        var drafted = scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        await model.Hanging.Task.WaitAsync(TestContext.Current.CancellationToken);
        scene.Clock.Advance(TimeSpan.FromSeconds(6));
        drafted.IsCompleted.ShouldBeFalse();
        scene.Clock.Advance(TimeSpan.FromSeconds(1));
        (await drafted).Note.ShouldBe("The model did not answer in time; this is the runbook's plan.");
        scene.Ledger.Facts<ModelAsked>(DraftingScene.Contoso).ShouldHaveSingleItem().Finish.ShouldBe("timeout");
    }

    [Fact]
    public async Task A_tenants_budget_ends_with_the_day_and_is_no_other_tenants()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says(ScriptedModel.Answer().ToJsonString().Replace("\"e1\"", "\"o1\""), prompt: 9_000));
        var scene = new DraftingScene(model, new() { ["Intelligence:DailyTokens"] = "12000" });
        await scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        var second = await scene.DraftOfAsync("WindowsServiceDown", "SRV-FILE01", [("name", "Spooler")]);
        second.Note.ShouldBe("This client's budget for the model is used up for today; this is the runbook's plan.");
        (await scene.DraftOfAsync("DiskSpaceLow", "FAB-WEB01", DiskFull, DraftingScene.Fabrikam)).Note.ShouldNotBeNull()
            .ShouldNotContain("budget");
        scene.Clock.Advance(TimeSpan.FromDays(1));
        (await scene.DraftOfAsync("OddResolverBehaviour", "SRV-FILE01")).Note.ShouldNotBeNull().ShouldNotContain("budget");
        model.Asked.Count.ShouldBe(3);
    }

    [Fact]
    public async Task What_a_tenant_may_cost_is_counted_in_the_currency_of_the_settings()
    {
        var model = new ScriptedModel(_ => ScriptedModel.Says(ScriptedModel.Answer().ToJsonString(), prompt: 100_000, tokens: 1_000));
        var scene = new DraftingScene(model, new()
        {
            ["Intelligence:PromptPrice"] = "2.5", ["Intelligence:AnswerPrice"] = "10", ["Intelligence:DailyCost"] = "0.2",
        });
        await scene.DraftOfAsync("DiskSpaceLow", "SRV-FILE01", DiskFull);
        scene.Ledger.Facts<ModelAsked>(DraftingScene.Contoso)[0].CostMicros.ShouldBe(260_000);
        (await scene.DraftOfAsync("OddResolverBehaviour", "SRV-FILE01")).Note.ShouldNotBeNull().ShouldContain("budget");
    }

    [Fact]
    public async Task The_same_question_is_answered_from_memory_and_says_so_on_record()
    {
        var model = new ScriptedModel(ScriptedModel.Answer(("service.restart", [("service", "Dnscache")])).ToJsonString());
        var scene = new DraftingScene(model, null) { Stages = false };
        var incident = await scene.OpenAsync("OddResolverBehaviour", "SRV-FILE01");
        scene.Vendor.Next.Clear();
        await scene.DraftAsync(incident);
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(incident), new ProposalStaged(
            incident, 1, ProposalKind.Remedy, Actor.Service("drafting"), scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso)[0].Plan,
            new Dictionary<string, string>(), new(GateLevel.L2, [], Role.Approver, 1, false, scene.Clock.GetUtcNow().AddHours(4), null, null, "p1"),
            false, "5ea1", "00"));
        await scene.AppendAsync(DraftingScene.Contoso, StreamId.Proposal(incident), new RedraftRequested(incident, 1));
        await scene.DraftAsync(incident);
        var drafts = scene.Ledger.Facts<RecommendationDrafted>(DraftingScene.Contoso);
        drafts.Count.ShouldBe(2);
        drafts[1].Plan.Steps[0].Command.ShouldBe(drafts[0].Plan.Steps[0].Command);
        model.Asked.Count.ShouldBe(1);
        scene.Ledger.Facts<ModelAsked>(DraftingScene.Contoso).Select(static one => (one.Cached, one.PromptTokens))
            .ShouldBe([(false, 900), (true, 0)]);
    }
}

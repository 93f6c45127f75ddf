using DevOpsAI.Connections;
using DevOpsAI.Drafting;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// Each built-in runbook drafts a complete plan when things are as its alert says, and its plan makes its verifications true.
/// </summary>
public sealed class EveryRunbookTests
{
    public static TheoryData<string> Names => [.. RunbookCatalog.Load(null, []).All.Select(runbook => runbook.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task A_complete_plan_is_drafted_and_does_what_it_says(string name)
    {
        var it = RunbookCases.All[name];
        var scene = new DraftingScene();
        var thing = scene.Vendor.Add("contoso-fake", it.Kind, it.Name, "Contoso Ltd", it.State);

        var draft = await scene.DraftOfAsync(it.Alert, it.Kind == "device" ? it.Name.ToLowerInvariant() : "srv-dc01", it.Attributes);

        draft.Problem.ShouldBeNull();
        draft.Drafter.ShouldStartWith($"runbook {name} v");
        draft.Simulated.ShouldBeTrue();
        draft.Summary.ShouldContain(it.Name);
        $"{draft.Summary} {draft.Analysis}".ShouldNotContain("{");
        if (name != "disk-space" && it.State.Length > 0)
            draft.Observed.Count.ShouldBeGreaterThan(0);
        draft.Evidence[0].Seq.ShouldBe(1);
        draft.Plan.Steps[0].Command.ShouldBe(it.Command);
        draft.Plan.Steps.ShouldAllBe(step => step.Target == thing.Target && step.Rollback == scene.Vendor.Actions[step.Action].Rollback);
        var connection = FakeConnections.To("contoso-fake", "contoso");
        for (var step = 0; step < draft.Plan.Steps.Count; step++)
        {
            var planned = draft.Plan.Steps[step];
            planned.Preconditions.ShouldAllBe(condition => condition.Holds(new Dictionary<string, string>(thing.State)) == true);
            (await scene.Vendor.ActAsync(
                connection, new($"x-{step}", planned.Action, planned.Target, planned.Arguments), TestContext.Current.CancellationToken))
                .ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
            planned.Verifications.ShouldAllBe(condition => condition.Holds(new Dictionary<string, string>(thing.State)) == true);
        }
    }

    [Fact]
    public void Built_in_runbooks_have_no_validation_errors()
    {
        var errors = new List<string>();
        var catalog = RunbookCatalog.Load(null, errors);
        errors.AddRange(catalog.ErrorsAgainst([FakeCatalog.Actions]));
        errors.ShouldBeEmpty();
        catalog.All.Count.ShouldBeGreaterThanOrEqualTo(18);
        catalog.All.Select(runbook => $"{runbook.Name}.yaml").ShouldBe(catalog.All.Select(runbook => runbook.Origin));
    }
}

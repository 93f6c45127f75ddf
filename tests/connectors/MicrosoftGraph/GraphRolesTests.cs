using System.Text.Json.Nodes;
using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>Directory roles for a time. Every request is judged by Graph's own description.</summary>
public sealed class GraphRolesTests : IAsyncLifetime
{
    private const string Role = "Groups Administrator";
    private GraphHost host = null!;

    private List<JsonObject> Instances => host.World.All[(GraphHost.ContosoId, "roleAssignmentScheduleInstances")];

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync();

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task A_role_is_given_for_a_time_read_back_and_taken_back()
    {
        (await GiveAsync(Role)).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await host.ObserveAsync(host.User())).ShouldContain($"role.{Role}.state = active");
        Capabilities.Observing($"role.{Role}.state").ShouldNotBeNull();
        (await GiveAsync(Role)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe("already-assigned");
        (await host.ActAsync("role.remove", host.User(), ("role", Role), ("hours", "2"))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>();
        (await host.ObserveAsync(host.User())).ShouldNotContain(static one => one.StartsWith("role.", StringComparison.Ordinal));
        (await host.ActAsync("role.remove", host.User(), ("role", Role))).ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail
            .ShouldContain("nothing was sent");
        host.World.Effects.ShouldBe(
        [
            $"adminAssign {GraphHost.MiaId} fdd7a751-b60b-444a-984c-02652fe8fa1c",
            $"adminRemove {GraphHost.MiaId} fdd7a751-b60b-444a-984c-02652fe8fa1c",
        ]);
        var sent = host.Calls.First(static one => one.Method == "POST").Json;
        sent["scheduleInfo"]!["expiration"]!.ToJsonString().ShouldBe("""{"duration":"PT2H","type":"afterDuration"}""");
        (sent["directoryScopeId"]!.ToString(), sent["justification"]!.ToString()).ShouldBe(("/", "DevOps AI Bot op-1"));
        host.Vendor.MustHaveBeenAccepted();
    }

    [Theory]
    [InlineData("Global Administrator", "unlimited-role")]
    [InlineData("No Such Role", "not-found")]
    [InlineData("x' or displayName ne '", "not-found")]
    public async Task A_role_that_is_none_or_too_much_is_not_given(string role, string code)
    {
        (await GiveAsync(role)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(code);
        host.World.Effects.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_role_that_somebody_has_for_ever_is_left_alone()
    {
        Instances.Add(GraphWorld.RoleOf(GraphHost.MiaId, host.World.All[(GraphHost.ContosoId, "roleDefinitions")][0], null));
        (await host.ActAsync("role.remove", host.User(), ("role", Role))).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Code.ShouldBe(
            "permanent-role");
        host.World.Effects.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("PendingApproval", true)]
    [InlineData("PendingProvisioning", true)]
    [InlineData("Denied", false)]
    [InlineData("Failed", false)]
    public async Task A_request_that_was_taken_is_not_a_role_that_was_given(string status, bool waits)
    {
        host.World.RoleStatus = status;
        var outcome = await GiveAsync(Role);
        if (waits)
            outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Done>().Value.Detail.ShouldContain($"which waits: {status}");
        else
            outcome.ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>().Message.ShouldContain(status);
        (await host.ObserveAsync(host.User())).ShouldNotContain(static one => one.StartsWith("role.", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_rule_of_the_clients_policy_that_it_breaks_is_told()
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request.Path.EndsWith("/roleAssignmentScheduleRequests", StringComparison.Ordinal)
            ? GraphHost.Error(400, "RoleAssignmentRequestPolicyValidationFailed", "The following policy rules failed: ExpirationRule")
            : usual(request);
        var refused = (await GiveAsync(Role)).ShouldBeOfType<CallOutcome<ActionReceipt>.Refused>();
        (refused.Code, refused.Message).ShouldBe(
            ("RoleAssignmentRequestPolicyValidationFailed", "The following policy rules failed: ExpirationRule"));
    }

    private Task<CallOutcome<ActionReceipt>> GiveAsync(string role) =>
        host.ActAsync("role.assign", host.User(), ("role", role), ("hours", "2"));
}

using DevOpsAI.Connections;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Connections;

/// <summary>What the setting <c>Actions</c> of a connection means.</summary>
public sealed class EnabledActionsTests
{
    private readonly FakeVendor vendor = new("fake");

    [Theory]
    [InlineData(null, "service.restart service.start service.stop")]
    [InlineData("all", "service.restart service.start service.stop")]
    [InlineData("none", "")]
    [InlineData("", "")]
    [InlineData("service.restart", "service.restart")]
    [InlineData("service.restart;service.restart", "service.restart")]
    [InlineData("SERVICE.RESTART", "")]
    [InlineData("service.rest", "")]
    [InlineData("service.*", "")]
    public void A_connection_may_do_what_it_names(string? actions, string enabled)
    {
        var connection = With(actions);
        foreach (var action in new[] { "service.restart", "service.start", "service.stop" })
            (vendor.FindEnabled(connection, action) is not null).ShouldBe(enabled.Split(' ').Contains(action), action);
    }

    [Fact]
    public void What_takes_an_enabled_action_back_is_enabled_with_it()
    {
        var connection = With("disk.cleanup");
        vendor.FindEnabled(connection, "disk.restore").ShouldNotBeNull();
        vendor.IsSwitchedOff(connection, "service.stop").ShouldBeTrue();
        vendor.IsSwitchedOff(connection, "no.such").ShouldBeFalse("there is nothing to switch off");
    }

    [Theory]
    [InlineData("service.restrat", "Actions: fake has no action 'service.restrat'; near are service.restart")]
    [InlineData("all, service.restart", "Actions: 'all' stands alone")]
    [InlineData("  ", "Actions: empty")]
    public void What_it_cannot_mean_is_said_with_what_was_probably_meant(string actions, string said) =>
        EnabledActions.Problems(With(actions), vendor.Actions).ShouldHaveSingleItem().ShouldStartWith(said);

    [Theory]
    [InlineData(null)]
    [InlineData("all")]
    [InlineData("none")]
    [InlineData("service.restart disk.cleanup")]
    public void What_it_can_mean_is_no_problem(string? actions) =>
        EnabledActions.Problems(With(actions), vendor.Actions).ShouldBeEmpty();

    [Fact]
    public void Where_nothing_can_be_done_no_name_is_one() =>
        EnabledActions.Problems(With("service.restart"), new Dictionary<string, ActionSpec>()).ShouldHaveSingleItem()
            .ShouldBe("Actions: fake has no action 'service.restart', and no other either.");

    private static Connection With(string? actions)
    {
        var settings = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase) { ["Token"] = "env:T" };
        if (actions is not null)
            settings["actions"] = actions;
        return new("contoso-fake", TenantId.Parse("contoso"), "fake", settings);
    }
}

using DevOpsAI.Connections;

namespace DevOpsAI.Tests.Core.Connections;

/// <summary>What a connector declares is what is shown, judged and taken back (AISVS 9.2.2, 9.2.10, 9.3.2).</summary>
public sealed class CatalogueRulesTests
{
    private static readonly ArgumentSpec Lamp = new("lamp", "Lamp", "[a-z]+");

    [Fact]
    public void A_catalog_that_shows_and_declares_everything_has_no_mistake() =>
        CatalogRules.ValidationErrors(Named(Spec("on", "on {lamp} at {target}", "off"), Spec("off", "off {lamp} at {target}", null)))
            .ShouldBeEmpty();

    [Fact]
    public void An_argument_or_a_target_that_the_command_hides_is_a_mistake()
    {
        CatalogRules.ValidationErrors(Named(Spec("on", "on at {target}", null))).ShouldBe(
            ["on: its command must show the argument 'lamp': whoever approves it would not see it."]);
        CatalogRules.ValidationErrors(Named(Spec("on", "on {lamp}", null))).ShouldBe(["on: its command must show {target}."]);
        CatalogRules.ValidationErrors(Named(Spec("on", "on{lamp? -Lamp } at {target}", null))).ShouldBeEmpty();
    }

    [Fact]
    public void A_rollback_that_is_missing_or_reaches_further_is_a_mistake()
    {
        var on = Spec("on", "on {lamp} at {target}", "off");
        var off = Spec("off", "off {lamp} at {target}", null);
        const string further =
            "on: its rollback off reaches further than it does, and may run by itself: declare the action to be as grave.";
        CatalogRules.ValidationErrors(Named(on)).ShouldBe(["on: its rollback off is not in the catalog."]);
        CatalogRules.ValidationErrors(Named(on, off with { Reversibility = Reversibility.Irreversible })).ShouldBe([further]);
        CatalogRules.ValidationErrors(Named(on, off with { BlastRadius = BlastRadius.Site })).ShouldBe([further]);
        CatalogRules.ValidationErrors(Named(on, off with { TargetKind = "user" }))
            .ShouldBe(["on: its rollback off is for a user, not for a device."]);
    }

    [Fact]
    public void A_rollback_takes_every_argument_with_the_same_pattern()
    {
        var on = Spec("on", "on {lamp} at {target}", "off");
        var off = Spec("off", "off {lamp} at {target}", null);
        CatalogRules.ValidationErrors(Named(on, off with { Arguments = [Lamp with { Pattern = ".*" }] })).ShouldBe(
            ["on: its rollback off must take the argument 'lamp' with the same pattern."]);
        CatalogRules.ValidationErrors(Named(on with { Arguments = [Lamp with { Required = false }] }, off)).ShouldBe(
            ["on: its rollback off needs the argument 'lamp', which the action may be without."]);
    }

    [Fact]
    public void No_call_may_take_for_ever_and_no_pattern_may_be_broken()
    {
        CatalogRules.ValidationErrors(Named(Spec("on", "on {lamp} at {target}", null) with { Timeout = TimeSpan.FromHours(1) })).ShouldBe(
            ["on: a single call must be given more than no time and at most 15 minutes."]);
        CatalogRules.ValidationErrors(Named(Spec("on", "on {lamp} at {target}", null) with { Arguments = [Lamp with { Pattern = "[" }] }))
            .ShouldBe(
            ["on: the pattern of 'lamp' is no regular expression."]);
    }

    [Theory]
    [InlineData("high", "close 'Disk' -Priority high on SRV01")]
    [InlineData("", "close 'Disk' on SRV01")]
    [InlineData(null, "close 'Disk' on SRV01")]
    [InlineData("{title}", "close 'Disk' -Priority '{title}' on SRV01")]
    public void What_may_be_left_out_is_shown_with_its_name_or_not_at_all(string? priority, string shown)
    {
        var close = Spec("close", "close '{title}'{priority? -Priority } on {target}", null) with
        {
            Arguments = [new("title", "Title", ".+"), new("priority", "Priority", ".+", Required: false)],
        };
        var arguments = new Dictionary<string, string> { ["title"] = "Disk" };
        if (priority is not null)
            arguments["priority"] = priority;
        ActionCalls.Command(close, new("contoso-scripted", "device", "1", "SRV01", "Contoso"), arguments).ShouldBe(shown);
    }

    private static ActionSpec Spec(string name, string command, string? rollback) =>
        new(name, name, "device", Reversibility.Reversible, BlastRadius.OneDevice, true, command, [Lamp], rollback,
            TimeSpan.FromSeconds(30));

    private static Dictionary<string, ActionSpec> Named(params ActionSpec[] actions) => actions.ToDictionary(action => action.Name);
}

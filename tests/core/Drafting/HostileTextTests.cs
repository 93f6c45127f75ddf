using DevOpsAI.Connections;
using DevOpsAI.Drafting;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>Text in events is data: it reaches no argument that its pattern does not allow, and no template reads it again.</summary>
public sealed class HostileTextTests
{
    public static TheoryData<string> Texts =>
    [
        "Spooler; rm -rf /", "$(reboot)", "`reboot`", "Spooler\nreboot", "Spooler\r\nreboot", "\"Spooler\"", "'Spooler'", "{target}",
        "{=device.online}", "Spooler && reboot",
        "Spooler|reboot", "Spooler > x", "%COMSPEC%", "<script>", "../../etc", "Spooler\0", "Spooler\u202e", "a".PadRight(5000, 'a'), "*",
        ".*", "[[Spooler](http://x)",
    ];

    [Theory, MemberData(nameof(Texts))]
    public async Task A_hostile_service_name_ends_in_no_plan(string text)
    {
        var draft = await new DraftingScene().DraftOfAsync("WindowsServiceDown", "SRV-FILE01", [("name", text)]);
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldNotBeNull().Length.ShouldBeLessThan(400);
        draft.Problem.ShouldAllBe(letter => !char.IsControl(letter));
    }

    [Theory, MemberData(nameof(Texts))]
    public async Task A_hostile_label_does_not_reach_a_plan_that_does_not_need_it(string text)
    {
        var draft = await new DraftingScene().DraftOfAsync(
            "WindowsServiceDown", "SRV-FILE01", [("name", "Spooler"), ("service", text), ("job", text)]);
        draft.Plan.Steps.ShouldHaveSingleItem().Command.ShouldBe("Start-Service Spooler -Computer SRV-FILE01");
    }

    [Theory, MemberData(nameof(Texts))]
    public async Task A_hostile_device_name_finds_nothing(string text) =>
        (await new DraftingScene().DraftOfAsync("DiskSpaceLow", text, [("volume", "C:")])).Plan.Steps.ShouldBeEmpty();

    [Fact]
    public async Task A_vendors_own_name_that_the_action_does_not_allow_ends_in_no_plan()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "WS-1", "Contoso Ltd", ("device.online", "true"),
            ("malware.C:\\a!b.exe.state", "active"));
        var draft = await scene.DraftOfAsync("MalwareDetected", "WS-1");
        draft.Plan.Steps.ShouldBeEmpty();
        draft.Problem.ShouldBe(@"'C:\a!b.exe' is not allowed as file of malware.quarantine.");
    }

    [Fact]
    public async Task A_target_named_like_a_placeholder_is_not_filled_in()
    {
        var scene = new DraftingScene();
        scene.Vendor.Add("contoso-fake", "device", "{service}", "Contoso Ltd", ("device.online", "true"),
            ("service.Spooler.state", "stopped"), ("service.Spooler.startup", "{=device.online}"));
        var draft = await scene.DraftOfAsync("WindowsServiceDown", "{service}", [("name", "Spooler")]);
        draft.Plan.Steps[0].Command.ShouldBe("Start-Service Spooler -Computer '{service}'");
        draft.Summary.ShouldBe("Start the service Spooler on {service}.");
        draft.Analysis.ShouldContain("its start-up type is {=device.online}.");
    }

    [Fact]
    public void Filling_puts_values_side_by_side_whatever_they_are() => Check.QuickThrowOnFailure(Prop.ForAll<string, string>((one, two) =>
    {
        var (first, second) = (one ?? "", two ?? "");
        return Template.Parse("a {one} b {=x.{two}.y} c").Fill(name => name == "one" ? first : second, seen => seen + first)
            == $"a {first} b x.{second}.y{first} c";
    }));

    [Fact]
    public void Any_alert_name_can_be_looked_up()
    {
        var catalog = RunbookCatalog.Load(null, []);
        Check.QuickThrowOnFailure(Prop.ForAll<string>(text => catalog.For(text ?? "") is null or { Runbook.Version: > 0 }));
    }

    [Theory]
    [InlineData("{")]
    [InlineData("a } b")]
    [InlineData("{}")]
    [InlineData("{a b}")]
    [InlineData("{=}")]
    [InlineData("{={=x}}")]
    public void A_broken_template_is_refused(string text) => Should.Throw<FormatException>(() => Template.Parse(text));

    [Fact]
    public void A_pattern_that_takes_for_ever_does_not_match() =>
        new WholeMatch("(?!x)(a+)+b").Accepts(new string('a', 60)).ShouldBeFalse();

    [Theory]
    [InlineData("(a+)+b", false)]
    [InlineData("(a+)+b|a+", true)]
    public void How_long_a_pattern_takes_decides_nothing_where_it_can_be_judged_in_bounded_time(string pattern, bool accepted) =>
        new WholeMatch(pattern).Accepts(new string('a', 60)).ShouldBe(accepted);

    [Theory]
    [InlineData("a\n", false)]
    [InlineData("a", true)]
    [InlineData("xa", false)]
    public void A_pattern_must_match_the_whole(string text, bool accepted) => new WholeMatch("a|b").Accepts(text).ShouldBe(accepted);
}

using DevOpsAI.Connections;
using DevOpsAI.Drafting;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>Runbook files are read strictly, and every validation error is told at once with file and line.</summary>
public sealed class RunbookFilesTests : IDisposable
{
    private const string Valid = """
        name: restart-agent
        version: 1
        title: Restart the agent
        risk: low
        target:
          kind: device
        match:
          names: [AgentSick]
        parameters:
          service:
            title: Service
            from: [service]
            pattern: "[A-Za-z]+"
            seen: service.{service}.state
        steps:
          - title: Restart {service}
            action: service.restart
            arguments:
              service: "{service}"
            verifications:
              - service.{service}.state == running
        summary: Restart {service} on {target}.
        analysis: It is {=service.{service}.state}.
        """;

    private readonly string folder = Directory.CreateTempSubdirectory("runbooks").FullName;

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_valid_file_is_read() => Errors(Valid).ShouldBeEmpty();

    [Fact]
    public void The_example_in_the_documentation_is_valid()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "runbooks.md"));
        Errors(page.Split("```yaml\n")[1].Split("```")[0]).ShouldBeEmpty();
    }

    [Theory]
    [InlineData("risk: low", "risk: lowish", "x.yaml:4: 'risk' must be one of low, medium, high")]
    [InlineData("version: 1", "version: one", "x.yaml:2: 'version' must be a whole number from 1")]
    [InlineData("version: 1", "version: 0", "x.yaml:2: 'version' must be a whole number from 1")]
    [InlineData("title: Restart the agent", "titel: Restart the agent",
        "x.yaml:1: 'title' is missing|x.yaml:3: unknown key 'titel'; known here are analysis, match, name, needs, parameters, risk, "
        + "steps, summary, target, title, until, version")]
    [InlineData("  kind: device", "  kind: [device]", "x.yaml:6: 'kind' must be a text")]
    [InlineData("  kind: device", "  sort: device", "x.yaml:6: 'kind' is missing|x.yaml:6: unknown key 'sort'; known here are from, kind")]
    [InlineData("name: restart-agent", "name: Restart Agent",
        "x.yaml:1: the name 'Restart Agent' may only have lower-case letters, digits and hyphens")]
    [InlineData("  names: [AgentSick]", "  names: [AgentSick, agent_sick]", "x.yaml:8: the name 'AgentSick' is there twice")]
    [InlineData("  names: [AgentSick]", "  not: [x]", "x.yaml:8: 'match' needs 'names', 'ambiguous' or 'words'")]
    [InlineData("    from: [service]", "    form: sideways",
        "x.yaml:12: 'form' must be one of text, volume, service, array, host|x.yaml:11: nothing can give 'service' a value: 'from', "
        + "'choose' or 'default' is needed")]
    [InlineData("    pattern: \"[A-Za-z]+\"", "    pattern: \"[\"", "x.yaml:13: Invalid pattern")]
    [InlineData("    seen: service.{service}.state", "    seen: service.state",
        "x.yaml:14: 'seen' must be an observation with {service} inside, as in service.{service}.state")]
    [InlineData("    seen: service.{service}.state", "    default: a b", "x.yaml:14: the default 'a b' does not match the pattern")]
    [InlineData("      - service.{service}.state == running", "      - service.{service}.state is running",
        "x.yaml:21: 'service.{service}.state is running' is no condition")]
    [InlineData("      - service.{service}.state == running", "      - service.{srv}.state == running",
        "x.yaml:21: 'service.{srv}.state == running' uses {srv}, which is no parameter")]
    [InlineData("summary: Restart {service} on {target}.", "summary: Restart {service on.",
        "x.yaml:22: 'Restart {service on.' has a brace without its partner at character 9.")]
    [InlineData("summary: Restart {service} on {target}.", "summary: Restart {sevice}.",
        "x.yaml:22: 'Restart {sevice}.' uses {sevice}, which is no parameter")]
    [InlineData("    action: service.restart", "    action: service.restart\n    editable: [force]",
        "x.yaml:18: 'force' is editable but no argument of the step")]
    [InlineData("    action: service.restart", "    action: service.restart\n    optional: maybe",
        "x.yaml:18: 'optional' must be true or false")]
    [InlineData("    action: service.restart", "    action: service.restart\n    action: service.start", "x.yaml:18: ")]
    [InlineData("      service: \"{service}\"", "      service: \"{=device.online}\"",
        "x.yaml:19: '{=device.online}' takes an observation as an argument")]
    public void A_validation_error_is_told_with_its_line(string instead, string of, string expected)
    {
        var errors = Errors(Valid.Replace(instead, of, StringComparison.Ordinal));
        foreach (var start in expected.Split('|'))
            errors.ShouldContain(error => error.StartsWith(start), string.Join('\n', errors));
        errors.Count.ShouldBe(expected.Split('|').Length, string.Join('\n', errors));
    }

    [Theory]
    [InlineData("")]
    [InlineData("- a\n- b")]
    [InlineData("a: b\n---\nc: d")]
    [InlineData("a: [b")]
    [InlineData("\ta: b")]
    [InlineData("? [a, b]\n: c")]
    [InlineData("a: &x [*x]")]
    public void What_is_no_runbook_is_told(string yaml) => Errors(yaml).ShouldNotBeEmpty();

    [Fact]
    public void All_validation_errors_of_all_files_come_at_once()
    {
        File.WriteAllText(Path.Combine(folder, "a.yaml"), Valid.Replace("risk: low", "risk: none", StringComparison.Ordinal)
            .Replace("version: 1", "version: x", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "b.yaml"), Valid);
        File.WriteAllText(Path.Combine(folder, "c.yaml"), Valid);
        var errors = new List<string>();
        RunbookCatalog.Load(folder, errors);
        errors.Count(error => error.Contains("a.yaml:", StringComparison.Ordinal)).ShouldBe(2);
        errors.ShouldContain(error => error.Contains("c.yaml:1: the name 'restart-agent' is taken by", StringComparison.Ordinal));
        errors.ShouldContain(error => error.Contains("c.yaml:1: alerts named 'AgentSick' belong to", StringComparison.Ordinal));
    }

    [Fact]
    public void The_bot_does_not_start_with_runbooks_that_have_validation_errors()
    {
        File.WriteAllText(Path.Combine(folder, "a.yaml"), Valid.Replace("service.restart", "service.explode", StringComparison.Ordinal));
        File.WriteAllText(Path.Combine(folder, "b.yaml"), "name: B");
        var scene = new DraftingScene(new() { ["Drafting:RunbooksPath"] = folder });
        var told = Should.Throw<OptionsValidationException>(
            () => scene.Services.GetRequiredService<IStartupValidator>().Validate()).Message;
        told.ShouldContain("a.yaml:16: no connector offers the action 'service.explode'");
        told.ShouldContain("b.yaml:1: the name 'B' may only have");
    }

    [Theory]
    [InlineData("Drafting:VendorTries", "0")]
    [InlineData("Drafting:VendorTimeout", "0")]
    [InlineData("Drafting:RunbooksPath", "/no/such/folder")]
    public void A_setting_out_of_range_stops_the_start(string name, string value) =>
        Should.Throw<OptionsValidationException>(
            () => new DraftingScene(new() { [name] = value }).Services.GetRequiredService<IStartupValidator>().Validate());

    [Fact]
    public void The_defaults_start() => new DraftingScene().Services.GetRequiredService<IStartupValidator>().Validate();

    [Theory]
    [InlineData("service: \"{service}\"", "servise: \"{service}\"",
        "'service.restart' has no argument 'servise'|'service.restart' needs the argument 'service'")]
    [InlineData("service: \"{service}\"", "service: a;b", "'a;b' is not allowed as argument 'service' of 'service.restart'")]
    [InlineData("kind: device", "kind: user", "'service.restart' acts on a device, the runbook on a user")]
    public void What_the_catalog_does_not_allow_is_told(string instead, string of, string expected)
    {
        File.WriteAllText(Path.Combine(folder, "a.yaml"), Valid.Replace(instead, of, StringComparison.Ordinal));
        var errors = RunbookCatalog.Load(folder, []).ErrorsAgainst([FakeCatalog.Actions]).ToList();
        errors.Count.ShouldBe(expected.Split('|').Length);
        errors.ShouldAllBe(error => error.Contains("a.yaml:16: ", StringComparison.Ordinal));
        foreach (var part in expected.Split('|'))
            errors.ShouldContain(error => error.Contains(part, StringComparison.Ordinal));
    }

    [Fact]
    public void An_action_that_any_connector_offers_is_fine() =>
        RunbookCatalog.Load(null, []).ErrorsAgainst([new Dictionary<string, ActionSpec>(), FakeCatalog.Actions]).ShouldBeEmpty();

    [Fact]
    public void A_file_of_ones_own_replaces_the_built_in_of_that_name()
    {
        File.WriteAllText(Path.Combine(folder, "mine.yaml"),
            Valid.Replace("name: restart-agent", "name: disk-space", StringComparison.Ordinal));
        var errors = new List<string>();
        var catalog = RunbookCatalog.Load(folder, errors);
        errors.ShouldBeEmpty();
        catalog.All.Count(runbook => runbook.Name == "disk-space").ShouldBe(1);
        catalog.For("AgentSick").ShouldNotBeNull().Runbook.Name.ShouldBe("disk-space");
        catalog.For("HostOutOfDiskSpace").ShouldBeNull();
    }

    [Fact]
    public void A_file_of_ones_own_takes_alert_names_over()
    {
        File.WriteAllText(Path.Combine(folder, "mine.yaml"),
            Valid.Replace("AgentSick", "host_out_of_disk_space", StringComparison.Ordinal));
        var catalog = RunbookCatalog.Load(folder, []);
        catalog.For("HostOutOfDiskSpace").ShouldNotBeNull().Runbook.Name.ShouldBe("restart-agent");
        catalog.For("DiskSpaceLow").ShouldNotBeNull().Runbook.Name.ShouldBe("disk-space");
    }

    [Fact]
    public void Words_that_fit_two_runbooks_equally_fit_none_unless_one_is_the_operators()
    {
        var words = Valid.Replace("names: [AgentSick]", "words: [[agent, sick]]", StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(folder, "a.yaml"), words);
        RunbookCatalog.Load(folder, []).For("MonitoringAgentIsSick").ShouldNotBeNull().Runbook.Name.ShouldBe("restart-agent");
        File.WriteAllText(Path.Combine(folder, "b.yaml"), words.Replace("name: restart-agent", "name: other", StringComparison.Ordinal));
        RunbookCatalog.Load(folder, []).For("MonitoringAgentIsSick").ShouldBeNull();
        File.WriteAllText(Path.Combine(folder, "c.yaml"), words.Replace("name: restart-agent", "name: third", StringComparison.Ordinal)
            .Replace("[agent, sick]", "[disk, space]", StringComparison.Ordinal));
        RunbookCatalog.Load(folder, []).For("SpaceOnDisk").ShouldNotBeNull().Runbook.Name.ShouldBe("third");
    }

    private static List<string> Errors(string yaml)
    {
        var errors = new List<string>();
        (RunbookReader.Read("x.yaml", yaml, isBuiltIn: false, errors) is null).ShouldBe(errors.Count > 0);
        return errors;
    }
}

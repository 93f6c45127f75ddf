using System.Text.Json;
using DevOpsAI.Drafting;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>Alerts of public rule collections, each judged by what choosing a runbook would do to which host.</summary>
public sealed class AlertRulesTests(ITestOutputHelper output)
{
    private static readonly RunbookCatalog BuiltIn = RunbookCatalog.Load(null, []);

    private static readonly List<(string Name, Dictionary<string, string> Labels, string? Before, string Judgement)> Rules =
        [.. JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Drafting", "cases", "alert-rules.json")))
            .EnumerateArray().Select(rule => (
            rule.GetProperty("alertname").GetString()!,
            rule.GetProperty("labels").EnumerateObject().ToDictionary(label => label.Name, label => label.Value.GetString()!),
            rule.GetProperty("runbookOn2026_11_28").GetString(),
            rule.GetProperty("judgement").GetString()!))];

    [Fact]
    public void What_a_runbook_is_wrong_for_reaches_none()
    {
        var reached = Rules
            .Where(rule => rule.Judgement.StartsWith("wrong", StringComparison.Ordinal) || rule.Judgement == "no runbook is right")
            // What is for information opens no incident, so nothing is drafted for it.
            .Where(rule => rule.Labels.GetValueOrDefault("severity") != "info")
            .Select(rule => (rule.Name, BuiltIn.For(rule.Name, rule.Labels)?.Runbook.Name))
            // It is the host's being offline that is wrong; the service that the labels name is down.
            .Where(rule => rule.Item2 is not null && rule is not ("SQL Server Agent DOWN", "service-stopped"))
            .ToList();
        reached.ShouldBeEmpty();
    }

    [Fact]
    public void What_a_runbook_is_right_for_still_reaches_it()
    {
        var right = Rules.Where(rule => rule.Judgement == "right").ToList();
        var lost = right.Where(rule => BuiltIn.For(rule.Name, rule.Labels)?.Runbook.Name != rule.Before).Select(rule => rule.Name).ToList();
        output.WriteLine($"{right.Count - lost.Count} of {right.Count} reach their runbook; not: {string.Join(", ", lost)}");
        (right.Count - lost.Count).ShouldBeGreaterThanOrEqualTo((int)Math.Ceiling(right.Count * 0.95));
    }

    [Fact]
    public void Where_either_is_acceptable_it_is_that_runbook_or_none() => Rules
        .Where(rule => rule.Judgement.StartsWith("either", StringComparison.Ordinal))
        .Where(rule => BuiltIn.For(rule.Name, rule.Labels) is { } match && match.Runbook.Name != rule.Before)
        .ShouldBeEmpty();

    /// <summary>
    /// The same rules on other instances, jobs and spellings: nothing about a host may hang on how a rule collection writes.
    /// </summary>
    [Theory]
    [InlineData("integrations/windows_exporter")]
    [InlineData("node")]
    public void No_application_becomes_the_host_because_an_exporter_of_the_host_carries_its_metrics(string job)
    {
        var reached = Rules
            .Where(rule => rule.Judgement.StartsWith("wrong", StringComparison.Ordinal)
                && rule.Name is not ("HighMemoryUsage" or "SQL Server Agent DOWN"))
            .Select(rule =>
                (rule.Name, BuiltIn.For(rule.Name, new Dictionary<string, string>(rule.Labels) { ["job"] = job })?.Runbook.Name))
            .Where(rule => rule.Item2 is not null)
            .ToList();
        reached.ShouldBeEmpty();
    }

    [Theory]
    [InlineData("SqlServerDown", "srv-sql01:4000", null)]
    [InlineData("Server down: SRV-SQL01", "srv-sql01.contoso.local:9182", "device-offline")]
    [InlineData("DcServerHighMemoryUsage", "srv-dc01:9100", null)]
    public void Words_of_the_devices_name_say_nothing_by_themselves(string kind, string instance, string? runbook) =>
        (BuiltIn.For(kind, new Dictionary<string, string> { ["instance"] = instance })?.Runbook.Name).ShouldBe(runbook);

    [Theory]
    [InlineData("agent_name", "WS-RECEPTION")]
    [InlineData("host", "ws-finance02")]
    [InlineData("vcenter_host_name", "esx-02")]
    [InlineData("exported_instance", "srv-backup01:9182")]
    [InlineData("node", "srv-hv01.contoso.local")]
    [InlineData("snmp_target", "switch-7")]
    public void Labels_that_name_another_host_than_the_exporters_leave_it_to_a_person(string label, string other)
    {
        var labels = new Dictionary<string, string> { ["instance"] = "srv-dc01:9115", [label] = other };
        BuiltIn.For("RansomwareDetected", labels).ShouldBeNull();
        var message = HostLabels.Disagreement(labels).ShouldNotBeNull();
        message.ShouldContain($"'{label}' says {other}");
        message.ShouldContain("'instance' says srv-dc01:9115");
    }

    [Theory]
    [InlineData("srv-dc01:9115", "host", "SRV-DC01.contoso.local")]
    [InlineData("10.30.0.3:9182", "hostname", "srv-file01")]
    [InlineData("[fd00::3]:9182", "nodename", "srv-file01")]
    [InlineData("localhost:9100", "node", "srv-file01")]
    [InlineData("host.docker.internal:9100", "hostname", "srv-file01")]
    [InlineData("kubernetes.default.svc:443", "node", "srv-file01")]
    [InlineData("SRV-FILE01.contoso.local.:9182", "host", "srv-file01")]
    [InlineData("srv-dc01", "server", "127.0.0.1:5432")]
    [InlineData("https://www.contoso.example/", "target", "srv-web01")]
    [InlineData("srv-dc01:9100", "device", "/dev/sda1")]
    [InlineData("srv-mq01:15692", "node", "rabbit@srv-mq01")]
    [InlineData("srv-dc01:9100", "node", "3")]
    public void Labels_that_spell_one_host_differently_agree(string instance, string label, string value) =>
        HostLabels.Disagreement(new Dictionary<string, string> { ["instance"] = instance, [label] = value }).ShouldBeNull();
}

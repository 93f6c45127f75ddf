using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Gates;

public sealed class GatePolicyReaderTests : IDisposable
{
    private static readonly Tenant[] Tenants = [new(GateScene.Contoso, "Contoso Ltd", "CON")];
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("gates");

    public void Dispose() => folder.Delete(recursive: true);

    [Fact]
    public void All_validation_errors_of_a_policy_are_told_at_once_with_their_lines()
    {
        var errors = new List<string>();
        GatePolicyReader.Read("contoso.yaml", """
            defaults:
              approver: manager
              approvals: 0
              notTheRequester: perhaps
              expiry: 8 hours
              criticalExpiry: 1h
              escalateAfter: 30m
              escalateTo: boss
            chain: { window: 1h, weight: many }
            colour: blue
            maintenance:
              - { name: x, days: [monday], from: "25:00", to: "24:00", timeZone: Mars/Olympus }
            rules:
              - { name: a, level: L4, area: moon, actions: ["rm -rf"], when: { from: "08:00" } }
              - just text
            """, errors).ShouldBeNull();
        errors.Order(StringComparer.Ordinal).ShouldBe([
            "contoso.yaml:10: unknown key 'colour'; known here are breakGlass, chain, defaults, freezeOnBrokenSeal, freezeOnOutOfBand, "
            + "freezes, limits, maintenance, quotas, rules",
            "contoso.yaml:12: 'days' must be a list of sun, mon, tue, wed, thu, fri, sat",
            "contoso.yaml:12: 'from' must be a time of day, as in \"18:30\"",
            "contoso.yaml:12: 'timeZone' must be a time zone this machine knows, as in Europe/Berlin or UTC",
            "contoso.yaml:14: 'actions' must be a list of action names, with * for any characters",
            "contoso.yaml:14: 'area' must be one of operations, undo",
            "contoso.yaml:14: 'level' must be one of L0, L1, L2, L3",
            "contoso.yaml:14: 'timeZone' is missing: it must be a time zone this machine knows, as in Europe/Berlin or UTC",
            "contoso.yaml:14: 'to' is missing: it must be a time of day, as in \"18:30\"",
            "contoso.yaml:15: each of 'rules' must be a mapping",
            "contoso.yaml:2: 'approver' must be one of approver, administrator",
            "contoso.yaml:3: 'approvals' must be a whole number from 1 to 5",
            "contoso.yaml:4: 'notTheRequester' must be true or false",
            "contoso.yaml:5: 'expiry' must be a time from 1m to 30d, as in 90m, 8h or 2d",
            "contoso.yaml:8: 'escalateTo' must be one of technician, approver, manager, administrator, auditor",
            "contoso.yaml:9: 'weight' must be a whole number from 0 to 1000",
        ]);
    }

    [Fact]
    public void From_which_severity_people_are_mentioned_is_data_and_nobody_is_without_it()
    {
        var errors = new List<string>();
        GatePolicyReader.Read("p.yaml", APolicy.Yaml(), errors)!.Defaults.MentionFrom.ShouldBeNull();
        var mentions = APolicy.Yaml().Replace("notTheRequester:", "mentionFrom: error\n  notTheRequester:", StringComparison.Ordinal);
        GatePolicyReader.Read("p.yaml", mentions, errors).ShouldNotBeNull(string.Join('\n', errors)).Defaults.MentionFrom
            .ShouldBe(Severity.Error);
        GatePolicyReader.Read("p.yaml", mentions.Replace("mentionFrom: error", "mentionFrom: loud", StringComparison.Ordinal), errors)
            .ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldContain("'mentionFrom' must be one of info, warning, error, critical");
    }

    [Fact]
    public void Limits_quotas_and_what_freezes_by_itself_are_data()
    {
        var errors = new List<string>();
        var policy = GatePolicyReader.Read("contoso.yaml", APolicy.Yaml() + """

            limits: { steps: 5, redrafts: 1 }
            quotas:
              - { actions: [device.reboot, "site.*"], calls: 3, within: 1h }
            freezeOnBrokenSeal: false
            freezeOnOutOfBand: always
            """, errors).ShouldNotBeNull();
        policy.Limits.ShouldBe(new(5, 1));
        policy.GetQuota("site.wipe").ShouldBe(policy.Quotas[0]);
        policy.GetQuota("service.start").ShouldBe(CallQuota.Default);
        (policy.FreezeOnBrokenSeal, policy.FreezeOnOutOfBand).ShouldBe((false, FreezeOnOutOfBand.Always));
        policy.Version.ShouldNotBe(APolicy.With().Version);
        GatePolicyReader.Read("contoso.yaml", APolicy.Yaml() + """

            limits: { steps: 0 }
            quotas:
              - { calls: 3, within: 2d }
            freezeOnOutOfBand: sometimes
            """, errors).ShouldBeNull();
        errors.Select(error => error[(error.IndexOf(' ', StringComparison.Ordinal) + 1)..]).Order(StringComparer.Ordinal).ShouldBe([
            "'actions' is missing: it must be a list of action names, with * for any characters",
            "'freezeOnOutOfBand' must be one of never, ourCredentials, always",
            "'redrafts' is missing: it must be a whole number from 0 to 20",
            "'steps' must be a whole number from 1 to 100",
            "'within' must be at most 24h",
        ]);
    }

    [Fact]
    public void A_rule_speaks_of_any_area_that_is_registered_and_of_no_other()
    {
        var yaml = APolicy.Yaml() + """

              - { name: Loans need two, area: loans, level: L2, approvals: 2 }
            """;
        var errors = new List<string>();
        GatePolicyReader.Read("p.yaml", yaml, errors, ["operations", "undo", "loans"])
            .ShouldNotBeNull(string.Join('\n', errors)).Rules[^1].Area.ShouldBe("loans");
        GatePolicyReader.Read("p.yaml", yaml, errors, ["operations", "undo", "projects"]).ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldEndWith("'area' must be one of operations, undo, projects");
    }

    [Theory]
    [InlineData("", "p.yaml:1: a policy is one mapping with the keys chain, defaults, freezes, maintenance and rules")]
    [InlineData("- a\n- b", "p.yaml:1: a policy is one mapping with the keys chain, defaults, freezes, maintenance and rules")]
    public void What_is_no_policy_is_said_so(string yaml, string error)
    {
        var errors = new List<string>();
        GatePolicyReader.Read("p.yaml", yaml, errors).ShouldBeNull();
        errors.ShouldBe([error]);
    }

    [Fact]
    public void Broken_yaml_is_told_with_its_line()
    {
        var errors = new List<string>();
        GatePolicyReader.Read("p.yaml", "rules: [\n", errors).ShouldBeNull();
        errors.ShouldHaveSingleItem().ShouldStartWith("p.yaml:2: not YAML: ");
    }

    [Fact]
    public void The_version_follows_the_content_and_not_the_layout()
    {
        var version = Version(APolicy.Yaml());
        version.ShouldMatch("^operations@[0-9a-f]{12}$");
        Version("# a comment\n" + APolicy.Yaml() + "\n\n").ShouldBe(version);
        Version(APolicy.Yaml(approvals: 2)).ShouldNotBe(version);
    }

    [Fact]
    public void A_tenants_own_file_counts_for_that_tenant_and_default_for_the_rest()
    {
        Write("contoso.yaml", APolicy.Yaml(approvals: 2));
        Write("default.yaml", APolicy.Yaml(approvals: 3));
        var errors = new List<string>();
        var policies = GatePolicies.Load(folder.FullName, Tenants, errors);
        errors.ShouldBeEmpty();
        policies.For(GateScene.Contoso).Defaults.Approvals.ShouldBe(2);
        policies.For(GateScene.Fabrikam).Defaults.Approvals.ShouldBe(3);
    }

    [Fact]
    public void Validation_errors_of_all_files_come_together()
    {
        Write("contoso.yaml", APolicy.Yaml().Replace("approvals: 1", "approvals: none", StringComparison.Ordinal));
        Write("contosso.yaml", APolicy.Yaml());
        Write("default.yml", APolicy.Yaml());
        var errors = new List<string>();
        GatePolicies.Load(folder.FullName, Tenants, errors);
        errors.ShouldBe([
            "contoso.yaml:3: 'approvals' must be a whole number from 1 to 5",
            "contosso.yaml:1: there is no tenant 'contosso'; a policy is named default.yaml or after its tenant",
            "default.yml:1: must be named default.yaml",
        ]);
    }

    [Fact]
    public void A_folder_that_is_not_there_is_a_validation_error()
    {
        var errors = new List<string>();
        GatePolicies.Load(Path.Combine(folder.FullName, "none"), Tenants, errors);
        errors.ShouldHaveSingleItem().ShouldStartWith("Gates:PolicyPath: there is no folder");
    }

    private void Write(string name, string text) => File.WriteAllText(Path.Combine(folder.FullName, name), text);

    private static string Version(string yaml) => GatePolicyReader.Read("p.yaml", yaml, new List<string>())!.Version;
}

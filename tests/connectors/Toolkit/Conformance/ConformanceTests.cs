using DevOpsAI.Connectors.Toolkit.Conformance;
using DevOpsAI.Connectors.Toolkit.Manifests;

namespace DevOpsAI.Tests.Connectors.Toolkit.Conformance;

/// <summary>Every connector that comes with the bot stands every check.</summary>
public sealed class ConformanceTests
{
    public static TheoryData<string> BuiltIn => [.. ManifestServices.BuiltIn().Select(static one => one.Name)];

    [Theory]
    [MemberData(nameof(BuiltIn))]
    public async Task A_connector_that_comes_with_the_bot_stands_every_check(string name)
    {
        var manifest = ManifestServices.BuiltIn().Single(one => one.Name == name);
        var findings = await ConformanceKit.RunAsync(manifest, static subject => subject, TestContext.Current.CancellationToken);
        findings.Where(static one => one.Verdict == ConformanceVerdict.Failed).Select(static one => $"{one.Check} of {one.Of}: {one.Seen}")
            .ShouldBeEmpty();
        findings.Count(static one => one.Verdict == ConformanceVerdict.Passed).ShouldBeGreaterThan(findings.Count / 2);
        findings.Where(static one => one is { Check: "lost-reply-found", Verdict: ConformanceVerdict.Passed }).Select(static one => one.Of)
            .ShouldBe(manifest.Actions.Where(static one => one.Value.Reconcile is not null).Select(static one => one.Key), ignoreOrder: true);
    }

    [Theory]
    [InlineData("entra: { scope: https://acme.example/.default }")]
    [InlineData("signature: { secret: Key, text: \"{$request.body}\", headers: { X-Signature: \"{$signature}\" } }")]
    public async Task However_calls_are_proven_a_connector_that_is_right_stands_every_check(string authentication)
    {
        var yaml = SeededBugs.Yaml[..SeededBugs.Yaml.IndexOf("  token:", StringComparison.Ordinal)] + $"  {authentication}\n"
            + SeededBugs.Yaml[SeededBugs.Yaml.IndexOf("targets:", StringComparison.Ordinal)..];
        var findings = await ConformanceKit.RunAsync("acme.yaml", yaml, TestContext.Current.CancellationToken);
        findings.Where(static one => one.Verdict == ConformanceVerdict.Failed).Select(static one => $"{one.Check} of {one.Of}: {one.Seen}")
            .ShouldBeEmpty();
        findings.ShouldContain(static one => one.Check == "done-once" && one.Verdict == ConformanceVerdict.Passed);
    }

    [Fact]
    public async Task A_sender_that_signs_a_time_as_well_is_let_in()
    {
        var yaml = SeededBugs.Yaml.Replace(
            "secret: Hook }", "secret: Hook, time: { header: X-Time, text: \"{time}.{body}\" } }", StringComparison.Ordinal);
        var findings = await ConformanceKit.RunAsync("acme.yaml", yaml, TestContext.Current.CancellationToken);
        findings.Where(static one => one.Verdict == ConformanceVerdict.Failed).Select(static one => $"{one.Check} of {one.Of}: {one.Seen}")
            .ShouldBeEmpty();
    }

    [Theory]
    [InlineData("proof: member, member: clientState, secret: Hook")]
    [InlineData("proof: certificate, thumbprint: Print")]
    public async Task Senders_without_a_header_of_their_own_are_told_from_others(string sender)
    {
        var yaml = SeededBugs.Yaml.Replace(
            "proof: hmac, header: X-Acme-Signature, secret: Hook", sender, StringComparison.Ordinal)
            .Replace("settings:", "settings:\n  Print: { title: thumbprint }", StringComparison.Ordinal);
        var findings = await ConformanceKit.RunAsync("acme.yaml", yaml, TestContext.Current.CancellationToken);
        findings.Where(static one => one.Verdict == ConformanceVerdict.Failed).Select(static one => $"{one.Check} of {one.Of}: {one.Seen}")
            .ShouldBeEmpty();
        findings.ShouldContain(static one => one.Check == "wrong-signature" && one.Verdict == ConformanceVerdict.Passed);
    }

    [Fact]
    public async Task A_delivery_that_says_beside_its_list_what_it_is_about_is_taken()
    {
        var yaml = SeededBugs.Yaml.Replace(
            "- belongs: [\"{companyId} == {$setting.Company}\"]\n      id: \"{alertId}\"",
            "- when: [\"{event} == rmm_alert\"]\n      each: data.alerts\n      belongs: [\"{companyId} == {$setting.Company}\"]\n      id: \"{alertId}\"",
            StringComparison.Ordinal);
        yaml = yaml[..yaml.IndexOf("poll:", StringComparison.Ordinal)].Replace("&events", "", StringComparison.Ordinal);
        yaml.ShouldContain("each: data.alerts");
        var findings = await ConformanceKit.RunAsync("acme.yaml", yaml, TestContext.Current.CancellationToken);
        findings.Where(static one => one.Verdict == ConformanceVerdict.Failed).Select(static one => $"{one.Check} of {one.Of}: {one.Seen}")
            .ShouldBeEmpty();
    }

    public static TheoryData<string> Bugs => [.. SeededBugs.All.Keys];

    [Theory]
    [MemberData(nameof(Bugs))]
    public async Task A_connector_that_is_broken_is_found_by_the_check_that_is_there_for_it(string bug)
    {
        var seeded = SeededBugs.All[bug];
        var manifest = SeededBugs.Read(SeededBugs.Yaml);
        (await RunAsync(manifest, static right => right, seeded.Check)).Verdict.ShouldBe(ConformanceVerdict.Passed, "it is right as it is");
        var found = await RunAsync(manifest, seeded.Spoil, seeded.Check);
        found.Verdict.ShouldBe(ConformanceVerdict.Failed, found.Seen);
    }

    public static TheoryData<string> BugsOfHints => [.. HintBugs.All.Keys];

    [Theory]
    [MemberData(nameof(BugsOfHints))]
    public async Task A_connector_that_is_broken_where_deliveries_are_hints_is_found(string bug)
    {
        var seeded = HintBugs.All[bug];
        var manifest = SeededBugs.Read(HintBugs.Yaml);
        (await RunAsync(manifest, static right => right, seeded.Check)).Verdict.ShouldBe(ConformanceVerdict.Passed, "it is right as it is");
        var found = await RunAsync(manifest, seeded.Spoil, seeded.Check);
        found.Verdict.ShouldBe(ConformanceVerdict.Failed, found.Seen);
    }

    [Fact]
    public async Task A_connector_whose_deliveries_are_hints_stands_every_check()
    {
        var findings = await ConformanceKit.RunAsync(
            SeededBugs.Read(HintBugs.Yaml), static subject => subject, TestContext.Current.CancellationToken);
        findings.Where(static one => one.Verdict != ConformanceVerdict.Passed).Select(static one => $"{one.Check} of {one.Of}: {one.Seen}")
            .ShouldBeEmpty();
    }

    [Fact]
    public void There_is_a_broken_connector_for_every_check() =>
        ConformanceKit.All(SeededBugs.Read(SeededBugs.Yaml)).Concat(ConformanceKit.All(SeededBugs.Read(HintBugs.Yaml)))
            .Select(static one => one.Name)
            .Except(SeededBugs.All.Values.Concat(HintBugs.All.Values).Select(static one => one.Check)).ShouldBeEmpty();

    private static async Task<ConformanceFinding> RunAsync(
        Manifest manifest, Func<ConformanceSubject, ConformanceSubject> spoil, string check) =>
        (await ConformanceKit.RunAsync(manifest, spoil, TestContext.Current.CancellationToken, check)).ShouldHaveSingleItem();
}

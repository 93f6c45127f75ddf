using DevOpsAI.Connectors.Toolkit;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>Titles and descriptions as the field sends them, and what people read.</summary>
public sealed class AlertTextsTests
{
    [Theory]
    [InlineData("Filesystem has less than 5% space left.", "Filesystem has less than 5% space left on srv-file01")]
    [InlineData("Windows Server service Status (instance srv-file01.contoso.local:9182)", "Windows Server service Status on srv-file01")]
    [InlineData("Disk of srv-file01.contoso.local:9182 is full", "Disk of srv-file01 is full")]
    [InlineData("Disk /data almost full on SRV-FILE01", "Disk /data almost full on SRV-FILE01")]
    [InlineData("[FIRING:1] HighCPU (srv-file01 node critical)", "HighCPU (srv-file01 node critical)")]
    [InlineData("[FIRING:2, RESOLVED:1] Disk full", "Disk full on srv-file01")]
    [InlineData("🔥 [Alerting] Disk full", "Disk full on srv-file01")]
    [InlineData("⚠️ PROBLEM: Free disk space is less than 10% on volume C:", "Free disk space is less than 10% on volume C on srv-file01")]
    [InlineData("Disk usage is more than 80%\n  VALUE = 93.84615384615384\n  LABELS = map[instance:srv-file01:9182 volume:C:]",
        "Disk usage is more than 80% on srv-file01")]
    [InlineData(@"Disk usage is more than 80%\n  VALUE = 93.8\n  LABELS = map[a:b]", "Disk usage is more than 80% on srv-file01")]
    [InlineData("CPU at %!f(string=93.8) percent", "CPU at 93.8 percent on srv-file01")]
    [InlineData("CPU at %!d(<nil>) percent%!(EXTRA string=x)", "CPU at percent on srv-file01")]
    [InlineData("Free: <no value>, host {{ $labels.instance }} at $value", "Free:, host at on srv-file01")]
    [InlineData("<b>Disk full</b><br/>more", "Disk full on srv-file01")]
    [InlineData("Less than &lt;5 GB&gt; left &amp; falling", "Less than <5 GB> left & falling on srv-file01")]
    [InlineData("Load is 12.3333333333 and 1.23456e+02", "Load is 12.33 and 123.46 on srv-file01")]
    [InlineData("Agent 10.0.19045.1234 at 10.20.30.40 stopped", "Agent 10.0.19045.1234 at 10.20.30.40 stopped on srv-file01")]
    [InlineData(@"Cannot read C:\new\table on the share", @"Cannot read C:\new\table on the share on srv-file01")]
    [InlineData("Price < 7 and map is fine", "Price < 7 and map is fine on srv-file01")]
    [InlineData("", "DiskFull on srv-file01")]
    [InlineData("<no value>", "DiskFull on srv-file01")]
    [InlineData("🔥🔥🔥", "DiskFull on srv-file01")]
    [InlineData(null, "DiskFull on srv-file01")]
    public void A_title_says_what_and_where(string? sent, string title) =>
        AlertTexts.Title(sent, "DiskFull", "srv-file01.contoso.local", "srv-file01.contoso.local:9182").ShouldBe(title);

    [Theory]
    [InlineData("Odd sign-in", "anna.lopez@contoso.com", "Odd sign-in for anna.lopez@contoso.com")]
    [InlineData("Probe failed", null, "Probe failed")]
    [InlineData("Disk full", "10.20.30.40", "Disk full on 10.20.30.40")]
    public void What_is_no_host_name_is_not_shortened(string sent, string? where, string title) =>
        AlertTexts.Title(sent, "Kind", where).ShouldBe(title);

    [Theory]
    [InlineData("It is full.", "Disk full", "It is full.")]
    [InlineData("Disk full", "Disk full", null)]
    [InlineData("Disk full\nVALUE = 93.84615\nLABELS = map[a:b c:d]", "Disk full", "Value: 93.85")]
    [InlineData("Disk usage (VALUE = 93.8)", "Other", "Disk usage (value: 93.8)")]
    [InlineData("Usage high VALUE = 93.8 LABELS = map[instance:x job:y]", "Other", "Usage high (value: 93.8)")]
    [InlineData("[ var='B0' metric='load' labels={instance=srv1, job=node} value=93.44444 ]", "Other", "Value: 93.44")]
    [InlineData("Look at {instance=\"srv1\", job=\"node\"} now", "Other", "Look at now")]
    [InlineData("one\\ntwo", "Other", "one\ntwo")]
    [InlineData("{{ $labels.x }}", "Other", null)]
    [InlineData(null, "Disk full\nVALUE = 3", "Value: 3")]
    [InlineData(null, "Disk full", null)]
    public void A_description_says_the_rest(string? sent, string title, string? description) =>
        AlertTexts.Description(sent, title).ShouldBe(description);

    [Fact]
    public void Any_text_can_be_read() => Check.QuickThrowOnFailure(Prop.ForAll<string, string>((text, where) =>
        AlertTexts.Title(text, "K", string.IsNullOrWhiteSpace(where) ? null : where).Length > 0
            && AlertTexts.Description(text, where) != ""));

    [Theory]
    [InlineData("map[")]
    [InlineData("{a=\"")]
    [InlineData("[ var='")]
    [InlineData("<b ")]
    [InlineData("VALUE = ")]
    [InlineData("%!")]
    [InlineData("1.0000000")]
    public void A_long_text_of_openings_is_read_at_once(string opening)
    {
        var clock = System.Diagnostics.Stopwatch.StartNew();
        AlertTexts.Title(string.Concat(Enumerable.Repeat(opening, 5_000)), "K", "srv1").Length.ShouldBeGreaterThan(0);
        clock.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(3));
    }
}

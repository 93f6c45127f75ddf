using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Core.Incidents;

/// <summary>Numbers that are measured are no part of what an alert is called; numbers that name something are.</summary>
public sealed class ReadingsTests
{
    [Theory]
    [InlineData("Disk C: 93% full", "Disk C: 95% full")]
    [InlineData("Disk C: 93% full", "Disk C: 9.5 % full")]
    [InlineData("Disk C: 1.2 GB left", "Disk C: 900MB left")]
    [InlineData("Used 12.4/80 GB", "Used 12.9/80 GB")]
    [InlineData("Used 12 GB of 80 GB on /data", "Used 14 GB of 80 GB on /data")]
    [InlineData("p95 latency 250 ms", "p95 latency 1,310ms")]
    [InlineData("CPU 1 at 93 °C", "CPU 1 at 101.5°C")]
    [InlineData("Intake at -5 °C", "Intake at -11 °C")]
    [InlineData("Fan 2 at 300 rpm", "Fan 2 at 0 RPM")]
    [InlineData("Signal -85 dBm", "Signal -92 dBm")]
    [InlineData("Host down for 5 minutes", "Host down for 45 min")]
    [InlineData("Certificate expires in 14 days", "Certificate expires in 1 day")]
    [InlineData("Last backup 26 hours ago", "Last backup 3 days ago")]
    [InlineData("12 percent left", "9 percent left")]
    public void A_value_that_changes_is_the_same_alert(string one, string other) => Readings.Without(one).ShouldBe(Readings.Without(other));

    [Theory]
    [InlineData("Disk C: 93% full", "Disk D: 93% full")]
    [InlineData("Disk C: 93% full", "Disk C: 93 GB full")]
    [InlineData("Port 8080 closed", "Port 8081 closed")]
    [InlineData("Disk 2 93% used", "Disk 3 93% used")]
    [InlineData("Update KB5031234 failed", "Update KB5031235 failed")]
    [InlineData("ws-042 93% full", "ws-043 93% full")]
    [InlineData("pool-042 GB", "pool-043 GB")]
    [InlineData("p95 latency 250 ms", "p99 latency 250 ms")]
    [InlineData("95%ile latency", "99%ile latency")]
    [InlineData("Load 5 min above limit", "Load 15 min above limit")]
    [InlineData("Interface eth0/1 down", "Interface eth0/2 down")]
    [InlineData("Link 1 Gbps down", "Link 10 Gbps down")]
    [InlineData("Event 4625", "Event 4740")]
    [InlineData("12V rail low", "5V rail low")]
    [InlineData("Raid5 degraded", "Raid6 degraded")]
    [InlineData("vlan.10 % loss", "vlan.20 % loss")]
    [InlineData("#5 % done", "#6 % done")]
    public void A_number_that_names_something_tells_two_alerts_apart(string one, string other) =>
        Readings.Without(one).ShouldNotBe(Readings.Without(other));

    [Theory]
    [InlineData("DiskSpaceLow")]
    [InlineData("HostHighCpuLoad5m")]
    [InlineData("KubePodCrashLooping")]
    [InlineData("")]
    [InlineData("100%\ud800")]
    public void Names_without_a_value_stay_and_no_text_is_too_odd(string text) =>
        Readings.Without(text).ShouldBe(text.Replace("100%", "#%", StringComparison.Ordinal));

    [Fact]
    public void Without_a_device_the_value_may_be_all_that_tells_two_apart()
    {
        EventKeys.Correlation("Disk 93% full", "srv1").ShouldBe(EventKeys.Correlation("Disk 95% full", "SRV1.contoso.local"));
        EventKeys.Correlation("Disk 93% full", "srv1").ShouldNotBe(EventKeys.Correlation("Disk 93% full", "srv2"));
        EventKeys.Correlation("Disk 93% full", null).ShouldNotBe(EventKeys.Correlation("Disk 95% full", null));
        EventKeys.Cause("Disk 93% full").ShouldBe(EventKeys.Cause("Disk 95% full"));
    }
}

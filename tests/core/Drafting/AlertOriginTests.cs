using DevOpsAI.Drafting;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>Where an alert's figures come from decides whether its name can mean the device that the labels name.</summary>
public sealed class AlertOriginTests
{
    private static readonly RunbookCatalog BuiltIn = RunbookCatalog.Load(null, []);

    [Theory]
    [InlineData("InstanceDown", "node", "device-offline")]
    [InlineData("InstanceDown", "windows", "device-offline")]
    [InlineData("InstanceDown", "snmp", "device-offline")]
    [InlineData("InstanceDown", "mysqld_exporter", null)]
    [InlineData("InstanceDown", "erp-frontend", null)]
    [InlineData("InstanceDown", "pushgateway", null)]
    [InlineData("InstanceDown", "blackbox", null)]
    [InlineData("NodeDown", "ceph", null)]
    [InlineData("ServerDown", "nats", null)]
    [InlineData("LowDiskSpace", "elasticsearch", null)]
    [InlineData("LowDiskSpace", "linux-servers", "disk-space")]
    [InlineData("BackupFailed", "velero", null)]
    [InlineData("BackupFailed", "veeam_exporter", "backup-failed")]
    [InlineData("CertificateExpiring", "kubelet", null)]
    [InlineData("RaidDegraded", "megaraid", "raid-degraded")]
    [InlineData("WindowsServiceStopped", "contoso-office", "service-stopped")]
    public void A_name_that_applications_have_too_needs_a_job_that_reports_about_devices(string kind, string job, string? runbook) =>
        (BuiltIn.For(kind, new Dictionary<string, string> { ["job"] = job, ["instance"] = "srv-app01:9100" })?.Runbook.Name).ShouldBe(
            runbook);

    [Theory]
    [InlineData("resource_group")]
    [InlineData("resourceGroup")]
    [InlineData("instance_id")]
    [InlineData("pod")]
    [InlineData("namespace")]
    [InlineData("container_name")]
    public void A_label_of_a_cloud_or_a_cluster_says_that_no_device_is_meant(string label)
    {
        foreach (var kind in new[] { "BackupFailed", "HostHighCpuLoad", "VpnDown", "DiskFull" })
        {
            var labels = new Dictionary<string, string> { [label] = "prod", ["device"] = "srv-web01" };
            BuiltIn.For(kind, labels).ShouldBeNull(kind);
            BuiltIn.DoubtAbout(kind, labels).ShouldNotBeNull().ShouldContain($"'{label}' (prod)", Case.Insensitive);
        }
    }

    [Fact]
    public void The_pod_of_an_exporter_of_the_hosts_own_figures_is_only_where_it_runs() => BuiltIn
        .For("NodeFilesystemAlmostOutOfSpace", new Dictionary<string, string>
        {
            ["job"] = "node-exporter", ["instance"] = "srv-k8s01:9100", ["namespace"] = "monitoring", ["pod"] = "node-exporter-x2x",
            ["container"] = "node-exporter",
        })
        .ShouldNotBeNull().Runbook.Name.ShouldBe("disk-space");

    [Fact]
    public void What_a_gateway_for_others_carries_names_no_device_by_its_address()
    {
        var labels = new Dictionary<string, string> { ["job"] = "backup", ["instance"] = "srv-mon01:9091" };
        BuiltIn.For("BackupTooOld", labels).ShouldBeNull();
        BuiltIn.DoubtAbout("BackupTooOld", labels).ShouldNotBeNull().ShouldContain("no label names the device");
    }

    [Theory]
    [InlineData("K8sNodeHighCpu")]
    [InlineData("S3 disk usage high on server")]
    [InlineData("Node k8s-node-3: memory pressure")]
    public void Letters_and_digits_that_are_one_word_are_not_harmless_letters(string kind) =>
        BuiltIn.For(kind, new Dictionary<string, string> { ["host"] = "srv-file01" }).ShouldBeNull();

    [Fact]
    public void What_no_runbook_is_for_leaves_no_doubt_to_tell() =>
        BuiltIn.DoubtAbout("KubePodCrashLooping", new Dictionary<string, string> { ["pod"] = "web-1", ["job"] = "kube-state-metrics" })
            .ShouldBeNull();
}

using DevOpsAI.Drafting;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>Alert names as exporters, rule collections and RMM tools spell them, and the runbook each belongs to.</summary>
public sealed class AlertNamesTests
{
    private static readonly RunbookCatalog BuiltIn = RunbookCatalog.Load(null, []);

    /// <summary>As tools that look after devices name one.</summary>
    private static readonly Dictionary<string, string> OnDevice = new() { ["device"] = "SRV-FILE01" };

    private static readonly (string Runbook, string[] Names)[] Expected =
    [
        ("disk-space", [
            "DiskSpaceLow", "HostOutOfDiskSpace", "host_out_of_disk_space", "Host out of disk space", "host-out-of-disk-space",
            "HOSTOUTOFDISKSPACE",
            "HostDiskWillFillIn24Hours", "HostDiskMayFillIn24Hours", "NodeFilesystemAlmostOutOfSpace", "NodeFilesystemSpaceFillingUp",
            "WindowsServerDiskSpaceUsage", "WindowsDiskAlmostOutOfSpace", "LowDiskSpace", "NetdataLowDiskSpace", "DiskSpaceFree10Percent",
            "High Disk Usage", "disk.space.low", "Used Disk Space > 90%", "perf_disk_usage_ctx", "ZfsPoolOutOfSpace",
            "com.example.rmm.disk.full.v1",
            "NodeDiskSpaceRunningLow", "Low disk space on C:"]),
        ("log-volume", ["LogVolumeFull", "log_disk_full", "Log partition almost full", "HostLogVolumeAlmostFull"]),
        ("service-stopped", [
            "WindowsServiceDown", "WindowsServerServiceStatus", "WindowsServiceNotHealthy", "ServiceStopped", "HostSystemdServiceCrashed",
            "NodeSystemdServiceFailed", "service_down", "Critical service stopped", "srvc_status_ctx", "SystemdUnitFailed",
            "Service is not running"]),
        ("service-hung", ["ServiceNotResponding", "NodeSystemdServiceCrashlooping", "windows_service_hung"]),
        ("print-spooler", ["PrintSpoolerStopped", "Spooler service down"]),
        ("printer-queue", ["PrinterQueueStuck", "print_queue_high", "Print jobs stuck in queue"]),
        ("backup-failed", ["BackupFailed", "VeeamBackupFailed", "VeeamBackupJobFailed", "BackupJobFailed", "BackupMissing",
            "backup_failure", "Backup too old", "Server Backup Failed"]),
        ("malware-found",
            ["MalwareDetected", "malware_found", "AntivirusThreatDetected", "ClamAVVirusFound", "endpoint_security_threat_ctx"]),
        ("ransomware", ["RansomwareDetected", "ransomware_ctx", "Mass file encryption"]),
        ("patch-failed", ["PatchFailed", "WindowsUpdateFailed", "patch_ctx", "Security update missing", "PatchInstallationFailed"]),
        ("pending-reboot", ["HostRequiresReboot", "RebootRequired", "pending_reboot", "NodeRebootRequired"]),
        ("device-offline", ["InstanceDown", "TargetDown", "HostDown", "device_offline", "AgentOffline", "online_offline_status_ctx",
            "PrometheusTargetMissing", "Windows Server Down", "SnmpTargetDown"]),
        ("certificate-expiring", [
            "BlackboxSslCertificateWillExpireSoon", "BlackboxSslCertificateWillExpireVerySoon", "BlackboxSslCertificateExpired",
            "SslCertificateExpiry(<7Days)",
            "CertificateExpiringSoon", "tls_certificate_expiring", "SSL cert expires in 7 days"]),
        ("cpu-pressure", ["HostHighCpuLoad", "NodeCPUHighUsage", "WindowsServerCpuUsage", "WindowsCPUHighUsage", "HighCPUUsage",
            "cpu_usage_high", "CPU Usage > 90% for 5 minutes"]),
        ("memory-pressure", ["HostOutOfMemory", "NodeMemoryHighUtilization", "WindowsServerMemoryUsage", "WindowsMemoryHighUtilization",
            "HighMemoryUsage", "HostOomKillDetected", "memory_pressure", "Memory Usage > 90% for 5 minutes"]),
        ("raid-degraded", ["HostRaidDiskFailure", "HostRaidArrayGotInactive", "HostSoftwareRaidInsufficientDrives", "NodeRAIDDegraded",
            "NodeRAIDDiskFailure", "raid_degraded", "MdadmArrayDegraded"]),
        ("suspicious-sign-in",
            ["SuspiciousSignIn", "RiskySignIn", "impossible_travel", "unfamiliarFeatures", "leakedCredentials", "Risky user detected"]),
        ("account-locked", ["AccountLocked", "user_locked_out", "AccountLockoutBurst", "Account lockout"]),
        ("mailbox-full", ["MailboxFull", "mailbox_quota_exceeded", "Mailbox almost full"]),
        ("vpn-down", ["VPNTunnelDown", "IPsecTunnelDown", "IPSecTunnelDown", "VPNConnectionDown", "WireguardPeerHandshakeTooOld",
            "vpn.tunnel.down", "Site-to-site VPN down"]),
        ("ups-on-battery", ["UPSOnBattery", "NutUpsOnBattery", "APCUPSOnBattery", "ApcUpsAcInputOutage", "ups_on_battery",
            "UPS running on battery", "ApcUpsBatteryNearlyEmpty"]),
        ("clock-skew", ["HostClockSkew", "NodeClockSkewDetected", "HostClockNotSynchronising"]),
        ("disk-failing", ["SmartCriticalWarning", "SmartMediaErrors", "DiskSmartPredictedFailure", "NetdataDiskReallocatedSectors"]),
        ("out-of-band-change", ["OutOfBandChange"]),
        ("disk-latency", ["HostUnusualDiskReadLatency", "HostUnusualDiskWriteLatency", "NodeDiskIOSaturation", "disk_latency_high"]),
    ];

    public static TheoryData<string, string> Known
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (runbook, names) in Expected)
            {
                foreach (var name in names)
                    data.Add(name, runbook);
            }
            return data;
        }
    }

    [Theory, MemberData(nameof(Known))]
    public void An_alert_finds_its_runbook_however_it_is_spelled(string name, string runbook) =>
        BuiltIn.For(name, OnDevice).ShouldNotBeNull().Runbook.Name.ShouldBe(runbook);

    [Theory]
    [InlineData("HostMemoryIsUnderutilized")]
    [InlineData("HostCpuIsUnderutilized")]
    [InlineData("KubePersistentVolumeFillingUp")]
    [InlineData("KubeMemoryOvercommit")]
    [InlineData("NodeFilesystemAlmostOutOfFiles")]
    [InlineData("HostOutOfInodes")]
    [InlineData("CPUThrottlingHigh")]
    [InlineData("HostCpuStealNoisyNeighbor")]
    [InlineData("KubeClientCertificateExpiration")]
    [InlineData("PrometheusNotConnectedToAlertmanager")]
    [InlineData("SnmpInterfaceDown")]
    [InlineData("test.example.alert.fired.v1")]
    [InlineData("Watchdog")]
    // Datto RMM calls alerts about the processor and about memory so.
    [InlineData("perf_resource_usage_ctx")]
    [InlineData("UPSBatteryReplacementNeeded")]
    [InlineData("AntivirusDefinitionsOutdated: virus signatures are old")]
    [InlineData("")]
    [InlineData("{volume}")]
    [InlineData("日本語のアラート")]
    [InlineData("FoobarServerDown")]
    [InlineData("KeycloakServerHighMemoryUsage")]
    [InlineData("HAProxyBackendServerDown")]
    [InlineData("CertManagerCertExpirySoon")]
    [InlineData("AzureFlexibleServerHighCpuUtilization")]
    public void What_no_runbook_is_for_gets_none(string name) => BuiltIn.For(name, OnDevice).ShouldBeNull();

    [Fact]
    public void Enough_names_are_held_against_the_table() => Expected.Sum(entry => entry.Names.Length).ShouldBeGreaterThan(120);

    [Fact]
    public void No_built_in_runbook_is_missing_from_the_table() =>
        BuiltIn.All.Select(runbook => runbook.Name).Except(Expected.Select(entry => entry.Runbook)).ShouldBeEmpty();

    [Fact]
    public void Every_name_that_a_runbook_lists_belongs_to_it()
    {
        foreach (var runbook in BuiltIn.All)
        {
            foreach (var name in runbook.Match.Names)
                BuiltIn.For(name).ShouldBe(new RunbookMatch(runbook, IsExact: true), name);
        }
    }

    [Theory]
    [InlineData("NodeRAIDDegraded", "degraded node raid")]
    [InlineData("node_cpu_high", "cpu high node")]
    [InlineData("HostDiskWillFillIn24Hours", "24 disk fill host hours in will")]
    [InlineData("  Low-disk.space ", "disk low space")]
    public void A_name_is_taken_apart_into_words(string name, string words) =>
        string.Join(' ', AlertName.From(name).Words.Order(StringComparer.Ordinal)).ShouldBe(words);
}

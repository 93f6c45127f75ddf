namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// For each built-in runbook: an alert that reaches it, the thing as its vendor sees it then, and the command at the fake vendor.
/// </summary>
internal static class RunbookCases
{
    public sealed record Case(string Alert, string Kind, string Name, (string, string)[] Attributes, (string, string)[] State,
        string Command);

    private static readonly (string, string) Online = ("device.online", "true");

    public static IReadOnlyDictionary<string, Case> All { get; } = new Dictionary<string, Case>
    {
        ["disk-space"] = new("HostOutOfDiskSpace", "device", "SRV-1", [("mountpoint", "/data")],
            [Online, ("disk.data.freePercent", "6"), ("disk.data.freeGb", "3"), ("disk.data.sizeGb", "50")],
            "cleanup data 'temp,recycle-bin,update-cache' on SRV-1"),
        ["log-volume"] =
            new("LogVolumeFull", "device", "SRV-1", [("volume", "L:")], [Online, ("disk.L.freePercent", "4")], "cleanup L logs on SRV-1"),
        ["service-stopped"] = new("WindowsServiceDown", "device", "SRV-1", [("name", "spooler")],
            [Online, ("service.Spooler.state", "stopped"), ("service.Spooler.startup", "automatic")],
            "Start-Service Spooler -Computer SRV-1"),
        ["service-hung"] = new("ServiceNotResponding", "device", "SRV-1", [("service_name", "W3SVC")],
            [Online, ("service.W3SVC.state", "running")], "Restart-Service W3SVC -Computer SRV-1"),
        ["print-spooler"] = new("PrintSpoolerStopped", "device", "SRV-1", [], [Online, ("service.Spooler.state", "stopped")],
            "Start-Service Spooler -Computer SRV-1"),
        ["printer-queue"] = new("PrinterQueueStuck", "device", "PRN-1", [("queue", "Front Desk")],
            [Online, ("printer.Front Desk.jobs", "14"), ("printer.Front Desk.state", "stuck")], "clear 'Front Desk' on PRN-1"),
        ["backup-failed"] = new("VeeamBackupFailed", "device", "SRV-1", [("job_name", "Nightly")],
            [Online, ("backup.Nightly.state", "failed")], "backup Nightly on SRV-1"),
        ["malware-found"] = new("MalwareDetected", "device", "WS-1", [("file", @"C:\Users\anna\invoice.exe")],
            [Online, (@"malware.C:\Users\anna\invoice.exe.state", "active")], @"quarantine C:\Users\anna\invoice.exe on WS-1"),
        ["ransomware"] = new("RansomwareDetected", "device", "WS-1", [], [Online, ("device.isolated", "false")], "isolate WS-1"),
        ["patch-failed"] = new("WindowsUpdateFailed", "device", "WS-1", [("kb", "KB5031356")],
            [Online, ("patch.KB5031356.state", "failed")], "install KB5031356 on WS-1"),
        ["pending-reboot"] =
            new("HostRequiresReboot", "device", "SRV-1", [], [Online, ("device.pendingReboot", "true")], "Restart-Computer SRV-1"),
        ["device-offline"] = new("InstanceDown", "device", "WS-1", [], [("device.online", "false")], "wake WS-1"),
        ["certificate-expiring"] = new("CertificateExpiringSoon", "device", "WEB-1", [("certificate", "portal.contoso.com")],
            [Online, ("certificate.portal.contoso.com.daysLeft", "6")], "renew portal.contoso.com on WEB-1"),
        ["cpu-pressure"] =
            new("HostHighCpuLoad", "device", "SRV-1", [],
                [Online, ("cpu.percent", "97"), ("process.indexer.cpuPercent", "88"), ("process.indexer.priority", "normal"),
                    ("process.sqlservr.cpuPercent", "6"), ("process.sqlservr.priority", "normal")], "renice indexer on SRV-1"),
        ["memory-pressure"] =
            new("HostOutOfMemory", "device", "SRV-1", [], [Online, ("memory.freePercent", "3")], "Restart-Computer SRV-1"),
        ["raid-degraded"] = new("HostRaidDiskFailure", "device", "SRV-1", [("device", "md0")], [Online, ("raid.md0.state", "degraded")],
            "rebuild md0 on SRV-1"),
        ["suspicious-sign-in"] = new("ImpossibleTravel", "user", "anna.lopez", [("upn", "anna.lopez@contoso.com")],
            [("user.enabled", "true"), ("user.sessions", "3"), ("user.riskySignIns", "2")], "disable anna.lopez"),
        ["account-locked"] = new("AccountLocked", "user", "ben.okafor", [("user", @"CONTOSO\ben.okafor")],
            [("user.locked", "true"), ("user.riskySignIns", "0")], "unlock ben.okafor"),
        ["mailbox-full"] = new("MailboxFull", "mailbox", "anna.lopez", [("mailbox", "anna.lopez@contoso.com")],
            [("mailbox.usedPercent", "97"), ("mailbox.quotaGb", "50")], "quota anna.lopez +10 GB"),
        ["vpn-down"] = new("VPNTunnelDown", "site", "Contoso HQ", [("site", "Contoso HQ"), ("tunnel", "HQ-Azure")],
            [("vpn.HQ-Azure.state", "down")], "restart HQ-Azure of 'Contoso HQ'"),
        ["ups-on-battery"] = new("NutUpsOnBattery", "device", "SRV-1", [], [Online, ("ups.state", "battery"), ("ups.minutesLeft", "11")],
            "Stop-Computer SRV-1"),
        ["clock-skew"] = new("HostClockSkew", "device", "SRV-1", [], [Online, ("service.W32Time.state", "running")],
            "Restart-Service W32Time -Computer SRV-1"),
        ["disk-failing"] =
            new("SmartCriticalWarning", "device", "SRV-1", [], [], "ticket 'Replace the failing disk of SRV-1' high for SRV-1"),
        ["out-of-band-change"] =
            new("OutOfBandChange", "device", "SRV-1", [("action", "service.stop"), ("vendor_log_id", "A-17"), ("by", "Sam Shift")], [],
            "ticket 'Explain service.stop on SRV-1, log line A-17' high for SRV-1"),
        ["disk-latency"] = new("HostUnusualDiskReadLatency", "device", "SRV-1", [], [], "ticket 'Slow disk on SRV-1' normal for SRV-1"),
    };
}

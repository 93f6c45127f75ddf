using System.Collections.Frozen;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>What the simulated vendor can do, and how far each action reaches.</summary>
internal static class SandboxCatalog
{
    private static readonly ArgumentSpec Service = new("service", "Service", "[A-Za-z0-9][A-Za-z0-9_.@$-]{0,99}");
    private static readonly ArgumentSpec Volume = new("volume", "Volume", "[A-Za-z0-9][A-Za-z0-9_-]{0,62}");
    private static readonly ArgumentSpec Categories = new("categories", "What to clean up", "[a-z][a-z,-]{0,99}");
    private static readonly ArgumentSpec Job = new("job", "Backup job", "[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}");
    private static readonly ArgumentSpec File = new("file", "File", @"[A-Za-z0-9_ .:()/\\-]{1,200}");
    private static readonly ArgumentSpec Patch = new("patch", "Patch", "[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static readonly ArgumentSpec Certificate = new("certificate", "Certificate", "[A-Za-z0-9*][A-Za-z0-9*._-]{0,99}");
    private static readonly ArgumentSpec Process = new("process", "Process", "[A-Za-z0-9][A-Za-z0-9 _.@$-]{0,99}");
    private static readonly ArgumentSpec Array = new("array", "Array", "[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}");
    private static readonly ArgumentSpec Queue = new("queue", "Printer queue", "[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}");
    private static readonly ArgumentSpec Tunnel = new("tunnel", "Tunnel", "[A-Za-z0-9][A-Za-z0-9 _.-]{0,99}");
    private static readonly ArgumentSpec Gigabytes = new("gigabytes", "Gigabytes", "[1-9][0-9]{0,2}");
    private static readonly ArgumentSpec Title = new("title", "Title", @"[^\r\n{}]{1,200}");
    private static readonly ArgumentSpec Priority = new("priority", "Priority", "low|normal|high");

    public static IReadOnlyDictionary<string, ActionSpec> For(TimeSpan timeout) => new[]
    {
        Device("service.restart", "Restart a service", Reversibility.Reversible, "Restart-Service -Name '{service}' -ComputerName {target}",
            null, Service),
        Device("service.start", "Start a service", Reversibility.Reversible, "Start-Service -Name '{service}' -ComputerName {target}",
            "service.stop", Service),
        Device("service.stop", "Stop a service", Reversibility.Reversible, "Stop-Service -Name '{service}' -ComputerName {target}",
            "service.start", Service),
        Device("disk.cleanup", "Clean up a volume", Reversibility.Partly,
            "Invoke-DiskCleanup -Volume '{volume}' -Categories '{categories}' -KeepFor 24h -ComputerName {target}", "disk.restore", Volume,
            Categories),
        Device("disk.restore", "Put cleaned up files back", Reversibility.Partly,
            "Undo-DiskCleanup -Volume '{volume}' -Categories '{categories}' -ComputerName {target}", null, Volume, Categories),
        Device("backup.run", "Run a backup job", Reversibility.Partly, "Start-BackupJob -Name '{job}' -ComputerName {target}", null, Job)
            with { Idempotent = false },
        Device("malware.quarantine", "Quarantine a file", Reversibility.Reversible,
            "Move-ToQuarantine -File '{file}' -ComputerName {target}", "malware.release", File),
        Device("malware.release", "Release a file from quarantine", Reversibility.Reversible,
            "Restore-FromQuarantine -File '{file}' -ComputerName {target}", null, File),
        Device("device.isolate", "Isolate a device", Reversibility.Reversible, "Set-NetworkIsolation -State On -ComputerName {target}",
            "device.release"),
        Device("device.release", "Release a device from isolation", Reversibility.Reversible,
            "Set-NetworkIsolation -State Off -ComputerName {target}", null),
        Device("patch.install", "Install a patch", Reversibility.Partly, "Install-Patch -Id '{patch}' -ComputerName {target}", null, Patch),
        Device("device.reboot", "Restart a device", Reversibility.Irreversible, "Restart-Computer -Force -ComputerName {target}", null) with
            { Idempotent = false },
        Device("device.wake", "Wake a device", Reversibility.Partly, "Send-WakeOnLan -ComputerName {target}", null),
        Device("device.shutdown", "Shut a device down", Reversibility.Irreversible, "Stop-Computer -Force -ComputerName {target}", null),
        Device("certificate.renew", "Renew a certificate", Reversibility.Partly,
            "Update-Certificate -Subject '{certificate}' -ComputerName {target}", null, Certificate) with { Idempotent = false },
        Device("process.lower-priority", "Lower a process's priority", Reversibility.Reversible,
            "Set-ProcessPriority -Name '{process}' -Priority BelowNormal -ComputerName {target}", "process.restore-priority", Process),
        Device("process.restore-priority", "Restore a process's priority", Reversibility.Reversible,
            "Set-ProcessPriority -Name '{process}' -Priority Normal -ComputerName {target}", null, Process),
        Device("raid.rebuild", "Rebuild an array", Reversibility.Irreversible, "Start-ArrayRebuild -Array '{array}' -ComputerName {target}",
            null, Array) with { Idempotent = false },
        Device("printer.clear-queue", "Clear a printer queue", Reversibility.Partly,
            "Clear-PrintQueue -Name '{queue}' -ComputerName {target}", null, Queue),
        Device("ticket.create", "Open a ticket", Reversibility.Reversible,
            "New-Ticket -Title '{title}' -Priority {priority} -Device {target}", "ticket.close", Title, Priority) with
            { BlastRadius = BlastRadius.Nothing, Idempotent = false },
        Device("ticket.close", "Close a ticket", Reversibility.Reversible,
            "Close-Ticket -Title '{title}'{priority? -Priority } -Device {target}", null, Title, Priority with { Required = false }) with
            { BlastRadius = BlastRadius.Nothing },
        User("user.disable", "Disable an account", Reversibility.Reversible, "Disable-Account -User {target}", "user.enable"),
        User("user.enable", "Enable an account", Reversibility.Reversible, "Enable-Account -User {target}", null),
        User("user.unlock", "Unlock an account", Reversibility.Reversible, "Unlock-Account -User {target}", "user.lock"),
        User("user.lock", "Lock an account", Reversibility.Reversible, "Lock-Account -User {target}", null),
        User("user.revoke-sessions", "End all sessions", Reversibility.Irreversible, "Revoke-Sessions -User {target}", null),
        User("mailbox.raise-quota", "Raise a mailbox quota", Reversibility.Reversible,
            "Set-MailboxQuota -Mailbox {target} -Add {gigabytes}GB", "mailbox.restore-quota", Gigabytes) with
            { TargetKind = "mailbox", Idempotent = false },
        User("mailbox.restore-quota", "Restore a mailbox quota", Reversibility.Reversible,
            "Set-MailboxQuota -Mailbox {target} -Remove {gigabytes}GB", null, Gigabytes) with
            { TargetKind = "mailbox", Idempotent = false },
        new ActionSpec("vpn.restart-tunnel", "Restart a VPN tunnel", "site", Reversibility.Partly, BlastRadius.Site, true,
            "Restart-VpnTunnel -Name '{tunnel}' -Site '{target}'", [Tunnel], null, default),
    }.Select(spec => spec with { Timeout = timeout }).ToFrozenDictionary(spec => spec.Name);

    private static ActionSpec Device(string name, string title, Reversibility reversibility, string command, string? rollback,
        params ArgumentSpec[] arguments) =>
        new(name, title, "device", reversibility, BlastRadius.OneDevice, Idempotent: true, command, arguments, rollback, default);

    private static ActionSpec User(string name, string title, Reversibility reversibility, string command, string? rollback,
        params ArgumentSpec[] arguments) =>
        Device(name, title, reversibility, command, rollback, arguments) with { TargetKind = "user", BlastRadius = BlastRadius.OneUser };
}

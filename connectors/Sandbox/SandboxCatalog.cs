using System.Collections.Frozen;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.Sandbox;

/// <summary>What the simulated vendor can do, and how far each action reaches.</summary>
internal static class SandboxCatalog
{
    public static IReadOnlyDictionary<string, ActionSpec> For(TimeSpan timeout) => new[]
    {
        Action("service.restart", Reversibility.Reversible, "Restart-Service -Name '{service}' -ComputerName {target}"),
        Action("service.start", Reversibility.Reversible, "Start-Service -Name '{service}' -ComputerName {target}", "service.stop"),
        Action("service.stop", Reversibility.Reversible, "Stop-Service -Name '{service}' -ComputerName {target}", "service.start"),
        Action("disk.cleanup", Reversibility.Partly,
            "Invoke-DiskCleanup -Volume '{volume}' -Categories '{categories}' -KeepFor 24h -ComputerName {target}", "disk.restore"),
        Action("disk.restore", Reversibility.Partly,
            "Undo-DiskCleanup -Volume '{volume}' -Categories '{categories}' -ComputerName {target}"),
        Action("backup.run", Reversibility.Partly, "Start-BackupJob -Name '{job}' -ComputerName {target}") with { Idempotent = false },
        Action("malware.quarantine", Reversibility.Reversible, "Move-ToQuarantine -File '{file}' -ComputerName {target}",
            "malware.release"),
        Action("malware.release", Reversibility.Reversible, "Restore-FromQuarantine -File '{file}' -ComputerName {target}"),
        Action("device.isolate", Reversibility.Reversible, "Set-NetworkIsolation -State On -ComputerName {target}", "device.release"),
        Action("device.release", Reversibility.Reversible, "Set-NetworkIsolation -State Off -ComputerName {target}"),
        Action("patch.install", Reversibility.Partly, "Install-Patch -Id '{patch}' -ComputerName {target}"),
        Action("device.reboot", Reversibility.Irreversible, "Restart-Computer -Force -ComputerName {target}") with { Idempotent = false },
        Action("device.wake", Reversibility.Partly, "Send-WakeOnLan -ComputerName {target}"),
        Action("device.shutdown", Reversibility.Irreversible, "Stop-Computer -Force -ComputerName {target}"),
        Action("certificate.renew", Reversibility.Partly, "Update-Certificate -Subject '{certificate}' -ComputerName {target}") with
            { Idempotent = false },
        Action("process.lower-priority", Reversibility.Reversible,
            "Set-ProcessPriority -Name '{process}' -Priority BelowNormal -ComputerName {target}", "process.restore-priority"),
        Action("process.restore-priority", Reversibility.Reversible,
            "Set-ProcessPriority -Name '{process}' -Priority Normal -ComputerName {target}"),
        Action("raid.rebuild", Reversibility.Irreversible, "Start-ArrayRebuild -Array '{array}' -ComputerName {target}") with
            { Idempotent = false },
        Action("printer.clear-queue", Reversibility.Partly, "Clear-PrintQueue -Name '{queue}' -ComputerName {target}"),
        Action("ticket.create", Reversibility.Reversible, "New-Ticket -Title '{title}' -Priority {priority} -Device {target}",
            "ticket.close") with { BlastRadius = BlastRadius.Nothing, Idempotent = false },
        Action("ticket.close", Reversibility.Reversible, "Close-Ticket -Title '{title}'{priority? -Priority } -Device {target}") with
            { BlastRadius = BlastRadius.Nothing },
        Action("user.disable", Reversibility.Reversible, "Disable-Account -User {target}", "user.enable"),
        Action("user.enable", Reversibility.Reversible, "Enable-Account -User {target}"),
        Action("user.unlock", Reversibility.Reversible, "Unlock-Account -User {target}", "user.lock"),
        Action("user.lock", Reversibility.Reversible, "Lock-Account -User {target}"),
        Action("user.revoke-sessions", Reversibility.Irreversible, "Revoke-Sessions -User {target}"),
        Action("mailbox.raise-quota", Reversibility.Reversible, "Set-MailboxQuota -Mailbox {target} -Add {gigabytes}GB",
            "mailbox.restore-quota") with { Idempotent = false },
        Action("mailbox.restore-quota", Reversibility.Reversible, "Set-MailboxQuota -Mailbox {target} -Remove {gigabytes}GB") with
            { Idempotent = false },
        Action("vpn.restart-tunnel", Reversibility.Partly, "Restart-VpnTunnel -Name '{tunnel}' -Site '{target}'"),
    }.Select(spec => spec with { Timeout = timeout }).ToFrozenDictionary(spec => spec.Name);

    /// <summary>What the vocabulary says of the action, and what the simulated vendor adds.</summary>
    private static ActionSpec Action(string name, Reversibility reversibility, string command, string? rollback = null)
    {
        var capability = Capabilities.Actions[name];
        var radius = capability.TargetKind switch
        {
            "device" => BlastRadius.OneDevice,
            "site" => BlastRadius.Site,
            _ => BlastRadius.OneUser,
        };
        return new(name, capability.Title, capability.TargetKind, reversibility, radius, Idempotent: true, command, capability.Arguments,
            rollback, default);
    }
}

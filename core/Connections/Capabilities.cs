using System.Collections.Frozen;

namespace DevOpsAI.Connections;

/// <summary>Something that several vendors can do, under the one name by which runbooks ask for it.</summary>
/// <param name="Name">As in <c>service.restart</c>.</param>
/// <param name="TargetKind">As in <c>device</c>.</param>
/// <param name="Arguments">What every vendor that offers it takes.</param>
public sealed record ActionCapability(string Name, string Title, string TargetKind, IReadOnlyList<ArgumentSpec> Arguments)
{
    /// <summary>How well it can be taken back where a vendor does it best: no connector may claim more.</summary>
    public Reversibility AtBest { get; init; } = Reversibility.Reversible;

    /// <summary>How far it reaches at every vendor: no connector may claim less.</summary>
    public BlastRadius AtLeast { get; init; } = TargetKind switch
    {
        "ticket" => BlastRadius.Nothing,
        "user" or "mailbox" => BlastRadius.OneUser,
        "site" => BlastRadius.Site,
        _ => BlastRadius.OneDevice,
    };
}

/// <summary>Something that several vendors can tell of a target, under the one name by which runbooks ask for it.</summary>
/// <param name="Name">As in <c>service.{name}.state</c>; what is in braces names the part.</param>
/// <param name="Values">The words that it can be, for <c>true</c> and <c>false</c> too; empty when it is a number or free text.</param>
public sealed record ObservationCapability(string Name, string TargetKind, string Meaning, IReadOnlyList<string> Values)
{
    private readonly string prefix = Name.Split('{')[0];
    private readonly string suffix = Name.Split('}') is [_, var after] ? after : "";

    /// <summary>Whether an observation, as in <c>service.Spooler.state</c>, is one of this.</summary>
    public bool Covers(string observation) => suffix.Length == 0
        ? observation.Equals(Name, StringComparison.Ordinal)
        : observation.Length > prefix.Length + suffix.Length && observation.StartsWith(prefix, StringComparison.Ordinal)
            && observation.EndsWith(suffix, StringComparison.Ordinal);
}

/// <summary>
/// The vocabulary that runbooks and connectors share: a runbook names capabilities and no vendor. Listed in docs/capabilities.md.
/// </summary>
public static class Capabilities
{
    /// <summary>Observed where a device's open tickets cannot be read, so that none of them says nothing.</summary>
    public const string DeviceTickets = "device.tickets";

    /// <summary>What cannot be read is.</summary>
    public const string Unreadable = "unreadable";

    private static readonly string[] YesOrNo = ["true", "false"];
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
    private static readonly ArgumentSpec Minutes = new("minutes", "Minutes", "[1-9][0-9]{0,3}|10080");
    private static readonly ArgumentSpec Role = new("role", "Role", "[A-Za-z][A-Za-z0-9 ()/&-]{1,99}");
    private static readonly ArgumentSpec RoleHours = new("hours", "Hours", "[1-8]");
    private static readonly ArgumentSpec Title = new("title", "Title", @"[^\r\n{}]{1,200}");
    private static readonly ArgumentSpec Priority = new("priority", "Priority", "low|normal|high");
    private static readonly ArgumentSpec Script = new("script", "Script", "[A-Za-z0-9][A-Za-z0-9 _.:-]{0,99}");
    private static readonly ArgumentSpec Command = new("command", "Command", @"[^\p{C}\p{Zl}\p{Zp}]{1,1000}", MaxLength: 1000);
    private static readonly ArgumentSpec Note = new("note", "Note", @"[^\r\n{}]{1,1000}", MaxLength: 1000);
    private static readonly ArgumentSpec Reference = new("reference", "Reference", "[A-Za-z0-9][A-Za-z0-9-]{0,49}");
    private static readonly ArgumentSpec Hours = new("hours", "Hours", @"[0-9]{1,2}\.[0-9]{2}");
    private static readonly ArgumentSpec StartedAt = new("startedAt", "Began", "[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}Z");
    private static readonly ArgumentSpec Alert = new("alert", "Alert", "[A-Za-z0-9][A-Za-z0-9_.:/-]{0,199}");

    /// <summary>By name.</summary>
    public static IReadOnlyDictionary<string, ActionCapability> Actions { get; } = new ActionCapability[]
    {
        new("service.restart", "Restart a service", "device", [Service]),
        new("service.start", "Start a service", "device", [Service]),
        new("service.stop", "Stop a service", "device", [Service]),
        new("disk.cleanup", "Clean up a volume", "device", [Volume, Categories]) { AtBest = Reversibility.Partly },
        new("disk.restore", "Put cleaned up files back", "device", [Volume, Categories]) { AtBest = Reversibility.Partly },
        new("backup.run", "Run a backup job", "device", [Job]) { AtBest = Reversibility.Partly },
        new("malware.quarantine", "Quarantine a file", "device", [File]),
        new("malware.release", "Release a file from quarantine", "device", [File]),
        new("device.isolate", "Isolate a device", "device", []),
        new("device.release", "Release a device from isolation", "device", []),
        new("patch.install", "Install a patch", "device", [Patch]) { AtBest = Reversibility.Partly },
        new("device.reboot", "Restart a device", "device", []) { AtBest = Reversibility.Irreversible },
        new("device.wake", "Wake a device", "device", []) { AtBest = Reversibility.Partly },
        new("device.shutdown", "Shut a device down", "device", []) { AtBest = Reversibility.Irreversible },
        new("laps.rotate", "Replace the local administrator's password", "device", []) { AtBest = Reversibility.Irreversible },
        new("scan.start", "Start a malware scan", "device", []) { AtBest = Reversibility.Irreversible },
        new("script.run", "Run a script", "device", [Script]) { AtBest = Reversibility.Irreversible },
        new("command.run", "Run a command", "device", [Command]) { AtBest = Reversibility.Irreversible },
        new("alert.acknowledge", "Acknowledge an alert at the vendor", "device", [Alert]) { AtLeast = BlastRadius.Nothing },
        new("alert.silence", "Silence an alert for a time", "alert", [Minutes]),
        new("alert.unsilence", "End the silence of an alert", "alert", [Minutes]),
        new("certificate.renew", "Renew a certificate", "device", [Certificate]) { AtBest = Reversibility.Partly },
        new("process.lower-priority", "Lower a process's priority", "device", [Process]),
        new("process.restore-priority", "Restore a process's priority", "device", [Process]),
        new("raid.rebuild", "Rebuild an array", "device", [Array]) { AtBest = Reversibility.Irreversible },
        new("printer.clear-queue", "Clear a printer queue", "device", [Queue]) { AtBest = Reversibility.Partly },
        new("ticket.create", "Open a ticket", "device", [Title, Priority]) { AtLeast = BlastRadius.Nothing },
        new("ticket.close", "Close a ticket", "device", [Title, Priority with { Required = false }]) { AtLeast = BlastRadius.Nothing },
        new("ticket.open", "Open an incident's ticket", "device", [Title, Priority, Reference]) { AtLeast = BlastRadius.Nothing },
        new("ticket.note", "Add a private note to a ticket", "ticket", [Note]),
        new("ticket.time", "Write time on a ticket", "ticket", [Hours, StartedAt, Note]),
        new("ticket.resolve", "Close a ticket that is known", "ticket", []),
        new("user.disable", "Disable an account", "user", []),
        new("user.enable", "Enable an account", "user", []),
        new("user.unlock", "Unlock an account", "user", []),
        new("user.lock", "Lock an account", "user", []),
        new("user.revoke-sessions", "End all sessions", "user", []) { AtBest = Reversibility.Irreversible },
        new("role.assign", "Give an account a role for a time", "user", [Role, RoleHours]) { AtLeast = BlastRadius.Tenant },
        new("role.remove", "Take back a role that was given for a time", "user", [Role, RoleHours with { Required = false }])
            { AtLeast = BlastRadius.Tenant },
        new("mailbox.raise-quota", "Raise a mailbox quota", "mailbox", [Gigabytes]),
        new("mailbox.restore-quota", "Restore a mailbox quota", "mailbox", [Gigabytes]),
        new("vpn.restart-tunnel", "Restart a VPN tunnel", "site", [Tunnel]) { AtBest = Reversibility.Partly },
    }.ToFrozenDictionary(static action => action.Name);

    public static IReadOnlyList<ObservationCapability> Observations { get; } =
    [
        new("device.online", "device", "The vendor's agent is connected.", YesOrNo),
        new("device.pendingReboot", "device", "Windows waits for a restart.", YesOrNo),
        new("device.isolated", "device", "The device is cut off from the network.", YesOrNo),
        new("device.maintenance", "device", "The vendor is told to keep quiet about it.", YesOrNo),
        new("device.lastSeen", "device", "When the agent was last heard of, as RFC 3339 writes it.", []),
        new("device.os", "device", "The operating system.", []),
        new("device.serial", "device", "The serial number.", []),
        new("device.mac", "device", "The network addresses, with commas between them.", []),
        new("device.entraId", "device", "The id of the device in Entra.", []),
        new("device.{connector}.id", "device", "The id under which another connector's vendor knows it.", []),
        new("ticket.{ticket}.title", "device", "What an open ticket of the device is called; the ticket by its number.", []),
        new(DeviceTickets, "device", "Told where the vendor refuses to tell the device's open tickets: there may be some.", [Unreadable]),
        new("device.lastUser", "device", "Who signed in last.", []),
        new("device.entraId", "device", "The id of the device in Entra.", []),
        new("device.mac", "device", "The network addresses of the device, with commas between them.", []),
        new("device.compliance", "device", "Whether the device keeps the client's rules.",
            ["compliant", "noncompliant", "inGracePeriod", "conflict", "error", "configManager", "unknown"]),
        new("device.encrypted", "device", "The device's disks are encrypted.", YesOrNo),
        new("laps.backedUp", "device", "The password of the local administrator is kept where helpers can be given it.", YesOrNo),
        new("laps.lastBackup", "device", "When that password was handed over last, as RFC 3339 writes it.", []),
        new("laps.nextRotation", "device", "When the device is to replace it by itself, as RFC 3339 writes it.", []),
        new("action.{action}.state", "device", "What became of an action that the vendor took and queued, as device.reboot.",
            ["none", "pending", "active", "done", "failed", "notSupported", "canceled"]),
        new("service.{service}.state", "device", "The state of a service.", ["running", "stopped", "starting", "stopping", "paused"]),
        new("service.{service}.startup", "device", "How a service starts.", ["automatic", "manual", "disabled"]),
        new("disk.{volume}.freePercent", "device", "Free space of a volume, 0 to 100.", []),
        new("disk.{volume}.sizeGb", "device", "Size of a volume in GiB.", []),
        new("cpu.percent", "device", "Load of all processors, 0 to 100.", []),
        new("memory.freePercent", "device", "Free memory, 0 to 100.", []),
        new("backup.{job}.state", "device", "How a backup job ended last.", ["ok", "failed", "running"]),
        new("malware.{file}.state", "device", "What became of a file that was found.", ["active", "quarantined"]),
        new("patch.{patch}.state", "device", "The state of an update.", ["installed", "failed", "missing"]),
        new("certificate.{certificate}.daysLeft", "device", "Days until a certificate expires; below zero afterwards.", []),
        new("process.{process}.priority", "device", "The priority of a process.", []),
        new("process.{process}.cpuPercent", "device", "The load by a process, 0 to 100.", []),
        new("raid.{array}.state", "device", "The state of an array.", ["ok", "degraded", "rebuilding"]),
        new("printer.{queue}.jobs", "device", "Documents that wait in a queue.", []),
        new("ups.state", "device", "What feeds the device.", ["mains", "battery"]),
        new("ups.minutesLeft", "device", "Minutes that the battery lasts.", []),
        new("user.objectId", "user", "The object id of the user in Entra.", []),
        new("user.upn", "user", "The name that the user signs in with.", []),
        new("user.enabled", "user", "The account may sign in.", YesOrNo),
        new("user.locked", "user", "The account is locked after wrong passwords.", YesOrNo),
        new("user.sessions", "user", "Sessions that are signed in.", []),
        new("user.riskySignIns", "user", "Sign-ins that the vendor calls risky.", []),
        new("user.objectId", "user", "The id of the account in Entra.", []),
        new("user.upn", "user", "The user principal name.", []),
        new("role.{role}.state", "user", "The account has the role now.", ["active"]),
        new("user.risk", "user", "How risky the vendor calls the account.", ["none", "low", "medium", "high", "hidden"]),
        new("user.sessionsValidFrom", "user", "Sessions from before this time have ended, as RFC 3339 writes it.", []),
        new("user.synchronized", "user", "The account is kept in a local directory and changed there.", YesOrNo),
        new("mailbox.usedPercent", "mailbox", "How full a mailbox is, 0 to 100.", []),
        new("vpn.{tunnel}.state", "site", "The state of a tunnel.", ["up", "down"]),
        new("ticket.status", "ticket", "The ticket's status in the words of the vendor.", []),
        new("alert.silenced", "alert", "The vendor tells nobody of the alert, because somebody silenced it.", YesOrNo),
        new("alert.state", "alert", "What the vendor does about the alert.", ["active", "suppressed", "unprocessed"]),
        new("ticket.closed", "ticket", "The ticket is closed.", YesOrNo),
        new("ticket.notes", "ticket", "How many notes the ticket has: told where each of them is.", []),
        new("ticket.note.{note}.text", "ticket", "A note on the ticket, private ones included.", []),
        new("ticket.times", "ticket", "How many time entries, or notes that may be some, the ticket has: told where each of them is.", []),
        new("ticket.time.{entry}.text", "ticket", "What a time entry on the ticket says, to the client or within.", []),
    ];

    /// <summary>What an observation, as in <c>service.Spooler.state</c>, is one of; null when the vocabulary does not have it.</summary>
    public static ObservationCapability? Observing(string observation) => Observations.FirstOrDefault(one => one.Covers(observation));
}

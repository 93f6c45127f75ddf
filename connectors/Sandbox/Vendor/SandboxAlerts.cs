using System.Globalization;
using System.Text.Json.Nodes;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>What the simulated monitoring would complain about, read off the state of the world. Pure.</summary>
internal static class SandboxAlerts
{
    public static IEnumerable<JsonObject> For(string kind, JsonObject thing) => kind switch
    {
        "device" => OfDevice(thing),
        "user" => OfUser(thing),
        "mailbox" when thing["usedPercent"] is { } used && (decimal)used >= 90 =>
            [Alert("MailboxAlmostFull", "warning", $"Mailbox of {thing["name"]} is {used} % full", ("user", thing["name"]),
                ("mailbox", thing["name"]))],
        "site" => Parts(thing, "tunnels").Where(part => Is(part.Part, "state", "down"))
            .Select(part =>
                Alert("VpnTunnelDown", "critical", $"Tunnel {part.Name} of {thing["name"]} is down", ("device", thing["name"]),
                    ("site", thing["name"]), ("tunnel", part.Name))),
        _ => [],
    };

    private static IEnumerable<JsonObject> OfDevice(JsonObject device)
    {
        var name = (string)device["name"]!;
        if (device["online"] is { } online && !(bool)online)
        {
            yield return Device("DeviceOffline", "critical", $"{name} is offline");
            yield break;
        }
        foreach (var (volume, part) in Parts(device, "disks").Where(part => SandboxWorld.Number(part.Part, "freePercent") < 15))
            yield return Device("DiskSpaceLow", "warning",
                $"{name} {volume}: {SandboxWorld.Number(part, "freePercent").ToString("0.#", CultureInfo.InvariantCulture)} % free",
                ("volume", volume));
        foreach (var (service, _) in Parts(device, "services")
            .Where(part => Is(part.Part, "state", "stopped") && Is(part.Part, "startup", "automatic")))
            yield return Device("WindowsServiceDown", "critical", $"Service {service} on {name} is stopped", ("service_name", service));
        foreach (var (job, _) in Parts(device, "backups").Where(part => Is(part.Part, "state", "failed")))
            yield return Device("BackupFailed", "error", $"Backup job {job} on {name} failed", ("job_name", job));
        foreach (var (file, _) in Parts(device, "malware").Where(part => Is(part.Part, "state", "active")))
            yield return Device("MalwareDetected", "critical", $"{file} on {name} is malware", ("file", file));
        foreach (var (patch, _) in Parts(device, "patches").Where(part => Is(part.Part, "state", "failed")))
            yield return Device("PatchFailed", "warning", $"{patch} could not be installed on {name}", ("patch", patch));
        foreach (var (certificate, _) in Parts(device, "certificates").Where(part => SandboxWorld.Number(part.Part, "daysLeft") < 30))
            yield return Device("CertificateExpiringSoon", "warning", $"Certificate {certificate} on {name} ends soon",
                ("certificate", certificate));
        foreach (var (array, _) in Parts(device, "raid").Where(part => Is(part.Part, "state", "degraded")))
            yield return Device("RaidDegraded", "critical", $"Array {array} on {name} is degraded", ("array", array));
        foreach (var (queue, _) in Parts(device, "printers").Where(part => Is(part.Part, "state", "error")))
            yield return Device("PrinterQueueStuck", "warning", $"Queue {queue} on {name} does not move", ("queue", queue));
        if (device["cpu"] is JsonObject cpu && SandboxWorld.Number(cpu, "percent") >= 90)
        {
            var busiest = Parts(device, "processes").OrderByDescending(part => SandboxWorld.Number(part.Part, "cpuPercent"))
                .Select(part => part.Name).FirstOrDefault();
            yield return busiest is null
                ? Device("HostHighCpuLoad", "warning", $"Processor of {name} is busy")
                : Device("HostHighCpuLoad", "warning", $"Processor of {name} is busy", ("process", busiest));
        }
        if (device["memory"] is JsonObject memory && SandboxWorld.Number(memory, "freePercent") < 10)
            yield return Device("HostOutOfMemory", "warning", $"{name} is short of memory");
        if (device["pendingReboot"] is { } pending && (bool)pending)
            yield return Device("RebootRequired", "warning", $"{name} waits for a restart");
        if (device["ups"] is JsonObject ups && Is(ups, "state", "battery"))
            yield return Device("UpsOnBattery", "critical", $"{name} runs on battery", ("minutes_left", ups["minutesLeft"]));

        JsonObject Device(string alert, string severity, string title, params (string Name, JsonNode? Value)[] more) =>
            Alert(alert, severity, title, [("device", name), .. more]);
    }

    private static IEnumerable<JsonObject> OfUser(JsonObject user)
    {
        if (user["locked"] is { } locked && (bool)locked)
            yield return Alert("AccountLocked", "warning", $"Account {user["name"]} is locked", ("user", user["name"]));
        if (SandboxWorld.Number(user, "riskySignIns") > 0 && user["enabled"] is { } enabled && (bool)enabled)
            yield return Alert("SuspiciousSignIn", "critical", $"Risky sign-ins of {user["name"]}", ("user", user["name"]));
    }

    private static JsonObject Alert(string kind, string severity, string title, params (string Name, JsonNode? Value)[] more)
    {
        var alert = new JsonObject { ["kind"] = kind, ["severity"] = severity, ["title"] = title };
        foreach (var (name, value) in more)
            alert[name] = value?.DeepClone();
        return alert;
    }

    private static IEnumerable<(string Name, JsonObject Part)> Parts(JsonObject thing, string section) =>
        thing[section] is JsonObject parts
            ? parts.Where(part => part.Value is JsonObject).Select(part => (part.Key, part.Value!.AsObject()))
            : [];

    private static bool Is(JsonObject part, string member, string value) => (string?)part[member] == value;
}

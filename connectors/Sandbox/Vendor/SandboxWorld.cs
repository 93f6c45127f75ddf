using System.Collections.Frozen;
using System.Globalization;
using System.Text.Json.Nodes;

namespace DevOpsAI.Connectors.Sandbox.Vendor;

/// <summary>One action on one thing of the simulated world, which <paramref name="Thing"/> holds and changes.</summary>
internal sealed record SandboxDeed(JsonObject Thing, IReadOnlyDictionary<string, string> Arguments, DateTimeOffset Now)
{
    public string this[string argument] => Arguments.TryGetValue(argument, out var value) && value.Length > 0
        ? value
        : throw new SandboxRefusal("missing-argument", $"The argument '{argument}' is missing.", 400);

    /// <summary>The part of the thing that the argument names, as in the service Spooler.</summary>
    public JsonObject Part(string section, string argument)
    {
        var name = this[argument];
        return Thing[section] is JsonObject parts
            && parts.FirstOrDefault(part => part.Key.Equals(name, StringComparison.OrdinalIgnoreCase)).Value is JsonObject found
            ? found
            : throw new SandboxRefusal("no-such-part", $"{Thing["name"]} has no {argument} '{name}'.");
    }
}

/// <summary>What each action does to the simulated world.</summary>
internal static class SandboxWorld
{
    /// <summary>Free space that a clean-up reaches, in percent of the volume.</summary>
    private const decimal CleanTo = 22;

    private static readonly FrozenDictionary<string, (string Kind, Func<SandboxDeed, string> Do)> Deeds =
        new Dictionary<string, (string, Func<SandboxDeed, string>)>
    {
        ["service.restart"] =
            ("device", deed => Set(deed.Part("services", "service"), "state", "running", $"Service {deed["service"]} was restarted.")),
        ["service.start"] =
            ("device", deed => Set(deed.Part("services", "service"), "state", "running", $"Service {deed["service"]} was started.")),
        ["service.stop"] =
            ("device", deed => Set(deed.Part("services", "service"), "state", "stopped", $"Service {deed["service"]} was stopped.")),
        ["disk.cleanup"] = ("device", CleanUp),
        ["disk.restore"] = ("device", Restore),
        ["backup.run"] =
            ("device", deed => Set(deed.Part("backups", "job"), "state", "ok", $"Backup job {deed["job"]} ran and made a restore point.")),
        ["malware.quarantine"] =
            ("device", deed => Set(deed.Part("malware", "file"), "state", "quarantined", $"{deed["file"]} is in quarantine.")),
        ["malware.release"] = ("device", deed => Set(deed.Part("malware", "file"), "state", "active", $"{deed["file"]} was released.")),
        ["device.isolate"] = ("device", deed => Set(deed.Thing, "isolated", true, "The device is isolated from the network.")),
        ["device.release"] = ("device", deed => Set(deed.Thing, "isolated", false, "The device is back on the network.")),
        ["patch.install"] = ("device", deed => Set(deed.Part("patches", "patch"), "state", "installed", $"{deed["patch"]} is installed.")),
        ["device.reboot"] = ("device", Reboot),
        ["device.wake"] = ("device", deed => Set(deed.Thing, "online", true, "The device woke up.")),
        ["device.shutdown"] = ("device", deed => Set(deed.Thing, "online", false, "The device shut down.")),
        ["certificate.renew"] = ("device",
            deed => Set(deed.Part("certificates", "certificate"), "daysLeft", 90, $"{deed["certificate"]} was renewed for 90 days.")),
        ["process.lower-priority"] = ("device", deed => Reprioritise(deed, "low", -40)),
        ["process.restore-priority"] = ("device", deed => Reprioritise(deed, "normal", 40)),
        ["raid.rebuild"] = ("device",
            deed => Set(deed.Part("raid", "array"), "state", "rebuilding", $"{deed["array"]} is being rebuilt onto the spare disk.")),
        ["printer.clear-queue"] = ("device", ClearQueue),
        ["ticket.create"] = ("device", CreateTicket),
        ["ticket.close"] = ("device", deed => Set(deed.Part("tickets", "title"), "state", "closed", "The ticket was closed.")),
        ["user.disable"] = ("user", deed => Set(deed.Thing, "enabled", false, "The account is disabled.")),
        ["user.enable"] = ("user", deed => Set(deed.Thing, "enabled", true, "The account is enabled.")),
        ["user.unlock"] = ("user", deed => Set(deed.Thing, "locked", false, "The account is unlocked.")),
        ["user.lock"] = ("user", deed => Set(deed.Thing, "locked", true, "The account is locked.")),
        ["user.revoke-sessions"] = ("user", deed => Set(deed.Thing, "sessions", 0, "All sessions were ended.")),
        ["mailbox.raise-quota"] = ("mailbox", deed => ChangeQuota(deed, +1)),
        ["mailbox.restore-quota"] = ("mailbox", deed => ChangeQuota(deed, -1)),
        ["vpn.restart-tunnel"] = ("site", deed => Set(deed.Part("tunnels", "tunnel"), "state", "up", $"Tunnel {deed["tunnel"]} is up.")),
    }.ToFrozenDictionary();

    /// <summary>The kind of thing that the action is done to.</summary>
    /// <exception cref="SandboxRefusal">There is no such action.</exception>
    public static string GetKind(string action) => Deeds.TryGetValue(action, out var deed)
        ? deed.Kind
        : throw new SandboxRefusal("no-such-action", $"There is no action '{action}'.", 404);

    /// <summary>Changes the thing and says what was done.</summary>
    /// <exception cref="SandboxRefusal">It cannot be done; nothing was changed.</exception>
    public static string Do(string action, SandboxDeed deed)
    {
        if (GetKind(action) == "device" && action is not ("device.wake" or "ticket.create" or "ticket.close")
            && !(bool?)deed.Thing["online"] is true)
            throw new SandboxRefusal("device-offline", $"{deed.Thing["name"]} is offline.", 409);
        return Deeds[action].Do(deed);
    }

    private static string Set(JsonObject part, string member, JsonNode value, string said)
    {
        part[member] = value;
        return said;
    }

    private static string CleanUp(SandboxDeed deed)
    {
        var volume = deed.Part("disks", "volume");
        var categories = deed["categories"];
        var free = Number(volume, "freePercent");
        var reached = Math.Max(free + 1, CleanTo);
        volume["freePercent"] = reached;
        volume["reclaimedPercent"] = Number(volume, "reclaimedPercent") + reached - free;
        var gigabytes = (reached - free) * Number(volume, "sizeGb") / 100;
        return string.Create(CultureInfo.InvariantCulture,
            $"{gigabytes:0.#} GB of {categories} moved off {deed["volume"]}: {reached:0.#} % free.");
    }

    private static string Restore(SandboxDeed deed)
    {
        var volume = deed.Part("disks", "volume");
        var reclaimed = Number(volume, "reclaimedPercent");
        if (reclaimed == 0)
            throw new SandboxRefusal("nothing-to-restore", $"Nothing was cleaned up on {deed["volume"]}.");
        volume["freePercent"] = Math.Max(0, Number(volume, "freePercent") - reclaimed);
        volume.Remove("reclaimedPercent");
        return $"What was cleaned up on {deed["volume"]} is back.";
    }

    private static string Reboot(SandboxDeed deed)
    {
        deed.Thing["pendingReboot"] = false;
        if (deed.Thing["memory"] is JsonObject memory)
            memory["freePercent"] = 63;
        if (deed.Thing["cpu"] is JsonObject cpu)
            cpu["percent"] = 9;
        return "The device restarted and is back.";
    }

    private static string Reprioritise(SandboxDeed deed, string priority, int cpuChange)
    {
        var process = deed.Part("processes", "process");
        if ((string?)process["priority"] == priority)
            return $"{deed["process"]} has {priority} priority already.";
        process["priority"] = priority;
        foreach (var (part, member) in new[] { (process, "cpuPercent"), (deed.Thing["cpu"] as JsonObject, "percent") })
        {
            if (part is not null)
                part[member] = Math.Clamp(Number(part, member) + cpuChange, 1, 100);
        }
        return $"{deed["process"]} runs with {priority} priority.";
    }

    private static string ClearQueue(SandboxDeed deed)
    {
        var queue = deed.Part("printers", "queue");
        var jobs = Number(queue, "jobs");
        queue["jobs"] = 0;
        queue["state"] = "idle";
        return string.Create(CultureInfo.InvariantCulture, $"{jobs:0} jobs were removed from {deed["queue"]}.");
    }

    private static string CreateTicket(SandboxDeed deed)
    {
        var tickets = deed.Thing["tickets"] as JsonObject;
        if (tickets is null)
            deed.Thing["tickets"] = tickets = [];
        var id = $"T-{deed.Thing["id"]}-{(tickets.Count + 1).ToString(CultureInfo.InvariantCulture)}";
        tickets[deed["title"]] = new JsonObject { ["id"] = id, ["state"] = "open", ["priority"] = deed["priority"],
            ["openedAt"] = deed.Now.ToString("O", CultureInfo.InvariantCulture) };
        return $"Ticket {id} was opened.";
    }

    private static string ChangeQuota(SandboxDeed deed, int sign)
    {
        if (!int.TryParse(deed["gigabytes"], NumberStyles.None, CultureInfo.InvariantCulture, out var gigabytes) || gigabytes is 0 or > 999)
            throw new SandboxRefusal("bad-argument", "gigabytes must be 1 to 999.", 400);
        var quota = Number(deed.Thing, "quotaGb") + (sign * gigabytes);
        if (quota <= 0)
            throw new SandboxRefusal("bad-argument", "The quota cannot fall below 1 GB.");
        return Set(deed.Thing, "quotaGb", quota, string.Create(CultureInfo.InvariantCulture, $"The quota is {quota:0.#} GB."));
    }

    internal static decimal Number(JsonObject part, string member)
    {
        if (part[member] is not JsonValue value)
            return 0;
        if (value.TryGetValue<decimal>(out var number))
            return number;
        return decimal.TryParse(value.ToString(), NumberStyles.Number, CultureInfo.InvariantCulture, out var read) ? read : 0;
    }
}

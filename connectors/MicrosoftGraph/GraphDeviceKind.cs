using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>Devices of Intune, by name. An order is accepted long before it is done: what became of it is an observation.</summary>
internal sealed class GraphDeviceKind(GraphDevices devices, GraphAlerts alerts, GraphLocalPasswords passwords) : GraphKind
{
    public const string Rotate = "laps.rotate";
    private const string Acknowledge = "alert.acknowledge";

    /// <summary>Ours, and Intune's names for what becomes of it.</summary>
    private static readonly (string Action, string[] Results)[] Names =
    [
        ("device.reboot", ["rebootNow"]), ("device.shutdown", ["shutDown"]), ("scan.start", ["windowsDefenderScan", "quickScan"]),
        (Rotate, ["rotateLocalAdminPassword"]),
    ];

    public override string Kind => "device";

    public override async Task<CallOutcome<IReadOnlyList<(string Id, string Name)>>> FindAsync(
        Connection connection, string name, CancellationToken cancellationToken)
    {
        var outcome = await devices.FindAsync(connection, name, cancellationToken);
        return outcome is CallOutcome<IReadOnlyList<GraphDevice>>.Done(var found)
            ? new CallOutcome<IReadOnlyList<(string Id, string Name)>>.Done([.. found.Select(static device => (device.Id, device.Name))])
            : outcome.As<IReadOnlyList<(string Id, string Name)>>();
    }

    public override async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, string id, CancellationToken cancellationToken)
    {
        var read = await devices.ReadAsync(connection, id, cancellationToken);
        if (read is not CallOutcome<GraphDevice>.Done(var device))
            return read.As<IReadOnlyDictionary<string, string>>();
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        Add(seen, "device.serial", device.Serial);
        Add(seen, "device.os", device.System);
        Add(seen, "device.lastUser", device.LastUser);
        Add(seen, "device.lastSeen", device.LastSeen is { } time ? Time(time) : null);
        Add(seen, "device.encrypted", device.IsEncrypted is { } encrypted ? Word(encrypted) : null);
        Add(seen, "device.compliance", device.Compliance);
        Add(seen, "device.entraId", device.EntraId);
        Add(seen, "device.mac", device.Macs.Count > 0 ? string.Join(", ", device.Macs) : null);
        foreach (var (action, _) in Names.Where(static one => one.Action != Rotate))
            Add(seen, $"action.{action}.state", Result(device, action)?.State);
        // Its permission is one of its own, and is not needed for the rest.
        if (await passwords.FindAsync(connection, device, cancellationToken) is CallOutcome<GraphLocalPassword>.Done(var password))
        {
            Add(seen, "laps.backedUp", Word(password.IsBackedUp));
            Add(seen, "laps.lastBackup", password.LastBackup is { } last ? Time(last) : null);
            Add(seen, "laps.nextRotation", password.NextRotation is { } next ? Time(next) : null);
            Add(seen, $"action.{Rotate}.state", Rotated(Result(device, Rotate), password));
        }
        return new CallOutcome<IReadOnlyDictionary<string, string>>.Done(seen);
    }

    public override async Task<CallOutcome<ActionReceipt>> ActAsync(
        Connection connection, ActionCall call, ActionSpec action, CancellationToken cancellationToken)
    {
        var target = call.Target;
        var read = await devices.ReadAsync(connection, target.Id, cancellationToken);
        if (read is not CallOutcome<GraphDevice>.Done(var device))
            return NothingDone(read);
        if (!device.Name.Equals(target.Name, StringComparison.OrdinalIgnoreCase))
            return Renamed(target);
        if (action.Name == Acknowledge)
            return await AcknowledgeAsync(connection, device, call.Arguments["alert"], action.Timeout, cancellationToken);
        // Intune would do it twice: once for each order that waits.
        if (Result(device, action.Name) is { IsWaiting: true } waiting)
        {
            var since = waiting.Since is { } time ? $" since {Time(time)}" : "";
            return new CallOutcome<ActionReceipt>.Refused(
                "already-queued", $"Intune has this order for {target.Name} queued already{since}; nothing was sent.");
        }
        if (action.Name == Rotate)
            return await RotateAsync(connection, device, action.Timeout, cancellationToken);
        return await devices.ActAsync(connection, device.Id, action.Name, action.Timeout, cancellationToken);
    }

    /// <summary>That Intune calls it done is not enough: the password is another one when Entra was handed one since.</summary>
    private static string? Rotated(GraphActionResult? result, GraphLocalPassword password) =>
        result is { State: "done" } && !(password.LastBackup > result.Since) ? "active" : result?.State;

    /// <summary>Without a backup in Entra nobody would know the new password.</summary>
    private async Task<CallOutcome<ActionReceipt>> RotateAsync(
        Connection connection, GraphDevice device, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var read = await passwords.FindAsync(connection, device, cancellationToken);
        if (read is not CallOutcome<GraphLocalPassword>.Done(var password))
            return NothingDone(read);
        return password.IsBackedUp
            ? await passwords.RotateAsync(connection, device.Id, password, timeLimit, cancellationToken)
            : new CallOutcome<ActionReceipt>.Refused(
                "not-backed-up",
                $"Entra keeps no local administrator's password of {device.Name}; set up Windows LAPS to back it up there.");
    }

    private async Task<CallOutcome<ActionReceipt>> AcknowledgeAsync(
        Connection connection, GraphDevice device, string id, TimeSpan timeLimit, CancellationToken cancellationToken)
    {
        var read = await alerts.ReadAsync(connection, id, cancellationToken);
        if (read is not CallOutcome<GraphAlert>.Done(var alert))
            return NothingDone(read);
        if (!alert.IsAbout(device))
        {
            return new CallOutcome<ActionReceipt>.Refused(
                "foreign-alert", $"Defender does not say that the alert {id} is about {device.Name}: it is left alone.");
        }
        return alert.IsNew
            ? await alerts.AcknowledgeAsync(connection, alert.Id, timeLimit, cancellationToken)
            : new CallOutcome<ActionReceipt>.Done(new($"Somebody has the alert {id} in hand already; nothing was sent."));
    }

    private static GraphActionResult? Result(GraphDevice device, string action) =>
        Names.First(one => one.Action == action).Results
            .Select(name => device.Results.GetValueOrDefault(name)).OfType<GraphActionResult>()
            .MaxBy(static result => result.Since ?? DateTimeOffset.MinValue);

    private static void Add(Dictionary<string, string> seen, string observation, string? value)
    {
        if (value is not null)
            seen[observation] = value;
    }
}

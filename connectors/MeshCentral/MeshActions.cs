using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>Carries out actions on a device that was read just now and is the client's.</summary>
internal static class MeshActions
{
    private const int PowerOff = 2;
    private const int Reset = 3;
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(30);

    /// <summary>How long a device that called itself busy is watched for a sign that the command runs all the same.</summary>
    private static readonly TimeSpan BusyFor = TimeSpan.FromSeconds(10);

    public static Task<CallOutcome<ActionReceipt>> CarryOutAsync(
        MeshSession session, MeshDevice device, ActionCall call, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (call.Action == MeshCentralCatalog.Wake)
            return WakeAsync(session, device, cancellationToken);
        if (!device.IsOnline)
        {
            return Task.FromResult<CallOutcome<ActionReceipt>>(new CallOutcome<ActionReceipt>.NotDone(
                $"The agent of {device.Name} is not connected to MeshCentral; nothing was sent.", Soon));
        }
        return call.Action == MeshCentralCatalog.Run
            ? RunAsync(session, device, call, clock, cancellationToken)
            : PowerAsync(session, device, call.Action == MeshCentralCatalog.Reboot ? Reset : PowerOff, cancellationToken);
    }

    private static async Task<CallOutcome<ActionReceipt>> WakeAsync(
        MeshSession session, MeshDevice device, CancellationToken cancellationToken)
    {
        if (device.IsOnline)
            return Done($"{device.Name} is awake already; nothing was sent.");
        await session.Channel.ActAsync(Order("wakedevices", device), cancellationToken);
        var answer = await AnswerAsync(session, "wakedevices", cancellationToken);
        return answer.StartsWith("Used ", StringComparison.Ordinal)
            ? Done($"MeshCentral had {device.Name} woken: {VendorResponse.Short(answer)}.")
            : new CallOutcome<ActionReceipt>.Refused("wake", $"MeshCentral cannot wake {device.Name}: {VendorResponse.Short(answer)}.");
    }

    /// <summary>The answer to the order means nothing; that the agent leaves is what shows it.</summary>
    private static async Task<CallOutcome<ActionReceipt>> PowerAsync(
        MeshSession session, MeshDevice device, int type, CancellationToken cancellationToken)
    {
        var order = Order("poweraction", device);
        order["actiontype"] = type;
        await session.Channel.ActAsync(order, cancellationToken);
        while (true)
        {
            if (Leaves(await session.Channel.ReadAsync(cancellationToken), device))
                return Done($"The agent of {device.Name} left MeshCentral after the order.");
        }
    }

    private static async Task<CallOutcome<ActionReceipt>> RunAsync(
        MeshSession session, MeshDevice device, ActionCall call, TimeProvider clock, CancellationToken cancellationToken)
    {
        var command = new ShellCommand(call.Arguments["command"], call.OperationId, device.IsWindows);
        await session.Channel.ActAsync(command.Request(device.Id), cancellationToken);
        using var busy = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, busy.Token);
        try
        {
            var hasBegun = false;
            while (true)
            {
                var message = await session.Channel.ReadAsync(either.Token);
                if (Answers(message, command, device) is { } outcome)
                    return outcome;
                if (Leaves(message, device))
                {
                    return new CallOutcome<ActionReceipt>.Unknown(
                        $"The agent of {device.Name} left MeshCentral before it told how the command ended.");
                }
                if (Console(message, device) is not { } said)
                    continue;
                hasBegun |= command.Begins(said);
                // It says so to all sessions, so it may be somebody else's command that it turned away.
                if (hasBegun)
                    busy.CancelAfter(Timeout.InfiniteTimeSpan);
                else if (said.Contains("already busy", StringComparison.Ordinal))
                    busy.CancelAfter(BusyFor);
            }
        }
        catch (OperationCanceledException) when (busy.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            return new CallOutcome<ActionReceipt>.Unknown(
                $"{device.Name} says that it is busy with another command, and showed no sign of having begun this one.");
        }
    }

    private static CallOutcome<ActionReceipt>? Answers(JsonElement message, ShellCommand command, MeshDevice device)
    {
        if (MeshDevice.Text(message, "responseid") != command.Id)
            return null;
        var result = message.TryGetProperty("result", out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
        if (MeshDevice.Text(message, "action") == "runcommands")
            return TurnedAway(result, device);
        if (MeshDevice.Text(message, "type") != "runcommands" || MeshDevice.Text(message, "nodeid") != device.Id)
            return null;
        var ended = command.Read(result);
        var output = CommandOutput.Shown(ended.Output) is { Length: > 0 } shown ? $": {shown}" : ", without output.";
        if (ended.IsLate)
        {
            return new CallOutcome<ActionReceipt>.Refused("late", string.Create(
                CultureInfo.InvariantCulture,
                $"the command did not end within {ShellCommand.RunsFor.TotalSeconds} s and was ended{output}"));
        }
        return ended.ExitCode switch
        {
            0 => Done($"The command ended with 0{output}"),
            { } code => new CallOutcome<ActionReceipt>.Refused(
                "exit", string.Create(CultureInfo.InvariantCulture, $"the command ended with {code}{output}")),
            null => new CallOutcome<ActionReceipt>.Unknown($"The command began and its end was not seen{output}"),
        };
    }

    private static CallOutcome<ActionReceipt> TurnedAway(string result, MeshDevice device) => result == "Agent not connected"
        ? new CallOutcome<ActionReceipt>.NotDone($"The agent of {device.Name} is not connected to MeshCentral; nothing was sent.", Soon)
        : new CallOutcome<ActionReceipt>.Refused("command", $"MeshCentral does not run the command: {VendorResponse.Short(result)}.");

    private static bool Leaves(JsonElement message, MeshDevice device) =>
        message.ValueKind == JsonValueKind.Object && message.TryGetProperty("event", out var told)
        && MeshDevice.Text(told, "action") == "nodeconnect" && MeshDevice.Text(told, "nodeid") == device.Id
        && !MeshDevice.IsConnected(told);

    private static string? Console(JsonElement message, MeshDevice device) =>
        MeshDevice.Text(message, "action") == "msg" && MeshDevice.Text(message, "type") == "console"
        && MeshDevice.Text(message, "nodeid") == device.Id
            ? MeshDevice.Text(message, "value")
            : null;

    private static JsonObject Order(string action, MeshDevice device) => new()
    {
        ["action"] = action, ["nodeids"] = new JsonArray(device.Id), ["responseid"] = action,
    };

    private static async Task<string> AnswerAsync(MeshSession session, string action, CancellationToken cancellationToken)
    {
        while (true)
        {
            var message = await session.Channel.ReadAsync(cancellationToken);
            if (MeshDevice.Text(message, "action") == action && MeshDevice.Text(message, "responseid") == action)
                return MeshDevice.Text(message, "result") ?? "no reason";
        }
    }

    private static CallOutcome<ActionReceipt>.Done Done(string detail) => new(new(detail));
}

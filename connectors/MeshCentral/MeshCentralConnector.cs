using System.Collections.Concurrent;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors.MeshCentral;

/// <summary>
/// MeshCentral through its control channel: devices of the client's device group, power, and commands whose output comes back. One session
/// per call.
/// </summary>
public sealed class MeshCentralConnector(ISecretSource secrets, TimeProvider clock) : IConnector, IConnectionCheck, IConnectionProbe
{
    public const string ConnectorName = "meshcentral";

    private const string Device = "device";
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(20);
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15);

    /// <summary>Devices that run a command of ours: an agent runs one at a time and drops a second without an answer.</summary>
    private readonly ConcurrentDictionary<string, string> running = new(StringComparer.Ordinal);

    public string Name => ConnectorName;

    public string Connector => ConnectorName;

    public bool IsSimulation => false;

    public IReadOnlyDictionary<string, ActionSpec> Actions => MeshCentralCatalog.Actions;

    public IEnumerable<string> Problems(Connection connection) => MeshCentralSettings.Problems(connection);

    public Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken) =>
        WithSessionAsync(connection, ReadTimeout, (session, _) =>
        {
            var missing = Actions.Keys.Order(StringComparer.Ordinal).Where(action => session.Forbids(action, null) is not null).ToList();
            var lacks = missing.Count == 0 ? "" : $" Its account lacks the rights for {string.Join(", ", missing)}.";
            return Task.FromResult<CallOutcome<string>>(new CallOutcome<string>.Done(
                $"MeshCentral takes the credentials of {connection.Name}; its device group is {session.GroupName}.{lacks}"));
        }, cancellationToken);

    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        if (kind != Device)
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        return await WithSessionAsync(connection, ReadTimeout, async (session, token) =>
        {
            var outcome = await session.ListAsync(null, token);
            return outcome is CallOutcome<IReadOnlyList<MeshDevice>>.Done(var devices)
                ? new CallOutcome<IReadOnlyList<Target>>.Done([.. devices.Where(device => device.IsCalled(name))
                    .Select(device => new Target(connection.Name, Device, device.Id, device.NameFor(name), session.GroupName))])
                : outcome.As<IReadOnlyList<Target>>();
        }, cancellationToken);
    }

    public async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        if (Check(connection, target) is { } why)
            return new CallOutcome<IReadOnlyDictionary<string, string>>.Refused("foreign-target", why);
        return await WithSessionAsync(connection, ReadTimeout, async (session, token) =>
        {
            var read = await session.ReadAsync(target, token);
            return read is CallOutcome<MeshDevice>.Done(var device)
                ? new CallOutcome<IReadOnlyDictionary<string, string>>.Done(await ObserveAsync(session.Channel, device, token))
                : read.As<IReadOnlyDictionary<string, string>>();
        }, cancellationToken);
    }

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        if (!Actions.TryGetValue(call.Action, out var spec) || spec.TargetKind != call.Target.Kind)
            return new CallOutcome<ActionReceipt>.Refused(
                "no-such-action", $"MeshCentral has no action {call.Action} for a {call.Target.Kind}.");
        if (Check(connection, call.Target) is { } why)
            return new CallOutcome<ActionReceipt>.Refused("foreign-target", why);
        if (!running.TryAdd(call.Target.Id, call.OperationId))
        {
            return new CallOutcome<ActionReceipt>.NotDone(
                $"{call.Target.Name} is still at an order of ours; nothing was sent.", Soon);
        }
        try
        {
            return await WithSessionAsync(
                connection, spec.Timeout, (session, token) => ActAsync(session, call, token), cancellationToken);
        }
        finally
        {
            running.TryRemove(call.Target.Id, out _);
        }
    }

    /// <summary>MeshCentral keeps that a command was handed to an agent, not whether the agent ran it.</summary>
    public Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        Task.FromResult<CallOutcome<OperationStatus>>(new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell));

    private async Task<CallOutcome<ActionReceipt>> ActAsync(MeshSession session, ActionCall call, CancellationToken cancellationToken)
    {
        var read = await session.ReadAsync(call.Target, cancellationToken);
        if (read is not CallOutcome<MeshDevice>.Done(var device))
            return read.As<ActionReceipt>();
        if (!device.IsCalled(call.Target.Name))
            return new CallOutcome<ActionReceipt>.Refused(
                "renamed", $"{call.Target.Name} is called {VendorResponse.Short(device.Name)} now at MeshCentral: it may be another one.");
        return session.Forbids(call.Action, device) is { } forbidden
            ? new CallOutcome<ActionReceipt>.Refused("rights", forbidden)
            : await MeshActions.CarryOutAsync(session, device, call, clock, cancellationToken);
    }

    private async Task<Dictionary<string, string>> ObserveAsync(
        ControlChannel channel, MeshDevice device, CancellationToken cancellationToken)
    {
        var seen = new Dictionary<string, string>(StringComparer.Ordinal) { ["device.online"] = device.IsOnline ? "true" : "false" };
        if (device.System is { } system)
            seen["device.os"] = system;
        if (device.IsOnline)
        {
            seen["device.lastSeen"] = Rfc3339(clock.GetUtcNow());
        }
        else if (MeshDevice.Number(await AboutAsync(channel, "lastconnect", device, cancellationToken), "time") is { } last
            && last is > 0 and < 253_402_300_800_000)
        {
            seen["device.lastSeen"] = Rfc3339(DateTimeOffset.FromUnixTimeMilliseconds(last));
        }
        var about = await AboutAsync(channel, "getsysinfo", device, cancellationToken);
        if (Serial(about) is { Length: > 0 } serial)
            seen["device.serial"] = serial;
        return seen;
    }

    private static string? Serial(JsonElement about) =>
        about.TryGetProperty("hardware", out var hardware) && hardware.ValueKind == JsonValueKind.Object
        && hardware.TryGetProperty("identifiers", out var identifiers)
            ? (MeshDevice.Text(identifiers, "bios_serial") ?? MeshDevice.Text(identifiers, "board_serial"))?.Trim()
            : null;

    private static Task<JsonElement> AboutAsync(
        ControlChannel channel, string action, MeshDevice device, CancellationToken cancellationToken) => channel.AskAsync(
        new JsonObject { ["action"] = action, ["nodeid"] = device.Id },
        answer => MeshDevice.Text(answer, "action") == action && MeshDevice.Text(answer, "nodeid") == device.Id, cancellationToken);

    private static string Rfc3339(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string? Check(Connection connection, Target target) => target switch
    {
        _ when target.Connection != connection.Name => $"{target.Name} was found through another connection.",
        { Kind: not Device } => $"MeshCentral knows no {target.Kind}.",
        _ => null,
    };

    /// <summary>
    /// One call in a session of its own. What fails before an order was sent is certainly not done; what fails afterwards is not known.
    /// </summary>
    private async Task<CallOutcome<T>> WithSessionAsync<T>(
        Connection connection, TimeSpan timeLimit, Func<MeshSession, CancellationToken, Task<CallOutcome<T>>> use,
        CancellationToken cancellationToken)
    {
        if (MeshCentralSettings.Read(connection) is not { } settings)
            return new CallOutcome<T>.Refused("settings", $"{connection.Name}: {MeshCentralSettings.Problems(connection).First()}");
        using var late = new CancellationTokenSource(timeLimit, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        ControlChannel? channel = null;
        try
        {
            channel = await ControlChannel.OpenAsync(settings, secrets.Read(settings.Password), either.Token);
            var started = await MeshSession.StartAsync(channel, settings.Group, either.Token);
            return started is CallOutcome<MeshSession>.Done(var session) ? await use(session, either.Token) : started.As<T>();
        }
        catch (SecretUnavailableException missing)
        {
            return new CallOutcome<T>.NotDone(missing.Message);
        }
        catch (ControlChannelException failed) when (failed.IsFinal)
        {
            return new CallOutcome<T>.Refused("meshcentral", $"{connection.Name}: {failed.Message}");
        }
        catch (ControlChannelException failed)
        {
            return Open<T>(channel, failed.Message);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return Open<T>(channel, $"MeshCentral told nothing within {timeLimit.TotalSeconds:0.#} s.");
        }
        finally
        {
            if (channel is not null)
                await channel.DisposeAsync();
        }
    }

    private static CallOutcome<T> Open<T>(ControlChannel? channel, string message) => channel is { HasActed: true }
        ? new CallOutcome<T>.Unknown(message)
        : new CallOutcome<T>.NotDone(message, Soon);
}

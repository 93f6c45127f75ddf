using System.Collections.Concurrent;
using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>How the fake answers a call.</summary>
public enum VendorResponse
{
    Normal,

    /// <summary>Says no; nothing happened.</summary>
    Refuses,

    /// <summary>Fails before anything happened, and says so.</summary>
    NotDone,

    /// <summary>An action takes effect, but the reply is lost.</summary>
    LosesTheReply,

    /// <summary>Breaks its contract and throws; nothing happened.</summary>
    Throws,

    /// <summary>Answers only when the caller gives up.</summary>
    Hangs,

    /// <summary>Says done, but nothing happened.</summary>
    LiesAboutDone,
}

/// <summary>A thing at the fake vendor, with the state that actions change.</summary>
public sealed record FakeThing(Target Target, ConcurrentDictionary<string, string> State);

/// <summary>
/// A vendor with memory: things whose state really changes, operations that can be looked up afterwards, and switches for misbehaviour.
/// One instance serves any number of connections; each sees only its own things.
/// </summary>
public sealed class FakeVendor(string name = "fake") : IConnector
{
    private readonly ConcurrentDictionary<string, ActionCall> applied = new();
    private readonly List<FakeThing> things = [];
    private int finds;
    private int observations;

    public string Name => name;

    public bool IsSimulation { get; set; } = true;

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; set; } = FakeCatalog.Actions;

    /// <summary>How the next calls answer: the first of the queue once each, then <see cref="Always"/>.</summary>
    public Queue<VendorResponse> Next { get; } = new();

    public VendorResponse Always { get; set; }

    /// <summary>How actions answer, apart from the reading calls.</summary>
    public VendorResponse Acts { get; set; }

    /// <summary>What <see cref="VendorResponse.NotDone"/> asks the caller to wait.</summary>
    public TimeSpan? TryAgainIn { get; set; }

    public int Finds => finds;

    public int Observations => observations;

    /// <summary>Every action that took effect, in order: the vendor's own count.</summary>
    public IReadOnlyList<ActionCall> Effects => effects;

    private readonly List<ActionCall> effects = [];

    /// <summary>Adds a thing. State is given as <c>name = value</c> pairs of observations.</summary>
    public FakeThing Add(string connection, string kind, string name, string client, params (string Observation, string Value)[] state)
    {
        var target = new Target(connection, kind, $"{kind}-{things.Count + 1}", name, client);
        var thing = new FakeThing(target, new(state.Select(pair => KeyValuePair.Create(pair.Observation, pair.Value))));
        things.Add(thing);
        return thing;
    }

    public void Remove(FakeThing thing) => things.Remove(thing);

    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref finds);
        return await MisbehaveAsync<IReadOnlyList<Target>>(cancellationToken) ?? new CallOutcome<IReadOnlyList<Target>>.Done(
        [
            .. things.Select(thing => thing.Target).Where(target =>
                target.Connection == connection.Name && target.Kind == kind
                    && target.Name.Equals(name, StringComparison.OrdinalIgnoreCase)),
        ]);
    }

    public async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        Interlocked.Increment(ref observations);
        if (await MisbehaveAsync<IReadOnlyDictionary<string, string>>(cancellationToken) is { } trouble)
            return trouble;
        return GetThing(connection, target) is { } thing
            ? new CallOutcome<IReadOnlyDictionary<string, string>>.Done(new Dictionary<string, string>(thing.State))
            : new CallOutcome<IReadOnlyDictionary<string, string>>.Refused("not-found", $"no {target.Kind} {target.Id}");
    }

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        switch (Acts)
        {
            case VendorResponse.Refuses:
                return new CallOutcome<ActionReceipt>.Refused("forbidden", "the fake refuses");
            case VendorResponse.NotDone:
                return new CallOutcome<ActionReceipt>.NotDone("the fake is busy", TryAgainIn);
            case VendorResponse.Throws:
                throw new HttpRequestException("the fake threw");
            case VendorResponse.Hangs:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                break;
        }
        if (GetThing(connection, call.Target) is not { } thing)
            return new CallOutcome<ActionReceipt>.Refused("not-found", $"no {call.Target.Kind} {call.Target.Id}");
        if (Acts != VendorResponse.LiesAboutDone && applied.TryAdd(call.OperationId, call))
        {
            FakeCatalog.Apply(thing.State, call);
            effects.Add(call);
        }
        return Acts == VendorResponse.LosesTheReply
            ? new CallOutcome<ActionReceipt>.Unknown("the reply was lost")
            : new CallOutcome<ActionReceipt>.Done(new($"{call.Action} done"));
    }

    public async Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        await MisbehaveAsync<OperationStatus>(cancellationToken)
        ?? new CallOutcome<OperationStatus>.Done(applied.ContainsKey(call.OperationId) ? OperationStatus.Applied : OperationStatus.NotApplied);

    private FakeThing? GetThing(Connection connection, Target target) =>
        things.Find(thing => thing.Target.Id == target.Id && thing.Target.Connection == connection.Name
            && target.Connection == connection.Name);

    private async Task<CallOutcome<T>?> MisbehaveAsync<T>(CancellationToken cancellationToken)
    {
        switch (Next.TryDequeue(out var next) ? next : Always)
        {
            case VendorResponse.Refuses:
                return new CallOutcome<T>.Refused("forbidden", "the fake refuses");
            case VendorResponse.NotDone:
                return new CallOutcome<T>.NotDone("the fake is busy", TryAgainIn);
            case VendorResponse.LosesTheReply:
                return new CallOutcome<T>.Unknown("the reply was lost");
            case VendorResponse.Throws:
                throw new HttpRequestException("the fake threw");
            case VendorResponse.Hangs:
                await Task.Delay(Timeout.Infinite, cancellationToken);
                return null;
            default:
                return null;
        }
    }
}

/// <summary>Connections of any tenants to fake vendors.</summary>
public sealed class FakeConnections(params (Connection Connection, IConnector Connector)[] all) : IConnections
{
    public static Connection To(string name, string tenant, string connector = "fake") =>
        new(name, TenantId.Parse(tenant), connector, new Dictionary<string, string>());

    public IReadOnlyList<Connection> For(TenantId tenant) =>
        [.. all.Select(pair => pair.Connection).Where(connection => connection.Tenant == tenant)];

    public Connection? Find(TenantId tenant, string name) => For(tenant).FirstOrDefault(connection => connection.Name == name);

    public IConnector GetConnector(Connection connection) => all.Single(pair => pair.Connection == connection).Connector;

    /// <summary>Those that are used, and one of the name <c>shelf</c> that nobody has a connection to.</summary>
    public IReadOnlyCollection<IConnector> Installed =>
        [.. all.Select(pair => pair.Connector).Append(new FakeVendor("shelf")).DistinctBy(connector => connector.Name)];
}

/// <summary>The fake's actions, and what each does to the state of its target.</summary>
public static class FakeCatalog
{
    private const string Plain = "[A-Za-z0-9][A-Za-z0-9 ._$@-]{0,99}";

    public static IReadOnlyDictionary<string, ActionSpec> Actions { get; } = new[]
    {
        Spec("service.restart", "device", Reversibility.Reversible, "Restart-Service {service} -Computer {target}", null,
            ("service", Plain)),
        Spec("service.start", "device", Reversibility.Reversible, "Start-Service {service} -Computer {target}", "service.stop",
            ("service", Plain)),
        Spec("service.stop", "device", Reversibility.Reversible, "Stop-Service {service} -Computer {target}", "service.start",
            ("service", Plain)),
        Spec("disk.cleanup", "device", Reversibility.Partly, "cleanup {volume} {categories} on {target}", "disk.restore",
            ("volume", "[A-Za-z0-9_-]{1,63}"), ("categories", "[a-z,-]{1,100}")),
        Spec("disk.restore", "device", Reversibility.Partly, "restore {volume} {categories} on {target}", null,
            ("volume", "[A-Za-z0-9_-]{1,63}"), ("categories", "[a-z,-]{1,100}")),
        Spec("backup.run", "device", Reversibility.Partly, "backup {job} on {target}", null, ("job", Plain)),
        Spec("malware.quarantine", "device", Reversibility.Reversible, "quarantine {file} on {target}", "malware.release",
            ("file", @"[A-Za-z0-9_ .:()/\\-]{1,200}")),
        Spec("malware.release", "device", Reversibility.Reversible, "release {file} on {target}", null,
            ("file", @"[A-Za-z0-9_ .:()/\\-]{1,200}")),
        Spec("device.isolate", "device", Reversibility.Reversible, "isolate {target}", "device.release"),
        Spec("device.release", "device", Reversibility.Reversible, "release {target}", null),
        Spec("patch.install", "device", Reversibility.Partly, "install {patch} on {target}", null, ("patch", "[A-Za-z0-9._-]{1,64}")),
        Spec("device.reboot", "device", Reversibility.Irreversible, "Restart-Computer {target}", null),
        Spec("device.wake", "device", Reversibility.Partly, "wake {target}", null),
        Spec("device.shutdown", "device", Reversibility.Irreversible, "Stop-Computer {target}", null),
        Spec("certificate.renew", "device", Reversibility.Partly, "renew {certificate} on {target}", null,
            ("certificate", "[A-Za-z0-9*._-]{1,100}")),
        Spec("process.lower-priority", "device", Reversibility.Reversible, "renice {process} on {target}", "process.restore-priority",
            ("process", Plain)),
        Spec("process.restore-priority", "device", Reversibility.Reversible, "renice {process} on {target}", null, ("process", Plain)),
        Spec("raid.rebuild", "device", Reversibility.Irreversible, "rebuild {array} on {target}", null, ("array", Plain)),
        Spec("printer.clear-queue", "device", Reversibility.Partly, "clear {queue} on {target}", null, ("queue", Plain)),
        Spec("ticket.create", "device", Reversibility.Reversible, "ticket '{title}' {priority} for {target}", "ticket.close",
            ("title", @"[^\r\n{}]{1,200}"), ("priority", "low|normal|high")) with { BlastRadius = BlastRadius.Nothing },
        Spec("ticket.close", "device", Reversibility.Reversible, "close ticket '{title}' {priority}", null, ("title", @"[^\r\n{}]{1,200}"),
            ("priority", "low|normal|high")) with { BlastRadius = BlastRadius.Nothing },
        Spec("user.disable", "user", Reversibility.Reversible, "disable {target}", "user.enable"),
        Spec("user.enable", "user", Reversibility.Reversible, "enable {target}", null),
        Spec("user.unlock", "user", Reversibility.Reversible, "unlock {target}", "user.lock"),
        Spec("user.lock", "user", Reversibility.Reversible, "lock {target}", null),
        Spec("user.revoke-sessions", "user", Reversibility.Irreversible, "revoke {target}", null),
        Spec("mailbox.raise-quota", "mailbox", Reversibility.Reversible, "quota {target} +{gigabytes} GB", "mailbox.restore-quota",
            ("gigabytes", "[1-9][0-9]{0,2}")),
        Spec("mailbox.restore-quota", "mailbox", Reversibility.Reversible, "quota {target} -{gigabytes} GB", null,
            ("gigabytes", "[1-9][0-9]{0,2}")),
        Spec("vpn.restart-tunnel", "site", Reversibility.Partly, "restart {tunnel} of {target}", null, ("tunnel", Plain)),
    }.ToDictionary(spec => spec.Name);

    internal static void Apply(ConcurrentDictionary<string, string> state, ActionCall call)
    {
        var argument = call.Arguments.Values.FirstOrDefault() ?? "";
        var (observation, value) = call.Action switch
        {
            "service.start" or "service.restart" => ($"service.{call.Arguments["service"]}.state", "running"),
            "service.stop" => ($"service.{call.Arguments["service"]}.state", "stopped"),
            "disk.cleanup" => ($"disk.{call.Arguments["volume"]}.freePercent", "38"),
            "disk.restore" => ($"disk.{call.Arguments["volume"]}.freePercent", "6"),
            "backup.run" => ($"backup.{argument}.state", "ok"),
            "malware.quarantine" => ($"malware.{argument}.state", "quarantined"),
            "malware.release" => ($"malware.{argument}.state", "active"),
            "device.isolate" => ("device.isolated", "true"),
            "device.release" => ("device.isolated", "false"),
            "patch.install" => ($"patch.{argument}.state", "installed"),
            "device.wake" => ("device.online", "true"),
            "device.shutdown" => ("device.online", "false"),
            "certificate.renew" => ($"certificate.{argument}.daysLeft", "365"),
            "process.lower-priority" => ($"process.{argument}.priority", "low"),
            "process.restore-priority" => ($"process.{argument}.priority", "normal"),
            "raid.rebuild" => ($"raid.{argument}.state", "rebuilding"),
            "printer.clear-queue" => ($"printer.{argument}.jobs", "0"),
            "user.disable" => ("user.enabled", "false"),
            "user.enable" => ("user.enabled", "true"),
            "user.unlock" => ("user.locked", "false"),
            "user.lock" => ("user.locked", "true"),
            "user.revoke-sessions" => ("user.sessions", "0"),
            "mailbox.raise-quota" => ("mailbox.usedPercent", "81"),
            "mailbox.restore-quota" => ("mailbox.usedPercent", "97"),
            "vpn.restart-tunnel" => ($"vpn.{argument}.state", "up"),
            _ => ("", ""),
        };
        if (observation.Length > 0)
            state[observation] = value;
        if (call.Action == "device.reboot")
        {
            state["device.pendingReboot"] = "false";
            state["memory.freePercent"] = 64.ToString(CultureInfo.InvariantCulture);
        }
    }

    private static ActionSpec Spec(
        string name, string kind, Reversibility reversibility, string command, string? rollback,
        params (string Name, string Pattern)[] arguments) =>
        new(name, name, kind, reversibility, kind switch { "user" or "mailbox" => BlastRadius.OneUser, "site" => BlastRadius.Site,
            _ => BlastRadius.OneDevice },
            Idempotent: name is not ("backup.run" or "device.reboot"), command,
            [.. arguments.Select(argument => new ArgumentSpec(argument.Name, argument.Name, argument.Pattern))], rollback,
            TimeSpan.FromSeconds(30));
}

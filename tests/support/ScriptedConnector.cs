using System.Collections.Concurrent;
using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>What the vendor does with one action.</summary>
public enum VendorMood { Does, DoesNothingAndSaysSo, Refuses, DoesAndLosesTheAnswer, DoesNothingAndLosesTheAnswer, DoesAndThrows,
    SaysDoneWithoutEffect, Hangs }

/// <summary>What the vendor says when asked about an operation.</summary>
public enum VendorMemory { Knows, CannotTell, IsAway }

/// <summary>
/// A vendor of lamps with a script: each action takes the next mood, then <see cref="VendorMood.Does"/>. Counts its effects itself.
/// <c>lamp.on</c> and <c>lamp.off</c> take each other back; <c>lamp.break</c> cannot be taken back.
/// </summary>
public sealed class ScriptedConnector : IConnector, IActionLog
{
    private readonly ConcurrentDictionary<string, ConcurrentDictionary<string, string>> world = new();
    private readonly ConcurrentQueue<(string Operation, string Action, string Target)> effects = [];
    private readonly List<VendorAction> log = [];
    private int era = 1;

    public string Name => "scripted";

    public bool IsSimulation => true;

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; } = new[]
    {
        Lamp("lamp.on", Reversibility.Reversible, "lamp.off"),
        Lamp("lamp.off", Reversibility.Reversible, "lamp.on"),
        Lamp("lamp.break", Reversibility.Irreversible, null),
    }.ToDictionary(spec => spec.Name);

    public ConcurrentQueue<VendorMood> Moods { get; } = [];

    public VendorMemory Memory { get; set; } = VendorMemory.Knows;

    /// <summary>Readings that fail before one succeeds again.</summary>
    public int BlindFor { get; set; }

    /// <summary>Called with every action before anything happens.</summary>
    public Func<ActionCall, Task>? Acting { get; set; }

    public IReadOnlyList<(string Operation, string Action, string Target)> Effects => [.. effects];

    public int Calls { get; private set; }

    /// <summary>The log cannot be read now.</summary>
    public bool LogIsAway { get; set; }

    /// <summary>At most so many lines of the log at once.</summary>
    public int LogPage { get; set; } = 100;

    public int Reads { get; private set; }

    public int LookUps { get; private set; }

    public void Put(string target, string observation, string value) => world.GetOrAdd(target, _ => new())[observation] = value;

    public string? Get(string target, string observation) => world.GetValueOrDefault(target)?.GetValueOrDefault(observation);

    public Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken) =>
        Task.FromResult<CallOutcome<IReadOnlyList<Target>>>(new CallOutcome<IReadOnlyList<Target>>.Done(
            world.ContainsKey(name) ? [new(connection.Name, kind, name, name, connection.Tenant.Value)] : []));

    public Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken)
    {
        Reads++;
        return Task.FromResult<CallOutcome<IReadOnlyDictionary<string, string>>>(BlindFor-- > 0
            ? new CallOutcome<IReadOnlyDictionary<string, string>>.NotDone("The vendor is away.")
            : new CallOutcome<IReadOnlyDictionary<string, string>>.Done(
                new Dictionary<string, string>(world.GetOrAdd(target.Id, _ => new()))));
    }

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        Calls++;
        if (Acting is { } acting)
            await acting(call);
        var mood = Moods.TryDequeue(out var next) ? next : VendorMood.Does;
        if (mood is VendorMood.Does or VendorMood.DoesAndLosesTheAnswer or VendorMood.DoesAndThrows)
        {
            // Counted last: whoever sees the count sees the world as it has become.
            Put(call.Target.Id, $"lamp.{call.Arguments["lamp"]}.state", call.Action["lamp.".Length..]);
            Write(call.OperationId, call.Action, call.Target, call.Arguments, "the bot's token", true);
            effects.Enqueue((call.OperationId, call.Action, call.Target.Id));
        }
        return mood switch
        {
            VendorMood.Does or VendorMood.SaysDoneWithoutEffect => new CallOutcome<ActionReceipt>.Done(new("Done.")),
            VendorMood.DoesNothingAndSaysSo => new CallOutcome<ActionReceipt>.NotDone("Busy.", TimeSpan.FromSeconds(1)),
            VendorMood.Refuses => new CallOutcome<ActionReceipt>.Refused("no", "Not allowed."),
            VendorMood.DoesAndThrows => throw new InvalidOperationException("The connector has a bug."),
            VendorMood.Hangs => await NeverAsync(cancellationToken),
            _ => new CallOutcome<ActionReceipt>.Unknown("The connection was cut."),
        };
    }

    public Task<CallOutcome<OperationStatus>> LookUpAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        LookUps++;
        return Task.FromResult<CallOutcome<OperationStatus>>(Memory switch
        {
            VendorMemory.CannotTell => new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell),
            VendorMemory.IsAway => new CallOutcome<OperationStatus>.NotDone("The vendor is away."),
            _ => new CallOutcome<OperationStatus>.Done(
                effects.Contains((call.OperationId, call.Action, call.Target.Id)) ? OperationStatus.Applied : OperationStatus.NotApplied),
        });
    }

    /// <summary>Adds a line to the vendor's log, as of something that was done there.</summary>
    public void Write(string? operation, string action, Target target, IReadOnlyDictionary<string, string>? arguments,
        string by, bool? ours)
    {
        lock (log)
            log.Add(new($"{era}-{log.Count}", operation, action, target, arguments, by, ours,
                DateTimeOffset.UnixEpoch.AddMinutes(log.Count), "Done."));
    }

    /// <summary>The vendor loses its log.</summary>
    public void ForgetLog()
    {
        lock (log)
        {
            log.Clear();
            era++;
        }
    }

    public Task<CallOutcome<ActionPage>> ReadLogAsync(Connection connection, string? cursor, CancellationToken cancellationToken)
    {
        if (LogIsAway)
            return Task.FromResult<CallOutcome<ActionPage>>(new CallOutcome<ActionPage>.NotDone("The vendor is away."));
        lock (log)
        {
            if (cursor?.Split('.') is not [var asked, var place] || asked != $"{era}")
                return Task.FromResult<CallOutcome<ActionPage>>(
                    new CallOutcome<ActionPage>.Done(new([], $"{era}.{log.Count}", Gap: cursor is not null)));
            var from = int.Parse(place, System.Globalization.CultureInfo.InvariantCulture);
            var page = log.Skip(from).Take(LogPage).ToList();
            return Task.FromResult<CallOutcome<ActionPage>>(
                new CallOutcome<ActionPage>.Done(new(page, $"{era}.{from + page.Count}", More: from + page.Count < log.Count)));
        }
    }

    private static async Task<CallOutcome<ActionReceipt>> NeverAsync(CancellationToken cancellationToken)
    {
        await Task.Delay(Timeout.Infinite, cancellationToken);
        throw new InvalidOperationException("Never ends.");
    }

    private static ActionSpec Lamp(string name, Reversibility reversibility, string? rollback) => new(
        name, name, "room", reversibility, BlastRadius.OneDevice, Idempotent: true, $"{name} {{lamp}}",
        [new("lamp", "Lamp", "[a-z0-9]+")], rollback, TimeSpan.FromSeconds(10));
}

/// <summary>One connection with one connector.</summary>
public sealed class OneConnection(Connection only, IConnector connector) : IConnections
{
    /// <summary>As it is now.</summary>
    public Connection Only { get; set; } = only;

    public IReadOnlyList<Connection> For(TenantId tenant) => tenant == Only.Tenant ? [Only] : [];

    public Connection? Find(TenantId tenant, string name) => tenant == Only.Tenant && name == Only.Name ? Only : null;

    public IConnector GetConnector(Connection connection) => connector;
}

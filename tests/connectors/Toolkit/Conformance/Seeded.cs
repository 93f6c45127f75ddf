using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Connectors.Toolkit.Conformance;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Incidents;

namespace DevOpsAI.Tests.Connectors.Toolkit.Conformance;

/// <summary>A connector that is right but for what a test spoils in it.</summary>
internal sealed class SpoiledConnector(IConnector right) : IConnector
{
    public string Name => right.Name;

    public bool IsSimulation => right.IsSimulation;

    public IReadOnlyDictionary<string, ActionSpec> Actions => right.Actions;

    public Func<Connection, string, Func<string, Task<CallOutcome<IReadOnlyList<Target>>>>, Task<CallOutcome<IReadOnlyList<Target>>>> Finds
        { get; init; } = static (_, name, find) => find(name);

    public Func<Connection, ActionCall, Func<Task<CallOutcome<ActionReceipt>>>, Task<CallOutcome<ActionReceipt>>> Acts { get; init; } =
        static (_, _, act) => act();

    public Func<Connection, ActionCall, Func<ActionCall, Task<CallOutcome<OperationStatus>>>, Task<CallOutcome<OperationStatus>>> LooksUp
        { get; init; } = static (_, call, look) => look(call);

    public Func<Func<Task<CallOutcome<IReadOnlyDictionary<string, string>>>>, Task<CallOutcome<IReadOnlyDictionary<string, string>>>> Observes
        { get; init; } = static observe => observe();

    public Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken) =>
        Finds(connection, name, asked => right.FindAsync(connection, kind, asked, cancellationToken));

    public Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken) =>
        Observes(() => right.ObserveAsync(connection, target, cancellationToken));

    public Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        Acts(connection, call, () => right.ActAsync(connection, call, cancellationToken));

    public Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        LooksUp(connection, call, asked => right.LookUpAsync(connection, asked, cancellationToken));
}

/// <summary>A receiver of deliveries that is right but for what a test spoils in it.</summary>
internal sealed class SpoiledEvents(IInboundSubject right) : IInboundSubject
{
    public Func<Func<Task<bool>>, WebhookRequest, Task<bool>> Lets { get; init; } = static (accepts, _) => accepts();

    public Func<Func<Task<IReadOnlyList<ConnectorEvent>>>, WebhookRequest, Task<IReadOnlyList<ConnectorEvent>>> Reads { get; init; } =
        static (read, _) => read();

    public async Task<bool> AcceptsAsync(Connection connection, WebhookRequest request, CancellationToken cancellationToken) =>
        await Lets(() => right.AcceptsAsync(connection, request, cancellationToken), request);

    public Task<IReadOnlyList<ConnectorEvent>> ReadAsync(
        Connection connection, WebhookRequest request, CancellationToken cancellationToken) =>
        Reads(() => right.ReadAsync(connection, request, cancellationToken), request);
}

/// <summary>One that asks for events and is right but for what a test spoils in it.</summary>
internal sealed class SpoiledPolls(IPolledSource right) : IPolledSource
{
    public Func<Func<Task<CallOutcome<PolledEvents>>>, Task<CallOutcome<PolledEvents>>> Reads { get; init; } = static read => read();

    public string Connector => right.Connector;

    public IReadOnlyList<PolledList> Lists => right.Lists;

    public Task<CallOutcome<PolledEvents>> ReadAsync(
        Connection connection, string key, string? position, CancellationToken cancellationToken) =>
        Reads(() => right.ReadAsync(connection, key, position, cancellationToken));
}

/// <summary>A bug that somebody could make, and the check that is there for it.</summary>
internal sealed record SeededBug(string Check, Func<ConformanceSubject, ConformanceSubject> Spoil)
{
    public static SeededBug Finds(
        string check,
        Func<Connection, string, Func<string, Task<CallOutcome<IReadOnlyList<Target>>>>, Task<CallOutcome<IReadOnlyList<Target>>>> finds) =>
        new(check, right => right with { Connector = new SpoiledConnector(right.Connector) { Finds = finds } });

    public static SeededBug Acts(
        string check, Func<Connection, ActionCall, Func<Task<CallOutcome<ActionReceipt>>>, Task<CallOutcome<ActionReceipt>>> acts) =>
        new(check, right => right with { Connector = new SpoiledConnector(right.Connector) { Acts = acts } });

    public static SeededBug LooksUp(
        string check, Func<Connection, ActionCall, Func<ActionCall, Task<CallOutcome<OperationStatus>>>, Task<CallOutcome<OperationStatus>>> looks) =>
        new(check, right => right with { Connector = new SpoiledConnector(right.Connector) { LooksUp = looks } });

    /// <summary>What is looked up is told otherwise.</summary>
    public static SeededBug Tells(string check, Func<CallOutcome<OperationStatus>, OperationStatus> tell) =>
        LooksUp(check, async (_, call, look) => new CallOutcome<OperationStatus>.Done(tell(await look(call))));

    public static SeededBug Lets(string check, bool answer) => Lets(check, (_, _) => Task.FromResult(answer));

    public static SeededBug Lets(string check, Func<Func<Task<bool>>, WebhookRequest, Task<bool>> lets) =>
        new(check, right => right with { Events = new SpoiledEvents(right.Events!) { Lets = lets } });

    public static SeededBug Reads(
        string check, Func<Func<Task<IReadOnlyList<ConnectorEvent>>>, WebhookRequest, Task<IReadOnlyList<ConnectorEvent>>> reads) =>
        new(check, right => right with { Events = new SpoiledEvents(right.Events!) { Reads = reads } });

    public static SeededBug Changes(string check, Func<ConnectorEvent, ConnectorEvent> change) =>
        Reads(check, async (read, _) => [.. (await read()).Select(change)]);

    public static SeededBug Polls(string check, Func<Func<Task<CallOutcome<PolledEvents>>>, Task<CallOutcome<PolledEvents>>> reads) =>
        new(check, right => right with { Polls = new SpoiledPolls(right.Polls!) { Reads = reads } });

    /// <summary>The manifest says something else than it should.</summary>
    public static SeededBug Manifest(string check, string good, string bad) => new(check, _ =>
    {
        SeededBugs.Yaml.ShouldContain(good);
        return ConformanceSubject.For(SeededBugs.Read(SeededBugs.Yaml.Replace(good, bad, StringComparison.Ordinal)), TimeProvider.System).Subject;
    });
}

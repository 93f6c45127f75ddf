using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>
/// Microsoft 365 of one client: users of Entra ID and devices of Intune. Whatever it is asked to do, it first reads the target and
/// compares; Graph has neither etags nor keys for that.
/// </summary>
internal sealed class GraphConnector(IEnumerable<GraphKind> kinds, GraphHealth health) : IConnector, IConnectionCheck, IConnectionProbe
{
    private readonly Dictionary<string, GraphKind> kinds = kinds.ToDictionary(static one => one.Kind);

    public string Name => GraphDescription.ConnectorName;

    public string Connector => GraphDescription.ConnectorName;

    public bool IsSimulation => false;

    public IReadOnlyDictionary<string, ActionSpec> Actions => GraphCatalog.Actions;

    public IEnumerable<string> Problems(Connection connection) => GraphSettings.Problems(connection);

    public Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken) =>
        health.CheckAsync(connection, cancellationToken);

    public void Forget(string callKey) => health.Forget(callKey);

    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        if (!kinds.TryGetValue(kind, out var known) || string.IsNullOrWhiteSpace(name))
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        var outcome = await known.FindAsync(connection, name, cancellationToken);
        if (outcome is not CallOutcome<IReadOnlyList<(string Id, string Name)>>.Done(var found))
            return outcome.As<IReadOnlyList<Target>>();
        if (found.Count == 0)
            return new CallOutcome<IReadOnlyList<Target>>.Done([]);
        var client = await health.ClientAsync(connection, cancellationToken);
        return new CallOutcome<IReadOnlyList<Target>>.Done(
            [.. found.Select(one => new Target(connection.Name, kind, one.Id, one.Name, client))]);
    }

    public async Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken) =>
        Check(connection, target) is { } refused
            ? refused.As<IReadOnlyDictionary<string, string>>()
            : await kinds[target.Kind].ObserveAsync(connection, target.Id, cancellationToken);

    public async Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken)
    {
        if (Check(connection, call.Target) is { } refused)
            return refused.As<ActionReceipt>();
        return Actions.TryGetValue(call.Action, out var action) && action.TargetKind == call.Target.Kind
            ? await kinds[call.Target.Kind].ActAsync(connection, call, action, cancellationToken)
            : new CallOutcome<ActionReceipt>.Refused(
                "no-such-action", $"Microsoft Graph has no action {call.Action} for a {call.Target.Kind}.");
    }

    /// <summary>Graph keeps nothing of what we call an operation: what became of one is told by reading the target again.</summary>
    public Task<CallOutcome<OperationStatus>> LookUpAsync(
        Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        Task.FromResult<CallOutcome<OperationStatus>>(new CallOutcome<OperationStatus>.Done(OperationStatus.CannotTell));

    private CallOutcome<bool>? Check(Connection connection, Target target)
    {
        if (target.Connection != connection.Name)
            return new CallOutcome<bool>.Refused("foreign-target", $"{target.Name} was found through another connection.");
        if (!kinds.ContainsKey(target.Kind))
            return new CallOutcome<bool>.Refused("unknown-kind", $"Microsoft Graph knows no {target.Kind}.");
        return Guid.TryParseExact(target.Id, "D", out _)
            ? null
            : new CallOutcome<bool>.Refused("foreign-target", $"'{target.Id}' is no id that Microsoft Graph gives.");
    }
}

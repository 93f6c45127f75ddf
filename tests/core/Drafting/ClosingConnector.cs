using DevOpsAI.Connections;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>A connector during whose first answer something else happens.</summary>
internal sealed class ClosingConnector : IConnector
{
    private readonly FakeVendor inner = new("slow");

    public Func<Task>? WhileAsked { get; set; }

    public string Name => inner.Name;

    public bool IsSimulation => inner.IsSimulation;

    public IReadOnlyDictionary<string, ActionSpec> Actions => inner.Actions;

    public async Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken)
    {
        var happening = WhileAsked;
        WhileAsked = null;
        await (happening?.Invoke() ?? Task.CompletedTask);
        return await inner.FindAsync(connection, kind, name, cancellationToken);
    }

    public Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken) =>
        inner.ObserveAsync(connection, target, cancellationToken);

    public Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        inner.ActAsync(connection, call, cancellationToken);

    public Task<CallOutcome<OperationStatus>> LookUpAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        inner.LookUpAsync(connection, call, cancellationToken);
}

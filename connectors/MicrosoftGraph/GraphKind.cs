using System.Globalization;
using DevOpsAI.Connections;

namespace DevOpsAI.Connectors.MicrosoftGraph;

/// <summary>One kind of what Graph knows: how it is found, told of and acted upon. Ids are Graph's and checked by the caller.</summary>
internal abstract class GraphKind
{
    /// <summary>As in <c>user</c>.</summary>
    public abstract string Kind { get; }

    /// <summary>Id and name of each that is called so, whatever its case.</summary>
    public abstract Task<CallOutcome<IReadOnlyList<(string Id, string Name)>>> FindAsync(
        Connection connection, string name, CancellationToken cancellationToken);

    public abstract Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, string id, CancellationToken cancellationToken);

    /// <summary>Reads the target, compares, and acts once.</summary>
    public abstract Task<CallOutcome<ActionReceipt>> ActAsync(
        Connection connection, ActionCall call, ActionSpec action, CancellationToken cancellationToken);

    protected static CallOutcome<ActionReceipt> Renamed(Target target) => new CallOutcome<ActionReceipt>.Refused(
        "renamed", $"{target.Id} is not called {target.Name} any more at Microsoft Graph: it may be another one.");

    /// <summary>Reading that failed before anything was done.</summary>
    public static CallOutcome<ActionReceipt> NothingDone<T>(CallOutcome<T> outcome) =>
        outcome is CallOutcome<T>.Unknown(var message) ? new CallOutcome<ActionReceipt>.NotDone(message) : outcome.As<ActionReceipt>();

    protected static string Word(bool value) => value ? "true" : "false";

    protected static string Time(DateTimeOffset time) =>
        time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

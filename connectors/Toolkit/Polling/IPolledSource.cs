using DevOpsAI.Connections;
using DevOpsAI.Incidents;

namespace DevOpsAI.Connectors.Toolkit.Polling;

/// <summary>A list at a vendor that is read now and then for events.</summary>
/// <param name="Key">Tells the connector's lists apart, and stays the same as long as the list is asked for in the same way.</param>
public sealed record PolledList(string Key, TimeSpan Every);

/// <summary>What one reading of a list found.</summary>
/// <param name="Events">Oldest first, those included that were found before.</param>
/// <param name="Position">Where to go on from once the events are recorded; null when the list has no such place.</param>
/// <param name="Foreign">Events of other companies, which were left out.</param>
/// <param name="Unreadable">What was no event that can be read, and why.</param>
public sealed record PolledEvents(
    IReadOnlyList<ConnectorEvent> Events, string? Position, int Foreign, IReadOnlyList<string> Unreadable);

/// <summary>A connector whose vendor can be asked for events.</summary>
public interface IPolledSource
{
    /// <summary>As in <c>ninjaone</c>.</summary>
    string Connector { get; }

    IReadOnlyList<PolledList> Lists { get; }

    /// <summary>Reads a list on from a position; from as far back as is usual when it is null. Reading twice is safe.</summary>
    Task<CallOutcome<PolledEvents>> ReadAsync(Connection connection, string key, string? position, CancellationToken cancellationToken);
}

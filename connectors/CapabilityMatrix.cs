using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;

namespace DevOpsAI.Connectors;

/// <summary>A capability and the connectors that offer it.</summary>
/// <param name="Kind"><c>action</c> or <c>observation</c>.</param>
/// <param name="Connectors">By name; a simulation says so.</param>
public sealed record CapabilityRow(string Capability, string Kind, string TargetKind, string Meaning, IReadOnlyList<string> Connectors);

/// <summary>The vocabulary against the connectors.</summary>
public static class CapabilityMatrix
{
    /// <summary>Actions first, each kind by name.</summary>
    public static IReadOnlyList<CapabilityRow> For(ConnectorCatalog catalog) =>
    [
        .. Capabilities.Actions.Values.OrderBy(static one => one.Name, StringComparer.Ordinal).Select(one => new CapabilityRow(
            one.Name, "action", one.TargetKind, one.Title,
            Offering(catalog, connector => connector.Actions.Any(action => action.Name == one.Name)))),
        .. Capabilities.Observations.OrderBy(static one => one.Name, StringComparer.Ordinal).Select(one => new CapabilityRow(
            one.Name, "observation", one.TargetKind, one.Meaning,
            Offering(catalog, connector => connector.Observations.Contains(one.Name)))),
    ];

    private static List<string> Offering(ConnectorCatalog catalog, Func<ConnectorDescription, bool> offers) =>
    [
        .. catalog.All.Where(offers).Select(static one => one.IsSimulation ? $"{one.Name} (simulation)" : one.Name),
    ];
}

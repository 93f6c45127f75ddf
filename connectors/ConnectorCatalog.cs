using DevOpsAI.Connectors.Toolkit;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Connectors;

/// <summary>The connectors that connections can name: those that come with the bot and the operator's own.</summary>
public sealed class ConnectorCatalog(IEnumerable<ConnectorDescription> connectors)
{
    /// <summary>By name.</summary>
    public IReadOnlyList<ConnectorDescription> All { get; } =
        [.. connectors.Select(WithShared).OrderBy(static one => one.Name, StringComparer.Ordinal)];

    /// <summary>The connector of this name, whatever its case; null when there is none.</summary>
    public ConnectorDescription? Find(string name) =>
        All.FirstOrDefault(one => one.Name.Equals(name, StringComparison.OrdinalIgnoreCase));

    /// <summary>With the settings that do not depend on the connector, but for which actions are enabled.</summary>
    private static ConnectorDescription WithShared(ConnectorDescription connector) => connector.SendsEvents && !connector.IsSimulation
        ? connector with { Settings = [.. connector.Settings, SettingDescription.SenderNetworks] }
        : connector;

    /// <summary>Every connector, the simulation included, without a bot around them.</summary>
    /// <param name="folder">Where the operator's own manifests are; null for none.</param>
    /// <param name="contentRoot">What a relative folder begins at.</param>
    public static ConnectorCatalog Read(string? folder = null, string contentRoot = ".") =>
        new(new ServiceCollection().AddConnectors(folder, contentRoot)
            .Select(static service => service.ImplementationInstance).OfType<ConnectorDescription>());
}

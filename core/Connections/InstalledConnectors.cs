using System.Collections.Immutable;

namespace DevOpsAI.Connections;

/// <summary>What the connectors that connections can name say of a connection, made or not.</summary>
public sealed class InstalledConnectors(
    IEnumerable<IConnector> connectors, IEnumerable<IConnectionCheck> checks, IEnumerable<IConnectionProbe> probes, TimeProvider clock)
{
    private readonly Dictionary<string, IConnector> connectors =
        connectors.ToDictionary(static one => one.Name, StringComparer.OrdinalIgnoreCase);

    private readonly ILookup<string, IConnectionCheck> checks =
        checks.ToLookup(static one => one.Connector, StringComparer.OrdinalIgnoreCase);

    private readonly Dictionary<string, IConnectionProbe> probes =
        probes.ToDictionary(static one => one.Connector, StringComparer.OrdinalIgnoreCase);

    public bool Knows(string connector) => connectors.ContainsKey(connector) || checks.Contains(connector);

    /// <summary>It acts, and nothing real is touched.</summary>
    public bool IsSimulation(string connector) => connectors.GetValueOrDefault(connector)?.IsSimulation == true;

    /// <summary>What connections of this connector could do, by name; empty where it only receives.</summary>
    public IReadOnlyDictionary<string, ActionSpec> GetActions(string connector) =>
        connectors.GetValueOrDefault(connector)?.Actions ?? ImmutableDictionary<string, ActionSpec>.Empty;

    /// <inheritdoc cref="IConnector.FindLack"/>
    public string? FindLack(Connection connection) => connectors.GetValueOrDefault(connection.Connector)?.FindLack(connection);

    /// <summary>What is wrong with the settings, one sentence each, beginning with the setting's name; secrets are not read.</summary>
    public IReadOnlyList<string> GetProblems(Connection connection) =>
    [
        .. SharedSettings.Problems(connection, [.. checks[connection.Connector]], GetActions(connection.Connector))
            .Distinct(StringComparer.Ordinal),
    ];

    /// <summary>The vendor can be asked whether a connection of this connector works.</summary>
    public bool CanAsk(string connector) => probes.ContainsKey(connector);

    /// <summary>As <see cref="AskAsync"/>, of settings that are not in use: what comes of it touches no connection that is.</summary>
    public async Task<CallOutcome<string>?> TryOutAsync(Connection proposed, TimeSpan within, CancellationToken cancellationToken)
    {
        var trial = proposed with { Trial = Guid.NewGuid().ToString("N") };
        try
        {
            return await AskAsync(trial, within, cancellationToken);
        }
        finally
        {
            Forget(trial.CallKey);
        }
    }

    /// <summary>What comes of asking for each list that things are found in; empty where there is none.</summary>
    public Task<IReadOnlyList<CallOutcome<string>>> TryListsAsync(Connection connection, CancellationToken cancellationToken) =>
        probes.TryGetValue(connection.Connector, out var probe)
            ? probe.TryListsAsync(connection, cancellationToken)
            : Task.FromResult<IReadOnlyList<CallOutcome<string>>>([]);

    /// <summary>Drops what is remembered of a connection: its tokens were fetched with secrets that have retired.</summary>
    /// <param name="callKey">The connection's <see cref="Connection.CallKey"/>.</param>
    public void Forget(string callKey)
    {
        foreach (var probe in probes.Values)
            probe.Forget(callKey);
    }

    /// <summary>
    /// What the vendor says to the connection's address and credentials; null where there is nothing that could be asked.
    /// </summary>
    /// <param name="within">Longer is as good as no answer.</param>
    public async Task<CallOutcome<string>?> AskAsync(Connection connection, TimeSpan within, CancellationToken cancellationToken)
    {
        if (!probes.TryGetValue(connection.Connector, out var probe))
            return null;
        using var limit = new CancellationTokenSource(within, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            return await probe.CheckAsync(connection, either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return new CallOutcome<string>.Unknown($"{connection.Name} did not answer within {within.TotalSeconds:0} seconds.");
        }
    }
}

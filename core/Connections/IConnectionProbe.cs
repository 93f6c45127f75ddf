namespace DevOpsAI.Connections;

/// <summary>Asks the vendor whether the address and the credentials of a connection are right. Changes nothing.</summary>
public interface IConnectionProbe
{
    /// <summary>Name of the connector, as in <c>ninjaone</c>.</summary>
    string Connector { get; }

    /// <summary>A sentence for people, whichever way it ends.</summary>
    Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken);

    /// <summary>Asks for each list that things are found in, by a name that nothing has; a sentence for each, none where there is no such
    /// list. Changes nothing.</summary>
    Task<IReadOnlyList<CallOutcome<string>>> TryListsAsync(Connection connection, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<CallOutcome<string>>>([]);

    /// <summary>Drops what is remembered between the calls of a connection, tokens among it: it is not used any more as it was.</summary>
    /// <param name="callKey">The connection's <see cref="Connection.CallKey"/>.</param>
    void Forget(string callKey)
    {
    }
}

namespace DevOpsAI.Connections;

/// <summary>Asks the vendor whether the address and the credentials of a connection are right. Changes nothing.</summary>
public interface IConnectionProbe
{
    /// <summary>Name of the connector, as in <c>ninjaone</c>.</summary>
    string Connector { get; }

    /// <summary>A sentence for people, whichever way it ends.</summary>
    Task<CallOutcome<string>> CheckAsync(Connection connection, CancellationToken cancellationToken);

    /// <summary>Drops what is remembered between the calls of a connection, tokens among it: it is not used any more as it was.</summary>
    /// <param name="callKey">The connection's <see cref="Connection.CallKey"/>.</param>
    void Forget(string callKey)
    {
    }
}

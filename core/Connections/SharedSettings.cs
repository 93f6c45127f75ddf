namespace DevOpsAI.Connections;

/// <summary>Settings that every connection may have, whatever its connector: none of them is one of the connector's own.</summary>
public static class SharedSettings
{
    /// <summary>What is wrong with those of a connection, and with the rest of it as its connector knows it.</summary>
    /// <param name="checks">Those of its connector.</param>
    /// <param name="catalog">What its connector offers.</param>
    public static IEnumerable<string> Problems(
        Connection connection, IReadOnlyCollection<IConnectionCheck> checks, IReadOnlyDictionary<string, ActionSpec> catalog) =>
        EnabledActions.Problems(connection, catalog)
            .Concat(SenderAddresses.Problems(connection, checks.Any(static one => one.SendsEvents)))
            .Concat(checks.SelectMany(check => check.Problems(WithoutShared(connection))));

    /// <summary>Whether a setting of this name is one of them.</summary>
    public static bool Are(string name) =>
        name.Equals(EnabledActions.Setting, StringComparison.OrdinalIgnoreCase)
        || name.Equals(SenderAddresses.Setting, StringComparison.OrdinalIgnoreCase);

    private static Connection WithoutShared(Connection connection) => connection with
    {
        Settings = connection.Settings.Where(static one => !Are(one.Key)).ToDictionary(StringComparer.OrdinalIgnoreCase),
    };
}

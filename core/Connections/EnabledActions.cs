using DevOpsAI.Common;

namespace DevOpsAI.Connections;

/// <summary>
/// The setting of a connection that says what of its connector's catalog it may do: <c>all</c>, <c>none</c>, or names of actions; without
/// it, all. An action that takes an enabled one back is enabled with it: what is done can be undone.
/// </summary>
public static class EnabledActions
{
    public const string Setting = "Actions";
    public const string All = "all";
    public const string None = "none";

    private const string Separator = ", ";
    private static readonly char[] Separators = [',', ';', ' '];

    extension(Connection connection)
    {
        /// <summary>The names that its setting has, as they stand there; null for all.</summary>
        public IReadOnlyList<string>? ActionNames => connection.Settings.TryGetValue(Setting, out var value) ? Read(value) : null;

        /// <summary>As its connector knows it, which the setting is none of.</summary>
        public Connection WithoutActions => !connection.Settings.ContainsKey(Setting)
            ? connection
            : connection with
            {
                Settings = connection.Settings.Where(static one => !one.Key.Equals(Setting, StringComparison.OrdinalIgnoreCase))
                    .ToDictionary(StringComparer.OrdinalIgnoreCase),
            };
    }

    /// <summary>Its catalog has the action, and the connection may not do it.</summary>
    public static bool IsSwitchedOff(this IConnector connector, Connection connection, string action) =>
        connector.Actions.ContainsKey(action) && connection.ActionNames is { } names && !Include(connector.Actions, names, action);

    /// <summary>The action of this name that the connection may do; null where there is none, or it is switched off.</summary>
    public static ActionSpec? FindEnabled(this IConnector connector, Connection connection, string action) =>
        connector.Actions.TryGetValue(action, out var spec) && !connector.IsSwitchedOff(connection, action) ? spec : null;

    /// <summary>Null for all.</summary>
    public static IReadOnlyList<string>? Read(string value)
    {
        var names = value.Split(Separators, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        return names switch
        {
            [All] => null,
            [None] => [],
            _ => [.. names.Distinct(StringComparer.Ordinal)],
        };
    }

    public static string Write(IEnumerable<string> names)
    {
        var text = string.Join(Separator, names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal));
        return text.Length == 0 ? None : text;
    }

    /// <summary>The actions of a catalog that are enabled by these names, in order of their own.</summary>
    /// <param name="names">Null for all.</param>
    public static IReadOnlyList<ActionSpec> Of(IReadOnlyDictionary<string, ActionSpec> catalog, IReadOnlyList<string>? names) =>
        [.. catalog.Values.Where(action => names is null || Include(catalog, names, action.Name))
            .OrderBy(static action => action.Name, StringComparer.Ordinal)];

    /// <summary>Whether these names enable the action.</summary>
    public static bool Include(IReadOnlyDictionary<string, ActionSpec> catalog, IReadOnlyList<string> names, string action) =>
        names.Contains(action, StringComparer.Ordinal) || TakenBackBy(catalog, names, action).Any();

    /// <summary>Those of these names that the action takes back; without it they go too.</summary>
    public static IEnumerable<string> TakenBackBy(
        IReadOnlyDictionary<string, ActionSpec> catalog, IReadOnlyList<string> names, string action) =>
        names.Where(name => name != action && catalog.GetValueOrDefault(name)?.Rollback == action);

    /// <summary>What is wrong with the setting, one sentence each, beginning with its name; nothing without it.</summary>
    /// <param name="catalog">What the connector offers.</param>
    public static IEnumerable<string> Problems(Connection connection, IReadOnlyDictionary<string, ActionSpec> catalog)
    {
        if (!connection.Settings.TryGetValue(Setting, out var value))
            yield break;
        if (Read(value) is not { } names)
            yield break;
        if (names.Count == 0 && string.IsNullOrWhiteSpace(value))
            yield return $"{Setting}: empty; {All}, {None}, or names of actions.";
        foreach (var name in names.Where(name => !catalog.ContainsKey(name)))
            yield return $"{Setting}: {DescribeUnknown(connection.Connector, catalog.Keys, name)}";
    }

    /// <summary>One sentence about a name that the catalog does not have, with those that were probably meant.</summary>
    public static string DescribeUnknown(string connector, IEnumerable<string> catalog, string name)
    {
        List<string> known = [.. catalog.Order(StringComparer.Ordinal)];
        var shown = name.Length <= 60 ? name : name[..59] + "…";
        if (known.Count == 0)
            return $"{connector} has no action '{shown}', and no other either.";
        if (name is All or None)
            return $"'{shown}' stands alone, without names of actions.";
        var near = EditDistance.Nearest(name, known);
        return near.Count > 0
            ? $"{connector} has no action '{shown}'; near are {string.Join(Separator, near)}."
            : $"{connector} has no action '{shown}'; it has {string.Join(Separator, known)}.";
    }

    /// <summary>As in "device.reboot is switched off on contoso-ninjaone".</summary>
    public static string DescribeSwitchedOff(string action, string connection) => $"{action} is switched off on {connection}";
}

using DevOpsAI.Connections;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Drafting;

/// <summary>
/// What a tenant's connections offer of what a runbook needs. A runbook names capabilities and no vendor, so any connection that offers all
/// of them for the runbook's kind of target may carry it out.
/// </summary>
/// <param name="Able">Connections that offer everything, in order of their names.</param>
/// <param name="Others">The tenant's other connections.</param>
internal sealed record Offers(IReadOnlyList<Connection> Able, IReadOnlyList<Connection> Others)
{
    private IConnections All { get; init; } = null!;
    private string TargetKind { get; init; } = "";
    private IReadOnlyList<string> Needed { get; init; } = [];

    public static Offers For(IConnections connections, TenantId tenant, Runbook runbook)
    {
        IReadOnlyList<string> needed = [.. runbook.Steps.Select(static step => step.Action).Distinct()];
        var ordered = connections.For(tenant).OrderBy(static connection => connection.Name, StringComparer.Ordinal)
            .ToLookup(connection => needed.All(
                action => MayDo(connections, connection, action, runbook.Target.Kind)));
        return new([.. ordered[true]], [.. ordered[false]]) { All = connections, TargetKind = runbook.Target.Kind, Needed = needed };
    }

    /// <summary>Connections that offer anything at all for this kind of target, where no runbook says what is needed.</summary>
    public static Offers ForKind(IConnections connections, TenantId tenant, string kind)
    {
        var ordered = connections.For(tenant).OrderBy(static connection => connection.Name, StringComparer.Ordinal)
            .ToLookup(connection => connections.GetConnector(connection).Actions.Keys
                .Any(action => MayDo(connections, connection, action, kind)));
        return new([.. ordered[true]], [.. ordered[false]]) { All = connections, TargetKind = kind };
    }

    /// <summary>
    /// One sentence on what no connection offers and which connectors would; where each is offered, but not together, who offers what.
    /// </summary>
    public string DescribeMissing(string client)
    {
        if (Needed.Count == 0)
            return $"No connection of {client} offers anything for a {TargetKind}.";
        var offered = Needed.ToLookup(action => Others.Any(connection => MayDo(All, connection, action, TargetKind)));
        if (!offered[false].Any())
        {
            var each = Needed.Select(action => $"{action} by {QuotedText.List(Others
                .Where(connection => MayDo(All, connection, action, TargetKind)).Select(static one => one.Name))}");
            var whole = DescribeSwitchedOff() is { } also ? $" {also}" : "";
            return $"No single connection of {client} offers all of {QuotedText.List(Needed)}: {string.Join("; ", each)}.{whole}";
        }
        var missing = offered[false].ToList();
        if (DescribeSwitchedOff() is { } off)
            return $"No connection of {client} may do {QuotedText.List(missing)}: {off}";
        var could = All.Installed.Where(connector => Needed.All(action => DoesOffer(connector, action, TargetKind)))
            .Select(static connector => connector.Name).Order(StringComparer.Ordinal).ToList();
        var advice = could.Count > 0 ? $" It could be had by a connection to {ListOr(could)}." : "";
        return $"No connection of {client} offers {QuotedText.List(missing)}.{advice}";
    }

    /// <summary>
    /// Where what is needed is there and switched off, with what to say about it; null for nowhere. A connection that lacks something else
    /// besides is not among them.
    /// </summary>
    public string? DescribeSwitchedOff()
    {
        if (Needed.Count == 0)
            return null;
        var off = Others.Where(connection => Needed.All(action => DoesOffer(All.GetConnector(connection), action, TargetKind)))
            .SelectMany(connection => Needed.Where(action => All.GetConnector(connection).IsSwitchedOff(connection, action))
                .Select(action => (action, connection.Name)))
            .ToList();
        return off.Count == 0
            ? null
            : $"{QuotedText.List(off.Select(static one => EnabledActions.DescribeSwitchedOff(one.action, one.Name)))}. An administrator "
                + $"can ask for it: enable {off[0].action} on {off[0].Name}.";
    }

    private static bool MayDo(IConnections connections, Connection connection, string action, string targetKind)
    {
        var connector = connections.GetConnector(connection);
        return DoesOffer(connector, action, targetKind) && !connector.IsSwitchedOff(connection, action);
    }

    private static bool DoesOffer(IConnector connector, string action, string targetKind) =>
        connector.Actions.TryGetValue(action, out var spec) && spec.TargetKind == targetKind;

    private static string ListOr(List<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}

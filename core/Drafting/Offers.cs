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
                action => DoesOffer(connections.GetConnector(connection), action, runbook.Target.Kind)));
        return new([.. ordered[true]], [.. ordered[false]]) { All = connections, TargetKind = runbook.Target.Kind, Needed = needed };
    }

    /// <summary>
    /// One sentence on what no connection offers and which connectors would; where each is offered, but not together, who offers what.
    /// </summary>
    public string DescribeMissing(string client)
    {
        var offered = Needed.ToLookup(action => Others.Any(connection => DoesOffer(All.GetConnector(connection), action, TargetKind)));
        if (!offered[false].Any())
        {
            var each = Needed.Select(action => $"{action} by {QuotedText.List(Others
                .Where(connection => DoesOffer(All.GetConnector(connection), action, TargetKind)).Select(static one => one.Name))}");
            return $"No single connection of {client} offers all of {QuotedText.List(Needed)}: {string.Join("; ", each)}.";
        }
        var missing = offered[false].ToList();
        var could = All.Installed.Where(connector => Needed.All(action => DoesOffer(connector, action, TargetKind)))
            .Select(static connector => connector.Name).Order(StringComparer.Ordinal).ToList();
        var advice = could.Count > 0 ? $" It could be had by a connection to {ListOr(could)}." : "";
        return $"No connection of {client} offers {QuotedText.List(missing)}.{advice}";
    }

    private static bool DoesOffer(IConnector connector, string action, string targetKind) =>
        connector.Actions.TryGetValue(action, out var spec) && spec.TargetKind == targetKind;

    private static string ListOr(List<string> names) =>
        names.Count == 1 ? names[0] : $"{string.Join(", ", names.SkipLast(1))} or {names[^1]}";
}

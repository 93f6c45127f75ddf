using DevOpsAI.Bot.Views;
using DevOpsAI.Common;
using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Secrets;
using DevOpsAI.Completeness;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>What the card of a connection shows that is to be made, changed or removed.</summary>
internal sealed class ConnectionCard(ConnectorCatalog catalog) : ISubjectCard
{
    public string Kind => ConnectionChange.SubjectKind;

    public SubjectView View(TenantState state, Proposal proposal)
    {
        if (ConnectionChange.Read(proposal) is not { } change)
            return new(proposal.Subject.ToString(), "What is asked for cannot be read any more.", []);
        var vendor = catalog.Find(change.Connector);
        var title = vendor?.Title ?? change.Connector;
        return change.Kind switch
        {
            ConnectionChangeKind.Disconnect => new(
                $"Disconnect {title}",
                $"Once approved, nothing of {state.Name} is read or done at {title} through {change.Name}, and its secrets are deleted.",
                [("Asked for by", proposal.Staged!.Requester.Name)]),
            ConnectionChangeKind.Enable => new(
                $"Enable {change.Action} on {change.Name}",
                $"Once approved, {change.Name} may do it at {title} for {state.Name}, each time as far as the gates let it.",
                [.. OfAction(change, vendor)]),
            ConnectionChangeKind.Disable => new(
                $"Disable {change.Action} on {change.Name}", $"Once approved, {change.Name} does it no more.",
                [.. OfAction(change, vendor)]),
            ConnectionChangeKind.Change => new(
                $"Change the connection to {title}", $"Once approved, {change.Name} uses these settings.",
                [.. Facts(change, vendor, state)]),
            _ => new(
                $"Connect {title}", $"Once approved, the bot reads and acts at {title} for {state.Name} through {change.Name}.",
                [.. Facts(change, vendor, state)]),
        };
    }

    public IReadOnlyList<StreamId> GetStreams(ProposalSubject subject) => [StreamId.Connection(ConnectionChange.GetName(subject))];

    private static IEnumerable<(string Name, string Value)> Facts(
        ConnectionChange change, ConnectorDescription? vendor, TenantState state)
    {
        if (change.Check.Length > 0)
            yield return ("Tried out", change.Check);
        var now = state.Get<MadeConnections>().Find(state.Tenant, change.Name);
        var before = now?.WithoutActions.Settings ?? new Dictionary<string, string>();
        foreach (var (name, value) in change.Settings.Where(static one => one.Key != EnabledActions.Setting)
            .OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            yield return (name, Shown(value, change.Kept.Contains(name, StringComparer.OrdinalIgnoreCase), before.GetValueOrDefault(name)));
        foreach (var (name, value) in before.Where(one => !change.Settings.ContainsKey(one.Key)))
            yield return (name, $"not set any more (was {Shown(value, isKept: true, before: null)})");
        if (vendor is null)
            yield break;
        foreach (var fact in MayDo(change, vendor, change.Kind == ConnectionChangeKind.Change ? now : null))
            yield return fact;
        if (vendor.SendsEvents)
            yield return ("Takes events at", $"/api/events/{change.Name}");
    }

    /// <summary>Each action by itself, so that none is cut off.</summary>
    /// <param name="now">The connection that is changed; null where there is none.</param>
    private static IEnumerable<(string Name, string Value)> MayDo(ConnectionChange change, ConnectorDescription vendor, Connection? now)
    {
        if (vendor.Actions.Count == 0)
            yield break;
        var catalog = vendor.Actions.ToDictionary(static action => action.Name, StringComparer.Ordinal);
        var enabled = EnabledActions.Of(catalog, ReadNames(change));
        var before = now is null ? [] : EnabledActions.Of(catalog, now.ActionNames);
        yield return ("May do", enabled.Count == 0
            ? $"nothing: it reads only ({catalog.Count} actions are switched off)"
            : $"{enabled.Count} of {catalog.Count} actions:");
        foreach (var action in enabled)
            yield return (action.Name, $"{Describe(action)}{(now is null || before.Contains(action) ? "" : " (new)")}");
        foreach (var action in before.Except(enabled))
            yield return (action.Name, "not any more");
    }

    private static IEnumerable<(string Name, string Value)> OfAction(ConnectionChange change, ConnectorDescription? vendor)
    {
        if (vendor?.Actions.FirstOrDefault(action => action.Name == change.Action) is not { } action)
            yield break;
        yield return ("What it does", Describe(action));
        yield return ("Command", action.Command);
        if (change.Kind == ConnectionChangeKind.Enable && action.Rollback is { } rollback)
            yield return ("Is taken back by", $"{rollback}, enabled with it");
        var left = vendor.Actions.Where(one => change.Kind == ConnectionChangeKind.Disable && one.Rollback == action.Name);
        foreach (var one in left)
            yield return ("Takes back", $"{one.Name}, disabled with it");
        yield return ("May do then", string.Join(", ", EnabledActions.Of(
            vendor.Actions.ToDictionary(static one => one.Name, StringComparer.Ordinal), ReadNames(change))
            .Select(static one => one.Name).DefaultIfEmpty("nothing: it reads only")));
    }

    private static IReadOnlyList<string>? ReadNames(ConnectionChange change) =>
        change.Settings.GetValueOrDefault(EnabledActions.Setting) is { } names ? EnabledActions.Read(names) : null;

    private static string Describe(ActionSpec action)
    {
        var reach = action.BlastRadius switch
        {
            BlastRadius.Nothing => "",
            BlastRadius.OneDevice => ", touches one device",
            BlastRadius.OneUser => ", touches one user",
            BlastRadius.Site => ", touches a whole site",
            _ => ", touches the whole company",
        };
        return $"{action.Title}; {WayBack.For(action, action.Rollback is not null)}{reach}";
    }

    /// <param name="before">What it is in use; null where it is not.</param>
    private static string Shown(string value, bool isKept, string? before)
    {
        var reference = new SecretReference(value);
        if (isKept && before is not null)
            return "unchanged: the secret that is in use";
        var was = before is null ? "" : "changed: ";
        if (StoredSecrets.IsKept(reference))
            return isKept ? "the secret that is in use" : $"{was}a new secret that the bot keeps";
        if (reference.Variable is { } variable)
            return $"{was}a secret in the environment variable {variable}";
        if (reference.VaultName is { } name)
            return $"{was}the secret {name} in Key Vault";
        return before is null || before == value ? value : $"{value} (was {before})";
    }
}

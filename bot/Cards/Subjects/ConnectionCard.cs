using DevOpsAI.Bot.Views;
using DevOpsAI.Common;
using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using DevOpsAI.Completeness;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>What the card of a connection shows that is to be made, changed or removed.</summary>
internal sealed class ConnectionCard(ConnectorCatalog catalog) : ISubjectCard
{
    private const int MaxActions = 8;

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
        var now = state.Get<MadeConnections>().Find(state.Tenant, change.Name)?.Settings;
        foreach (var (name, value) in change.Settings.OrderBy(static pair => pair.Key, StringComparer.Ordinal))
            yield return (name, Shown(value, change.Kept.Contains(name, StringComparer.OrdinalIgnoreCase), now?.GetValueOrDefault(name)));
        foreach (var (name, value) in (now ?? new Dictionary<string, string>()).Where(one => !change.Settings.ContainsKey(one.Key)))
            yield return (name, $"not set any more (was {Shown(value, isKept: true, before: null)})");
        if (vendor is null)
            yield break;
        if (vendor.Actions.Count > 0)
            yield return ("Can do", Listed([.. vendor.Actions.Select(static action => action.Title)]));
        if (vendor.SendsEvents)
            yield return ("Takes events at", $"/api/events/{change.Name}");
    }

    /// <param name="before">What it is in use; null where it is not.</param>
    private static string Shown(string value, bool isKept, string? before)
    {
        var reference = new SecretReference(value);
        if (reference.StoredName is not null)
            return isKept ? "the secret that is in use" : "a new secret that the bot keeps";
        if (reference.Variable is { } variable)
            return $"a secret in the environment variable {variable}";
        return before is null || before == value ? value : $"{value} (was {before})";
    }

    private static string Listed(IReadOnlyList<string> titles) => titles.Count <= MaxActions
        ? string.Join(", ", titles)
        : $"{string.Join(", ", titles.Take(MaxActions))} and {titles.Count - MaxActions} more";
}

using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.ConnectionChanges;

/// <summary>Puts at its gate that a connection may do one action more, or one less.</summary>
internal sealed class RequestActionHandler(
    IMediator mediator, TenantStates states, IAccess access, IConnectionDirectory connections, InstalledConnectors installed)
    : IRequestHandler<RequestAction, RequestResult>
{
    public async Task<RequestResult> Handle(RequestAction request, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(request.Tenant, cancellationToken);
        if (ConnectionChangeRules.Authorize(state, access.GetRoles(state, request.By.ObjectId)) is { } stranger)
            return stranger;
        var made = state.Get<MadeConnections>();
        var name = request.Connection.ToLowerInvariant();
        // As the vendor is typed with connect.
        var existing = made.Find(request.Tenant, name)
            ?? made.Find(request.Tenant, ConnectionChangeRules.GetName(request.Tenant, name));
        if (existing is null)
            return new(null, Refusal.NotPossible, await DescribeMissingAsync(request, name, made, state.Name, cancellationToken));
        if (ConnectionChangeRules.CheckNothingWaits(state, existing.Name) is { } waiting)
            return waiting;
        var catalog = installed.GetActions(existing.Connector);
        var action = request.Action.ToLowerInvariant();
        if (!catalog.ContainsKey(action))
            return new(null, Refusal.BadInput, EnabledActions.DescribeUnknown(existing.Connector, catalog.Keys, action));
        var names = existing.ActionNames ?? [.. catalog.Keys];
        if (EnabledActions.Include(catalog, names, action) == request.IsEnabled)
        {
            var standing = request.IsEnabled
                ? $"{action} is enabled on {existing.Name}"
                : EnabledActions.DescribeSwitchedOff(action, existing.Name);
            return new(null, Refusal.NotPossible, $"{standing} already.");
        }
        var settings = new Dictionary<string, string>(existing.Settings, StringComparer.OrdinalIgnoreCase)
        {
            [EnabledActions.Setting] = EnabledActions.Write(
                request.IsEnabled ? names.Append(action) : names.Except([action, .. EnabledActions.TakenBackBy(catalog, names, action)])),
        };
        var change = new ConnectionChange(
            request.IsEnabled ? ConnectionChangeKind.Enable : ConnectionChangeKind.Disable, existing.Name, existing.Connector, settings, "")
        {
            Kept = [.. settings.Where(static one => new SecretReference(one.Value).IsElsewhere).Select(static one => one.Key)],
            Action = action,
            Before = ConnectionChange.Fingerprint(existing),
        };
        var propose = new Propose(
            request.Tenant, ConnectionChange.NextSubject(state, existing.Name), request.By, Severity.Info, Plan.Empty, change.ToObserved(),
            request.Correlation)
        {
            Simulated = installed.IsSimulation(existing.Connector),
        };
        return await mediator.Send(propose, cancellationToken);
    }

    private async Task<string> DescribeMissingAsync(
        RequestAction request, string name, MadeConnections made, string client, CancellationToken cancellationToken)
    {
        var found = await connections.FindAsync(name, cancellationToken)
            ?? await connections.FindAsync(ConnectionChangeRules.GetName(request.Tenant, name), cancellationToken);
        if (found is { } configured && configured.Tenant == request.Tenant)
        {
            return $"{configured.Name} stands in the bot's settings, so what it may do is said there "
                + $"(Connections:{configured.Name}:Settings:{EnabledActions.Setting}) and not in chat.";
        }
        var known = made.For(request.Tenant).Select(static one => one.Name).ToList();
        return known.Count == 0
            ? $"{client} has no connection that was made in chat."
            : $"{client} has no connection {name} that was made in chat; there are {string.Join(", ", known)}.";
    }
}

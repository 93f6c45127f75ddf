using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.ConnectionChanges;

/// <summary>Puts the end of a connection at its gate.</summary>
internal sealed class RequestDisconnectionHandler(
    IMediator mediator, TenantStates states, IAccess access, IConnectionDirectory connections)
    : IRequestHandler<RequestDisconnection, RequestResult>
{
    public async Task<RequestResult> Handle(RequestDisconnection request, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(request.Tenant, cancellationToken);
        if (ConnectionChangeRules.Authorize(state, access.GetRoles(state, request.By.ObjectId)) is { } stranger)
            return stranger;
        var name = ConnectionChangeRules.GetName(request.Tenant, request.Connector);
        if (state.Get<MadeConnections>().Find(request.Tenant, name) is not { } existing)
        {
            return new(null, Refusal.NotPossible, await connections.FindAsync(name, cancellationToken) is null
                ? $"{state.Name} has no connection {name}."
                : $"{name} stands in the bot's settings, so it is removed there and not in chat.");
        }
        if (ConnectionChangeRules.CheckNothingWaits(state, name) is { } waiting)
            return waiting;
        var change = new ConnectionChange(
            ConnectionChangeKind.Disconnect, name, existing.Connector, new Dictionary<string, string>(), "")
        {
            Before = ConnectionChange.Fingerprint(existing),
        };
        var subject = ConnectionChange.NextSubject(state, name);
        return await mediator.Send(
            new Propose(request.Tenant, subject, request.By, Severity.Info, Plan.Empty, change.ToObserved(), request.Correlation),
            cancellationToken);
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Incidents;

/// <summary>Says so when the incident of an alert has become more severe. Harmless to repeat.</summary>
/// <param name="Cause">Seq of the entry that is the reason to look.</param>
public sealed record RaiseIncident(TenantId Tenant, string EventId, string AlertKey, long Cause) : IRequest<Unit>;

internal sealed class RaiseIncidentHandler(ILedger ledger, TenantStates states, ILogger<RaiseIncidentHandler> logger)
    : IRequestHandler<RaiseIncident, Unit>
{
    private const int Tries = 10;

    public async Task<Unit> Handle(RaiseIncident request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var state = await states.GetAsync(request.Tenant, cancellationToken);
            if (state.FindByAlert(request.AlertKey) is not { IsOpen: true } incident || incident.Severity <= incident.RaisedTo)
                return Unit.Value;
            var stream = StreamId.Incident(incident.Id);
            var raised = new IncidentRaised(incident.Id, incident.RaisedTo, incident.Severity, request.EventId);
            var entry = new NewEntry(stream, Actor.Service(IncidentsSubscription.Part), incident.Correlation, raised, request.Cause);
            if (await ledger.AppendAsync(request.Tenant, [new(stream, incident.IncidentVersion)], [entry], cancellationToken)
                is AppendResult.Appended)
            {
                logger.IncidentRaised(request.Tenant, incident.Id, raised.From, raised.To);
                return Unit.Value;
            }
        }
        throw new LedgerUnavailableException(
            $"Raising the incident of event {request.EventId} met a conflict {Tries} times; it is tried again.");
    }
}

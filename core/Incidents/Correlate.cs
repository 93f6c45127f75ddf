using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Incidents;

/// <summary>
/// Sees to it that a recorded event has an incident: a new one, or the last one where that ended by itself just before. Harmless to repeat.
/// </summary>
public sealed record CorrelateEvent(TenantId Tenant, string EventId) : IRequest<Unit>;

/// <summary>Closes an incident whose alerts have all ended, unless something is running. Harmless to repeat.</summary>
/// <param name="Cause">Seq of the entry that is the reason to look.</param>
public sealed record CloseResolved(TenantId Tenant, IncidentId IncidentId, long Cause) : IRequest<Unit>;

internal sealed class CorrelateEventHandler(
    ILedger ledger,
    TenantStates states,
    ITenantDirectory tenants,
    IOptions<StormOptions> storms,
    TimeProvider clock,
    ILogger<CorrelateEventHandler> logger) : IRequestHandler<CorrelateEvent, Unit>
{
    private const int Tries = 10;

    public async Task<Unit> Handle(CorrelateEvent request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var state = await states.GetAsync(request.Tenant, cancellationToken);
            if (state.Unattached.Find(request.EventId) is not { } waiting || await OpenAsync(state, waiting, cancellationToken))
                return Unit.Value;
        }
        throw new LedgerUnavailableException(
            $"Event {request.EventId} of {request.Tenant} met a conflict {Tries} times; it is tried again.");
    }

    private async Task<bool> OpenAsync(TenantState state, UnattachedEvent waiting, CancellationToken cancellationToken)
    {
        var tenant = tenants.Find(state.Tenant)
            ?? throw new InvalidOperationException($"Tenant {state.Tenant} has events but is not configured; they wait until it is.");
        var scope = StormPolicy.GetScope(state, waiting.Event, clock.GetUtcNow(), storms.Value);
        var next = IncidentId.Create(tenant, state.LastIncidentNumber + 1);
        var opened = StormPolicy.Open(next, waiting.Event, scope, storms.Value.QuietAfter);
        var received = (await ledger.ReadAsync(state.Tenant, waiting.Seq - 1, 1, cancellationToken))[0];
        // Named in either case, so that nobody opens it again while another one is opened in its place.
        var expected = new List<StreamVersion> { new(StreamId.Incident(opened.IncidentId), 0) };
        var last = state.Get<IncidentsState>().LastLike(opened) is { } id ? await states.IncidentAsync(state, id, cancellationToken) : null;
        if (last is not null)
            expected.Add(new(StreamId.Incident(last.Id), last.IncidentVersion));
        var returning = ReturnPolicy.Returning(last, received.ByClock, storms.Value.QuietAfter);
        // The id that the sender of the event was given goes on through the incident.
        var entry = returning is null
            ? new NewEntry(StreamId.Incident(opened.IncidentId), Actor.Service(IncidentsSubscription.Part), received.Correlation, opened,
                waiting.Seq)
            : new NewEntry(
                StreamId.Incident(returning.Id), Actor.Service(IncidentsSubscription.Part), returning.Correlation,
                new IncidentReopened(returning.Id) { EventId = waiting.Event.EventId }, waiting.Seq);
        if (await ledger.AppendAsync(state.Tenant, expected, [entry], cancellationToken) is AppendResult.Conflict)
            return false;
        Failpoints.Hit(Failpoint.IncidentOpened);
        if (returning is null)
            logger.IncidentOpened(state.Tenant, opened.IncidentId, opened.FirstEventId, scope);
        else
            logger.IncidentReturned(state.Tenant, returning.Id, waiting.Event.EventId, returning.Beginnings);
        return true;
    }
}

internal sealed class CloseResolvedHandler(ILedger ledger, TenantStates states, ILogger<CloseResolvedHandler> logger)
    : IRequestHandler<CloseResolved, Unit>
{
    private const int Tries = 10;

    public async Task<Unit> Handle(CloseResolved request, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var state = await states.GetAsync(request.Tenant, cancellationToken);
            if (state.Find(request.IncidentId) is not { } incident || ResolvePolicy.Decide(incident) is not { Count: > 0 } facts)
                return Unit.Value;
            if (await AppendAsync(incident, facts, request.Cause, cancellationToken) is AppendResult.Appended)
            {
                logger.IncidentResolved(request.Tenant, incident.Id);
                return Unit.Value;
            }
        }
        throw new LedgerUnavailableException($"Closing {request.IncidentId} met a conflict {Tries} times; it is tried again.");
    }

    /// <summary>
    /// Names both streams even when only one is written, so that neither a decision nor an execution can slip in between.
    /// </summary>
    private ValueTask<AppendResult> AppendAsync(
        Incident incident, IReadOnlyList<(StreamId Stream, Fact Fact)> facts, long cause, CancellationToken cancellationToken) =>
        ledger.AppendAsync(
            incident.Tenant,
            [new(StreamId.Incident(incident.Id), incident.IncidentVersion), new(StreamId.Proposal(incident.Id), incident.Proposal.Version)],
            [.. facts.Select(
                one => new NewEntry(one.Stream, Actor.Service(IncidentsSubscription.Part), incident.Correlation, one.Fact, cause))],
            cancellationToken);
}

using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Incidents;

/// <summary>
/// Opens an incident for a firing event that no open incident takes, and closes one whose alerts have ended. Each tenant is a partition,
/// because incidents are numbered one after another.
/// </summary>
internal sealed class IncidentsSubscription(IMediator mediator, TenantStates states) : ILedgerSubscription
{
    /// <summary>Names the cursor, and the actor in what it appends.</summary>
    public const string Part = "incidents";

    public string Name => Part;

    public string? GetPartitionKey(LedgerEntry entry) =>
        entry.Fact is EventReceived or IncidentOpened or IncidentReopened or IncidentClosed or ExecutionFinished
            ? entry.Tenant.Value
            : null;

    public Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken) => entry.Fact switch
    {
        EventReceived { Status: EventStatus.Firing } fired => CorrelateAsync(entry, fired, cancellationToken),
        EventReceived ended => CloseIncidentOfAsync(entry, ended, cancellationToken),
        // Its alert may have ended before anyone knew that it was being opened.
        IncidentOpened opened => mediator.Send(new CloseResolved(entry.Tenant, opened.IncidentId, entry.Seq), cancellationToken),
        IncidentReopened reopened => mediator.Send(new CloseResolved(entry.Tenant, reopened.IncidentId, entry.Seq), cancellationToken),
        // Alerts that began while it was being closed wait again.
        IncidentClosed { Reason: ClosedReasons.Resolved } closed =>
            CorrelateOverlookedAsync(entry.Tenant, closed.IncidentId, cancellationToken),
        // While it ran, the end of the alert had to wait.
        ExecutionFinished { About.Incident: { } incident } =>
            mediator.Send(new CloseResolved(entry.Tenant, incident, entry.Seq), cancellationToken),
        _ => Task.CompletedTask,
    };

    private async Task CorrelateAsync(LedgerEntry entry, EventReceived fired, CancellationToken cancellationToken)
    {
        await mediator.Send(new CorrelateEvent(entry.Tenant, fired.EventId), cancellationToken);
        await mediator.Send(new RaiseIncident(entry.Tenant, fired.EventId, fired.AlertKey, entry.Seq), cancellationToken);
    }

    private async Task CorrelateOverlookedAsync(TenantId tenant, IncidentId incidentId, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(tenant, cancellationToken);
        if (await states.IncidentAsync(state, incidentId, cancellationToken) is not { } incident)
            return;
        foreach (var waiting in state.Unattached.For(incident.Opened))
            await mediator.Send(new CorrelateEvent(tenant, waiting.Event.EventId), cancellationToken);
    }

    private async Task CloseIncidentOfAsync(LedgerEntry entry, EventReceived ended, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        if (state.IncidentByAlert.TryGetValue(ended.AlertKey, out var incident))
            await mediator.Send(new CloseResolved(entry.Tenant, incident, entry.Seq), cancellationToken);
    }
}

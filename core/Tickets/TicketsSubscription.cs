using DevOpsAI.Ledger;

namespace DevOpsAI.Tickets;

/// <summary>
/// Tells the states of an incident in its ticket, in order. It is a subscription of its own, and a PSA that does not answer holds up
/// nothing but this.
/// </summary>
internal sealed class TicketsSubscription(TicketDesk desk) : ILedgerSubscription
{
    public string Name => "tickets";

    public bool WaitsForSwitch => true;

    public bool IsAside => true;

    public string? GetPartitionKey(LedgerEntry entry) => TicketMessages.GetIncident(entry.Fact)?.Value;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (TicketMessages.GetIncident(entry.Fact) is { } incident)
            await desk.TellAsync(entry, incident, cancellationToken);
    }
}

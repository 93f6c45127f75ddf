using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>
/// Events of a PSA about a ticket that the bot wrote last: by the ticket's id in the attribute <c>ticket</c> or <c>ticketId</c>, or by the
/// bot's reference in the operation or the text, which a ticket has before its id is on record.
/// </summary>
internal sealed class TicketEchoes(IConnections connections, TenantStates states) : IEventEchoes
{
    /// <summary>How far the clocks of PSA and bot may be apart, and how long an event may take to be made.</summary>
    private static readonly TimeSpan Slack = TimeSpan.FromMinutes(1);
    private static readonly string[] TicketAttributes = ["ticket", "ticketId", "ticket_id"];

    public async ValueTask<string?> FindAsync(
        TenantId tenant, string connection, ConnectorEvent received, CancellationToken cancellationToken)
    {
        if (connections.Find(tenant, connection) is not { } known || !new Psa(known, connections.GetConnector(known)).Offers(Psa.Note))
            return null;
        var tickets = (await states.GetAsync(tenant, cancellationToken)).Tickets;
        var record = TicketAttributes.Select(name => received.Attributes.GetValueOrDefault(name)).OfType<string>()
            .Select(ticket => tickets.FindByTicket(connection, ticket)).FirstOrDefault(static one => one is not null)
            ?? FindByText(tickets, received);
        if (record is null || record.Connection != connection)
            return null;
        if (record.Pending is { } writing && received.OccurredAt >= record.PendingSince - Slack)
            return writing.OperationId;
        return record.Last is { } last && received.OccurredAt <= record.LastAt + Slack ? last.OperationId : null;
    }

    private static TicketRecord? FindByText(TicketsState tickets, ConnectorEvent received) =>
        new[] { received.Operation, received.Title, received.Description }.Concat(received.Attributes.Values).OfType<string>()
            .Select(TicketReference.FindIncident).OfType<IncidentId>().Select(tickets.Find).FirstOrDefault(static one => one is not null);
}

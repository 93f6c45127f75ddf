using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tickets;

public static class TicketsServices
{
    /// <summary>
    /// The tickets of incidents, wherever a connection offers <c>ticket.note</c> (<see cref="TicketUse"/>). Needs drafting, gates,
    /// <see cref="IConnections"/>, <see cref="ILedger"/> and <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddTickets(this IServiceCollection services) => services
        .AddSingleton<PsaCalls>()
        .AddSingleton<TicketFinder>()
        .AddSingleton<TicketWriter>()
        .AddSingleton<TicketDesk>()
        .AddSingleton<IEventEchoes, TicketEchoes>()
        .AddSingleton<ILedgerSubscription, TicketsSubscription>();
}

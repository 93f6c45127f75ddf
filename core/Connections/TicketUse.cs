namespace DevOpsAI.Connections;

/// <summary>
/// What the bot does by itself with tickets of a connection that offers <c>ticket.note</c>: <c>Connections:{name}:Tickets</c>.
/// </summary>
public enum TicketUse
{
    /// <summary>Nothing.</summary>
    Off,

    /// <summary>Private notes in a ticket that is there already; none is opened and none is closed. The default.</summary>
    Note,

    /// <summary>Also opens a ticket where there is none, writes the time of a run and closes the ticket on success.</summary>
    Full,
}

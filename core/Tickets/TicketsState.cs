using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>The tickets of the incidents that something was written about last: for cards, and to know the bot's own echo.</summary>
public sealed record TicketsState : ISlice<TicketsState>
{
    /// <summary>More are kept on the ledger alone.</summary>
    public const int MaxRecords = 500;

    public static TicketsState Empty { get; } = new();

    public ImmutableDictionary<IncidentId, TicketRecord> Records { get; init; } = ImmutableDictionary<IncidentId, TicketRecord>.Empty;

    /// <summary>In the order in which they came.</summary>
    public ImmutableQueue<IncidentId> Order { get; init; } = [];

    public TicketRecord? Find(IncidentId incident) => Records.GetValueOrDefault(incident);

    /// <summary>The incident's record whose ticket this is; null where it is none of ours.</summary>
    public TicketRecord? FindByTicket(string connection, string ticket) => Records.Values.FirstOrDefault(
        record => record.Connection == connection && (record.TicketId == ticket || (record.TicketId is not null && record.Name == ticket)));

    public TicketsState Apply(LedgerEntry entry, TenantState before)
    {
        if (GetIncident(entry.Fact) is not { } incident)
            return this;
        var known = Find(incident);
        var records = Records.SetItem(incident, (known ?? new(incident)).Apply(entry));
        var order = known is null ? Order.Enqueue(incident) : Order;
        if (records.Count > MaxRecords)
        {
            order = order.Dequeue(out var oldest);
            records = records.Remove(oldest);
        }
        return new() { Records = records, Order = order };
    }

    private static IncidentId? GetIncident(Fact fact) => fact switch
    {
        TicketLinked linked => linked.IncidentId,
        TicketWriting writing => writing.IncidentId,
        TicketWritten written => written.IncidentId,
        TicketTrouble trouble => trouble.IncidentId,
        _ => null,
    };
}

public static class TicketsOfState
{
    extension(TenantState state)
    {
        /// <summary>What is on record of the tickets of incidents.</summary>
        public TicketsState Tickets => state.Get<TicketsState>();
    }
}

public static class TicketStreams
{
    extension(StreamId)
    {
        public static StreamId Ticket(IncidentId incident) => new($"ticket/{incident.Value}");
    }
}

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

    public TicketRecord? Find(IncidentId incident) => Records.GetValueOrDefault(incident);

    /// <summary>The incident's record whose ticket this is; null where it is none of ours.</summary>
    public TicketRecord? FindByTicket(string connection, string ticket) => Records.Values.FirstOrDefault(
        record => record.Connection == connection && (record.TicketId == ticket || (record.TicketId is not null && record.Name == ticket)));

    public TicketsState Apply(LedgerEntry entry, TenantState before)
    {
        if (GetIncident(entry.Fact) is not { } incident)
            return this;
        var records = Records.SetItem(incident, (Find(incident) ?? new(incident)).Apply(entry));
        return new() { Records = records.Count > MaxRecords ? records.Remove(LongestUnused(records)) : records };
    }

    private static IncidentId LongestUnused(ImmutableDictionary<IncidentId, TicketRecord> records) =>
        records.Values.MinBy(static record => record.LastSeq)!.Incident;

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

        /// <summary>Whose the ticket with the vendor's id is.</summary>
        public static StreamId TicketClaim(string connection, string ticket) =>
            new($"ticket-of/{connection}/{Uri.EscapeDataString(ticket)}");
    }
}

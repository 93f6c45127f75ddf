using System.Collections.Immutable;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>What is on record of an incident's ticket: a fold over <c>ticket/{incident}</c>. Immutable.</summary>
public sealed record TicketRecord(IncidentId Incident)
{
    public StreamId Stream => StreamId.Ticket(Incident);

    /// <summary>Version of its stream; appends name it.</summary>
    public long Version { get; init; }

    /// <summary>The entry that was applied last, of whatever kind.</summary>
    public long LastSeq { get; init; }

    public string? Connection { get; init; }

    /// <summary>The vendor's id of the ticket; null while there is none.</summary>
    public string? TicketId { get; init; }

    public string Name { get; init; } = "";

    public TicketOrigin Origin { get; init; }

    /// <summary>What was announced and has no end yet.</summary>
    public TicketWriting? Pending { get; init; }

    /// <summary>When it was announced, by the clock of then.</summary>
    public DateTimeOffset PendingSince { get; init; }

    /// <summary>Operations that have an end.</summary>
    public ImmutableHashSet<string> Settled { get; init; } = [];

    public int Notes { get; init; }

    /// <summary>The last that was written, and when by the clock of then.</summary>
    public TicketWritten? Last { get; init; }

    public DateTimeOffset LastAt { get; init; }

    /// <summary>The bot has closed it.</summary>
    public bool IsResolved { get; init; }

    /// <summary>Why it is not as it should be; null while it is.</summary>
    public string? Problem { get; init; }

    public Target? GetTarget(string client) =>
        TicketId is { } id && Connection is { } connection ? new(connection, "ticket", id, Name, client) : null;

    public static TicketRecord From(IncidentId incident, IEnumerable<LedgerEntry> entries) =>
        entries.Aggregate(new TicketRecord(incident), static (record, entry) => record.Apply(entry));

    public TicketRecord Apply(LedgerEntry entry) => ApplyFact(entry) with { Version = entry.Version, LastSeq = entry.Seq };

    private TicketRecord ApplyFact(LedgerEntry entry) => entry.Fact switch
    {
        TicketLinked linked => this with
        {
            Connection = linked.Connection,
            TicketId = linked.TicketId,
            Name = linked.Name,
            Origin = linked.Origin,
            Problem = null,
        },
        TicketWriting writing => this with { Connection = writing.Connection, Pending = writing, PendingSince = entry.ByClock },
        TicketWritten written => this with
        {
            Pending = Pending?.OperationId == written.OperationId ? null : Pending,
            Settled = Settled.Add(written.OperationId),
            Notes = Notes + (written is { What: TicketWrite.Note, Outcome: TicketOutcome.Done } ? 1 : 0),
            Last = written,
            LastAt = entry.ByClock,
            IsResolved = IsResolved || written is { What: TicketWrite.Resolve, Outcome: TicketOutcome.Done },
            Problem = written.Outcome == TicketOutcome.Done ? null : written.Detail,
        },
        TicketTrouble trouble => this with { Connection = Connection ?? trouble.Connection, Problem = trouble.Problem },
        _ => this,
    };
}

using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>How the ticket of an incident came to be its ticket.</summary>
[JsonConverter(typeof(CamelCaseEnum<TicketOrigin>))]
public enum TicketOrigin
{
    /// <summary>The bot opened it.</summary>
    Opened,

    /// <summary>It carries the bot's reference to the incident.</summary>
    Reference,

    /// <summary>It is the only open ticket of this very device that names the alert.</summary>
    Device,
}

/// <summary>What is written into a PSA for an incident.</summary>
[JsonConverter(typeof(CamelCaseEnum<TicketWrite>))]
public enum TicketWrite { Open, Note, Time, Resolve }

/// <summary>How writing ended. What is certainly not done is tried again and has no end of its own.</summary>
[JsonConverter(typeof(CamelCaseEnum<TicketOutcome>))]
public enum TicketOutcome
{
    Done,

    /// <summary>The PSA said no.</summary>
    Refused,

    /// <summary>The answer was lost and the PSA cannot tell: it is not written a second time.</summary>
    Unknown,

    /// <summary>The PSA could not be reached for so long that it is left out.</summary>
    GivenUp,
}

/// <summary><c>ticket.linked</c> on <c>ticket/{incident}</c>: from here on this is the incident's ticket.</summary>
/// <param name="TicketId">The vendor's id.</param>
/// <param name="Name">What the vendor finds it by, as its number.</param>
public sealed record TicketLinked(
    IncidentId IncidentId, string Connection, string TicketId, [property: Confidential] string Name, TicketOrigin Origin) : Fact;

/// <summary>
/// <c>ticket.claimed</c> on <c>ticket-of/{connection}/{ticket}</c>, with the link: the stream takes one, so no ticket is two incidents'.
/// </summary>
public sealed record TicketClaimed(IncidentId IncidentId, string Connection, string TicketId) : Fact;

/// <summary>
/// <c>ticket.writing</c>: something is about to be written into the PSA. Without this entry it was certainly not sent.
/// </summary>
/// <param name="OperationId">Ours, in the text that is written: what became of it can be looked up.</param>
/// <param name="AboutSeq">The entry that is told.</param>
public sealed record TicketWriting(IncidentId IncidentId, string Connection, string OperationId, TicketWrite What, long AboutSeq) : Fact;

/// <summary><c>ticket.written</c>: how that ended.</summary>
public sealed record TicketWritten(
    IncidentId IncidentId, string Connection, string OperationId, TicketWrite What, TicketOutcome Outcome,
    [property: Confidential] string Detail) : Fact;

/// <summary><c>ticket.trouble</c>: why the incident's ticket is not as it should be; the incident itself goes on.</summary>
public sealed record TicketTrouble(IncidentId IncidentId, string Connection, [property: Confidential] string Problem) : Fact;

using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Ledger;

namespace DevOpsAI.Tickets;

/// <summary>The tickets of incidents in the client's PSA.</summary>
internal static class TicketsFeature
{
    public static readonly Feature Instance = new("tickets")
    {
        Entries =
        [
            EntryType.Create(
                "ticket.linked", TicketsJson.Default.TicketLinked,
                "The ticket of an incident was found in the client's PSA, or opened there.",
                "Ticket linked",
                line: static linked => $"ticket {linked.Name} in {linked.Connection}, {TicketMessages.Describe(linked.Origin)}"),
            EntryType.Bookkeeping(
                "ticket.claimed", TicketsJson.Default.TicketClaimed,
                "With the link of an incident to its ticket: from here on the ticket is no other incident's."),
            EntryType.Bookkeeping(
                "ticket.writing", TicketsJson.Default.TicketWriting,
                "Something is about to be written into the PSA; without this entry it was certainly not sent."),
            EntryType.Create(
                "ticket.written", TicketsJson.Default.TicketWritten,
                "A note, a time entry or the end of a ticket was written into the PSA, or could not be.",
                "Ticket written",
                line: static written =>
                    $"{TicketMessages.Describe(written.What)} in {written.Connection}: {TicketMessages.Describe(written.Outcome)} "
                    + written.Detail),
            EntryType.Create(
                "ticket.trouble", TicketsJson.Default.TicketTrouble,
                "The PSA could not be written for an incident, or does not know its device.",
                "Ticket not as it should be",
                line: static trouble => $"{trouble.Connection}: {trouble.Problem}"),
        ],
        Streams = ["ticket", "ticket-of"],
        Slices =
        [
            StateSlice.Create<TicketsState>(
                "tickets", [typeof(TicketLinked), typeof(TicketWriting), typeof(TicketWritten), typeof(TicketTrouble)]),
        ],
    };
}

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(InstantJson)])]
[JsonSerializable(typeof(TicketLinked))]
[JsonSerializable(typeof(TicketClaimed))]
[JsonSerializable(typeof(TicketWriting))]
[JsonSerializable(typeof(TicketWritten))]
[JsonSerializable(typeof(TicketTrouble))]
internal sealed partial class TicketsJson : JsonSerializerContext;

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Incidents;

/// <summary>Events and the incidents that they become.</summary>
internal static class IncidentsFeature
{
    public static readonly Feature Instance = new("incidents")
    {
        Entries =
        [
            EntryType.Create(
                "event.received", IncidentsJson.Default.EventReceived,
                "A connection delivered an event: an alert began or ended.",
                "Alert received"),
            EntryType.Create(
                "incident.opened", IncidentsJson.Default.IncidentOpened,
                "An event belongs to no open incident, so one is opened.",
                "Incident opened"),
            EntryType.Create(
                "incident.closed", IncidentsJson.Default.IncidentClosed,
                "An incident is over: its alerts ended, or what was done about it is verified, or a person rejected the plan.",
                "Incident closed"),
            EntryType.Create(
                "incident.reopened", IncidentsJson.Default.IncidentReopened,
                "A closed incident is open again: its alert fires again, or what was done was taken back.",
                "Incident open again"),
            EntryType.Create(
                "incident.raised", IncidentsJson.Default.IncidentRaised,
                "An alert of the incident is more severe than any before.",
                "Severity raised"),
            EntryType.Bookkeeping(
                "card.sending", IncidentsJson.Default.CardSending,
                "A card is about to be posted to a conversation; written first, so that a crash cannot lose or double it."),
            EntryType.Bookkeeping("card.posted", IncidentsJson.Default.CardPosted, "Teams has taken the card."),
            EntryType.Bookkeeping("card.updated", IncidentsJson.Default.CardUpdated, "The card was edited in place to show a later state."),
            EntryType.Create(
                "notice.sending", IncidentsJson.Default.NoticeSending,
                "A sentence about how something ended is about to be sent under the card."),
        ],
        Streams = ["event", "incident", "card"],
        Slices =
        [
            StateSlice.Create<IncidentsState>(
                "incidents",
                [typeof(EventReceived), typeof(IncidentOpened), typeof(IConcernsIncidents), typeof(ErasureCompleted)],
                "incident", "proposal", "card"),
            StateSlice.Create<EchoesState>("echoes", [typeof(EventReceived)]),
        ],
    };
}

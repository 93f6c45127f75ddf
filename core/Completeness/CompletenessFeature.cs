using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Completeness;

/// <summary>What makes a missing action or a silent hour show.</summary>
internal static class CompletenessFeature
{
    public static readonly Feature Instance = new("completeness")
    {
        Entries =
        [
            EntryType.Create(
                "webhook.receipts", CompletenessJson.Default.WebhookReceipts,
                "At intervals: how many deliveries came over a connection, and what became of them."),
            EntryType.Create(
                "connection.expected", CompletenessJson.Default.ConnectionExpected,
                "From now on events are expected over a connection, though none has come yet."),
            EntryType.Create(
                "connection.silent", CompletenessJson.Default.ConnectionStale,
                "Nothing came over a connection for longer than expected."),
            EntryType.Create("connection.heard", CompletenessJson.Default.ConnectionRecovered, "The silence of a connection is over."),
            EntryType.Create(
                "connection.failing", CompletenessJson.Default.ConnectionFailing,
                "The vendor of a connection refuses the bot, or is not reached, time after time.",
                "Connection found failing",
                line: static failing => $"{failing.Connection} fails: {failing.Why}"),
            EntryType.Create(
                "connection.working", CompletenessJson.Default.ConnectionWorking, "A connection that failed works again.",
                line: static working => $"{working.Connection} works again"),
            EntryType.Create(
                "connection.expiring", CompletenessJson.Default.ConnectionExpiring,
                "Something that a connection needs is about to end and is not renewed by itself.",
                "Connection about to lapse",
                line: static ending => $"The {ending.What} of {ending.Connection} ends: {ending.Remedy}"),
            EntryType.Create(
                "connection.renewed", CompletenessJson.Default.ConnectionRenewed,
                "Nothing that a connection needs is about to end any more.",
                line: static renewed => $"The {renewed.What} of {renewed.Connection} is renewed"),
            EntryType.Create("poll.advanced", CompletenessJson.Default.PollAdvanced,
                "A vendor's log was read from one position to another."),
            EntryType.Create(
                "change.out-of-band", CompletenessJson.Default.OutOfBandChange,
                "Something was done at a vendor that no decision on this ledger allows.",
                "Out-of-band change found"),
            EntryType.Create(
                "message.sent", CompletenessJson.Default.MessageSent,
                "A message to Teams other than a card was sent, or certainly not, or nobody knows."),
        ],
        Streams = ["connection", "poll", "message"],
        Slices =
        [
            StateSlice.Create<ConnectionWatch>(
                "watch",
                [
                    typeof(EventReceived), typeof(WebhookReceipts), typeof(ConnectionExpected), typeof(ConnectionStale),
                    typeof(ConnectionRecovered), typeof(ConnectionFailing), typeof(ConnectionWorking),
                    typeof(ConnectionExpiring), typeof(ConnectionRenewed), typeof(ConnectionRemoved),
                    typeof(ExecutionStarted), typeof(UndoStarted), typeof(PollAdvanced), typeof(OutOfBandChange),
                ]),
        ],
    };
}

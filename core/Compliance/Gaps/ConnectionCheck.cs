using DevOpsAI.Completeness;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>Silent connections, events that were accepted and are not on record, and deliveries that were not taken.</summary>
internal sealed class ConnectionCheck : IGapCheck
{
    private readonly Dictionary<string, (long Seq, DateTimeOffset LastHeard)> silent = [];
    private readonly Dictionary<string, long> surplus = [];

    public void Add(LedgerEntry entry, List<Gap> found)
    {
        switch (entry.Fact)
        {
            case EventReceived { Delivery: not null } received:
                surplus[received.Connection] = surplus.GetValueOrDefault(received.Connection) + 1;
                break;
            case WebhookReceipts receipts:
                // A bot that was killed has counted less than it recorded, never more.
                if ((surplus[receipts.Connection] = surplus.GetValueOrDefault(receipts.Connection) - receipts.New) < 0)
                {
                    found.Add(new(
                        GapKind.NotRecorded, receipts.Connection, entry.Seq, receipts.First, receipts.Last,
                        $"{-surplus[receipts.Connection]} more events were accepted than are on record."));
                    surplus[receipts.Connection] = 0;
                }
                if (receipts.NotTaken is { Count: > 0 } notTaken)
                {
                    found.Add(new(
                        GapKind.NotTaken, receipts.Connection, entry.Seq, receipts.First, receipts.Last,
                        $"Deliveries of a known sender were refused, and what they said is on no record: "
                        + $"{NotTakenSubscription.WhyOf(notTaken)}."));
                }
                break;
            case ConnectionStale gone:
                silent[gone.Connection] = (entry.Seq, gone.LastHeard);
                break;
            case ConnectionRecovered heard when silent.Remove(heard.Connection, out var since):
                found.Add(Silent(heard.Connection, since, entry.At));
                break;
        }
    }

    public void End(DateTimeOffset asOf, List<Gap> found) => found.AddRange(silent.Select(one => Silent(one.Key, one.Value, null)));

    private static Gap Silent(string connection, (long Seq, DateTimeOffset LastHeard) since, DateTimeOffset? to) => new(
        GapKind.Stale, connection, since.Seq, since.LastHeard, to,
        to is null ? "Nothing was heard since." : "Nothing was heard in between.");
}

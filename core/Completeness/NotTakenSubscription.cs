using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.Completeness;

/// <summary>
/// Tells people of deliveries that a known sender made in vain, through the normal intake, so that they get a card: what those said is on
/// no other. One incident for each connection as long as it is open. Harmless to repeat: the intake knows the event.
/// </summary>
internal sealed class NotTakenSubscription(IMediator mediator) : ILedgerSubscription
{
    /// <summary>What such an event is called; a runbook may handle it like any other kind.</summary>
    public const string Kind = "DeliveryNotTaken";

    private const string Key = "not-taken";

    public string Name => "not-taken";

    public string? GetPartitionKey(LedgerEntry entry) => (entry.Fact as WebhookReceipts)?.Connection;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Fact is WebhookReceipts { NotTaken: { Count: > 0 } notTaken } receipts)
            await mediator.Send(
                new ReceiveEvents(entry.Tenant, receipts.Connection, false, [GetEvent(entry.Seq, receipts, notTaken)], entry.Correlation),
                cancellationToken);
    }

    /// <summary>As in <c>2 were larger than 1 MiB, 1 could not be read</c>.</summary>
    public static string WhyOf(IReadOnlyDictionary<string, long> notTaken) =>
        string.Join(", ", notTaken.Select(static one => $"{one.Value} {Why(one.Key)}"));

    private static string Why(string status) => status switch
    {
        "400" => "could not be read",
        "408" => "did not arrive in time",
        "413" => "larger than 1 MiB",
        "415" => "of a content type that this connection does not have",
        _ => $"refused with status {status}",
    };

    private static ConnectorEvent GetEvent(long seq, WebhookReceipts receipts, IReadOnlyDictionary<string, long> notTaken)
    {
        var number = notTaken.Values.Sum();
        var attributes = new Dictionary<string, string>
        {
            ["connection"] = receipts.Connection,
            ["refused"] = WhyOf(notTaken),
            ["entry"] = seq.ToString(CultureInfo.InvariantCulture),
        };
        return new(
            $"{Key}/{seq}", EventStatus.Firing, Severity.Error, Kind, null,
            $"Alerts over {receipts.Connection} were refused: {WhyOf(notTaken)}",
            $"{(number == 1 ? "A delivery" : $"{number} deliveries")} over {receipts.Connection} could not be taken "
            + $"({WhyOf(notTaken)}), although the sender is known. "
            + "The alerts in it are on no card: look into the tool itself. It goes on like this until the sender is changed; "
            + "in Alertmanager, max_alerts: 200 keeps a group small enough.",
            Key, receipts.Last, attributes)
        {
            Part = receipts.Connection,
        };
    }
}

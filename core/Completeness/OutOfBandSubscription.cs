using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.Completeness;

/// <summary>
/// Sends every out-of-band change through the normal intake, so that people get a card. Harmless to repeat: the intake knows the event.
/// </summary>
internal sealed class OutOfBandSubscription(IMediator mediator) : ILedgerSubscription
{
    /// <summary>What such an event is called; a runbook may handle it like any other kind.</summary>
    public const string Kind = "OutOfBandChange";

    public string Name => "out-of-band";

    public string? GetPartitionKey(LedgerEntry entry) => (entry.Fact as OutOfBandChange)?.Connection;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        if (entry.Fact is OutOfBandChange change)
            await mediator.Send(
                new ReceiveEvents(entry.Tenant, change.Connection, change.Simulated, [GetEvent(entry.Seq, change)], entry.Correlation),
                cancellationToken);
    }

    /// <summary>The id of the event that tells people of a change.</summary>
    public static string GetEventId(OutOfBandChange change) => EventKeys.EventId(change.Connection, GetKey(change));

    private static string GetKey(OutOfBandChange change) => $"out-of-band/{change.ActionId}";

    /// <param name="seq">The entry that records the change.</param>
    internal static ConnectorEvent GetEvent(long seq, OutOfBandChange change)
    {
        var key = GetKey(change);
        var attributes = new Dictionary<string, string>
        {
            ["by"] = change.By,
            ["done_at"] = change.DoneAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture),
            ["action"] = change.Action,
            ["vendor_log_id"] = change.ActionId,
            ["entry"] = seq.ToString(CultureInfo.InvariantCulture),
        };
        if (change.OperationId is { } operation)
            attributes["operation"] = operation;
        return new(
            key, EventStatus.Firing, Severity.Error, Kind, change.Target.Name,
            $"Out-of-band change: {change.Action} on {change.Target.Name} by {change.By}",
            $"At the vendor, {change.By} did {change.Action} on {change.Target.Name}: {change.Detail} No decision on record allows it. "
            + $"{change.Why}",
            key, change.DoneAt, attributes, AboutUser: change.Target.Kind is "user" or "mailbox");
    }
}

using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.Completeness;

/// <summary>
/// Something that a connection needs and that is about to end is an incident, before the connection fails for it. It ends when that is
/// renewed. Harmless to repeat: the intake knows the event.
/// </summary>
internal sealed class ExpirySubscription(IMediator mediator) : ILedgerSubscription
{
    /// <summary>What such an event is called; a runbook may handle it like any other kind.</summary>
    public const string Kind = "ConnectionExpiring";

    public string Name => "connection-expiry";

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact switch
    {
        ConnectionExpiring ending => ending.Connection,
        ConnectionRenewed renewed => renewed.Connection,
        ConnectionRemoved removed => removed.Name,
        _ => null,
    };

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var found = entry.Fact switch
        {
            ConnectionExpiring ending => GetEvent(
                ending.Connection, EventStatus.Firing, entry, $"The {ending.What} of {ending.Connection} ends on {Day(ending.EndsAt)}",
                $"{ending.Remedy} From {Time(ending.EndsAt)} on the bot may neither see nor do anything there."),
            ConnectionRenewed renewed => GetEvent(
                renewed.Connection, EventStatus.Resolved, entry, $"The {renewed.What} of {renewed.Connection} is renewed", null),
            ConnectionRemoved removed => GetEvent(
                removed.Name, EventStatus.Resolved, entry, $"{removed.Name} is not used any more", null),
            _ => null,
        };
        if (found is not null)
            await mediator.Send(new ReceiveEvents(entry.Tenant, found.Part!, false, [found], entry.Correlation), cancellationToken);
    }

    private static ConnectorEvent GetEvent(
        string connection, EventStatus status, LedgerEntry entry, string title, string? description)
    {
        var key = $"connection-expiry/{connection}";
        return new(
            $"{key}/{entry.Seq}", status, Severity.Warning, Kind, null, title, description, key, entry.ByClock,
            new Dictionary<string, string> { ["connection"] = connection })
        {
            Part = connection,
        };
    }

    private static string Day(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string Time(DateTimeOffset at) => at.ToUniversalTime().ToString("yyyy-MM-dd HH:mm 'UTC'", CultureInfo.InvariantCulture);
}

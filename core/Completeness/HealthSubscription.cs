using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using MediatR;

namespace DevOpsAI.Completeness;

/// <summary>
/// A connection that fails is an incident of its own, which ends when it works again. Harmless to repeat: the intake knows the event.
/// </summary>
internal sealed class HealthSubscription(IMediator mediator) : ILedgerSubscription
{
    /// <summary>What such an event is called; a runbook may handle it like any other kind.</summary>
    public const string Kind = "ConnectionFailing";

    public string Name => "connection-health";

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact switch
    {
        ConnectionFailing failing => failing.Connection,
        ConnectionWorking working => working.Connection,
        ConnectionRemoved removed => removed.Name,
        _ => null,
    };

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var found = entry.Fact switch
        {
            ConnectionFailing failing => GetEvent(
                failing.Connection, EventStatus.Firing, entry.ByClock, entry.Seq, $"{failing.Connection} fails: {failing.Why}"),
            ConnectionWorking working => GetEvent(
                working.Connection, EventStatus.Resolved, working.FailingSince, entry.Seq, $"{working.Connection} works again"),
            ConnectionRemoved removed => GetEvent(
                removed.Name, EventStatus.Resolved, entry.ByClock, entry.Seq, $"{removed.Name} is not used any more"),
            _ => null,
        };
        if (found is not null)
            await mediator.Send(new ReceiveEvents(entry.Tenant, found.Part!, false, [found], entry.Correlation), cancellationToken);
    }

    private static ConnectorEvent GetEvent(
        string connection, EventStatus status, DateTimeOffset at, long seq, string title)
    {
        var key = $"connection-health/{connection}";
        return new(
            $"{key}/{seq}", status, Severity.Error, Kind, null, title,
            "Its vendor was asked whether the credentials are taken. Until that is mended, the bot neither sees nor does anything there.",
            key, at, new Dictionary<string, string> { ["connection"] = connection })
        {
            Part = connection,
        };
    }
}

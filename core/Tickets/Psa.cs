using System.Collections.Concurrent;
using DevOpsAI.Connections;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tickets;

/// <summary>A tenant's connection to where its tickets are.</summary>
internal sealed record Psa(Connection Connection, IConnector Connector)
{
    public const string Open = "ticket.open";
    public const string Note = "ticket.note";
    public const string Time = "ticket.time";
    public const string Resolve = "ticket.resolve";

    public string Name => Connection.Name;

    public TicketUse Use => Connection.Tickets;

    /// <summary>
    /// The first by name of the connections that take private notes, which are the least that is written; null for none.
    /// </summary>
    public static Psa? For(IConnections connections, TenantId tenant) => connections.For(tenant)
        .Where(static connection => connection.Tickets != TicketUse.Off)
        .OrderBy(static connection => connection.Name, StringComparer.Ordinal)
        .Select(connection => new Psa(connection, connections.GetConnector(connection)))
        .FirstOrDefault(static psa => psa.Offers(Note));

    /// <summary>
    /// What touches nothing but tickets may be done without a gate, as the connection's settings say; nothing else may, and nothing that is
    /// switched off.
    /// </summary>
    public bool Offers(string action) => Connector.FindEnabled(Connection, action) is { BlastRadius: BlastRadius.Nothing };
}

/// <summary>The PSA cannot be written now, or not known to be; to be tried again.</summary>
internal sealed class PsaUnavailableException(string message) : Exception(message);

/// <summary>
/// Calls to PSAs, bounded in time. A connector that throws has given no answer. A connection that gave none is left alone for a moment, so
/// that many incidents do not each wait for it.
/// </summary>
internal sealed class PsaCalls(TimeProvider clock, ILogger<PsaCalls> logger)
{
    private static readonly TimeSpan ReadTimeout = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LeftAlone = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, DateTimeOffset> leftAlone = new();

    /// <exception cref="PsaUnavailableException">There is no answer now, or a refusal, which says nothing of what there is.</exception>
    public async Task<IReadOnlyList<Target>> FindAsync(Psa psa, string kind, string name, CancellationToken cancellationToken) =>
        await ReadAsync(psa, token => psa.Connector.FindAsync(psa.Connection, kind, name, token), cancellationToken)
        ?? throw new PsaUnavailableException($"{psa.Name} refuses to be searched for a {kind}, so that nothing is known of what it has.");

    /// <summary>Null when the vendor refuses.</summary>
    /// <exception cref="PsaUnavailableException">There is no answer now.</exception>
    public async Task<IReadOnlyDictionary<string, string>?> ObserveAsync(Psa psa, Target target, CancellationToken cancellationToken) =>
        await ReadAsync(psa, token => psa.Connector.ObserveAsync(psa.Connection, target, token), cancellationToken);

    /// <summary>Not cancelled half way: what became of it would be anybody's guess.</summary>
    public async Task<CallOutcome<ActionReceipt>> ActAsync(Psa psa, ActionCall call)
    {
        CheckNotLeftAlone(psa);
        if (!psa.Offers(call.Action))
            return new CallOutcome<ActionReceipt>.Refused("action", $"{psa.Name} may not do {call.Action} without a decision.");
        var outcome = await CallAsync(
            token => psa.Connector.ActAsync(psa.Connection, call, token), psa.Connector.Actions[call.Action].Timeout + Grace,
            CancellationToken.None);
        if (outcome is CallOutcome<ActionReceipt>.NotDone(_, var tryAgainIn))
            LeaveAlone(psa, tryAgainIn);
        return outcome;
    }

    public async Task<OperationStatus> LookUpAsync(Psa psa, ActionCall call, CancellationToken cancellationToken)
    {
        CheckNotLeftAlone(psa);
        var outcome = await CallAsync(
            token => psa.Connector.LookUpAsync(psa.Connection, call, token), ReadTimeout, cancellationToken);
        return outcome is CallOutcome<OperationStatus>.Done(var status) ? status : OperationStatus.CannotTell;
    }

    private async Task<T?> ReadAsync<T>(
        Psa psa, Func<CancellationToken, Task<CallOutcome<T>>> call, CancellationToken cancellationToken)
        where T : class
    {
        CheckNotLeftAlone(psa);
        switch (await CallAsync(call, ReadTimeout, cancellationToken))
        {
            case CallOutcome<T>.Done(var value):
                return value;
            case CallOutcome<T>.Refused:
                return null;
            case CallOutcome<T>.NotDone(var message, var tryAgainIn):
                LeaveAlone(psa, tryAgainIn);
                throw new PsaUnavailableException($"{psa.Name} does not answer: {message}");
            case CallOutcome<T>.Unknown(var message):
                LeaveAlone(psa, null);
                throw new PsaUnavailableException($"{psa.Name} does not answer: {message}");
            default:
                throw new InvalidOperationException("An outcome nobody knows.");
        }
    }

    private void CheckNotLeftAlone(Psa psa)
    {
        if (leftAlone.TryGetValue(psa.Name, out var until) && clock.GetUtcNow() < until)
            throw new PsaUnavailableException($"{psa.Name} did not answer a moment ago.");
    }

    private void LeaveAlone(Psa psa, TimeSpan? asked) => leftAlone[psa.Name] = clock.GetUtcNow() + (asked ?? LeftAlone);

    private async Task<CallOutcome<T>> CallAsync<T>(
        Func<CancellationToken, Task<CallOutcome<T>>> call, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        try
        {
            return await call(giveUp.Token).WaitAsync(atMost, clock, cancellationToken);
        }
        catch (TimeoutException)
        {
            await giveUp.CancelAsync();
            return new CallOutcome<T>.Unknown($"no answer within {atMost.TotalSeconds:0} s");
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            logger.ConnectorThrew(failure);
            return new CallOutcome<T>.Unknown("the connector failed before it could tell what happened");
        }
    }
}

using System.Collections.Concurrent;
using System.Globalization;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tickets;

/// <summary>One thing to be written into a PSA.</summary>
/// <param name="OperationId">The same for every attempt; it stands in what is written.</param>
/// <param name="AboutSeq">The entry that is told.</param>
internal sealed record TicketTask(
    TicketWrite What, string Action, Target Target, IReadOnlyDictionary<string, string> Arguments, string OperationId, long AboutSeq)
{
    /// <summary>As the PSA gets it, and as it is looked up there.</summary>
    public ActionCall Call => new(OperationId, Action, Target, Arguments);
}

/// <summary>
/// Writes each thing once: announced on the ledger before it is sent, its end recorded after. What may have been sent is looked up before
/// it is sent again: by the operation's id at the vendor, else among the ticket's notes or time entries; where neither tells, it is left at
/// that and said.
/// </summary>
internal sealed class TicketWriter(ILedger ledger, PsaCalls calls, TimeProvider clock)
{
    /// <summary>What was sent may take so long to appear.</summary>
    public static readonly TimeSpan LookAfter = TimeSpan.FromSeconds(30);

    private const string TextSuffix = ".text";
    private static readonly Actor Desk = Actor.Service("tickets");

    /// <summary>Announced operations that this process knows were not done.</summary>
    private readonly ConcurrentDictionary<string, bool> notDone = new();

    /// <summary>What is on record of the incident's ticket.</summary>
    public async Task<TicketRecord> ReadAsync(TenantId tenant, IncidentId incidentId, CancellationToken cancellationToken) =>
        TicketRecord.From(incidentId, await ledger.ReadStreamAsync(tenant, StreamId.Ticket(incidentId), cancellationToken));

    /// <summary>The record with the end of the task on it.</summary>
    /// <exception cref="PsaUnavailableException">To be tried again later.</exception>
    public async Task<TicketRecord> WriteAsync(
        Incident incident, TicketRecord record, Psa psa, TicketTask task, CancellationToken cancellationToken)
    {
        if (record.Settled.Contains(task.OperationId))
            return record;
        if (record.Pending?.OperationId != task.OperationId)
        {
            Failpoints.Hit(Failpoint.TicketWriting);
            record = await AppendAsync(
                incident, record, new TicketWriting(incident.Id, psa.Name, task.OperationId, task.What, task.AboutSeq), task.AboutSeq);
            Failpoints.Hit(Failpoint.TicketAnnounced);
        }
        else if (!notDone.ContainsKey(task.OperationId) && await ReconcileAsync(record, psa, task, cancellationToken) is { } known)
        {
            return await SettleAsync(incident, record, psa, task, known.Outcome, known.Detail);
        }
        var outcome = await calls.ActAsync(psa, task.Call);
        Failpoints.Hit(Failpoint.TicketSent);
        switch (outcome)
        {
            case CallOutcome<ActionReceipt>.Done(var receipt):
                return await SettleAsync(incident, record, psa, task, TicketOutcome.Done, receipt.Detail);
            case CallOutcome<ActionReceipt>.Refused(_, var message):
                return await SettleAsync(incident, record, psa, task, TicketOutcome.Refused, message);
            case CallOutcome<ActionReceipt>.NotDone(var message, _):
                notDone[task.OperationId] = true;
                throw new PsaUnavailableException($"{psa.Name} takes nothing now: {message}");
            default:
                notDone.TryRemove(task.OperationId, out _);
                throw new PsaUnavailableException(
                    $"{psa.Name} did not say what became of it: {((CallOutcome<ActionReceipt>.Unknown)outcome).Message}");
        }
    }

    /// <summary>The end of something that was announced, without sending it.</summary>
    public async Task<TicketRecord> SettleAsync(
        Incident incident, TicketRecord record, Psa psa, TicketTask task, TicketOutcome outcome, string detail)
    {
        notDone.TryRemove(task.OperationId, out _);
        var written = await AppendAsync(
            incident, record,
            new TicketWritten(incident.Id, psa.Name, task.OperationId, task.What, outcome, TicketMessages.Fit(detail, 300)), task.AboutSeq);
        Failpoints.Hit(Failpoint.TicketWritten);
        return written;
    }

    /// <summary>
    /// The ticket becomes the incident's, and no other's from then on; null where it is another incident's already.
    /// </summary>
    /// <exception cref="PsaUnavailableException">Another instance was faster: its word is read first.</exception>
    public async Task<TicketRecord?> LinkAsync(Incident incident, TicketRecord record, TicketLinked linked, long about)
    {
        var claim = StreamId.TicketClaim(linked.Connection, linked.TicketId);
        var result = await ledger.AppendAsync(
            incident.Tenant, [new(record.Stream, record.Version), new(claim, 0)],
            [
                new(record.Stream, Desk, incident.Correlation, linked, about),
                new(claim, Desk, incident.Correlation, new TicketClaimed(incident.Id, linked.Connection, linked.TicketId), about),
            ],
            CancellationToken.None);
        return result switch
        {
            AppendResult.Appended appended => record.Apply(appended.Entries[0]),
            AppendResult.Conflict { Stream: var taken } when taken == claim => null,
            _ => throw new PsaUnavailableException("Another instance is writing about this ticket."),
        };
    }

    /// <exception cref="PsaUnavailableException">Another instance was faster: its word is read first.</exception>
    public async Task<TicketRecord> AppendAsync(Incident incident, TicketRecord record, Fact fact, long? about)
    {
        var result = await ledger.AppendAsync(
            incident.Tenant, [new(record.Stream, record.Version)], [new(record.Stream, Desk, incident.Correlation, fact, about)],
            CancellationToken.None);
        return result is AppendResult.Appended appended
            ? record.Apply(appended.Entries[0])
            : throw new PsaUnavailableException("Another instance is writing about this ticket.");
    }

    /// <summary>It was announced and may have been sent, or certainly was not; null when it may be sent again.</summary>
    public bool IsCertainlyNotDone(string operationId) => notDone.ContainsKey(operationId);

    /// <summary>How it ended, of something that may have been sent before; null when it is to be sent.</summary>
    private async Task<(TicketOutcome Outcome, string Detail)?> ReconcileAsync(
        TicketRecord record, Psa psa, TicketTask task, CancellationToken cancellationToken)
    {
        switch (await calls.LookUpAsync(psa, task.Call, cancellationToken))
        {
            case OperationStatus.Applied:
                return (TicketOutcome.Done, "The answer was lost; the PSA says it was done.");
            case OperationStatus.NotApplied when IsOverdue(record):
                return null;
            case OperationStatus.NotApplied:
                throw new PsaUnavailableException("The answer was lost; it is looked for again in a moment.");
        }
        // Doing it twice is the same as doing it once.
        if (psa.Connector.Actions[task.Action].Idempotent || task.What == TicketWrite.Open)
            return null;
        var seen = await calls.ObserveAsync(psa, task.Target, cancellationToken) ?? new Dictionary<string, string>();
        var isTime = task.What == TicketWrite.Time;
        var texts = TextsOf(seen, isTime ? "ticket.time." : "ticket.note.");
        if (texts.Exists(text => text.Contains(task.OperationId, StringComparison.Ordinal)))
            return (TicketOutcome.Done, "The answer was lost; it stands in the ticket.");
        if (!IsOverdue(record))
            throw new PsaUnavailableException("The answer was lost; it is looked for again in a moment.");
        // Time that is booked twice is paid twice: every entry has to be told before one is missing.
        var isTold = isTime
            ? int.TryParse(seen.GetValueOrDefault("ticket.times"), CultureInfo.InvariantCulture, out var times) && times <= texts.Count
            : texts.Count > 0 || seen.ContainsKey("ticket.notes");
        return isTold ? null : (TicketOutcome.Unknown, "The answer was lost, and the PSA does not tell whether it was written.");
    }

    private static List<string> TextsOf(IReadOnlyDictionary<string, string> seen, string prefix) =>
    [
        .. seen.Where(one => one.Key.StartsWith(prefix, StringComparison.Ordinal)
            && one.Key.EndsWith(TextSuffix, StringComparison.Ordinal)).Select(static one => one.Value),
    ];

    private bool IsOverdue(TicketRecord record) => clock.GetUtcNow() >= record.PendingSince + LookAfter;
}

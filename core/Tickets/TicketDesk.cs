using System.Globalization;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Tickets;

/// <summary>
/// Keeps the ticket of an incident: finds or opens it, tells each state of the proposal in a private note, writes the time and closes it on
/// success, as far as the connection's setting goes. Everything it knows is on the ledger, so that it goes on after a crash at any instant.
/// A ticket that was closed is never opened again.
/// </summary>
internal sealed class TicketDesk(
    TenantStates states, IConnections connections, TicketFinder finder, TicketWriter writer, PsaCalls calls, KillSwitch killSwitch,
    TimeProvider clock, ILogger<TicketDesk> logger)
{
    /// <summary>What happened longer ago is not told any more: nobody wants yesterday's states one after another.</summary>
    public static readonly TimeSpan ToldWithin = TimeSpan.FromHours(24);

    /// <summary>A ticket that was opened and is not found is looked for so long.</summary>
    private static readonly TimeSpan FoundWithin = TimeSpan.FromMinutes(5);

    /// <summary>Tells the entry in the incident's ticket. Asking again is harmless: the ledger says what is written already.</summary>
    /// <exception cref="PsaUnavailableException">The PSA cannot be written now; it is on the incident's record once.</exception>
    public async Task TellAsync(LedgerEntry entry, IncidentId incidentId, CancellationToken cancellationToken)
    {
        // The state first: connections made in chat are known by it.
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        if (Psa.For(connections, entry.Tenant) is not { } psa)
            return;
        var isOld = clock.GetUtcNow() - entry.ByClock > ToldWithin;
        if (isOld && state.Tickets.Find(incidentId)?.Pending?.AboutSeq != entry.Seq)
            return;
        if (await states.IncidentAsync(state, incidentId, cancellationToken) is not { } incident)
            return;
        // What is a simulation opens nothing that people work on.
        if (incident.Simulated && !psa.Connector.IsSimulation)
            return;
        var record = await writer.ReadAsync(entry.Tenant, incidentId, cancellationToken);
        if (isOld)
        {
            await GiveUpAsync(entry, incident, record, psa);
            return;
        }
        CheckSwitch(entry.Tenant, psa);
        try
        {
            await TellAsync(entry, incident, record, psa, cancellationToken);
        }
        catch (PsaUnavailableException unavailable)
        {
            await SayOnceAsync(incident, psa, unavailable.Message, entry.Seq);
            throw;
        }
    }

    private async Task TellAsync(LedgerEntry entry, Incident incident, TicketRecord record, Psa psa, CancellationToken cancellationToken)
    {
        record = await LinkAsync(entry, incident, record, psa, cancellationToken);
        if (record.Connection != psa.Name || record.GetTarget("") is not { } ticket
            || TicketMessages.ForNote(entry, incident) is not { } note)
            return;
        var reference = TicketReference.For(incident);
        var arguments = new Dictionary<string, string> { ["note"] = note };
        record = await writer.WriteAsync(
            incident, record, psa, new(TicketWrite.Note, Psa.Note, ticket, arguments, $"{reference}-{entry.Seq}", entry.Seq),
            cancellationToken);
        if (psa.Use == TicketUse.Full && entry.Fact is ExecutionFinished { Outcome: ExecutionOutcome.Verified } verified)
            await FinishAsync(entry, incident, record, psa, verified, cancellationToken);
    }

    /// <summary>The time that the run took, and the end of the ticket.</summary>
    private async Task FinishAsync(
        LedgerEntry entry, Incident incident, TicketRecord record, Psa psa, ExecutionFinished verified, CancellationToken cancellationToken)
    {
        var ticket = record.GetTarget("")!;
        var reference = TicketReference.For(incident);
        if (psa.Offers(Psa.Time))
        {
            var run = incident.Execution is { } last && last.ExecutionId == verified.ExecutionId ? last : null;
            var began = (run?.StartedAt ?? entry.ByClock).UtcDateTime;
            var arguments = new Dictionary<string, string>
            {
                ["hours"] = Hours(run, entry),
                ["startedAt"] = began.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["note"] = TicketMessages.Fit($"DevOps AI Bot, {incident.Id}: {verified.ExecutionId} carried out and verified.", 300),
            };
            record = await writer.WriteAsync(
                incident, record, psa, new(TicketWrite.Time, Psa.Time, ticket, arguments, $"{reference}-{entry.Seq}-time", entry.Seq),
                cancellationToken);
        }
        if (!psa.Offers(Psa.Resolve))
            return;
        var task = new TicketTask(
            TicketWrite.Resolve, Psa.Resolve, ticket, new Dictionary<string, string>(), $"{reference}-{entry.Seq}-end", entry.Seq);
        if (record.Settled.Contains(task.OperationId))
            return;
        var before = await calls.ObserveAsync(psa, ticket, cancellationToken);
        if (record.Pending is null && before?.GetValueOrDefault("ticket.closed") == "true")
            return;
        record = await writer.WriteAsync(incident, record, psa, task, cancellationToken);
        if (record.Last?.Outcome == TicketOutcome.Done
            && (await calls.ObserveAsync(psa, ticket, cancellationToken))?.GetValueOrDefault("ticket.closed") == "false")
        {
            await SayOnceAsync(
                incident, psa, $"{psa.Name} took the end of ticket {ticket.Name}, and still says that it is open.", entry.Seq);
        }
    }

    private async Task<TicketRecord> LinkAsync(
        LedgerEntry entry, Incident incident, TicketRecord record, Psa psa, CancellationToken cancellationToken)
    {
        if (record.TicketId is not null)
            return record;
        var reference = TicketReference.For(incident);
        var opening = $"{reference}-open";
        var isOpening = record.Pending?.OperationId == opening;
        var found = await finder.FindByReferenceAsync(psa, reference, cancellationToken);
        if (found.Count > 1)
        {
            await SayOnceAsync(incident, psa, $"{psa.Name} has {found.Count} tickets with the reference {reference}.", entry.Seq);
            return record;
        }
        if (found is [var one])
        {
            if (isOpening)
            {
                var task = Opening(incident, null, reference, entry.Seq);
                record = await writer.SettleAsync(
                    incident, record, psa, task, TicketOutcome.Done, "It was found by its reference.");
            }
            var origin = record.Settled.Contains(opening) ? TicketOrigin.Opened : TicketOrigin.Reference;
            return await LinkOwnAsync(entry, incident, record, psa, one, origin);
        }
        if (isOpening && !writer.IsCertainlyNotDone(opening) && clock.GetUtcNow() < record.PendingSince + TicketWriter.LookAfter)
            throw new PsaUnavailableException($"{psa.Name} did not say whether it opened the ticket; it is looked for again in a moment.");
        if (record.Settled.Contains(opening))
            return await AfterOpeningAsync(entry, incident, record, psa);
        return await FindOrOpenAsync(entry, incident, record, psa, cancellationToken);
    }

    /// <summary>It was opened, or refused, and is not found.</summary>
    private async Task<TicketRecord> AfterOpeningAsync(LedgerEntry entry, Incident incident, TicketRecord record, Psa psa)
    {
        if (record.Last is not { What: TicketWrite.Open, Outcome: TicketOutcome.Done })
            return record;
        if (clock.GetUtcNow() < record.LastAt + FoundWithin)
            throw new PsaUnavailableException($"{psa.Name} opened a ticket and does not find it by its reference yet.");
        await SayOnceAsync(incident, psa, $"{psa.Name} opened a ticket and does not find it by its reference.", entry.Seq);
        return record;
    }

    private async Task<TicketRecord> FindOrOpenAsync(
        LedgerEntry entry, Incident incident, TicketRecord record, Psa psa, CancellationToken cancellationToken)
    {
        var (device, problem) = await finder.FindDeviceAsync(incident, psa, cancellationToken);
        if (device is null)
        {
            if (psa.Use == TicketUse.Full)
                await SayOnceAsync(incident, psa, $"There is no ticket. {problem}", entry.Seq);
            return record;
        }
        if (record.Pending is null && await finder.FindOfDeviceAsync(incident, psa, device, cancellationToken) is { } known
            && await AppendLinkAsync(entry, incident, record, psa, known, TicketOrigin.Device) is { } taken)
            return taken;
        // A plan that opens a ticket itself needs no other beside it.
        var opensItself = incident.PlanInForce.Steps.Any(static step => step.Action.StartsWith("ticket.", StringComparison.Ordinal));
        if (psa.Use != TicketUse.Full || !psa.Offers(Psa.Open) || opensItself || !incident.IsOpen)
            return record;
        var reference = TicketReference.For(incident);
        record = await writer.WriteAsync(incident, record, psa, Opening(incident, device, reference, entry.Seq), cancellationToken);
        if (record.Last?.Outcome != TicketOutcome.Done)
            return record;
        return await finder.FindByReferenceAsync(psa, reference, cancellationToken) is [var opened]
            ? await LinkOwnAsync(entry, incident, record, psa, opened, TicketOrigin.Opened)
            : throw new PsaUnavailableException($"{psa.Name} opened a ticket and does not find it by its reference yet.");
    }

    private static TicketTask Opening(Incident incident, Target? device, string reference, long aboutSeq) => new(
        TicketWrite.Open, Psa.Open, device ?? new("", "device", "", "", ""),
        new Dictionary<string, string>
        {
            ["title"] = TicketMessages.ForTitle(incident),
            ["priority"] = incident.Severity switch { Severity.Critical => "high", Severity.Info => "low", _ => "normal" },
            ["reference"] = reference,
        },
        $"{reference}-open", aboutSeq);

    /// <summary>Links a ticket that carries the reference. Somebody may have merged it into one that another incident has.</summary>
    private async Task<TicketRecord> LinkOwnAsync(
        LedgerEntry entry, Incident incident, TicketRecord record, Psa psa, Target ticket, TicketOrigin origin)
    {
        if (await AppendLinkAsync(entry, incident, record, psa, ticket, origin) is { } linked)
            return linked;
        await SayOnceAsync(incident, psa, $"Ticket {ticket.Name} of {psa.Name} is another incident's already.", entry.Seq);
        return record;
    }

    /// <summary>Null where the ticket is another incident's.</summary>
    private async Task<TicketRecord?> AppendLinkAsync(
        LedgerEntry entry, Incident incident, TicketRecord record, Psa psa, Target ticket, TicketOrigin origin)
    {
        var linked = await writer.LinkAsync(
            incident, record, new TicketLinked(incident.Id, psa.Name, ticket.Id, ticket.Name, origin), entry.Seq);
        if (linked is not null)
            logger.TicketLinked(incident.Id, incident.Tenant, psa.Name);
        return linked;
    }

    private async Task GiveUpAsync(LedgerEntry entry, Incident incident, TicketRecord record, Psa psa)
    {
        if (record.Pending is { } pending && pending.AboutSeq == entry.Seq)
        {
            await writer.AppendAsync(
                incident, record,
                new TicketWritten(
                    incident.Id, psa.Name, pending.OperationId, pending.What, TicketOutcome.GivenUp, "The PSA did not answer for a day."),
                entry.Seq);
        }
    }

    /// <summary>On the incident's record, unless it was the last that was said there.</summary>
    private async Task SayOnceAsync(Incident incident, Psa psa, string problem, long about)
    {
        var said = TicketMessages.Fit(problem, 300);
        logger.TicketTrouble(incident.Id, incident.Tenant, said);
        var record = await writer.ReadAsync(incident.Tenant, incident.Id, CancellationToken.None);
        if (record.Problem is null)
            await writer.AppendAsync(incident, record, new TicketTrouble(incident.Id, psa.Name, said), about);
    }

    private void CheckSwitch(TenantId tenant, Psa psa)
    {
        var step = new PlanStep(
            "Note", Psa.Note, new(psa.Name, "ticket", "", "", ""), new Dictionary<string, string>(), "", [], [], [], null);
        if (killSwitch.GetPauseReason(tenant, new([step]), _ => psa.Connector.Name) is { } why)
            throw new PsaUnavailableException(why);
    }

    /// <summary>As vendors count it: hundredths of an hour, at least one.</summary>
    private static string Hours(Run? run, LedgerEntry entry)
    {
        var taken = run is null ? TimeSpan.Zero : entry.ByClock - run.StartedAt;
        return Math.Clamp(Math.Ceiling((decimal)taken.TotalHours * 100) / 100, 0.01m, 24m).ToString("0.00", CultureInfo.InvariantCulture);
    }
}

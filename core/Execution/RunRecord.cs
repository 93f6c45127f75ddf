using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Execution;

/// <summary>Another instance holds the claim now, or has finished the run: this one must not act or record any more.</summary>
internal sealed class ClaimLostException(string execution) : Exception($"{execution} is not ours any more.");

/// <summary>The run as the ledger has it now.</summary>
internal sealed record Standing(TenantState State, Incident Incident, Run Run);

/// <summary>Writes what a run did, as long as the claim is ours, and does not give up while the ledger is away: the vendor has acted.</summary>
internal sealed class RunRecord(ILedger ledger, TenantStates states, BotInstance self, ExecutionMetrics metrics, TimeProvider clock, ILogger<RunRecord> logger)
{
    public static readonly Actor Executing = Actor.Service("execution");

    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);

    /// <summary>Appends the claim on exactly the state it was decided on; false when something came in between.</summary>
    /// <param name="objection">Why it must not run: the claim is then its end too.</param>
    public async Task<bool> ClaimAsync(
        TenantState state, Incident incident, Due.Run due, DateTimeOffset leaseUntil, Objection? objection, CancellationToken cancellationToken)
    {
        var stream = StreamId.Proposal(incident.Id);
        List<NewEntry> entries = [new(stream, Executing, incident.Correlation, Started(incident, due.Kind, due.ExecutionId, due.Seal, leaseUntil), due.Causation)];
        if (objection is not null)
        {
            var finished = Finished(incident, due.Kind, due.ExecutionId, Summaries.OutcomeOf(objection), Summaries.OfNotBegun(objection), objection.AskAgain, false, null);
            entries.Add(new(stream, Executing, incident.Correlation, finished, due.Causation));
            entries.AddRange(Freezing(state, incident, objection.FreezeBecause, due.Causation));
        }
        // Naming the freeze as well: one that became durable before the claim always wins.
        var result = await ledger.AppendAsync(
            state.Tenant, [new(stream, incident.ProposalVersion), state.VersionOf(StreamId.Freeze)], entries, cancellationToken);
        if (result is not AppendResult.Appended)
            return false;
        if (objection is not null)
            metrics.Ended(due.Kind, Summaries.OutcomeOf(objection), TimeSpan.Zero);
        return true;
    }

    /// <summary>The run as it stands, waiting for the ledger if it is away.</summary>
    /// <exception cref="ClaimLostException">It is not ours any more.</exception>
    public async Task<Standing> StandingAsync(TenantId tenant, string incidentId, string executionId, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var state = await states.GetAsync(tenant, cancellationToken);
                var incident = state.Find(incidentId) ?? throw new ClaimLostException(executionId);
                var run = incident.Execution?.ExecutionId == executionId ? incident.Execution : incident.Undo;
                if (run is null || run.ExecutionId != executionId || run.Outcome is not null || run.Instance != self.Id)
                    throw new ClaimLostException(executionId);
                return new(state, incident, run);
            }
            catch (LedgerUnavailableException problem)
            {
                await PauseAsync(executionId, attempt, problem, cancellationToken);
            }
        }
    }

    public Task RenewAsync(Standing standing, DateTimeOffset leaseUntil) => AppendAsync(standing, now =>
        [Entry(now, Started(now.Incident, now.Run.Kind, now.Run.ExecutionId, now.Incident.SealInForce, leaseUntil))]);

    /// <summary>
    /// Puts on record that an action is about to be sent, on exactly the state that the guard allowed it on: a freeze that became durable
    /// before always wins. False when something came in between, or when nobody can tell; then the state is to be looked at again.
    /// </summary>
    public async Task<bool> AnnounceAsync(Standing standing, StepStarted step, CancellationToken cancellationToken)
    {
        if (standing.Run.Announced.Contains(step.OperationId))
            return true;
        try
        {
            StreamVersion[] expected = [new(StreamId.Proposal(standing.Incident.Id), standing.Incident.ProposalVersion), standing.State.VersionOf(StreamId.Freeze)];
            return await ledger.AppendAsync(standing.State.Tenant, expected, [Entry(standing, step)], cancellationToken) is AppendResult.Appended;
        }
        catch (LedgerUnavailableException problem)
        {
            await PauseAsync(standing.Run.ExecutionId, 1, problem, cancellationToken);
            return false;
        }
    }

    public async Task StepAsync(Standing standing, StepFinished step)
    {
        await AppendAsync(standing, now => now.Run.Steps.Any(known => known.OperationId == step.OperationId) ? [] : [Entry(now, step with { Subject = now.Incident.Opened.Subject })]);
        metrics.StepEnded(step.Outcome, step.Rollback);
        logger.StepEnded(step.OperationId, step.Outcome);
    }

    public async Task FinishAsync(
        Standing standing, ExecutionOutcome outcome, string summary, IReadOnlyList<Change> changes, bool rolledBack, DateTimeOffset? undoUntil, string? freezeBecause = null)
    {
        await AppendAsync(standing, now =>
        {
            var finished = Entry(now, Finished(now.Incident, now.Run.Kind, now.Run.ExecutionId, outcome, summary, changes, rolledBack, undoUntil));
            var stream = StreamId.Incident(now.Incident.Id);
            if (now.Run.Kind == ProposalKind.Undo)
            {
                IEnumerable<NewEntry> reopened = ReopenPolicy.IsDue(now.State, now.Incident, now.Run, outcome)
                    ? [finished with { Stream = stream, Fact = new IncidentReopened(now.Incident.Id) }] : [];
                return [finished, .. reopened, .. Freezing(now.State, now.Incident, freezeBecause, now.Run.StartedSeq)];
            }
            return outcome == ExecutionOutcome.Verified && now.Incident.IsOpen
                ? [finished, finished with { Stream = stream, Fact = new IncidentClosed(now.Incident.Id, "verified") }]
                : [finished, .. Freezing(now.State, now.Incident, freezeBecause, now.Run.StartedSeq)];
        });
        metrics.Ended(standing.Run.Kind, outcome, clock.GetUtcNow() - standing.Run.StartedAt);
        logger.Finished(standing.Run.ExecutionId, outcome);
    }

    private async Task AppendAsync(Standing standing, Func<Standing, IReadOnlyList<NewEntry>> entriesOf)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = await StandingAsync(standing.State.Tenant, standing.Incident.Id, standing.Run.ExecutionId, CancellationToken.None);
            var entries = entriesOf(now);
            if (entries.Count == 0)
                return;
            try
            {
                StreamVersion[] expected =
                [
                    new(StreamId.Proposal(now.Incident.Id), now.Incident.ProposalVersion),
                    new(StreamId.Incident(now.Incident.Id), now.Incident.IncidentVersion),
                ];
                if (await ledger.AppendAsync(now.State.Tenant, expected, entries, CancellationToken.None) is AppendResult.Appended)
                    return;
            }
            catch (LedgerUnavailableException problem)
            {
                await PauseAsync(now.Run.ExecutionId, attempt, problem, CancellationToken.None);
            }
        }
    }

    private Task PauseAsync(string executionId, int attempt, Exception problem, CancellationToken cancellationToken)
    {
        var pause = TimeSpan.FromMilliseconds(Math.Min(100 * Math.Pow(2, Math.Min(attempt, 10)), LongestPause.TotalMilliseconds));
        logger.LedgerAway(executionId, pause, problem);
        return Task.Delay(pause, clock, cancellationToken);
    }

    /// <summary>With the run's end, so that nothing of the tenant runs between the two.</summary>
    private static IEnumerable<NewEntry> Freezing(TenantState state, Incident incident, string? because, long causation) => because is null || state.Freeze is not null
        ? []
        : [new(StreamId.Freeze, Executing, incident.Correlation, new FreezeSet(because) { Cause = FreezeCause.BrokenSeal }, causation)];

    private static NewEntry Entry(Standing now, Fact fact) =>
        new(StreamId.Proposal(now.Incident.Id), Executing, now.Incident.Correlation, fact, now.Run.StartedSeq);

    private Fact Started(Incident incident, ProposalKind kind, string executionId, string seal, DateTimeOffset leaseUntil) => kind == ProposalKind.Undo
        ? new UndoStarted(incident.Id, incident.Staged!.Revision, executionId, seal, self.Id, leaseUntil, Announces: true)
        : new ExecutionStarted(incident.Id, incident.Staged!.Revision, executionId, seal, self.Id, leaseUntil, Announces: true);

    private static Fact Finished(
        Incident incident, ProposalKind kind, string executionId, ExecutionOutcome outcome, string summary,
        IReadOnlyList<Change> changes, bool rolledBack, DateTimeOffset? undoUntil) => kind == ProposalKind.Undo
            ? new UndoFinished(incident.Id, executionId, outcome, summary, changes, incident.Opened.Subject)
            : new ExecutionFinished(incident.Id, executionId, outcome, summary, changes, rolledBack, undoUntil, incident.Opened.Subject);
}

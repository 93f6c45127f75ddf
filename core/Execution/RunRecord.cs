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
internal sealed record RunSnapshot(TenantState State, Proposal Proposal, Run Run);

/// <summary>
/// Writes what a run did, as long as the claim is ours, and does not give up while the ledger is away: the vendor has acted.
/// </summary>
internal sealed class RunRecord(
    ILedger ledger, TenantStates states, BotInstance self, ExecutionMetrics metrics, TimeProvider clock, ILogger<RunRecord> logger,
    ProposalAreas? areas = null)
{
    public static readonly Actor Executing = Actor.Service("execution");

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(5);

    /// <summary>Its effect is what its area records when it ends, so that it needs no plan.</summary>
    public bool IsOwnEffect(Proposal proposal) => GetArea(proposal) is { IsItsOwnEffect: true };

    private IProposalArea? GetArea(Proposal proposal) => (areas ?? ProposalAreas.OnlyIncidents).Find(proposal.Subject);

    /// <summary>Appends the claim on exactly the state it was decided on; false when something came in between.</summary>
    /// <param name="objection">Why it must not run: the claim is then its end too.</param>
    public async Task<bool> ClaimAsync(
        TenantState state, Proposal proposal, Due.Run due, DateTimeOffset leaseUntil, Objection? objection,
        CancellationToken cancellationToken)
    {
        var stream = proposal.Stream;
        List<NewEntry> entries =
            [new(stream, Executing, proposal.Correlation, Started(proposal, due.Kind, due.ExecutionId, due.PlanDigest, leaseUntil),
                due.Causation)];
        if (objection is not null)
        {
            var finished = Finished(proposal, due.Kind, due.ExecutionId, Summaries.GetOutcome(objection), Summaries.OfNotBegun(objection),
                objection.AskAgain, false, null);
            entries.Add(new(stream, Executing, proposal.Correlation, finished, due.Causation));
            entries.AddRange(Freezing(state, proposal, objection.FreezeBecause, due.Causation));
        }
        // Naming the freeze as well: one that became durable before the claim always wins.
        var result = await ledger.AppendAsync(
            state.Tenant, [new(stream, proposal.Version), state.GetVersion(StreamId.Freeze)], entries, cancellationToken);
        if (result is not AppendResult.Appended)
            return false;
        if (objection is not null)
            metrics.Ended(due.Kind, Summaries.GetOutcome(objection), TimeSpan.Zero);
        return true;
    }

    /// <summary>The run as it stands, waiting for the ledger if it is away.</summary>
    /// <exception cref="ClaimLostException">It is not ours any more.</exception>
    public async Task<RunSnapshot> SnapshotAsync(
        TenantId tenant, ProposalSubject subject, string executionId, CancellationToken cancellationToken)
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                var state = await states.GetAsync(tenant, cancellationToken);
                var proposal = state.FindProposal(subject) ?? throw new ClaimLostException(executionId);
                var run = proposal.FindRun(executionId);
                if (run is null || run.Outcome is not null || run.Instance != self.Id)
                    throw new ClaimLostException(executionId);
                return new(state, proposal, run);
            }
            catch (LedgerUnavailableException problem)
            {
                await PauseAsync(executionId, attempt, problem, cancellationToken);
            }
        }
    }

    public Task RenewAsync(RunSnapshot snapshot, DateTimeOffset leaseUntil) => AppendAsync(snapshot, now => ([],
        [Entry(now, Started(now.Proposal, now.Run.Kind, now.Run.ExecutionId, now.Proposal.PlanDigest, leaseUntil))]));

    /// <summary>
    /// Puts on record that an action is about to be sent, on exactly the state that the guard allowed it on: a freeze that became durable
    /// before always wins. False when something came in between, or when nobody can tell; then the state is to be looked at again.
    /// </summary>
    public async Task<bool> AnnounceAsync(RunSnapshot snapshot, StepStarted step, CancellationToken cancellationToken)
    {
        if (snapshot.Run.Announced.Contains(step.OperationId))
            return true;
        try
        {
            StreamVersion[] expected = [new(snapshot.Proposal.Stream, snapshot.Proposal.Version),
                snapshot.State.GetVersion(StreamId.Freeze)];
            return await ledger.AppendAsync(snapshot.State.Tenant, expected, [Entry(snapshot, step)], cancellationToken)
                is AppendResult.Appended;
        }
        catch (LedgerUnavailableException problem)
        {
            await PauseAsync(snapshot.Run.ExecutionId, 1, problem, cancellationToken);
            return false;
        }
    }

    public async Task StepAsync(RunSnapshot snapshot, StepFinished step)
    {
        await AppendAsync(snapshot, now => ([], now.Run.Steps.Any(known => known.OperationId == step.OperationId)
            ? [] : [Entry(now, step with { Subject = now.Proposal.Person })]));
        metrics.StepEnded(step.Outcome, step.Rollback);
        logger.StepEnded(step.OperationId, step.Outcome);
    }

    public async Task FinishAsync(
        RunSnapshot snapshot, ExecutionOutcome outcome, string summary, IReadOnlyList<Change> changes, bool rolledBack,
        DateTimeOffset? undoUntil, string? freezeBecause = null)
    {
        await AppendAsync(snapshot, now =>
        {
            var finished = Finished(now.Proposal, now.Run.Kind, now.Run.ExecutionId, outcome, summary, changes, rolledBack, undoUntil);
            var (expected, entries) = Ending(now, outcome, finished);
            return (expected, [.. entries, .. Freezing(now.State, now.Proposal, freezeBecause, now.Run.StartedSeq)]);
        });
        Ended(snapshot, outcome);
    }

    /// <summary>
    /// Records the effect with the end of the run, on exactly the state that the guard allowed it on. False when something came in between,
    /// or when nobody can tell; then the state is to be looked at again.
    /// </summary>
    public async Task<bool> TakeEffectAsync(RunSnapshot snapshot, string summary, CancellationToken cancellationToken)
    {
        var (state, proposal, run) = snapshot;
        var finished = Finished(proposal, run.Kind, run.ExecutionId, ExecutionOutcome.Verified, summary, [], false, null);
        var (held, entries) = Ending(snapshot, ExecutionOutcome.Verified, finished);
        StreamVersion[] expected =
        [
            new(proposal.Stream, proposal.Version), state.GetVersion(StreamId.Freeze), state.GetVersion(StreamId.Access), .. held,
        ];
        try
        {
            if (await ledger.AppendAsync(state.Tenant, expected, entries, CancellationToken.None) is not AppendResult.Appended)
                return false;
        }
        catch (LedgerUnavailableException problem)
        {
            await PauseAsync(run.ExecutionId, 1, problem, cancellationToken);
            return false;
        }
        Ended(snapshot, ExecutionOutcome.Verified);
        return true;
    }

    /// <summary>The end of a run with what its area records of its subject.</summary>
    private (IReadOnlyList<StreamVersion> Expected, IReadOnlyList<NewEntry> Entries) Ending(
        RunSnapshot now, ExecutionOutcome outcome, Fact finished)
    {
        var after = GetArea(now.Proposal)?.AfterRun(now.State, now.Proposal, now.Run, outcome) ?? Aftermath.Nothing;
        return (after.Expected,
            [Entry(now, finished), .. after.Entries(Executing, now.Proposal.Correlation, now.Run.StartedSeq)]);
    }

    private void Ended(RunSnapshot snapshot, ExecutionOutcome outcome)
    {
        metrics.Ended(snapshot.Run.Kind, outcome, clock.GetUtcNow() - snapshot.Run.StartedAt);
        logger.Finished(snapshot.Run.ExecutionId, outcome);
    }

    private async Task AppendAsync(RunSnapshot snapshot,
        Func<RunSnapshot, (IReadOnlyList<StreamVersion> Expected, IReadOnlyList<NewEntry> Entries)> decide)
    {
        for (var attempt = 1; ; attempt++)
        {
            var now = await SnapshotAsync(
                snapshot.State.Tenant, snapshot.Proposal.Subject, snapshot.Run.ExecutionId, CancellationToken.None);
            var (held, entries) = decide(now);
            if (entries.Count == 0)
                return;
            try
            {
                StreamVersion[] expected = [new(now.Proposal.Stream, now.Proposal.Version), .. held];
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
        var pause = TimeSpan.FromMilliseconds(Math.Min(100 * Math.Pow(2, Math.Min(attempt, 10)), MaxPause.TotalMilliseconds));
        logger.LedgerAway(executionId, pause, problem);
        return Task.Delay(pause, clock, cancellationToken);
    }

    /// <summary>With the run's end, so that nothing of the tenant runs between the two.</summary>
    private static IEnumerable<NewEntry> Freezing(TenantState state, Proposal proposal, string? because, long causation) =>
        because is null || state.Freeze is not null
        ? []
        : [new(StreamId.Freeze, Executing, proposal.Correlation, new FreezeSet(because) { Cause = FreezeCause.BrokenSeal }, causation)];

    private static NewEntry Entry(RunSnapshot now, Fact fact) =>
        new(now.Proposal.Stream, Executing, now.Proposal.Correlation, fact, now.Run.StartedSeq);

    private Fact Started(Proposal proposal, ProposalKind kind, string executionId, string planDigest, DateTimeOffset leaseUntil) =>
        kind == ProposalKind.Undo
        ? new UndoStarted(proposal.Subject, proposal.Staged!.Revision, executionId, planDigest, self.Id, leaseUntil, Announces: true)
        : new ExecutionStarted(proposal.Subject, proposal.Staged!.Revision, executionId, planDigest, self.Id, leaseUntil, Announces: true);

    private static Fact Finished(
        Proposal proposal, ProposalKind kind, string executionId, ExecutionOutcome outcome, string summary,
        IReadOnlyList<Change> changes, bool rolledBack, DateTimeOffset? undoUntil) => kind == ProposalKind.Undo
            ? new UndoFinished(proposal.Subject, executionId, outcome, summary, changes, proposal.Person)
            : new ExecutionFinished(proposal.Subject, executionId, outcome, summary, changes, rolledBack, undoUntil, proposal.Person);
}

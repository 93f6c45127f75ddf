using System.Globalization;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Execution;

/// <summary>One run of a claimed plan, from wherever the record says it stands to its outcome.</summary>
internal sealed class PlanRun(
    RunKey key, RunRecord record, IExecutionGuard guard, VendorCalls calls, TimeProvider clock, ExecutionOptions options, ILogger logger)
{
    /// <summary>Left of the lease when an action is sent, beyond its own time limit; less where the margin is short.</summary>
    private static readonly TimeSpan LeaseReserve = TimeSpan.FromSeconds(30);

    /// <summary>
    /// A renewed lease must be long enough, or it would be renewed for ever: half of a short margin is kept, and there is as much to spare.
    /// </summary>
    private TimeSpan Reserve => options.LeaseMargin / 2 < LeaseReserve ? options.LeaseMargin / 2 : LeaseReserve;

    /// <param name="uncertain">Another process began it: an action that may have been sent already is looked up before anything is
    /// sent.</param>
    /// <exception cref="ClaimLostException">Another instance took over.</exception>
    public async Task GoOnAsync(bool uncertain, CancellationToken cancellationToken)
    {
        while (true)
        {
            var snapshot = await record.SnapshotAsync(key.Tenant, key.Subject, key.ExecutionId, cancellationToken);
            var ended = NextMove.After(snapshot.Run.Plan, snapshot.Run.Steps) switch
            {
                NextMove.Do next => await DoAsync(snapshot, next.Step, uncertain, cancellationToken),
                NextMove.RollBack next => await RollBackAsync(snapshot, next.Step, uncertain, cancellationToken),
                NextMove.Finish finish => new(finish.Outcome, finish.RolledBack),
                _ => throw new InvalidOperationException("A move nobody knows."),
            };
            if (ended is { Outcome: ExecutionOutcome.Verified } && record.IsOwnEffect(snapshot.Proposal)
                && snapshot.Run.Plan.Steps.Count == 0)
            {
                await TakeEffectAsync(cancellationToken);
                return;
            }
            if (ended is not null)
            {
                await FinishAsync(snapshot, ended, cancellationToken);
                return;
            }
            uncertain = false;
        }
    }

    private async Task<Ending?> DoAsync(RunSnapshot snapshot, int index, bool uncertain, CancellationToken cancellationToken)
    {
        var step = snapshot.Run.Plan.Steps[index];
        var operation = $"{key.ExecutionId}-{index.ToString(CultureInfo.InvariantCulture)}";
        if (uncertain && snapshot.Run.MayHaveSent(operation)
            && await calls.ReconcileAsync(step, rollback: false, operation, "The bot was restarted in the middle of it.", cancellationToken)
                is { Outcome: not null } sent)
        {
            return await RecordAsync(snapshot, index, rollback: false, operation, sent);
        }
        if (index == 0)
        {
            if (await DriftAsync(snapshot, cancellationToken) is { } drifted)
                return drifted;
        }
        else if (await NotReadyAsync(step, cancellationToken) is { } notReady)
        {
            return await RecordAsync(snapshot, index, rollback: false, operation, new(StepOutcome.Skipped, notReady));
        }
        return await CarryOutAsync(snapshot, index, rollback: false, operation, cancellationToken);
    }

    private async Task<Ending?> RollBackAsync(RunSnapshot snapshot, int index, bool uncertain, CancellationToken cancellationToken)
    {
        var step = snapshot.Run.Plan.Steps[index];
        var operation = $"{key.ExecutionId}-{index.ToString(CultureInfo.InvariantCulture)}-r";
        if (uncertain && snapshot.Run.MayHaveSent(operation)
            && await calls.ReconcileAsync(step, rollback: true, operation, "The bot was restarted in the middle of it.", cancellationToken)
                is { Outcome: not null } sent)
        {
            return await RecordAsync(snapshot, index, rollback: true, operation, sent);
        }
        return await CarryOutAsync(snapshot, index, rollback: true, operation, cancellationToken);
    }

    /// <summary>
    /// Acts until the outcome is certain, known to be unknown, or past its deadline. Every single attempt asks the guard first.
    /// </summary>
    private async Task<Ending?> CarryOutAsync(
        RunSnapshot snapshot, int index, bool rollback, string operation, CancellationToken cancellationToken)
    {
        var step = snapshot.Run.Plan.Steps[index];
        var window = new RetryWindow(clock, options.RetryFor);
        for (var attempt = 1; ; attempt++)
        {
            if (await AnnounceAsync(index, rollback, operation, cancellationToken) is { } objection)
                return Refused(objection,
                    nothingSent: index == 0 && !rollback && attempt == 1 && !snapshot.Run.MayHaveSent(operation), rollback);
            var result = await calls.ActAsync(step, rollback, operation);
            Failpoints.Hit(rollback ? Failpoint.RollbackActed : Failpoint.StepActed);
            var settled = result switch
            {
                CallOutcome<ActionReceipt>.Done done => await calls.ReadBackAsync(step, rollback, done.Value.Detail, cancellationToken),
                CallOutcome<ActionReceipt>.Refused refused => new(StepOutcome.Failed, VendorCalls.Short($"Refused: {refused.Message}")),
                CallOutcome<ActionReceipt>.NotDone notDone => new(null, notDone.Message, notDone.TryAgainIn),
                CallOutcome<ActionReceipt>.Unknown unknown =>
                    await calls.ReconcileAsync(step, rollback, operation, unknown.Message, cancellationToken),
                _ => throw new InvalidOperationException("An outcome nobody knows."),
            };
            var pause = settled.TryAgainIn ?? calls.Backoff(attempt);
            if (settled.Outcome is null && (attempt >= options.Attempts || !window.Allows(pause)))
                settled = new(StepOutcome.Failed, VendorCalls.Short($"Certainly not done after {attempt} attempts: {settled.Detail}"));
            if (settled.Outcome is not null)
            {
                if (!rollback)
                    Failpoints.Hit(Failpoint.StepObserved);
                return await RecordAsync(snapshot, index, rollback, operation, settled);
            }
            logger.TryingAgain(operation, attempt, pause);
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>What was begun and may not go on is for a person, also where gates would ask again: some of it may be done.</summary>
    private static Ending Refused(Objection objection, bool nothingSent, bool rollback)
    {
        if (rollback)
            return new(ExecutionOutcome.Failed, false, $"Nothing was taken back: {objection.Message}")
                { FreezeBecause = objection.FreezeBecause };
        return nothingSent && objection.AskAgain.Count > 0
            ? new(ExecutionOutcome.Drifted, false, objection.Message, objection.AskAgain)
            : new(ExecutionOutcome.Stopped, false, objection.Message) { FreezeBecause = objection.FreezeBecause };
    }

    /// <summary>Why the action must not be sent now; null when it may be, and the record says that it is about to be.</summary>
    private async Task<Objection?> AnnounceAsync(int index, bool rollback, string operation, CancellationToken cancellationToken)
    {
        while (true)
        {
            var snapshot = await record.SnapshotAsync(key.Tenant, key.Subject, key.ExecutionId, cancellationToken);
            if (await guard.CheckAsync(
                snapshot.State, snapshot.Proposal, snapshot.Run.Plan, new(index, rollback, operation), cancellationToken) is { } objection)
                return objection;
            await KeepLeaseAsync(snapshot, snapshot.Run.Plan.Steps[index], rollback);
            Failpoints.Hit(rollback ? Failpoint.RollbackStarting : Failpoint.StepStarting);
            if (!await record.AnnounceAsync(snapshot, new(key.Subject, key.ExecutionId, index, rollback, operation), cancellationToken))
                continue;
            // Recording that may have taken long: nothing is sent under a lease that another bot may by now take for ended, nor where
            // somebody froze the tenant or took a role meanwhile.
            var seen = snapshot.State;
            snapshot = await record.SnapshotAsync(key.Tenant, key.Subject, key.ExecutionId, cancellationToken);
            if (!HasTimeFor(snapshot, snapshot.Run.Plan.Steps[index], rollback)
                || seen.GetVersion(StreamId.Freeze) != snapshot.State.GetVersion(StreamId.Freeze)
                || seen.GetVersion(StreamId.Access) != snapshot.State.GetVersion(StreamId.Access))
            {
                continue;
            }
            Failpoints.Hit(rollback ? Failpoint.RollbackAnnounced : Failpoint.StepAnnounced);
            return null;
        }
    }

    /// <summary>Reads again what the plan rests on. Null when it still holds.</summary>
    private async Task<Ending?> DriftAsync(RunSnapshot snapshot, CancellationToken cancellationToken)
    {
        var conditions = Drift.StartingConditions(snapshot.Run.Plan).ToList();
        foreach (var target in conditions.Select(pair => pair.Target).Distinct())
        {
            var (seen, problem) = await calls.ObserveWithRetryAsync(target, cancellationToken);
            if (seen is null)
                return new(ExecutionOutcome.Failed, false, $"{target.Name} could not be looked at: {problem}");
        }
        var changes = Drift.For(conditions, calls.LastReading, ObservedBefore(snapshot));
        Failpoints.Hit(Failpoint.DriftChecked);
        return changes.Count == 0 ? null : new(ExecutionOutcome.Drifted, false, null, changes);
    }

    /// <summary>Why the preconditions of a later step do not hold when its turn comes; null when they do.</summary>
    private async Task<string?> NotReadyAsync(PlanStep step, CancellationToken cancellationToken)
    {
        if (step.Preconditions.Count == 0)
            return null;
        var (seen, problem) = await calls.ObserveWithRetryAsync(step.Target, cancellationToken);
        if (seen is null)
            return $"Not begun: {step.Target.Name} could not be looked at: {problem}";
        var open = step.Preconditions.Where(condition => condition.Holds(seen) != true)
            .Select(condition => VendorCalls.Expectation(condition, seen)).ToList();
        return open.Count == 0 ? null : VendorCalls.Short($"Not begun: {string.Join(", ", open)}.");
    }

    private async Task KeepLeaseAsync(RunSnapshot snapshot, PlanStep step, bool rollback)
    {
        if (HasTimeFor(snapshot, step, rollback))
            return;
        var lease = calls.LeaseFor(snapshot.Run.Plan);
        var needed = calls.GetTimeout(step, rollback) + Reserve + Reserve;
        await record.RenewAsync(snapshot, clock.GetUtcNow() + (lease > needed ? lease : needed));
        Failpoints.Hit(Failpoint.ExecutionRenewed);
    }

    /// <summary>Whether the lease outlasts the action, with the reserve.</summary>
    private bool HasTimeFor(RunSnapshot snapshot, PlanStep step, bool rollback) =>
        clock.GetUtcNow() + calls.GetTimeout(step, rollback) + Reserve <= snapshot.Run.LeaseUntil;

    private async Task<Ending?> RecordAsync(RunSnapshot snapshot, int index, bool rollback, string operation, Settled settled)
    {
        var outcome = settled.Outcome ?? throw new ArgumentException("Only what is settled is recorded.", nameof(settled));
        await record.StepAsync(snapshot, new(key.Subject, key.ExecutionId, index, rollback, operation, outcome, settled.Detail));
        Failpoints.Hit(rollback ? Failpoint.RollbackRecorded : Failpoint.StepRecorded);
        return null;
    }

    private async Task FinishAsync(RunSnapshot snapshot, Ending ending, CancellationToken cancellationToken)
    {
        var run = snapshot.Run;
        var changes = ending.Changes ?? await ChangesAsync(snapshot, ending.RolledBack, cancellationToken);
        var undoable = ending.Outcome == ExecutionOutcome.Verified && run.Kind == ProposalKind.Remedy && run.Plan.Steps.Count > 0
            && run.Plan.Steps.All(step => step.Rollback is not null);
        Failpoints.Hit(Failpoint.ExecutionFinishing);
        await record.FinishAsync(
            snapshot, ending.Outcome, Summaries.For(run, ending.Outcome, ending.RolledBack, ending.Note), changes, ending.RolledBack,
            undoable ? clock.GetUtcNow() + options.UndoFor : null, ending.FreezeBecause);
        Failpoints.Hit(Failpoint.ExecutionFinished);
    }

    /// <summary>
    /// What its area records is the effect, so the guard is asked right before it as before an action, whoever claimed the run, and what it
    /// looked at is held.
    /// </summary>
    private async Task TakeEffectAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var snapshot = await record.SnapshotAsync(key.Tenant, key.Subject, key.ExecutionId, cancellationToken);
            if (await guard.CheckAsync(snapshot.State, snapshot.Proposal, snapshot.Run.Plan, null, cancellationToken) is { } objection)
            {
                await FinishAsync(snapshot, Refused(objection, nothingSent: true, rollback: false), cancellationToken);
                return;
            }
            Failpoints.Hit(Failpoint.ExecutionFinishing);
            var summary = Summaries.For(snapshot.Run, ExecutionOutcome.Verified, rolledBack: false, note: null);
            if (!await record.TakeEffectAsync(snapshot, summary, cancellationToken))
                continue;
            Failpoints.Hit(Failpoint.ExecutionFinished);
            return;
        }
    }

    /// <summary>What the steps were to change, side by side: as it was when the plan was proposed, and as it is read now.</summary>
    private async Task<IReadOnlyList<Change>> ChangesAsync(RunSnapshot snapshot, bool readAgain, CancellationToken cancellationToken)
    {
        var begun = snapshot.Run.Steps.Where(step => !step.Rollback && step.Outcome != StepOutcome.Skipped)
            .Select(step => snapshot.Run.Plan.Steps[step.Step]).ToList();
        foreach (var target in begun.Select(step => step.Target).Distinct()
            .Where(target => readAgain || calls.LastReading(target).Count == 0))
            await calls.LookAsync(target, cancellationToken);
        return [.. begun
            .SelectMany(step =>
                step.Verifications.Select(
                    condition => Drift.GetChange(step.Target, condition, calls.LastReading(step.Target), ObservedBefore(snapshot))))
            .Distinct()];
    }

    private static IReadOnlyDictionary<string, string> ObservedBefore(RunSnapshot snapshot) => snapshot.Proposal.Staged!.Observed;

    /// <summary>Why a run goes no further, for its outcome.</summary>
    private sealed record Ending(ExecutionOutcome Outcome, bool RolledBack, string? Note = null, IReadOnlyList<Change>? Changes = null)
    {
        public string? FreezeBecause { get; init; }
    }
}

/// <summary>Which run of which proposal.</summary>
internal sealed record RunKey(TenantId Tenant, ProposalSubject Subject, string ExecutionId);

using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Execution;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Taking a verified execution back: a proposal of its own, with the press of an approver. Pure.</summary>
internal static class Undos
{
    public static Outcome Request(TenantState state, RequestUndo command, IReadOnlySet<Role> roles, DateTimeOffset now, DecisionContext rules)
    {
        var incident = state.Find(command.IncidentId);
        if (DecisionRules.WhyNoRole(state, incident, roles) is { } stranger)
            return new Outcome.Unchanged(stranger);
        if (incident is null)
            return new Outcome.Unchanged(DecisionRules.Unknown(state, command.IncidentId));
        if (!roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(incident, Refusal.NotAllowed, $"Only approvers and administrators of {state.Name} may undo {incident.Id}.");
        if (WhyNotPossible(incident, now) is { } refused)
            return new Outcome.Unchanged(refused);
        if (state.Freeze is { } freeze)
            return Outcome.Refuse(incident, Refusal.Frozen, Freezes.Sentence(state.Name, freeze));
        var run = incident.Execution!;
        var inverse = Inverse(run, rules.Find, out var problem);
        if (problem is not null)
            return Outcome.Refuse(incident, Refusal.NotPossible, $"{incident.Id} cannot be undone: {problem}");
        return rules.WhyPaused(state, inverse) is { } paused
            ? Outcome.Refuse(incident, Refusal.Frozen, $"{paused} Nothing was asked for; undo {incident.Id} when the pause is over.")
            : Stage(state, incident, command, inverse, run.UndoUntil!.Value, now, rules);
    }

    /// <summary>The steps that were applied, in reverse, each by the rollback that it names.</summary>
    public static Plan Inverse(Run run, FindAction find, out string? problem)
    {
        problem = null;
        var steps = new List<PlanStep>();
        var applied = run.Steps.Where(step => step is { Rollback: false, Outcome: StepOutcome.Applied }).Select(step => step.Step).ToHashSet();
        for (var index = run.Plan.Steps.Count - 1; index >= 0; index--)
        {
            var step = run.Plan.Steps[index];
            if (!applied.Contains(index) || (step.Rollback is null && find(step.Target, step.Action)?.BlastRadius == BlastRadius.Nothing))
                continue;
            if (step.Rollback is not { } rollback || find(step.Target, rollback) is not { } action)
            {
                problem ??= $"there is no way back for \"{Sentences.Said(step.Title)}\".";
                continue;
            }
            steps.Add(Inverse(step, action));
        }
        if (steps.Count == 0)
            problem ??= "nothing was changed.";
        return new(steps);
    }

    private static PlanStep Inverse(PlanStep step, ActionSpec action) => new(
        action.Title,
        action.Name,
        step.Target,
        step.Arguments,
        ActionCalls.Command(action, step.Target, step.Arguments),
        Editable: [],
        Preconditions: step.Verifications,
        Verifications: TakenBack.ConditionsOf(step),
        action.Rollback);

    private static Answer? WhyNotPossible(Incident incident, DateTimeOffset now)
    {
        var id = incident.Id;
        if (incident.Execution is not { } run)
            return new(incident, Refusal.NotPossible, $"{id} was never executed, so there is nothing to undo.");
        var undo = incident.Undo is { } earlier && incident.IsEarlier(earlier) ? null : incident.Undo;
        if (undo is { Outcome: ExecutionOutcome.Verified, FinishedAt: { } undone })
            return new(incident, Refusal.AlreadyDecided, $"{id} was undone already at {Sentences.Utc(undone)}{(incident.Staged?.Kind == ProposalKind.Undo ? $", as {Requester(incident)} asked" : "")}.");
        if (incident.Staged?.Kind == ProposalKind.Undo && incident.IsUndecided)
            return new(incident, Refusal.AlreadyDecided, $"Undoing {id} waits for approval already; {Requester(incident)} asked for it at {Sentences.Utc(incident.StagedAt)}.");
        if (incident.Staged?.Kind == ProposalKind.Undo && incident.Phase is (ProposalPhase.Approved or ProposalPhase.Undoing))
            return new(incident, Refusal.AlreadyDecided, $"{id} is being undone, as {Requester(incident)} asked at {Sentences.Utc(incident.StagedAt)}.");
        if (run.Outcome is null || incident.Phase is ProposalPhase.Approved or ProposalPhase.Executing)
            return new(incident, Refusal.NotPossible, $"{id} is still being carried out; wait for its outcome.");
        if (undo?.Outcome is ExecutionOutcome.Failed or ExecutionOutcome.Unknown or ExecutionOutcome.Stopped)
            return new(incident, Refusal.NotPossible, $"Undoing {id} was tried and did not end well; look at its outcome and see to it yourself.");
        if (run.Outcome != ExecutionOutcome.Verified || incident.Phase != ProposalPhase.Verified)
            return new(incident, Refusal.NotPossible, $"Only what was done and verified can be undone; {id} was not. Look at the device yourself.");
        if (run.UndoUntil is not { } until)
            return new(incident, Refusal.NotPossible, $"{id} cannot be undone: its actions have no way back.");
        return until <= now
            ? new(incident, Refusal.NotPossible, $"It is too late to undo {id}: that was possible until {Sentences.Utc(until)}.")
            : null;
    }

    private static Outcome.Append Stage(
        TenantState state, Incident incident, RequestUndo command, Plan inverse, DateTimeOffset until, DateTimeOffset now, DecisionContext rules)
    {
        var terms = GateLevels.Compute(rules.Policy, new(GateArea.Undo, incident.Severity, inverse, now) { NotAfter = until }, rules.Find);
        var staged = Stagings.Stage(
            incident, Stagings.NextRevision(incident), ProposalKind.Undo, command.By.AsActor(), inverse, Observed(inverse, incident.Execution!),
            // Where a press is not enough, it is not the requester's own second press that makes it enough.
            terms with { NotTheRequester = true }, rules.Find, rules.NewNonce());
        var sentence = terms.Level switch
        {
            GateLevel.L0 or GateLevel.L1 => $"{incident.Id} is being undone.",
            GateLevel.L2 => $"Undoing {incident.Id} needs {Sentences.Count(terms.Approvals, "approval")} by somebody other than you; it waits until {Sentences.Utc(terms.ExpiresAt)}.",
            _ => $"{incident.Id} can only be undone by hand: {Sentences.Said(terms.Reasons[0])}",
        };
        return new(
            [new(StreamId.Proposal(incident.Id), incident.ProposalVersion), state.VersionOf(StreamId.Freeze), state.VersionOf(StreamId.Access)],
            [new(StreamId.Proposal(incident.Id), command.By.AsActor(), incident.Correlation, staged, incident.Execution!.StartedSeq)],
            sentence);
    }

    /// <summary>What the undo rests on: as it was read after the remedy, or as far as the verified remedy left no doubt about it.</summary>
    private static Dictionary<string, string> Observed(Plan inverse, Run remedy)
    {
        var observed = new Dictionary<string, string>();
        foreach (var step in inverse.Steps)
        {
            foreach (var condition in step.Preconditions)
            {
                var key = $"{step.Target.Name} {condition.Observation}";
                if (remedy.Changes.FirstOrDefault(change => change.What == key) is { } change)
                    observed[key] = change.Now;
                else if (condition.Operator == "==")
                    observed[key] = condition.Value;
            }
        }
        return observed;
    }

    private static string Requester(Incident incident) => Sentences.Said(incident.Staged!.Requester.Name);
}

internal sealed class RequestUndoHandler(Recorder recorder, IAccess access, GatePolicies policies, Catalogue catalogue, KillSwitch killSwitch, TimeProvider clock, IExecutionHold? hold = null)
    : IRequestHandler<RequestUndo, Answer>
{
    public Task<Answer> Handle(RequestUndo request, CancellationToken cancellationToken)
    {
        var rules = DecisionContext.Of(request.Tenant, policies, catalogue, killSwitch, clock, hold);
        return recorder.RecordAsync(
            request.Tenant,
            request.IncidentId,
            state =>
            {
                var now = clock.GetUtcNow();
                return Undos.Request(state, request, access.RolesOf(state, request.By.ObjectId), now, rules).WithClock(now);
            },
            null,
            cancellationToken);
    }
}

using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Taking a verified execution back: a proposal of its own, with the press of an approver. Pure.</summary>
internal static class UndoRules
{
    public static Outcome Request(TenantState state, RequestUndo command, IReadOnlySet<Role> roles, DateTimeOffset now,
        DecisionContext rules)
    {
        var proposal = state.FindProposal(command.Subject);
        if (DecisionRules.CheckRole(state, proposal, roles) is { } stranger)
            return new Outcome.Unchanged(stranger);
        if (proposal is null)
            return new Outcome.Unchanged(DecisionRules.Unknown(state, command.Subject));
        if (!roles.Contains(Role.Approver) && !roles.Contains(Role.Administrator))
            return Outcome.Refuse(proposal, Refusal.NotAllowed,
                $"Only approvers and administrators of {state.Name} may undo {proposal.Subject}.");
        if (CheckPossible(proposal, now) is { } refused)
            return new Outcome.Unchanged(refused);
        if (state.Freeze is { } freeze)
            return Outcome.Refuse(proposal, Refusal.Frozen, FreezeRules.Describe(state.Name, freeze));
        var run = proposal.Execution!;
        var inverse = Inverse(run, rules.Find, out var problem);
        if (problem is not null)
            return Outcome.Refuse(proposal, Refusal.NotPossible, $"{proposal.Subject} cannot be undone: {problem}");
        return rules.WhyPaused(state, inverse) is { } paused
            ? Outcome.Refuse(proposal, Refusal.Frozen, $"{paused} Nothing was asked for; undo {proposal.Subject} when the pause is over.")
            : Stage(state, proposal, command, inverse, run.UndoUntil!.Value, now, rules);
    }

    /// <summary>The steps that were applied, in reverse, each by the rollback that it names.</summary>
    public static Plan Inverse(Run run, FindAction find, out string? problem)
    {
        problem = null;
        var steps = new List<PlanStep>();
        var applied = run.Steps.Where(step => step is { Rollback: false, Outcome: StepOutcome.Applied }).Select(step => step.Step)
            .ToHashSet();
        for (var index = run.Plan.Steps.Count - 1; index >= 0; index--)
        {
            var step = run.Plan.Steps[index];
            if (!applied.Contains(index) || (step.Rollback is null && find(step.Target, step.Action)?.BlastRadius == BlastRadius.Nothing))
                continue;
            if (step.Rollback is not { } rollback || find(step.Target, rollback) is not { } action)
            {
                problem ??= $"there is no way back for \"{GateMessages.Said(step.Title)}\".";
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
        Verifications: TakenBack.GetConditions(step),
        action.Rollback);

    private static RequestResult? CheckPossible(Proposal proposal, DateTimeOffset now)
    {
        var id = proposal.Subject.ToString();
        if (proposal.Execution is not { } run)
            return new(proposal, Refusal.NotPossible, $"{id} was never executed, so there is nothing to undo.");
        var undo = proposal.Undo is { } earlier && proposal.IsEarlier(earlier) ? null : proposal.Undo;
        if (undo is { Outcome: ExecutionOutcome.Verified, FinishedAt: { } undone })
            return new(proposal, Refusal.AlreadyDecided,
                $"{id} was undone already at {GateMessages.Utc(undone)}{(proposal.Staged?.Kind == ProposalKind.Undo ? $", as "
                + $"{Requester(proposal)} asked" : "")}.");
        if (proposal.Staged?.Kind == ProposalKind.Undo && proposal.IsUndecided)
            return new(proposal, Refusal.AlreadyDecided,
                $"Undoing {id} waits for approval already; {Requester(proposal)} asked for it at {GateMessages.Utc(proposal.StagedAt)}.");
        if (proposal.Staged?.Kind == ProposalKind.Undo && proposal.Phase is (ProposalPhase.Approved or ProposalPhase.Undoing))
            return new(proposal, Refusal.AlreadyDecided,
                $"{id} is being undone, as {Requester(proposal)} asked at {GateMessages.Utc(proposal.StagedAt)}.");
        if (run.Outcome is null || proposal.Phase is ProposalPhase.Approved or ProposalPhase.Executing)
            return new(proposal, Refusal.NotPossible, $"{id} is still being carried out; wait for its outcome.");
        if (undo?.Outcome is ExecutionOutcome.Failed or ExecutionOutcome.Unknown or ExecutionOutcome.Stopped)
            return new(proposal, Refusal.NotPossible,
                $"Undoing {id} was tried and did not end well; look at its outcome and see to it yourself.");
        if (run.Outcome != ExecutionOutcome.Verified || proposal.Phase != ProposalPhase.Verified)
            return new(proposal, Refusal.NotPossible,
                $"Only what was done and verified can be undone; {id} was not. Look at the device yourself.");
        if (run.UndoUntil is not { } until)
            return new(proposal, Refusal.NotPossible, $"{id} cannot be undone: its actions have no way back.");
        return until <= now
            ? new(proposal, Refusal.NotPossible, $"It is too late to undo {id}: that was possible until {GateMessages.Utc(until)}.")
            : null;
    }

    private static Outcome.Append Stage(
        TenantState state, Proposal proposal, RequestUndo command, Plan inverse, DateTimeOffset until, DateTimeOffset now,
        DecisionContext rules)
    {
        var terms = GateLevels.Compute(rules.Policy, new(GateArea.Undo, proposal.Severity, inverse, now) { NotAfter = until }, rules.Find);
        var staged = ProposalStaging.Stage(
            proposal, proposal.NextRevision, ProposalKind.Undo, command.By.AsActor(), inverse, Observed(proposal, inverse),
            // Where a press is not enough, it is not the requester's own second press that makes it enough.
            terms with { NotTheRequester = true }, rules.Find, rules.NewNonce());
        var message = terms.Level switch
        {
            GateLevel.L0 or GateLevel.L1 => $"{proposal.Subject} is being undone.",
            GateLevel.L2 =>
                $"Undoing {proposal.Subject} needs {GateMessages.Count(terms.Approvals, "approval")} by somebody other than you; it waits "
                + $"until {GateMessages.Utc(terms.ExpiresAt)}.",
            _ => $"{proposal.Subject} can only be undone by hand: {GateMessages.Said(terms.Reasons[0])}",
        };
        return new(
            [new(proposal.Stream, proposal.Version), state.GetVersion(StreamId.Freeze), state.GetVersion(StreamId.Access)],
            [new(proposal.Stream, command.By.AsActor(), proposal.Correlation, staged, proposal.Execution!.StartedSeq)],
            message);
    }

    /// <summary>
    /// What the undo rests on: as it was read after the remedy, or as far as the verified remedy left no doubt about it; and what was asked
    /// for, which no alert says.
    /// </summary>
    private static Dictionary<string, string> Observed(Proposal proposal, Plan inverse)
    {
        var remedy = proposal.Execution!;
        var observed = proposal.Subject.IsIncident
            ? new Dictionary<string, string>()
            : new Dictionary<string, string>(proposal.Staged!.Observed);
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

    private static string Requester(Proposal proposal) => GateMessages.Said(proposal.Staged!.Requester.Name);
}

internal sealed class RequestUndoHandler(DecisionService recorder, IAccess access, DecisionContexts contexts, TimeProvider clock)
    : IRequestHandler<RequestUndo, RequestResult>
{
    public Task<RequestResult> Handle(RequestUndo request, CancellationToken cancellationToken)
    {
        var rules = contexts.For(request.Tenant);
        return recorder.RecordAsync(
            request.Tenant,
            request.Subject,
            state =>
            {
                var now = clock.GetUtcNow();
                return UndoRules.Request(state, request, access.GetRoles(state, request.By.ObjectId), now, rules).WithClock(now);
            },
            null,
            request.Seen,
            cancellationToken);
    }
}

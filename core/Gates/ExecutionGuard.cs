using DevOpsAI.Execution;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Gates;

/// <summary>
/// Decides again, from the record and not from anybody's word, whether a plan has its right: seal, level, decisions, freeze, kill switch.
/// What it cannot find out is a no.
/// </summary>
internal sealed class ExecutionGuard(GatePolicies policies, Catalogue catalogue, KillSwitch killSwitch, TimeProvider clock, ILogger<ExecutionGuard> logger)
    : IExecutionGuard
{
    public ValueTask<string?> WhyNotAsync(TenantState state, Incident incident, Plan plan, CancellationToken cancellationToken)
    {
        var why = WhyNot(state, incident, plan);
        if (why is not null)
            logger.NotExecuted(incident.Id, state.Tenant, why);
        return new(why);
    }

    private string? WhyNot(TenantState state, Incident incident, Plan plan)
    {
        if (state.Tenant != incident.Tenant)
            return "The incident is another tenant's.";
        if (killSwitch.WhyPaused(state.Tenant, plan, connection => catalogue.ConnectorOf(state.Tenant, connection)) is { } paused)
            return paused;
        if (state.Freeze is { } freeze)
            return Freezes.Sentence(state.Name, freeze);
        var policy = policies.For(state.Tenant);
        return policy.WhyFrozen(clock.GetUtcNow()) ?? Rights.WhyNot(state, incident, plan, policy, catalogue.Of(state.Tenant));
    }
}

/// <summary>Whether the record gives a plan the right to run. Pure.</summary>
internal static class Rights
{
    public static string? WhyNot(TenantState state, Incident incident, Plan plan, GatePolicy policy, FindAction find)
    {
        if (incident.Staged is not { } staged || plan.Steps.Count == 0)
            return "There is no plan at a gate.";
        if (incident.Phase is not (IncidentPhase.Approved or IncidentPhase.Executing or IncidentPhase.Undoing))
            return "Nothing approved waits to be carried out.";
        if (Seals.Compute(state.Tenant, staged, staged.Plan) != staged.Seal || Seals.Compute(state.Tenant, staged, plan) != incident.SealInForce)
            return "The seal is broken: the plan is not the one that was shown.";
        var area = staged.Kind == ProposalKind.Undo ? GateArea.Undo : GateArea.Operations;
        var floor = GateLevels.Floor(plan, area, find);
        if (staged.Terms.Level == GateLevel.L3 || floor == GateLevel.L3)
            return "This is for people only (L3); the bot never carries it out.";
        if (floor > staged.Terms.Level)
            return $"Its actions need {floor} at least, but it was staged at {staged.Terms.Level}.";
        return staged.Terms.Level == GateLevel.L2 ? WhyNotApproved(incident, staged) : WhyNotByItself(state, incident, staged, policy, find);
    }

    private static string? WhyNotByItself(TenantState state, Incident incident, ProposalStaged staged, GatePolicy policy, FindAction find)
    {
        if (staged.Kind == ProposalKind.Undo)
            return staged.Requester.Kind == ActorKind.Person ? null : "Only a person may take a remedy back.";
        var weight = GateLevels.WeightOf(staged.Plan, find);
        if (weight == 0)
            return null;
        // Two small changes staged at the same instant did not see each other. In the order of the ledger, everybody sees which was too much.
        var earlier = Stagings.EarlierWeight(state, incident, incident.StagedSeq, incident.StagedAt - policy.Chain.Window, find);
        return weight + earlier > policy.Chain.Weight ? GateLevels.TooMuch(policy.Chain, weight, earlier) : null;
    }

    private static string? WhyNotApproved(Incident incident, ProposalStaged staged)
    {
        if (incident.Decisions.LastOrDefault(decision => decision.Fact.Complete) is not { } last)
            return "Nobody has approved it.";
        if (last.Fact.Kind is not (DecisionKind.Approve or DecisionKind.ApproveWithEdits))
            return $"{Sentences.Said(last.By.Name)} did not approve it.";
        if (last.Fact.Owed is not null)
            return WhyNotAlone(incident, staged, last);
        var approvals = incident.Decisions.Where(decision =>
            decision.Fact.Revision == staged.Revision
            && decision.By.Kind == ActorKind.Person
            && (decision.Fact.Kind == DecisionKind.Approve ? decision.Fact.Seal == staged.Seal
                : decision.Fact.Kind == DecisionKind.ApproveWithEdits && staged.Terms.Approvals == 1 && decision.Fact.Seal == incident.SealInForce)
            && !(staged.Terms.NotTheRequester && (staged.Requester.IsSame(decision.By.Id) || staged.Requester.IsSame(decision.Fact.InTheNameOf?.Id ?? "")))).ToList();
        // Different people, and different rights: nobody counts for themselves and for who is absent as well.
        var people = Math.Min(Different(approvals.Select(decision => decision.By.Id)), Different(approvals.Select(decision => (decision.Fact.InTheNameOf ?? decision.By).Id)));
        if (people < staged.Terms.Approvals)
            return $"It needs {Sentences.Count(staged.Terms.Approvals, "approval")} by people who may give them and has {people}.";
        return last.ByClock > ProposalTimes.ExpiresAt(incident) ? "It was approved after it had expired." : null;
    }

    /// <summary>The terms that were sealed let somebody act alone on exactly this plan.</summary>
    private static string? WhyNotAlone(Incident incident, ProposalStaged staged, Decision last)
    {
        if (staged.Terms.BreakGlass is null || staged.NeedsReview || last.By.Kind != ActorKind.Person || last.Fact.Seal != staged.Seal || last.Fact.Revision != staged.Revision)
            return "Nobody may act alone on it.";
        return last.ByClock > ProposalTimes.ExpiresAt(incident) ? "The glass was broken after it had expired." : null;
    }

    private static int Different(IEnumerable<string> ids) => ids.Distinct(StringComparer.OrdinalIgnoreCase).Count();
}

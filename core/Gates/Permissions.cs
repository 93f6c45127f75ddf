using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What holds at the instant a plan is to be carried out.</summary>
/// <param name="RolesOf">The roles that a person has now, whatever they had when they decided.</param>
internal sealed record PermissionsNow(GatePolicy Policy, FindAction Find, Func<PersonId, IReadOnlySet<Role>> RolesOf, DateTimeOffset At)
{
    public ProposalAreas Areas { get; init; } = ProposalAreas.OnlyIncidents;
}

/// <summary>Whether the record gives a plan the right to run as things are now. Pure.</summary>
internal static class Permissions
{
    public static Objection? Check(TenantState state, Proposal proposal, Plan plan, PermissionsNow now)
    {
        if (now.Areas.Find(proposal.Subject) is not { } area)
            return new($"No part of this version of the bot decides about {proposal.Subject}.");
        var isOwnEffect = area.IsItsOwnEffect && plan.Steps.Count == 0;
        if (proposal.Staged is not { } staged || (plan.Steps.Count == 0 && !isOwnEffect))
            return new("There is no plan at a gate.");
        if (proposal.Phase is not (ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing))
            return new("Nothing approved waits to be carried out.");
        if (CheckUnchanged(state, proposal, staged, plan, now.Policy) is { } broken)
            return broken;
        var gateArea = now.Areas.GetGateArea(proposal);
        var floor = isOwnEffect ? GateLevel.L2 : GateLevels.Floor(plan, gateArea, now.Find);
        if (staged.Terms.Level == GateLevel.L3 || floor == GateLevel.L3)
            return new("This is for people only (L3); the bot never carries it out.");
        if (floor > staged.Terms.Level)
            return new($"Its actions need {floor} at least, but it was staged at {staged.Terms.Level}.");
        if (CheckAsShown(plan, now.Find) is { } different)
            return new(different);
        if (CheckByPolicy(proposal, staged, plan, gateArea, now) is { } stricter)
            return stricter;
        if (isOwnEffect && area.CheckEffect(state, proposal) is { } outdated)
            return new(outdated);
        var why = staged.Terms.Level == GateLevel.L2
            ? CheckApproved(state, proposal, staged, now)
            : CheckByItself(state, proposal, staged, now);
        return why is null ? null : new(why);
    }

    private static Objection? CheckUnchanged(TenantState state, Proposal proposal, ProposalStaged staged, Plan plan, GatePolicy policy)
    {
        if (PlanDigests.Compute(state.Tenant, staged, staged.Plan) == staged.Seal
            && PlanDigests.Compute(state.Tenant, staged, plan) == proposal.PlanDigest)
            return null;
        // Whoever was erased took the nonce along; that is no tampering.
        if (staged.Nonce is Erased.Text or Erased.Missing or Erased.Encrypted)
            return new("What was approved cannot be read any more, so it is not carried out.");
        return new("The plan does not have its digest: the plan is not the one that was shown.")
        {
            FreezeBecause = policy.FreezeOnBrokenSeal
                ? $"The plan of {proposal.Subject} is not the one that was shown, so somebody or something changed "
                    + $"the record."
                : null,
        };
    }

    /// <summary>
    /// What is sent is what was shown: arguments within the catalog's patterns, and the commands that the catalog makes of them.
    /// </summary>
    private static string? CheckAsShown(Plan plan, FindAction find)
    {
        foreach (var step in plan.Steps)
        {
            if (find(step.Target, step.Action) is { } action && ActionCalls.CheckAsShown(action, step, rollback: false) is { } why)
                return why;
            if (step.Rollback is { } rollback && find(step.Target, rollback) is { } back
                && ActionCalls.CheckAsShown(back, step, rollback: true) is { } authorize)
                return authorize;
        }
        return null;
    }

    /// <summary>The policy changed since it was staged, and asks for more now.</summary>
    private static Objection? CheckByPolicy(Proposal proposal, ProposalStaged staged, Plan plan, string area, PermissionsNow now)
    {
        if (plan.Steps.Count > now.Policy.Limits.Steps)
            return new(GateLevels.TooManySteps(plan.Steps.Count, now.Policy.Limits.Steps));
        var before = staged.Terms;
        if (now.Policy.Version == before.PolicyVersion)
            return null;
        var question = new GateQuestion(area, proposal.Severity, plan, now.At)
        {
            Risk = staged.Kind == ProposalKind.Remedy ? proposal.Draft?.Risk ?? default : default,
            IsOwnEffect = now.Areas.Get(proposal.Subject).IsItsOwnEffect,
        };
        var terms = GateLevels.Compute(now.Policy, question, now.Find);
        var asked = before.Level == GateLevel.L2;
        var stricter = terms.Level > before.Level
            || (asked && (terms.Approvals > before.Approvals || (terms.NotTheRequester && !before.NotTheRequester)
                || (terms.ApproverRole == Role.Administrator && before.ApproverRole != Role.Administrator)));
        if (!stricter)
            return null;
        var message = $"The gate policy was changed since it was {(asked ? "approved" : "let through")} and asks for more now.";
        // Nobody drafts what a person asked for: they ask for it again.
        return question.IsOwnEffect && plan.Steps.Count == 0
            ? new($"{message} Ask for it again.")
            : new(message) { AskAgain = [new("gate policy", Said(before), Said(terms))] };
    }

    private static string Said(GateTerms terms) => terms.Level == GateLevel.L2
        ? $"{terms.Level}, {GateMessages.Count(terms.Approvals, "approval")} by "
            + $"{GateMessages.Plural(terms.ApproverRole)}{(terms.NotTheRequester ? " other than the requester" : "")} "
            + $"({terms.PolicyVersion})"
        : $"{terms.Level} ({terms.PolicyVersion})";

    private static string? CheckByItself(TenantState state, Proposal proposal, ProposalStaged staged, PermissionsNow now)
    {
        if (staged.Kind == ProposalKind.Undo)
        {
            if (staged.Requester.Kind != ActorKind.Person)
                return "Only a person may take a remedy back.";
            return MayApprove(now.RolesOf(staged.Requester.Person), Role.Approver)
                ? null
                : $"{GateMessages.Said(staged.Requester.Name)} asked for it and may not approve for {state.Name} any more.";
        }
        var weight = GateLevels.GetWeight(staged.Plan, now.Find);
        if (weight == 0)
            return null;
        // Two small changes staged at the same instant did not see each other. In the order of the ledger, everybody sees which was too
        // much.
        var earlier =
            ProposalStaging.EarlierWeight(state, proposal, proposal.StagedSeq, proposal.StagedAt - now.Policy.Chain.Window, now.Find);
        return weight + earlier > now.Policy.Chain.Weight ? GateLevels.TooMuch(now.Policy.Chain, weight, earlier) : null;
    }

    private static string? CheckApproved(TenantState state, Proposal proposal, ProposalStaged staged, PermissionsNow now)
    {
        if (proposal.Decisions.LastOrDefault(decision => decision.Fact.Complete) is not { } last)
            return "Nobody has approved it.";
        if (last.Fact.Kind is not (DecisionKind.Approve or DecisionKind.ApproveWithEdits))
            return $"{GateMessages.Said(last.By.Name)} did not approve it.";
        if (last.Fact.Owed is not null)
            return CheckAlone(state, proposal, staged, last, now);
        var given = proposal.Decisions.Where(decision => IsApproval(proposal, staged, decision)).ToList();
        var approvals = given.Where(decision => StillMay(staged, decision, now)).ToList();
        // Different people, and different rights: nobody counts for themselves and for who is absent as well.
        var people =
            Math.Min(Different(approvals.Select(decision => decision.By)), Different(approvals.Select(Right)));
        if (people < staged.Terms.Approvals)
        {
            var lost = given.Except(approvals).FirstOrDefault() is { } without
                ? $"{GateMessages.Said(Right(without).Name)} may not approve for {state.Name} any more. "
                : "";
            return $"{lost}It needs {GateMessages.Count(staged.Terms.Approvals, "approval")} by people who may give them and has {people}.";
        }
        return last.ByClock > proposal.ExpiresAt ? "It was approved after it had expired." : null;
    }

    /// <summary>A decision on record, by a person, about exactly this revision of this incident and exactly what was shown.</summary>
    private static bool IsApproval(Proposal proposal, ProposalStaged staged, Decision decision) =>
        decision.Fact.About == proposal.Subject
        && decision.Seq > proposal.StagedSeq
        && decision.Fact.Revision == staged.Revision
        && !decision.By.Person.IsNobody
        && (decision.Fact.Kind == DecisionKind.Approve ? decision.Fact.Seal == staged.Seal
            : decision.Fact.Kind == DecisionKind.ApproveWithEdits && staged.Terms.Approvals == 1
                && decision.Fact.Seal == proposal.PlanDigest)
        && !(staged.Terms.NotTheRequester
            && (staged.Requester.IsSame(decision.By.Person)
                || staged.Requester.IsSame(decision.Fact.InTheNameOf?.Person ?? default)));

    /// <summary>Whoever approved, and in whose name, would be let approve now too.</summary>
    private static bool StillMay(ProposalStaged staged, Decision decision, PermissionsNow now) =>
        MayApprove(now.RolesOf(Right(decision).Person), staged.Terms.ApproverRole)
        && (decision.Fact.InTheNameOf is null || now.Policy.Defaults.MayDecideFor(now.RolesOf(decision.By.Person)));

    private static Actor Right(Decision decision) => decision.Fact.InTheNameOf ?? decision.By;

    private static bool MayApprove(IReadOnlySet<Role> roles, Role asked) =>
        roles.Contains(Role.Administrator) || (asked != Role.Administrator && roles.Contains(Role.Approver));

    /// <summary>The terms that were encrypted let somebody act alone on exactly this plan, and today's policy still lets them.</summary>
    private static string? CheckAlone(TenantState state, Proposal proposal, ProposalStaged staged, Decision last, PermissionsNow now)
    {
        if (now.Areas.Find(proposal.Subject) is not { MayBeDoneAlone: true })
            return "Nobody may do it alone.";
        if (staged.Terms.BreakGlass is null || staged.NeedsReview || last.By.Kind != ActorKind.Person || last.Fact.Seal != staged.Seal
            || last.Fact.Revision != staged.Revision)
            return "Nobody may act alone on it.";
        if (now.Policy.BreakGlass is not { } glass)
            return "The gate policy lets nobody act alone any more.";
        if (!MayApprove(now.RolesOf(last.By.Person), glass.Role))
            return $"{GateMessages.Said(last.By.Name)} broke the glass and may not do so for {state.Name} any more.";
        return last.ByClock > proposal.ExpiresAt ? "The glass was broken after it had expired." : null;
    }

    private static int Different(IEnumerable<Actor> people) => people.Select(static actor => actor.Person).Distinct().Count();
}

using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>
/// Decides what a person's decision about a staged proposal comes to. Pure: reads and writes nothing outside its arguments.
/// </summary>
internal static class DecisionRules
{
    private const int MaxReasonLength = 500;
    private static readonly TimeSpan MinSnooze = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan MaxSnooze = TimeSpan.FromDays(7);

    public static Outcome Decide(TenantState state, Decide command, EffectiveRoles effective, DateTimeOffset now, DecisionContext context)
    {
        var proposal = state.FindProposal(command.Subject);
        if (AuthorizeAnyDecision(state, proposal, command, effective.Own, now) is { } refused)
            return new Outcome.Unchanged(refused);
        if (context.Areas.Find(command.Subject) is null)
            return Outcome.Refuse(proposal, Refusal.NotPossible, $"No part of this version of the bot decides about {command.Subject}.");
        var outcome = command.Kind switch
        {
            DecisionKind.Approve when command.BreakGlass => BreakGlassRules.Break(
                state, proposal!, command, effective.Own, PermissionToApprove(state, proposal!, effective, command.By.ObjectId).Refused,
                context, now),
            DecisionKind.Approve => Approve(state, proposal!, command, effective, context),
            DecisionKind.ApproveWithEdits => ApproveWithEdits(state, proposal!, command, effective, now, context),
            DecisionKind.Reject => Reject(state, proposal!, command, effective, context),
            DecisionKind.Snooze => Snooze(state, proposal!, command, effective, now),
            DecisionKind.Handled => Handled(state, proposal!, command, effective, context),
            _ => Outcome.Refuse(proposal, Refusal.BadInput, "This is not a decision the bot knows."),
        };
        return outcome.WithClock(now);
    }

    /// <summary>
    /// Null when the person may decide something about the staged proposal that ends it, or close what is left to people; otherwise why
    /// not.
    /// </summary>
    public static RequestResult? AuthorizeDecision(TenantState state, Proposal proposal, EffectiveRoles effective, PersonId person,
        DateTimeOffset now)
    {
        if (CheckRole(state, proposal, effective.Own) is { } stranger)
            return stranger;
        if (proposal.IsLeftToPeople)
            return PermissionTo(state, proposal, effective, DecisionKind.Handled).Refused;
        if (PlanMessages.CheckUndecided(proposal, person, now) is { } settled)
            return settled;
        if (proposal.Staged!.Terms.Level == GateLevel.L3)
            return PermissionTo(state, proposal, effective, DecisionKind.Handled).Refused;
        return PermissionToApprove(state, proposal, effective, person).Refused;
    }

    private static RequestResult? AuthorizeAnyDecision(TenantState state, Proposal? proposal, Decide command, IReadOnlySet<Role> roles,
        DateTimeOffset now)
    {
        if (CheckRole(state, proposal, roles) is { } stranger)
            return stranger;
        if (proposal is null)
            return Unknown(state, command.Subject);
        var closes = command.Kind == DecisionKind.Handled && proposal.IsLeftToPeople;
        if (!closes && PlanMessages.CheckUndecided(proposal, command.By.ObjectId, now) is { } settled)
            return settled;
        return command.PlanDigest == proposal.Staged!.Seal ? null : new(proposal, Refusal.Stale, Stale(proposal));
    }

    public static RequestResult? CheckRole(TenantState state, Proposal? proposal, IReadOnlySet<Role> roles) => roles.Count > 0
        ? null
        : new(proposal, Refusal.NotAllowed, $"You have no role at {state.Name}; ask one of its administrators.");

    public static RequestResult Unknown(TenantState state, ProposalSubject subject) => new(
        null, Refusal.UnknownIncident,
        $"{state.Name} has no {subject.Kind.Replace('-', ' ')} '{GateMessages.Said(subject.Id)}'; check the number.");

    private static Outcome Approve(TenantState state, Proposal proposal, Decide command, EffectiveRoles effective, DecisionContext context)
    {
        var permission = PermissionToApprove(state, proposal, command, effective, context);
        if (permission.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        var staged = proposal.Staged!;
        var missing = staged.Terms.Approvals - proposal.Decisions.Count(decision => decision.Fact.Kind == DecisionKind.Approve) - 1;
        var message = missing <= 0
            ? $"You approved {proposal.Subject}{permission.Said}; it is being carried out."
            : $"You approved {proposal.Subject}{permission.Said}; it needs {GateMessages.Count(missing, "more approval")} by "
                + "somebody else.";
        return Record(state, proposal, command, permission,
            new(proposal.Subject, staged.Revision, DecisionKind.Approve, staged.Seal, Reason(command), null, null, missing <= 0), message);
    }

    private static Outcome ApproveWithEdits(
        TenantState state, Proposal proposal, Decide command, EffectiveRoles effective, DateTimeOffset now, DecisionContext context)
    {
        var permission = PermissionToApprove(state, proposal, command, effective, context);
        if (permission.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        var staged = proposal.Staged!;
        if (command.Edits is not { Count: > 0 } values)
            return Outcome.Refuse(proposal, Refusal.BadInput, "Nothing was changed; approve it as it is.");
        var edits = Edits.Apply(staged.Plan, values, context.Find);
        if (edits.Plan is not { } plan)
            return Outcome.Refuse(proposal, Refusal.BadInput, $"{edits.Error} Nothing was approved.");
        var planDigest = PlanDigests.Compute(state.Tenant, staged, plan);
        if (planDigest == staged.Seal)
            return Approve(state, proposal, command, effective, context);
        var area = context.Areas.GetGateArea(proposal);
        var terms = GateLevels.Compute(context.Policy, new(area, proposal.Severity, plan, now) { Risk = proposal.Draft?.Risk ?? default },
            context.Find);
        var mustBeShownAgain = terms.Level > staged.Terms.Level || terms.Approvals > 1 || staged.Terms.Approvals > 1
            || terms.ApproverRole != staged.Terms.ApproverRole || staged.NeedsReview || GateLevels.NeedsReview(plan, context.Find);
        return mustBeShownAgain
            ? StageAgain(state, proposal, command, plan, terms, context)
            : Record(state, proposal, command, permission,
                new(proposal.Subject, staged.Revision, DecisionKind.ApproveWithEdits, planDigest, Reason(command), plan, null, true),
                $"You approved {proposal.Subject} with your changes{permission.Said}; it is being carried out.");
    }

    /// <summary>Nobody has seen the edited plan as the gate asks for it, so it is a proposal of the editor's own.</summary>
    private static Outcome.Append StageAgain(
        TenantState state, Proposal proposal, Decide command, Plan plan, GateTerms terms, DecisionContext context)
    {
        var before = proposal.Staged!;
        var strictest = terms with
        {
            Level = terms.Level > before.Terms.Level ? terms.Level : before.Terms.Level,
            Approvals = Math.Max(terms.Approvals, before.Terms.Approvals),
            NotTheRequester = terms.NotTheRequester || before.Terms.NotTheRequester,
            ApproverRole = before.Terms.ApproverRole == Role.Administrator ? Role.Administrator : terms.ApproverRole,
        };
        var staged = ProposalStaging.Stage(
            proposal, proposal.NextRevision, before.Kind, command.By.AsActor(), plan, before.Observed, strictest, context.Find,
            context.NewNonce());
        var who = staged.Terms.NotTheRequester ? " by somebody other than you" : "";
        var needs = staged.Terms.Level == GateLevel.L3
            ? "a person to see to it"
            : $"{GateMessages.Count(staged.Terms.Approvals, "approval")}{who}";
        return new Outcome.Append(
            Expected(state, proposal),
            [new(proposal.Stream, command.By.AsActor(), proposal.Correlation, staged, proposal.StagedSeq)],
            $"Your changes were staged as revision {staged.Revision} of {proposal.Subject} ({staged.Terms.Level}); nothing is approved "
            + $"yet, it needs {needs}.");
    }

    private static Outcome Reject(TenantState state, Proposal proposal, Decide command, EffectiveRoles effective, DecisionContext context)
    {
        var permission = PermissionTo(state, proposal, effective, DecisionKind.Reject);
        if (permission.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        if (Reason(command) is not { } reason)
            return Outcome.Refuse(proposal, Refusal.BadInput,
                "Say in a few words why you reject it; the reason is recorded and improves later proposals.");
        return reason.Length > MaxReasonLength
            ? TooLong(proposal, reason)
            : Close(
                state, proposal, command, permission, reason, context,
                $"You rejected {proposal.Subject}{permission.Said}; nothing is done.");
    }

    private static Outcome Handled(TenantState state, Proposal proposal, Decide command, EffectiveRoles effective, DecisionContext context)
    {
        var permission = PermissionTo(state, proposal, effective, DecisionKind.Handled);
        if (permission.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        return Reason(command) is { Length: > MaxReasonLength } reason
            ? TooLong(proposal, reason)
            : Close(state, proposal, command, permission, Reason(command), context,
                $"{proposal.Subject} is marked as handled by you{permission.Said}; the bot does nothing more.");
    }

    private static Outcome Snooze(TenantState state, Proposal proposal, Decide command, EffectiveRoles effective, DateTimeOffset now)
    {
        var permission = PermissionTo(state, proposal, effective, DecisionKind.Snooze);
        if (permission.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        if (command.Until is not { } until || until < now + MinSnooze || until > now + MaxSnooze)
            return Outcome.Refuse(proposal, Refusal.BadInput, "Choose a time between 5 minutes and 7 days from now.");
        if (Reason(command) is { Length: > MaxReasonLength } reason)
            return TooLong(proposal, reason);
        if (!command.PastDeadline && SnoozeLimit.From(proposal) is { } limit && until > limit.At)
            return Outcome.Refuse(proposal, Refusal.AsksFirst,
                $"{limit.Describe(proposal)} Nothing was recorded: choose a shorter time, or tick that it may be snoozed past that.");
        var staged = proposal.Staged!;
        return Record(
            state, proposal, command, permission,
            new(proposal.Subject, staged.Revision, DecisionKind.Snooze, staged.Seal, Reason(command), null, until.ToUniversalTime(), false),
            $"{proposal.Subject} is snoozed until {GateMessages.Utc(until)}.");
    }

    /// <summary>Whose right a person decides with: null <paramref name="Using"/> for their own.</summary>
    /// <param name="Refused">Why there is none.</param>
    private readonly record struct Permission(RequestResult? Refused, ActingFor? Using = null)
    {
        /// <summary>For the middle of a sentence.</summary>
        public string Said => Using is { } actingFor ? $" in the name of {GateMessages.Said(actingFor.For.Name)}" : "";
    }

    private static Permission PermissionToApprove(TenantState state, Proposal proposal, Decide command, EffectiveRoles effective,
        DecisionContext context)
    {
        var staged = proposal.Staged!;
        if (staged.Terms.Level == GateLevel.L3)
        {
            return new(new(proposal, Refusal.HumanOnly,
                $"{proposal.Subject} is for people only (L3) and cannot be approved: see to it yourself and mark it as handled, or "
                + $"reject or snooze it."));
        }
        if (PermissionTo(state, proposal, effective, DecisionKind.Approve).Refused is { } refused)
            return new(refused);
        if (state.Freeze is { } freeze)
            return new(new(proposal, Refusal.Frozen, FreezeRules.Describe(state.Name, freeze)));
        // An approval that only leads to a stop would be spent; asked again after the pause, it still counts.
        if (context.WhyPaused(state, staged.Plan) is { } paused)
            return new(new(proposal, Refusal.Frozen, $"{paused} Nothing was approved; approve {proposal.Subject} when the pause is over."));
        var permission = PermissionToApprove(state, proposal, effective, command.By.ObjectId);
        if (permission.Refused is not null)
            return permission;
        if (staged.NeedsReview && !Reviews.IsReviewed(staged, command.By.ObjectId, command.ReviewToken))
            return new(new(proposal, Refusal.NotReviewed,
                $"{proposal.Subject} cannot be undone: open every page of its details, then approve on the last one."));
        return Reason(command) is { Length: > MaxReasonLength } reason
            ? new(((Outcome.Unchanged)TooLong(proposal, reason)).Answer)
            : permission;
    }

    private static Permission PermissionToApprove(TenantState state, Proposal proposal, EffectiveRoles effective, PersonId person) =>
        FindPermission(effective, (roles, actingFor) =>
            AuthorizeFor(state, proposal, roles, DecisionKind.Approve) ?? AuthorizeApproval(proposal, person, actingFor));

    private static Permission PermissionTo(TenantState state, Proposal proposal, EffectiveRoles effective, DecisionKind kind) =>
        FindPermission(effective, (roles, _) => AuthorizeFor(state, proposal, roles, kind));

    /// <summary>One's own right comes first; a refusal that says more than a missing role is the one that is told.</summary>
    private static Permission FindPermission(EffectiveRoles effective, Func<IReadOnlySet<Role>, ActingFor?, RequestResult?> authorize)
    {
        if (authorize(effective.Own, null) is not { } told)
            return default;
        foreach (var actingFor in effective.ActingFor)
        {
            if (authorize(actingFor.Roles, actingFor) is not { } refused)
                return new(null, actingFor);
            if (told.Refusal == Refusal.NotAllowed)
                told = refused;
        }
        return new(told);
    }

    /// <summary>
    /// Where several must approve they are different people with different rights: nobody counts twice, by deputy or as deputy.
    /// </summary>
    private static RequestResult? AuthorizeApproval(Proposal proposal, PersonId person, ActingFor? actingFor)
    {
        var staged = proposal.Staged!;
        var (id, permission) = (proposal.Subject.ToString(), actingFor?.For.Person ?? person);
        if (staged.Terms.NotTheRequester && staged.Requester.IsSame(person))
            return new(proposal, Refusal.OwnRequest, $"You requested this revision of {id} yourself; somebody else must approve it.");
        if (staged.Terms.NotTheRequester && staged.Requester.IsSame(permission))
            return new(proposal, Refusal.OwnRequest,
                $"{GateMessages.Said(staged.Requester.Name)} requested this revision of {id}, so nobody can approve it in their name.");
        foreach (var decision in proposal.Decisions.Where(decision => decision.Fact.Kind == DecisionKind.Approve))
        {
            if (decision.By.IsSame(person))
                return new(proposal, Refusal.AlreadyApprovedByYou,
                    $"You approved {id} at {GateMessages.Utc(decision.At)} already; it needs somebody else's approval too.");
            if ((decision.Fact.InTheNameOf ?? decision.By).IsSame(permission))
            {
                return new(proposal, Refusal.AlreadyApprovedByYou, actingFor is null
                    ? $"{GateMessages.Said(decision.By.Name)} approved {id} in your name at {GateMessages.Utc(decision.At)}; it needs "
                        + $"somebody else's approval too."
                    : $"{id} was approved by {GateMessages.Said(actingFor.For.Name)}, or in their name, at "
                        + $"{GateMessages.Utc(decision.At)} already; it needs somebody else's approval too.");
            }
        }
        return null;
    }

    private static RequestResult? AuthorizeFor(TenantState state, Proposal proposal, IReadOnlySet<Role> roles, DecisionKind kind)
    {
        var terms = proposal.Staged!.Terms;
        if (roles.Contains(Role.Administrator))
            return null;
        var technicianMay = kind == DecisionKind.Snooze
            || (kind == DecisionKind.Handled && (terms.Level == GateLevel.L3 || proposal.IsLeftToPeople));
        if (technicianMay && roles.Contains(Role.Technician))
            return null;
        var approverMay = terms.ApproverRole == Role.Approver || technicianMay;
        if (approverMay && roles.Contains(Role.Approver))
            return null;
        var who = (technicianMay, approverMay) switch
        {
            (true, _) => "technicians, approvers and administrators",
            (_, true) => "approvers and administrators",
            _ => "administrators",
        };
        var what = kind switch
        {
            DecisionKind.Snooze => "snooze",
            DecisionKind.Handled => "mark as handled",
            DecisionKind.Reject => "reject",
            _ => "approve",
        };
        return new(proposal, Refusal.NotAllowed, $"Only {who} of {state.Name} may {what} {proposal.Subject}.");
    }

    private static string Stale(Proposal proposal)
    {
        var staged = proposal.Staged!;
        var why = "";
        if (staged.Requester.Kind == ActorKind.Person)
            why = $" by {GateMessages.Said(staged.Requester.Name)}";
        else if (proposal.Execution is { Outcome: ExecutionOutcome.Drifted, Changes: { Length: > 0 } changes })
            why = $", because {GateMessages.And([.. changes.Take(3).Select(Differs)])}";
        return staged.Revision == 1
            ? $"What you saw is not the current proposal for {proposal.Subject}; look at its current card and decide there."
            : $"The proposal for {proposal.Subject} has changed since you saw it: revision {staged.Revision} was staged at "
                + $"{GateMessages.Utc(proposal.StagedAt)}{why}. Look at its current card and decide there.";

        static string Differs(Change change) =>
            $"{GateMessages.Said(change.What)} was {GateMessages.Said(change.Was)} and is {GateMessages.Said(change.Now)}";
    }

    private static Outcome.Append Close(
        TenantState state, Proposal proposal, Decide command, Permission permission, string? reason, DecisionContext context,
        string message)
    {
        var staged = proposal.Staged!;
        var closing = new ProposalDecided(proposal.Subject, staged.Revision, command.Kind, staged.Seal, reason, null, null, true);
        return Record(state, proposal, command, permission, closing, message).With(
            context.Areas.Get(proposal.Subject).AfterDecision(state, proposal, command.Kind), command.By.AsActor(), proposal,
            proposal.StagedSeq);
    }

    private static Outcome.Append Record(
        TenantState state, Proposal proposal, Decide command, Permission permission, ProposalDecided decided, string message) => new(
        Expected(state, proposal),
        [new(proposal.Stream, command.By.AsActor(), proposal.Correlation,
            decided with { Subject = proposal.Person, InTheNameOf = permission.Using?.For }, proposal.StagedSeq)],
        message);

    /// <summary>A freeze set, or a role taken, at the same instant is seen too.</summary>
    private static StreamVersion[] Expected(TenantState state, Proposal proposal) =>
        [new(proposal.Stream, proposal.Version), state.GetVersion(StreamId.Freeze), state.GetVersion(StreamId.Access)];

    private static Outcome TooLong(Proposal proposal, string reason) =>
        Outcome.Refuse(proposal, Refusal.BadInput, $"The reason may have {MaxReasonLength} characters at most; yours has {reason.Length}.");

    private static string? Reason(Decide command) => string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
}

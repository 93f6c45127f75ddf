using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>What a decision needs to know of the tenant, beside its state.</summary>
/// <param name="WhyPaused">What a planned freeze, the kill switch, a quota or a hold says of a plan; null when it may run.</param>
internal sealed record DecisionContext(GatePolicy Policy, FindAction Find, Func<string> NewNonce, Func<TenantState, Plan, string?> WhyPaused)
{
    public static DecisionContext Of(TenantId tenant, GatePolicies policies, Catalogue catalogue, KillSwitch killSwitch, TimeProvider clock, IExecutionHold? hold = null) => new(
        policies.For(tenant), catalogue.Of(tenant), Stagings.NewNonce,
        (state, plan) => policies.For(tenant).WhyFrozen(clock.GetUtcNow())
            ?? killSwitch.WhyPaused(tenant, plan, connection => catalogue.ConnectorOf(tenant, connection))
            ?? hold?.WhyHeld(tenant)
            ?? Quotas.WhyNot(state, policies.For(tenant), plan, clock.GetUtcNow()));
}

/// <summary>Decides what a person's decision about a staged proposal comes to. Pure: reads and writes nothing outside its arguments.</summary>
internal static class DecisionRules
{
    private const int LongestReason = 500;
    private static readonly TimeSpan ShortestSnooze = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan LongestSnooze = TimeSpan.FromDays(7);

    public static Outcome Decide(TenantState state, Decide command, Standing standing, DateTimeOffset now, DecisionContext rules)
    {
        var incident = state.Find(command.IncidentId);
        if (WhyNotAtAll(state, incident, command, standing.Own, now) is { } refused)
            return new Outcome.Unchanged(refused);
        var outcome = command.Kind switch
        {
            DecisionKind.Approve when command.BreakGlass => BreakGlasses.Break(
                state, incident!, command, standing.Own, RightToApprove(state, incident!, standing, command.By.ObjectId).Refused, rules, now),
            DecisionKind.Approve => Approve(state, incident!, command, standing, rules),
            DecisionKind.ApproveWithEdits => ApproveWithEdits(state, incident!, command, standing, now, rules),
            DecisionKind.Reject => Reject(state, incident!, command, standing),
            DecisionKind.Snooze => Snooze(state, incident!, command, standing, now),
            DecisionKind.Handled => Handled(state, incident!, command, standing),
            _ => Outcome.Refuse(incident, Refusal.BadInput, "This is not a decision the bot knows."),
        };
        return outcome.WithClock(now);
    }

    /// <summary>Null when the person may decide something about the staged proposal that ends it, or close what is left to people; otherwise why not.</summary>
    public static Answer? WhyNotDecide(TenantState state, Incident incident, Standing standing, string objectId, DateTimeOffset now)
    {
        if (WhyNoRole(state, incident, standing.Own) is { } stranger)
            return stranger;
        if (incident.IsLeftToPeople)
            return RightTo(state, incident, standing, DecisionKind.Handled).Refused;
        if (StandingSentences.WhyNothingToDecide(incident, objectId, now) is { } settled)
            return settled;
        if (incident.Staged!.Terms.Level == GateLevel.L3)
            return RightTo(state, incident, standing, DecisionKind.Handled).Refused;
        return RightToApprove(state, incident, standing, objectId).Refused;
    }

    private static Answer? WhyNotAtAll(TenantState state, Incident? incident, Decide command, IReadOnlySet<Role> roles, DateTimeOffset now)
    {
        if (WhyNoRole(state, incident, roles) is { } stranger)
            return stranger;
        if (incident is null)
            return Unknown(state, command.IncidentId);
        var closes = command.Kind == DecisionKind.Handled && incident.IsLeftToPeople;
        if (!closes && StandingSentences.WhyNothingToDecide(incident, command.By.ObjectId, now) is { } settled)
            return settled;
        return command.Seal == incident.Staged!.Seal ? null : new(incident, Refusal.Stale, Stale(incident));
    }

    public static Answer? WhyNoRole(TenantState state, Incident? incident, IReadOnlySet<Role> roles) => roles.Count > 0
        ? null
        : new(incident, Refusal.NotAllowed, $"You have no role at {state.Name}; ask one of its administrators.");

    public static Answer Unknown(TenantState state, string incidentId) =>
        new(null, Refusal.UnknownIncident, $"{state.Name} has no incident '{Sentences.Said(incidentId)}'; check the number.");

    private static Outcome Approve(TenantState state, Incident incident, Decide command, Standing standing, DecisionContext rules)
    {
        var right = RightToApprove(state, incident, command, standing, rules);
        if (right.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        var staged = incident.Staged!;
        var missing = staged.Terms.Approvals - incident.Decisions.Count(decision => decision.Fact.Kind == DecisionKind.Approve) - 1;
        var sentence = missing <= 0
            ? $"You approved {incident.Id}{right.Said}; it is being carried out."
            : $"You approved {incident.Id}{right.Said}; it needs {Sentences.Count(missing, "more approval")} by somebody else.";
        return Record(state, incident, command, right, new(incident.Id, staged.Revision, DecisionKind.Approve, staged.Seal, Reason(command), null, null, missing <= 0), sentence);
    }

    private static Outcome ApproveWithEdits(
        TenantState state, Incident incident, Decide command, Standing standing, DateTimeOffset now, DecisionContext rules)
    {
        var right = RightToApprove(state, incident, command, standing, rules);
        if (right.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        var staged = incident.Staged!;
        if (command.Edits is not { Count: > 0 } values)
            return Outcome.Refuse(incident, Refusal.BadInput, "Nothing was changed; approve it as it is.");
        var edits = Edits.Apply(staged.Plan, values, rules.Find);
        if (edits.Plan is not { } plan)
            return Outcome.Refuse(incident, Refusal.BadInput, $"{edits.Mistake} Nothing was approved.");
        var seal = Seals.Compute(state.Tenant, staged, plan);
        if (seal == staged.Seal)
            return Approve(state, incident, command, standing, rules);
        var area = staged.Kind == ProposalKind.Undo ? GateArea.Undo : GateArea.Operations;
        var terms = GateLevels.Compute(rules.Policy, new(area, incident.Severity, plan, now) { Risk = incident.Draft?.Risk ?? default }, rules.Find);
        var mustBeShownAgain = terms.Level > staged.Terms.Level || terms.Approvals > 1 || staged.Terms.Approvals > 1
            || terms.ApproverRole != staged.Terms.ApproverRole || staged.NeedsReview || GateLevels.NeedsReview(plan, rules.Find);
        return mustBeShownAgain
            ? StageAgain(state, incident, command, plan, terms, rules)
            : Record(state, incident, command, right, new(incident.Id, staged.Revision, DecisionKind.ApproveWithEdits, seal, Reason(command), plan, null, true),
                $"You approved {incident.Id} with your changes{right.Said}; it is being carried out.");
    }

    /// <summary>Nobody has seen the edited plan as the gate asks for it, so it is a proposal of the editor's own.</summary>
    private static Outcome.Append StageAgain(TenantState state, Incident incident, Decide command, Plan plan, GateTerms terms, DecisionContext rules)
    {
        var before = incident.Staged!;
        var strictest = terms with
        {
            Level = terms.Level > before.Terms.Level ? terms.Level : before.Terms.Level,
            Approvals = Math.Max(terms.Approvals, before.Terms.Approvals),
            NotTheRequester = terms.NotTheRequester || before.Terms.NotTheRequester,
            ApproverRole = before.Terms.ApproverRole == Role.Administrator ? Role.Administrator : terms.ApproverRole,
        };
        var staged = Stagings.Stage(
            incident, Stagings.NextRevision(incident), before.Kind, command.By.AsActor(), plan, before.Observed, strictest, rules.Find, rules.NewNonce());
        var who = staged.Terms.NotTheRequester ? " by somebody other than you" : "";
        var needs = staged.Terms.Level == GateLevel.L3
            ? "a person to see to it"
            : $"{Sentences.Count(staged.Terms.Approvals, "approval")}{who}";
        return new Outcome.Append(
            Expected(state, incident),
            [new(StreamId.Proposal(incident.Id), command.By.AsActor(), incident.Correlation, staged, incident.StagedSeq)],
            $"Your changes were staged as revision {staged.Revision} of {incident.Id} ({staged.Terms.Level}); nothing is approved yet, it needs {needs}.");
    }

    private static Outcome Reject(TenantState state, Incident incident, Decide command, Standing standing)
    {
        var right = RightTo(state, incident, standing, DecisionKind.Reject);
        if (right.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        return Reason(command) is not { } reason
            ? Outcome.Refuse(incident, Refusal.BadInput, "Say in a few words why you reject it; the reason is recorded and improves later proposals.")
            : reason.Length > LongestReason
                ? TooLong(incident, reason)
                : Close(state, incident, command, right, reason, "rejected", $"You rejected {incident.Id}{right.Said}; nothing is done.");
    }

    private static Outcome Handled(TenantState state, Incident incident, Decide command, Standing standing)
    {
        var right = RightTo(state, incident, standing, DecisionKind.Handled);
        if (right.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        return Reason(command) is { Length: > LongestReason } reason
            ? TooLong(incident, reason)
            : Close(state, incident, command, right, Reason(command), "handled", $"{incident.Id} is marked as handled by you{right.Said}; the bot does nothing more.");
    }

    private static Outcome Snooze(TenantState state, Incident incident, Decide command, Standing standing, DateTimeOffset now)
    {
        var right = RightTo(state, incident, standing, DecisionKind.Snooze);
        if (right.Refused is { } refused)
            return new Outcome.Unchanged(refused);
        if (command.Until is not { } until || until < now + ShortestSnooze || until > now + LongestSnooze)
            return Outcome.Refuse(incident, Refusal.BadInput, "Choose a time between 5 minutes and 7 days from now.");
        if (Reason(command) is { Length: > LongestReason } reason)
            return TooLong(incident, reason);
        if (!command.PastDeadline && SnoozeLimit.Of(incident) is { } limit && until > limit.At)
            return Outcome.Refuse(incident, Refusal.AsksFirst, $"{limit.Sentence(incident)} Nothing was recorded: choose a shorter time, or tick that it may be snoozed past that.");
        var staged = incident.Staged!;
        return Record(
            state, incident, command, right, new(incident.Id, staged.Revision, DecisionKind.Snooze, staged.Seal, Reason(command), null, until.ToUniversalTime(), false),
            $"{incident.Id} is snoozed until {Sentences.Utc(until)}.");
    }

    /// <summary>Whose right a person decides with: null <paramref name="Using"/> for their own.</summary>
    /// <param name="Refused">Why there is none.</param>
    private readonly record struct Right(Answer? Refused, Deputising? Using = null)
    {
        /// <summary>For the middle of a sentence.</summary>
        public string Said => Using is { } deputising ? $" in the name of {Sentences.Said(deputising.For.Name)}" : "";
    }

    private static Right RightToApprove(TenantState state, Incident incident, Decide command, Standing standing, DecisionContext rules)
    {
        var staged = incident.Staged!;
        if (staged.Terms.Level == GateLevel.L3)
        {
            return new(new(incident, Refusal.HumanOnly,
                $"{incident.Id} is for people only (L3) and cannot be approved: see to it yourself and mark it as handled, or reject or snooze it."));
        }
        if (RightTo(state, incident, standing, DecisionKind.Approve).Refused is { } refused)
            return new(refused);
        if (state.Freeze is { } freeze)
            return new(new(incident, Refusal.Frozen, Freezes.Sentence(state.Name, freeze)));
        // An approval that only leads to a stop would be spent; asked again after the pause, it still counts.
        if (rules.WhyPaused(state, staged.Plan) is { } paused)
            return new(new(incident, Refusal.Frozen, $"{paused} Nothing was approved; approve {incident.Id} when the pause is over."));
        var right = RightToApprove(state, incident, standing, command.By.ObjectId);
        if (right.Refused is not null)
            return right;
        if (staged.NeedsReview && !Reviews.IsReviewed(staged, command.By.ObjectId, command.ReviewToken))
            return new(new(incident, Refusal.NotReviewed, $"{incident.Id} cannot be undone: open every page of its details, then approve on the last one."));
        return Reason(command) is { Length: > LongestReason } reason ? new(((Outcome.Unchanged)TooLong(incident, reason)).Answer) : right;
    }

    private static Right RightToApprove(TenantState state, Incident incident, Standing standing, string objectId) => FindRight(
        standing, (roles, deputising) => WhyNotFor(state, incident, roles, DecisionKind.Approve) ?? WhyNotApprover(incident, objectId, deputising));

    private static Right RightTo(TenantState state, Incident incident, Standing standing, DecisionKind kind) =>
        FindRight(standing, (roles, _) => WhyNotFor(state, incident, roles, kind));

    /// <summary>One's own right comes first; a refusal that says more than a missing role is the one that is told.</summary>
    private static Right FindRight(Standing standing, Func<IReadOnlySet<Role>, Deputising?, Answer?> whyNot)
    {
        if (whyNot(standing.Own, null) is not { } told)
            return default;
        foreach (var deputising in standing.Deputising)
        {
            if (whyNot(deputising.Roles, deputising) is not { } refused)
                return new(null, deputising);
            if (told.Refusal == Refusal.NotAllowed)
                told = refused;
        }
        return new(told);
    }

    /// <summary>Where several must approve they are different people with different rights: nobody counts twice, by deputy or as deputy.</summary>
    private static Answer? WhyNotApprover(Incident incident, string objectId, Deputising? deputising)
    {
        var staged = incident.Staged!;
        var (id, right) = (incident.Id, deputising?.For.Id ?? objectId);
        if (staged.Terms.NotTheRequester && staged.Requester.IsSame(objectId))
            return new(incident, Refusal.OwnRequest, $"You requested this revision of {id} yourself; somebody else must approve it.");
        if (staged.Terms.NotTheRequester && staged.Requester.IsSame(right))
            return new(incident, Refusal.OwnRequest, $"{Sentences.Said(staged.Requester.Name)} requested this revision of {id}, so nobody can approve it in their name.");
        foreach (var decision in incident.Decisions.Where(decision => decision.Fact.Kind == DecisionKind.Approve))
        {
            if (decision.By.IsSame(objectId))
                return new(incident, Refusal.AlreadyApprovedByYou, $"You approved {id} at {Sentences.Utc(decision.At)} already; it needs somebody else's approval too.");
            if ((decision.Fact.InTheNameOf ?? decision.By).IsSame(right))
            {
                return new(incident, Refusal.AlreadyApprovedByYou, deputising is null
                    ? $"{Sentences.Said(decision.By.Name)} approved {id} in your name at {Sentences.Utc(decision.At)}; it needs somebody else's approval too."
                    : $"{id} was approved by {Sentences.Said(deputising.For.Name)}, or in their name, at {Sentences.Utc(decision.At)} already; it needs somebody else's approval too.");
            }
        }
        return null;
    }

    private static Answer? WhyNotFor(TenantState state, Incident incident, IReadOnlySet<Role> roles, DecisionKind kind)
    {
        var terms = incident.Staged!.Terms;
        if (roles.Contains(Role.Administrator))
            return null;
        var technicianMay = kind == DecisionKind.Snooze || (kind == DecisionKind.Handled && (terms.Level == GateLevel.L3 || incident.IsLeftToPeople));
        if (technicianMay && roles.Contains(Role.Technician))
            return null;
        var approverMay = terms.ApproverRole == Role.Approver || technicianMay;
        if (approverMay && roles.Contains(Role.Approver))
            return null;
        var who = technicianMay ? "technicians, approvers and administrators" : approverMay ? "approvers and administrators" : "administrators";
        var what = kind switch
        {
            DecisionKind.Snooze => "snooze",
            DecisionKind.Handled => "mark as handled",
            DecisionKind.Reject => "reject",
            _ => "approve",
        };
        return new(incident, Refusal.NotAllowed, $"Only {who} of {state.Name} may {what} {incident.Id}.");
    }

    private static string Stale(Incident incident)
    {
        var staged = incident.Staged!;
        var why = staged.Requester.Kind == ActorKind.Person
            ? $" by {Sentences.Said(staged.Requester.Name)}"
            : incident.Execution is { Outcome: ExecutionOutcome.Drifted, Changes: { Length: > 0 } changes }
                ? $", because {Sentences.And([.. changes.Take(3).Select(change => $"{Sentences.Said(change.What)} was {Sentences.Said(change.Was)} and is {Sentences.Said(change.Now)}")])}"
                : "";
        return staged.Revision == 1
            ? $"What you saw is not the current proposal for {incident.Id}; look at its current card and decide there."
            : $"The proposal for {incident.Id} has changed since you saw it: revision {staged.Revision} was staged at {Sentences.Utc(incident.StagedAt)}{why}. Look at its current card and decide there.";
    }

    private static Outcome.Append Close(TenantState state, Incident incident, Decide command, Right right, string? reason, string closedReason, string sentence)
    {
        var staged = incident.Staged!;
        var decided = Record(state, incident, command, right, new(incident.Id, staged.Revision, command.Kind, staged.Seal, reason, null, null, true), sentence);
        return incident.IsOpen && (staged.Kind == ProposalKind.Remedy || incident.IsLeftToPeople) ? decided with
        {
            Expected = [.. decided.Expected, new(StreamId.Incident(incident.Id), incident.IncidentVersion)],
            Entries = [.. decided.Entries, new(StreamId.Incident(incident.Id), command.By.AsActor(), incident.Correlation, new IncidentClosed(incident.Id, closedReason), incident.StagedSeq)],
        } : decided;
    }

    private static Outcome.Append Record(TenantState state, Incident incident, Decide command, Right right, ProposalDecided decided, string sentence) => new(
        Expected(state, incident),
        [new(StreamId.Proposal(incident.Id), command.By.AsActor(), incident.Correlation, decided with { Subject = incident.Opened.Subject, InTheNameOf = right.Using?.For }, incident.StagedSeq)],
        sentence);

    /// <summary>A freeze set, or a role taken, at the same instant is seen too.</summary>
    private static StreamVersion[] Expected(TenantState state, Incident incident) =>
        [new(StreamId.Proposal(incident.Id), incident.ProposalVersion), state.VersionOf(StreamId.Freeze), state.VersionOf(StreamId.Access)];

    private static Outcome TooLong(Incident incident, string reason) =>
        Outcome.Refuse(incident, Refusal.BadInput, $"The reason may have {LongestReason} characters at most; yours has {reason.Length}.");

    private static string? Reason(Decide command) => string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
}

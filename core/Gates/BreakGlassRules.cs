using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>
/// Acting at once and alone where the policy lets somebody, and what others say about it afterwards. It stands for approvals and for
/// nothing else: a freeze, the kill switch, L3, the plan digest and the expiry hold as ever, and what cannot be undone is not done so.
/// Pure.
/// </summary>
internal static class BreakGlassRules
{
    private const int MaxReasonLength = 500;

    /// <summary>Null when the person may break the glass; asked with their own roles, never with somebody else's.</summary>
    /// <param name="whyNotApprove">Why the person cannot approve; null when they can.</param>
    public static RequestResult? Check(TenantState state, Proposal proposal, IReadOnlySet<Role> roles, RequestResult? whyNotApprove)
    {
        if (proposal.Staged is not { Terms: { Level: GateLevel.L2, BreakGlass: { } glass } } staged)
            return new(proposal, Refusal.NotPossible, $"The gate policy lets nobody act alone on {proposal.Subject}.");
        if (!roles.Contains(Role.Administrator) && !roles.Contains(glass.Role))
            return new(proposal, Refusal.NotAllowed,
                $"Only {GateMessages.Plural(glass.Role)}{(glass.Role == Role.Administrator ? "" : " and administrators")} of "
                + $"{state.Name} may break the glass for {proposal.Subject}.");
        if (staged.NeedsReview)
            return new(proposal, Refusal.NotPossible, $"{proposal.Subject} cannot be undone, so nobody does it alone.");
        return whyNotApprove is null && Approvals(proposal) + 1 >= staged.Terms.Approvals
            ? new(proposal, Refusal.NotPossible, $"There is no need to break the glass: you may approve {proposal.Subject} yourself.")
            : null;
    }

    public static Outcome Break(TenantState state, Proposal proposal, Decide command, IReadOnlySet<Role> roles,
        RequestResult? whyNotApprove,
        DecisionContext rules, DateTimeOffset now)
    {
        if (rules.Areas.Find(proposal.Subject) is { MayBeDoneAlone: false })
        {
            return Outcome.Refuse(proposal, Refusal.NotPossible,
                $"Breaking the glass is for acting on what is broken. {proposal.Subject} waits for somebody else's approval.");
        }
        if (Check(state, proposal, roles, whyNotApprove) is { } refused)
            return new Outcome.Unchanged(refused);
        if (state.Freeze is { } freeze)
            return Outcome.Refuse(proposal, Refusal.Frozen, FreezeRules.Describe(state.Name, freeze));
        var staged = proposal.Staged!;
        if (rules.WhyPaused(state, staged.Plan) is { } paused)
            return Outcome.Refuse(proposal, Refusal.Frozen, $"{paused} Nothing was done.");
        var reason = command.Reason?.Trim() ?? "";
        if (reason.Length is 0 or > MaxReasonLength)
            return Outcome.Refuse(proposal, Refusal.BadInput,
                $"Say why it cannot wait, in at most {MaxReasonLength} characters: everybody reads it.");
        var glass = staged.Terms.BreakGlass!;
        var owed = new OwedConfirmations(
            glass.Confirmations, DateTimeOffset.FromUnixTimeMilliseconds((now + glass.Within).ToUnixTimeMilliseconds()));
        var decided = new ProposalDecided(proposal.Subject, staged.Revision, DecisionKind.Approve, staged.Seal, reason, null, null, true,
            proposal.Person) { Owed = owed };
        return new Outcome.Append(
            [new(proposal.Stream, proposal.Version), state.GetVersion(StreamId.Freeze), state.GetVersion(StreamId.Access)],
            [new(proposal.Stream, command.By.AsActor(), proposal.Correlation, decided, proposal.StagedSeq)],
            $"You broke the glass for {proposal.Subject}; it is being carried out. {GateMessages.Count(owed.Count, "other")} must confirm "
            + $"until {GateMessages.Utc(owed.DueAt)}, and everybody is told.");
    }

    /// <summary>Null when the person may say whether it was right.</summary>
    public static RequestResult? AuthorizeReview(TenantState state, Proposal proposal, BrokenGlass? broken, IReadOnlySet<Role> roles,
        PersonId person)
    {
        if (DecisionRules.CheckRole(state, proposal, roles) is { } stranger)
            return stranger;
        if (broken is null or { IsConfirmed: true })
            return new(proposal, Refusal.NothingToDecide, $"Nothing about {proposal.Subject} is left to be confirmed.");
        if (!roles.Contains(Role.Administrator) && !roles.Contains(broken.ApproverRole))
            return new(proposal, Refusal.NotAllowed,
                $"Only {GateMessages.Plural(broken.ApproverRole)}"
                + $"{(broken.ApproverRole == Role.Administrator ? "" : " and administrators")} of {state.Name} may confirm what was done "
                + $"about {proposal.Subject}.");
        if (broken.By.IsSame(person))
            return new(proposal, Refusal.OwnRequest,
                $"You broke the glass for {proposal.Subject} yourself; others must say whether that was right.");
        return broken.Reviews.Any(review => review.By.IsSame(person))
            ? new(proposal, Refusal.AlreadyApprovedByYou,
                $"You have said already what you think of it; it needs {GateMessages.Count(broken.Missing, "confirmation")} by "
                + "somebody else.")
            : null;
    }

    public static Outcome Review(TenantState state, ReviewBreakGlass command, IReadOnlySet<Role> roles)
    {
        var proposal = state.FindProposal(command.Subject);
        if (DecisionRules.CheckRole(state, proposal, roles) is { } stranger)
            return new Outcome.Unchanged(stranger);
        if (proposal is null)
            return new Outcome.Unchanged(DecisionRules.Unknown(state, command.Subject));
        var broken = proposal.BrokenGlasses.FirstOrDefault(one => one.Revision == command.Revision);
        if (AuthorizeReview(state, proposal, broken, roles, command.By.ObjectId) is { } refused)
            return new Outcome.Unchanged(refused);
        var reason = string.IsNullOrWhiteSpace(command.Reason) ? null : command.Reason.Trim();
        if (reason is { Length: > MaxReasonLength } || (reason is null && !command.Confirms))
            return Outcome.Refuse(proposal, Refusal.BadInput, $"Say what was wrong with it, in at most {MaxReasonLength} characters.");
        var complete = command.Confirms && broken!.Missing <= 1;
        var stream = proposal.Stream;
        List<NewEntry> entries =
            [new(stream, command.By.AsActor(), proposal.Correlation,
                new BreakGlassReviewed(proposal.Subject, broken!.Revision, command.Confirms, reason, complete))];
        if (!command.Confirms && broken.Escalation is null)
            entries.Add(new(stream, command.By.AsActor(), proposal.Correlation,
                new BreakGlassEscalated(proposal.Subject, broken.Revision, broken.EscalateTo, "Somebody objected.")));
        return new Outcome.Append([new(stream, proposal.Version), state.GetVersion(StreamId.Access)], entries, Said());

        string Said()
        {
            if (complete)
                return $"You confirmed {proposal.Subject}; nothing more is owed.";
            return command.Confirms
                ? $"You confirmed {proposal.Subject}; it needs {GateMessages.Count(broken.Missing - 1, "more confirmation")}."
                : $"Your objection to {proposal.Subject} is on record, and {GateMessages.Plural(broken.EscalateTo)} are told.";
        }
    }

    /// <summary>What falls due when not enough have confirmed in time.</summary>
    public static BreakGlassEscalated? Overdue(Proposal proposal, DateTimeOffset now, Func<Role, bool> isAnybodyThere)
    {
        if (proposal.BrokenGlasses.FirstOrDefault(IsWaitedFor) is not { } broken || broken.Owed.DueAt > now)
            return null;
        var to = !isAnybodyThere(broken.EscalateTo) && isAnybodyThere(Role.Administrator) ? Role.Administrator : broken.EscalateTo;
        return new(proposal.Subject, broken.Revision, to, $"{GateMessages.Count(broken.Missing, "confirmation")} did not come in time.");
    }

    public static DateTimeOffset? DueAt(Proposal proposal) => proposal.BrokenGlasses.FirstOrDefault(IsWaitedFor)?.Owed.DueAt;

    private static bool IsWaitedFor(BrokenGlass broken) => broken is { IsConfirmed: false, Escalation: null };

    private static int Approvals(Proposal proposal) => proposal.Decisions.Count(decision => decision.Fact.Kind == DecisionKind.Approve);
}

internal sealed class ReviewBreakGlassHandler(DecisionService recorder, IAccess access) : IRequestHandler<ReviewBreakGlass, RequestResult>
{
    public Task<RequestResult> Handle(ReviewBreakGlass request, CancellationToken cancellationToken) => recorder.RecordAsync(
        request.Tenant,
        request.Subject,
        state => BreakGlassRules.Review(state, request, access.GetRoles(state, request.By.ObjectId)),
        null,
        request.Seen,
        cancellationToken);
}

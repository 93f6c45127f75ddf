using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>
/// An area puts what a person asks for at its gate: computes the terms, computes its digest, appends <c>proposal.staged</c>. Refused while
/// something of the same subject waits or runs, so asking twice stages once.
/// </summary>
/// <param name="Plan">What would be done at vendors; <see cref="Plan.Empty"/> where the area's own record is the effect.</param>
/// <param name="Observed">What the request rests on and what it asks for, as approvers are shown it: part of the digest like the
/// plan.</param>
public sealed record Propose(
    TenantId Tenant, ProposalSubject Subject, Person By, Severity Severity, Plan Plan, IReadOnlyDictionary<string, string> Observed,
    CorrelationId Correlation) : IRequest<RequestResult>
{
    /// <summary>The user whom the subject is about, under whose key what is personal is encrypted; null for nobody.</summary>
    public string? Person { get; init; }

    /// <summary>It is worth nothing after this; null for no such limit.</summary>
    public DateTimeOffset? NotAfter { get; init; }

    public bool Simulated { get; init; }
}

/// <summary>Decides whether what somebody asks for comes to its gate. Pure.</summary>
internal static class ProposeRules
{
    public static Outcome Propose(TenantState state, Propose command, IReadOnlySet<Role> roles, DateTimeOffset now, DecisionContext context)
    {
        var known = state.FindProposal(command.Subject) ?? new Proposal(command.Tenant, command.Subject, command.Correlation);
        if (DecisionRules.CheckRole(state, known, roles) is { } stranger)
            return new Outcome.Unchanged(stranger);
        if (command.Subject.IsIncident || context.Areas.Find(command.Subject) is not { } area)
            return Outcome.Refuse(known, Refusal.NotPossible, $"Nobody can ask for a decision about {command.Subject}.");
        if (known.IsUndecided)
            return Outcome.Refuse(known, Refusal.AlreadyDecided, $"{Name(command.Subject)} waits for a decision already.");
        if (known.Phase is ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing)
            return Outcome.Refuse(known, Refusal.NotPossible, $"{Name(command.Subject)} is being carried out; wait for its outcome.");
        var about = known with { Severity = command.Severity, Person = command.Person };
        var question = new GateQuestion(area.GateArea, command.Severity, command.Plan, now)
        {
            IsOwnEffect = area.IsItsOwnEffect,
            NotAfter = command.NotAfter,
            EarlierWeight = ProposalStaging.EarlierWeight(state, about, long.MaxValue, now - context.Policy.Chain.Window, context.Find),
            Hold = state.Freeze is { } freeze ? FreezeRules.Describe(state.Name, freeze) : context.WhyPaused(state, command.Plan),
        };
        // Nobody's own request is approved by themselves, whatever the policy says of what the bot drafts.
        var terms = GateLevels.Compute(context.Policy, question, context.Find) with { NotTheRequester = true };
        if (!area.MayBeDoneAlone)
            terms = terms with { BreakGlass = null };
        var staged = ProposalStaging.Stage(
            about, about.NextRevision, ProposalKind.Remedy, command.By.AsActor(), command.Plan, command.Observed, terms,
            context.Find, context.NewNonce()) with { Simulated = command.Simulated ? true : null };
        return new Outcome.Append(
            [new(about.Stream, about.Version), state.GetVersion(StreamId.Freeze), state.GetVersion(StreamId.Access)],
            [new(about.Stream, command.By.AsActor(), about.Correlation, staged)],
            Describe(command.Subject, staged.Terms)).WithClock(now);
    }

    private static string Describe(ProposalSubject subject, GateTerms terms) => terms.Level switch
    {
        GateLevel.L0 or GateLevel.L1 => $"{Name(subject)} is being carried out.",
        GateLevel.L2 => $"{Name(subject)} needs {GateMessages.Count(terms.Approvals, "approval")} by somebody other than you; "
            + $"it waits until {GateMessages.Utc(terms.ExpiresAt)}.",
        _ => $"{Name(subject)} is for people only: {GateMessages.Said(terms.Reasons[0])}",
    };

    private static string Name(ProposalSubject subject)
    {
        var name = subject.ToString();
        return char.ToUpperInvariant(name[0]) + name[1..];
    }
}

internal sealed class ProposeHandler(DecisionService recorder, IAccess access, DecisionContexts contexts, TimeProvider clock)
    : IRequestHandler<Propose, RequestResult>
{
    public Task<RequestResult> Handle(Propose request, CancellationToken cancellationToken)
    {
        var context = contexts.For(request.Tenant);
        return recorder.RecordAsync(
            request.Tenant,
            request.Subject,
            state => ProposeRules.Propose(state, request, access.GetRoles(state, request.By.ObjectId), clock.GetUtcNow(), context),
            null,
            cancellationToken);
    }
}

using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Gates;

/// <summary>Why a request was refused. The sentence that goes with it is for the person.</summary>
public enum Refusal
{
    UnknownIncident,
    NothingToDecide,
    AlreadyDecided,
    Stale,
    Expired,
    NotAllowed,
    OwnRequest,
    AlreadyApprovedByYou,
    NotReviewed,
    HumanOnly,
    BadInput,
    Frozen,
    NotPossible,
    RecordUnavailable,

    /// <summary>Nothing speaks against it once the person says that they mean it.</summary>
    AsksFirst,
}

/// <summary>
/// How a person's request ended: the proposal as it now stands, and one sentence. <paramref name="Refusal"/> null means it was done.
/// </summary>
public sealed record RequestResult(Proposal? Proposal, Refusal? Refusal, string Message)
{
    /// <summary>The incident that the proposal is about, as far as it was read; null for everything else.</summary>
    public Incident? Incident { get; init; }

    public bool IsDone => Refusal is null;
}

/// <summary>A person decides about the proposal as it was shown to them.</summary>
/// <param name="PlanDigest">The plan digest of what they saw.</param>
/// <param name="Edits">By <c>{step}.{argument}</c>, step 0-based; only with <see cref="DecisionKind.ApproveWithEdits"/>.</param>
/// <param name="BreakGlass">Approve at once and alone; others owe a word about it afterwards.</param>
/// <param name="ReviewToken">Proof that every page of an irreversible plan was opened.</param>
public sealed record Decide(
    TenantId Tenant,
    ProposalSubject Subject,
    Person By,
    DecisionKind Kind,
    string PlanDigest,
    CorrelationId Correlation,
    string? Reason = null,
    IReadOnlyDictionary<string, string>? Edits = null,
    DateTimeOffset? Until = null,
    string? ReviewToken = null,
    bool BreakGlass = false) : IRequest<RequestResult>
{
    /// <summary>A snooze may outlast the deadline: the person was told what that means and said so.</summary>
    public bool PastDeadline { get; init; }

    /// <summary>The state in which the person's right to see it was looked up; null where none was read yet.</summary>
    public TenantState? Seen { get; init; }
}

/// <summary>A person says whether it was right to act alone on a revision.</summary>
public sealed record ReviewBreakGlass(
    TenantId Tenant, ProposalSubject Subject, Person By, int Revision, bool Confirms, string? Reason, CorrelationId Correlation)
    : IRequest<RequestResult>
{
    /// <summary>The state in which the person's right to see it was looked up; null where none was read yet.</summary>
    public TenantState? Seen { get; init; }
}

/// <summary>A person asks to take a verified execution back.</summary>
public sealed record RequestUndo(TenantId Tenant, ProposalSubject Subject, Person By, CorrelationId Correlation) : IRequest<RequestResult>
{
    /// <summary>The state in which the person's right to see it was looked up; null where none was read yet.</summary>
    public TenantState? Seen { get; init; }
}

/// <summary>A person asks for a new draft where the last one did not lead to the wanted end.</summary>
/// <param name="PlanDigest">The plan digest of the proposal that was shown; null when it was asked for in words.</param>
public sealed record RequestRedraft(TenantId Tenant, IncidentId IncidentId, Person By, string? PlanDigest,
    CorrelationId Correlation) : IRequest<RequestResult>
{
    /// <summary>The state in which the person's right to see it was looked up; null where none was read yet.</summary>
    public TenantState? Seen { get; init; }
}

public sealed record SetFreeze(TenantId Tenant, Person By, string Reason, CorrelationId Correlation) : IRequest<RequestResult>;

public sealed record LiftFreeze(TenantId Tenant, Person By, string? Reason, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>Stops every tenant at once, on each tenant's own ledger, so that every instance obeys; only administrators may.</summary>
public sealed record FreezeEverything(Person By, string Reason, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>Lets everything go on that <see cref="FreezeEverything"/> stopped; another administrator than who stopped it.</summary>
public sealed record UnfreezeEverything(Person By, string? Reason, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>Gives or takes a role; only administrators may.</summary>
public sealed record AssignRole(TenantId Tenant, Person By, Person To, Role Role, bool Held, CorrelationId Correlation)
    : IRequest<RequestResult>;

/// <summary>Whoever types the code that a start printed is administrator of every client that has none.</summary>
/// <param name="IsPrivate">Nobody else reads the conversation in which it was typed.</param>
public sealed record ClaimAdministration(
    Person By, string Code, bool IsPrivate, bool IsGuest, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>A person is away; only administrators may say so of others.</summary>
/// <param name="From">Now when null, and never sooner.</param>
/// <param name="Delegate">Decides in their name meanwhile.</param>
public sealed record SetAbsence(
    TenantId Tenant, Person By, Person Who, DateTimeOffset? From, DateTimeOffset Until, Person? Delegate, string? Reason,
    CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>They are back, or will not be away.</summary>
public sealed record EndAbsence(TenantId Tenant, Person By, Person Who, CorrelationId Correlation) : IRequest<RequestResult>;

/// <summary>Binds a conversation to a tenant, or releases it (<see cref="UnlinkChannel"/>).</summary>
public sealed record LinkChannel(TenantId Tenant, Person By, ChannelRef Channel, bool Escalation,
    CorrelationId Correlation) : IRequest<RequestResult>;

public sealed record UnlinkChannel(TenantId Tenant, Person By, ConversationId ConversationId, CorrelationId Correlation)
    : IRequest<RequestResult>;

/// <summary>Puts a drafted recommendation at its gate: computes the level, computes its digest, appends <c>proposal.staged</c>.</summary>
public sealed record StageProposal(TenantId Tenant, IncidentId IncidentId) : IRequest<Unit>;

/// <summary>What a person may do with a tenant: configured roles, roles given or taken on the ledger, and local mode's.</summary>
public interface IAccess
{
    IReadOnlySet<Role> GetRoles(TenantState state, PersonId person);

    /// <summary>Everybody who has any role at the tenant by configuration or by command.</summary>
    IEnumerable<PersonId> PeopleWithRoles(TenantState state);

    /// <summary>
    /// Everybody is administrator because the bot runs in local mode with <c>Access:Local = administrator</c>; cards say so.
    /// </summary>
    bool EverybodyIsAdministrator { get; }

    /// <summary>May this person decide about the staged proposal now? Null when they may; otherwise why not.</summary>
    RequestResult? AuthorizeDecision(TenantState state, Proposal proposal, PersonId person);

    /// <summary>May this person act alone on it? Null when they may.</summary>
    RequestResult? AuthorizeBreakGlass(TenantState state, Proposal proposal, PersonId person);

    /// <summary>May this person say whether it was right to act alone? Null when they may.</summary>
    RequestResult? AuthorizeReview(TenantState state, Proposal proposal, PersonId person);
}

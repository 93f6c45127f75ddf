using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Execution;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>L0 automatic; L1 execute and notify; L2 approve to proceed; L3 human only.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<GateLevel>))]
public enum GateLevel { L0, L1, L2, L3 }

[JsonConverter(typeof(CamelCaseEnum<Role>))]
public enum Role { Technician, Approver, Manager, Administrator, Auditor }

/// <summary>What a proposal wants to do: the remedy of its incident, or taking that remedy back.</summary>
[JsonConverter(typeof(CamelCaseEnum<ProposalKind>))]
public enum ProposalKind { Remedy, Undo }

/// <summary>What the gate asks for.</summary>
/// <param name="Reasons">Why this level, one sentence each, for the card and <c>why</c>.</param>
/// <param name="EscalateAt">When to also tell <paramref name="EscalateTo"/>; null for never.</param>
/// <param name="EscalateTo">A role that is told as well, in the tenant's escalation channel if there is one.</param>
public sealed record GateTerms(
    GateLevel Level,
    IReadOnlyList<string> Reasons,
    Role ApproverRole,
    int Approvals,
    bool NotTheRequester,
    DateTimeOffset ExpiresAt,
    DateTimeOffset? EscalateAt,
    Role? EscalateTo,
    string PolicyVersion)
{
    /// <summary>Who may act at once and alone; null for nobody.</summary>
    public BreakGlass? BreakGlass { get; init; }
}

/// <summary><c>proposal.staged</c> on <c>proposal/{incident}</c>: a recommendation waits at a gate.</summary>
/// <param name="Requester">The person who asked for it, or the part of the bot that drafted it.</param>
/// <param name="Plan">What would be done; <see cref="Plan.Empty"/> at L3.</param>
/// <param name="Seal">Hex SHA-256 over what is shown: plan, tenant, requester, policy version, observed state and nonce.</param>
/// <param name="Nonce">One-time, hex; never leaves the ledger.</param>
/// <param name="NeedsReview">An irreversible plan: every page must be opened before it can be approved.</param>
public sealed record ProposalStaged(
    string IncidentId,
    int Revision,
    ProposalKind Kind,
    [property: Personal] Actor Requester,
    [property: Personal] Plan Plan,
    [property: Personal] IReadOnlyDictionary<string, string> Observed,
    GateTerms Terms,
    bool NeedsReview,
    string Seal,
    [property: Personal] string Nonce,
    [property: Subject] string? Subject = null) : Fact
{
    /// <summary>The time its terms were counted from, as the clock then said. The entry's own time is later where a clock was ahead before.</summary>
    public DateTimeOffset? ByClock { get; init; }

    /// <summary>Of the incident, as its terms were computed; null in entries of before it was recorded.</summary>
    public Severity? Severity { get; init; }
}

[JsonConverter(typeof(CamelCaseEnum<DecisionKind>))]
public enum DecisionKind
{
    Approve,
    ApproveWithEdits,
    Reject,
    Snooze,

    /// <summary>A person saw to it outside the bot; nothing is executed.</summary>
    Handled,
}

/// <summary><c>proposal.decided</c>; the entry's actor is who decided.</summary>
/// <param name="Seal">The seal of what was approved: of the edited plan when there were edits.</param>
/// <param name="Edited">The plan with its edits; null without.</param>
/// <param name="Until">When a snoozed proposal comes back.</param>
/// <param name="Complete">Nothing more is needed: false for the first of two approvals, and for a snooze.</param>
public sealed record ProposalDecided(
    string IncidentId, int Revision, DecisionKind Kind, string Seal, [property: FreeText] string? Reason, [property: Personal] Plan? Edited,
    DateTimeOffset? Until, bool Complete, [property: Subject] string? Subject = null) : Fact
{
    /// <summary>Who is absent and whose right was used; null where the right was the decider's own.</summary>
    [Personal]
    public Actor? InTheNameOf { get; init; }

    /// <summary>The glass was broken: nobody else approved, and this is owed for it. Null otherwise.</summary>
    public OwedConfirmations? Owed { get; init; }

    /// <summary>The time it was held against the expiry, as the clock then said. The entry's own time is later where a clock was ahead before.</summary>
    public DateTimeOffset? ByClock { get; init; }
}

/// <summary><c>break-glass.reviewed</c> on <c>proposal/{incident}</c>: somebody says whether it was right to act alone on that revision.</summary>
/// <param name="Complete">Enough have confirmed; nothing more is owed.</param>
public sealed record BreakGlassReviewed(string IncidentId, int Revision, bool Confirms, [property: FreeText] string? Reason, bool Complete) : Fact;

/// <summary><c>break-glass.escalated</c>: it was not confirmed in time, or somebody objected.</summary>
public sealed record BreakGlassEscalated(string IncidentId, int Revision, Role To, string Reason) : Fact;

/// <summary><c>proposal.withdrawn</c>: nothing is left to decide, as when the alert resolved by itself.</summary>
public sealed record ProposalWithdrawn(string IncidentId, int Revision, string Reason) : Fact;

/// <summary><c>redraft.requested</c>: a person asks to look at the world again and propose anew, instead of revision <paramref name="Revision"/>.</summary>
public sealed record RedraftRequested(string IncidentId, int Revision) : Fact;

/// <summary><c>proposal.expired</c>: silence is never yes; nothing was done.</summary>
public sealed record ProposalExpired(string IncidentId, int Revision) : Fact;

/// <summary><c>proposal.escalated</c>: nobody decided in time, so others are told too.</summary>
public sealed record ProposalEscalated(string IncidentId, int Revision, Role To) : Fact
{
    /// <summary>Why before its time, or to somebody else than the policy names; null as planned.</summary>
    public string? Reason { get; init; }

    /// <summary>Its place among those that were escalated at once and are told as one; null when it was escalated by itself.</summary>
    public PlaceAmong? Among { get; init; }
}

/// <param name="Position">0-based, of <paramref name="Of"/>.</param>
public sealed record PlaceAmong(int Position, int Of);

/// <summary><c>proposal.returned</c>: a snooze is over and the proposal waits again.</summary>
public sealed record ProposalReturned(string IncidentId, int Revision) : Fact;

/// <summary><c>role.assigned</c> on <c>access</c>; <paramref name="Held"/> false takes the role away.</summary>
public sealed record RoleAssigned(string ObjectId, [property: Personal(nameof(RoleAssigned.ObjectId))] string Name, Role Role, bool Held) : Fact;

/// <summary><c>absence.set</c> on <c>access</c>: a person is away; replaces what was said about them before.</summary>
/// <param name="DelegateId">Entra object id of who decides in their name meanwhile; null for nobody.</param>
public sealed record AbsenceSet(
    string ObjectId, [property: Personal(nameof(AbsenceSet.ObjectId))] string Name, DateTimeOffset From, DateTimeOffset Until,
    string? DelegateId, [property: Personal(nameof(AbsenceSet.DelegateId))] string? DelegateName,
    [property: Personal(nameof(AbsenceSet.ObjectId))] string? Reason) : Fact;

/// <summary><c>absence.ended</c>: back sooner, or not away after all.</summary>
public sealed record AbsenceEnded(string ObjectId, [property: Personal(nameof(AbsenceEnded.ObjectId))] string Name) : Fact;

/// <summary>What set a freeze, where it was not one person's word about one tenant.</summary>
[JsonConverter(typeof(CamelCaseEnum<FreezeCause>))]
public enum FreezeCause
{
    /// <summary>An administrator stopped every tenant.</summary>
    Everything,

    /// <summary>A plan was not the one that had been sealed.</summary>
    BrokenSeal,

    /// <summary>Something was done at a vendor that no decision allows.</summary>
    OutOfBand,
}

/// <summary><c>freeze.set</c> on <c>freeze</c>: nothing of this tenant is executed until a different person lifts it.</summary>
public sealed record FreezeSet([property: FreeText] string Reason) : Fact
{
    /// <summary>Null: a person froze this tenant.</summary>
    public FreezeCause? Cause { get; init; }
}

/// <summary><c>freeze.lifted</c>.</summary>
public sealed record FreezeLifted([property: FreeText] string? Reason) : Fact
{
    /// <summary>The freeze of everything is lifted rather than the tenant's own.</summary>
    public bool? Everything { get; init; }
}

/// <summary><c>switch.thrown</c> on <c>switch</c>: the kill switch was found on for all of this tenant; nothing is drafted, posted or executed.</summary>
public sealed record SwitchThrown(string Why) : Fact;

/// <summary><c>switch.lifted</c>.</summary>
public sealed record SwitchLifted(DateTimeOffset Since) : Fact;

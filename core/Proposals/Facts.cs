using System.Text.Json.Serialization;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>A fact on the stream <c>proposal/{subject}</c>.</summary>
/// <param name="About">Stored as <c>incidentId</c>, the name that it had while every proposal was an incident's.</param>
public abstract record ProposalFact([property: JsonPropertyName("incidentId")] ProposalSubject About) : Fact;

/// <summary>What a proposal wants to do: the remedy of its subject, or taking that remedy back.</summary>
[JsonConverter(typeof(CamelCaseEnum<ProposalKind>))]
public enum ProposalKind { Remedy, Undo }

/// <summary><c>proposal.staged</c> on <c>proposal/{subject}</c>: a recommendation waits at a gate.</summary>
/// <param name="Requester">The person who asked for it, or the part of the bot that drafted it.</param>
/// <param name="Plan">What would be done; <see cref="Plan.Empty"/> at L3.</param>
/// <param name="Seal">Hex SHA-256 over what is shown: plan, tenant, requester, policy version, observed state and nonce.</param>
/// <param name="Nonce">One-time, hex; never leaves the ledger.</param>
/// <param name="NeedsReview">An irreversible plan: every page must be opened before it can be approved.</param>
public sealed record ProposalStaged(
    ProposalSubject About,
    int Revision,
    ProposalKind Kind,
    [property: Personal] Actor Requester,
    [property: Personal] Plan Plan,
    [property: Personal] IReadOnlyDictionary<string, string> Observed,
    GateTerms Terms,
    bool NeedsReview,
    string Seal,
    [property: Personal] string Nonce,
    [property: Subject] string? Subject = null) : ProposalFact(About)
{
    /// <summary>
    /// The time its terms were counted from, as the clock then said. The entry's own time is later where a clock was ahead before.
    /// </summary>
    public DateTimeOffset? ByClock { get; init; }

    /// <summary>Of its subject, as its terms were computed; null in entries of before it was recorded.</summary>
    public Severity? Severity { get; init; }

    /// <summary>What is proposed touches a simulated vendor; null where it does not, and where the draft says so.</summary>
    public bool? Simulated { get; init; }
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
/// <param name="Seal">The plan digest of what was approved: of the edited plan when there were edits.</param>
/// <param name="Edited">The plan with its edits; null without.</param>
/// <param name="Until">When a snoozed proposal comes back.</param>
/// <param name="Complete">Nothing more is needed: false for the first of two approvals, and for a snooze.</param>
public sealed record ProposalDecided(
    ProposalSubject About, int Revision, DecisionKind Kind, string Seal, [property: FreeText] string? Reason,
    [property: Personal] Plan? Edited, DateTimeOffset? Until, bool Complete, [property: Subject] string? Subject = null)
    : ProposalFact(About), ISignedSoon
{
    /// <summary>Who is absent and whose right was used; null where the right was the decider's own.</summary>
    [Personal]
    public Actor? InTheNameOf { get; init; }

    /// <summary>The glass was broken: nobody else approved, and this is owed for it. Null otherwise.</summary>
    public OwedConfirmations? Owed { get; init; }

    /// <summary>
    /// The time it was held against the expiry, as the clock then said. The entry's own time is later where a clock was ahead before.
    /// </summary>
    public DateTimeOffset? ByClock { get; init; }
}

/// <summary>
/// <c>break-glass.reviewed</c> on <c>proposal/{subject}</c>: somebody says whether it was right to act alone on that revision.
/// </summary>
/// <param name="Complete">Enough have confirmed; nothing more is owed.</param>
public sealed record BreakGlassReviewed(
    ProposalSubject About, int Revision, bool Confirms, [property: FreeText] string? Reason, bool Complete) : ProposalFact(About);

/// <summary><c>break-glass.escalated</c>: it was not confirmed in time, or somebody objected.</summary>
public sealed record BreakGlassEscalated(ProposalSubject About, int Revision, Role To, string Reason) : ProposalFact(About);

/// <summary><c>proposal.withdrawn</c>: nothing is left to decide, as when the alert resolved by itself.</summary>
public sealed record ProposalWithdrawn(ProposalSubject About, int Revision, string Reason) : ProposalFact(About);

/// <summary>
/// <c>redraft.requested</c>: a person asks to look at the world again and propose anew, instead of revision <paramref name="Revision"/>.
/// </summary>
public sealed record RedraftRequested(ProposalSubject About, int Revision) : ProposalFact(About)
{
    /// <summary>True when nobody asked: a vendor that gave no answer gives one again. Absent otherwise.</summary>
    public bool? VendorAnswers { get; init; }
}

/// <summary><c>proposal.expired</c>: silence is never yes; nothing was done.</summary>
public sealed record ProposalExpired(ProposalSubject About, int Revision) : ProposalFact(About);

/// <summary><c>proposal.escalated</c>: nobody decided in time, so others are told too.</summary>
public sealed record ProposalEscalated(ProposalSubject About, int Revision, Role To) : ProposalFact(About)
{
    /// <summary>Why before its time, or to somebody else than the policy names; null as planned.</summary>
    public string? Reason { get; init; }

    /// <summary>Its place among those that were escalated at once and are told as one; null when it was escalated by itself.</summary>
    public PlaceAmong? Among { get; init; }
}

/// <param name="Position">0-based, of <paramref name="Of"/>.</param>
public sealed record PlaceAmong(int Position, int Of);

/// <summary><c>proposal.returned</c>: a snooze is over and the proposal waits again.</summary>
public sealed record ProposalReturned(ProposalSubject About, int Revision) : ProposalFact(About);

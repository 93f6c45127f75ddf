using System.Collections.Frozen;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>What an area shows of its proposals on their card; one registration for each kind of subject.</summary>
public interface ISubjectCard
{
    /// <summary>Of its subjects, as its <see cref="IProposalArea"/> says it.</summary>
    string Kind { get; }

    /// <param name="proposal">Has been staged.</param>
    SubjectView View(TenantState state, Proposal proposal);

    /// <summary>The streams that tell of a subject beside its proposal's: what <i>why</i> reads.</summary>
    IReadOnlyList<StreamId> GetStreams(ProposalSubject subject) => [new($"{subject.Kind}/{subject.Id}")];
}

/// <summary>Gathers what a card says of a proposal that belongs to no incident, for one reader.</summary>
public sealed class SubjectViews(IEnumerable<ISubjectCard> cards, ProposalViews proposals)
{
    private readonly FrozenDictionary<string, ISubjectCard> byKind =
        cards.ToFrozenDictionary(static card => card.Kind, StringComparer.Ordinal);

    /// <summary>An area says what is shown of it.</summary>
    public bool Knows(ProposalSubject subject) => byKind.ContainsKey(subject.Kind);

    /// <summary>The streams that tell of a subject beside its proposal's and its card's.</summary>
    public IReadOnlyList<StreamId> GetStreams(ProposalSubject subject) => byKind.GetValueOrDefault(subject.Kind)?.GetStreams(subject) ?? [];

    /// <summary>What everybody in the conversation sees; null where it was never staged, or no area says what to show.</summary>
    public SubjectCardView? ForEverybody(TenantState state, Proposal proposal, ConversationId conversationId) =>
        New(state, proposal) is { } view ? proposals.ForEverybody(view, state, conversationId) : null;

    /// <summary>As <see cref="ForEverybody"/> where it is new: it calls those who may decide, where the policy says so.</summary>
    public SubjectCardView? ForEverybodyAnew(TenantState state, Proposal proposal, ConversationId conversationId) =>
        New(state, proposal) is { } view ? proposals.ForEverybodyAnew(view, state, conversationId) : null;

    /// <summary>What one person sees; null where it was never staged, or no area says what to show.</summary>
    /// <param name="notice">One sentence on top; null for none.</param>
    public SubjectCardView? ForPerson(
        TenantState state, Proposal proposal, ConversationId conversationId, Person person, string? notice = null) =>
        New(state, proposal) is { } view ? proposals.ForPerson(view, state, conversationId, person, notice) : null;

    /// <summary>What is shown of it, whoever reads it; null where it was never staged, or no area says what to show.</summary>
    public SubjectCardView? New(TenantState state, Proposal proposal) =>
        proposal.Staged is not null && byKind.GetValueOrDefault(proposal.Subject.Kind) is { } area
            ? new(proposal, area.View(state, proposal), proposals.GetTenant(state), proposals.Now)
            : null;
}

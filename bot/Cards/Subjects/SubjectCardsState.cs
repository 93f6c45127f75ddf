using System.Collections.Immutable;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>What conversations show of a proposal that belongs to no incident.</summary>
/// <param name="LastSeq">The last entry that changed what a person should see.</param>
/// <param name="Version">Of <c>card/{subject}</c>; appends name it.</param>
public sealed record SubjectCards(long LastSeq, long Version, ImmutableDictionary<ConversationId, ShownCard> Shown)
{
    public static readonly SubjectCards None = new(0, 0, ImmutableDictionary<ConversationId, ShownCard>.Empty);
}

/// <summary>The cards of a tenant's proposals that belong to no incident, by their subject.</summary>
public sealed record SubjectCardsState : ISlice<SubjectCardsState>
{
    private const string CardPrefix = "card/";

    /// <summary>What every card of the client may show.</summary>
    public static readonly ImmutableArray<Type> AboutAllCards =
    [
        typeof(ChannelLinked), typeof(ChannelUnlinked), typeof(FreezeSet), typeof(FreezeLifted), typeof(SwitchThrown), typeof(SwitchLifted),
        typeof(AbsenceSet), typeof(AbsenceEnded), typeof(ErasureCompleted),
    ];

    public static SubjectCardsState Empty { get; } = new();

    public ImmutableDictionary<ProposalSubject, SubjectCards> BySubject { get; init; } =
        ImmutableDictionary<ProposalSubject, SubjectCards>.Empty;

    public SubjectCards For(ProposalSubject subject) => BySubject.GetValueOrDefault(subject) ?? SubjectCards.None;

    public SubjectCardsState Apply(LedgerEntry entry, TenantState before)
    {
        if (IsAboutAllCards(entry.Fact))
            return Seen(entry, before);
        if (ProposalSubject.From(entry.Stream) is { } proposed)
            return proposed.IsIncident ? this : With(proposed, For(proposed) with { LastSeq = entry.Seq });
        if (!entry.Stream.Value.StartsWith(CardPrefix, StringComparison.Ordinal))
            return this;
        var shown = ProposalSubject.Parse(entry.Stream.Value[CardPrefix.Length..]);
        return shown.IsIncident ? this : With(shown, For(shown) with { Shown = For(shown).Shown.After(entry), Version = entry.Version });
    }

    public static bool IsAboutAllCards(Fact fact) => AboutAllCards.Contains(fact.GetType());

    /// <summary>With the cards changed that show what the entry says.</summary>
    private SubjectCardsState Seen(LedgerEntry entry, TenantState before)
    {
        // A conversation that is linked or not changes no card: what is to be posted where follows from the links.
        if (entry.Fact is ChannelLinked or ChannelUnlinked)
            return this;
        var changed = BySubject.Where(shown => before.Proposals.Find(shown.Key) is { } proposal
            && Concerns(entry.Fact, proposal, entry.At));
        return new()
        {
            BySubject = BySubject.SetItems(
                changed.Select(shown => KeyValuePair.Create(shown.Key, shown.Value with { LastSeq = entry.Seq }))),
        };
    }

    private static bool Concerns(Fact fact, Proposal proposal, DateTimeOffset at) => fact is ErasureCompleted erased
        ? proposal.Person == erased.Key || (erased.ObjectId is { } person && proposal.Names(PersonId.From(person)))
        : proposal.IsPending || proposal.CanBeUndone(at);

    private SubjectCardsState With(ProposalSubject subject, SubjectCards cards) =>
        new() { BySubject = BySubject.SetItem(subject, cards) };
}

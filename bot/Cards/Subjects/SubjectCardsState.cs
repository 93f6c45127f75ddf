using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>What conversations show of a proposal that belongs to no incident.</summary>
/// <param name="LastSeq">The last entry about the proposal.</param>
/// <param name="Version">Of <c>card/{subject}</c>; appends name it.</param>
public sealed record SubjectCards(long LastSeq, long Version, ImmutableDictionary<string, ShownCard> Shown)
{
    public static readonly SubjectCards None = new(0, 0, ImmutableDictionary<string, ShownCard>.Empty);
}

/// <summary>The cards of a tenant's proposals that belong to no incident, by the stored text of their subject.</summary>
public sealed record SubjectCardsState : ISlice<SubjectCardsState>
{
    private const string CardPrefix = "card/";

    public static SubjectCardsState Empty { get; } = new();

    public ImmutableDictionary<string, SubjectCards> BySubject { get; init; } = ImmutableDictionary<string, SubjectCards>.Empty;

    public SubjectCards For(ProposalSubject subject) => BySubject.GetValueOrDefault(subject.Text) ?? SubjectCards.None;

    public SubjectCardsState Apply(LedgerEntry entry, TenantState before)
    {
        if (ProposalSubject.From(entry.Stream) is { } proposed)
            return proposed.IsIncident ? this : With(proposed, For(proposed) with { LastSeq = entry.Seq });
        if (!entry.Stream.Value.StartsWith(CardPrefix, StringComparison.Ordinal))
            return this;
        var shown = ProposalSubject.Parse(entry.Stream.Value[CardPrefix.Length..]);
        return shown.IsIncident ? this : With(shown, For(shown) with { Shown = For(shown).Shown.After(entry), Version = entry.Version });
    }

    private SubjectCardsState With(ProposalSubject subject, SubjectCards cards) =>
        new() { BySubject = BySubject.SetItem(subject.Text, cards) };
}

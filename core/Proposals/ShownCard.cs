using System.Collections.Immutable;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Proposals;

/// <summary>What a conversation shows of an incident, or of another subject.</summary>
/// <param name="ActivityId">Null while it is not known whether the card was posted.</param>
public sealed record ShownCard(
    ConversationId ConversationId, DateTimeOffset SendingAt, int Attempts, string? ServiceUrl, ConversationId? ThreadId,
    string? ActivityId, long ShownSeq)
{
    /// <summary>What it showed when it was posted: how that came about is told by the card alone.</summary>
    public long PostedSeq { get; init; }

    /// <summary>The last end that was told under it, or was about to be.</summary>
    public long NoticedSeq { get; init; }

    /// <summary>When that was; null when nothing was told.</summary>
    public DateTimeOffset? NoticedAt { get; init; }

    /// <summary>When it was last drawn and sent, at the latest.</summary>
    public DateTimeOffset ShownAt { get; init; }
}

/// <summary>The cards of one subject, by conversation.</summary>
public static class ShownCards
{
    /// <summary>With what an entry on the subject's card stream says.</summary>
    public static ImmutableDictionary<ConversationId, ShownCard> After(
        this ImmutableDictionary<ConversationId, ShownCard> cards, LedgerEntry entry) =>
        entry.Fact switch
        {
            CardSending sending => cards.With(
                sending.ConversationId, card => card with { SendingAt = entry.ByClock, Attempts = card.Attempts + 1 }),
            CardPosted posted => cards.With(posted.ConversationId, card => card with
            {
                ServiceUrl = posted.ServiceUrl,
                ThreadId = posted.ThreadId,
                ActivityId = posted.ActivityId,
                ShownSeq = posted.ShownSeq,
                PostedSeq = posted.ShownSeq,
                ShownAt = entry.ByClock,
            }),
            CardUpdated updated => cards.With(
                updated.ConversationId, card => card with { ShownSeq = updated.ShownSeq, ShownAt = entry.ByClock }),
            NoticeSending notice => cards.With(
                notice.ConversationId, card => card with { NoticedSeq = notice.AboutSeq, NoticedAt = entry.ByClock }),
            _ => cards,
        };

    private static ImmutableDictionary<ConversationId, ShownCard> With(
        this ImmutableDictionary<ConversationId, ShownCard> cards, ConversationId conversation, Func<ShownCard, ShownCard> change) =>
        cards.SetItem(conversation, change(cards.GetValueOrDefault(conversation) ?? new(conversation, default, 0, null, null, null, 0)));
}

using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>What has to happen so that a conversation shows an incident as it is.</summary>
internal abstract record NextStep
{
    private NextStep() { }

    /// <summary>It does already, or there is nothing to show there.</summary>
    public sealed record Nothing : NextStep;

    /// <param name="Announce">
    /// The ledger must say <c>card.sending</c> first; false when it does and that send certainly came to nothing.
    /// </param>
    public sealed record Post(ChannelLinked Link, bool Announce) : NextStep;

    public sealed record Update(ChannelLinked Link, ShownCard Card) : NextStep;

    /// <param name="AboutSeq">Something ended with this entry since the card was posted, and nobody was told yet but by the card.</param>
    public sealed record Tell(ChannelLinked Link, ShownCard Card, long AboutSeq) : NextStep;

    /// <summary>How long after something ended it is still told: whoever hears it later reads it on the card.</summary>
    private static readonly TimeSpan NewsFor = TimeSpan.FromHours(2);

    /// <summary>An alert that flaps is told of no more often than this, and what of it is left by then stands.</summary>
    private static readonly TimeSpan BetweenReturns = TimeSpan.FromMinutes(10);

    /// <summary>Clocks of two instances differ by less; a time further ahead of now was taken while the clock was wrong.</summary>
    private static readonly TimeSpan WrongBy = TimeSpan.FromMinutes(5);

    /// <summary>Whether the card is there will be known by then, or is given up.</summary>
    public sealed record WaitUntil(DateTimeOffset Time) : NextStep;

    /// <param name="knownUnsent">The last announced send certainly did not arrive.</param>
    /// <param name="gone">The posted card was deleted in Teams.</param>
    /// <param name="lostAnswerWait">How long an unanswered send may still turn up.</param>
    /// <param name="turnedAt">
    /// When something that the card of an incident which could be frozen shows last began or ended by its date.
    /// </param>
    /// <param name="drawnAt">When the card was last drawn, where that is known better than from the ledger.</param>
    public static NextStep For(
        TenantState state, Incident incident, ConversationId conversationId, DateTimeOffset now, TimeSpan lostAnswerWait,
        bool knownUnsent = false, bool gone = false, DateTimeOffset? turnedAt = null, DateTimeOffset? drawnAt = null)
    {
        if (!state.Channels.TryGetValue(conversationId, out var link))
            return new Nothing();
        var card = incident.Cards.GetValueOrDefault(conversationId);
        if (card is { ActivityId: not null } && !gone)
        {
            // Shown at a time that is still to come: the clock was ahead then.
            var isOld = turnedAt is { } turned && (drawnAt ?? card.ShownAt) is var shown && (turned > shown || shown > now + WrongBy);
            return incident.LastSeq > card.ShownSeq || (incident.CanBeFrozen(now) && isOld)
                ? new Update(link, card)
                : Told(incident, link, card, now);
        }
        if (!IsWorthPosting(state, incident, link, state.LinkedSince.GetValueOrDefault(conversationId)) || (gone && !incident.IsOpen))
            return new Nothing();
        if (card is null || gone)
            return new Post(link, Announce: !(gone && knownUnsent));
        if (knownUnsent)
            return new Post(link, Announce: false);
        var givenUp = card.SendingAt + lostAnswerWait;
        return now < givenUp && card.SendingAt <= now + WrongBy ? new WaitUntil(givenUp) : new Post(link, Announce: true);
    }

    private static NextStep Told(Incident incident, ChannelLinked link, ShownCard card, DateTimeOffset now)
    {
        var (seq, at) = incident.Ended;
        if (seq <= Math.Max(card.NoticedSeq, card.PostedSeq) || now - at >= NewsFor)
            return new Nothing();
        if (incident.Returned?.Seq != seq)
            return new Tell(link, card, seq);
        // What has ended once more by then is told by the card alone.
        if (!incident.IsOpen)
            return new Nothing();
        return card.NoticedAt + BetweenReturns is { } next && now < next && card.NoticedAt <= now + WrongBy
            ? new WaitUntil(next)
            : new Tell(link, card, seq);
    }

    /// <summary>There is a proposal to show, it was not over before anybody saw it, and this conversation is one that is told.</summary>
    private static bool IsWorthPosting(TenantState state, Incident incident, ChannelLinked link, long linkedSince) =>
        incident is { Draft: not null, Staged: not null }
        && incident.Phase != ProposalPhase.Withdrawn
        && (incident.IsOpen || incident.LastSeq > linkedSince)
        && (incident.Escalated || state.ShowsEverything(link))
        && !state.IsOnList(incident, link);
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>What the ledger says of cards: that one is about to be sent, that it arrived, and what it shows.</summary>
internal sealed class CardRecord(ILedger ledger, TenantStates states, ILogger<CardRecord> logger)
{
    private static readonly Actor Self = Actor.Service("cards");

    public ValueTask<TenantState> StateAsync(TenantId tenant, CancellationToken cancellationToken) =>
        states.GetAsync(tenant, cancellationToken);

    /// <summary>The entry of this number; null when there is none.</summary>
    public async Task<LedgerEntry?> EntryAsync(TenantId tenant, long seq, CancellationToken cancellationToken) =>
        await ledger.ReadAsync(tenant, seq - 1, 1, cancellationToken) is [var entry] ? entry : null;

    /// <summary>
    /// Says durably what is about to be sent; false when the card's record has changed meanwhile, and nothing may be sent.
    /// </summary>
    /// <param name="failpoint">Where a test may stop the work.</param>
    public async Task<bool> AnnounceAsync(
        CardPlace place, Incident incident, Fact fact, string failpoint, CancellationToken cancellationToken)
    {
        var announced = await ledger.AppendAsync(
            place.Tenant, [new(StreamId.Card(incident.Id), incident.CardVersion)], [Entry(incident, fact)], cancellationToken);
        if (announced is AppendResult.Conflict)
            return false;
        Failpoints.Hit(failpoint);
        return true;
    }

    public async Task PostedAsync(CardPlace place, Incident incident, CardPosted posted)
    {
        // A quick viewer's refresh may have told us the id before Teams' answer did.
        var now = await states.GetAsync(place.Tenant, CancellationToken.None);
        if (now.Find(incident.Id)?.Cards.GetValueOrDefault(place.ConversationId)?.ActivityId == posted.ActivityId)
            return;
        await ledger.AppendAsync(place.Tenant, [], [Entry(incident, posted)], CancellationToken.None);
        Failpoints.Hit(Failpoint.CardPosted);
        logger.CardPosted(incident.Id, place.ConversationId, incident.LastSeq);
    }

    public async Task UpdatedAsync(CardPlace place, Incident incident, CardUpdated shown)
    {
        await ledger.AppendAsync(place.Tenant, [], [Entry(incident, shown)], CancellationToken.None);
        Failpoints.Hit(Failpoint.CardUpdated);
    }

    /// <summary>What became of the message under a card that says how it ended.</summary>
    public async Task NoticeAsync(CardPlace place, Incident incident, OutgoingMessage message, SendOutcome outcome)
    {
        var sent = new MessageSent(
            "outcome", incident.Id, place.ConversationId, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(),
            outcome.ForRecord());
        await ledger.AppendAsync(
            place.Tenant, [], [Entry(incident, sent) with { Stream = StreamId.Message(place.ConversationId) }], CancellationToken.None);
        if (outcome is not SendOutcome.Sent)
            logger.NoticeNotSent(incident.Id, place.ConversationId);
    }

    /// <summary>The conversation is lost: nothing can be shown there until it is heard of again.</summary>
    public async Task LostAsync(CardPlace place, TenantState state, Incident incident, string reason, CancellationToken cancellationToken)
    {
        var unlinked = new ChannelUnlinked(place.ConversationId, reason) { Lost = true };
        await ledger.AppendAsync(
            place.Tenant, [state.GetVersion(StreamId.Channels)], [new(StreamId.Channels, Self, incident.Correlation, unlinked)],
            cancellationToken);
    }

    /// <summary>A card arrived; the work goes on unless a test stops it here.</summary>
    public static void Arrived() => Failpoints.Hit(Failpoint.CardSent);

    private static NewEntry Entry(Incident incident, Fact fact) =>
        new(StreamId.Card(incident.Id), Self, incident.Correlation, fact, incident.LastSeq);
}

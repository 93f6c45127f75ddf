using System.Collections.Concurrent;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>
/// Keeps the card of every proposal that belongs to no incident true in the client's conversations. That a card is about to be sent is
/// durable first; what was certainly not sent is sent again, and where the answer was lost it is waited for before another is sent.
/// </summary>
internal sealed class SubjectCardSync(
    ILedger ledger, TenantStates states, SubjectViews views, IConnectorClient connector, IConversationReferences references,
    IOptions<CardsOptions> options, TimeProvider clock) : ILedgerSubscription
{
    private static readonly Actor Self = Actor.Service("cards");

    private readonly ConcurrentDictionary<(TenantId, ProposalSubject Subject, ConversationId Conversation), bool> unsent = new();

    public string Name => "subject-cards";

    public bool WaitsForSwitch => true;

    public string? GetPartitionKey(LedgerEntry entry)
    {
        if (SubjectCardsState.IsAboutAllCards(entry.Fact))
            return $"{entry.Tenant}/all";
        var subject = ProposalSubject.From(entry.Stream);
        return subject is { IsIncident: false } && views.Knows(subject) ? $"{entry.Tenant}/{subject.Text}" : null;
    }

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        var subjects = SubjectCardsState.IsAboutAllCards(entry.Fact)
            ? state.Proposals.All.Keys.Where(views.Knows)
            : new[] { ProposalSubject.From(entry.Stream) }.OfType<ProposalSubject>().Where(static subject => !subject.IsIncident);
        CardNotShownException? notShown = null;
        foreach (var subject in subjects)
        {
            foreach (var link in state.Channels.Values)
            {
                if (await ShowAsync(entry, subject, link, cancellationToken) is { } notReached)
                    notShown = new(subject, notReached);
            }
        }
        if (notShown is not null)
            throw notShown;
    }

    /// <summary>Brings one card up to date; what kept it from that, null when it is.</summary>
    private async Task<string?> ShowAsync(
        LedgerEntry entry, ProposalSubject subject, ChannelLinked link, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        var (cards, linked) = (state.Get<SubjectCardsState>().For(subject), link.Channel);
        var shown = cards.Shown.GetValueOrDefault(linked.ConversationId);
        if (shown is { ActivityId: not null } && shown.ShownSeq >= cards.LastSeq)
            return null;
        if (state.FindProposal(subject) is not { } proposal || (shown is null && !IsWorthPosting(state, proposal, link, entry)))
            return null;
        if (shown is null)
            await references.PeopleAsync(linked.ConversationId, cancellationToken);
        var drawn = shown is null
            ? views.ForEverybodyAnew(state, proposal, linked.ConversationId)
            : views.ForEverybody(state, proposal, linked.ConversationId);
        if (drawn is null)
            return null;
        var card = SubjectCard.Build(drawn);
        var place = references.Find(linked.ConversationId) is { } seen ? linked with { ServiceUrl = seen.ServiceUrl } : linked;
        var message = new OutgoingMessage { Card = card, Summary = SubjectCard.Summary(drawn) };
        return shown is { ActivityId: { } activity, ThreadId: { } thread }
            ? await UpdateAsync(entry, subject, place, thread, activity, message, cards.LastSeq, cancellationToken)
            : await PostAsync(entry, subject, place, shown, message, cards, cancellationToken);
    }

    /// <summary>This conversation is one that is told, and it was not over before anybody there could see it.</summary>
    private static bool IsWorthPosting(TenantState state, Proposal proposal, ChannelLinked link, LedgerEntry entry) =>
        (proposal.Escalated || state.ShowsEverything(link)) && (proposal.IsPending || ProposalSubject.From(entry.Stream) is not null);

    private async Task<string?> PostAsync(
        LedgerEntry entry, ProposalSubject subject, ChannelRef place, ShownCard? shown, OutgoingMessage message, SubjectCards cards,
        CancellationToken cancellationToken)
    {
        var key = (entry.Tenant, subject, place.ConversationId);
        if (shown is not null && !unsent.ContainsKey(key) && clock.GetUtcNow() - shown.SendingAt < options.Value.LostAnswerWait)
            return "whether it was posted is not known yet";
        var stream = StreamId.Card(subject);
        if (!unsent.ContainsKey(key))
        {
            var sending = new CardSending(subject, place.ConversationId);
            var announced = await ledger.AppendAsync(
                entry.Tenant, [new(stream, cards.Version)], [New(stream, entry, sending)], cancellationToken);
            if (announced is AppendResult.Conflict)
                return "another instance is posting it";
        }
        unsent.TryRemove(key, out _);
        var outcome = await connector.PostAsync(place, message, SendOptions.Alert, cancellationToken);
        if (outcome is SendOutcome.Sent { ActivityId: { } activity, ThreadId: var thread })
        {
            var posted = new CardPosted(
                subject, place.ConversationId, place.ServiceUrl, thread, activity, cards.LastSeq, Adopted: false)
            {
                Content = message.ContentHash(),
            };
            await ledger.AppendAsync(entry.Tenant, [], [New(stream, entry, posted)], CancellationToken.None);
            return null;
        }
        if (outcome is SendOutcome.NotSent or SendOutcome.Refused)
            unsent[key] = true;
        // A refusal does not pass by itself: the next entry about the proposal tries again.
        return (outcome as SendOutcome.NotSent)?.Message;
    }

    private async Task<string?> UpdateAsync(
        LedgerEntry entry, ProposalSubject subject, ChannelRef place, ConversationId thread, string activity, OutgoingMessage message,
        long shows, CancellationToken cancellationToken)
    {
        var outcome = await connector.UpdateAsync(place.ServiceUrl, thread, activity, message, SendOptions.Background, cancellationToken);
        if (outcome is not SendOutcome.Sent)
            return (outcome as SendOutcome.NotSent)?.Message;
        var updated = new CardUpdated(subject, place.ConversationId, activity, shows) { Content = message.ContentHash() };
        var stream = StreamId.Card(subject);
        await ledger.AppendAsync(entry.Tenant, [], [New(stream, entry, updated)], CancellationToken.None);
        return null;
    }

    private static NewEntry New(StreamId stream, LedgerEntry about, Fact fact) => new(stream, Self, about.Correlation, fact, about.Seq);
}

/// <summary>Teams could not be reached; the subscription tries again after a pause.</summary>
internal sealed class CardNotShownException(ProposalSubject subject, string reason)
    : Exception($"The card of {subject} is not shown everywhere yet: {reason}");

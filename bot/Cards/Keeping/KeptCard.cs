using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>One incident's card in one conversation.</summary>
internal readonly record struct CardPlace(TenantId Tenant, string IncidentId, string ConversationId);

/// <summary>Brings one card up to date and ends. Only one runs per place; a nudge during the work makes it look once more.</summary>
internal sealed class KeptCard(
    CardPlace place,
    ILedger ledger,
    TenantStates states,
    IncidentViews views,
    IConnectorClient connector,
    IConversationBook book,
    IFollowedTenants followed,
    RefusedCards refusedCards,
    CardsOptions options,
    TimeProvider clock,
    ILogger logger,
    Action<KeptCard> ended,
    IKillSwitch? killSwitch = null)
{
    private const string ConversationGone = "ConversationNotFound";

    /// <summary>How often Teams may refuse the same card for a reason that is not known to last.</summary>
    private const int MaxRefusals = 8;
    private static readonly Actor Self = Actor.Service("cards");

    private readonly Lock gate = new();
    private TaskCompletionSource nudge = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool hasEnded;
    private bool knownUnsent;
    private bool gone;
    private int failures;
    private (long Proposal, long Incident, long Timestamp)? updated;
    private long? passingSince;
    private DateTimeOffset? drawnAt;

    public Task Work { get; private set; } = Task.CompletedTask;

    /// <summary>False when the work had ended just before; begin anew.</summary>
    public bool TryNudge(CancellationToken stopping)
    {
        lock (gate)
        {
            if (hasEnded)
                return false;
            nudge.TrySetResult();
            if (Work.IsCompleted)
                Work = Task.Run(() => WorkAsync(stopping), CancellationToken.None);
            return true;
        }
    }

    private async Task WorkAsync(CancellationToken stopping)
    {
        try
        {
            while (TakeNudgeOrEnd())
            {
                while (await StepAsync(stopping))
                {
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The next start compares every card with the ledger.
        }
        finally
        {
            lock (gate)
                hasEnded = true;
            ended(this);
        }
    }

    private bool TakeNudgeOrEnd()
    {
        lock (gate)
        {
            if (!nudge.Task.IsCompleted)
            {
                hasEnded = true;
                return false;
            }
            nudge = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return true;
        }
    }

    /// <summary>Does the next thing; false when there is nothing more to do until the next nudge.</summary>
    private async Task<bool> StepAsync(CancellationToken stopping)
    {
        try
        {
            // Another instance keeps this card now, and has compared it with the ledger.
            if (!followed.IsMine(place.Tenant))
                return false;
            var state = await states.GetAsync(place.Tenant, stopping);
            if (state.Find(place.IncidentId) is not { } incident)
                return false;
            var turnedAt = views.TurnedAt(state);
            var next = NextStep.For(state, incident, place.ConversationId, clock.GetUtcNow(), options.LostAnswerWait, knownUnsent, gone, turnedAt, drawnAt);
            if (next is NextStep.Post or NextStep.Update or NextStep.WaitUntil
                && refusedCards.Holds(place, incident, Current(state.Channels[place.ConversationId].Channel).ServiceUrl, turnedAt))
            {
                return false;
            }
            switch (next)
            {
                // Under the kill switch nothing new is posted; what is shown is kept true in place. Its end nudges.
                case NextStep.Post or NextStep.Tell when IsHeld():
                    if (knownUnsent)
                        await PauseAsync(options.SweepEvery, untilNudged: true, stopping);
                    return knownUnsent;
                case NextStep.Post post:
                    return await PostAsync(state, incident, post, stopping);
                case NextStep.Update when Passing(incident) is { } rest:
                    await PauseAsync(rest, untilNudged: true, stopping);
                    return true;
                case NextStep.Update when TooSoon(incident) is { } pause:
                    await PauseAsync(pause, untilNudged: true, stopping);
                    return true;
                case NextStep.Update update:
                    return await UpdateAsync(state, incident, update, stopping);
                case NextStep.Tell tell:
                    return await TellOutcomeAsync(incident, tell, stopping);
                case NextStep.WaitUntil wait:
                    await PauseAsync(wait.Time - clock.GetUtcNow(), untilNudged: true, stopping);
                    return true;
                default:
                    return false;
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            logger.CardFailed(place.IncidentId, place.ConversationId, exception);
            await PauseAsync(NextPause(null), untilNudged: false, stopping);
            return true;
        }
    }

    private async Task<bool> PostAsync(TenantState state, Incident incident, NextStep.Post post, CancellationToken stopping)
    {
        if (post.Announce)
        {
            var announced = await ledger.AppendAsync(
                place.Tenant,
                [new(StreamId.Card(incident.Id), incident.CardVersion)],
                [Entry(incident, new CardSending(incident.Id, place.ConversationId))],
                stopping);
            if (announced is AppendResult.Conflict)
                return true;
            Failpoints.Hit(Failpoint.CardSending);
        }
        knownUnsent = false;
        await book.PeopleAsync(place.ConversationId, stopping);
        var drawing = clock.GetUtcNow();
        var message = Message(state, incident, isNew: true);
        var outcome = await connector.PostAsync(Current(post.Link.Channel), message, Urgency(incident) with { Unless = IsHeld }, stopping);
        switch (outcome)
        {
            case SendOutcome.Sent { ActivityId: { } activityId, ThreadId: var threadId }:
                Failpoints.Hit(Failpoint.CardSent);
                drawnAt = drawing;
                await RecordPostAsync(incident, Current(post.Link.Channel), threadId, activityId, message.ContentHash());
                return true;
            case SendOutcome.NotSent notSent:
                knownUnsent = true;
                await PauseAsync(NextPause(notSent.After), untilNudged: false, stopping);
                return true;
            case SendOutcome.Refused refused:
                knownUnsent = true;
                return await PostRefusedAsync(state, incident, post.Link, drawing, refused, stopping);
            default:
                logger.AnswerLost(incident.Id, place.ConversationId);
                return true;
        }
    }

    private async Task RecordPostAsync(Incident incident, ChannelRef channel, string threadId, string activityId, string content)
    {
        (gone, failures) = (false, 0);
        // A quick viewer's refresh may have told us the id before Teams' answer did.
        var now = await states.GetAsync(place.Tenant, CancellationToken.None);
        if (now.Find(incident.Id)?.Cards.GetValueOrDefault(place.ConversationId)?.ActivityId == activityId)
            return;
        var posted = new CardPosted(incident.Id, place.ConversationId, channel.ServiceUrl, threadId, activityId, incident.LastSeq, Adopted: false) { Content = content };
        await ledger.AppendAsync(place.Tenant, [], [Entry(incident, posted)], CancellationToken.None);
        Failpoints.Hit(Failpoint.CardPosted);
        logger.CardPosted(incident.Id, place.ConversationId, incident.LastSeq);
    }

    private async Task<bool> UpdateAsync(TenantState state, Incident incident, NextStep.Update update, CancellationToken stopping)
    {
        var card = update.Card;
        var drawing = clock.GetUtcNow();
        var message = Message(state, incident);
        var outcome = await connector.UpdateAsync(
            Current(update.Link.Channel).ServiceUrl, card.ThreadId!, card.ActivityId!, message, Urgency(incident), stopping);
        switch (outcome)
        {
            case SendOutcome.Sent:
                var shown = new CardUpdated(incident.Id, place.ConversationId, card.ActivityId!, incident.LastSeq) { Content = message.ContentHash() };
                await ledger.AppendAsync(place.Tenant, [], [Entry(incident, shown)], CancellationToken.None);
                Failpoints.Hit(Failpoint.CardUpdated);
                updated = (incident.Proposal.Version, incident.IncidentVersion, clock.GetTimestamp());
                (passingSince, drawnAt, failures) = (null, drawing, 0);
                return true;
            case SendOutcome.Refused { Reason: RefusalReason.Gone, Code: not ConversationGone }:
                logger.CardDeleted(incident.Id, place.ConversationId);
                gone = true;
                return true;
            case SendOutcome.Refused refused:
                return await UpdateRefusedAsync(incident, update.Link, drawing, refused, stopping);
            default:
                await PauseAsync(NextPause((outcome as SendOutcome.NotSent)?.After), untilNudged: false, stopping);
                return true;
        }
    }

    /// <summary>
    /// A short reply under the card when something ended since it was posted. That it is about to be sent is durable first, so it is sent once:
    /// again only while it certainly did not arrive, and after a crash not at all.
    /// </summary>
    private async Task<bool> TellOutcomeAsync(Incident incident, NextStep.Tell tell, CancellationToken stopping)
    {
        var entries = await ledger.ReadAsync(place.Tenant, tell.AboutSeq - 1, 1, stopping);
        if (entries is not [var about] || OutcomeNotice.For(incident, about) is not { } sentence)
            return false;
        var announced = await ledger.AppendAsync(
            place.Tenant,
            [new(StreamId.Card(incident.Id), incident.CardVersion)],
            [Entry(incident, new NoticeSending(incident.Id, place.ConversationId, tell.AboutSeq))],
            stopping);
        if (announced is AppendResult.Conflict)
            return true;
        Failpoints.Hit(Failpoint.NoticeSending);
        var serviceUrl = Current(tell.Link.Channel).ServiceUrl;
        var message = new OutgoingMessage { Text = sentence };
        SendOutcome outcome = new SendOutcome.Unknown("cut short");
        try
        {
            while ((outcome = await connector.SendAsync(serviceUrl, tell.Card.ThreadId!, message, SendOptions.Background, stopping)) is SendOutcome.NotSent notSent)
            {
                await PauseAsync(NextPause(notSent.After), untilNudged: false, stopping);
                outcome = new SendOutcome.Unknown("cut short");
            }
            failures = 0;
        }
        finally
        {
            await RecordNoticeAsync(incident, message, outcome);
        }
        return true;
    }

    private async Task RecordNoticeAsync(Incident incident, OutgoingMessage message, SendOutcome outcome)
    {
        var sent = new MessageSent("outcome", incident.Id, place.ConversationId, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(), outcome.ForRecord());
        await ledger.AppendAsync(place.Tenant, [], [Entry(incident, sent) with { Stream = StreamId.Message(place.ConversationId) }], CancellationToken.None);
        if (outcome is not SendOutcome.Sent)
            logger.NoticeNotSent(incident.Id, place.ConversationId);
    }

    /// <summary>Only a reason that is known to concern the conversation ends its link; anything else is tried again, since an alert waits.</summary>
    private async Task<bool> PostRefusedAsync(
        TenantState state, Incident incident, ChannelLinked link, DateTimeOffset drawing, SendOutcome.Refused refused, CancellationToken stopping)
    {
        logger.Refused(incident.Id, place.ConversationId, refused.Reason, refused.Code);
        if (!ConversationRefusals.IsLost(refused))
            return await RefusedAsTheyAreAsync(incident, link, drawing, refused, stopping);
        book.MarkUnusable(place.ConversationId, refused.Code);
        var unlinked = new ChannelUnlinked(place.ConversationId, $"Teams refused a card there: {CardText.Plain(refused.Code, 80)}") { Lost = true };
        await ledger.AppendAsync(place.Tenant, [state.VersionOf(StreamId.Channels)], [new(StreamId.Channels, Self, incident.Correlation, unlinked)], stopping);
        return true;
    }

    /// <summary>A refused update concerns that card alone: others in the conversation may go on.</summary>
    private Task<bool> UpdateRefusedAsync(Incident incident, ChannelLinked link, DateTimeOffset drawing, SendOutcome.Refused refused, CancellationToken stopping)
    {
        logger.Refused(incident.Id, place.ConversationId, refused.Reason, refused.Code);
        return RefusedAsTheyAreAsync(incident, link, drawing, refused, stopping);
    }

    /// <summary>What may pass by itself is tried a few times; then, and where the request itself is wrong, the card waits for something new to show.</summary>
    private async Task<bool> RefusedAsTheyAreAsync(
        Incident incident, ChannelLinked link, DateTimeOffset drawing, SendOutcome.Refused refused, CancellationToken stopping)
    {
        if (refused.Reason is RefusalReason.Forbidden or RefusalReason.Gone && failures < MaxRefusals)
        {
            await PauseAsync(NextPause(null), untilNudged: false, stopping);
            return true;
        }
        failures = 0;
        refusedCards.Add(place, incident, Current(link.Channel).ServiceUrl, drawing);
        return true;
    }

    /// <summary>What waits for a decision about a plan, is about security or a person, or is critical does not wait behind a storm.</summary>
    private static SendOptions Urgency(Incident incident) =>
        incident.Opened.Scope == IncidentScope.One
        && (incident.Severity == Severity.Critical || incident.IsApart || incident is { IsUndecided: true, Staged.Terms.Level: GateLevel.L2 })
            ? SendOptions.Alert : SendOptions.Background;

    private bool IsHeld() => killSwitch?.IsOn(place.Tenant) == true;

    private OutgoingMessage Message(TenantState state, Incident incident, bool isNew = false)
    {
        var view = isNew ? views.ForEverybodyAnew(state, incident, place.ConversationId) : views.ForEverybody(state, incident, place.ConversationId);
        return new() { Card = IncidentCard.Build(view), Summary = IncidentCard.Summary(view) };
    }

    /// <summary>Teams moves conversations between addresses; the latest activity from there knows best.</summary>
    private ChannelRef Current(ChannelRef linked) => book.Find(linked.ConversationId) is { } seen ? linked with { ServiceUrl = seen.ServiceUrl } : linked;

    private static NewEntry Entry(Incident incident, Fact fact) => new(StreamId.Card(incident.Id), Self, incident.Correlation, fact, incident.LastSeq);

    /// <summary>How long to wait when only more events came since the last update; null when there is news.</summary>
    private TimeSpan? TooSoon(Incident incident)
    {
        if (updated is not { } last || last.Proposal != incident.Proposal.Version || last.Incident != incident.IncidentVersion)
            return null;
        var left = options.CountEvery - clock.GetElapsedTime(last.Timestamp);
        return left > TimeSpan.Zero ? left : null;
    }

    /// <summary>How much longer a state on the way has to last to be shown; null for a state that stays. Spares the conversation's rate for what matters.</summary>
    private TimeSpan? Passing(Incident incident)
    {
        if (incident.Phase is not (ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing))
        {
            passingSince = null;
            return null;
        }
        passingSince ??= clock.GetTimestamp();
        var left = options.PassingFor - clock.GetElapsedTime(passingSince.Value);
        return left > TimeSpan.Zero ? left : null;
    }

    private TimeSpan NextPause(TimeSpan? asked)
    {
        var pause = TimeSpan.FromTicks(Math.Min(options.LongestPause.Ticks, options.FirstPause.Ticks << Math.Min(failures++, 16)));
        return asked > pause ? asked.Value : pause;
    }

    private async Task PauseAsync(TimeSpan pause, bool untilNudged, CancellationToken stopping)
    {
        if (pause <= TimeSpan.Zero)
            return;
        if (!untilNudged)
        {
            await Task.Delay(pause, clock, stopping);
            return;
        }
        Task nudged;
        lock (gate)
            nudged = nudge.Task;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        await Task.WhenAny(Task.Delay(pause, clock, enough.Token), nudged);
        await enough.CancelAsync();
        stopping.ThrowIfCancellationRequested();
        TakeNudge();
    }

    private void TakeNudge()
    {
        lock (gate)
        {
            if (nudge.Task.IsCompleted)
                nudge = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}

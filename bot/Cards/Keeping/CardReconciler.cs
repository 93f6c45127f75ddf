using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Common;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>One incident's card in one conversation.</summary>
internal readonly record struct CardPlace(TenantId Tenant, IncidentId IncidentId, ConversationId ConversationId);

/// <summary>Brings one card up to date and ends. Only one runs per place; a signal during the work makes it look once more.</summary>
internal sealed class CardReconciler
{
    private const string ConversationGone = "ConversationNotFound";

    /// <summary>How often Teams may refuse the same card for a reason that is not known to last.</summary>
    private const int MaxRefusals = 8;

    private readonly CardPlace place;
    private readonly CardMessages messages;
    private readonly CardRecord record;
    private readonly CardRules rules;
    private readonly RefusedCards refusedCards;
    private readonly CardTiming timing;
    private readonly ILogger logger;
    private readonly SignaledWork work;
    private bool knownUnsent;
    private bool gone;

    /// <param name="ended">Told when no signal is taken any more.</param>
    public CardReconciler(
        CardPlace place, CardMessages messages, CardRecord record, CardRules rules, RefusedCards refusedCards, CardTiming timing,
        ILogger logger,
        Action<CardReconciler> ended)
    {
        (this.place, this.messages, this.record, this.rules) = (place, messages, record, rules);
        (this.refusedCards, this.timing, this.logger) = (refusedCards, timing, logger);
        work = new(StepAsync, () => ended(this), timing.Clock);
    }

    public Task Work => work.Task;

    /// <summary>False when the work had ended just before; begin anew.</summary>
    public bool TrySignal(CancellationToken stopping) => work.TrySignal(stopping);

    private async Task<bool> StepAsync(CancellationToken stopping)
    {
        try
        {
            // Another instance keeps this card now, and has compared it with the ledger.
            if (!rules.IsMine(place.Tenant))
                return false;
            var state = await record.StateAsync(place.Tenant, stopping);
            return state.Find(place.IncidentId) is { } incident && await DoAsync(state, incident, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw;
        }
        catch (Exception exception)
        {
            logger.CardFailed(place.IncidentId, place.ConversationId, exception);
            await timing.BackOffAsync(null, stopping);
            return true;
        }
    }

    private async Task<bool> DoAsync(TenantState state, Incident incident, CancellationToken stopping)
    {
        var turnedAt = messages.TurnedAt(state);
        var next = NextStep.For(
            state, incident, place.ConversationId, timing.Now, timing.LostAnswerWait, knownUnsent, gone, turnedAt, timing.DrawnAt);
        if (next is NextStep.Post or NextStep.Update or NextStep.WaitUntil
            && refusedCards.Holds(place, incident, messages.Current(state.Channels[place.ConversationId].Channel).ServiceUrl, turnedAt))
        {
            return false;
        }
        switch (next)
        {
            // What is shown is kept true in place. The end of the kill switch signals.
            case NextStep.Post or NextStep.Tell when IsHeld():
                if (knownUnsent)
                    await work.PauseUntilSignalAsync(timing.SweepEvery, stopping);
                return knownUnsent;
            case NextStep.Post post:
                return await PostAsync(state, incident, post, stopping);
            case NextStep.Update when (timing.Passing(incident) ?? timing.TooSoon(incident)) is { } pause:
                await work.PauseUntilSignalAsync(pause, stopping);
                return true;
            case NextStep.Update update:
                return await UpdateAsync(state, incident, update, stopping);
            case NextStep.Tell tell:
                return await TellOutcomeAsync(incident, tell, stopping);
            case NextStep.WaitUntil wait:
                await work.PauseUntilSignalAsync(wait.Time - timing.Now, stopping);
                return true;
            default:
                return false;
        }
    }

    private async Task<bool> PostAsync(TenantState state, Incident incident, NextStep.Post post, CancellationToken stopping)
    {
        if (post.Announce
            && !await record.AnnounceAsync(
                place, incident, new CardSending(incident.Id, place.ConversationId), Failpoint.CardSending, stopping))
            return true;
        knownUnsent = false;
        var drawing = timing.Now;
        var message = await messages.DrawAnewAsync(state, incident, place.ConversationId, stopping);
        switch (await messages.PostAsync(post.Link.Channel, message, incident, IsHeld, stopping))
        {
            case SendOutcome.Sent { ActivityId: { } activityId, ThreadId: var threadId }:
                CardRecord.Arrived();
                timing.Posted(drawing);
                timing.ForgetFailures();
                gone = false;
                var channel = messages.Current(post.Link.Channel);
                await record.PostedAsync(
                    place, incident,
                    new(incident.Id, place.ConversationId, channel.ServiceUrl, threadId, activityId, incident.LastSeq, Adopted: false)
                {
                    Content = message.ContentHash(),
                });
                return true;
            case SendOutcome.NotSent notSent:
                knownUnsent = true;
                await timing.BackOffAsync(notSent.After, stopping);
                return true;
            case SendOutcome.Refused refused:
                knownUnsent = true;
                return await PostRefusedAsync(state, incident, post.Link, drawing, refused, stopping);
            default:
                logger.AnswerLost(incident.Id, place.ConversationId);
                return true;
        }
    }

    private async Task<bool> UpdateAsync(TenantState state, Incident incident, NextStep.Update update, CancellationToken stopping)
    {
        var drawing = timing.Now;
        var message = messages.Draw(state, incident, place.ConversationId);
        var outcome = await messages.UpdateAsync(update.Link.Channel, update.Card, message, incident, stopping);
        switch (outcome)
        {
            case SendOutcome.Sent:
                var shown = new CardUpdated(incident.Id, place.ConversationId, update.Card.ActivityId!, incident.LastSeq)
                {
                    Content = message.ContentHash(),
                };
                await record.UpdatedAsync(place, incident, shown);
                timing.Updated(incident, drawing);
                return true;
            case SendOutcome.Refused { Reason: RefusalReason.Gone, Code: not ConversationGone }:
                logger.CardDeleted(incident.Id, place.ConversationId);
                gone = true;
                return true;
            case SendOutcome.Refused refused:
                // A refused update concerns that card alone: others in the conversation may go on.
                logger.Refused(incident.Id, place.ConversationId, refused.Reason, refused.Code);
                return await RefusedAsTheyAreAsync(incident, update.Link, drawing, refused, stopping);
            default:
                await timing.BackOffAsync((outcome as SendOutcome.NotSent)?.After, stopping);
                return true;
        }
    }

    /// <summary>
    /// A short reply under the card when something ended since it was posted. That it is about to be sent is durable first, so it is sent
    /// once: again only while it certainly did not arrive, and after a crash not at all.
    /// </summary>
    private async Task<bool> TellOutcomeAsync(Incident incident, NextStep.Tell tell, CancellationToken stopping)
    {
        if (await record.EntryAsync(place.Tenant, tell.AboutSeq, stopping) is not { } about
            || OutcomeNotice.For(incident, about) is not { } sentence)
            return false;
        if (!await record.AnnounceAsync(
            place, incident, new NoticeSending(incident.Id, place.ConversationId, tell.AboutSeq), Failpoint.NoticeSending, stopping))
            return true;
        var message = new OutgoingMessage { Text = sentence };
        SendOutcome outcome = new SendOutcome.Unknown("cut short");
        try
        {
            while ((outcome = await messages.ReplyAsync(tell.Link.Channel, tell.Card, message, stopping)) is SendOutcome.NotSent notSent)
            {
                await timing.BackOffAsync(notSent.After, stopping);
                outcome = new SendOutcome.Unknown("cut short");
            }
            timing.ForgetFailures();
        }
        finally
        {
            await record.NoticeAsync(place, incident, message, outcome);
        }
        return true;
    }

    /// <summary>
    /// Only a reason that is known to concern the conversation ends its link; anything else is tried again, since an alert waits.
    /// </summary>
    private async Task<bool> PostRefusedAsync(
        TenantState state, Incident incident, ChannelLinked link, DateTimeOffset drawing, SendOutcome.Refused refused,
        CancellationToken stopping)
    {
        logger.Refused(incident.Id, place.ConversationId, refused.Reason, refused.Code);
        if (!ConversationRefusals.IsLost(refused))
            return await RefusedAsTheyAreAsync(incident, link, drawing, refused, stopping);
        messages.MarkUnusable(place.ConversationId, refused.Code);
        await record.LostAsync(place, state, incident, $"Teams refused a card there: {CardText.Plain(refused.Code, 80)}", stopping);
        return true;
    }

    /// <summary>
    /// What may pass by itself is tried a few times; then, and where the request itself is wrong, the card waits for something new to show.
    /// </summary>
    private async Task<bool> RefusedAsTheyAreAsync(
        Incident incident, ChannelLinked link, DateTimeOffset drawing, SendOutcome.Refused refused, CancellationToken stopping)
    {
        if (refused.Reason is RefusalReason.Forbidden or RefusalReason.Gone && timing.Failures < MaxRefusals)
        {
            await timing.BackOffAsync(null, stopping);
            return true;
        }
        timing.ForgetFailures();
        refusedCards.Add(place, incident, messages.Current(link.Channel).ServiceUrl, drawing);
        return true;
    }

    private bool IsHeld() => rules.IsHeld(place.Tenant);
}

using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>A pressed button becomes a request, and the answer is the incident's card as it now stands for this person.</summary>
internal sealed class CardClicks(
    IMediator mediator, Visibility visibility, PersonalCards cards, ClickRequests requests, CardAdoption adoption, Helpers helpers,
    SubjectClicks subjects, ILogger<CardClicks> logger)
{
    public async Task<InvokeResponse> PressAsync(TurnContext context, Person person, CardAction action, CancellationToken cancellationToken)
    {
        if (ClickData.Read(action.Data) is not { } data)
            return InvokeResponse.Error(
                400, "BadRequest", "This button names nothing that is decided about. Say pending for the cards that are current.");
        if (data.Subject.Incident is not { } incident)
            return await subjects.PressAsync(context, person, action, data, cancellationToken);
        var sought = await visibility.FindAsync(data.Tenant, incident, person, context.Conversation, cancellationToken);
        if (sought is not Sought.Found found)
        {
            // A card draws itself anew for whoever looks, and those who may not see it have done nothing.
            if (!action.IsAutomatic && action.Verb != Verb.View)
                logger.Pressed(
                    person.ObjectId, action.Verb, incident.Value, "refused, no right to it, or no such incident", context.Correlation);
            return InvokeResponse.Message(UserMessages.NotFound(sought, incident));
        }
        if (CardAdoption.IsForeign(found, context, action))
        {
            logger.ForeignCard(person.ObjectId, action.Verb, incident.Value);
            return InvokeResponse.Message(
                $"This button does not belong to the card of {incident}; nothing was done. "
                + $"Say show {incident} for the real one.");
        }
        var click = new Click(context, person, action, data, found);
        await adoption.AdoptAsync(
            click.Pressed, found.Incident.Cards.GetValueOrDefault(context.Conversation.ChannelId), found.Incident.CardVersion, context,
            action, cancellationToken);
        click = click with { Data = data with { IsCopy = data.IsCopy || action.AnswersWithCopy } };
        return action.Verb switch
        {
            Verb.View => cards.Current(click, found.Incident, Said(click)),
            Verb.Details => cards.Details(click),
            Verb.Why => await cards.WhyAsync(click, cancellationToken),
            _ when requests.For(click.Pressed) is { } request => await AnswerAsync(request, click, cancellationToken),
            _ => cards.Current(click, found.Incident, ClickRequests.WhyNone(action.Verb)),
        };
    }

    private async Task<InvokeResponse> AnswerAsync(IRequest<RequestResult> request, Click click, CancellationToken cancellationToken)
    {
        var (context, person, action, _, found) = click;
        var result = await mediator.Send(request, cancellationToken);
        logger.Pressed(
            person.ObjectId, action.Verb, found.Incident.Id.Value, result.Refusal is { } refusal ? $"refused, {refusal}" : "done",
            context.Correlation);
        if (result.Refusal == Refusal.RecordUnavailable)
            return InvokeResponse.Error(500, "RecordUnavailable", result.Message);
        var said = result.IsDone ? result.Message : result.Message + helpers.Ask(context, found.Where.State, result, person);
        var card = cards.Current(click, result.Incident ?? found.Incident, said);
        if (action.AnswersWithCopy || !IsOvertaken(result, person))
            return card;
        // Whoever was faster has the card drawn anew for everybody, and with it goes what this person is told on it.
        var told = Reply.Notice($"{CardText.Name(person.Name, 60)}, about your click on {found.Incident.Id}: {said}");
        await context.ReplyAsync(told with { Evidence = new(found.Where.Tenant.Id, "answer", found.Incident.Id) }, cancellationToken);
        return card with { IsTold = true };
    }

    /// <summary>Somebody else, or the clock, had settled what the person saw on the card and pressed.</summary>
    private static bool IsOvertaken(RequestResult result, Person person) =>
        result.Refusal is Refusal.AlreadyDecided or Refusal.NothingToDecide or Refusal.Stale or Refusal.Expired
        && result.Incident is { } incident
        && !IsBy(incident.Decisions.LastOrDefault()?.By, person)
        && !(incident.Staged is { Kind: ProposalKind.Undo } undo && IsBy(undo.Requester, person));

    private static bool IsBy(Actor? actor, Person person) =>
        actor?.IsSame(person.ObjectId) == true;

    /// <summary>
    /// A refresh says again what was said; whoever looks by a press, as with Review, is told why they find nothing more to press.
    /// </summary>
    private string? Said(Click click)
    {
        if (click.Data.Input(CardData.Said) is { } before)
            return before;
        var incident = click.Found.Incident;
        return !click.Action.IsAutomatic && (incident.IsUndecided || incident.IsLeftToPeople)
            ? helpers.CheckPermission(click.Context, click.Found.Where.State, incident.Proposal, click.Person)
            : null;
    }
}

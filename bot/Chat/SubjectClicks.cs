using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>
/// A pressed button on the card of a proposal that belongs to no incident becomes a request, and the answer is the card as it now stands
/// for this person.
/// </summary>
internal sealed class SubjectClicks(
    IMediator mediator, Visibility visibility, PersonalSubjectCards cards, ClickRequests requests, CardAdoption adoption, Helpers helpers,
    TenantStates states, ILogger<SubjectClicks> logger)
{
    /// <param name="data">Names what is no incident. Anybody could have written it.</param>
    public async Task<InvokeResponse> PressAsync(
        TurnContext context, Person person, CardAction action, ClickData data, CancellationToken cancellationToken)
    {
        var conversation = context.Conversation;
        if (await visibility.FindAsync(data.Tenant, data.Subject, person, conversation, cancellationToken) is not var (client, proposal))
        {
            // A card draws itself anew for whoever looks, and those who may not see it have done nothing.
            if (!action.IsAutomatic && action.Verb != Verb.View)
                logger.Pressed(
                    person.ObjectId, action.Verb, data.Subject.Text, "refused, no right to it, or no such thing", context.Correlation);
            return PersonalSubjectCards.NotFound;
        }
        var pressed = new Pressed(proposal, client.State, person, action.Verb, data, context.Correlation);
        var shown = client.State.Get<SubjectCardsState>().For(data.Subject);
        await adoption.AdoptAsync(
            pressed, shown.Shown.GetValueOrDefault(conversation.ChannelId), shown.Version, context, action, cancellationToken);
        pressed = pressed with { Data = data with { IsCopy = data.IsCopy || action.AnswersWithCopy } };
        return action.Verb switch
        {
            Verb.View => cards.Current(pressed, conversation.ChannelId, proposal, Said(pressed, context, action)),
            Verb.Details => cards.Details(pressed, conversation.ChannelId),
            Verb.Why => await cards.WhyAsync(pressed, conversation.ChannelId, cancellationToken),
            _ when requests.For(pressed) is { } request => await AnswerAsync(request, pressed, context, cancellationToken),
            _ => cards.Current(pressed, conversation.ChannelId, proposal, ClickRequests.WhyNone(action.Verb)),
        };
    }

    private async Task<InvokeResponse> AnswerAsync(
        IRequest<RequestResult> request, Pressed pressed, TurnContext context, CancellationToken cancellationToken)
    {
        var result = await mediator.Send(request, cancellationToken);
        var ended = result.Refusal is { } refusal ? $"refused, {refusal}" : "done";
        logger.Pressed(pressed.Person.ObjectId, pressed.Verb, pressed.Data.Subject.Text, ended, context.Correlation);
        if (result.Refusal == Refusal.RecordUnavailable)
            return InvokeResponse.Error(500, "RecordUnavailable", result.Message);
        var said = result.IsDone ? result.Message : result.Message + helpers.Ask(context, pressed.Seen, result, pressed.Person);
        // What its area shows beside the proposal may have changed with it.
        var now = await states.GetAsync(pressed.Proposal.Tenant, cancellationToken);
        var proposal = now.FindProposal(pressed.Data.Subject) ?? pressed.Proposal;
        return cards.Current(pressed with { Seen = now }, context.Conversation.ChannelId, proposal, said);
    }

    /// <summary>A refresh says again what was said; whoever looks by a press is told why they find nothing more to press.</summary>
    private string? Said(Pressed pressed, TurnContext context, CardAction action)
    {
        if (pressed.Data.Input(CardData.Said) is { } before)
            return before;
        return !action.IsAutomatic && (pressed.Proposal.IsUndecided || pressed.Proposal.IsLeftToPeople)
            ? helpers.CheckPermission(context, pressed.Seen, pressed.Proposal, pressed.Person)
            : null;
    }
}

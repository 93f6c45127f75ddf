using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>A pressed button becomes a request, and the answer is the incident's card as it now stands for this person.</summary>
internal sealed class CardClicks(
    IMediator mediator, Visibility visibility, IncidentViews views, Trails trails, Reviewing reviewing, Helpers helpers, ILedger ledger, TimeProvider clock, ILogger<CardClicks> logger)
{
    public async Task<InvokeResponse> PressAsync(TurnContext context, Person person, CardAction action, CancellationToken cancellationToken)
    {
        if (ClickData.Read(action.Data) is not { } data)
            return InvokeResponse.Error(400, "BadRequest", "This button names no incident. Say pending for the cards that are current.");
        var sought = await visibility.FindAsync(data.Tenant, data.IncidentId, person, context.Conversation, cancellationToken);
        if (sought is not Sought.Found found)
        {
            // A card draws itself anew for whoever looks, and those who may not see it have done nothing.
            if (!action.IsAutomatic && action.Verb != Verb.View)
                logger.Pressed(person.ObjectId, action.Verb, data.IncidentId, "refused, no right to it, or no such incident", context.Correlation);
            return InvokeResponse.Message(Sentences.NotFound(sought, data.IncidentId));
        }
        if (IsForeign(found, context, action))
        {
            logger.ForeignCard(person.ObjectId, action.Verb, data.IncidentId);
            return InvokeResponse.Message($"This button does not belong to the card of {data.IncidentId}; nothing was done. Say show {data.IncidentId} for the real one.");
        }
        await AdoptAsync(found, context, action, data, cancellationToken);
        data = data with { IsCopy = data.IsCopy || action.AnswersWithCopy };
        return action.Verb switch
        {
            Verb.View => Card(found, found.Incident, context, person, data, Said(found, context, person, action, data)),
            Verb.Details => InvokeResponse.Card(IncidentCard.Build(reviewing.Open(View(found, found.Incident, context, person, data, null), person, data))),
            Verb.Why => InvokeResponse.Card(await trails.CardAsync(View(found, found.Incident, context, person, data, null), data.Page, data.Input(WhyCard.Everything) == "true", cancellationToken)),
            Verb.Undo => await AnswerAsync(new RequestUndo(data.Tenant, found.Incident.Id, person, context.Correlation), found, context, person, action, data, cancellationToken),
            Verb.Redraft => await AnswerAsync(
                new RequestRedraft(data.Tenant, found.Incident.Id, person, data.Seal, context.Correlation), found, context, person, action, data, cancellationToken),
            Verb.Confirm or Verb.Object when data.Number("revision") is { } revision => await AnswerAsync(
                new ReviewBreakGlass(data.Tenant, found.Incident.Id, person, revision, action.Verb == Verb.Confirm, data.Input(InputId.Objection), context.Correlation),
                found, context, person, action, data, cancellationToken),
            _ when Decision(found, person, action.Verb, data, context.Correlation) is { } decide =>
                await AnswerAsync(decide, found, context, person, action, data, cancellationToken),
            _ => Card(found, found.Incident, context, person, data, Missing(action.Verb)),
        };
    }

    private async Task<InvokeResponse> AnswerAsync(
        IRequest<Answer> request, Sought.Found found, TurnContext context, Person person, CardAction action, ClickData data, CancellationToken cancellationToken)
    {
        var answer = await mediator.Send(request, cancellationToken);
        logger.Pressed(person.ObjectId, action.Verb, found.Incident.Id, answer.Refusal is { } refusal ? $"refused, {refusal}" : "done", context.Correlation);
        if (answer.Refusal == Refusal.RecordUnavailable)
            return InvokeResponse.Error(500, "RecordUnavailable", answer.Sentence);
        var said = answer.IsDone ? answer.Sentence : answer.Sentence + helpers.Ask(context, found.Where.State, answer, person);
        var card = Card(found, answer.Incident ?? found.Incident, context, person, data, said);
        if (action.AnswersWithCopy || !IsOvertaken(answer, person))
            return card;
        // Whoever was faster has the card drawn anew for everybody, and with it goes what this person is told on it.
        await context.ReplyAsync(
            Reply.Notice($"{CardText.Name(person.Name, 60)}, about your click on {found.Incident.Id}: {said}") with { Evidence = new(found.Where.Tenant.Id, "answer", found.Incident.Id) },
            cancellationToken);
        return card with { IsTold = true };
    }

    /// <summary>Somebody else, or the clock, had settled what the person saw on the card and pressed.</summary>
    private static bool IsOvertaken(Answer answer, Person person) =>
        answer.Refusal is Refusal.AlreadyDecided or Refusal.NothingToDecide or Refusal.Stale or Refusal.Expired
        && answer.Incident is { } incident
        && !IsBy(incident.Decisions.LastOrDefault()?.By, person)
        && !(incident.Staged is { Kind: ProposalKind.Undo } undo && IsBy(undo.Requester, person));

    private static bool IsBy(Actor? actor, Person person) =>
        actor is { Kind: ActorKind.Person } && string.Equals(actor.Id, person.ObjectId, StringComparison.OrdinalIgnoreCase);

    /// <summary>A refresh says again what was said; whoever looks by a press, as with Review, is told why they find nothing more to press.</summary>
    private string? Said(Sought.Found found, TurnContext context, Person person, CardAction action, ClickData data) =>
        data.Input(IncidentCard.Said)
        ?? (!action.IsAutomatic && (found.Incident.IsUndecided || found.Incident.IsLeftToPeople) ? helpers.WhyNoRight(context, found.Where.State, found.Incident, person) : null);

    private Decide? Decision(Sought.Found found, Person person, string verb, ClickData data, string correlation)
    {
        var decide = new Decide(found.Where.Tenant.Id, found.Incident.Id, person, DecisionKind.Approve, data.Seal, correlation, ReviewToken: data.Review);
        return verb switch
        {
            Verb.Approve => decide,
            Verb.BreakGlass => decide with { BreakGlass = true, Reason = data.Input(InputId.Emergency) },
            Verb.ApproveEdited => Edited(found.Incident, data) is { Count: > 0 } edits
                ? decide with { Kind = DecisionKind.ApproveWithEdits, Edits = edits, Reason = data.Input(InputId.EditReason) }
                : decide with { Reason = data.Input(InputId.EditReason) },
            Verb.Reject when data.Input(InputId.Reason) is { } reason => decide with { Kind = DecisionKind.Reject, Reason = reason },
            Verb.Snooze when Until(data.Input(InputId.SnoozeFor)) is { } until => decide with { Kind = DecisionKind.Snooze, Until = until, PastDeadline = data.Input(InputId.PastDeadline) == "true" },
            Verb.Handled => decide with { Kind = DecisionKind.Handled, Reason = data.Input(InputId.Note) },
            _ => null,
        };
    }

    /// <summary>Only what differs from what the form showed is an edit.</summary>
    private static Dictionary<string, string> Edited(Incident incident, ClickData data)
    {
        var steps = incident.PlanInForce.Steps;
        var shown = steps.SelectMany((step, number) => step.Arguments.Select(argument => (Key: $"{number}.{argument.Key}", argument.Value)))
            .ToDictionary(pair => pair.Key, pair => pair.Value, StringComparer.Ordinal);
        return data.Edits()
            .Where(edit => !shown.TryGetValue(edit.Key, out var value) || (edit.Value != value && edit.Value != CardText.Plain(value, 400, exact: true)))
            .ToDictionary(edit => edit.Key, edit => edit.Value, StringComparer.Ordinal);
    }

    private DateTimeOffset? Until(string? choice) => choice switch
    {
        "15m" => clock.GetUtcNow().AddMinutes(15),
        "1h" => clock.GetUtcNow().AddHours(1),
        "4h" => clock.GetUtcNow().AddHours(4),
        "tomorrow" => clock.GetUtcNow().AddDays(1),
        _ => null,
    };

    private static string Missing(string verb) => verb switch
    {
        Verb.Reject => "Nothing was recorded: rejecting needs a reason.",
        Verb.Snooze => "Nothing was recorded: choose when to be asked again.",
        _ => $"I know no button “{CardText.Plain(verb, 40)}”; nothing was recorded.",
    };

    /// <summary>The message that was clicked is known to show another incident.</summary>
    private static bool IsForeign(Sought.Found found, TurnContext context, CardAction action) =>
        action.ReplyToId is { } clicked
        && found.Incident.Cards.GetValueOrDefault(context.Conversation.ChannelId)?.ActivityId != clicked
        && found.Where.State.Incidents.Values.Any(other =>
            other.Id != found.Incident.Id && other.Cards.GetValueOrDefault(context.Conversation.ChannelId)?.ActivityId == clicked);

    /// <summary>A card whose send was not answered tells us its id with the first click on it.</summary>
    private async Task AdoptAsync(Sought.Found found, TurnContext context, CardAction action, ClickData data, CancellationToken cancellationToken)
    {
        var conversation = context.Conversation;
        if (data.IsCopy || action.ReplyToId is not { } clicked || found.Incident.Cards.GetValueOrDefault(conversation.ChannelId) is not { ActivityId: null })
            return;
        var posted = new CardPosted(found.Incident.Id, conversation.ChannelId, conversation.ServiceUrl, conversation.ConversationId, clicked, ShownSeq: 0, Adopted: true);
        var appended = await ledger.AppendAsync(
            found.Where.Tenant.Id,
            [new(StreamId.Card(found.Incident.Id), found.Incident.CardVersion)],
            [new(StreamId.Card(found.Incident.Id), Actor.Service("cards"), found.Incident.Correlation, posted)],
            cancellationToken);
        if (appended is AppendResult.Appended)
            logger.Adopted(found.Incident.Id, conversation.ChannelId, clicked);
    }

    private InvokeResponse Card(Sought.Found found, Incident incident, TurnContext context, Person person, ClickData data, string? notice) =>
        InvokeResponse.Card(IncidentCard.Build(View(found, incident, context, person, data, notice))) with { Notice = notice };

    private IncidentView View(Sought.Found found, Incident incident, TurnContext context, Person person, ClickData data, string? notice) =>
        views.ForPerson(found.Where.State, incident, context.Conversation.ChannelId, person, notice) with { IsCopy = data.IsCopy };
}

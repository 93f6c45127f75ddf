using System.Text.Json;
using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>A pressed button on the card of a proposal that belongs to no incident.</summary>
internal sealed class SubjectClicks(
    IMediator mediator, Visibility visibility, TenantStates states, SubjectDrawing drawing, ILogger<SubjectClicks> logger)
{
    private const int MaxSubjectLength = 300;
    private const string NoSuchThing = "There is no such request, or you have no right to it.";

    /// <summary>The button names a subject. Anybody could have written it.</summary>
    public static bool IsOne(JsonElement data) => ClickData.ReadValues(data)?.ContainsKey("subject") == true;

    public async Task<InvokeResponse> PressAsync(TurnContext context, Person person, CardAction action, CancellationToken cancellationToken)
    {
        if (ClickData.ReadValues(action.Data) is not { } values
            || !TenantId.TryParse(values.GetValueOrDefault("tenant"), out var tenant)
            || values.GetValueOrDefault("subject") is not { Length: <= MaxSubjectLength } text)
            return InvokeResponse.Error(400, "BadRequest", "This button names nothing that can be decided about.");
        var subject = ProposalSubject.Parse(text);
        if (await visibility.TenantAsync(tenant.Value, person, cancellationToken) is not { } client
            || client.Tenant.Id != tenant
            || !await visibility.MayBeShownAsync(tenant, client.State, context.Conversation, cancellationToken)
            || subject.IsIncident
            || client.State.FindProposal(subject) is null)
        {
            logger.Pressed(person.ObjectId, action.Verb, subject.Text, "refused, no right to it, or no such thing", context.Correlation);
            return InvokeResponse.Message(NoSuchThing);
        }
        if (Request(tenant, subject, person, action.Verb, values, context.Correlation) is not { } request)
            return InvokeResponse.Message(ClickRequests.WhyNone(action.Verb));
        var result = await mediator.Send(request, cancellationToken);
        var ended = result.Refusal is { } refusal ? $"refused, {refusal}" : "done";
        logger.Pressed(person.ObjectId, action.Verb, subject.Text, ended, context.Correlation);
        if (result.Refusal == Refusal.RecordUnavailable)
            return InvokeResponse.Error(500, "RecordUnavailable", result.Message);
        var now = await states.GetAsync(tenant, cancellationToken);
        return now.FindProposal(subject) is { } proposal && drawing.Card(now, proposal, result.Message) is { } card
            ? InvokeResponse.Card(card) with { Notice = result.Message }
            : InvokeResponse.Message(result.Message);
    }

    private static Decide? Request(
        TenantId tenant, ProposalSubject subject, Person person, string verb, IReadOnlyDictionary<string, string> values,
        CorrelationId correlation)
    {
        var decide = new Decide(tenant, subject, person, DecisionKind.Approve, values.GetValueOrDefault("seal") ?? "", correlation);
        return verb switch
        {
            Verb.Approve => decide,
            Verb.Reject when values.GetValueOrDefault(InputId.Reason)?.Trim() is { Length: > 0 } reason =>
                decide with { Kind = DecisionKind.Reject, Reason = reason },
            _ => null,
        };
    }
}

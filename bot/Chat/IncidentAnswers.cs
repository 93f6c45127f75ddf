using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>
/// Answers about one incident: its card, its story, and that there is none. What is asked of core about it is answered with its card too.
/// </summary>
internal sealed class IncidentAnswers(IMediator mediator, Visibility visibility, IncidentViews views, Trails trails, Helpers helpers)
{
    private const int MaxNamed = 8;

    /// <param name="notice">One sentence on top; null for none.</param>
    public async Task<OutgoingMessage> ShowAsync(
        ChatTurn turn, IncidentId incidentId, string? notice, CancellationToken cancellationToken) =>
        await visibility.FindAsync(incidentId, turn.Person, turn.Conversation, cancellationToken) is Sought.Found found
            ? Copy(turn, found, found.Incident, notice)
            : await NotFoundAsync(turn, incidentId, cancellationToken);

    public async Task<OutgoingMessage> WhyAsync(ChatTurn turn, IncidentId incidentId, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(incidentId, turn.Person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await NotFoundAsync(turn, incidentId, cancellationToken);
        var view = views.ForPerson(found.Where.State, found.Incident, turn.Conversation.ChannelId, turn.Person) with { IsCopy = true };
        return Reply.Card(await trails.CardAsync(view, page: 0, everything: false, cancellationToken))
            with { Evidence = new(found.Where.Tenant.Id, "trail", found.Incident.Id) };
    }

    /// <summary>Sends a request about an incident and answers with its card as it then stands.</summary>
    public async Task<OutgoingMessage> SendAsync(
        ChatTurn turn, IncidentId incidentId, Func<Sought.Found, IRequest<RequestResult>> request, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(incidentId, turn.Person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await NotFoundAsync(turn, incidentId, cancellationToken);
        var result = await mediator.Send(request(found), cancellationToken);
        if (result.Incident is not { } incident)
            return Reply.For(result, turn.Correlation, found.Where.Tenant.Id);
        var said = result.IsDone ? result.Message : result.Message + helpers.Ask(turn.Context, found.Where.State, result, turn.Person);
        return Copy(turn, found, incident, said) with { Refused = result.Refusal?.ToString() };
    }

    /// <summary>
    /// Says the same whether the incident does not exist or is not for this person, and names what they can ask for instead.
    /// </summary>
    public async Task<OutgoingMessage> NotFoundAsync(ChatTurn turn, IncidentId incidentId, CancellationToken cancellationToken)
    {
        var sought = await visibility.FindAsync(incidentId, turn.Person, turn.Conversation, cancellationToken);
        var visible = await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken);
        var ofPrefix = visible.Where(client => client.Tenant.Prefix == incidentId.Prefix).ToList();
        var known = (ofPrefix.Count > 0 ? ofPrefix : visible).SelectMany(Newest).Take(MaxNamed).Select(static incident => incident.Id)
            .ToList();
        return Reply.NotForThem(
            UserMessages.NotFound(sought, incidentId), detail: known.Count > 0 ? $"I know {string.Join(", ", known)}." : null);
    }

    private static IEnumerable<Incident> Newest(TenantNow client) => client.State.Incidents.Values
        .OrderByDescending(static incident => incident.IsOpen)
        .ThenByDescending(static incident => incident.OpenedSeq)
        .Take(MaxNamed);

    /// <summary>The card as a message of its own, beside the living one; with buttons only where nobody else reads it.</summary>
    private OutgoingMessage Copy(ChatTurn turn, Sought.Found found, Incident incident, string? notice)
    {
        var conversation = turn.Conversation.ChannelId;
        var view = turn.Conversation.IsPersonal
            ? views.ForPerson(found.Where.State, incident, conversation, turn.Person, notice)
            : views.ForEverybody(found.Where.State, incident, conversation) with { Notice = notice };
        return new()
        {
            Card = IncidentCard.Build(view with { IsCopy = true }),
            Summary = IncidentCard.Summary(view),
            Evidence = new(found.Where.Tenant.Id, "copy", incident.Id),
        };
    }
}

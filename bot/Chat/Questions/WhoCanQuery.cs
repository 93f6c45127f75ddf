using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>Who may decide about an incident now.</summary>
internal sealed class WhoCanQuery(Visibility visibility, IncidentAnswers incidents, IncidentViews views) : ChatQuery<IncidentArgument>
{
    public override IReadOnlyList<HelpLine> Examples { get; } = [new("who can approve CON-1001?", "by name")];

    public override ChatRequest? Read(QuestionText question) =>
        question.Words is ["who", ..] && question.IncidentId is { } id && question.Has("can", "may", "could", "should", "must")
            ? For(new(id))
            : null;

    protected override async Task<OutgoingMessage> AnswerAsync(
        IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(arguments.IncidentId, turn.Person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await incidents.NotFoundAsync(turn, arguments.IncidentId, cancellationToken);
        var deciders = views.ForEverybody(found.Where.State, found.Incident, turn.Conversation.ChannelId).Deciders;
        var message = deciders is null
            ? $"{found.Incident.Id} waits for nobody's decision now."
            : $"{found.Incident.Id} can be decided by {deciders}.";
        return Reply.Notice(message, good: true) with { Evidence = new(found.Where.Tenant.Id, "answer", found.Incident.Id) };
    }
}

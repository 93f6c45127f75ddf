using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>Who decided about an incident, and why: its story says it first.</summary>
internal sealed class WhoDecidedQuery(IncidentAnswers incidents) : ChatQuery<IncidentArgument>
{
    public override IReadOnlyList<HelpLine> Examples { get; } = [new("who approved CON-1001 and why?", "the story of an incident")];

    public override ChatRequest? Read(QuestionText question) =>
        question.Words is ["who", ..]
        && question.IncidentId is { } id
        && question.Has("approved", "rejected", "decided", "handled", "did", "ran", "snoozed", "undid", "asked")
            ? For(new(id)) : null;

    protected override Task<OutgoingMessage> AnswerAsync(IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        incidents.WhyAsync(turn, arguments.IncidentId, cancellationToken);
}

using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>What the bot did without asking anybody.</summary>
internal sealed class ByItselfQuery(ClientResolver clients, IncidentSearch search, TimeProvider clock)
    : ChatQuery<ByItselfQuery.Arguments>
{
    internal sealed record Arguments(string? Client, TimeSpan Last);

    public override IReadOnlyList<HelpLine> Examples { get; } =
        [new("what did the bot do by itself today?", "what ran without asking, and how it ended")];

    public override ChatRequest? Read(QuestionText question) =>
        question.Words is ["what" or "which" or "did" or "has", ..] && question.IsByItself
            ? For(new(question.After("for", "at"), question.Last ?? TimeSpan.FromDays(1)))
            : null;

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (asked, refused) = await clients.AllAsync(turn, arguments.Client, cancellationToken);
        if (refused is not null)
            return refused;
        var since = clock.GetUtcNow() - arguments.Last;
        var ran = await search.FindAsync(asked, since, incident => RanByItself(incident, since), cancellationToken);
        var where = asked.Count == 1 ? $" for {CardText.Name(asked[0].Tenant.Name, 60)}" : "";
        var span = Labels.Span(arguments.Last);
        if (ran.Count == 0)
            return Reply.Notice($"The bot did nothing by itself{where} in the last {span}.", good: true);
        var headline = $"Done without asking{where} in the last {span}: {Labels.Incidents(ran.Count)}";
        const string Hint = "Say why and its number for the ground of each; the gate policy says what needs nobody.";
        return Reply.Card(AnswerCard.Build(AnswerView.For(headline, ran, clock.GetUtcNow(), withPlan: true) with { Hint = Hint }));
    }

    /// <summary>Something is taken back only where a person asked for it, at whatever level that runs.</summary>
    private static bool RanByItself(Incident incident, DateTimeOffset since) =>
        incident.Execution is { Unattended: true } run && run.StartedAt >= since;
}

namespace DevOpsAI.Bot.Chat.Questions;

public static class QueryServices
{
    /// <summary>
    /// What people can ask in plain words. The first that understands a message answers it, so what is narrow stands before what is wide.
    /// </summary>
    public static IServiceCollection AddChatQuestions(this IServiceCollection services) => services
        .AddChatQuestion<WhoCanQuery>()
        .AddChatQuestion<WhoDecidedQuery>()
        .AddChatQuestion<IsFrozenQuery>()
        .AddChatQuestion<ByItselfQuery>()
        .AddChatQuestion<PeriodQuery>()
        .AddChatQuestion<HappenedQuery>()
        .AddChatQuestion<WaitingQuery>();
}

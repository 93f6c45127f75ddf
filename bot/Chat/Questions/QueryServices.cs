namespace DevOpsAI.Bot.Chat.Questions;

public static class QueryServices
{
    /// <summary>
    /// What people can ask in plain words. The first that understands a message answers it, so what is narrow stands before what is wide.
    /// </summary>
    public static IServiceCollection AddChatQueries(this IServiceCollection services) => services
        .AddChatQuery<WhoCanQuery>()
        .AddChatQuery<WhoDecidedQuery>()
        .AddChatQuery<IsFrozenQuery>()
        .AddChatQuery<ByItselfQuery>()
        .AddChatQuery<PeriodQuery>()
        .AddChatQuery<HappenedQuery>()
        .AddChatQuery<WaitingQuery>();
}

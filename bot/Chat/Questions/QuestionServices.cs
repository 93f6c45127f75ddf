namespace DevOpsAI.Bot.Chat.Questions;

public static class QuestionServices
{
    /// <summary>
    /// What people can ask in plain words. The first that understands a message answers it, so what is narrow stands before what is wide.
    /// </summary>
    public static IServiceCollection AddChatQuestions(this IServiceCollection services) => services
        .AddChatQuestion<WhoCanQuestion>()
        .AddChatQuestion<WhoDecidedQuestion>()
        .AddChatQuestion<IsFrozenQuestion>()
        .AddChatQuestion<ByItselfQuestion>()
        .AddChatQuestion<PeriodQuestion>()
        .AddChatQuestion<HappenedQuestion>()
        .AddChatQuestion<WaitingQuestion>();
}

using DevOpsAI.Bot.Teams.Turns;

namespace DevOpsAI.Bot.Chat;

public static class ChatServices
{
    /// <summary>
    /// What the bot does with what reaches it from Teams; wants cards, the Teams edge, gates and the mediator to be registered as well.
    /// What can be said is registered apart, with <see cref="AddChatCommand{TCommand}"/> and <see cref="AddChatQuery{TQuery}"/>.
    /// </summary>
    public static IServiceCollection AddChat(this IServiceCollection services) => services
        .AddSingleton<Visibility>()
        .AddSingleton<ClientResolver>()
        .AddSingleton<IncidentSearch>()
        .AddSingleton<NamedPeople>()
        .AddSingleton<Helpers>()
        .AddSingleton<Trails>()
        .AddSingleton<Reviewing>()
        .AddSingleton<IncidentAnswers>()
        .AddSingleton<PendingLists>()
        .AddSingleton<AbsenceRequests>()
        .AddSingleton<SwitchBanner>()
        .AddSingleton<ChatCatalog>()
        .AddSingleton<ChatParser>()
        .AddSingleton<ChatAnswers>()
        .AddSingleton<PersonalCards>()
        .AddSingleton<PersonalSubjectCards>()
        .AddSingleton<ClickRequests>()
        .AddSingleton<CardAdoption>()
        .AddSingleton<CardClicks>()
        .AddSingleton<SubjectClicks>()
        .AddSingleton<AnswerClicks>()
        .AddSingleton<ConnectionForms>()
        .AddSingleton<ConversationLinks>()
        .AddSingleton<ITurnHandler, TurnHandler>();

    /// <summary>One more command, listed in the help behind those registered before.</summary>
    public static IServiceCollection AddChatCommand<TCommand>(this IServiceCollection services)
        where TCommand : class, IChatCommand =>
        services.AddSingleton<TCommand>().AddSingleton<IChatCommand>(static provider => provider.GetRequiredService<TCommand>());

    /// <summary>One more question, read where none of those registered before is meant.</summary>
    public static IServiceCollection AddChatQuery<TQuery>(this IServiceCollection services)
        where TQuery : class, IChatQuery =>
        services.AddSingleton<TQuery>().AddSingleton<IChatQuery>(static provider => provider.GetRequiredService<TQuery>());
}

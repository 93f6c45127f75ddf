using DevOpsAI.Bot.Teams;

namespace DevOpsAI.Bot.Conversation;

public static class ConversationServices
{
    /// <summary>What the bot does with what reaches it from Teams; wants cards, the Teams edge, gates and the mediator to be registered as well.</summary>
    public static IServiceCollection AddConversation(this IServiceCollection services) => services
        .AddSingleton<Visibility>()
        .AddSingleton<Trails>()
        .AddSingleton<Reviewing>()
        .AddSingleton<Helpers>()
        .AddSingleton<SwitchBanner>()
        .AddSingleton<Questions>()
        .AddSingleton<Lookups>()
        .AddSingleton<NamedPeople>()
        .AddSingleton<Orders>()
        .AddSingleton<AbsenceOrders>()
        .AddSingleton<CardClicks>()
        .AddSingleton<ITurnHandler, TurnHandler>();
}

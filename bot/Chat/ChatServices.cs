using DevOpsAI.Bot.Teams.Turns;

namespace DevOpsAI.Bot.Chat;

public static class ChatServices
{
    /// <summary>What the bot does with what reaches it from Teams; wants cards, the Teams edge, gates and the mediator to be registered as well.</summary>
    public static IServiceCollection AddChat(this IServiceCollection services) => services
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

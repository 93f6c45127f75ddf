using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Bot.Views;
using DevOpsAI.Ledger;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cards;

public static class CardsServices
{
    /// <summary>The card keeper and what it needs; wants the Teams edge, the ledger, tenants and access to be registered as well.</summary>
    public static IServiceCollection AddCards(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<CardsOptions>().BindConfiguration("Cards").ValidateDataAnnotations()
            .Validate(options => options.LinkHosts.All(LinkHosts.IsHost),
                "Cards:LinkHosts: each is the name of a host in plain ASCII, with a port if it is not 443, as in runbooks.contoso.com.");
        return services
            .AddSingleton(static provider => new LinkHosts(provider.GetRequiredService<IOptions<CardsOptions>>().Value.LinkHosts))
            .AddSingleton<IConversationPeople, ConversationPeople>()
            .AddSubjectCards()
            .AddSingleton<ProposalViews>()
            .AddSingleton<IncidentViews>()
            .AddSingleton<SubjectViews>()
            .AddSingleton<CardMessages>()
            .AddSingleton<CardRecord>()
            .AddSingleton<CardRules>()
            .AddSingleton<CardSync>()
            .AddSingleton<ILedgerSubscription>(provider => provider.GetRequiredService<CardSync>())
            .AddSingleton<ILedgerSubscription, LostChannelNotice>()
            .AddSingleton<ILedgerSubscription, OpenIncidentsList>()
            .AddSingleton<ILedgerSubscription, FreezeNotice>()
            .AddSingleton<ILedgerSubscription, SwitchNotice>()
            .AddHostedService(provider => provider.GetRequiredService<CardSync>());
    }
}

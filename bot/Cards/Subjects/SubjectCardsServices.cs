using DevOpsAI.Bot.Views;
using DevOpsAI.Ledger;

namespace DevOpsAI.Bot.Cards.Subjects;

public static class SubjectCardsServices
{
    private static readonly Feature Feature = new("subject-cards")
    {
        Slices = [StateSlice.Create<SubjectCardsState>("subject-cards", [.. SubjectCardsState.AboutAllCards], "proposal", "card")],
    };

    /// <summary>Cards of proposals that belong to no incident.</summary>
    internal static IServiceCollection AddSubjectCards(this IServiceCollection services) => services
        .AddFeature(Feature)
        .AddSubjectCard<ConnectionCard>()
        .AddSingleton<ILedgerSubscription, SubjectCardSync>();

    /// <summary>What one more area shows of its proposals.</summary>
    public static IServiceCollection AddSubjectCard<TCard>(this IServiceCollection services)
        where TCard : class, ISubjectCard => services.AddSingleton<ISubjectCard, TCard>();
}

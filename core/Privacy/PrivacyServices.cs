using DevOpsAI.Ledger;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Privacy;

public static class PrivacyServices
{
    /// <summary>Erasure of personal data. Needs the ledger, its keys and <see cref="Gates.IAccess"/>.</summary>
    public static IServiceCollection AddPrivacy(this IServiceCollection services) => services
        .AddSingleton<ILedgerSubscription, ErasureSubscription>()
        .AddHostedService<ErasureWatch>();
}

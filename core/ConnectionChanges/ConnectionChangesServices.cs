using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.ConnectionChanges;

public static class ConnectionChangesServices
{
    /// <summary>
    /// Connections that are made in chat. Needs gates, connections and the ledger; its request handlers are found by MediatR's
    /// registration.
    /// </summary>
    public static IServiceCollection AddConnectionChanges(this IServiceCollection services) => services
        .AddSingleton<IProposalArea, ConnectionChangeArea>()
        .AddSingleton<ILedgerSubscription, SecretCleanup>()
        .AddSingleton<SecretSweep>()
        .AddHostedService(static provider => provider.GetRequiredService<SecretSweep>());
}

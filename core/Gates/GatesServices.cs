using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Gates;

public static class GatesServices
{
    /// <summary>
    /// Gates: policy, levels, decisions, plan digests, reviews, access, freeze, kill switch, deadlines. Needs the ledger, tenant states and
    /// directory, connections, <see cref="ILocalMode"/> and a <see cref="TimeProvider"/>; its request handlers are found by MediatR's
    /// registration.
    /// </summary>
    public static IServiceCollection AddGates(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<GatesOptions, GatesOptionsValidator>().BindConfiguration("Gates");
        services.AddOptionsWithValidateOnStart<AccessOptions, AccessOptionsValidator>().BindConfiguration("Access");
        return services
            .AddSingleton(LoadPolicies)
            .AddSingleton(provider => KillSwitch.From(
                provider.GetRequiredService<IOptions<GatesOptions>>().Value, provider.GetRequiredService<IHostEnvironment>()))
            .AddSingleton<ActionCatalog>()
            .AddSingleton<IProposalArea, IncidentArea>()
            .AddSingleton<ProposalAreas>()
            .AddSingleton<DecisionContexts>()
            .AddSingleton<DecisionService>()
            .AddSingleton<ChannelClaims>()
            .AddSingleton<ConfiguredAccess>()
            // Made when they are first needed: by then all validation errors in the settings have been told together.
            .AddSingleton(provider => new Lazy<KillSwitch>(provider.GetRequiredService<KillSwitch>))
            .AddSingleton(provider => new Lazy<ConfiguredAccess>(provider.GetRequiredService<ConfiguredAccess>))
            .AddSingleton(provider => new KillSwitchReach(
                provider.GetRequiredService<Lazy<KillSwitch>>(), provider.GetRequiredService<ILocalMode>(),
                provider.GetRequiredService<IHostEnvironment>()))
            .AddSingleton(provider => new Administrators(
                provider.GetRequiredService<Lazy<ConfiguredAccess>>(), provider.GetRequiredService<EntryCatalog>()))
            .AddSingleton<IAccess>(provider => provider.GetRequiredService<ConfiguredAccess>())
            .AddSingleton<IReviews, Reviews>()
            .AddSingleton<IExecutionGuard, ExecutionGuard>()
            .AddSingleton<KillSwitchWatch>()
            .AddSingleton<IKillSwitch>(static provider => provider.GetRequiredService<KillSwitchWatch>())
            .AddSingleton<ISubscriptionPause>(static provider => provider.GetRequiredService<KillSwitchWatch>())
            .AddSingleton<AdministratorCode>()
            .AddHostedService<SomebodyAdministers>()
            .AddHostedService<KillSwitchCheck>()
            .AddHostedService(static provider => provider.GetRequiredService<KillSwitchWatch>())
            .AddHostedService<Deadlines>()
            .AddHostedService<ConfiguredAbsences>();
    }

    private static GatePolicies LoadPolicies(IServiceProvider provider)
    {
        var errors = new List<string>();
        var policies = GatePolicies.Load(
            GatePolicies.Folder(provider.GetRequiredService<IOptions<GatesOptions>>().Value,
                provider.GetRequiredService<IHostEnvironment>()),
            [.. provider.GetRequiredService<ITenantDirectory>().All,
                .. provider.GetRequiredService<ITenantDirectory>().InOtherRegions.Select(elsewhere => elsewhere.Tenant)],
            errors,
            provider.GetRequiredService<ProposalAreas>().GateAreas);
        return errors.Count == 0 ? policies : throw new InvalidOperationException(string.Join('\n', errors));
    }
}

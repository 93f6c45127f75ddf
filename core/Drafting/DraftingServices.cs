using DevOpsAI.Connections;
using DevOpsAI.Connections.Identity;
using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Drafting;

public static class DraftingServices
{
    /// <summary>
    /// Drafting by runbooks, and by a model where an <see cref="IDraftModel"/> is registered. At start every validation
    /// error in every runbook is told at once, also what no connector could offer.
    /// Needs <see cref="IConnections"/>, <see cref="ITenantDirectory"/>, <see cref="ILedger"/>, MediatR and <see cref="TimeProvider"/>.
    /// </summary>
    public static IServiceCollection AddDrafting(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<DraftingOptions>().BindConfiguration("Drafting").ValidateDataAnnotations();
        services.AddOptionsWithValidateOnStart<IntelligenceOptions, IntelligenceCheck>().BindConfiguration("Intelligence")
            .ValidateDataAnnotations();
        return services
            .AddSingleton<IValidateOptions<DraftingOptions>>(static provider => new RunbookCheck(
                provider.GetServices<IConnector>, provider.GetRequiredService<IHostEnvironment>()))
            .AddSingleton(LoadRunbooks)
            .AddSingleton<ClientNames>()
            .AddSingleton<TargetSearch>()
            .AddSingleton<AbleTools>()
            .AddSingleton<TargetResolver>()
            .AddSingleton<ModelMetrics>()
            .AddSingleton<AnswerCache>()
            .AddSingleton<ModelBudget>()
            .AddSingleton<QuestionLimits>()
            .AddSingleton<PastCases>()
            .AddSingleton<ModelDrafter>()
            .AddSingleton<ModelDrafting>()
            .AddSingleton<IncidentDrafter>()
            .AddSingleton<AwayVendors>()
            .AddHostedService(static provider => provider.GetRequiredService<AwayVendors>())
            .AddSingleton<IAlertParts, RunbookParts>()
            .AddSingleton<ILedgerSubscription, DraftingSubscription>();
    }

    private static RunbookCatalog LoadRunbooks(IServiceProvider provider)
    {
        var folder = RunbookCheck.GetFolder(
            provider.GetRequiredService<IOptions<DraftingOptions>>().Value, provider.GetRequiredService<IHostEnvironment>());
        var catalog = RunbookCatalog.Load(folder, []);
        provider.GetRequiredService<ILogger<RunbookCatalog>>().RunbooksInForce(catalog.All.Count, folder ?? "none");
        return catalog;
    }
}

/// <summary>Refuses to start with runbooks that have validation errors, naming all of them with file and line.</summary>
/// <param name="connectorsNow">Asked when it is checked: validation errors elsewhere must not keep others from being told.</param>
internal sealed class RunbookCheck(Func<IEnumerable<IConnector>> connectorsNow, IHostEnvironment environment)
    : IValidateOptions<DraftingOptions>
{
    public ValidateOptionsResult Validate(string? name, DraftingOptions options)
    {
        var errors = new List<string>();
        var catalog = RunbookCatalog.Load(GetFolder(options, environment), errors);
        errors.AddRange(catalog.ErrorsAgainst([.. connectorsNow().Select(static connector => connector.Actions)]));
        return errors.Count == 0
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(["Runbooks with validation errors:\n  " + string.Join("\n  ", errors)]);
    }

    internal static string? GetFolder(DraftingOptions options, IHostEnvironment environment) =>
        string.IsNullOrWhiteSpace(options.RunbooksPath) ? null : Path.GetFullPath(options.RunbooksPath, environment.ContentRootPath);
}

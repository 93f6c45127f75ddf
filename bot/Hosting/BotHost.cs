using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Chat;
using DevOpsAI.Bot.Chat.Commands;
using DevOpsAI.Bot.Chat.Questions;
using DevOpsAI.Bot.Digests;
using DevOpsAI.Bot.Hosting.Settings;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Bot.Webhooks;
using DevOpsAI.Common;
using DevOpsAI.Completeness;
using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using DevOpsAI.Connectors;
using DevOpsAI.Connectors.AzureOpenAI;
using DevOpsAI.Connectors.MicrosoftGraph;
using DevOpsAI.Connectors.Sandbox;
using DevOpsAI.Connectors.Toolkit.Polling;
using DevOpsAI.Drafting;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.LocalTeams;
using DevOpsAI.LocalTeams.People;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;
using DevOpsAI.Tickets;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting;

/// <summary>Puts the features together: one AddX and one MapX each.</summary>
public static class BotHost
{
    private const string DefaultAddress = "http://localhost:3978";

    /// <param name="replace">Takes another part's place after all are added, as a test does with what it cannot have on its
    /// machine.</param>
    public static WebApplication Build(string[] args, Action<IServiceCollection>? replace = null)
    {
        var app = CreateBuilder(args, replace).Build();
        SettingsCheck.ThrowIfAnyIsWrong(app.Services);
        Surroundings.ThrowIfFolderIsNotOurs(app.Services);
        app.UseAnswerHeaders(app.Services.GetRequiredService<IOptions<TeamsOptions>>().Value.TlsProxy);
        var isLocal = IsLocal(app.Configuration);
        if (isLocal)
            app.UseLocalCallersOnly();
        app.UseForwardedSenders();
        app.MapHealth();
        app.MapWebhooks();
        app.MapTeams();
        if (HasSandbox(app.Configuration))
            app.MapSandbox();
        if (isLocal)
        {
            app.MapLocalTeams();
            app.MapGet("/", () => Results.Redirect("/localteams"));
        }
        return app;
    }

    /// <summary>Every part of the bot as the settings have it, none of them made yet.</summary>
    /// <param name="args">Settings of the command line.</param>
    /// <param name="replace">As for <see cref="Build"/>.</param>
    internal static WebApplicationBuilder CreateBuilder(string[] args, Action<IServiceCollection>? replace = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { Args = args, ContentRootPath = ContentRoot.Find() });
        if (string.IsNullOrEmpty(builder.Configuration[WebHostDefaults.ServerUrlsKey]))
            builder.WebHost.UseUrls(DefaultAddress);
        builder.Logging.Configure(static logging => logging.ActivityTrackingOptions = ActivityTrackingOptions.None);
        GuardedConsole.Guard(builder.Logging);
        // It logs query strings, and a webhook's token may be in one.
        builder.Logging.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.Warning);
        // What keeps the bot from starting is an error there, and said once, in RunAsync; what ends it while it runs is critical.
        builder.Logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical);
        builder.WebHost.ConfigureKestrel(static kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.ConfigureEndpointDefaults(
                static listen => listen.Use(listen.ApplicationServices.GetRequiredService<LastConnections>().Watch));
        });

        var services = builder.Services;
        services.AddSingleton(ClockAhead.For(builder.Environment, builder.Configuration));
        services.AddSingleton<LastConnections>().AddHostedService(static provider => provider.GetRequiredService<LastConnections>());
        services.AddProblemDetails();
        services.AddMediator(typeof(ILedger).Assembly, typeof(SandboxConnector).Assembly, typeof(BotHost).Assembly);
        services
            .AddCoreFeatures()
            .AddTenancy()
            .AddTenantConnections()
            .AddLedger()
            .AddRegions()
            .AddCheckpoints(new KeyVaultTokens().GetAsync)
            .AddIncidents()
            .AddDrafting()
            .AddGates()
            .AddPrivacy()
            .AddFailpoints(builder.Environment, builder.Configuration)
            .AddExecution()
            .AddConnectionChanges()
            .AddCompleteness()
            .AddTickets()
            .AddWebhooks()
            .AddTeams()
            .AddCards()
            .AddChat()
            .AddChatCommands()
            .AddChatQueries()
            .AddDigests()
            .AddEventPolling()
            .AddRotationSchedule()
            .AddHostedService<AdministratorCodeNotice>()
            .AddTelemetry(builder.Configuration);

        services.AddConnectors(builder.Configuration["Connectors:Path"], builder.Environment.ContentRootPath).AddMicrosoftGraphWatch()
            .AddAzureOpenAI(builder.Configuration);
        if (HasSandbox(builder.Configuration))
            services.AddSandbox();
        if (IsLocal(builder.Configuration))
        {
            services.AddLocalTeams();
            services.AddSingleton<LocalTokenFile>().AddHostedService(static provider => provider.GetRequiredService<LocalTokenFile>());
            services.AddHostedService<Banner>();
            services.AddOptions<LocalTeamsOptions>().PostConfigure<LocalToken>(static (local, token) => local.Token = token.Value);
            services.AddOptions<AccessOptions>()
                .PostConfigure<IOptions<LocalTeamsOptions>>(static (roles, local) => GiveLocalRoles(roles, local.Value));
            services.Configure<LocalTeamsOptions>(local =>
            {
                local.Hint ??= Banner.FirstAlert(LocalTeamsOptions.AddressInHint, builder.Configuration);
                local.Samples =
                [
                    .. SampleAlerts.For(builder.Configuration).Select(static sample => new SampleAlert(
                        sample.Id, sample.Title, sample.Expect, sample.Channel,
                        [.. sample.Calls.Select(static call => new SampleCall(call.Path, call.Bearer, call.Json))])),
                ];
            });
        }

        replace?.Invoke(services);
        return builder;
    }

    /// <summary>
    /// Runs until stopped. What keeps the bot from starting is told in one message, without a stack trace; the exit code is then 2.
    /// It is 1 when a part of the bot failed while it ran, so that whoever watches over it starts it again.
    /// </summary>
    public static Task<int> RunAsync(string[] args)
    {
        OwnerOnly.ForAllThatIsMade();
        return RunAsync(args, Console.Error);
    }

    internal static async Task<int> RunAsync(string[] args, TextWriter error)
    {
        try
        {
            await using var app = Build(args);
            Surroundings.ThrowIfPortIsTaken(app.Services);
            return await RunAsync(app);
        }
        catch (Exception cannotStart) when (StartProblems(cannotStart) is { Count: > 0 } why)
        {
            await error.WriteLineAsync(why is [var single]
                ? $"The bot cannot start. {single}"
                : $"The bot cannot start. There are {why.Count} mistakes in the "
                    + $"settings:{string.Concat(why.Select(one => $"{Environment.NewLine}  - {one}"))}");
            return 2;
        }
    }

    internal static async Task<int> RunAsync(WebApplication app)
    {
        List<BackgroundService> parts = [];
        app.Lifetime.ApplicationStarted.Register(
            () => parts.AddRange(app.Services.GetServices<IHostedService>().OfType<BackgroundService>()));
        await app.RunAsync();
        return parts.Exists(static part => part.ExecuteTask is { IsFaulted: true }) ? 1 : 0;
    }

    /// <summary>Behind real Teams it is there for trying things out, where somebody asks for it.</summary>
    private static bool HasSandbox(IConfiguration configuration) =>
        IsLocal(configuration) || configuration.GetValue<bool>("Sandbox:Enabled");

    private static bool IsLocal(IConfiguration configuration) => string.IsNullOrWhiteSpace(configuration["Teams:AppId"]);

    /// <summary>
    /// One sentence for each reason; empty for anything that is neither configuration nor surroundings, and so a fault of ours.
    /// </summary>
    internal static IReadOnlyList<string> StartProblems(Exception exception) => exception switch
    {
        // Several options with mistakes are told together.
        AggregateException several =>
            several.InnerExceptions.Select(StartProblems).ToList() is var all && all.TrueForAll(static why => why.Count > 0)
                ? [.. all.SelectMany(static why => why)]
                : [],
        OptionsValidationException settings => [.. settings.Failures],
        TeamsSetupException or ChatCatalogException or NoAdministratorException or KillSwitchInReachException or SurroundingsException
            or LedgerUnavailableException or SigningKeyException or FeatureConflictException or IOException
            or UnauthorizedAccessException => [exception.Message],
        // A value of the wrong type, which the binder reports as if it were a fault of the program.
        InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" } => [exception.Message],
        _ => [],
    };

    /// <summary>Where nobody was given a role, the people of Local Teams have those that their names say, for every client.</summary>
    internal static void GiveLocalRoles(AccessOptions access, LocalTeamsOptions local)
    {
        if (!local.Enabled || access.Local != LocalAccess.None || access.Roles.Count > 0)
            return;
        access.Roles["*"] = LocalPeople.Roles.GroupBy(static person => person.Role, static person => person.ObjectId)
            .ToDictionary(static role => role.Key, static role => role.ToList(), StringComparer.OrdinalIgnoreCase);
    }
}

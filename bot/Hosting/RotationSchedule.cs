using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Hosting;

/// <summary>
/// Secrets that are to be replaced by a day: told in the log at the start and each day, on <c>/readyz</c>, and those of a client in
/// its digest.
/// </summary>
internal static class RotationSchedule
{
    public static IServiceCollection AddRotationSchedule(this IServiceCollection services) => services
        .AddSingleton(static provider => For(
            provider.GetRequiredService<IOptions<ConnectionsOptions>>().Value,
            provider.GetRequiredService<IOptions<TeamsOptions>>().Value,
            provider.GetRequiredService<IOptions<StorageOptions>>().Value))
        .AddHostedService<RotationReminder>();

    internal static SecretRotations For(ConnectionsOptions connections, TeamsOptions teams, StorageOptions storage)
    {
        List<SecretRotation> all = [];
        foreach (var (name, connection) in connections.Connections)
        {
            if (connection.RotateBy is { } day && TenantId.TryParse(connection.Tenant, out var tenant))
                all.Add(new($"Connections:{name}:RotateBy", $"The secret of the connection {name}", tenant, day));
        }
        if (teams.RotateBy is { } credential)
            all.Add(new("Teams:RotateBy", "The credential of the bot's registration", null, credential));
        if (storage.Cosmos.RotateBy is { } key)
            all.Add(new("Storage:Cosmos:RotateBy", "The key of the Cosmos DB account", null, key));
        return new(all);
    }
}

internal sealed partial class RotationReminder(SecretRotations rotations, TimeProvider clock, ILogger<RotationReminder> logger)
    : BackgroundService
{
    internal static readonly TimeSpan Every = TimeSpan.FromDays(1);

    public override Task StartAsync(CancellationToken cancellationToken)
    {
        Tell();
        return base.StartAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Every, clock);
        while (await timer.WaitForNextTickAsync(stoppingToken))
            Tell();
    }

    private void Tell()
    {
        foreach (var (_, warning) in rotations.Due(clock.GetUtcNow()))
            Due(logger, warning);
    }

    [LoggerMessage(EventId = 3301, Level = LogLevel.Warning, Message = "{Warning}")]
    private static partial void Due(ILogger logger, string warning);
}

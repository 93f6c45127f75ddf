using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// Prepares the store before anything else starts; what keeps it from being used keeps the bot from starting. Keeps the indexes once
/// nothing is appended any more.
/// </summary>
internal sealed class CosmosLifecycle(IServiceProvider services, IOptions<StorageOptions> storage) : IHostedLifecycleService
{
    public Task StartingAsync(CancellationToken cancellationToken) => storage.Value.Provider == StorageProvider.Cosmos
        ? services.GetRequiredService<CosmosStore>().PrepareAsync(cancellationToken)
        : Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => storage.Value.Provider == StorageProvider.Cosmos
        ? services.GetRequiredService<CosmosLedger>().KeepIndexesAsync().WaitAsync(cancellationToken)
        : Task.CompletedTask;
}

using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Bot.Cli;

/// <summary>The Cosmos DB account that configuration names, for verbs. Nothing is ever created in it.</summary>
internal static class CosmosAccount
{
    public static bool IsConfigured(IConfiguration configuration) => Options(configuration).Provider == StorageProvider.Cosmos;

    /// <exception cref="CommandException">The settings are wrong, or there is no ledger in the account.</exception>
    /// <exception cref="LedgerUnavailableException">The account cannot be used; the message names it.</exception>
    public static async Task<CosmosStore> OpenAsync(IConfiguration configuration, CancellationToken cancellationToken)
    {
        var options = Options(configuration);
        if (options.WhatIsWrong() is { Count: > 0 } problems)
            throw new CommandException(string.Join('\n', problems));
        var store = new CosmosStore(options.Cosmos, new SecretSource(TimeProvider.System), TimeProvider.System, new(),
            NullLogger<CosmosStore>.Instance);
        try
        {
            return await store.ExistsAsync(cancellationToken)
                ? store
                : throw new CommandException($"There is no ledger in database '{store.Database}' at {options.Cosmos.Endpoint}.");
        }
        catch (LedgerUnavailableException unavailable)
        {
            store.Dispose();
            throw new LedgerUnavailableException(
                $"The Cosmos DB account at {options.Cosmos.Endpoint} cannot be used. {unavailable.Message}", unavailable);
        }
        catch
        {
            store.Dispose();
            throw;
        }
    }

    private static StorageOptions Options(IConfiguration configuration) =>
        configuration.GetSection("Storage").Get<StorageOptions>() ?? new();
}

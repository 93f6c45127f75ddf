using System.CommandLine;
using System.Text.Json;
using DevOpsAI.Connections;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Cosmos;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Bot.Commands;

/// <summary><c>ledger list</c> on the Cosmos DB account that configuration names, and how verbs get to it.</summary>
internal static class CosmosCommands
{
    /// <summary>Unless <c>--path</c> names a folder.</summary>
    public static bool Applies(IConfiguration configuration, string[] args) =>
        IsConfigured(configuration) && args is ["ledger", "list", ..] && !args.Contains("--path");

    public static bool IsConfigured(IConfiguration configuration) =>
        Enum.TryParse<StorageProvider>(configuration["Storage:Provider"], ignoreCase: true, out var provider) && provider == StorageProvider.Cosmos;

    public static async Task<int> RunAsync(string[] args, IConfiguration configuration, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var parsed = Build(configuration, output, error).Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        foreach (var mistake in parsed.Errors)
            await error.WriteLineAsync(mistake.Message);
        return LedgerCommands.Usage;
    }

    private static RootCommand Build(IConfiguration configuration, TextWriter output, TextWriter error)
    {
        var tenant = new Option<string?>("--tenant") { Description = "The client company, as in contoso." };
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var after = new Option<long>("--after") { Description = "Only entries after this seq." };

        var list = new Command("list", "Prints a tenant's entries.") { tenant, json, after };
        list.SetAction((parsed, token) => OnAsync(configuration, error, store =>
            ListAsync(store, LedgerCommands.Known(parsed.GetValue(tenant)), configuration, parsed.GetValue(after), parsed.GetValue(json), output, error, token)));

        return new("DevOps AI Bot") { new Command("ledger", "Reads the ledger.") { list } };
    }

    private static async Task<int> ListAsync(
        CosmosStore store, TenantId tenant, IConfiguration configuration, long after, bool json, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var archive = new CosmosArchive(store);
        var size = await archive.SizeAsync(tenant, cancellationToken);
        if (size == 0)
            LedgerCommands.MustBeConfigured(tenant, configuration, "the account");
        if (!json)
            await output.WriteLineAsync(LedgerListing.Header);
        var seq = after;
        try
        {
            await foreach (var entry in archive.ReadAsync(tenant, after + 1, size, cancellationToken))
            {
                seq = entry.Seq;
                await output.WriteLineAsync(json ? LedgerListing.AsJson(entry.Body.Span, entry.Leaf.Span) : LedgerListing.AsText(entry.Body.Span));
            }
            return LedgerCommands.Intact;
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException || damaged.InnerException is JsonException)
        {
            await error.WriteLineAsync($"Entry {seq} or the one after it cannot be read ({damaged.Message}). 'ledger verify --tenant {tenant}' says more.");
            return LedgerCommands.Tampered;
        }
    }

    private static async Task<int> OnAsync(IConfiguration configuration, TextWriter error, Func<CosmosStore, Task<int>> verb)
    {
        try
        {
            using var store = Open(configuration);
            await MustExistAsync(store, configuration);
            return await verb(store);
        }
        catch (Exception refused) when (refused is CommandException or LedgerUnavailableException)
        {
            await error.WriteLineAsync(refused.Message);
            return LedgerCommands.Usage;
        }
    }

    /// <exception cref="CommandException">There is no ledger in the account.</exception>
    internal static async Task MustExistAsync(CosmosStore store, IConfiguration configuration)
    {
        if (!await store.ExistsAsync(CancellationToken.None))
            throw new CommandException($"There is no ledger in database '{store.Database}' at {configuration["Storage:Cosmos:Endpoint"]}.");
    }

    /// <exception cref="CommandException">The settings are wrong.</exception>
    internal static CosmosStore Open(IConfiguration configuration)
    {
        var options = configuration.GetSection("Storage").Get<StorageOptions>() ?? new();
        if (options.WhatIsWrong() is { Count: > 0 } problems)
            throw new CommandException(string.Join('\n', problems));
        return new(options.Cosmos, new SecretSource(TimeProvider.System), TimeProvider.System, new(), NullLogger<CosmosStore>.Instance);
    }
}

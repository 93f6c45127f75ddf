using System.Net;
using System.Text.Json;
using Azure.Identity;
using DevOpsAI.Common;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// The database: containers <c>ledger</c> (partition key <c>/tenant</c>), <c>documents</c> (<c>/scope</c>) and <c>leases</c> (<c>/id</c>).
/// Speaks HTTPS to the gateway only, so that one port is all that is needed and every Cosmos server will do.
/// </summary>
public sealed class CosmosStore : IDisposable
{
    private readonly CosmosClient client;
    private readonly CosmosOptions options;
    private readonly ILogger<CosmosStore> logger;

    /// <exception cref="LedgerUnavailableException">The key cannot be read, or is none.</exception>
    public CosmosStore(CosmosOptions options, ISecretSource secrets, TimeProvider clock, CosmosMetrics metrics, ILogger<CosmosStore> logger)
    {
        (this.options, this.logger) = (options, logger);
        Calls = new(clock, options, metrics, logger);
        client = Connect(options, secrets, metrics);
        var database = client.GetDatabase(options.Database);
        Ledger = database.GetContainer("ledger");
        Documents = database.GetContainer("documents");
        Leases = database.GetContainer("leases");
    }

    public string Database => options.Database;

    internal CosmosOptions Options => options;

    internal CosmosCalls Calls { get; }

    internal Container Ledger { get; }

    internal Container Documents { get; }

    internal Container Leases { get; }

    private IEnumerable<(Container Container, string PartitionKey)> Containers =>
        [(Ledger, "/tenant"), (Documents, "/scope"), (Leases, "/id")];

    /// <summary>Looks at the account and creates what is missing.</summary>
    /// <exception cref="LedgerUnavailableException">The account cannot be reached, refuses us, or cannot keep a ledger; the message says
    /// which.</exception>
    public async Task PrepareAsync(CancellationToken cancellationToken)
    {
        await CheckAccountAsync(cancellationToken);
        if (await IsMissingAsync(Ledger, cancellationToken))
        {
            if (!options.CreateIfMissing)
                throw new LedgerUnavailableException(
                    $"There is no database '{options.Database}' with a container 'ledger' at {options.Endpoint}, and "
                    + $"Storage:Cosmos:CreateIfMissing is false.");
            await CreateAsync("database " + options.Database, token =>
                client.CreateDatabaseStreamAsync(new DatabaseProperties(options.Database), cancellationToken: token), cancellationToken);
        }
        foreach (var (container, partitionKey) in Containers)
            await PrepareAsync(container, partitionKey, cancellationToken);
    }

    /// <summary>What of the account is not as a ledger needs it, one sentence each. Creates nothing.</summary>
    /// <exception cref="LedgerUnavailableException">The account cannot be reached or refuses us; the message says which.</exception>
    public async Task<IReadOnlyList<string>> FindProblemsAsync(CancellationToken cancellationToken)
    {
        var account = await ReadAccountAsync(cancellationToken);
        List<string?> problems = [CheckRegions(account)];
        if (IsWeak(GetConsistency(account)))
            problems.Add($"The default consistency of the Cosmos DB account at {options.Endpoint} is {GetConsistency(account)}. Set it to "
                + "Bounded staleness or Strong, or one instance may not see what another one recorded.");
        List<string> missing = [];
        foreach (var (container, partitionKey) in Containers)
        {
            var found = await Calls.SendAsync(token => container.ReadContainerStreamAsync(cancellationToken: token), cancellationToken);
            if (found.IsMissing)
                missing.Add($"{container.Id} ({partitionKey})");
            else
                problems.Add(CheckPartitionKey(found, container, partitionKey));
        }
        problems.Add(CheckMissing(missing));
        return [.. problems.OfType<string>()];
    }

    /// <summary>Whether the ledger can be reached and exists; for those who only read.</summary>
    public async Task<bool> ExistsAsync(CancellationToken cancellationToken) => !await IsMissingAsync(Ledger, cancellationToken);

    public void Dispose() => client.Dispose();

    private static CosmosClient Connect(CosmosOptions options, ISecretSource secrets, CosmosMetrics metrics)
    {
        var settings = new CosmosClientOptions
        {
            ApplicationName = "devops-ai-bot",
            ConnectionMode = ConnectionMode.Gateway,
            RequestTimeout = options.RequestTimeout,
            EnableContentResponseOnWrite = false,
            MaxRetryAttemptsOnRateLimitedRequests = 9,
            MaxRetryWaitTimeOnRateLimitedRequests = CosmosCalls.MaxThrottle,
            GatewayModeMaxConnectionLimit = 100,
            CosmosClientTelemetryOptions = new() { DisableSendingMetricsToService = true },
        };
        settings.CustomHandlers.Add(new CosmosMetrics.Handler(metrics));
        if (string.IsNullOrWhiteSpace(options.Key))
            return new(options.Endpoint, new DefaultAzureCredential(), settings);
        try
        {
            return new(options.Endpoint, secrets.Read(new(options.Key)), settings);
        }
        catch (Exception unusable) when (unusable is SecretUnavailableException or FormatException)
        {
            throw new LedgerUnavailableException($"Storage:Cosmos:Key cannot be used: {unusable.Message}", unusable);
        }
    }

    private async Task CheckAccountAsync(CancellationToken cancellationToken)
    {
        var account = await ReadAccountAsync(cancellationToken);
        if (CheckRegions(account) is { } several)
            throw new LedgerUnavailableException(several);
        var consistency = GetConsistency(account);
        logger.StoreOpened(options.Database, client.Endpoint, consistency);
        if (IsWeak(consistency))
            logger.WeakConsistency(consistency);
    }

    private async Task<AccountProperties> ReadAccountAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await client.ReadAccountAsync().WaitAsync(options.GiveUpAfter, cancellationToken);
        }
        catch (Exception failure) when (failure
            is CosmosException or HttpRequestException or TimeoutException or OperationCanceledException or AuthenticationFailedException
            && !cancellationToken.IsCancellationRequested)
        {
            throw new LedgerUnavailableException(
                $"The Cosmos DB account at {options.Endpoint} cannot be used: {FirstLine(failure.Message)}", failure);
        }
    }

    private string? CheckRegions(AccountProperties account) => account.WritableRegions.Count() is > 1 and var regions
        ? $"The Cosmos DB account at {options.Endpoint} is written in {regions} regions. Two regions could each take a different entry "
            + $"under one number; a ledger needs a single write region."
        : null;

    private static string GetConsistency(AccountProperties account) => account.Consistency.DefaultConsistencyLevel.ToString();

    private static bool IsWeak(string consistency) =>
        consistency is not (nameof(ConsistencyLevel.Strong) or nameof(ConsistencyLevel.BoundedStaleness));

    /// <summary>Null where nothing is missing, or the first start makes it.</summary>
    private string? CheckMissing(List<string> containers)
    {
        if (containers.Count == 0 || (options.CreateIfMissing && !string.IsNullOrWhiteSpace(options.Key)))
            return null;
        var why = options.CreateIfMissing ? "an Entra role for data may not make them" : "Storage:Cosmos:CreateIfMissing is false";
        return $"The database '{options.Database}' at {options.Endpoint} lacks {string.Join(", ", containers)}, and {why}. Make them with "
            + $"the partition keys in brackets{(options.CreateIfMissing ? ", or set Storage:Cosmos:Key for the first start" : "")}.";
    }

    private async Task PrepareAsync(Container container, string partitionKey, CancellationToken cancellationToken)
    {
        var found = await Calls.SendAsync(token => container.ReadContainerStreamAsync(cancellationToken: token), cancellationToken);
        if (found.IsMissing)
        {
            await CreateAsync("container " + container.Id,
                token => container.Database.CreateContainerStreamAsync(Properties(container.Id, partitionKey), cancellationToken: token),
                cancellationToken);
            return;
        }
        if (CheckPartitionKey(found, container, partitionKey) is { } notOurs)
            throw new LedgerUnavailableException(notOurs);
    }

    /// <exception cref="LedgerUnavailableException">The account refuses to show it.</exception>
    private string? CheckPartitionKey(CosmosResponse found, Container container, string partitionKey)
    {
        found.OrThrow($"show the container '{container.Id}'");
        using var properties = JsonDocument.Parse(found.Body);
        var paths = properties.RootElement.GetProperty("partitionKey").GetProperty("paths");
        return paths.GetArrayLength() == 1 && paths[0].GetString() == partitionKey
            ? null
            : $"The container '{container.Id}' in '{options.Database}' is not ours: its partition key is not {partitionKey}.";
    }

    /// <summary>Nothing but the partition key is indexed beyond what always is: every indexed property makes each write dearer.</summary>
    private static ContainerProperties Properties(string id, string partitionKey)
    {
        var properties = new ContainerProperties(id, partitionKey);
        if (id == "leases")
            return properties;
        properties.IndexingPolicy = new()
        {
            Automatic = true,
            IndexingMode = IndexingMode.Consistent,
            IncludedPaths = { new() { Path = partitionKey + "/?" } },
            ExcludedPaths = { new() { Path = "/*" } },
        };
        return properties;
    }

    private async Task<bool> IsMissingAsync(Container container, CancellationToken cancellationToken) =>
        (await Calls.SendAsync(token => container.ReadContainerStreamAsync(cancellationToken: token), cancellationToken))
            is { IsMissing: true };

    private async Task CreateAsync(string what, Func<CancellationToken, Task<ResponseMessage>> create, CancellationToken cancellationToken)
    {
        var created = await Calls.SendAsync(create, cancellationToken);
        if (created.Status == HttpStatusCode.Conflict)
            return;
        created.OrThrow($"create the {what}");
        logger.Created(what);
    }

    private static string FirstLine(string text) => text.Split('\n', 2)[0].Trim();
}

using System.Net;
using System.Runtime.CompilerServices;
using System.Text.Json;
using DevOpsAI.Tenancy;
using Microsoft.Azure.Cosmos;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>Reads and writes commits.</summary>
internal sealed class CommitStore(CosmosStore store)
{
    private const int PageSize = 100;
    private static readonly ItemRequestOptions Bare = new() { EnableContentResponseOnWrite = false };

    /// <summary>True when it is durable and ours; false when another one has its place.</summary>
    /// <exception cref="LedgerUnavailableException">It could not be found out.</exception>
    public async Task<bool> TryWriteAsync(Commit commit, byte[] document, CancellationToken cancellationToken)
    {
        var created = await store.Calls.SendAsync(
            async token =>
            {
                using var body = new MemoryStream(document, writable: false);
                return await store.Ledger.CreateItemStreamAsync(body, new(commit.Tenant.Value), Bare, token);
            },
            cancellationToken);
        if (created.Status != HttpStatusCode.Conflict)
        {
            created.OrThrow("append to the ledger");
            return true;
        }
        // The SDK repeats attempts too, so that even the first answer may speak of our own write.
        return await FindAsync(commit.Tenant, commit.First, cancellationToken) is { } there && there.Nonce == commit.Nonce;
    }

    /// <summary>The commit that begins with this entry; null when there is none yet. The cheapest read there is.</summary>
    public async Task<Commit?> FindAsync(TenantId tenant, long first, CancellationToken cancellationToken)
    {
        var found = await store.Calls.SendAsync(
            token => store.Ledger.ReadItemStreamAsync(Commit.GetId(first), new(tenant.Value), cancellationToken: token), cancellationToken);
        return found.IsMissing ? null : Decode(tenant, found.OrThrow("read the ledger").Body);
    }

    /// <summary>Commits in order, from the one that begins with <paramref name="first"/> on.</summary>
    /// <param name="atMost">How many are wanted, where that is known: no more are asked for at once.</param>
    public async IAsyncEnumerable<Commit> ReadAsync(
        TenantId tenant, long first, [EnumeratorCancellation] CancellationToken cancellationToken, int atMost = PageSize)
    {
        var query = new QueryDefinition("SELECT * FROM c WHERE c.tenant = @tenant AND c.id >= @first ORDER BY c.id")
            .WithParameter("@tenant", tenant.Value).WithParameter("@first", Commit.GetId(first));
        await foreach (var document in QueryAsync(query, tenant, Math.Min(PageSize, atMost), cancellationToken))
            yield return Decode(tenant, document);
    }

    /// <summary>The tenant's documents in order as they are, whatever they hold.</summary>
    public IAsyncEnumerable<JsonElement> ReadRawAsync(TenantId tenant, CancellationToken cancellationToken) => QueryAsync(
        new QueryDefinition("SELECT * FROM c WHERE c.tenant = @tenant ORDER BY c.id").WithParameter("@tenant", tenant.Value), tenant,
        PageSize, cancellationToken);

    /// <summary>Commits that may hold entries of a stream, in order.</summary>
    public async IAsyncEnumerable<Commit> ReadWithAsync(
        TenantId tenant, StreamId stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // What is packed cannot be looked into from there.
        var query = new QueryDefinition(
            "SELECT * FROM c WHERE c.tenant = @tenant AND (IS_DEFINED(c.packed) OR ARRAY_CONTAINS(c.entries, @entry, true)) ORDER BY c.id")
            .WithParameter("@tenant", tenant.Value).WithParameter("@entry", new Dictionary<string, string> { ["stream"] = stream.Value });
        await foreach (var document in QueryAsync(query, tenant, PageSize, cancellationToken))
            yield return Decode(tenant, document);
    }

    /// <summary>The commit that holds this entry, or the last one before it; null when there is none.</summary>
    public async Task<Commit?> HoldingAsync(TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT TOP 1 * FROM c WHERE c.tenant = @tenant AND c.id <= @seq ORDER BY c.id DESC")
            .WithParameter("@tenant", tenant.Value).WithParameter("@seq", Commit.GetId(seq));
        await foreach (var document in QueryAsync(query, tenant, 1, cancellationToken))
            return Decode(tenant, document);
        return null;
    }

    /// <summary>Tenants whose ledger begins within a part of the container; in all of it when <paramref name="range"/> is null.</summary>
    public async Task<IReadOnlyList<TenantId>> TenantsAsync(FeedRange? range, CancellationToken cancellationToken)
    {
        var query = new QueryDefinition("SELECT c.tenant FROM c WHERE c.id = @first").WithParameter("@first", Commit.GetId(1));
        var tenants = new List<TenantId>();
        var iterator = range is null
            ? store.Ledger.GetItemQueryStreamIterator(query)
            : store.Ledger.GetItemQueryStreamIterator(range, query, continuationToken: null);
        await foreach (var document in PagesAsync(iterator, cancellationToken))
        {
            if (TenantId.TryParse(document.GetProperty("tenant").GetString(), out var tenant))
                tenants.Add(tenant);
        }
        tenants.Sort();
        return tenants;
    }

    internal static Commit Decode(TenantId tenant, byte[] document)
    {
        using var parsed = JsonDocument.Parse(document);
        return Decode(tenant, parsed.RootElement);
    }

    private static Commit Decode(TenantId tenant, JsonElement document)
    {
        try
        {
            return Commit.Read(document);
        }
        catch (JsonException unreadable)
        {
            throw new LedgerDamagedException(tenant, null, $"a document of its ledger cannot be read ({unreadable.Message})", unreadable);
        }
    }

    private IAsyncEnumerable<JsonElement> QueryAsync(
        QueryDefinition query, TenantId tenant, int pageSize, CancellationToken cancellationToken) => PagesAsync(
        store.Ledger.GetItemQueryStreamIterator(query, requestOptions: new() { PartitionKey = new(tenant.Value), MaxItemCount = pageSize }),
            cancellationToken);

    private async IAsyncEnumerable<JsonElement> PagesAsync(
        FeedIterator iterator, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        using var pages = iterator;
        while (pages.HasMoreResults)
        {
            var page = await store.Calls.SendAsync(pages.ReadNextAsync, cancellationToken);
            foreach (var document in page.OrThrow("read the ledger").Documents())
                yield return document;
        }
    }
}

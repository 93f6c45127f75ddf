using System.Collections.Concurrent;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger;

/// <summary>
/// The subscriptions' cursors in one document for each tenant. A cursor never goes back, whichever instance saves it last.
/// </summary>
public sealed class DocumentCursors(IDocuments documents) : ICursorStore
{
    internal const string Kind = "cursors";
    private const string Id = "followers";
    private const int Tries = 5;

    private readonly ConcurrentDictionary<TenantId, Lazy<Task<SortedDictionary<string, long>>>> loading = new();

    /// <summary>Loads that come together, as all subscriptions of a tenant do at a start, share one reading.</summary>
    public async ValueTask<long> LoadAsync(string subscription, TenantId tenant, CancellationToken cancellationToken)
    {
        var shared = loading.GetOrAdd(tenant, of => new(async () => (await ReadAsync(of, CancellationToken.None)).Cursors));
        try
        {
            return (await shared.Value.WaitAsync(cancellationToken)).GetValueOrDefault(subscription);
        }
        finally
        {
            loading.TryRemove(new(tenant, shared));
        }
    }

    /// <summary>The entry that any subscription has finished last; 0 when none is known.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async ValueTask<long> FurthestAsync(TenantId tenant, CancellationToken cancellationToken) =>
        (await ReadAsync(tenant, cancellationToken)).Cursors.Values.DefaultIfEmpty().Max();

    public async ValueTask SaveAsync(IReadOnlyCollection<SubscriptionCursor> cursors, CancellationToken cancellationToken)
    {
        foreach (var ofTenant in cursors.GroupBy(static cursor => cursor.Tenant))
            await SaveAsync(ofTenant.Key, [.. ofTenant], cancellationToken);
    }

    private async Task SaveAsync(TenantId tenant, List<SubscriptionCursor> cursors, CancellationToken cancellationToken)
    {
        for (var attempt = 0; attempt < Tries; attempt++)
        {
            var (saved, tag) = await ReadAsync(tenant, cancellationToken);
            var isNews = false;
            foreach (var cursor in cursors.Where(cursor => cursor.Seq > saved.GetValueOrDefault(cursor.Subscription)))
                (saved[cursor.Subscription], isNews) = (cursor.Seq, true);
            if (!isNews || await documents.TryPutAsync(
                DocumentScope.From(tenant), Kind, Id,
                JsonSerializer.SerializeToUtf8Bytes(saved, CursorsJson.Default.SortedDictionaryStringInt64), tag, cancellationToken))
                return;
        }
        throw new LedgerUnavailableException($"The subscriptions' positions of {tenant} are being written by others all the time.");
    }

    private async ValueTask<(SortedDictionary<string, long> Cursors, string? Tag)> ReadAsync(
        TenantId tenant, CancellationToken cancellationToken)
    {
        var document = await documents.FindAsync(DocumentScope.From(tenant), Kind, Id, cancellationToken);
        if (document is null)
            return ([], null);
        try
        {
            return (JsonSerializer.Deserialize(document.Value.Span, CursorsJson.Default.SortedDictionaryStringInt64) ?? [], document.Tag);
        }
        catch (JsonException)
        {
            // Beginning anew hands entries over again, which is harmless; not following at all is not.
            return ([], document.Tag);
        }
    }
}

[JsonSerializable(typeof(SortedDictionary<string, long>))]
internal sealed partial class CursorsJson : JsonSerializerContext;

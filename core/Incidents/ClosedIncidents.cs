using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Snapshots;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Incidents;

/// <summary>
/// The incidents that have left the states, <see cref="PerShelf"/> neighbours in a document. Read when somebody asks; a few of those read
/// last are kept in memory.
/// </summary>
internal sealed class ClosedIncidents : IRetention
{
    public const int PerShelf = 64;

    private const int ShelvesKept = 32;
    private static readonly Lazy<string> Shape = new(() => StateJson.GetShape([typeof(Shelf)]));

    internal static string ShapeOfShelf => Shape.Value;

    private readonly Dictionary<(TenantId, string), Shelf> read = [];
    private readonly Queue<(TenantId, string)> order = new();
    private readonly Lock gate = new();
    private readonly DerivedDocuments documents;
    private readonly IKeyRing keys;
    private readonly ILedger ledger;
    private readonly ILogger logger;

    public ClosedIncidents(IDocuments documents, IKeyRing keys, ILedger ledger, ILogger<ClosedIncidents> logger)
    {
        (this.documents, this.keys, this.ledger, this.logger) = (new(documents), keys, ledger, logger);
        keys.Forgotten += (_, erased) => Forget(erased.Tenant);
    }

    public IRetired For(TenantId tenant, Func<long, CancellationToken, Task> makeAgain) =>
        new LeftIncidents(tenant, ledger, this, logger, makeAgain);

    /// <summary>Writes what waits, over what is there of the same incidents; what is written waits no more.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written now.</exception>
    public async Task WriteAsync(
        TenantId tenant, DataKey key, ConcurrentDictionary<IncidentId, ClosedIncident> waiting, CancellationToken cancellationToken)
    {
        foreach (var shelf in waiting.ToArray().GroupBy(static one => GetShelf(one.Key)))
        {
            var name = GetName(tenant, shelf.Key);
            var kept = (await ReadAsync(key, name, cancellationToken)).Shelf ?? Shelf.Empty;
            var next = new Shelf(kept.Incidents.SetItems(shelf));
            var last = shelf.Max(static one => one.Value.LeftAt);
            if (!await documents.TryPutAsync(key, name, (last, default), StateJson.Write(next), cancellationToken))
                return;
            Keep(tenant, shelf.Key, null);
            foreach (var written in shelf)
                waiting.TryRemove(written);
        }
    }

    /// <summary>The incident as it left; null with the reason when it is not to be found.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async ValueTask<(ClosedIncident? Found, string? Why)> FindAsync(
        TenantId tenant, IncidentId incidentId, CancellationToken cancellationToken)
    {
        var (shelf, why) = await ShelfAsync(tenant, GetShelf(incidentId), cancellationToken);
        return shelf?.Incidents.TryGetValue(incidentId, out var kept) == true
            ? (kept, null)
            : (null, why ?? $"{incidentId} is not among them");
    }

    /// <summary>All of a shelf; with the reason where it is not to be found.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    public async ValueTask<(IEnumerable<ClosedIncident> All, string? Why)> ReadAsync(
        TenantId tenant, string shelf, CancellationToken cancellationToken)
    {
        var (found, why) = await ShelfAsync(tenant, shelf, cancellationToken);
        return (found?.Incidents.Values ?? [], why);
    }

    /// <summary>Drops what is in memory of a tenant.</summary>
    public void Forget(TenantId tenant)
    {
        lock (gate)
        {
            foreach (var known in read.Keys.Where(known => known.Item1 == tenant).ToList())
                read.Remove(known);
        }
    }

    private async ValueTask<(Shelf? Shelf, string? Why)> ShelfAsync(TenantId tenant, string shelf, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (read.TryGetValue((tenant, shelf), out var known))
                return (known, null);
        }
        var key = await keys.OfDerivedAsync(tenant, mayCreate: false, cancellationToken);
        var found = await ReadAsync(key, GetName(tenant, shelf), cancellationToken);
        if (found.Shelf is not null)
            Keep(tenant, shelf, found.Shelf);
        // What was opened with a key that is gone by now is not to be kept.
        if (key is { IsDestroyed: true })
            Forget(tenant);
        return found;
    }

    private async ValueTask<(Shelf? Shelf, string? Why)> ReadAsync(DataKey? key, DerivedName name, CancellationToken cancellationToken)
    {
        try
        {
            return await documents.FindAsync(key, name, cancellationToken) switch
            {
                DerivedContent.Fit fit => (StateJson.Read<Shelf>(fit.Content), null),
                DerivedContent.Unfit unfit => (null, unfit.Why),
                _ => (null, "nothing is kept there"),
            };
        }
        catch (JsonException unreadable)
        {
            return (null, $"they cannot be read ({unreadable.Message})");
        }
    }

    private void Keep(TenantId tenant, string shelf, Shelf? content)
    {
        lock (gate)
        {
            read.Remove((tenant, shelf));
            if (content is null)
                return;
            read[(tenant, shelf)] = content;
            order.Enqueue((tenant, shelf));
            while (order.Count > ShelvesKept)
                read.Remove(order.Dequeue());
        }
    }

    public static string GetShelf(IncidentId incidentId) => incidentId.Number is { } number ? GetId(number / PerShelf) : "other";

    public static string GetId(int shelf) => shelf.ToString("D8", CultureInfo.InvariantCulture);

    private static DerivedName GetName(TenantId tenant, string shelf) => new(tenant, KeyDocuments.ClosedKind, shelf, Shape.Value);

    /// <summary>What is kept in one document.</summary>
    private sealed record Shelf(ImmutableDictionary<IncidentId, ClosedIncident> Incidents)
    {
        public static readonly Shelf Empty = new(ImmutableDictionary<IncidentId, ClosedIncident>.Empty);
    }
}

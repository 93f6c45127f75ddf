using System.Collections.Concurrent;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// The ledger of all tenants in a Cosmos DB container that any number of instances share. Of several that append at once each gets a place
/// of its own or is told that its view is old. See docs/adr/0007.
/// </summary>
public sealed class CosmosLedger : ILedger, IStoreHealth, IDisposable
{
    /// <summary>Waiting does not rely on the change feed alone.</summary>
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<TenantId, (TenantLog Log, LogWriter Writer)> tenants = new();
    private readonly CancellationTokenSource closing = new();
    private readonly CommitStore commits;
    private readonly IndexStore indexes;
    private readonly FeedTail feed;
    private readonly EntryCodec codec;
    private readonly IKeyRing ring;
    private readonly TimeProvider clock;
    private readonly LedgerMetrics metrics;
    private readonly ILogger<CosmosLedger> logger;
    private long forgotten;
    private int closed;

    public CosmosLedger(CosmosStore store, EntryCatalog catalog, IKeyRing ring, TimeProvider clock, LedgerMetrics metrics,
        ILogger<CosmosLedger> logger)
    {
        codec = new(catalog);
        (this.ring, this.clock, this.metrics, this.logger) = (ring, clock, metrics, logger);
        commits = new(store);
        indexes = new(store, commits, ring, logger);
        feed = new(store, OfferAsync, clock, logger);
        ring.Forgotten += Forget;
    }

    public string? Unwritable =>
        tenants.Values.Select(static one => one.Writer.Problem).FirstOrDefault(static problem => problem is not null);

    public async ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            throw new ArgumentException("An append needs at least one entry.", nameof(entries));
        cancellationToken.ThrowIfCancellationRequested();
        var before = Volatile.Read(ref forgotten);
        var append = new WaitingAppend(expected, await codec.PrepareAsync(tenant, entries, ring, cancellationToken), cancellationToken);
        if (Volatile.Read(ref closed) == 1 || !For(tenant).Writer.TryEnqueue(append))
            throw new LedgerUnavailableException("The ledger is closed or too many appends are waiting; nothing was recorded.");
        var result = await append.Completion.Task;
        // Somebody was erased while this was on its way: what was read from it so far may still name them.
        if (before != Volatile.Read(ref forgotten))
            ring.Drop(tenant);
        return result;
    }

    public async ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await For(tenant).Log.HeadAsync(cancellationToken);

    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
        TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await For(tenant).Log.ReadAsync(afterSeq, limit, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(
        TenantId tenant, StreamId stream, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await For(tenant).Log.ReadStreamAsync(stream, cancellationToken);
    }

    public async ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken)
    {
        var log = For(tenant).Log;
        if (log.Known > afterSeq)
            return;
        await Task.WhenAny(feed.BegunAsync(closing.Token), Task.Delay(LookAgain, clock, cancellationToken));
        while (await log.HeadAsync(cancellationToken) <= afterSeq)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            await Task.WhenAny(log.WaitPastAsync(afterSeq, enough.Token).AsTask(), Task.Delay(LookAgain, clock, enough.Token));
            await enough.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (log.Known > afterSeq)
                return;
        }
    }

    /// <summary>Keeps the tenants' indexes for the next start.</summary>
    internal Task KeepIndexesAsync() => Task.WhenAll(tenants.Values.Select(static one => one.Log.KeepAsync()));

    /// <summary>Ends what runs in the background; once more does nothing.</summary>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref closed, 1) == 1)
            return;
        ring.Forgotten -= Forget;
        closing.Cancel();
        closing.Dispose();
    }

    private void Forget(object? sender, ForgottenEventArgs erased)
    {
        Interlocked.Increment(ref forgotten);
        if (tenants.TryGetValue(erased.Tenant, out var known))
            known.Log.Forget();
    }

    private async Task OfferAsync(Commit commit, CancellationToken cancellationToken)
    {
        if (!tenants.TryGetValue(commit.Tenant, out var known) || await known.Log.OfferAsync(commit, null, cancellationToken))
            return;
        await known.Log.CatchUpAsync(cancellationToken);
    }

    private (TenantLog Log, LogWriter Writer) For(TenantId tenant) =>
        tenants.TryGetValue(tenant, out var known) ? known : tenants.GetOrAdd(tenant, Make);

    private (TenantLog, LogWriter) Make(TenantId tenant)
    {
        var log = new TenantLog(tenant, commits, indexes, codec, ring);
        return (log, new(log, commits, clock, metrics, logger));
    }
}

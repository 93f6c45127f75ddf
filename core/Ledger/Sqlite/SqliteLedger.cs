using System.Collections.Concurrent;
using DevOpsAI.Common;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// The ledger of all tenants in one SQLite file. One process at a time may hold it; a lock file sees to that. Readers of the file
/// (<c>ledger verify</c>) are welcome at any time.
/// </summary>
public sealed class SqliteLedger : ILedger, ICursorStore, IStoreHealth, IDisposable
{
    private readonly ConcurrentDictionary<TenantId, TenantTail> tails = new();
    private readonly FileStream held;
    private readonly LedgerReader reader;
    private readonly LedgerWriter writer;
    private readonly EntryCodec codec;
    private readonly IKeyRing ring;
    private readonly DurableHeads? heads;
    private long forgotten;

    /// <summary>Opens or creates the ledger in a folder.</summary>
    /// <param name="catalog">The entries that can be written, and are read as what they are.</param>
    /// <param name="acceptLoss">Go on with a ledger that has lost entries or whose log is damaged; what is missing is logged as
    /// Critical.</param>
    /// <exception cref="LedgerUnavailableException">Another process holds it, it cannot be opened, or entries are missing at its
    /// end.</exception>
    public SqliteLedger(
        string folder, EntryCatalog catalog, IKeyRing ring, TimeProvider clock, LedgerMetrics metrics, ILogger<SqliteLedger> logger,
        bool acceptLoss = false)
    {
        codec = new(catalog);
        try
        {
            Directory.CreateDirectory(folder);
            OwnerOnly.Tighten(folder);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The folder {folder} cannot be used: {failure.Message}", failure);
        }
        this.ring = ring;
        ring.Forgotten += Forget;
        held = Hold(folder);
        try
        {
            var path = Path.Combine(folder, LedgerFile.Name);
            LedgerStart.MustBeWhole(path, acceptLoss, logger);
            heads = new(folder);
            writer = new(() => new WriterSession(path, heads), Publish, clock, metrics, logger);
            reader = new(path);
            logger.Opened(path, SqliteLibrary.Description);
        }
        catch (Exception failure)
        {
            heads?.Dispose();
            held.Dispose();
            if (failure is LedgerFileException or IOException or UnauthorizedAccessException)
                throw new LedgerUnavailableException($"The ledger in {folder} cannot be opened: {failure.Message}", failure);
            throw;
        }
    }

    /// <summary>Why entries cannot be appended at the moment, as the last attempt found; null when they can.</summary>
    public string? Unwritable => writer.LastFailure?.Message;

    internal LedgerWriter Writer => writer;

    public async ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0)
            throw new ArgumentException("An append needs at least one entry.", nameof(entries));
        cancellationToken.ThrowIfCancellationRequested();
        var before = Volatile.Read(ref forgotten);
        var prepared = await codec.PrepareAsync(tenant, entries, ring, cancellationToken);
        var append = new PendingAppend(tenant, expected, prepared, cancellationToken);
        Enqueue(append);
        var result = await append.Task;
        // Somebody was erased while this was on its way: what was read from it so far may still name them.
        if (before != Volatile.Read(ref forgotten))
            ring.Drop(tenant);
        return result;
    }

    public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken) => new(GetTail(tenant).Head);

    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(
        TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        afterSeq = Math.Max(0, afterSeq);
        var tail = GetTail(tenant);
        if (tail.Read(afterSeq, limit) is { } recent)
            return recent;
        var due = Math.Min(limit, tail.Head - afterSeq);
        return await codec.DecodeAsync(tenant, Whole(tenant, reader.Page(tenant, afterSeq, limit), afterSeq, due), ring, cancellationToken);
    }

    public async ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(
        TenantId tenant, StreamId stream, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return await codec.DecodeAsync(tenant, reader.Stream(tenant, stream), ring, cancellationToken);
    }

    public ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken) =>
        GetTail(tenant).WaitPastAsync(afterSeq, cancellationToken);

    public ValueTask<long> LoadAsync(string subscription, TenantId tenant, CancellationToken cancellationToken) =>
        new(reader.Cursor(subscription, tenant));

    public async ValueTask SaveAsync(IReadOnlyCollection<SubscriptionCursor> cursors, CancellationToken cancellationToken)
    {
        var save = new PendingCursors(cursors);
        Enqueue(save);
        await save.Completion.Task.WaitAsync(cancellationToken);
    }

    /// <summary>Writes what waits and gives the file back.</summary>
    public void Dispose()
    {
        ring.Forgotten -= Forget;
        reader.Dispose();
        writer.Dispose();
        heads?.Dispose();
        held.Dispose();
    }

    /// <summary>Whoever was told of an entry and does not get it would ask again and again.</summary>
    /// <param name="due">So many entries are durable, at least.</param>
    private static IReadOnlyList<StoredEntry> Whole(TenantId tenant, IReadOnlyList<StoredEntry> page, long afterSeq, long due)
    {
        var next = afterSeq + 1;
        foreach (var entry in page)
        {
            if (entry.Seq != next)
                break;
            next++;
        }
        return next > afterSeq + Math.Max(due, page.Count)
            ? page
            : throw new LedgerDamagedException(tenant, next, "it is missing from the ledger");
    }

    private static FileStream Hold(string folder)
    {
        var path = Path.Combine(folder, LedgerFile.LockName);
        try
        {
            return new(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException(
                $"The ledger in {folder} is held by another running bot ({LedgerFile.LockName} is locked). Stop it, or set Storage:Path "
                + $"to another folder. {failure.Message}",
                failure);
        }
    }

    private void Forget(object? sender, ForgottenEventArgs erased)
    {
        Interlocked.Increment(ref forgotten);
        if (tails.TryGetValue(erased.Tenant, out var tail))
            tail.Forget();
    }

    private void Enqueue(object work)
    {
        if (!writer.TryEnqueue(work))
            throw new LedgerUnavailableException("The ledger is closed or too many appends are waiting; nothing was recorded.");
    }

    private void Publish(IReadOnlyList<LedgerEntry> entries)
    {
        // A tail nobody has asked for need not exist; when it is made, it reads the head from the file.
        if (tails.TryGetValue(entries[0].Tenant, out var tail))
            tail.Publish(entries);
    }

    private TenantTail GetTail(TenantId tenant) => tails.TryGetValue(tenant, out var tail) ? tail : MakeTail(tenant);

    private TenantTail MakeTail(TenantId tenant)
    {
        // A commit between this read and the insertion below would be missed: look again once it is in place.
        var tail = tails.GetOrAdd(tenant, new TenantTail(tenant, reader.Head(tenant)));
        tail.CatchUp(reader.Head(tenant));
        return tail;
    }
}

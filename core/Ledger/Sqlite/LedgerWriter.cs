using System.Diagnostics;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Sqlite;

/// <summary>
/// The one thread that writes. It takes every append that waits, commits them together and then tells each caller: the flush to disk,
/// which costs most, is shared (group commit). Who comes while a batch is being flushed is in the next one, or, where much waits, takes
/// turns.
/// </summary>
internal sealed class LedgerWriter : IDisposable
{
    private const int MaxQueue = 16_384;
    private const int MaxBatch = 1024;

    /// <summary>A batch that holds so many entries takes no further append: who comes next should not wait for all that is there.</summary>
    private const int MaxEntries = 2048;

    private readonly Channel<object> queue = Channel.CreateBounded<object>(
        new BoundedChannelOptions(MaxQueue) { SingleReader = true, FullMode = BoundedChannelFullMode.Wait });

    private readonly FairTurns turns = new();
    private readonly List<PendingAppend> batch = [];
    private readonly List<PendingCursors> cursors = [];
    private readonly Func<WriterSession> open;
    private readonly Action<IReadOnlyList<LedgerEntry>> publish;
    private readonly TimeProvider clock;
    private readonly LedgerMetrics metrics;
    private readonly ILogger logger;
    private readonly Thread thread;
    private WriterSession? session;

    public LedgerWriter(
        Func<WriterSession> open, Action<IReadOnlyList<LedgerEntry>> publish, TimeProvider clock, LedgerMetrics metrics, ILogger logger)
    {
        (this.open, this.publish, this.clock, this.metrics, this.logger) = (open, publish, clock, metrics, logger);
        session = open();
        thread = new(Run) { IsBackground = true, Name = "ledger writer" };
        thread.Start();
    }

    /// <summary>Why the last batch could not be written; null when it could.</summary>
    public Exception? LastFailure { get; private set; }

    internal WriterSession? Session => session;

    /// <summary>Hands work to the writer; false when too much waits already or the ledger is closed.</summary>
    public bool TryEnqueue(object work) => queue.Writer.TryWrite(work);

    /// <summary>Writes what waits, then ends.</summary>
    public void Dispose()
    {
        if (queue.Writer.TryComplete())
            thread.Join();
    }

    private void Run()
    {
        while (turns.Count > 0 || queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            Drain();
            WriteBatch();
            batch.Clear();
            cursors.Clear();
        }
        EmptyLog();
        session?.Dispose();
    }

    /// <summary>
    /// A clean stop leaves nothing in the write-ahead log. Where that fails, the next start takes it from there as after a crash.
    /// </summary>
    private void EmptyLog()
    {
        try
        {
            session?.EmptyLog();
        }
        catch (LedgerFileException)
        {
            // It is busy or the disk is full: everything is in the log, and the log is durable.
        }
    }

    private void Drain()
    {
        while (turns.Count < MaxQueue && queue.Reader.TryRead(out var work))
        {
            if (work is PendingAppend append)
                turns.Add(append);
            else
                cursors.Add((PendingCursors)work);
        }
        turns.Take(batch, MaxBatch, MaxEntries);
    }

    private void WriteBatch()
    {
        var since = Stopwatch.GetTimestamp();
        TimeSpan took;
        try
        {
            Commit();
            took = Stopwatch.GetElapsedTime(since);
            LastFailure = null;
        }
        catch (Exception failure)
        {
            Fail(failure);
            return;
        }
        foreach (var append in batch)
        {
            if (append.Result is AppendResult.Appended appended)
                publish(appended.Entries);
        }
        // Waking a caller costs the system calls that a pool thread saves, and the next batch need not wait for them.
        ThreadPool.UnsafeQueueUserWorkItem(
            static done =>
            {
                foreach (var append in done)
                    append.Complete();
            },
            batch.ToArray(),
            preferLocal: false);
        foreach (var saved in cursors)
            saved.Completion.SetResult();
        metrics.Committed(
            batch.Count,
            batch.Sum(static append => (append.Result as AppendResult.Appended)?.Entries.Count ?? 0),
            batch.Count(static append => append.Result is AppendResult.Conflict),
            took);
        if (batch.Count(static append => append.Damage is not null) is > 0 and var damaged)
            metrics.Failed(damaged);
    }

    private void Commit()
    {
        session ??= open();
        session.Begin();
        var now = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        foreach (var append in batch)
            Append(session, append, now);
        foreach (var cursor in cursors.SelectMany(static saved => saved.Cursors))
            session.Save(cursor);
        session.Commit();
    }

    /// <summary>
    /// What is wrong with one tenant's ledger fails that tenant's appends only: it shows before anything of them is written.
    /// </summary>
    private static void Append(WriterSession session, PendingAppend append, DateTimeOffset now)
    {
        try
        {
            append.Result = append.IsCancelled ? null : session.Append(append, now);
        }
        catch (LedgerUnavailableException damaged)
        {
            append.Damage = damaged;
        }
        catch (LedgerFileException failure) when (failure.IsDamage)
        {
            // Something of it may have been inserted, so the batch fails; the tenant whose append met the damage does not come again.
            append.Damage = new LedgerDamagedException(
                append.Tenant, null, $"{LedgerFile.Name} cannot be written where its entries are ({failure.Message})", failure);
            throw;
        }
    }

    private void Fail(Exception failure)
    {
        // Closing the connection rolls back what was not committed; the next batch opens a new one and reads what is durable.
        session?.Dispose();
        session = null;
        LastFailure = failure;
        logger.BatchFailed(failure, batch.Count);
        metrics.Failed(batch.Count);
        foreach (var append in batch)
            append.Fail(append.Damage
                ?? new LedgerUnavailableException(
                    "The ledger cannot be written at the moment; nothing was recorded. " + failure.Message, failure));
        foreach (var saved in cursors)
            saved.Completion.SetException(
                new LedgerUnavailableException("Cursors cannot be saved at the moment. " + failure.Message, failure));
    }
}

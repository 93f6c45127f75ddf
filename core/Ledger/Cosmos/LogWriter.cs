using System.Diagnostics;
using System.Security.Cryptography;
using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>An append that waits for its commit.</summary>
internal sealed class WaitingAppend(IReadOnlyList<StreamVersion> expected, PreparedEntry[] entries, CancellationToken cancellationToken)
{
    public IReadOnlyList<StreamVersion> Expected => expected;

    public PreparedEntry[] Entries => entries;

    public int Bytes { get; } = entries.Sum(static entry => entry.Template.Length + (entry.Encrypted?.Length ?? 0) * 4 / 3);

    public bool IsCancelled => cancellationToken.IsCancellationRequested;

    public CancellationToken Cancellation => cancellationToken;

    public TaskCompletionSource<AppendResult> Completion { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
}

/// <summary>
/// Appends to one tenant's ledger. Appends that wait are written as one document, so a burst costs few requests; one commit at a time,
/// because the next one's place is known only then. When another instance takes the place, what it wrote is read and every append decided
/// again.
/// </summary>
internal sealed class LogWriter(TenantLog log, CommitStore store, TimeProvider clock, LedgerMetrics metrics, ILogger logger)
{
    private const int MaxWaiting = 8192;
    private const int MaxEntries = 100;
    private const int MaxBytes = 700_000;

    /// <summary>A ledger that nobody writes to here any more is not called unwritable for ever.</summary>
    private static readonly TimeSpan TellsFor = TimeSpan.FromMinutes(2);

    private readonly Channel<WaitingAppend> queue =
        Channel.CreateBounded<WaitingAppend>(new BoundedChannelOptions(MaxWaiting) { SingleReader = true });
    private int running;
    private volatile Failure? lastFailure;

    /// <summary>
    /// Why the last batch could not be written; null when it could, when entries have come since (another instance writes this tenant's
    /// now), and when it is too long ago to tell of now.
    /// </summary>
    public string? Problem => lastFailure is { } last && log.Known <= last.Known && clock.GetElapsedTime(last.At) < TellsFor
        ? last.Why
        : null;

    /// <summary>False when too much waits already.</summary>
    public bool TryEnqueue(WaitingAppend append)
    {
        if (!queue.Writer.TryWrite(append))
            return false;
        if (Interlocked.CompareExchange(ref running, 1, 0) == 0)
            _ = Task.Run(RunAsync);
        return true;
    }

    private async Task RunAsync()
    {
        do
        {
            while (TakeBatch() is { Count: > 0 } batch)
                await WriteAsync(batch);
            Volatile.Write(ref running, 0);
        }
        while (queue.Reader.TryPeek(out _) && Interlocked.CompareExchange(ref running, 1, 0) == 0);
    }

    private List<WaitingAppend> TakeBatch()
    {
        var batch = new List<WaitingAppend>();
        var (entries, bytes) = (0, 0);
        while (queue.Reader.TryPeek(out var next))
        {
            if (batch.Count > 0 && (entries + next.Entries.Length > MaxEntries || bytes + next.Bytes > MaxBytes))
                break;
            queue.Reader.TryRead(out _);
            batch.Add(next);
            entries += next.Entries.Length;
            bytes += next.Bytes;
        }
        return batch;
    }

    private async Task WriteAsync(List<WaitingAppend> batch)
    {
        var since = Stopwatch.GetTimestamp();
        try
        {
            var (appends, lost) = (batch.Count, 0);
            while (batch.Count > 0)
            {
                var draft = await log.AskAsync(index => Draft.Create(batch, log, index, clock.GetUtcNow()), CancellationToken.None);
                if (draft.Conflicts.Exists(static conflict => conflict.Expected > conflict.Actual))
                {
                    // The appender has seen more than this instance has.
                    await log.CatchUpAsync(CancellationToken.None);
                    draft = await log.AskAsync(index => Draft.Create(batch, log, index, clock.GetUtcNow()), CancellationToken.None);
                }
                lost += draft.Conflicts.Count;
                draft.AnswerConflicts();
                batch = draft.Accepted;
                if (batch.Count == 0)
                    break;
                if (await store.TryWriteAsync(draft.Commit, draft.Commit.Write(), CancellationToken.None))
                {
                    await log.OfferAsync(draft.Commit, draft.Entries, CancellationToken.None);
                    lastFailure = null;
                    draft.AnswerAppended();
                    metrics.Committed(appends, draft.Entries.Count, lost, Stopwatch.GetElapsedTime(since));
                    return;
                }
                await log.CatchUpAsync(CancellationToken.None);
            }
            metrics.Committed(appends, 0, lost, Stopwatch.GetElapsedTime(since));
        }
        catch (Exception failure)
        {
            Fail(batch, failure);
        }
    }

    private void Fail(List<WaitingAppend> batch, Exception failure)
    {
        // What is wrong with one tenant's record says nothing of the store.
        lastFailure = failure is LedgerUnavailableException and not TenantLockedException
            ? new(failure.Message, log.Known, clock.GetTimestamp())
            : null;
        logger.AppendsFailed(failure, batch.Count, log.Tenant);
        metrics.Failed(batch.Count);
        var mayBeRecorded = failure is LedgerUnavailableException { MayBeRecorded: true };
        foreach (var append in batch)
        {
            append.Completion.TrySetException(failure is TenantLockedException || (failure is ArgumentException && batch.Count == 1)
                ? failure
                : new LedgerUnavailableException(
                (mayBeRecorded
                    ? "The ledger does not answer, and whether this was recorded is not known. "
                    : "The ledger cannot be written at the moment; nothing was recorded. ") + failure.Message,
                failure) { MayBeRecorded = mayBeRecorded });
        }
    }

    /// <param name="Known">Entries known when it failed.</param>
    private sealed record Failure(string Why, long Known, long At);
}

/// <summary>What a batch of appends comes to, given what is known of the ledger.</summary>
internal sealed class Draft
{
    private readonly List<(WaitingAppend Append, AppendResult.Conflict Result)> refused = [];
    private readonly List<(WaitingAppend Append, int From)> accepted = [];
    private readonly List<LedgerEntry> entries = [];
    private readonly Dictionary<string, long> versions = [];

    private Draft(Commit commit) => Commit = commit;

    public Commit Commit { get; }

    public IReadOnlyList<LedgerEntry> Entries => entries;

    public List<WaitingAppend> Accepted => [.. accepted.Select(static one => one.Append)];

    public List<AppendResult.Conflict> Conflicts => [.. refused.Select(static one => one.Result)];

    public static Draft Create(IReadOnlyList<WaitingAppend> batch, TenantLog log, TenantIndex index, DateTimeOffset now)
    {
        var lines = new List<CommitLine>();
        var draft = new Draft(new(log.Tenant, index.Count + 1, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8)), lines));
        var byClock = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        var at = byClock < log.LastAt ? log.LastAt : byClock;
        foreach (var append in batch)
        {
            if (append.IsCancelled)
                append.Completion.TrySetCanceled(append.Cancellation);
            else if (draft.GetConflict(append, index) is { } conflict)
                draft.refused.Add((append, conflict));
            else
                draft.Accept(append, index, at, byClock, lines);
        }
        return draft;
    }

    public void AnswerConflicts()
    {
        foreach (var (append, result) in refused)
            append.Completion.TrySetResult(result);
    }

    public void AnswerAppended()
    {
        foreach (var (append, from) in accepted)
            append.Completion.TrySetResult(new AppendResult.Appended(entries.GetRange(from, append.Entries.Length)));
    }

    private AppendResult.Conflict? GetConflict(WaitingAppend append, TenantIndex index)
    {
        foreach (var (stream, expected) in append.Expected)
        {
            var actual = GetVersion(stream.Value, index);
            if (actual != expected)
                return new(stream, expected, actual);
        }
        return null;
    }

    private void Accept(WaitingAppend append, TenantIndex index, DateTimeOffset at, DateTimeOffset byClock, List<CommitLine> lines)
    {
        accepted.Add((append, entries.Count));
        var body = new ByteBuffer(4096);
        foreach (var entry in append.Entries)
        {
            var source = entry.Source;
            var (seq, version) = (index.Count + 1 + entries.Count, GetVersion(source.Stream.Value, index) + 1);
            body.Clear();
            EntryCodec.Complete(entry, at, seq, version, body, byClock);
            var leaf = MerkleTree.HashLeaf(body.Written);
            lines.Add(new(source.Stream.Value, version, leaf, body.Written.ToArray(), entry.Encrypted));
            entries.Add(new(Commit.Tenant, seq, at, entry.Type, source.Stream, version, source.Actor, source.Correlation, source.Causation,
                entry.Fact, leaf) { ByClock = byClock });
            versions[source.Stream.Value] = version;
        }
    }

    private long GetVersion(string stream, TenantIndex index) =>
        versions.TryGetValue(stream, out var version) ? version : index.GetVersion(stream);
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>
/// A ledger without a disk. Facts make the round trip through their stored form, so what a test reads is what a restart would read.
/// </summary>
public sealed class InMemoryLedger(TimeProvider? clock = null, IKeyRing? keys = null, EntryCatalog? catalog = null) : ILedger
{
    private readonly EntryCodec codec = new(catalog ?? CoreFeatures.Catalog);
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly IKeyRing keys = keys ?? new InMemoryKeyRing();
    private readonly Lock gate = new();
    private readonly Dictionary<TenantId, List<LedgerEntry>> tenants = [];
    private readonly Dictionary<(TenantId, StreamId), long> versions = [];
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>While set, every append fails with <see cref="LedgerUnavailableException"/>.</summary>
    public bool Unavailable { get; set; }

    /// <summary>Called once, when the next append is on record and whoever appended does not know it yet.</summary>
    public Func<Task>? Appended { get; set; }

    /// <summary>Every entry of the tenant so far.</summary>
    public IReadOnlyList<LedgerEntry> Entries(TenantId tenant)
    {
        lock (gate)
            return [.. GetEntries(tenant)];
    }

    /// <summary>Every fact of one kind of the tenant so far.</summary>
    public IReadOnlyList<TFact> Facts<TFact>(TenantId tenant) where TFact : Fact =>
        [.. Entries(tenant).Select(entry => entry.Fact).OfType<TFact>()];

    public async ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Unavailable)
            throw new LedgerUnavailableException("The ledger is switched off by the test.");
        if (entries.Count == 0)
            throw new ArgumentException("An append needs at least one entry.", nameof(entries));
        // Encoded before anything is kept, so that a fact without a stored name leaves nothing behind.
        var prepared = await codec.PrepareAsync(tenant, entries, keys, cancellationToken);
        var opening = await keys.ForOpeningAsync(tenant, [], cancellationToken);
        AppendResult result;
        lock (gate)
            result = AppendLocked(tenant, expected, prepared, opening);
        if (result is AppendResult.Appended && Appended is { } appended)
        {
            Appended = null;
            await appended();
        }
        return result;
    }

    public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (gate)
            return new(GetEntries(tenant).Count);
    }

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
            return new([.. GetEntries(tenant).Skip((int)Math.Max(0, afterSeq)).Take(limit)]);
    }

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken)
    {
        lock (gate)
            return new([.. GetEntries(tenant).Where(entry => entry.Stream == stream)]);
    }

    public async ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (GetEntries(tenant).Count > afterSeq)
                    return;
                next = moved.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    private AppendResult AppendLocked(TenantId tenant, IReadOnlyList<StreamVersion> expected, PreparedEntry[] prepared, TenantKeys opening)
    {
        foreach (var (stream, version) in expected)
        {
            var actual = versions.GetValueOrDefault((tenant, stream));
            if (actual != version)
                return new AppendResult.Conflict(stream, version, actual);
        }
        var list = GetEntries(tenant);
        var appended = prepared.Select(entry => Append(tenant, list, entry, opening)).ToList();
        moved.SetResult();
        moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
        return new AppendResult.Appended(appended);
    }

    private LedgerEntry Append(TenantId tenant, List<LedgerEntry> list, PreparedEntry entry, TenantKeys opening)
    {
        var stream = entry.Source.Stream;
        var version = versions[(tenant, stream)] = versions.GetValueOrDefault((tenant, stream)) + 1;
        var at = DateTimeOffset.FromUnixTimeMilliseconds(clock.GetUtcNow().ToUnixTimeMilliseconds());
        var byClock = at;
        if (list.Count > 0 && at < list[^1].At)
            at = list[^1].At;
        var body = new ByteBuffer(1024);
        EntryCodec.Complete(entry, at, list.Count + 1, version, body, byClock);
        var stored = codec.Decode(body.Written, MerkleTree.HashLeaf(body.Written), entry.Encrypted, opening);
        list.Add(stored);
        return stored;
    }

    private List<LedgerEntry> GetEntries(TenantId tenant)
    {
        if (!tenants.TryGetValue(tenant, out var list))
            tenants[tenant] = list = [];
        return list;
    }
}

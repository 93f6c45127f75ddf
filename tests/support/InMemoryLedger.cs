using System.Security.Cryptography;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Support;

/// <summary>A ledger without a disk. Facts make the round trip through their stored form, so what a test reads is what a restart would read.</summary>
public sealed class InMemoryLedger(TimeProvider? clock = null) : ILedger
{
    private readonly TimeProvider clock = clock ?? TimeProvider.System;
    private readonly Lock gate = new();
    private readonly Dictionary<TenantId, List<LedgerEntry>> tenants = [];
    private readonly Dictionary<(TenantId, StreamId), long> versions = [];
    private TaskCompletionSource moved = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>While set, every append fails with <see cref="LedgerUnavailableException"/>.</summary>
    public bool Unavailable { get; set; }

    /// <summary>Every entry of the tenant so far.</summary>
    public IReadOnlyList<LedgerEntry> Entries(TenantId tenant)
    {
        lock (gate)
            return [.. EntriesOf(tenant)];
    }

    /// <summary>Every fact of one kind of the tenant so far.</summary>
    public IReadOnlyList<TFact> Facts<TFact>(TenantId tenant) where TFact : Fact => [.. Entries(tenant).Select(entry => entry.Fact).OfType<TFact>()];

    public ValueTask<AppendResult> AppendAsync(
        TenantId tenant, IReadOnlyList<StreamVersion> expected, IReadOnlyList<NewEntry> entries, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (Unavailable)
            throw new LedgerUnavailableException("The ledger is switched off by the test.");
        if (entries.Count == 0)
            throw new ArgumentException("An append needs at least one entry.", nameof(entries));
        lock (gate)
        {
            foreach (var (stream, version) in expected)
            {
                var actual = versions.GetValueOrDefault((tenant, stream));
                if (actual != version)
                    return new(new AppendResult.Conflict(stream, version, actual));
            }
            // Encoded before anything is kept, so that a fact without a stored name leaves nothing behind.
            var encoded = entries.Select(entry => (Type: FactTypes.NameOf(entry.Fact), Data: FactTypes.Serialize(entry.Fact))).ToList();
            var list = EntriesOf(tenant);
            var appended = entries.Zip(encoded, (entry, stored) => Append(tenant, list, entry, stored.Type, stored.Data)).ToList();
            moved.SetResult();
            moved = new(TaskCreationOptions.RunContinuationsAsynchronously);
            return new(new AppendResult.Appended(appended));
        }
    }

    public ValueTask<long> HeadAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (gate)
            return new(EntriesOf(tenant).Count);
    }

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadAsync(TenantId tenant, long afterSeq, int limit, CancellationToken cancellationToken)
    {
        lock (gate)
            return new([.. EntriesOf(tenant).Skip((int)Math.Max(0, afterSeq)).Take(limit)]);
    }

    public ValueTask<IReadOnlyList<LedgerEntry>> ReadStreamAsync(TenantId tenant, StreamId stream, CancellationToken cancellationToken)
    {
        lock (gate)
            return new([.. EntriesOf(tenant).Where(entry => entry.Stream == stream)]);
    }

    public async ValueTask WaitPastAsync(TenantId tenant, long afterSeq, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task next;
            lock (gate)
            {
                if (EntriesOf(tenant).Count > afterSeq)
                    return;
                next = moved.Task;
            }
            await next.WaitAsync(cancellationToken);
        }
    }

    private LedgerEntry Append(TenantId tenant, List<LedgerEntry> list, NewEntry entry, string type, byte[] data)
    {
        var version = versions[(tenant, entry.Stream)] = versions.GetValueOrDefault((tenant, entry.Stream)) + 1;
        var now = clock.GetUtcNow();
        var at = DateTimeOffset.FromUnixTimeMilliseconds(now.ToUnixTimeMilliseconds());
        if (list.Count > 0 && at < list[^1].At)
            at = list[^1].At;
        var stored = new LedgerEntry(
            tenant, list.Count + 1, at, type, entry.Stream, version, entry.Actor, entry.Correlation, entry.Causation,
            FactTypes.Deserialize(type, data), SHA256.HashData(data));
        list.Add(stored);
        return stored;
    }

    private List<LedgerEntry> EntriesOf(TenantId tenant)
    {
        if (!tenants.TryGetValue(tenant, out var list))
            tenants[tenant] = list = [];
        return list;
    }
}

using System.Collections.Concurrent;
using System.Threading.Channels;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>Tells the checkpointer of a tenant that something was decided or carried out. Several at once count as one.</summary>
internal sealed class CheckpointSignals
{
    private readonly ConcurrentDictionary<TenantId, Channel<bool>> tenants = new();

    public void Raise(TenantId tenant) => For(tenant).Writer.TryWrite(true);

    /// <summary>Completes when there is a signal, and takes it.</summary>
    public async Task TakenAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await For(tenant).Reader.ReadAsync(cancellationToken);

    private Channel<bool> For(TenantId tenant) => tenants.GetOrAdd(
        tenant, static _ => Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite }));
}

/// <summary>
/// Sees a ledger begin, and what people do, outcomes and erasures go by; and whenever so much has come that it should not wait. Does
/// nothing itself, so it never holds its cursor back; what a crash swallows is signed at the next start.
/// </summary>
internal sealed class CheckpointSubscription(CheckpointSignals signals) : ILedgerSubscription
{
    public string Name => "checkpoints";

    /// <summary>So many entries are signed without waiting for <see cref="CheckpointOptions.CheckpointEvery"/>.</summary>
    internal const int MaxUnsigned = 256;

    public string? GetPartitionKey(LedgerEntry entry) =>
        entry.Seq == 1 || entry.Seq % MaxUnsigned == 0 || entry.Actor.Kind == ActorKind.Person
        || entry.Fact is ISignedSoon ? Name : null;

    public Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        signals.Raise(entry.Tenant);
        return Task.CompletedTask;
    }
}

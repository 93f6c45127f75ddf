using System.Text.Json;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>
/// Keeps each tenant's state beside its ledger, so that a start reads that and the entries after it. Derived: nothing is believed of it
/// that the ledger does not bear out, and what does not fit is told once and made anew.
/// </summary>
public sealed class StateStore
{
    private const string Id = "state";

    private readonly Lazy<string> shape;
    private readonly EntryCatalog catalog;
    private readonly DerivedDocuments documents;
    private readonly IKeyRing keys;
    private readonly ILogger<StateStore> logger;

    /// <summary>Writing takes the processor for a moment; one tenant at a time is enough.</summary>
    private SemaphoreSlim Turn { get; } = new(1, 1);

    /// <param name="retention">What leaves the states; null for nothing.</param>
    public StateStore(IDocuments documents, IKeyRing keys, EntryCatalog catalog, ILogger<StateStore> logger, IRetention? retention = null)
    {
        (this.documents, this.keys, this.catalog, this.logger, Retention) = (new(documents), keys, catalog, logger, retention);
        shape = new(() => SlicesJson.GetShape(catalog));
    }

    /// <summary>What leaves the states; null where nothing does.</summary>
    internal IRetention? Retention { get; }

    /// <summary>The key under which all is to be kept that is derived from entries read from now on.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be had now.</exception>
    internal async ValueTask<DataKey> KeyAsync(TenantId tenant, CancellationToken cancellationToken) =>
        await keys.OfDerivedAsync(tenant, mayCreate: true, cancellationToken)
        ?? throw new LedgerUnavailableException($"There is no key for what is derived from the record of {tenant}.");

    /// <summary>The state that was kept last, where the ledger bears it out; null when there is none to go on from.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be told now.</exception>
    internal async ValueTask<KnownState?> LoadAsync(TenantId tenant, DataKey key, ILedger ledger, CancellationToken cancellationToken)
    {
        var content = await documents.FindAsync(key, GetName(tenant), cancellationToken);
        if (content is DerivedContent.Missing)
            return null;
        var why = (content as DerivedContent.Unfit)?.Why;
        if (content is DerivedContent.Fit fit && (why = await CheckAsync(fit.Header, ledger, cancellationToken)) is null)
        {
            try
            {
                return new(SlicesJson.Read(fit.Content, tenant, tenant.Value, fit.Header.Seq, catalog), fit.Header.Leaf)
                    { Bytes = fit.Content.Length };
            }
            catch (JsonException unreadable)
            {
                why = $"it cannot be read ({unreadable.Message})";
            }
        }
        Refuse(tenant, why!);
        return null;
    }

    /// <summary>Tells why a state that was kept is of no use.</summary>
    internal void Refuse(TenantId tenant, string why) => logger.SnapshotUnfit(tenant, why);

    /// <summary>What was kept is from before an erasure, as after an old backup was put back: nobody is to read it any more.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be done now.</exception>
    internal ValueTask DestroyAsync(TenantId tenant, CancellationToken cancellationToken) =>
        keys.DestroyDerivedAsync(tenant, cancellationToken);

    /// <summary>
    /// Keeps a state, after what left it until then, and says how many bytes it has. A failure is told and harmless; null then, or where
    /// somebody was erased meanwhile.
    /// </summary>
    internal async Task<int?> SaveAsync(KnownState known, IRetired? left, DataKey key, CancellationToken cancellationToken)
    {
        var tenant = known.State.Tenant;
        await Turn.WaitAsync(cancellationToken);
        try
        {
            if (left is not null)
                await left.FlushAsync(key, cancellationToken);
            var json = SlicesJson.Write(known.State, catalog);
            if (!await documents.TryPutAsync(key, GetName(tenant), (known.State.Seq, known.Leaf), json, cancellationToken))
                return null;
            logger.SnapshotKept(tenant, known.State.Seq, json.Length);
            return json.Length;
        }
        catch (Exception failure) when (!cancellationToken.IsCancellationRequested)
        {
            logger.SnapshotNotKept(tenant, failure);
            return null;
        }
        finally
        {
            Turn.Release();
        }
    }

    private static async ValueTask<string?> CheckAsync(DerivedHeader header, ILedger ledger, CancellationToken cancellationToken)
    {
        if (header.Seq > await ledger.HeadAsync(header.Tenant, cancellationToken))
            return $"it is of entry {header.Seq}, and the record ends before";
        return await ledger.ReadAsync(header.Tenant, header.Seq - 1, 1, cancellationToken) is [var entry]
            && entry.Hash.Span.SequenceEqual(header.Leaf)
            ? null
            : $"entry {header.Seq} is another one in the record";
    }

    private DerivedName GetName(TenantId tenant) => new(tenant, KeyDocuments.StateKind, Id, shape.Value);
}

/// <summary>A state, and the leaf hash of the entry that it stands at.</summary>
internal sealed record KnownState(TenantState State, ReadOnlyMemory<byte> Leaf)
{
    /// <summary>What it takes as it was kept; 0 where it was made of entries.</summary>
    public int Bytes { get; init; }
}

using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>Puts rotations on record, each once, however often and by whomever this is called.</summary>
public sealed class RotationRecord(KeyRing keys, ILedger ledger)
{
    /// <summary>Whoever holds the machine; rotations are asked for on the command line.</summary>
    public static readonly Actor Operator = Actor.Service("local-operator");

    /// <summary>Records what was rotated and is not on record yet.</summary>
    /// <exception cref="LedgerUnavailableException">A store is away; nothing is lost by trying again.</exception>
    public async ValueTask RecordAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        foreach (var rotation in await keys.UnrecordedAsync(tenant, cancellationToken))
        {
            while (!await TryRecordAsync(tenant, rotation, cancellationToken))
                cancellationToken.ThrowIfCancellationRequested();
            await keys.RecordedAsync(tenant, rotation, cancellationToken);
        }
    }

    /// <summary>False when another entry came first, and it has to be looked again.</summary>
    private async ValueTask<bool> TryRecordAsync(TenantId tenant, KeyRotation rotation, CancellationToken cancellationToken)
    {
        var past = await ledger.ReadStreamAsync(tenant, StreamId.Keys, cancellationToken);
        return past.Any(entry => entry.Correlation == rotation.Correlation) || await ledger.AppendAsync(
            tenant, [new(StreamId.Keys, past.Count)],
            [new(StreamId.Keys, Operator, rotation.Correlation, new KeyRotated(rotation.From ?? rotation.To, rotation.To))],
            CancellationToken.None) is AppendResult.Appended;
    }
}

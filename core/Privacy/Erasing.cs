using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Privacy;

/// <summary>Carries out what was agreed to. Every step may be repeated, so a crash anywhere is made up for at the next start.</summary>
public static class Erasing
{
    public static readonly Actor Actor = Actor.Service("erasure");

    /// <summary>Destroys the key, has everything derived forgotten, and records that.</summary>
    /// <param name="approved">The entry that allows it.</param>
    /// <exception cref="LedgerUnavailableException">A store is away; nothing is lost by trying again.</exception>
    public static async Task CarryOutAsync(
        ILedger ledger, IKeyRing keys, IEnumerable<IPersonalData> others, LedgerEntry approved, CancellationToken cancellationToken)
    {
        if (approved.Fact is not ErasureApproved { Key: var key })
            throw new ArgumentException("Only an approval allows to erase.", nameof(approved));
        var stream = StreamId.Erasure(key);
        var past = await ledger.ReadStreamAsync(approved.Tenant, stream, cancellationToken);
        if (past.Any(static entry => entry.Fact is ErasureCompleted))
            return;
        var asked = past.Select(static entry => entry.Fact).OfType<ErasureRequested>().FirstOrDefault(asked => asked.Key == key)
            ?? throw new InvalidOperationException($"Entry {approved.Seq} of {approved.Tenant} approves an erasure that nobody asked for.");
        await keys.DestroyAsync(approved.Tenant, key, cancellationToken);
        if (asked.ObjectId is { } person)
        {
            foreach (var other in others)
                await other.ForgetAsync(PersonId.From(person), cancellationToken);
        }
        // A conflict means that somebody else has recorded it meanwhile.
        await ledger.AppendAsync(
            approved.Tenant, [new(stream, past.Count)],
            [new(stream, Actor, approved.Correlation, new ErasureCompleted(key, asked.ObjectId), approved.Seq)], CancellationToken.None);
    }
}

using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Snapshots;

/// <summary>Lets what is over and done with leave the states of tenants, so that they do not grow with all that ever happened.</summary>
public interface IRetention
{
    /// <param name="makeAgain">Makes a state from the first entry up to one, and writes what leaves it on the way.</param>
    IRetired For(TenantId tenant, Func<long, CancellationToken, Task> makeAgain);
}

/// <summary>
/// What has left one state while that is made of entries. When something leaves depends on the entries alone: whoever has read as far has
/// the same state.
/// </summary>
public interface IRetired
{
    /// <summary>How much waits in memory to be written.</summary>
    int Waiting { get; }

    /// <summary>The state with whatever had left it and the entry, which comes next, is about.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be read now.</exception>
    ValueTask<TenantState> BeforeAsync(TenantState state, LedgerEntry entry, CancellationToken cancellationToken);

    /// <summary>The state without what may leave it after the entry, which was applied just before.</summary>
    TenantState After(TenantState state, LedgerEntry entry);

    /// <summary>Writes what waits, but nothing any more once the key is destroyed.</summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written now; it waits on.</exception>
    Task FlushAsync(DataKey key, CancellationToken cancellationToken);
}

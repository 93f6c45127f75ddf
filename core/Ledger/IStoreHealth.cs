namespace DevOpsAI.Ledger;

/// <summary>What the last attempt to write the ledger found.</summary>
public interface IStoreHealth
{
    /// <summary>Why entries cannot be appended at the moment; null when they can, as far as is known.</summary>
    string? Unwritable { get; }
}

using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Ledger;

/// <summary>What the ledger keeps of itself.</summary>
internal static class LedgerFeature
{
    public static readonly Feature Instance = new("ledger")
    {
        Entries =
        [
            EntryType.Create(
                "ledger.heartbeat", LedgerJson.Default.LedgerHeartbeat,
                "Nothing else was recorded for a while, and the bot was running: a silence in the ledger is then not a gap."),
            EntryType.Create(
                "key.rotated", LedgerJson.Default.KeyRotated,
                "The client's data key was wrapped under a new key of the customer; nothing encrypted has changed."),
            EntryType.Create(
                "erasure.requested", LedgerJson.Default.ErasureRequested,
                "An administrator asks that the personal data of one person or user become unreadable."),
            EntryType.Create("erasure.approved", LedgerJson.Default.ErasureApproved, "A second administrator agrees to the erasure."),
            EntryType.Create(
                ErasureCompleted.StoredName, LedgerJson.Default.ErasureCompleted,
                "The key is destroyed: what was encrypted under it cannot be read by anybody any more."),
        ],
        Streams = ["ledger", "keys", "erasure"],
        Slices = [StateSlice.OfAll<StreamVersions>("stream-versions")],
    };

    /// <summary>
    /// What the ledger alone knows: enough for its own entries, without which nobody could tell an erased key from a missing one.
    /// </summary>
    public static readonly EntryCatalog Catalog = new([Instance]);

    public static readonly EntryCodec Codec = new(Catalog);
}

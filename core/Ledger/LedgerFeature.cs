namespace DevOpsAI.Ledger;

/// <summary>What the ledger keeps of itself.</summary>
internal static class LedgerFeature
{
    public static readonly Feature Instance = new("ledger")
    {
        Slices = [StateSlice.OfAll<StreamVersions>("stream-versions")],
    };
}

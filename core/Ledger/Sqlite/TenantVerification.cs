namespace DevOpsAI.Ledger.Sqlite;

/// <summary>Something in the stored ledger that is not as it was written.</summary>
/// <param name="Seq">The entry, or the nearest one; 0 when it concerns none.</param>
/// <param name="Type">The entry's type; null when it cannot be read.</param>
/// <param name="Stream">The entry's stream; null when it cannot be read.</param>
public sealed record LedgerProblem(long Seq, string? Type, string? Stream, string What)
{
    public override string ToString() => (Seq, Type) switch
    {
        (0, _) => What,
        (_, null) => $"entry {Seq}{(Stream is null ? "" : $" on {Stream}")}: {What}",
        _ => $"entry {Seq} ({Type} on {Stream}): {What}",
    };
}

/// <summary>What verifying one tenant's ledger found.</summary>
/// <param name="Entries">Entries that are there.</param>
/// <param name="Root">Merkle root over them, as recomputed: hex.</param>
/// <param name="First">The first problem; null when the ledger is intact.</param>
/// <param name="LeftOut">Entries whose encrypted part is not there, in order, because everybody in it was erased.</param>
/// <param name="Problems">How many there are; after damage that keeps SQLite from reading on, at least so many.</param>
public sealed record TenantVerification(string Tenant, long Entries, string Root, LedgerProblem? First, long Problems, long LeftOut = 0)
{
    public bool Intact => First is null;

    /// <summary>
    /// The keys that what is encrypted beside the entries is encrypted under. Whether they are still there is for others to say.
    /// </summary>
    public IReadOnlyList<Encryption.KeyUse> Keys { get; init; } = [];

    /// <summary>What is damaged in the file where none of these entries is; null when nothing is, or when that was not looked at.</summary>
    public string? DamageElsewhere { get; init; }

    /// <summary>Time of the last entry; null when there is none, or it cannot be read.</summary>
    public DateTimeOffset? LastAt { get; init; }

    /// <summary>Time of the last of the first so many entries, for the sizes that were asked for and are there.</summary>
    public IReadOnlyDictionary<long, DateTimeOffset> TimesAt { get; init; } = new Dictionary<long, DateTimeOffset>();

    /// <summary>Roots over the first so many entries, for the sizes that were asked for and are there.</summary>
    public IReadOnlyDictionary<long, byte[]> RootsAt { get; init; } = new Dictionary<long, byte[]>();
}

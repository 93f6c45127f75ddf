using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;

namespace DevOpsAI.Bot.Cli;

/// <summary>What <c>ledger verify</c> found about one tenant.</summary>
/// <param name="Checkpoints">Each checkpoint, held against the entries.</param>
/// <param name="IsUnsigned">A key was named, and nothing here is signed by it.</param>
internal sealed record TenantVerdict(TenantVerification Ledger, IReadOnlyList<CheckpointFinding> Checkpoints, bool IsUnsigned)
{
    /// <summary>Keys that are gone although nobody was erased; null when that cannot be told here.</summary>
    public IReadOnlyList<KeyUse>? MissingKeys { get; init; } = [];

    /// <summary>Of a tenant without entries, what tells beside the ledger that there were some; null when nothing does.</summary>
    public string? Traces { get; init; }

    public bool IsEmpty => Ledger is { Intact: true, Entries: 0 };

    public DateTimeOffset Now { get; init; }

    public bool LacksKeys => MissingKeys is { Count: > 0 };

    /// <summary>Checkpoints that do not fit; those that nobody known has signed at the end.</summary>
    public IReadOnlyList<CheckpointFinding> Wrong =>
        [.. Checkpoints.Where(static one => one is { Problem: not null, IsUnclear: false }).OrderBy(static one => one.IsStrange)];

    /// <summary>The newest signed head that the entries bear out; null when there is none.</summary>
    public CheckpointFinding? Newest =>
        Checkpoints.Where(static one => one.Problem is null).MaxBy(static one => one.Checkpoint.Signed.Checkpoint.Size);

    /// <summary>How many entries are under a signature.</summary>
    public long Signed => Newest?.Checkpoint.Signed.Checkpoint.Size ?? 0;

    public int Code
    {
        get
        {
            if (IsUnsigned || LacksKeys || Traces is not null || !Ledger.Intact || Wrong.Count > 0)
                return LedgerCommands.Tampered;
            return Checkpoints.Any(static one => one.IsUnclear) ? LedgerCommands.Usage : LedgerCommands.Intact;
        }
    }
}

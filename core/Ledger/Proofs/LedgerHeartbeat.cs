namespace DevOpsAI.Ledger.Proofs;

/// <summary><c>ledger.heartbeat</c> on <c>ledger</c>: nothing else was recorded for a while, and the bot was there to see it.</summary>
/// <param name="CheckpointSize">Size of the newest checkpoint known then; null when there was none.</param>
/// <param name="CheckpointRoot">Its root: hex.</param>
public sealed record LedgerHeartbeat(long? CheckpointSize, string? CheckpointRoot) : Fact;

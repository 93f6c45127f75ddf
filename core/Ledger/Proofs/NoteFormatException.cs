namespace DevOpsAI.Ledger.Proofs;

/// <summary>A note, checkpoint, verifier key or receipt is not written as its format demands; the message says where.</summary>
public sealed class NoteFormatException(string message) : FormatException(message);

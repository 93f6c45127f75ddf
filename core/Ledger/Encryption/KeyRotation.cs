using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>A rotation that was carried out.</summary>
/// <param name="From">The key that the data key was wrapped under before; null when a rotation stopped half way was finished and is on
/// record already.</param>
/// <param name="To">The key it is wrapped under now.</param>
/// <param name="Correlation">Of its entry; no two rotations have the same.</param>
public sealed record KeyRotation(string? From, string To, CorrelationId Correlation);

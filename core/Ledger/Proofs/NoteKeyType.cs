namespace DevOpsAI.Ledger.Proofs;

/// <summary>What kind of signature a note key makes: the first byte of the key in its text form.</summary>
public enum NoteKeyType
{
    /// <summary>0x01. Recognised, but the class library has no Ed25519, so it cannot be checked here.</summary>
    Ed25519,

    /// <summary>0x02: ECDSA on P-256 over SHA-256 of the text, DER.</summary>
    Ecdsa,

    /// <summary>0x04: a witness's cosignature with a time, by Ed25519. Recognised, not checkable here.</summary>
    Ed25519Cosignature,

    /// <summary>
    /// 0xff and <see cref="VerifierKey.CosignatureName"/>: as 0x04, but signed as 0x02. Our own type, because a witness here has no Ed25519
    /// either.
    /// </summary>
    EcdsaCosignature,
}

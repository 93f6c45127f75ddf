using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.RemoteAccess;

/// <summary>
/// A signed statement of how a recording stood at some moment: leaf i of its tree is the RFC 6962 hash of line i without its newline, line
/// 0 is the header, and the checkpoint's size is the number of lines.
/// </summary>
/// <param name="Bytes">Length of the recording up to then, newlines included. Not signed: believe it as far as the place where it is
/// kept.</param>
/// <param name="IsFinal">The recording ended here. Not signed either; that a session ended is for its ledger entry to say.</param>
/// <param name="Signed">Origin as in <c>recorder.example/session/s-1</c>, which is also the name that it is signed under.</param>
public sealed record RecordingCheckpoint(long Bytes, bool IsFinal, SignedCheckpoint Signed)
{
    public long Lines => Signed.Checkpoint.Size;

    public ReadOnlyMemory<byte> Root => Signed.Checkpoint.Root;

    /// <summary>
    /// Why this checkpoint does not continue the one before it, for whoever receives checkpoints while the recording goes on; null when it
    /// does.
    /// </summary>
    /// <param name="proof">From the lines of <paramref name="before"/> to those of this one.</param>
    /// <param name="key">The recorder's key; its name is the origin.</param>
    public string? CheckContinues(RecordingCheckpoint before, ConsistencyProof proof, VerifierKey key)
    {
        if ((Check(key) ?? before.Check(key)) is { } problem)
            return problem;
        if (before.IsFinal)
            return $"the recording has ended with {before.Lines} lines";
        if (Lines < before.Lines || Bytes < before.Bytes || (Lines == before.Lines && Bytes != before.Bytes))
            return $"it has {Lines} lines and {Bytes} bytes, after {before.Lines} lines and {before.Bytes} bytes were signed";
        return (proof.OldSize, proof.Size) == (before.Lines, Lines) && proof.Proves(before.Root.Span, Root.Span)
            ? null
            : $"its first {before.Lines} lines are not those that were signed before";
    }

    /// <summary>Why it is not a checkpoint that the holder of this key made of this recording; null when it is.</summary>
    internal string? Check(VerifierKey key)
    {
        if (Signed.Checkpoint.Origin != key.Name)
            return $"a checkpoint is of {Signed.Checkpoint.Origin}, not of {key.Name}";
        if (Signed.Note.Verify([key]).Problem is { } problem)
            return $"a checkpoint is not to be believed: {problem}";
        return Lines < 1 || Bytes < Lines ? "a checkpoint is of fewer bytes than lines, or of none" : null;
    }
}

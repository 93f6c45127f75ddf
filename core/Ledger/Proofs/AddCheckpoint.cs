using System.Text;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// The body of C2SP's <c>add-checkpoint</c>: what the sender takes the witness to know, the proof from there, and the checkpoint.
/// </summary>
internal sealed record AddCheckpoint(long OldSize, IReadOnlyList<byte[]> Path, SignedCheckpoint Checkpoint)
{
    public const string SizeMediaType = "text/x.tlog.size";

    public const int MaxBodyLength = 64 * 1024;

    private const string Old = "old ";
    private const int MaxProofLength = 63;

    public static string ToText(long oldSize, IReadOnlyList<byte[]> path, SignedCheckpoint checkpoint)
    {
        var text = new StringBuilder(Old).Append(oldSize).Append('\n');
        foreach (var hash in path)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return text.Append('\n').Append(checkpoint).ToString();
    }

    /// <exception cref="NoteFormatException">Not such a body.</exception>
    public static AddCheckpoint Parse(ReadOnlySpan<byte> body)
    {
        var text = NoteText.Decode(body);
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0 || text[..split].Split('\n') is not [var old, .. var path] || !old.StartsWith(Old, StringComparison.Ordinal)
            || NoteText.Number(old[Old.Length..]) is not { } oldSize)
            throw new NoteFormatException("the first line must be 'old' and a size, and an empty line must stand before the checkpoint");
        var hashes = path.Select(NoteText.Hash).OfType<byte[]>().ToArray();
        if (hashes.Length != path.Length || hashes.Length > MaxProofLength)
            throw new NoteFormatException($"the proof is not a list of at most {MaxProofLength} hashes of 32 bytes in base64");
        return new(oldSize, hashes, SignedCheckpoint.Parse(text[(split + 2)..]));
    }
}

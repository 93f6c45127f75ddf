using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>The head of one ledger's tree, as its text says.</summary>
/// <param name="Origin">Which ledger: ends with <c>/</c> and the tenant id.</param>
/// <param name="Size">Number of entries.</param>
/// <param name="Root">Merkle root over them: 32 bytes.</param>
/// <param name="Extensions">Further lines; signed, but without a meaning here.</param>
public sealed record Checkpoint(string Origin, long Size, byte[] Root, IReadOnlyList<string> Extensions)
{
    public Checkpoint(string origin, long size, byte[] root)
        : this(origin, size, root, [])
    {
    }

    /// <summary>The tenant that the origin names; null when it names none.</summary>
    public TenantId? Tenant => TenantId.TryParse(Origin[(Origin.LastIndexOf('/') + 1)..], out var tenant)
        && Origin.EndsWith("/" + tenant.Value, StringComparison.Ordinal)
        ? tenant
        : null;

    /// <exception cref="NoteFormatException">Not the text of a checkpoint.</exception>
    public static Checkpoint Parse(string text)
    {
        if (!text.EndsWith('\n') || text[..^1].Split('\n') is not [var origin, var size, var root, .. var extensions])
            throw new NoteFormatException("a checkpoint has three lines: origin, size and root");
        if (origin.Length == 0)
            throw new NoteFormatException("the checkpoint's origin is empty");
        if (NoteText.Number(size) is not { } number)
            throw new NoteFormatException("the checkpoint's size is not a decimal number without leading zeros");
        if (NoteText.Hash(root) is not { } hash)
            throw new NoteFormatException("the checkpoint's root is not 32 bytes in base64");
        if (extensions.Any(static line => line.Length == 0))
            throw new NoteFormatException("a checkpoint holds no empty lines");
        return new(origin, number, hash, extensions);
    }

    /// <summary>The text that is signed.</summary>
    public string ToText() =>
        string.Concat(new[] { Origin, $"{Size}", Convert.ToBase64String(Root) }.Concat(Extensions).Select(static line => line + "\n"));

    public bool IsSameTree(Checkpoint other) => Origin == other.Origin && Size == other.Size && Root.AsSpan().SequenceEqual(other.Root);
}

/// <summary>A checkpoint with its signatures. Verify <see cref="Note"/> before believing <see cref="Checkpoint"/>.</summary>
public sealed record SignedCheckpoint(Checkpoint Checkpoint, SignedNote Note)
{
    /// <exception cref="NoteFormatException">Not a signed checkpoint.</exception>
    public static SignedCheckpoint Parse(string note)
    {
        var parsed = SignedNote.Parse(note);
        return new(Checkpoint.Parse(parsed.Text), parsed);
    }

    /// <exception cref="NoteFormatException">Not a signed checkpoint.</exception>
    public static SignedCheckpoint Parse(ReadOnlySpan<byte> note) => Parse(NoteText.Decode(note));

    public SignedCheckpoint With(NoteSignature signature) => this with { Note = Note.With(signature) };

    public override string ToString() => Note.ToString();
}

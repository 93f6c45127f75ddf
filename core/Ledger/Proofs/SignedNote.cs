using System.Buffers.Binary;
using System.Text;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>One signature line of a note. Means nothing before a key has verified it.</summary>
/// <param name="KeyId">Four bytes as a big-endian number.</param>
/// <param name="Signature">What the algorithm of the key made of the text.</param>
public sealed record NoteSignature(string Name, uint KeyId, byte[] Signature)
{
    private const string Dash = "— ";

    /// <summary>The line as it stands in the note, newline included.</summary>
    public override string ToString()
    {
        var blob = new byte[sizeof(uint) + Signature.Length];
        BinaryPrimitives.WriteUInt32BigEndian(blob, KeyId);
        Signature.CopyTo(blob, sizeof(uint));
        return $"{Dash}{Name} {Convert.ToBase64String(blob)}\n";
    }

    /// <param name="line">Without its newline.</param>
    internal static NoteSignature Parse(string line)
    {
        if (line.Split(' ') is [['-', ..] or "\u2013" or "\u2015" or "\u2212" or "\u2012", ..])
            throw new NoteFormatException(
                "a signature line begins with another dash than \u2014 (U+2014), as a mail or chat puts in; take the text from a file");
        var parts = line.StartsWith(Dash, StringComparison.Ordinal) ? line[Dash.Length..].Split(' ') : [];
        if (parts is not [var name, var base64] || !NoteText.IsKeyName(name)
            || NoteText.FromBase64(base64) is not { Length: > sizeof(uint) } blob)
            throw new NoteFormatException("a line after the last empty line is not a signature");
        return new(name, BinaryPrimitives.ReadUInt32BigEndian(blob), blob[sizeof(uint)..]);
    }
}

/// <summary>A C2SP signed note: text, an empty line, signature lines.</summary>
/// <param name="Text">What is signed, its final newline included.</param>
public sealed record SignedNote(string Text, IReadOnlyList<NoteSignature> Signatures)
{
    /// <summary>The format asks readers to take at least 16.</summary>
    public const int MaxSignatures = 64;

    public const int MaxNoteLength = 256 * 1024;

    /// <exception cref="NoteFormatException">Not a signed note.</exception>
    public static SignedNote Parse(string note)
    {
        if (note.Length > MaxNoteLength)
            throw new NoteFormatException("too long for a note");
        if (NoteText.ChangedOnItsWay(note) is { } change)
            throw new NoteFormatException(change);
        if (note.Any(static character => character < ' ' && character != '\n'))
            throw new NoteFormatException("control characters other than newline are not allowed");
        if (!note.EndsWith('\n'))
            throw new NoteFormatException("the last line does not end with a newline");
        var split = note.LastIndexOf("\n\n", StringComparison.Ordinal);
        if (split < 0)
            throw new NoteFormatException("there is no empty line between text and signatures");
        var lines = note[(split + 2)..].Split('\n')[..^1];
        if (lines.Length is 0 or > MaxSignatures)
            throw new NoteFormatException(lines.Length == 0 ? "there is no signature" : "there are too many signatures");
        return new(note[..(split + 1)], [.. lines.Select(NoteSignature.Parse)]);
    }

    /// <exception cref="NoteFormatException">Not a signed note.</exception>
    public static SignedNote Parse(ReadOnlySpan<byte> note) => Parse(NoteText.Decode(note));

    public override string ToString()
    {
        var note = new StringBuilder(Text).Append('\n');
        foreach (var signature in Signatures)
            note.Append(signature);
        return note.ToString();
    }

    /// <summary>The same with one more signature; one that the same key gave before is replaced.</summary>
    public SignedNote With(NoteSignature signature) => this with
    {
        Signatures = [.. Signatures.Where(other => other.Name != signature.Name || other.KeyId != signature.KeyId), signature],
    };

    /// <summary>
    /// Judges the signatures. Lines of other keys are ignored; a line of a trusted key that does not verify spoils the whole note,
    /// and without a line of any trusted key it is worth nothing.
    /// </summary>
    public NoteVerdict Verify(IEnumerable<VerifierKey> trusted)
    {
        var signers = new List<NoteSigner>();
        var text = NoteText.Encode(Text);
        var keys = trusted.Where(static key => key.CanVerify).ToList();
        foreach (var signature in Signatures)
        {
            // Two keys may share name and id by a made-up collision; the line then is good when either made it.
            var known = keys.FindAll(key => key.Name == signature.Name && key.Id == signature.KeyId);
            if (known.Count == 0)
                continue;
            var signer = known.Select(key => key.Verify(text, signature.Signature)).FirstOrDefault(static found => found is not null);
            if (signer is null)
                return new([], $"the signature of {signature.Name} (key {signature.KeyId:x8}) does not fit the text");
            signers.Add(signer);
        }
        return signers.Count > 0 ? new(signers, null) : new([], "no signature is of a key that is trusted here") { IsStrange = true };
    }
}

/// <summary>A signature that was verified.</summary>
/// <param name="At">When a witness signed, by its own clock; null for signatures without a time.</param>
public sealed record NoteSigner(VerifierKey Key, DateTimeOffset? At);

/// <param name="Signers">Empty when there is a problem.</param>
/// <param name="Problem">Why the note is not to be believed; null when it is.</param>
public sealed record NoteVerdict(IReadOnlyList<NoteSigner> Signers, string? Problem)
{
    public bool IsTrusted => Problem is null;

    /// <summary>Nothing is known to be wrong with it: it is just that nobody known has signed it.</summary>
    public bool IsStrange { get; init; }
}

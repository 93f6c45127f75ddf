using System.Text;
using System.Text.Json;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>
/// Everything needed to see, without a database, that one entry is in a tenant's ledger: a C2SP tlog-proof whose <c>extra</c> line carries
/// the entry.
/// </summary>
/// <param name="Entry">The canonical bytes that were hashed.</param>
public sealed record Receipt(ReadOnlyMemory<byte> Entry, InclusionProof Proof, SignedCheckpoint Checkpoint)
{
    public const string FirstLine = "c2sp.org/tlog-proof@v1";

    /// <summary>File name extension that the format asks for.</summary>
    public const string Extension = ".tlog-proof";

    private const string Extra = "extra ";
    private const string Index = "index ";
    private const int MaxTextLength = 1 << 20;

    /// <exception cref="NoteFormatException">Not a receipt.</exception>
    public static Receipt Parse(string text)
    {
        if (text.Length > MaxTextLength)
            throw new NoteFormatException("too long for a receipt");
        var split = text.IndexOf("\n\n", StringComparison.Ordinal);
        var lines = split < 0 ? [] : text[..split].Split('\n');
        if (lines is not [FirstLine, ..])
            throw new NoteFormatException($"not a receipt: the first line must be {FirstLine}");
        if (lines is not [_, var extra, var index, .. var path] || !extra.StartsWith(Extra, StringComparison.Ordinal))
            throw new NoteFormatException("the receipt carries no entry (a line that begins with 'extra ')");
        if (NoteText.FromBase64(extra[Extra.Length..]) is not { Length: > 0 } entry)
            throw new NoteFormatException("the receipt's entry is not base64");
        if (!index.StartsWith(Index, StringComparison.Ordinal) || NoteText.Number(index[Index.Length..]) is not { } position)
            throw new NoteFormatException("the receipt has no line 'index' with a number");
        var hashes = path.Select(NoteText.Hash).OfType<byte[]>().ToArray();
        if (hashes.Length != path.Length || hashes.Length > MerkleProofs.MaxPathLength)
            throw new NoteFormatException("the receipt's proof is not a list of 32-byte hashes in base64");
        var checkpoint = SignedCheckpoint.Parse(text[(split + 2)..]);
        return new(entry, new(position, checkpoint.Checkpoint.Size, hashes), checkpoint);
    }

    /// <exception cref="NoteFormatException">Not a receipt.</exception>
    public static Receipt Parse(ReadOnlySpan<byte> text) => Parse(NoteText.Decode(text));

    public override string ToString() => $"{FirstLine}\n{Extra}{Convert.ToBase64String(Entry.Span)}\n{ProofText()}";

    /// <summary>The receipt without first line and entry: what the proof itself costs.</summary>
    public string ProofText()
    {
        var text = new StringBuilder(Index).Append(Proof.Index).Append('\n');
        foreach (var hash in Proof.Path)
            text.Append(Convert.ToBase64String(hash)).Append('\n');
        return text.Append('\n').Append(Checkpoint).ToString();
    }

    /// <summary>Judges the receipt with nothing but itself and keys.</summary>
    /// <param name="tenant">Whose entry it has to be; null to take the tenant that the checkpoint's origin names.</param>
    public ReceiptVerdict Check(IReadOnlyCollection<VerifierKey> trusted, TenantId? tenant = null)
    {
        var said = Checkpoint.Note.Verify(trusted);
        if (said.Problem is { } unsigned)
            return ReceiptVerdict.Invalid($"its checkpoint is not to be believed: {unsigned}");
        var head = Checkpoint.Checkpoint;
        if (head.Tenant is not { } owner)
            return ReceiptVerdict.Invalid($"the origin of its checkpoint, {head.Origin}, names no tenant");
        if (tenant is { } asked && asked != owner)
            return ReceiptVerdict.Invalid($"it is of tenant {owner}, not of {asked}");
        // A cosignature says that a witness has seen the checkpoint, not that the ledger made it.
        if (!said.Signers.Any(signer => signer.Key.Type == NoteKeyType.Ecdsa && signer.Key.Name == head.Origin))
            return ReceiptVerdict.Invalid($"its checkpoint is not signed by the ledger {head.Origin} itself");
        if (!Proof.Proves(MerkleTree.HashLeaf(Entry.Span), head.Root))
            return ReceiptVerdict.Invalid(
                $"the entry is not number {Proof.Index + 1} of the {head.Size} entries that the checkpoint stands for");
        try
        {
            var parts = EntryParts.Read(Entry.Span);
            if (parts.Seq != Proof.Index + 1)
                return ReceiptVerdict.Invalid($"the entry says of itself that it is number {parts.Seq}, but stands at {Proof.Index + 1}");
            if (EntryParts.Text(Entry.Span, parts.Tenant) is var of && of != owner.Value)
                return ReceiptVerdict.Invalid($"the entry says of itself that it belongs to {of}, but stands in the ledger of {owner}");
            return new(null, owner, parts.Seq, said.Signers);
        }
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException)
        {
            return ReceiptVerdict.Invalid($"the entry cannot be read: {unreadable.Message}");
        }
    }
}

/// <param name="Problem">What is wrong; null when the receipt is valid.</param>
/// <param name="Signers">Who vouches for the checkpoint.</param>
public sealed record ReceiptVerdict(string? Problem, TenantId? Tenant, long Seq, IReadOnlyList<NoteSigner> Signers)
{
    public bool IsValid => Problem is null;

    internal static ReceiptVerdict Invalid(string problem) => new(problem, null, 0, []);
}

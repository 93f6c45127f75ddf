namespace DevOpsAI.Ledger.Proofs;

/// <summary>Holds the one key that signs every tenant's checkpoints: an ECDSA key on P-256.</summary>
public interface ICheckpointSigner
{
    /// <summary>SubjectPublicKeyInfo, DER.</summary>
    /// <exception cref="SigningKeyException">The key cannot be used; the message says what to do.</exception>
    ValueTask<ReadOnlyMemory<byte>> PublicKeyAsync(CancellationToken cancellationToken);

    /// <summary>ECDSA over the SHA-256 of <paramref name="message"/>, DER.</summary>
    /// <exception cref="SigningKeyException">As <see cref="PublicKeyAsync"/>.</exception>
    ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken);
}

/// <summary>The signing key cannot be used.</summary>
public sealed class SigningKeyException(string message, bool mayPass, Exception? inner = null) : Exception(message, inner)
{
    public SigningKeyException(string message, Exception? inner = null)
        : this(message, mayPass: false, inner)
    {
    }

    /// <summary>It is away, not wrong: trying again may help.</summary>
    public bool MayPass => mayPass;
}

public static class CheckpointSigning
{
    /// <summary>The key under the name that signs for a tenant.</summary>
    public static async ValueTask<VerifierKey> VerifierKeyAsync(
        this ICheckpointSigner signer, string origin, CancellationToken cancellationToken) =>
        VerifierKey.Create(origin, (await signer.PublicKeyAsync(cancellationToken)).Span);

    /// <summary>Signs a checkpoint under its origin's name and looks whether the signature holds before handing it out.</summary>
    public static async ValueTask<SignedCheckpoint> SignAsync(
        this ICheckpointSigner signer, Checkpoint checkpoint, CancellationToken cancellationToken)
    {
        var key = await signer.VerifierKeyAsync(checkpoint.Origin, cancellationToken);
        var text = checkpoint.ToText();
        var signature = await signer.SignAsync(NoteText.Encode(text), cancellationToken);
        var note = new SignedNote(text, [new(key.Name, key.Id, signature.ToArray())]);
        return note.Verify([key]).Problem is { } problem
            ? throw new SigningKeyException($"What the signing key made is no signature of its own: {problem}.")
            : new(checkpoint, note);
    }
}

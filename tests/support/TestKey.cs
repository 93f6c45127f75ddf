using System.Security.Cryptography;
using System.Text;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Tests.Support;

/// <summary>A key of a ledger, a witness or an attacker.</summary>
public sealed class TestKey(string name) : ICheckpointSigner, IDisposable
{
    private readonly ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    public VerifierKey Verifier => VerifierKey.Create(name, key.ExportSubjectPublicKeyInfo());

    public VerifierKey Witness => VerifierKey.Create(name, key.ExportSubjectPublicKeyInfo(), NoteKeyType.EcdsaCosignature);

    public SignedNote Sign(string text) => new(text, [new(name, Verifier.Id, Made(Encoding.UTF8.GetBytes(text)))]);

    public SignedCheckpoint Sign(Checkpoint checkpoint) => new(checkpoint, Sign(checkpoint.ToText()));

    public NoteSignature Cosign(string text, long seconds) =>
        new(name, Witness.Id, VerifierKey.Cosignature(seconds, Made(VerifierKey.CosignedMessage(seconds, Encoding.UTF8.GetBytes(text)))));

    public ValueTask<ReadOnlyMemory<byte>> PublicKeyAsync(CancellationToken cancellationToken) => new(key.ExportSubjectPublicKeyInfo());

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) =>
        new(Made(message.Span));

    public void Dispose() => key.Dispose();

    private byte[] Made(ReadOnlySpan<byte> message) =>
        key.SignData(message, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
}

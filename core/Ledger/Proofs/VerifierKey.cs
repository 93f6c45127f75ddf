using System.Buffers.Binary;
using System.Globalization;
using System.Security.Cryptography;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>A public key and the name it signs under, as in <c>name+3af0fe6e+AjBZ...</c>.</summary>
public sealed class VerifierKey : IEquatable<VerifierKey>
{
    /// <summary>Follows the type byte 0xff of <see cref="NoteKeyType.EcdsaCosignature"/>.</summary>
    public const string CosignatureName = "devops-ai-bot/cosignature-ecdsa-p256/v1";

    private const int TimeSize = sizeof(ulong);

    /// <summary>X and Y, uncompressed; the header ends with the byte that says so.</summary>
    private const int P256PointSize = 64;

    private readonly byte[] key;

    /// <summary>How the DER of every SubjectPublicKeyInfo begins that names the curve P-256 (RFC 5480).</summary>
    private static ReadOnlySpan<byte> P256Header => [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01,
        0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04];

    private VerifierKey(string name, NoteKeyType type, byte[] key)
    {
        if (!NoteText.IsKeyName(name))
            throw new NoteFormatException("the name of a key is empty, too long, or holds a space or '+'");
        (Name, Type, this.key) = (name, type, key);
        Id = BinaryPrimitives.ReadUInt32BigEndian(
            SHA256.HashData(type == NoteKeyType.Ecdsa ? key : [.. NoteText.Encode(name), (byte)'\n', .. TypeBytes(type), .. key]));
    }

    public string Name { get; }

    public NoteKeyType Type { get; }

    /// <summary>
    /// First four bytes of a SHA-256: over the key alone for <see cref="NoteKeyType.Ecdsa"/>, over name, type and key for the others.
    /// </summary>
    public uint Id { get; }

    /// <summary>Ed25519 keys are recognised, so that a note that has them as well can be read, but not checked.</summary>
    public bool CanVerify => Type is NoteKeyType.Ecdsa or NoteKeyType.EcdsaCosignature;

    /// <summary>The public key: SubjectPublicKeyInfo in DER, or 32 bytes for Ed25519.</summary>
    public ReadOnlyMemory<byte> PublicKey => key;

    /// <summary>An ECDSA key.</summary>
    /// <param name="publicKey">SubjectPublicKeyInfo of a P-256 key, DER.</param>
    /// <exception cref="NoteFormatException">The name or the key is not fit for it.</exception>
    public static VerifierKey Create(string name, ReadOnlySpan<byte> publicKey, NoteKeyType type = NoteKeyType.Ecdsa)
    {
        if (!IsP256(publicKey))
            throw new NoteFormatException("not an ECDSA key on the curve P-256");
        return new(name, type, publicKey.ToArray());
    }

    /// <exception cref="NoteFormatException">Not a verifier key, of a type that is not known here, or its id is not that of its
    /// key.</exception>
    public static VerifierKey Parse(string text)
    {
        if (text.Split('+', 3) is not [var name, var id, var base64] || id.Length != 8
            || NoteText.FromBase64(base64) is not { Length: > 1 } bytes)
            throw new NoteFormatException("not a verifier key: name+id+key, where the id is eight hexadecimal digits and the key base64");
        var parsed = bytes switch
        {
            [0x01, .. { Length: 32 } ed] => new VerifierKey(name, NoteKeyType.Ed25519, ed),
            [0x02, .. var spki] => Create(name, spki),
            [0x04, .. { Length: 32 } ed] => new VerifierKey(name, NoteKeyType.Ed25519Cosignature, ed),
            [0xff, ..] when bytes.AsSpan().StartsWith(TypeBytes(NoteKeyType.EcdsaCosignature)) =>
                Create(name, bytes.AsSpan(TypeBytes(NoteKeyType.EcdsaCosignature).Length), NoteKeyType.EcdsaCosignature),
            _ => throw new NoteFormatException($"a key of a type that is not known here (0x{bytes[0]:x2})"),
        };
        return uint.TryParse(id, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var said) && said == parsed.Id
            ? parsed
            : throw new NoteFormatException($"the id {id} is not that of the key, which is {parsed.Id:x8}: the text was changed or cut");
    }

    /// <summary>
    /// Who signed <paramref name="text"/>, when the signature is of this key; null when it is not, or this key cannot verify.
    /// </summary>
    public NoteSigner? Verify(ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (Type == NoteKeyType.Ecdsa)
            return IsSigned(text, signature) ? new(this, null) : null;
        if (Type != NoteKeyType.EcdsaCosignature || signature.Length <= TimeSize)
            return null;
        var seconds = BinaryPrimitives.ReadUInt64BigEndian(signature);
        return seconds <= (ulong)DateTimeOffset.MaxValue.ToUnixTimeSeconds()
            && IsSigned(CosignedMessage((long)seconds, text), signature[TimeSize..])
            ? new(this, DateTimeOffset.FromUnixTimeSeconds((long)seconds))
            : null;
    }

    /// <summary>
    /// What a cosignature signs: that at this time (seconds since 1970) this was the largest tree that the witness had seen to be
    /// consistent.
    /// </summary>
    public static byte[] CosignedMessage(long seconds, ReadOnlySpan<byte> text) =>
        [.. NoteText.Encode($"cosignature/v1\ntime {seconds}\n"), .. text];

    /// <summary>A cosignature's bytes: its time, then the signature of <see cref="CosignedMessage"/>.</summary>
    public static byte[] Cosignature(long seconds, ReadOnlySpan<byte> signature)
    {
        var bytes = new byte[TimeSize + signature.Length];
        BinaryPrimitives.WriteInt64BigEndian(bytes, seconds);
        signature.CopyTo(bytes.AsSpan(TimeSize));
        return bytes;
    }

    public bool Equals(VerifierKey? other) => other is not null && ToString() == other.ToString();

    public override bool Equals(object? obj) => Equals(obj as VerifierKey);

    public override int GetHashCode() => HashCode.Combine(Name, Id);

    public override string ToString() => $"{Name}+{Id:x8}+{Convert.ToBase64String([.. TypeBytes(Type), .. key])}";

    private bool IsSigned(ReadOnlySpan<byte> message, ReadOnlySpan<byte> signature)
    {
        using var ecdsa = ECDsa.Create();
        ecdsa.ImportSubjectPublicKeyInfo(key, out _);
        return ecdsa.VerifyData(message, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
    }

    private static byte[] TypeBytes(NoteKeyType type) => type switch
    {
        NoteKeyType.Ed25519 => [0x01],
        NoteKeyType.Ecdsa => [0x02],
        NoteKeyType.Ed25519Cosignature => [0x04],
        _ => [0xff, .. NoteText.Encode(CosignatureName)],
    };

    /// <summary>
    /// Whatever is on another curve, or on one that describes itself, is told by its first bytes: what the platform makes of such keys
    /// differs, and not all of it is an answer.
    /// </summary>
    private static bool IsP256(ReadOnlySpan<byte> publicKey)
    {
        if (publicKey.Length != P256Header.Length + P256PointSize || !publicKey.StartsWith(P256Header))
            return false;
        try
        {
            using var ecdsa = ECDsa.Create();
            ecdsa.ImportSubjectPublicKeyInfo(publicKey, out var read);
            return read == publicKey.Length;
        }
        catch (Exception offTheCurve) when (offTheCurve is CryptographicException or PlatformNotSupportedException)
        {
            return false;
        }
    }
}

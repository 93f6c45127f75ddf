using System.Security.Cryptography;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Proofs;

/// <summary>A P-256 key in a file that only its owner may read: PKCS#8, PEM.</summary>
public sealed class LocalSigningKey : ICheckpointSigner, IDisposable
{
    public const string FileName = "checkpoint.key";

    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int MaxFileBytes = 8 * 1024;

    private readonly ECDsa key;
    private readonly Lock gate = new();

    private LocalSigningKey(ECDsa key) => this.key = key;

    /// <summary>Opens the key in the file; never writes.</summary>
    /// <exception cref="SigningKeyException">There is none, others may read it, or it is damaged.</exception>
    public static LocalSigningKey Open(string path)
    {
        try
        {
            if (!File.Exists(path))
                throw new SigningKeyException($"There is no signing key at {path}.");
            if (!OperatingSystem.IsWindows() && File.GetUnixFileMode(path) is var mode
                && (mode & ~(OwnerOnly | UnixFileMode.UserExecute)) != UnixFileMode.None)
            {
                throw new SigningKeyException(
                    $"The signing key {path} can be read by others (mode {Convert.ToString((int)mode, 8)}) and is not used. "
                    + $"Run 'chmod 600 {path}', and begin with a new key if anybody may have copied it.");
            }
            if (new FileInfo(path).Length > MaxFileBytes)
                throw Damaged(path);
            return new(Read(File.ReadAllText(path)) ?? throw Damaged(path));
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"The signing key {path} cannot be read: {unreadable.Message}", unreadable);
        }
    }

    /// <summary>Opens the key, or makes one when there is no file. A file that is there is never replaced, whatever is in it.</summary>
    /// <exception cref="SigningKeyException">As <see cref="Open"/>, or the file cannot be written.</exception>
    public static LocalSigningKey OpenOrCreate(string path)
    {
        if (!File.Exists(path))
            Create(path);
        return Open(path);
    }

    public ValueTask<ReadOnlyMemory<byte>> PublicKeyAsync(CancellationToken cancellationToken)
    {
        lock (gate)
            return new(key.ExportSubjectPublicKeyInfo());
    }

    public ValueTask<ReadOnlyMemory<byte>> SignAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        lock (gate)
            return new(key.SignData(message.Span, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence));
    }

    public void Dispose() => key.Dispose();

    /// <summary>When several do this at once, one wins and all use its key.</summary>
    private static void Create(string path)
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
            WholeFile.Create(path, NoteText.Encode(made.ExportPkcs8PrivateKeyPem() + "\n"), ownerOnly: true);
        }
        catch (IOException) when (File.Exists(path))
        {
            // Somebody else's is used.
        }
        catch (Exception unwritable) when (unwritable is IOException or UnauthorizedAccessException)
        {
            throw new SigningKeyException($"No signing key can be made at {path}: {unwritable.Message}", unwritable);
        }
    }

    private static ECDsa? Read(string pem)
    {
        var read = ECDsa.Create();
        try
        {
            read.ImportFromPem(pem);
            if (read.ExportParameters(includePrivateParameters: true) is { D: not null } parameters
                && parameters.Curve.Oid?.Value == ECCurve.NamedCurves.nistP256.Oid.Value)
                return read;
        }
        catch (Exception damaged) when (damaged is ArgumentException or CryptographicException or PlatformNotSupportedException)
        {
            // Said by the caller.
        }
        read.Dispose();
        return null;
    }

    private static SigningKeyException Damaged(string path) => new(
        $"The signing key {path} is damaged: it is not a P-256 private key in PEM. It is left as it is; restore it from a backup, "
        + "or move it away to begin with a new key, which auditors and witnesses must then be told of.");
}

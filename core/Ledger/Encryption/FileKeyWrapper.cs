using System.Security.Cryptography;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>Customer-managed keys in files, <c>{tenant}.key</c>, which wrap by AES key wrap with padding (RFC 5649).</summary>
/// <param name="folder">Where the files are. Best on another medium than the ledger, and in another backup.</param>
public sealed class FileKeyWrapper(string folder) : IKeyWrapper
{
    private const string Algorithm = "A256KWP";

    public ValueTask<WrappedKey> WrapAsync(
        TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken) => new(Wrap(
        KeyFile.Read(Current(tenant)) ?? (mayCreate ? KeyFile.Create(Current(tenant)) : throw Missing(tenant, null)), key));

    public ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken)
    {
        using var aes = Aes.Create();
        aes.Key = Find(tenant, wrapped.Kek).Key;
        try
        {
            return new(aes.DecryptKeyWrapPadded(wrapped.Value));
        }
        catch (CryptographicException failure)
        {
            throw new LedgerUnavailableException(
                $"The wrapped data key of {tenant} is damaged: key {wrapped.Kek} is the right one but does not open it. Restore the "
                + $"documents beside the ledger from a backup; nothing was changed.", failure);
        }
    }

    public ValueTask<IKeyRotation> BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(folder))
            throw Missing(tenant, null);
        var path = Current(tenant) + ".lock";
        try
        {
            // Stays where it is: a lock file that is removed can be held twice.
            return new(new Rotation(this, tenant,
                new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 1)));
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException(
                $"The key of {tenant} is being rotated by another process, or {path} cannot be written ({failure.Message}). Nothing was "
                + $"changed.", failure);
        }
    }

    private static string GetKek(KeyFile file) => "file:" + file.Id;

    private static WrappedKey Wrap(KeyFile file, ReadOnlyMemory<byte> key)
    {
        using var aes = Aes.Create();
        aes.Key = file.Key;
        return new(GetKek(file), Algorithm, aes.EncryptKeyWrapPadded(key.Span));
    }

    /// <summary>
    /// The new key of a rotation first: when it is not there yet, or not any more, the other one is what it was, or what it has become.
    /// </summary>
    private KeyFile Find(TenantId tenant, string kek)
    {
        KeyFile? current = null;
        LedgerUnavailableException? damaged = null;
        foreach (var path in (string[])[Next(tenant), Current(tenant)])
        {
            try
            {
                current = KeyFile.Read(path);
                if (current is not null && GetKek(current) == kek)
                    return current;
            }
            catch (LedgerUnavailableException unreadable)
            {
                damaged = unreadable;
            }
        }
        throw damaged ?? (current is null ? Missing(tenant, kek) : Wrong(tenant, current.Id, kek));
    }

    private string Current(TenantId tenant) => Path.Combine(folder, tenant.Value + ".key");

    private string Next(TenantId tenant) => Path.Combine(folder, tenant.Value + ".key.new");

    private LedgerUnavailableException Missing(TenantId tenant, string? kek) => new(
        $"The key file {Current(tenant)} is missing{(kek is null ? "" : $" (key "
        + $"{kek})")}, and {tenant} has data that was sealed under it. Restore the file from your backup, or set Storage:Keys:Path to "
        + $"where it is. "
        + "No new key was made. If the key is lost for good, what is encrypted is lost with it; 'ledger verify' works without it.");

    private LedgerUnavailableException Wrong(TenantId tenant, string found, string kek) => new(
        $"The key file {Current(tenant)} holds key file:{found}, but the data key of {tenant} was wrapped under {kek}. Put the right "
        + $"file back; nothing was changed.");

    private sealed class Rotation(FileKeyWrapper keys, TenantId tenant, FileStream turn) : IKeyRotation
    {
        public ValueTask<WrappedKey> WrapAsync(ReadOnlyMemory<byte> key, CancellationToken cancellationToken) =>
            new(Wrap(KeyFile.Read(keys.Next(tenant)) ?? KeyFile.Create(keys.Next(tenant)), key));

        public ValueTask<bool> EndAsync(WrappedKey stored, CancellationToken cancellationToken)
        {
            var next = KeyFile.Read(keys.Next(tenant));
            var isLeft = next is not null && GetKek(next) == stored.Kek;
            if (isLeft)
                KeyFile.Replace(keys.Current(tenant), keys.Next(tenant));
            return new(isLeft);
        }

        public void Dispose() => turn.Dispose();
    }
}

using System.Security.Cryptography;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Ledger.Vault;

/// <summary>Customer-managed keys in files, <c>{tenant}.key</c>, which wrap by AES key wrap with padding (RFC 5649).</summary>
/// <param name="folder">Where the files are. Best on another medium than the ledger, and in another backup.</param>
public sealed class FileKeyWrapper(string folder) : IKeyWrapper
{
    private const string Algorithm = "A256KWP";

    private readonly Lock gate = new();

    public ValueTask<WrappedKey> WrapAsync(TenantId tenant, ReadOnlyMemory<byte> key, bool mayCreate, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var file = KeyFile.Read(Next(tenant)) ?? KeyFile.Read(Current(tenant))
                ?? (mayCreate ? KeyFile.Create(Current(tenant)) : throw Missing(tenant, null));
            using var aes = Aes.Create();
            aes.Key = file.Key;
            return new(new WrappedKey("file:" + file.Id, Algorithm, aes.EncryptKeyWrapPadded(key.Span)));
        }
    }

    public ValueTask<byte[]> UnwrapAsync(TenantId tenant, WrappedKey wrapped, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            var current = KeyFile.Read(Current(tenant));
            var next = KeyFile.Read(Next(tenant));
            var file = new[] { current, next }.FirstOrDefault(one => one is not null && "file:" + one.Id == wrapped.Kek)
                ?? throw (current is null ? Missing(tenant, wrapped.Kek) : Wrong(tenant, current.Id, wrapped.Kek));
            using var aes = Aes.Create();
            aes.Key = file.Key;
            try
            {
                return new(aes.DecryptKeyWrapPadded(wrapped.Value));
            }
            catch (CryptographicException failure)
            {
                throw new LedgerUnavailableException(
                    $"The wrapped data key of {tenant} is damaged: key {wrapped.Kek} is the right one but does not open it. Restore the documents beside the ledger from a backup; nothing was changed.", failure);
            }
        }
    }

    public ValueTask BeginRotationAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            _ = KeyFile.Read(Next(tenant)) ?? KeyFile.Create(Next(tenant));
            return default;
        }
    }

    public ValueTask EndRotationAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        lock (gate)
        {
            if (File.Exists(Next(tenant)))
                KeyFile.Replace(Current(tenant), Next(tenant));
            return default;
        }
    }

    private string Current(TenantId tenant) => Path.Combine(folder, tenant.Value + ".key");

    private string Next(TenantId tenant) => Path.Combine(folder, tenant.Value + ".key.new");

    private LedgerUnavailableException Missing(TenantId tenant, string? kek) => new(
        $"The key file {Current(tenant)} is missing{(kek is null ? "" : $" (key {kek})")}, and {tenant} has data that was sealed under it. Restore the file from your backup, or set Storage:Keys:Path to where it is. "
        + "No new key was made. If the key is lost for good, what is sealed is lost with it; 'ledger verify' works without it.");

    private LedgerUnavailableException Wrong(TenantId tenant, string found, string kek) => new(
        $"The key file {Current(tenant)} holds key file:{found}, but the data key of {tenant} was wrapped under {kek}. Put the right file back; nothing was changed.");
}

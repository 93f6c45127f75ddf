using System.Security.Cryptography;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>Keys under a key that is derived from the tenant's data key: AES key wrap with padding (RFC 5649).</summary>
internal static class SubjectKeyWrap
{
    public static byte[] Wrap(TenantKeys keys, DataKey key)
    {
        using var aes = Under(keys);
        var bytes = key.Export();
        var wrapped = aes.EncryptKeyWrapPadded(bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return wrapped;
    }

    /// <exception cref="CryptographicException">It was not wrapped under this tenant's key.</exception>
    /// <exception cref="ArgumentException">It is no wrapped key.</exception>
    public static DataKey Unwrap(TenantKeys keys, string id, byte[] wrapped)
    {
        using var aes = Under(keys);
        var bytes = aes.DecryptKeyWrapPadded(wrapped);
        var key = new DataKey(id, bytes);
        CryptographicOperations.ZeroMemory(bytes);
        return key;
    }

    private static Aes Under(TenantKeys keys)
    {
        Span<byte> key = stackalloc byte[DataKey.Size];
        keys.Own.TryDerive("DevOpsAI subject keys 1"u8, key);
        var aes = Aes.Create();
        aes.SetKey(key);
        CryptographicOperations.ZeroMemory(key);
        return aes;
    }
}

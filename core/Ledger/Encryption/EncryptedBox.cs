using System.Security.Cryptography;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>AES-256-GCM with a 96-bit nonce and a 128-bit tag, and the commitment that binds a plaintext without telling it.</summary>
public static class EncryptedBox
{
    public const int KeySize = 32;
    public const int NonceSize = 12;
    public const int TagSize = 16;

    /// <summary>Writes ciphertext and tag: <see cref="TagSize"/> bytes more than the plaintext.</summary>
    public static void Encrypt(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> plaintext,
        Span<byte> encryptedBytes)
    {
        using var aes = new AesGcm(key, TagSize);
        aes.Encrypt(nonce, plaintext, encryptedBytes[..plaintext.Length], encryptedBytes[plaintext.Length..], associated);
    }

    /// <returns>False when the bytes were not encrypted with this key, nonce and associated data; the output is then zero.</returns>
    public static bool TryOpen(ReadOnlySpan<byte> key, ReadOnlySpan<byte> nonce, ReadOnlySpan<byte> associated,
        ReadOnlySpan<byte> encryptedBytes, Span<byte> plaintext)
    {
        if (encryptedBytes.Length < TagSize)
            return false;
        using var aes = new AesGcm(key, TagSize);
        try
        {
            aes.Decrypt(
                nonce, encryptedBytes[..^TagSize], encryptedBytes[^TagSize..], plaintext[..(encryptedBytes.Length - TagSize)], associated);
            return true;
        }
        catch (AuthenticationTagMismatchException)
        {
            plaintext.Clear();
            return false;
        }
    }

    /// <summary>
    /// HMAC-SHA256 over the plaintext: binding while somebody can name salt and plaintext, meaningless once the salt is gone.
    /// </summary>
    public static void Commit(ReadOnlySpan<byte> salt, ReadOnlySpan<byte> plaintext, Span<byte> commitment) =>
        HMACSHA256.HashData(salt, plaintext, commitment);
}

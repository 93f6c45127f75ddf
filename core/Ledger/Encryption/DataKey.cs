using System.Security.Cryptography;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// A key in memory: 32 random bytes that never encrypt anything themselves, keys for one entry are derived from them. Safe for many
/// threads; after <see cref="Destroy"/> nothing can be derived any more and the bytes are zero.
/// </summary>
public sealed class DataKey
{
    /// <summary>OpenSSL's HKDF takes 32 KiB at most.</summary>
    internal const int MaxInfoLength = 16 * 1024;

    public const int Size = 32;

    private readonly byte[] bytes = GC.AllocateUninitializedArray<byte>(Size, pinned: true);
    private volatile bool destroyed;

    private DataKey(string id) => Id = id;

    /// <param name="id">Names the key in leaves and documents.</param>
    public DataKey(string id, ReadOnlySpan<byte> key)
        : this(id)
    {
        if (key.Length != Size)
            throw new ArgumentException($"A data key has {Size} bytes, not {key.Length}.", nameof(key));
        key.CopyTo(bytes);
    }

    /// <summary>As in <c>t1</c> or <c>s-3f9c0a1b2c3d4e5f</c>.</summary>
    public string Id { get; }

    public bool IsDestroyed => destroyed;

    /// <summary>A new random key.</summary>
    public static DataKey Create(string id)
    {
        var key = new DataKey(id);
        RandomNumberGenerator.Fill(key.bytes);
        return key;
    }

    /// <summary>HKDF-Expand (RFC 5869, SHA-256).</summary>
    /// <returns>False when the key is destroyed; the output is then meaningless.</returns>
    public bool TryDerive(ReadOnlySpan<byte> info, Span<byte> output)
    {
        Span<byte> copy = stackalloc byte[Size];
        bytes.CopyTo(copy);
        // The flag goes up before the first byte is cleared: while it is down, the copy is the key.
        Interlocked.MemoryBarrier();
        if (destroyed)
            return false;
        if (info.Length <= MaxInfoLength)
            HKDF.Expand(HashAlgorithmName.SHA256, copy, output, info);
        else
            Expand(copy, info, output);
        CryptographicOperations.ZeroMemory(copy);
        return true;
    }

    /// <summary>
    /// The same, block by block, for what the platform's libraries refuse as too long. Such a name comes from outside and must not stop
    /// anything.
    /// </summary>
    private static void Expand(ReadOnlySpan<byte> key, ReadOnlySpan<byte> info, Span<byte> output)
    {
        using var hash = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, key);
        Span<byte> block = stackalloc byte[SHA256.HashSizeInBytes];
        for (byte number = 1; output.Length > 0; number++)
        {
            if (number > 1)
                hash.AppendData(block);
            hash.AppendData(info);
            hash.AppendData([number]);
            hash.GetHashAndReset(block);
            var part = Math.Min(block.Length, output.Length);
            block[..part].CopyTo(output);
            output = output[part..];
        }
        CryptographicOperations.ZeroMemory(block);
    }

    /// <summary>Clears the key from memory. Harmless to repeat.</summary>
    public void Destroy()
    {
        destroyed = true;
        Interlocked.MemoryBarrier();
        CryptographicOperations.ZeroMemory(bytes);
    }

    internal byte[] Export() => destroyed ? throw new InvalidOperationException($"Key {Id} is destroyed.") : bytes.ToArray();
}

using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Compliance;

/// <summary>
/// Name-based UUIDs, RFC 9562 section 5.5: the same name in the same namespace is the same UUID, everywhere and for ever.
/// </summary>
public static class UuidV5
{
    /// <summary>The RFC's namespace for URLs.</summary>
    public static readonly Guid Urls = new("6ba7b811-9dad-11d1-80b4-00c04fd430c8");

    public static Guid For(Guid space, string name)
    {
        var bytes = new byte[16 + Encoding.UTF8.GetByteCount(name)];
        space.TryWriteBytes(bytes, bigEndian: true, out _);
        Encoding.UTF8.GetBytes(name, bytes.AsSpan(16));
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // the RFC says SHA-1; a UUID names, it protects nothing
        SHA1.HashData(bytes, hash);
#pragma warning restore CA5350
        hash[6] = (byte)((hash[6] & 0x0f) | 0x50);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new(hash[..16], bigEndian: true);
    }
}

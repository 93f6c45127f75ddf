using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text;

namespace DevOpsAI.Compliance;

/// <summary>A SHA-256 value that needs no memory of its own.</summary>
public readonly record struct Hash256
{
    private readonly Bytes32 bytes;

    public Hash256(ReadOnlySpan<byte> value)
    {
        if (value.Length != SHA256.HashSizeInBytes)
            throw new ArgumentException($"{value.Length} bytes are not a SHA-256 value.", nameof(value));
        value.CopyTo(bytes);
    }

    /// <summary>Of a text's UTF-8 bytes.</summary>
    public static Hash256 OfText(string text) => new(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    public byte[] ToArray() => ((ReadOnlySpan<byte>)bytes).ToArray();

    /// <summary>Lower-case hexadecimal.</summary>
    public override string ToString() => Convert.ToHexStringLower(bytes);

    public bool Equals(Hash256 other) => ((ReadOnlySpan<byte>)bytes).SequenceEqual(other.bytes);

    public override int GetHashCode() => BitConverter.ToInt32(bytes);

    [InlineArray(SHA256.HashSizeInBytes)]
    [StructLayout(LayoutKind.Sequential)]
    private struct Bytes32
    {
        private byte first;
    }
}

/// <summary>
/// An entry as a document refers to it: where it stands and when it was written. Its leaf hash is in <see cref="Assessment.GetLeaf"/>.
/// </summary>
/// <param name="Milliseconds">Since 1970, UTC.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct EntryReference(long Seq, long Milliseconds)
{
    public EntryReference(long seq, DateTimeOffset at)
        : this(seq, at.ToUnixTimeMilliseconds())
    {
    }

    public DateTimeOffset At => DateTimeOffset.FromUnixTimeMilliseconds(Milliseconds);
}

using System.Buffers.Binary;
using System.Text;

namespace DevOpsAI.Compliance;

/// <summary>
/// Texts that are needed again later, kept in a temporary file that only this user can read and that vanishes with the process,
/// so that memory does not grow with the length of a ledger.
/// </summary>
public sealed class TextFile : IDisposable
{
    private readonly FileStream file = Create();

    private long length;
    private bool pending;

    /// <summary>Where to find it again.</summary>
    public StoredText Add(string? text)
    {
        if (string.IsNullOrEmpty(text))
            return default;
        var start = length;
        var bytes = new byte[sizeof(int) + Encoding.UTF8.GetByteCount(text)];
        BinaryPrimitives.WriteInt32LittleEndian(bytes, bytes.Length - sizeof(int));
        Encoding.UTF8.GetBytes(text, bytes.AsSpan(sizeof(int)));
        file.Write(bytes);
        length += bytes.Length;
        pending = true;
        return new(start + 1);
    }

    /// <summary>Puts bytes where the next of them can be found by counting; not to be mixed with texts.</summary>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        file.Write(bytes);
        pending = true;
    }

    /// <summary>What <see cref="Append"/> put there.</summary>
    public void Read(long place, Span<byte> bytes)
    {
        Settle();
        if (RandomAccess.Read(file.SafeFileHandle, bytes, place) != bytes.Length)
            throw new ArgumentOutOfRangeException(nameof(place));
    }

    public string Get(StoredText text)
    {
        if (text.Place == 0)
            return "";
        Settle();
        Span<byte> prefix = stackalloc byte[sizeof(int)];
        RandomAccess.Read(file.SafeFileHandle, prefix, text.Place - 1);
        var bytes = new byte[BinaryPrimitives.ReadInt32LittleEndian(prefix)];
        RandomAccess.Read(file.SafeFileHandle, bytes, text.Place - 1 + sizeof(int));
        return Encoding.UTF8.GetString(bytes);
    }

    public void Dispose() => file.Dispose();

    private void Settle()
    {
        if (pending)
            file.Flush();
        pending = false;
    }

    private static FileStream Create()
    {
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.ReadWrite,
            Share = FileShare.None,
            Options = FileOptions.DeleteOnClose | FileOptions.RandomAccess,
            BufferSize = 64 * 1024,
        };
        if (!OperatingSystem.IsWindows())
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        return new(Path.Combine(Path.GetTempPath(), $"evidence-{Guid.NewGuid():N}.tmp"), options);
    }
}

/// <summary>A text in a <see cref="TextFile"/>; the default is the empty text.</summary>
public readonly record struct StoredText(long Place);

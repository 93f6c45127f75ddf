using System.Runtime.InteropServices;

namespace DevOpsAI.Common;

/// <summary>
/// Files that are there whole or not at all, whoever else writes the same name and whenever the power goes: written beside, made durable,
/// then given their name in one step.
/// </summary>
public static partial class WholeFile
{
    private const int FileExists = 17; // EEXIST, the same on Linux and macOS

    /// <summary>Writes a file under a name that must be free. When several do this at once, one succeeds and the others fail.</summary>
    /// <param name="ownerOnly">Nobody but its owner may read it (mode 600); where there are no file modes the folder decides.</param>
    /// <exception cref="IOException">The name is taken, or the file cannot be written; nothing is left of it then.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content, bool ownerOnly = false) =>
        Write(path, content, ownerOnly, PutAtFreeName);

    /// <summary>Writes a file in the place of another, if there is one.</summary>
    /// <param name="ownerOnly">As of <see cref="Create"/>.</param>
    /// <exception cref="IOException">It cannot be written; what was there still is.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Replace(string path, ReadOnlySpan<byte> content, bool ownerOnly = false) =>
        Write(path, content, ownerOnly, static (beside, path) =>
        {
            File.Move(beside, path, overwrite: true);
            FlushFolderOf(path);
        });

    /// <summary>
    /// Moves a file, already durable, to a name that must be free, in one step. <see cref="File.Move(string, string, bool)"/> alone looks
    /// first and renames then, and two that do so at once both succeed: on Unix a hard link decides. Where the file system has none, the
    /// looking has to do.
    /// </summary>
    /// <exception cref="IOException">The name is taken, or the file cannot be moved; it is still where it was.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be moved.</exception>
    public static void PutAtFreeName(string from, string path)
    {
        if (OperatingSystem.IsWindows())
        {
            File.Move(from, path, overwrite: false);
            return;
        }
        if (Link(from, path) == 0)
            File.Delete(from);
        else if (Marshal.GetLastPInvokeError() == FileExists)
            throw new IOException($"{path} exists already.");
        else
            File.Move(from, path, overwrite: false);
        FlushFolderOf(path);
    }

    private static void Write(string path, ReadOnlySpan<byte> content, bool ownerOnly, Action<string, string> put)
    {
        var beside = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, Share = FileShare.None };
            if (ownerOnly && !OperatingSystem.IsWindows())
                options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
            using (var file = new FileStream(beside, options))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }
            put(beside, path);
        }
        finally
        {
            File.Delete(beside);
        }
    }

    /// <summary>
    /// A new name lasts once its folder does (fsync(2)). A file system that cannot flush a folder keeps names in its own way.
    /// </summary>
    private static void FlushFolderOf(string path)
    {
        if (OperatingSystem.IsWindows() || Open(Path.GetDirectoryName(Path.GetFullPath(path))!, 0) is not (>= 0 and var folder))
            return;
        _ = Flush(folder);
        _ = Close(folder);
    }

    [LibraryImport("libc", EntryPoint = "link", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Link(string from, string to);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Flush(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int file);
}

using System.Runtime.InteropServices;

namespace DevOpsAI.Common;

/// <summary>Keeps what the bot stores from other accounts of the machine. On Windows the rights of the folder apply.</summary>
public static partial class OwnerOnly
{
    private const UnixFileMode Owner = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const uint GroupAndOthers = 0b000_111_111;

    /// <summary>From now on this process makes files and folders that only their owner may use (umask 077).</summary>
    public static void ForAllThatIsMade()
    {
        if (!OperatingSystem.IsWindows())
            _ = Umask(GroupAndOthers);
    }

    /// <summary>
    /// Takes from others what a folder of before gave them. A folder that belongs to somebody else stays as that one wants it.
    /// </summary>
    public static void Tighten(string folder)
    {
        if (OperatingSystem.IsWindows())
            return;
        try
        {
            var mode = File.GetUnixFileMode(folder);
            if ((mode & ~Owner) != UnixFileMode.None)
                File.SetUnixFileMode(folder, mode & Owner);
        }
        catch (Exception refused) when (refused is IOException or UnauthorizedAccessException)
        {
            // A mounted volume whose rights are set from outside.
        }
    }

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial uint Umask(uint mask);
}

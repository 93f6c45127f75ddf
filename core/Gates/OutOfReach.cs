using System.Runtime.Versioning;

namespace DevOpsAI.Gates;

/// <summary>
/// Whether this process could change a file or put another in its place. It is tried rather than read from modes, so that access lists,
/// read-only mounts, owners and root count for what they are. Nothing is changed by it.
/// </summary>
internal static class OutOfReach
{
    private const string Mounts = "/proc/self/mountinfo";

    /// <summary>What could be changed: the file, or a folder on the way to it; null when nothing could.</summary>
    public static string? Breach(string path)
    {
        var mounts = MountPoints();
        HashSet<string> seen = new(StringComparer.Ordinal);
        Stack<string> ways = new([Path.GetFullPath(path)]);
        while (ways.TryPop(out var way))
        {
            string? child = null;
            for (var part = way; part is not null && seen.Add(part); part = mounts.Contains(part) ? null : Path.GetDirectoryName(part))
            {
                if (CanChange(part, child))
                    return part;
                if (GetTarget(part) is { } target)
                    ways.Push(target);
                child = part;
            }
        }
        return null;
    }

    private static bool CanChange(string part, string? child)
    {
        if (!Directory.Exists(part))
            return File.Exists(part) && (CanOwn(part) || CanWrite(part, FileMode.Open));
        if (CanOwn(part))
            return true;
        // In a folder like /tmp everybody may make files and nobody may replace those of others.
        var isKept = child is not null && Path.Exists(child) && IsSticky(part);
        return !isKept && CanWrite(Path.Combine(part, $".write-{Guid.NewGuid():n}"), FileMode.CreateNew);
    }

    /// <summary>An owner may give itself every right, whatever the mode is now. Setting the mode that is there tells.</summary>
    private static bool CanOwn(string part) => !OperatingSystem.IsWindows() && Can(part, SetSameMode);

    private static bool CanWrite(string file, FileMode mode) => Can(file, path =>
    {
        var options = mode == FileMode.CreateNew ? FileOptions.DeleteOnClose : FileOptions.None;
        using var probe = new FileStream(path, mode, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete, 1, options);
    });

    private static bool IsSticky(string folder) =>
        !OperatingSystem.IsWindows() && File.GetUnixFileMode(folder).HasFlag(UnixFileMode.StickyBit);

    [UnsupportedOSPlatform("windows")]
    private static void SetSameMode(string part) => File.SetUnixFileMode(part, File.GetUnixFileMode(part));

    private static string? GetTarget(string part)
    {
        try
        {
            FileSystemInfo link = Directory.Exists(part) ? new DirectoryInfo(part) : new FileInfo(part);
            return link.ResolveLinkTarget(returnFinalTarget: false)?.FullName;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>What is mounted cannot be moved away, so the folders above it do not matter.</summary>
    private static HashSet<string> MountPoints()
    {
        try
        {
            return File.Exists(Mounts)
                ? [.. File.ReadLines(Mounts).Select(static line => line.Split(' ')).Where(static fields => fields.Length > 4)
                    .Select(static fields => fields[4].Replace(@"\040", " ", StringComparison.Ordinal))]
                : [];
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }

    private static bool Can(string part, Action<string> act)
    {
        try
        {
            act(part);
            return true;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            return false;
        }
    }
}

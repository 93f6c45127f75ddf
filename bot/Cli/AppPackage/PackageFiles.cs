using System.IO.Compression;

namespace DevOpsAI.Bot.Cli.AppPackage;

/// <summary>The files in a package, read whole but never more than an app package can need, whatever the zip says of itself.</summary>
internal sealed class PackageFiles
{
    public const int MaxPackageBytes = 16 * 1024 * 1024;
    private const int MaxFileBytes = 4 * 1024 * 1024;
    private const int MaxAllBytes = 16 * 1024 * 1024;
    private const int MaxFiles = 200;

    private readonly Dictionary<string, byte[]> files = new(StringComparer.Ordinal);

    private PackageFiles()
    {
    }

    public IEnumerable<string> Names => files.Keys;

    /// <summary>Null when it cannot be read as a zip file at all.</summary>
    public static PackageFiles? Read(byte[] package, string name, Findings findings)
    {
        try
        {
            using var zip = new ZipArchive(new MemoryStream(package, writable: false));
            if (zip.Entries.Count > MaxFiles)
            {
                findings.Add(name, $"holds {zip.Entries.Count} files, and an app package has a handful: zip the manifest, the icons "
                    + "and the language files alone.");
                return null;
            }
            var read = new PackageFiles();
            read.ReadAll(zip, findings);
            return read;
        }
        catch (InvalidDataException)
        {
            findings.Add(name, "is not a zip file that can be read: make it anew, with 'manifest build' or any zip program.");
            return null;
        }
    }

    /// <param name="path">As a manifest names it, from the root of the package.</param>
    public byte[]? Find(string path) => files.GetValueOrDefault(Normal(path));

    /// <summary>Says that a file is not there, and where something like it is.</summary>
    public void Miss(string path, string what, Findings findings)
    {
        var name = Path.GetFileName(Normal(path));
        var near = files.Keys.FirstOrDefault(other => Path.GetFileName(other).Equals(name, StringComparison.OrdinalIgnoreCase));
        findings.Add(path, near is null
            ? $"is not in the package, but it is {what}: add it."
            : $"is not in the package, but it is {what}. There is {Findings.Quoted(near)}: folder and letters must be the same.");
    }

    private static string Normal(string path) => path.StartsWith("./", StringComparison.Ordinal) ? path[2..] : path;

    private void ReadAll(ZipArchive zip, Findings findings)
    {
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var left = MaxAllBytes;
        foreach (var entry in zip.Entries)
        {
            if (NameProblem(entry.FullName) is { } problem)
                findings.Add(Findings.Quoted(entry.FullName), problem);
            else if (!names.Add(entry.FullName))
                findings.Add(entry.FullName, "is in the package twice: leave one.");
            else if (entry.FullName[^1] == '/')
                continue;
            else if (entry.IsEncrypted)
                findings.Add(entry.FullName, "is encrypted: zip it without a password.");
            else if (ReadBounded(entry, Math.Min(left, MaxFileBytes), findings) is { } content)
            {
                files[entry.FullName] = content;
                left -= content.Length;
            }
        }
    }

    private static string? NameProblem(string name)
    {
        if (name.Length == 0 || name.Any(char.IsControl))
            return "is no name of a file: zip it under a plain one.";
        if (name.Contains('\\', StringComparison.Ordinal) || name.Contains(':', StringComparison.Ordinal) || name[0] == '/')
            return "is no path inside the package: zip the files from their own folder, with '/' between names.";
        return name.Split('/').Any(static part => part is ".." or ".")
            ? "leads out of the package or to itself: zip the files from their own folder."
            : null;
    }

    private static byte[]? ReadBounded(ZipArchiveEntry entry, int most, Findings findings)
    {
        // What the zip says of the size is not believed, only held against what comes.
        if (entry.Length > most)
            return Refused($"has {entry.Length} bytes unpacked, more than an app package can need: make it smaller.");
        var content = new byte[entry.Length];
        try
        {
            using var unpacked = entry.Open();
            var read = unpacked.ReadAtLeast(content, content.Length, throwOnEndOfStream: false);
            return read == content.Length && unpacked.ReadByte() < 0 && Checksum.For(content) == entry.Crc32
                ? content
                : Refused("is not what the zip says of it, in size or checksum: zip it anew.");
        }
        catch (Exception damaged) when (damaged is InvalidDataException or NotSupportedException)
        {
            return Refused("cannot be unpacked: zip it anew, with the usual compression.");
        }

        byte[]? Refused(string why)
        {
            findings.Add(entry.FullName, why);
            return null;
        }
    }
}

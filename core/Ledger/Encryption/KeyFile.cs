using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using DevOpsAI.Common;

namespace DevOpsAI.Ledger.Encryption;

/// <summary>
/// A key in a file of its own that only its owner may read: a heading, the key's id, 32 bytes as Base64, and a checksum over both, so that
/// damage is told from a wrong key.
/// </summary>
internal sealed partial record KeyFile(string Id, byte[] Key)
{
    private const string Heading = "DevOps AI Bot key 1";

    /// <summary>Reads the file; null when there is none.</summary>
    /// <exception cref="LedgerUnavailableException">It is damaged, of a format that is not known here, or others may read it.</exception>
    public static KeyFile? Read(string path)
    {
        if (!File.Exists(path))
            return null;
        try
        {
            MustBePrivate(path);
            var text = File.ReadAllText(path);
            if (OtherFormat().Match(text) is { Success: true } other)
                throw new LedgerUnavailableException(
                    $"The key file {path} has format {other.Groups["format"].Value}; this version knows format 1. Use the version that "
                    + $"wrote it; nothing was changed.");
            var match = Form().Match(text);
            var key = new byte[DataKey.Size];
            if (!match.Success || !Convert.TryFromBase64String(match.Groups["key"].Value, key, out var length) || length != key.Length
                || Check(match.Groups["id"].Value, key) != match.Groups["check"].Value)
                throw new LedgerUnavailableException(
                    $"The key file {path} is damaged. Restore it from your backup; nothing was changed. 'ledger verify' works without it.");
            return new(match.Groups["id"].Value, key);
        }
        catch (FileNotFoundException)
        {
            return null; // moved since
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The key file {path} cannot be read: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Makes a key and its file, durable before the call returns; when several do this at once, one wins and all have its key.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It cannot be written.</exception>
    public static KeyFile Create(string path)
    {
        var made = new KeyFile(RandomNumberGenerator.GetHexString(16, lowercase: true), RandomNumberGenerator.GetBytes(DataKey.Size));
        try
        {
            MakeFolder(Path.GetDirectoryName(path)!);
            WholeFile.Create(path, made.Text(), ownerOnly: true);
            return made;
        }
        catch (IOException) when (File.Exists(path))
        {
            return Read(path)!;
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The key file {path} cannot be written: {failure.Message}", failure);
        }
    }

    /// <summary>
    /// Puts one key file in the place of another, whose bytes are overwritten then. At every moment one of the two is there.
    /// </summary>
    /// <exception cref="LedgerUnavailableException">It cannot be done; both are still there.</exception>
    public static void Replace(string path, string by)
    {
        var old = path + ".old";
        try
        {
            // Left by a process that ended between the two steps.
            if (File.Exists(old))
                Wipe(old);
            if (!File.Exists(path))
            {
                WholeFile.PutAtFreeName(by, path);
                return;
            }
            File.Replace(by, path, old);
            Wipe(old);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LedgerUnavailableException($"The key file {path} cannot be replaced: {failure.Message}", failure);
        }
    }

    private byte[] Text() => Encoding.ASCII.GetBytes($"{Heading}\nid: {Id}\nkey: {Convert.ToBase64String(Key)}\ncheck: {Check(Id, Key)}\n");

    private static void Wipe(string path)
    {
        using (var file = new FileStream(path, FileMode.Open, FileAccess.Write))
        {
            file.Write(new byte[file.Length]);
            file.Flush(flushToDisk: true);
        }
        File.Delete(path);
    }

    private static void MakeFolder(string folder)
    {
        if (OperatingSystem.IsWindows())
            Directory.CreateDirectory(folder);
        else
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private static void MustBePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
            return;
        const UnixFileMode Others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.GroupExecute
            | UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;
        var mode = File.GetUnixFileMode(path);
        if ((mode & Others) != UnixFileMode.None)
            throw new LedgerUnavailableException(
                $"The key file {path} is open to others (mode {Convert.ToString((int)mode, 8)}). Make it yours alone (chmod 600 "
                + $"{path}), and rotate the key if somebody may have read it ('keys rotate').");
    }

    private static string Check(string id, byte[] key) =>
        Convert.ToHexStringLower(SHA256.HashData([.. Encoding.ASCII.GetBytes(id), .. key]).AsSpan(0, 8));

    [GeneratedRegex(@"^" + Heading + @"\nid: (?<id>[0-9a-f]{16})\nkey: (?<key>[A-Za-z0-9+/]{43}=)\ncheck: (?<check>[0-9a-f]{16})\n\z",
        RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Form();

    /// <summary>Digits only: anything else in the heading is damage.</summary>
    [GeneratedRegex(@"^DevOps AI Bot key (?!1\n)(?<format>[0-9]{1,4})\n", RegexOptions.CultureInvariant, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OtherFormat();
}

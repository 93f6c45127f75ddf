using System.Globalization;

namespace DevOpsAI.Bot.Cli.Setup;

/// <summary>How much room is left where a folder is.</summary>
internal class DiskSpace
{
    /// <summary>Bytes that this account may still write.</summary>
    public virtual long GetFree(string folder) => new DriveInfo(folder).AvailableFreeSpace;
}

/// <summary>Whether the data folder is there, can be written, and has room. What is tried leaves nothing behind.</summary>
internal sealed class FolderCheck(LedgerToLookAt ledger, DiskSpace disk) : ISetupCheck
{
    /// <summary>Bytes: some weeks of a busy client, and time to react.</summary>
    private const long MinFree = 1L << 30;

    public string Name => "folder";

    public Task<IReadOnlyList<SetupFinding>> RunAsync(CancellationToken cancellationToken) => Task.FromResult(Look());

    private IReadOnlyList<SetupFinding> Look()
    {
        if (ledger.IsInAccount)
            return SetupFinding.Skipped("Storage:Provider is Cosmos, so the ledger is not in Storage:Path.");
        var folder = ledger.Folder;
        if (File.Exists(folder))
            return SetupFinding.Missing($"{folder} is a file, and Storage:Path is the data folder: set it to a folder.");
        if (!Directory.Exists(folder))
            return SetupFinding.Missing($"The data folder {folder} does not exist. Make it for the account that runs the bot, mount what "
                + "should be there, or set Storage:Path to another folder.");
        if (!CanWrite(folder))
            return SetupFinding.Missing($"The data folder {folder} cannot be written by the account '{Environment.UserName}': give that "
                + "account the right to, or set Storage:Path to another folder.");
        var free = disk.GetFree(folder);
        return free < MinFree
            ? SetupFinding.Missing($"The data folder {folder} has room for {Megabytes(free)} MB more; {Megabytes(MinFree)} MB should be "
                + "free. Make room, or set Storage:Path to a folder on a larger disk.")
            : SetupFinding.Ok($"The data folder {folder} can be written; {Megabytes(free)} MB are free.");
    }

    private static string Megabytes(long bytes) => (bytes >> 20).ToString(CultureInfo.InvariantCulture);

    private static bool CanWrite(string folder)
    {
        try
        {
            using var probe = new FileStream(
                Path.Combine(folder, $".write-{Guid.NewGuid():n}"), FileMode.CreateNew, FileAccess.Write, FileShare.None, 1,
                FileOptions.DeleteOnClose);
            return true;
        }
        catch (Exception cannot) when (cannot is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}

using System.Text;

namespace DevOpsAI.Bot.Commands;

/// <summary>A file that a verb writes: whole or not there, and never in the place of another.</summary>
internal static class NewFile
{
    /// <exception cref="CommandException">There is one already, or it cannot be written; nothing is left then.</exception>
    public static async Task WriteAsync(string path, string text, CancellationToken cancellationToken)
    {
        if (Path.Exists(path))
            throw new CommandException($"{path} exists already; nothing is overwritten.");
        var partial = $"{path}.{Guid.NewGuid():N}.partial";
        try
        {
            await using (var file = new FileStream(partial, FileMode.CreateNew, FileAccess.Write, FileShare.None))
            {
                await file.WriteAsync(Encoding.UTF8.GetBytes(text), cancellationToken);
                file.Flush(flushToDisk: true);
            }
            File.Move(partial, path, overwrite: false);
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"{path} cannot be written: {failure.Message}");
        }
        finally
        {
            if (File.Exists(partial))
                File.Delete(partial);
        }
    }
}

using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Commands;

/// <summary>What a command-line verb has from outside.</summary>
internal sealed record CommandContext(IConfiguration Configuration, string ContentRoot, TextWriter Output, TextWriter Error)
{
    /// <summary>A path in configuration is relative to the content root, one on the command line to the working directory.</summary>
    public string Folder(string? path) => Path.GetFullPath(
        path ?? Configuration["Storage:Path"] ?? new StorageOptions().Path, path is null ? ContentRoot : Directory.GetCurrentDirectory());

    /// <summary>Runs a verb; what makes it impossible is said in a sentence, with exit code 2.</summary>
    public async Task<int> RunAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception refused) when (refused is CommandException or LedgerFileException or LedgerUnavailableException or IOException or UnauthorizedAccessException
            or Ledger.Proofs.SigningKeyException)
        {
            await Error.WriteLineAsync(refused.Message);
            return LedgerCommands.Usage;
        }
    }
}

using DevOpsAI.Compliance;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>What a command-line verb has from outside.</summary>
internal sealed record CommandContext(IConfiguration Configuration, string ContentRoot, TextWriter Output, TextWriter Error)
{
    /// <summary>The entries that are known: those of the core, and of the areas that are built in beside it.</summary>
    public EntryCatalog Catalog { get; init; } = CoreFeatures.Catalog;

    /// <summary>A path in configuration is relative to the content root, one on the command line to the working directory.</summary>
    public string Folder(string? path) => Path.GetFullPath(
        path ?? Configuration["Storage:Path"] ?? new StorageOptions().Path, path is null ? ContentRoot : Directory.GetCurrentDirectory());

    /// <summary>The tenant that was named, if this machine may touch what is kept of it.</summary>
    /// <exception cref="CommandException">None was named, it is no tenant id, or the tenant is pinned to another region.</exception>
    public TenantId Tenant(string? named) => Here(TenantId.TryParse(named, out var id)
        ? id
        : throw new CommandException(named is null ? "Which tenant? --tenant contoso" : $"'{named}' is not a tenant id."));

    /// <exception cref="CommandException">It is pinned to another region.</exception>
    public TenantId Here(TenantId tenant) =>
        FindInOtherRegion(tenant) is { } elsewhere
            ? throw new CommandException($"{elsewhere.Message} Run this in {elsewhere.Region}; nothing was read or written.")
            : tenant;

    /// <summary>Where the tenant is kept, when configuration says that it is not here.</summary>
    public OtherRegionTenant? FindInOtherRegion(TenantId tenant) =>
        Configuration.Get<TenantsOptions>()?.FindInOtherRegion(tenant, Configuration["Storage:Region"]);

    /// <summary>Runs a verb; what makes it impossible is said in a sentence, with exit code 2.</summary>
    public async Task<int> RunAsync(Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (Exception refused) when (IsExplained(refused))
        {
            await Error.WriteLineAsync(refused.Message);
            return LedgerCommands.Usage;
        }
    }

    private static bool IsExplained(Exception refused) => refused
        is CommandException or LedgerFileException or LedgerUnavailableException or IOException or UnauthorizedAccessException
        or SigningKeyException or CheckpointException or NoteFormatException or EvidenceException
        // A setting of the wrong type, which the binder reports as if it were a fault of the program.
        or InvalidOperationException { Source: "Microsoft.Extensions.Configuration.Binder" };
}

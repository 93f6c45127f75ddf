using System.CommandLine;
using DevOpsAI.Bot.Teams;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Ledger.Vault;
using DevOpsAI.Privacy;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Bot.Commands;

/// <summary>
/// <c>erase</c> and <c>keys rotate</c>, for whoever holds the machine while no bot runs on the ledger. Both are recorded as the local operator's
/// acts; with a running bot, people ask in Teams, where a second administrator has to agree.
/// </summary>
public static class VaultCommands
{
    private static readonly Actor Operator = Actor.Service("local-operator");

    /// <summary>Runs the verb in <paramref name="args"/> and returns its exit code; null when there is none and the bot should start.</summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not (["erase", ..] or ["keys", ..]))
            return null;
        var host = WebApplication.CreateBuilder();
        return await RunAsync(args, host.Configuration, host.Environment.ContentRootPath, Console.Out, Console.Error, CancellationToken.None);
    }

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    public static async Task<int> RunAsync(
        string[] args, IConfiguration configuration, string contentRoot, TextWriter output, TextWriter error, CancellationToken cancellationToken)
    {
        var tenant = new Option<string>("--tenant") { Description = "The client company, as in contoso.", Required = true };
        var subject = new Option<string>("--subject") { Description = "An Entra object id, or a user's mail address.", Required = true };
        var reason = new Option<string?>("--reason") { Description = "Why; it is recorded." };
        var path = new Option<string?>("--path") { Description = "Folder of ledger.db; Storage:Path when not given." };
        var place = new Place(configuration, contentRoot);

        var erase = new Command("erase", "Makes a person's or user's data unreadable for good.") { tenant, subject, reason, path };
        erase.SetAction((parsed, stop) => ReportAsync(error, async () =>
        {
            using var vault = place.Open(parsed.GetValue(path), parsed.GetValue(tenant)!);
            await output.WriteLineAsync(await EraseAsync(vault, parsed.GetValue(subject)!, parsed.GetValue(reason), stop));
        }));
        var rotate = new Command("rotate", "Wraps a tenant's data key under a new key of the customer; nothing sealed changes.") { tenant, path };
        rotate.SetAction((parsed, stop) => ReportAsync(error, async () =>
        {
            using var vault = place.Open(parsed.GetValue(path), parsed.GetValue(tenant)!);
            await output.WriteLineAsync(await RotateAsync(vault, stop));
        }));
        var parsed = new RootCommand("DevOps AI Bot") { erase, new Command("keys", "The keys that seal data.") { rotate } }.Parse(args);
        if (parsed.Errors.Count == 0)
            return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
        foreach (var mistake in parsed.Errors)
            await error.WriteLineAsync(mistake.Message);
        await error.WriteLineAsync("Try: erase --tenant contoso --subject jo@contoso.com, keys rotate --tenant contoso");
        return LedgerCommands.Usage;
    }

    private static async Task<string> EraseAsync(OpenVault vault, string who, string? reason, CancellationToken cancellationToken)
    {
        var (ledger, keys, tenant) = (vault.Ledger, vault.Keys, vault.Tenant);
        if (await Subjects.FindAsync(keys, tenant, who, cancellationToken) is not { } subject)
            return $"Nothing on the record of {tenant} is about that person, so there is nothing to erase.";
        if (Subjects.WhyInUse(await new TenantStates(ledger, keys: keys).GetAsync(tenant, cancellationToken), subject.Key) is { } why)
            throw new CommandException(why);
        var stream = StreamId.Erasure(subject.Key);
        var past = await ledger.ReadStreamAsync(tenant, stream, cancellationToken);
        var correlation = Guid.NewGuid().ToString("N");
        List<NewEntry> entries = [];
        if (past.Count == 0)
            entries.Add(new(stream, Operator, correlation, new ErasureRequested(subject.Key, subject.Kind, subject.ObjectId, reason)));
        if (!past.Any(static entry => entry.Fact is ErasureApproved))
            entries.Add(new(stream, Operator, correlation, new ErasureApproved(subject.Key)));
        if (entries.Count > 0)
            await ledger.AppendAsync(tenant, [new(stream, past.Count)], entries, CancellationToken.None);
        var approved = (await ledger.ReadStreamAsync(tenant, stream, cancellationToken)).Last(static entry => entry.Fact is ErasureApproved);
        await Erasing.CarryOutAsync(ledger, keys, [new KeptPeople(vault.Documents)], approved, CancellationToken.None);
        return $"Key {subject.Key} is destroyed: what {tenant}'s record held of that person cannot be read by anybody any more. Keys in backups of documents.db live until those are gone.";
    }

    private static async Task<string> RotateAsync(OpenVault vault, CancellationToken cancellationToken)
    {
        if (await vault.Keys.RotateAsync(vault.Tenant, cancellationToken) is not { } rotated)
            return $"{vault.Tenant} has no data key yet, so there is nothing to rotate.";
        await vault.Ledger.AppendAsync(
            vault.Tenant, [], [new(StreamId.Keys, Operator, Guid.NewGuid().ToString("N"), new KeyRotated(rotated.From, rotated.To))], CancellationToken.None);
        return rotated.From == rotated.To
            ? $"The data key of {vault.Tenant} is wrapped under {rotated.To} as before: make a new version of the key in the vault first."
            : $"The data key of {vault.Tenant} is wrapped under {rotated.To} now; {rotated.From} is not needed any more.";
    }

    private static async Task<int> ReportAsync(TextWriter error, Func<Task> verb)
    {
        try
        {
            await verb();
            return LedgerCommands.Intact;
        }
        catch (Exception refused) when (refused is CommandException or LedgerUnavailableException or LedgerFileException or IOException or UnauthorizedAccessException)
        {
            await error.WriteLineAsync(refused.Message);
            return LedgerCommands.Usage;
        }
    }

    private sealed class Place(IConfiguration configuration, string contentRoot)
    {
        public OpenVault Open(string? path, string tenant)
        {
            if (!TenantId.TryParse(tenant, out var id))
                throw new CommandException($"'{tenant}' is not a tenant id.");
            if (path is null && CosmosCommands.IsConfigured(configuration))
                throw new CommandException($"This works on a ledger in a folder (--path), and the one configured is in Cosmos DB. An administrator asks the bot in Teams: erase <person> {tenant}.");
            var folder = Path.GetFullPath(path ?? configuration["Storage:Path"] ?? new StorageOptions().Path, path is null ? contentRoot : Directory.GetCurrentDirectory());
            if (!File.Exists(Path.Combine(folder, LedgerFile.Name)))
                throw new CommandException($"There is no ledger at {Path.Combine(folder, LedgerFile.Name)}.");
            var options = configuration.GetSection("Storage:Keys").Get<KeysOptions>() ?? new();
            return new(folder, id, VaultServices.Wrapper(options, contentRoot, folder));
        }
    }

    /// <summary>Everything that the verbs need, held until they are done.</summary>
    private sealed class OpenVault : IDisposable
    {
        private readonly LedgerMetrics metrics = new();
        private readonly EmbeddedVault vault;

        public OpenVault(string folder, TenantId tenant, IKeyWrapper wrapper)
        {
            Tenant = tenant;
            vault = new(folder, wrapper);
            try
            {
                Ledger = new(folder, vault.Keys, TimeProvider.System, metrics, NullLogger<SqliteLedger>.Instance);
            }
            catch (LedgerUnavailableException held)
            {
                vault.Dispose();
                throw new CommandException($"{held.Message} While the bot runs, an administrator asks it in Teams: erase <person> {tenant}. Keys are rotated while it is stopped.");
            }
        }

        public TenantId Tenant { get; }

        public SqliteLedger Ledger { get; }

        public KeyRing Keys => vault.Keys;

        public IDocuments Documents => vault.Documents;

        public void Dispose()
        {
            Ledger.Dispose();
            vault.Dispose();
            metrics.Dispose();
        }
    }
}

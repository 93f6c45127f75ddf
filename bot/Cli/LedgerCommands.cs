using System.CommandLine;
using DevOpsAI.Bot.Hosting;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// The verbs of <c>ledger</c>. They only read (but for <c>key --new</c>), so they work beside a running bot, on a copy, and on a copy that
/// cannot be written.
/// </summary>
public static class LedgerCommands
{
    public const int Intact = 0;
    public const int Tampered = 1;
    public const int Usage = 2;

    /// <summary>
    /// Runs the verb in <paramref name="args"/> and returns its exit code; null when there is none and the bot should start.
    /// </summary>
    public static async Task<int?> TryRunAsync(string[] args)
    {
        if (args is not ["ledger", ..])
            return null;
        var host = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = ContentRoot.Find() });
        return await RunAsync(args, host.Configuration, host.Environment.ContentRootPath, Console.Out, Console.Error,
            CancellationToken.None);
    }

    /// <summary>As <see cref="TryRunAsync"/>, with everything from outside handed in.</summary>
    /// <param name="catalog">The entries that are known; those of the core when null.</param>
    public static async Task<int> RunAsync(
        string[] args, IConfiguration configuration, string contentRoot, TextWriter output, TextWriter error,
        CancellationToken cancellationToken, EntryCatalog? catalog = null)
    {
        var context = new CommandContext(configuration, contentRoot, output, error);
        var parsed = Build(catalog is null ? context : context with { Catalog = catalog }).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (var mistake in parsed.Errors)
                await error.WriteLineAsync(mistake.Message);
            await error.WriteLineAsync("Try: ledger list --tenant contoso, ledger verify --tenant contoso, ledger --help");
            return Usage;
        }
        return await parsed.InvokeAsync(new() { Output = output, Error = error, EnableDefaultExceptionHandler = false }, cancellationToken);
    }

    private static RootCommand Build(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "The client company, as in contoso." };
        var json = new Option<bool>("--json") { Description = "One JSON object per line." };
        var after = new Option<long>("--after") { Description = "Only entries after this seq." };
        var path = new Option<string?>("--path") { Description = "Folder of ledger.db; what configuration names when not given." };

        var raw = new Option<bool>("--raw") { Description = "Type, stream and ids as they are stored, and nothing that is encrypted." };
        var list = new Command(
            "list", "Prints a tenant's entries, in words. Names and texts are read with the client's key, where it is here.")
            { tenant, json, raw, after, path };
        list.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var id = context.Tenant(parsed.GetValue(tenant));
            using var opened = await LedgerSession.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            return await LedgerListing.RunAsync(
                opened, id, parsed.GetValue(after), Form(parsed.GetValue(json), parsed.GetValue(raw)), context, cancellationToken);
        }));

        var at = new Option<string?>("--at") { Description = "The time to judge by, as in 2026-11-21T09:00Z; now when not given." };
        var gaps = new Command("gaps", "Says what is missing. Exit code 0: nothing, 1: gaps, 2: not possible.")
            { tenant, json, at, path };
        gaps.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var id = context.Tenant(parsed.GetValue(tenant));
            using var opened = await LedgerSession.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            return await LedgerGaps.RunAsync(opened, id, context.Configuration, LedgerGaps.Time(parsed.GetValue(at)),
                parsed.GetValue(json), context.Output, cancellationToken);
        }));

        var ledger = new Command("ledger", "Reads the ledger.")
            { list, Verify(context, tenant, json, path), gaps, ExportCommand.Create(context) };
        foreach (var proof in ProofCommands.All(context))
            ledger.Add(proof);
        return new("DevOps AI Bot") { ledger };
    }

    private static ListingForm Form(bool json, bool raw) => (json, raw) switch
    {
        (true, true) => throw new CommandException("--json or --raw, not both: --json is as it is stored anyway."),
        (true, _) => ListingForm.Json,
        (_, true) => ListingForm.Raw,
        _ => ListingForm.Words,
    };

    private static Command Verify(CommandContext context, Option<string?> tenant, Option<bool> json, Option<string?> path)
    {
        var all = new Option<bool>("--all") { Description = "Every tenant in the ledger." };
        var checkpoints = new Option<string[]>("--checkpoint")
            { Description = "A checkpoint kept elsewhere, as by a witness, in a digest or on other media. Several are allowed.",
                AllowMultipleArgumentsPerToken = true };
        var containers = new Option<string[]>("--checkpoints")
            { Description = "A container with checkpoints, as in https://account.blob.core.windows.net/checkpoints, with a shared access "
                + "signature if need be, or env:NAME or file:/path of such an address. Several are allowed.",
                AllowMultipleArgumentsPerToken = true };
        var keys = KeyOption();
        var bundle = new Option<string?>("--bundle")
            { Description = "Checks an evidence bundle instead; needs no ledger. With --key the ledger's key as you know it." };
        var verify = new Command("verify",
            "Recomputes everything the ledger claims, and holds it against checkpoints. Exit code 0: intact, 1: tampered, 2: not possible.")
        {
            tenant, all, checkpoints, containers, keys, json, path, bundle,
        };
        verify.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            if (parsed.GetValue(bundle) is { } file)
            {
                // What would be left unchecked must not look as if it had been.
                if (parsed.GetValue(containers) is { Length: > 0 })
                    throw new CommandException("--checkpoints goes with a ledger, not with --bundle.");
                if (parsed.GetValue(checkpoints) is { Length: > 0 })
                    throw new CommandException(
                        "--checkpoint goes with a ledger, not with --bundle. Compare it with checkpoint.txt in the bundle, or have the "
                        + "bundle exported on it: ledger export --checkpoint FILE.");
                if (parsed.GetValue(all) || parsed.GetValue(path) is not null)
                    throw new CommandException("--bundle is checked by itself: --all and --path go with a ledger.");
                return await BundleVerification.RunAsync(
                    file, parsed.GetValue(tenant), Keys.ReadAll(parsed.GetValue(keys)), parsed.GetValue(json), context, cancellationToken);
            }
            TenantId? only = parsed.GetValue(all) ? null : context.Tenant(parsed.GetValue(tenant));
            using var opened = await LedgerSession.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            var given = new GivenCheckpoints(
                parsed.GetValue(checkpoints) ?? [],
                await CheckpointContainers.OpenAsync(parsed.GetValue(containers) ?? [], context, cancellationToken));
            return await LedgerVerification.RunAsync(
                opened, only, given, Keys.ReadAll(parsed.GetValue(keys)), parsed.GetValue(json), context,
                cancellationToken);
        }));
        return verify;
    }

    internal static Option<string[]> KeyOption() => new("--key")
    {
        Description = "A verifier key that is trusted, or a file with one per line. Several are allowed. "
            + "Those kept beside the ledger when not given.",
        AllowMultipleArgumentsPerToken = true,
    };

    /// <summary>A tenant without entries is one we serve, or a mistake.</summary>
    internal static void MustBeConfigured(TenantId tenant, IConfiguration configuration, string file)
    {
        if (!configuration.GetSection("Tenants").GetChildren()
            .Any(configured => TenantId.TryParse(configured.Key, out var id) && id == tenant))
            throw new CommandException($"Tenant {tenant} is unknown: it is not configured and has no entries in {file}.");
    }
}

/// <summary>A command cannot be carried out as it was asked.</summary>
internal sealed class CommandException(string message) : Exception(message);

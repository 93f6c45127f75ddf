using System.CommandLine;
using System.Globalization;
using System.Runtime.CompilerServices;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Ledger.Vault;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Commands;

/// <summary><c>ledger export</c>: evidence about a range of a tenant's entries, in a file that can be checked anywhere. Reads only.</summary>
internal static class ExportCommand
{
    public static Command Create(IConfiguration configuration, string contentRoot, TextWriter output, TextWriter error)
    {
        var tenant = new Option<string?>("--tenant") { Description = "The client company, as in contoso." };
        var from = new Option<string?>("--from") { Description = "First entry: its seq, or a UTC time (2026-11-01, 2026-11-01T08:00Z). The first there is when not given." };
        var to = new Option<string?>("--to") { Description = "Last entry: its seq, or a UTC time that it is before. The last that is signed when not given." };
        var file = new Option<string?>("--out") { Description = "The zip file to write. Must not exist." };
        var redact = new Option<string[]>("--redact") { Description = "Entries whose content is left out: 12, 15-20, event.received. Hashes and proofs stay valid.", AllowMultipleArgumentsPerToken = true };
        var withSealed = new Option<bool>("--with-sealed") { Description = "Also what is kept encrypted beside the entries." };
        var withNames = new Option<bool>("--with-names") { Description = "Also titles, summaries, reasons and names, opened and provably those of the entries. Needs the customer's key. Who was erased stays erased." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "The signed checkpoint to rest on; the newest kept beside the ledger when not given." };
        var key = new Option<string?>("--key") { Description = "File with the ledger's verifier key; the one kept beside the ledger when not given." };
        var path = new Option<string?>("--path") { Description = "Folder of ledger.db; Storage:Path when not given." };
        var export = new Command("export", "Writes an evidence bundle: entries, proofs, OSCAL and a report, to be checked with 'ledger verify --bundle' or with any tool.")
        {
            tenant, from, to, file, redact, withSealed, withNames, checkpoint, key, path,
        };
        export.SetAction(async (parsed, cancellationToken) =>
        {
            try
            {
                var folder = Path.GetFullPath(
                    parsed.GetValue(path) ?? configuration["Storage:Path"] ?? new StorageOptions().Path, parsed.GetValue(path) is null ? contentRoot : Directory.GetCurrentDirectory());
                var asked = new Asked(
                    LedgerCommands.Known(parsed.GetValue(tenant)), parsed.GetValue(from), parsed.GetValue(to),
                    parsed.GetValue(file) ?? throw new CommandException("Where to? --out evidence.zip"),
                    Redaction.Parse(parsed.GetValue(redact) ?? []), parsed.GetValue(withSealed), parsed.GetValue(withNames), parsed.GetValue(checkpoint), parsed.GetValue(key));
                return await RunAsync(asked, folder, contentRoot, configuration, output, cancellationToken);
            }
            catch (Exception refused) when (refused is CommandException or EvidenceException or NoteFormatException or LedgerFileException or LedgerUnavailableException or IOException or UnauthorizedAccessException)
            {
                await error.WriteLineAsync(refused.Message);
                return LedgerCommands.Usage;
            }
        });
        return export;
    }

    private sealed record Asked(TenantId Tenant, string? From, string? To, string Out, Redaction Redact, bool WithSealed, bool WithNames, string? Checkpoint, string? Key);

    private static async Task<int> RunAsync(Asked asked, string folder, string contentRoot, IConfiguration configuration, TextWriter output, CancellationToken cancellationToken)
    {
        var ledger = File.Exists(folder) ? folder : Path.Combine(folder, LedgerFile.Name);
        if (!File.Exists(ledger))
            throw new CommandException($"There is no ledger at {ledger}.");
        var archive = new SqliteArchive(ledger);
        var size = await archive.SizeAsync(asked.Tenant, cancellationToken);
        if (size == 0)
        {
            LedgerCommands.MustBeConfigured(asked.Tenant, configuration, ledger);
            throw new CommandException($"{asked.Tenant} has no entries yet, so there is nothing to export.");
        }
        using var kept = new KeptCheckpoints(Path.GetDirectoryName(ledger)!);
        var checkpoint = asked.Checkpoint is { } given
            ? SignedCheckpoint.Parse(await File.ReadAllBytesAsync(given, cancellationToken))
            : await kept.NewestAsync(asked.Tenant, cancellationToken)
                ?? throw new CommandException($"No checkpoint of {asked.Tenant} is kept beside the ledger. Sign one, or name one with --checkpoint FILE.");
        var key = asked.Key is { } keyFile
            ? VerifierKey.Parse((await File.ReadAllTextAsync(keyFile, cancellationToken)).Trim())
            : await kept.KeyOfAsync(checkpoint, cancellationToken)
                ?? throw new CommandException($"The key that signed the checkpoint of {asked.Tenant} is not kept beside the ledger. Name it with --key FILE.");
        var exporter = new BundleExporter(archive);
        var first = await SeqAsync(exporter, asked.Tenant, asked.From, 1, isEnd: false, cancellationToken);
        var last = await SeqAsync(exporter, asked.Tenant, asked.To, Math.Min(size, checkpoint.Checkpoint.Size), isEnd: true, cancellationToken);
        if (first > last || first > size)
            throw new CommandException($"{asked.Tenant} has no entries from {asked.From ?? "its first"} to {asked.To ?? "its last"}.");
        if (last > size)
            throw new CommandException($"{asked.Tenant} has {size} entries; there is no entry {last}.");
        var storage = Path.GetDirectoryName(ledger)!;
        using var names = asked.WithNames
            ? new KeyRing(new SqliteDocumentsReader(storage), archive, VaultServices.Wrapper(configuration.GetSection("Storage:Keys").Get<KeysOptions>() ?? new(), contentRoot, storage))
            : null;
        var request = new BundleRequest(
            asked.Tenant, configuration[$"Tenants:{asked.Tenant}:Name"] ?? asked.Tenant.Value, configuration["Compliance:Provider"] ?? "Managed service provider",
            Namespace(configuration), first, last, checkpoint, key, asked.WithSealed, asked.Redact, names);
        var (manifest, sha256) = await exporter.ExportAsync(request, kept.AllAsync(asked.Tenant, cancellationToken), Path.GetFullPath(asked.Out), cancellationToken);
        await output.WriteLineAsync($"{manifest.Tenant}: entries {manifest.First} to {manifest.Last} of {manifest.TreeSize}{(manifest.Redacted > 0 ? $", {manifest.Redacted} redacted" : "")}{(manifest.Names ? ", with names" : "")}, in {asked.Out}");
        await output.WriteLineAsync($"root {manifest.RootHash}, signed by {key.Name} (key {key.Id:x8})");
        await output.WriteLineAsync($"sha256 {sha256}");
        return LedgerCommands.Intact;
    }

    private static async Task<long> SeqAsync(BundleExporter exporter, TenantId tenant, string? text, long otherwise, bool isEnd, CancellationToken cancellationToken)
    {
        if (text is null)
            return otherwise;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            return seq > 0 ? seq : throw new CommandException("Entries are counted from 1.");
        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)
            ? await exporter.FirstAtOrAfterAsync(tenant, time, cancellationToken) - (isEnd ? 1 : 0)
            : throw new CommandException($"'{text}' is neither a seq (12) nor a UTC time (2026-11-01T08:00Z).");
    }

    private static string Namespace(IConfiguration configuration)
    {
        var ns = configuration["Compliance:Namespace"] ?? EvidenceSubject.DefaultNamespace;
        return Uri.TryCreate(ns, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && !ns.EndsWith('/')
            ? ns
            : throw new CommandException($"Compliance:Namespace '{ns}' is not an https address without a slash at its end.");
    }
}

/// <summary>Checkpoints and public keys kept in the documents beside a ledger, if there are any.</summary>
internal sealed class KeptCheckpoints(string folder) : IDisposable
{
    private readonly SqliteDocuments? documents = File.Exists(Path.Combine(folder, SqliteDocuments.FileName)) ? new(folder) : null;

    /// <summary>Smallest first.</summary>
    public async IAsyncEnumerable<SignedCheckpoint> AllAsync(TenantId tenant, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (documents is null)
            yield break;
        await foreach (var document in documents.ListAsync(DocumentScope.Of(tenant), "checkpoint", "", cancellationToken))
            yield return SignedCheckpoint.Parse(document.Value.Span);
    }

    public async Task<SignedCheckpoint?> NewestAsync(TenantId tenant, CancellationToken cancellationToken)
    {
        SignedCheckpoint? newest = null;
        await foreach (var checkpoint in AllAsync(tenant, cancellationToken))
            newest = checkpoint;
        return newest;
    }

    public async Task<VerifierKey?> KeyOfAsync(SignedCheckpoint checkpoint, CancellationToken cancellationToken)
    {
        if (documents is null)
            return null;
        await foreach (var document in documents.ListAsync(DocumentScope.Host, "signing-key", "", cancellationToken))
        {
            var key = VerifierKey.Create(checkpoint.Checkpoint.Origin, document.Value.Span);
            if (checkpoint.Note.Verify([key]).IsTrusted)
                return key;
        }
        return null;
    }

    public void Dispose() => documents?.Dispose();
}

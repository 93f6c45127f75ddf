using System.CommandLine;
using System.Globalization;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Commands;

/// <summary><c>ledger export</c>: evidence about a range of a tenant's entries, in a file that can be checked anywhere. Reads only.</summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "The client company, as in contoso." };
        var from = new Option<string?>("--from") { Description = "First entry: its seq, or a UTC time (2026-11-01, 2026-11-01T08:00Z). The first there is when not given." };
        var to = new Option<string?>("--to") { Description = "Last entry: its seq, or a UTC time that it is before. The last that is signed when not given." };
        var file = new Option<string?>("--out") { Description = "The zip file to write. Must not exist." };
        var redact = new Option<string[]>("--redact") { Description = "Entries whose content is left out: 12, 15-20, event.received. Hashes and proofs stay valid.", AllowMultipleArgumentsPerToken = true };
        var withSealed = new Option<bool>("--with-sealed") { Description = "Also what is kept encrypted beside the entries." };
        var withNames = new Option<bool>("--with-names") { Description = "Also titles, summaries, reasons and names, opened and provably those of the entries. Needs the customer's key. Who was erased stays erased." };
        var checkpoint = new Option<string?>("--checkpoint") { Description = "The signed checkpoint to rest on; the newest kept beside the ledger when not given." };
        var key = new Option<string?>("--key") { Description = "The ledger's verifier key, or a file with it; the one kept beside the ledger when not given." };
        var path = new Option<string?>("--path") { Description = "Folder of ledger.db; what configuration names when not given." };
        var export = new Command("export", "Writes an evidence bundle: entries, proofs, OSCAL and a report, to be checked with 'ledger verify --bundle' or with any tool.")
        {
            tenant, from, to, file, redact, withSealed, withNames, checkpoint, key, path,
        };
        export.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var asked = new Asked(
                context.Tenant(parsed.GetValue(tenant)), parsed.GetValue(from), parsed.GetValue(to),
                parsed.GetValue(file) ?? throw new CommandException("Where to? --out evidence.zip"),
                Redaction.Parse(parsed.GetValue(redact) ?? []), parsed.GetValue(withSealed), parsed.GetValue(withNames), parsed.GetValue(checkpoint), parsed.GetValue(key));
            using var ledger = await OpenedLedger.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            return await RunAsync(asked, ledger, context, cancellationToken);
        }));
        return export;
    }

    private sealed record Asked(TenantId Tenant, string? From, string? To, string Out, Redaction Redact, bool WithSealed, bool WithNames, string? Checkpoint, string? Key);

    private static async Task<int> RunAsync(Asked asked, OpenedLedger ledger, CommandContext context, CancellationToken cancellationToken)
    {
        var (archive, configuration) = (ledger.Archive, context.Configuration);
        var size = await archive.SizeAsync(asked.Tenant, cancellationToken);
        if (size == 0)
        {
            LedgerCommands.MustBeConfigured(asked.Tenant, configuration, ledger.Name);
            throw new CommandException($"{asked.Tenant} has no entries yet, so there is nothing to export.");
        }
        var checkpoint = asked.Checkpoint is { } given
            ? CheckpointFindings.ReadGiven(given).Signed
            : await ledger.NewestAsync(asked.Tenant, cancellationToken)
                ?? throw new CommandException($"No checkpoint of {asked.Tenant} is kept beside the ledger. Sign one, or name one with --checkpoint FILE.");
        var key = asked.Key is { } known
            ? Signer(checkpoint, Keys.ReadAll([known]))
            : (await new SigningKeys(ledger.Documents).OfAsync(checkpoint.Checkpoint.Origin, cancellationToken)).FirstOrDefault(one => checkpoint.Note.Verify([one]).IsTrusted)
                ?? throw new CommandException($"The key that signed the checkpoint of {asked.Tenant} is not kept beside the ledger. Name it with --key.");
        var exporter = new BundleExporter(archive);
        var first = await SeqAsync(exporter, asked.Tenant, asked.From, 1, isEnd: false, cancellationToken);
        var last = await SeqAsync(exporter, asked.Tenant, asked.To, Math.Min(size, checkpoint.Checkpoint.Size), isEnd: true, cancellationToken);
        if (first > last || first > size)
            throw new CommandException($"{asked.Tenant} has no entries from {asked.From ?? "its first"} to {asked.To ?? "its last"}.");
        if (last > size)
            throw new CommandException($"{asked.Tenant} has {size} entries; there is no entry {last}.");
        using var names = asked.WithNames ? ledger.KeysToRead() : null;
        var request = new BundleRequest(
            asked.Tenant, configuration[$"Tenants:{asked.Tenant}:Name"] ?? asked.Tenant.Value, configuration["Compliance:Provider"] ?? "Managed service provider",
            Namespace(configuration), first, last, checkpoint, key, asked.WithSealed, asked.Redact, names);
        var (manifest, sha256) = await exporter.ExportAsync(request, ledger.Checkpoints.AllAsync(asked.Tenant, cancellationToken), Path.GetFullPath(asked.Out), cancellationToken);
        await context.Output.WriteLineAsync($"{manifest.Tenant}: entries {manifest.First} to {manifest.Last} of {manifest.TreeSize}{(manifest.Redacted > 0 ? $", {manifest.Redacted} redacted" : "")}{(manifest.Names ? ", with names" : "")}, in {asked.Out}");
        await context.Output.WriteLineAsync($"root {manifest.RootHash}, signed by {key.Name} (key {key.Id:x8})");
        await context.Output.WriteLineAsync($"sha256 {sha256}");
        return LedgerCommands.Intact;
    }

    /// <summary>The one that signed the checkpoint; when none did, any, and the exporter says that it did not.</summary>
    private static VerifierKey Signer(SignedCheckpoint checkpoint, IReadOnlyList<VerifierKey> known) =>
        known.FirstOrDefault(one => checkpoint.Note.Verify([one]).IsTrusted) ?? known[0];

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

using System.CommandLine;
using System.Globalization;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary>
/// <c>ledger export</c>: evidence about a range of a tenant's entries, in a file that can be checked anywhere. Writes no entry; signs what
/// it needs that is not signed yet.
/// </summary>
internal static class ExportCommand
{
    public static Command Create(CommandContext context)
    {
        var tenant = new Option<string?>("--tenant") { Description = "The client company, as in contoso." };
        var from = new Option<string?>("--from")
            { Description = "First entry: its seq, or a UTC time (2026-11-01, 2026-11-01T08:00Z). The first there is when not given." };
        var to = new Option<string?>("--to")
            { Description = "Last entry: its seq, or a UTC time that it is before. The last that is signed when not given." };
        var month = new Option<string?>("--month")
            { Description = "The entries of one month, UTC, as in 2026-11. Instead of --from and --to." };
        var file = new Option<string?>("--out") { Description = "The zip file to write. Must not exist." };
        var redact = new Option<string[]>("--redact")
            { Description = "Entries whose content is left out: 12, 15-20, event.received. Hashes and proofs stay valid.",
                AllowMultipleArgumentsPerToken = true };
        var withSealed = new Option<bool>("--with-encrypted") { Description = "Also what is kept encrypted beside the entries." };
        var withNames = new Option<bool>("--with-names")
            { Description =
                "Also titles, summaries, reasons and names, opened and provably those of the entries. Needs the customer's key. Who was "
                + "erased stays erased." };
        var checkpoint = new Option<string?>("--checkpoint")
            { Description = "The signed checkpoint to rest on; the newest kept beside the ledger when not given." };
        var key = new Option<string?>("--key")
            { Description = "The ledger's verifier key, or a file with it; the one kept beside the ledger when not given." };
        var path = new Option<string?>("--path") { Description = "Folder of ledger.db; what configuration names when not given." };
        var export = new Command("export",
            "Writes an evidence bundle: entries, proofs, OSCAL and a report, to be checked with 'ledger verify --bundle' or with any tool.")
        {
            tenant, from, to, month, file, redact, withSealed, withNames, checkpoint, key, path,
        };
        export.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var (begin, end) = Range(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(month));
            var asked = new Asked(context.Tenant(parsed.GetValue(tenant)), begin, end,
                parsed.GetValue(file) ?? throw new CommandException("Where to? --out evidence.zip"))
            {
                Redact = Redaction.Parse(parsed.GetValue(redact) ?? []),
                WithSealed = parsed.GetValue(withSealed),
                WithNames = parsed.GetValue(withNames),
                Checkpoint = parsed.GetValue(checkpoint),
                Key = parsed.GetValue(key),
            };
            using var ledger = await LedgerSession.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            return await RunAsync(asked, ledger, context, cancellationToken);
        }));
        return export;
    }

    private sealed record Asked(TenantId Tenant, string? From, string? To, string Out)
    {
        public required Redaction Redact { get; init; }

        public bool WithSealed { get; init; }

        public bool WithNames { get; init; }

        public string? Checkpoint { get; init; }

        public string? Key { get; init; }
    }

    private static async Task<int> RunAsync(Asked asked, LedgerSession ledger, CommandContext context, CancellationToken cancellationToken)
    {
        var (archive, configuration) = (ledger.Archive, context.Configuration);
        var size = await archive.SizeAsync(asked.Tenant, cancellationToken);
        if (size == 0)
        {
            LedgerCommands.MustBeConfigured(asked.Tenant, configuration, ledger.Name);
            throw new CommandException($"{asked.Tenant} has no entries yet, so there is nothing to export.");
        }
        var exporter = new BundleExporter(archive, context.Catalog);
        var given = asked.Checkpoint is { } file ? CheckpointFindings.ReadGiven(file).Signed : null;
        var newest = given ?? await ledger.NewestAsync(asked.Tenant, cancellationToken);
        var first = await SeqAsync(exporter, asked.Tenant, asked.From, 1, isEnd: false, cancellationToken);
        var last = await SeqAsync(exporter, asked.Tenant, asked.To, GetEnd(newest, first, size), isEnd: true, cancellationToken);
        if (first > last || first > size)
            throw new CommandException(
                $"{asked.Tenant} has no entries from {asked.From ?? "its first"} to {asked.To ?? "its last"}. Its {size} entries "
                + $"{await SpanAsync(archive, asked.Tenant, size, cancellationToken)}.");
        if (last > size)
            throw new CommandException($"{asked.Tenant} has {size} entries; there is no entry {last}.");
        var checkpoint = given ?? await CoveringAsync(ledger, asked.Tenant, newest, last, context, cancellationToken);
        var key = asked.Key is { } known
            ? Signer(checkpoint, Keys.ReadAll([known]))
            : (await new SigningKeys(ledger.Documents).OfAsync(checkpoint.Checkpoint.Origin, cancellationToken)).FirstOrDefault(
                one => checkpoint.Note.Verify([one]).IsTrusted)
                ?? throw new CommandException(
                    $"The key that signed the checkpoint of {asked.Tenant} is not kept beside the ledger. Name it with --key.");
        using var names = asked.WithNames ? ledger.KeysToRead() : null;
        var request = new BundleRequest(
            asked.Tenant, configuration[$"Tenants:{asked.Tenant}:Name"] ?? asked.Tenant.Value,
            configuration["Compliance:Provider"] ?? "Managed service provider", Namespace(configuration), first, last, checkpoint, key,
            asked.WithSealed, asked.Redact, names);
        var (manifest, sha256) =
            await exporter.ExportAsync(request, ledger.Checkpoints.AllAsync(asked.Tenant, cancellationToken), Path.GetFullPath(asked.Out),
                cancellationToken);
        await context.Output.WriteLineAsync(
            $"{manifest.Tenant}: entries {manifest.First} to {manifest.Last} of "
            + $"{manifest.TreeSize}{(manifest.Redacted > 0 ? $", {manifest.Redacted} redacted" : "")}"
            + $"{(manifest.Names ? ", with names" : "")}, in {asked.Out}");
        await context.Output.WriteLineAsync($"root {manifest.RootHash}, signed with the key {key}");
        await context.Output.WriteLineAsync($"sha256 {sha256}");
        return await SayMissingKeysAsync(ledger, asked.Tenant, first, last, context, cancellationToken);
    }

    /// <summary>
    /// The bundle is what the ledger holds; that nobody can read all of it any more, and not by an erasure, is a finding of its own.
    /// </summary>
    private static async Task<int> SayMissingKeysAsync(
        LedgerSession ledger, TenantId tenant, long first, long last, CommandContext context, CancellationToken cancellationToken)
    {
        var uses = new KeyUses();
        await foreach (var stored in ledger.Archive.ReadAsync(tenant, first, last, cancellationToken))
            uses.Take(stored);
        var missing = await ledger.MissingKeysAsync(tenant, uses.All, cancellationToken) ?? [];
        foreach (var key in missing)
            await context.Output.WriteLineAsync(
                $"MISSING: key {key.Key}, and no erasure of it is on record: what is encrypted under it in {key.Where} cannot be read");
        return missing.Count > 0 ? LedgerCommands.Tampered : LedgerCommands.Intact;
    }

    /// <summary>The newest checkpoint when it covers the range, else one that is signed now.</summary>
    private static async Task<SignedCheckpoint> CoveringAsync(
        LedgerSession ledger, TenantId tenant, SignedCheckpoint? newest, long last, CommandContext context,
        CancellationToken cancellationToken)
    {
        if (newest is not null && newest.Checkpoint.Size >= last)
            return newest;
        try
        {
            var signed = await ledger.SignAsync(tenant, cancellationToken)
                ?? throw new CommandException($"{tenant} has no entries yet, so there is nothing to export.");
            await context.Output.WriteLineAsync($"{tenant}: signed a checkpoint of {signed.Checkpoint.Size} entries");
            return signed;
        }
        catch (Exception unable) when (unable is SigningKeyException or LedgerUnavailableException or CommandException)
        {
            throw new CommandException(newest is null
                ? $"No checkpoint of {tenant} is kept beside the ledger, and none can be signed here: {unable.Message} Name one with "
                    + $"--checkpoint FILE, or run this where the bot runs."
                : $"The checkpoint covers {newest.Checkpoint.Size} entries of {tenant}, not yet entry {last}, and no newer one can be "
                    + $"signed here: {unable.Message} "
                    + $"Run this where the bot runs, wait until it has signed one, or export up to {newest.Checkpoint.Size}.");
        }
    }

    /// <summary>Without an end, what is signed; where none of the range is signed yet, everything.</summary>
    private static long GetEnd(SignedCheckpoint? newest, long first, long size) =>
        newest?.Checkpoint.Size is { } covered && covered >= first ? Math.Min(size, covered) : size;

    private static async Task<string> SpanAsync(ILedgerArchive archive, TenantId tenant, long size, CancellationToken cancellationToken)
    {
        var times = new List<string>();
        foreach (var seq in new[] { 1, size })
        {
            await foreach (var stored in archive.ReadAsync(tenant, seq, seq, cancellationToken))
                times.Add(LedgerListing.Shown(stored.Body.Span, EntryParts.Read(stored.Body.Span).At));
        }
        return $"are of {string.Join(" to ", times.Distinct())}";
    }

    /// <summary>A month as its first moment and that of the next one.</summary>
    private static (string? From, string? To) Range(string? from, string? to, string? month)
    {
        if (month is null)
            return (from, to);
        if (from is not null || to is not null)
            throw new CommandException("--month stands for --from and --to: give one or the other.");
        return DateTime.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.None, out var begin)
            && begin.Year < 9999
            ? (Day(begin), Day(begin.AddMonths(1)))
            : throw new CommandException($"'{month}' is no month; write it as 2026-11.");

        static string Day(DateTime day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <summary>The one that signed the checkpoint; when none did, any, and the exporter says that it did not.</summary>
    private static VerifierKey Signer(SignedCheckpoint checkpoint, IReadOnlyList<VerifierKey> known) =>
        known.FirstOrDefault(one => checkpoint.Note.Verify([one]).IsTrusted) ?? known[0];

    private static async Task<long> SeqAsync(
        BundleExporter exporter, TenantId tenant, string? text, long otherwise, bool isEnd, CancellationToken cancellationToken)
    {
        if (text is null)
            return otherwise;
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var seq))
            return seq > 0 ? seq : throw new CommandException("Entries are counted from 1.");
        if (!DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
            throw new CommandException($"'{text}' is neither a seq (12) nor a UTC time (2026-11-01T08:00Z).");
        return await exporter.FirstAtOrAfterAsync(tenant, time, cancellationToken) - (isEnd ? 1 : 0);
    }

    private static string Namespace(IConfiguration configuration)
    {
        var ns = configuration["Compliance:Namespace"] ?? EvidenceSubject.DefaultNamespace;
        return Uri.TryCreate(ns, UriKind.Absolute, out var uri) && uri.Scheme == Uri.UriSchemeHttps && !ns.EndsWith('/')
            ? ns
            : throw new CommandException($"Compliance:Namespace '{ns}' is not an https address without a slash at its end.");
    }
}

using System.CommandLine;
using System.Text;
using System.Text.Json;
using DevOpsAI.Common;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary><c>ledger checkpoint</c>, <c>ledger key</c>, <c>ledger prove</c> and <c>ledger check-receipt</c>.</summary>
internal static class ProofCommands
{
    public static IEnumerable<Command> All(CommandContext context) =>
        [Checkpoint(context), Key(context), Prove(context), CheckReceipt(context)];

    private static Command Checkpoint(CommandContext context)
    {
        var (tenant, path) = (Tenant(), PathOption());
        var sign = new Option<bool>("--sign")
            { Description = "Signs what is not signed yet first, with the ledger's key. The bot may run meanwhile." };
        var command = new Command("checkpoint", "Prints a tenant's newest checkpoint.") { tenant, path, sign };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var id = context.Tenant(parsed.GetValue(tenant));
            using var ledger = await LedgerSession.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            var newest = parsed.GetValue(sign)
                ? await ledger.SignAsync(id, cancellationToken)
                    ?? throw new CommandException($"{id} has no entries yet, so there is nothing to sign.")
                : await ledger.NewestAsync(id, cancellationToken)
                    ?? throw new CommandException(
                        $"No checkpoint of {id} has been signed yet. 'ledger checkpoint --tenant {id} --sign' signs one.");
            await context.Output.WriteAsync(newest.ToString());
            return LedgerCommands.Intact;
        }));
        return command;
    }

    private static Command Key(CommandContext context)
    {
        var (tenant, path) = (Tenant(), PathOption());
        var isNew = new Option<bool>("--new")
            { Description = "Makes a new signing key; the old one is kept under another name. Stop the bot first." };
        var command = new Command("key", "Prints the verifier key of a tenant, or of all: what auditors and witnesses trust.")
            { tenant, path, isNew };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var tenants = parsed.GetValue(tenant) is { } one ? [context.Tenant(one)] : Configured(context);
            if (tenants is [])
                throw new CommandException(
                    "No client is configured here, so there is no name to print a key under: give one with --tenant.");
            var publicKey = parsed.GetValue(isNew)
                ? await SigningKeyFile.RenewAsync(context, parsed.GetValue(path))
                : await SigningKeyFile.PublicKeyAsync(context, parsed.GetValue(path), cancellationToken);
            var origin = context.Configuration["Ledger:Origin"] is { Length: > 0 } set ? set : Origins.Default;
            foreach (var id in tenants)
                await context.Output.WriteLineAsync(VerifierKey.Create(Origins.For(origin, id), publicKey.Span).ToString());
            return LedgerCommands.Intact;
        }));
        return command;
    }

    private static Command Prove(CommandContext context)
    {
        var (tenant, path) = (Tenant(), PathOption());
        var seq = new Option<long>("--seq") { Description = "Which entry.", Required = true };
        var file = new Option<string?>("--out")
            { Description = $"File for the receipt, as in approval{Receipt.Extension}, which must not exist; printed when not given." };
        var command =
            new Command("prove",
                "Writes a receipt: one entry, its place in the tree, and the signed checkpoint. It is checked without a database.")
                { tenant, seq, file, path };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var id = context.Tenant(parsed.GetValue(tenant));
            using var ledger = await LedgerSession.OpenAsync(context, parsed.GetValue(path), cancellationToken);
            var receipt = await ProveAsync(ledger, id, parsed.GetValue(seq), cancellationToken);
            if (receipt is null)
            {
                await context.Error.WriteLineAsync(
                    $"Entry {parsed.GetValue(seq)} of {id} is not what was signed for, and cannot be proved. 'ledger verify --tenant "
                    + $"{id}' says more.");
                return LedgerCommands.Tampered;
            }
            if (parsed.GetValue(file) is not { } target)
            {
                await context.Output.WriteAsync(receipt.ToString());
                return LedgerCommands.Intact;
            }
            try
            {
                WholeFile.Create(target, Encoding.UTF8.GetBytes(receipt.ToString()));
            }
            catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
            {
                throw new CommandException($"{target} cannot be written: {failure.Message}");
            }
            await context.Output.WriteLineAsync(
                $"{target}: entry {receipt.Proof.Index + 1} of {id}, proved by the checkpoint of {receipt.Proof.Size} entries");
            return LedgerCommands.Intact;
        }));
        return command;
    }

    private static Command CheckReceipt(CommandContext context)
    {
        var tenant = Tenant();
        var file = new Argument<string>("file") { Description = "The receipt." };
        var keys = LedgerCommands.KeyOption();
        keys.Required = true;
        keys.Description = "A verifier key that is trusted, or a file with one per line. Several are allowed.";
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var command = new Command("check-receipt", "Checks a receipt by itself. Exit code 0: valid, 1: invalid, 2: not possible.")
            { file, keys, tenant, json };
        command.SetAction((parsed, cancellationToken) => context.RunAsync(async () =>
        {
            var trusted = Keys.ReadAll(parsed.GetValue(keys));
            TenantId? owner = parsed.GetValue(tenant) is { } asked ? context.Tenant(asked) : null;
            var name = parsed.GetValue(file)!;
            var (receipt, verdict) = Check(await File.ReadAllBytesAsync(name, cancellationToken), trusted, owner);
            if (receipt?.Checkpoint.Checkpoint.Tenant is { } named)
                context.Here(named);
            await context.Output.WriteLineAsync(parsed.GetValue(json) ? AsJson(receipt, verdict) : AsText(name, receipt, verdict));
            return verdict.IsValid ? LedgerCommands.Intact : LedgerCommands.Tampered;
        }));
        return command;
    }

    private static (Receipt?, ReceiptVerdict) Check(byte[] bytes, IReadOnlyList<VerifierKey> trusted, TenantId? owner)
    {
        try
        {
            var receipt = Receipt.Parse(bytes);
            return (receipt, receipt.Check(trusted, owner));
        }
        catch (NoteFormatException problem)
        {
            return (null, new(problem.Message, null, 0, []));
        }
    }

    private static string AsText(string name, Receipt? receipt, ReceiptVerdict verdict)
    {
        if (verdict.Problem is { } problem)
            return $"{name}: INVALID, {problem}";
        var parts = EntryParts.Read(receipt!.Entry.Span);
        return $"{name}: valid, entry {verdict.Seq} of {verdict.Tenant}: {LedgerListing.Shown(receipt.Entry.Span, parts.Type)} on "
            + $"{LedgerListing.Shown(receipt.Entry.Span, parts.Stream)} at "
            + $"{LedgerListing.Shown(receipt.Entry.Span, parts.At)}, in the checkpoint of {receipt.Proof.Size} entries signed by "
            + $"{string.Join(" and ", verdict.Signers.Select(static one => one.Key.Name))}";
    }

    private static string AsJson(Receipt? receipt, ReceiptVerdict verdict) => JsonSerializer.Serialize(
        new
        {
            Status = verdict.IsValid ? "valid" : "invalid",
            verdict.Problem,
            Tenant = verdict.Tenant?.Value,
            Seq = verdict.IsValid ? verdict.Seq : (long?)null,
            CheckpointSize = verdict.IsValid ? receipt!.Proof.Size : (long?)null,
            SignedBy = verdict.IsValid ? verdict.Signers.Select(static one => one.Key.Name) : null,
            Entry = verdict.IsValid ? JsonElement.Parse(receipt!.Entry.Span) : (JsonElement?)null,
        },
        LedgerVerification.Json);

    /// <summary>Null when the stored ledger is not the signed one.</summary>
    private static async Task<Receipt?> ProveAsync(LedgerSession ledger, TenantId tenant, long seq, CancellationToken cancellationToken)
    {
        var newest = await ledger.NewestAsync(tenant, cancellationToken)
            ?? throw new CommandException($"No checkpoint of {tenant} has been signed yet, so there is nothing to prove by.");
        var stored = await ledger.Archive.ReadAsync(tenant, seq, seq, cancellationToken).FirstOrDefaultAsync(cancellationToken);
        if (seq < 1 || (stored is null && seq > newest.Checkpoint.Size))
            throw new CommandException($"{tenant} has no entry {seq}.");
        if (seq > newest.Checkpoint.Size)
            throw new CommandException(
                $"Entry {seq} of {tenant} is not signed yet: the newest checkpoint is of {newest.Checkpoint.Size} entries. Try again "
                + $"shortly.");
        if (stored is null)
            return null;
        try
        {
            var proof = await new LedgerTree(ledger.Archive, ledger.Documents).InclusionAsync(
                tenant, seq, MerkleTree.HashLeaf(stored.Body.Span), newest.Checkpoint, cancellationToken);
            return new(stored.Body, proof, newest);
        }
        catch (LedgerTreeException)
        {
            return null;
        }
    }

    private static List<TenantId> Configured(CommandContext context) => [.. context.Configuration.GetSection("Tenants").GetChildren()
        .Select(static one => TenantId.TryParse(one.Key, out var id) ? id : (TenantId?)null).OfType<TenantId>()
        .Where(id => context.FindInOtherRegion(id) is null).Order()];

    private static Option<string?> Tenant() => new("--tenant") { Description = "The client company, as in contoso." };

    private static Option<string?> PathOption() =>
        new("--path") { Description = "Folder of ledger.db; what configuration names when not given." };
}

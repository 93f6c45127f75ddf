using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Commands;

/// <summary><c>ledger verify</c>: the entries against themselves, and against every checkpoint that is given or kept beside them.</summary>
internal static class LedgerVerification
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    private const string Unsigned = "no checkpoint kept beside the ledger or given is signed by a key that was given";

    public static async Task<int> RunAsync(
        OpenedLedger ledger,
        TenantId? tenant,
        IReadOnlyList<string> files,
        IReadOnlyList<VerifierKey> keys,
        bool json,
        CommandContext context,
        CancellationToken cancellationToken)
    {
        var (findings, elsewhere) = await GatherAsync(ledger, tenant, files, keys, context, cancellationToken);
        var verified = await VerifyAsync(ledger, tenant, findings, elsewhere, cancellationToken);
        if (tenant is { } asked && verified.Count == 0)
            LedgerCommands.MustBeConfigured(asked, context.Configuration, ledger.Name);
        // Who has no entries is judged as well: there may be checkpoints that say otherwise.
        IReadOnlyList<TenantVerification> results =
        [
            .. verified,
            .. (findings?.Sizes.Keys ?? []).Where(one => verified.All(result => result.Tenant != one.Value))
                .Select(static one => new TenantVerification(one.Value, 0, Convert.ToHexStringLower(Ledger.MerkleTree.EmptyRoot), null, 0)),
        ];
        var code = LedgerCommands.Intact;
        foreach (var kept in elsewhere)
        {
            await context.Output.WriteLineAsync(json
                ? JsonSerializer.Serialize(new { Tenant = kept.Tenant.Id.Value, Status = "elsewhere", Problem = kept.Sentence }, Json)
                : $"{kept.Tenant.Id}: NOT VERIFIED here. {kept.Sentence}");
            code = LedgerCommands.Usage;
        }
        foreach (var result in results)
        {
            var judged = findings?.Judge(result, TimeProvider.System.GetUtcNow()) ?? [];
            // Whoever names a key asks whether that key has signed; a ledger without any signature of it has not shown so.
            var isUnsigned = keys.Count > 0 && result is { Intact: true, Entries: > 0 } && judged.Count == 0;
            await context.Output.WriteLineAsync(json ? AsJson(result, judged, isUnsigned) : AsText(result, judged, findings, isUnsigned));
            code = Worse(code, isUnsigned ? LedgerCommands.Tampered : CodeOf(result, judged));
        }
        foreach (var damaged in findings?.Unreadable ?? [])
        {
            await context.Output.WriteLineAsync(json ? JsonSerializer.Serialize(new { Status = "tampered", Problem = damaged }, Json) : $"TAMPERED: {damaged}");
            code = LedgerCommands.Tampered;
        }
        if (findings is { PassedOver: > 0 and var strange } && !json)
            await context.Output.WriteLineAsync($"{strange} of the checkpoints kept beside the ledger are not signed by a key that is trusted here, and were passed over.");
        if (results.Count == 0 && elsewhere.Count == 0)
            await context.Output.WriteLineAsync(json ? "" : "The ledger is empty.");
        return code;
    }

    /// <summary>What there is to hold the ledger against, and the tenants that are not to be read here; null when the ledger is too damaged to say which tenants it has.</summary>
    private static async Task<(CheckpointFindings? Findings, IReadOnlyList<TenantElsewhere> Elsewhere)> GatherAsync(
        OpenedLedger ledger, TenantId? tenant, IReadOnlyList<string> files, IReadOnlyList<VerifierKey> keys, CommandContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<TenantId> tenants;
        try
        {
            tenants = tenant is { } only ? [only] : await TenantsAsync(ledger, context, cancellationToken);
        }
        catch (Exception damaged) when (damaged is Ledger.LedgerUnavailableException or FormatException)
        {
            return (null, []);
        }
        var elsewhere = tenants.Select(context.Elsewhere).OfType<TenantElsewhere>().ToList();
        return (await CheckpointFindings.GatherAsync(
            ledger, [.. tenants.Where(one => !elsewhere.Exists(kept => kept.Tenant.Id == one))], files, keys, cancellationToken), elsewhere);
    }

    /// <summary>Those with entries, and those whose entries are gone while checkpoints of them are kept.</summary>
    private static async Task<IReadOnlyList<TenantId>> TenantsAsync(OpenedLedger ledger, CommandContext context, CancellationToken cancellationToken)
    {
        var tenants = (await ledger.Archive.TenantsAsync(cancellationToken)).ToList();
        foreach (var named in (context.Configuration.Get<TenantsOptions>() ?? new()).Tenants.Keys)
        {
            if (TenantId.TryParse(named, out var configured) && !tenants.Contains(configured) && await IsAnyKeptAsync(ledger, configured, cancellationToken))
                tenants.Add(configured);
        }
        return tenants;
    }

    private static async Task<bool> IsAnyKeptAsync(OpenedLedger ledger, TenantId tenant, CancellationToken cancellationToken)
    {
        try
        {
            return (await ledger.KeptAsync(tenant, cancellationToken)).Count > 0;
        }
        catch (CheckpointException)
        {
            return true; // that it is damaged is said later
        }
    }

    /// <summary>All at once, unless some are not to be read here.</summary>
    private static async Task<IReadOnlyList<TenantVerification>> VerifyAsync(
        OpenedLedger ledger, TenantId? tenant, CheckpointFindings? findings, IReadOnlyList<TenantElsewhere> elsewhere, CancellationToken cancellationToken)
    {
        if (elsewhere.Count == 0 || findings is null)
            return await ledger.VerifyAsync(tenant, findings?.Sizes, cancellationToken);
        var results = new List<TenantVerification>();
        foreach (var one in findings.Sizes.Keys.Order())
            results.AddRange(await ledger.VerifyAsync(one, findings.Sizes, cancellationToken));
        return results;
    }

    private static int CodeOf(TenantVerification result, IReadOnlyList<CheckpointFinding> judged) =>
        !result.Intact || judged.Any(static one => one is { Problem: not null, IsUnclear: false }) ? LedgerCommands.Tampered
        : judged.Any(static one => one.IsUnclear) ? LedgerCommands.Usage
        : LedgerCommands.Intact;

    /// <summary>Tampered weighs more than not possible, and that more than intact.</summary>
    private static int Worse(int one, int other) => one == LedgerCommands.Tampered || other == LedgerCommands.Tampered ? LedgerCommands.Tampered : Math.Max(one, other);

    private static string AsText(TenantVerification result, IReadOnlyList<CheckpointFinding> judged, CheckpointFindings? findings, bool isUnsigned)
    {
        var wrong = judged.Where(static one => one is { Problem: not null, IsUnclear: false }).OrderBy(static one => one.IsStrange).ToList();
        List<string> lines =
        [
            result.First is { } first ? $"{result.Tenant}: TAMPERED, {first}{More(result.Problems)}; {result.Entries} entries seen"
            : wrong is [var one, ..] ? $"{result.Tenant}: {(wrong.TrueForAll(static finding => finding.IsStrange) ? "NOT VERIFIED" : "TAMPERED")}, checkpoint {one.Checkpoint.Where}: {one.Problem}{More(wrong.Count)}; {result.Entries} entries, root {result.Root}"
            : isUnsigned ? $"{result.Tenant}: NOT VERIFIED, {Unsigned}; {result.Entries} entries, root {result.Root}"
            : $"{result.Tenant}: intact, {result.Entries} entries, root {result.Root}{(result.LeftOut > 0 ? $", {result.LeftOut} sealed parts left out after erasure" : "")}",
        ];
        lines.AddRange(judged.Where(finding => findings!.IsGiven(finding) || finding.IsUnclear).Select(static finding => $"  {finding.Checkpoint.Where}: {Spoken(finding)}"));
        var kept = judged.Where(finding => !findings!.IsGiven(finding) && finding.Problem is null).ToList();
        if (kept.Count > 0)
            lines.Add($"  {(kept.Count == 1 ? "1 checkpoint" : $"{kept.Count} checkpoints")} kept beside the ledger fit, the newest of {kept[^1].Checkpoint.Signed.Checkpoint.Size} entries{Uncovered(result, kept[^1])}");
        else if (result is { Intact: true, Entries: > 0 } && judged.Count == 0 && !isUnsigned)
            lines.Add("  no signed checkpoint is kept beside the ledger: that these are the entries that were signed is not shown. Give one with --checkpoint and --key.");
        return string.Join(Environment.NewLine, lines);
    }

    private static string Spoken(CheckpointFinding finding) => finding.Problem
        ?? $"fits, {finding.Checkpoint.Signed.Checkpoint.Size} entries, signed by {string.Join(" and ", finding.Signers.Select(Signer))}";

    private static string Signer(NoteSigner signer) => signer.At is { } at ? $"{signer.Key.Name} at {at:u}" : signer.Key.Name;

    private static string Uncovered(TenantVerification result, CheckpointFinding newest) =>
        result.Entries - newest.Checkpoint.Signed.Checkpoint.Size is > 0 and var later ? $" ({later} later ones are not signed yet)" : "";

    private static string More(long problems) => problems > 1 ? $" (and {problems - 1} more)" : "";

    private static string AsJson(TenantVerification result, IReadOnlyList<CheckpointFinding> judged, bool isUnsigned) => JsonSerializer.Serialize(
        new
        {
            result.Tenant,
            Status = isUnsigned ? "not verified" : CodeOf(result, judged) switch
            {
                LedgerCommands.Intact => "intact",
                LedgerCommands.Tampered when result.Intact && judged.All(static one => one.Problem is null || one.IsStrange) => "not verified",
                LedgerCommands.Tampered => "tampered",
                _ => "unclear",
            },
            result.Entries,
            result.Root,
            Problem = isUnsigned ? Unsigned : null,
            result.Problems,
            LeftOut = result.LeftOut > 0 ? result.LeftOut : (long?)null,
            First = result.First is null ? null : new { result.First.Seq, result.First.Type, result.First.Stream, Problem = result.First.What },
            Checkpoints = judged.Count == 0 ? null : new
            {
                Fit = judged.Count(static one => one.Problem is null),
                Newest = judged.Where(static one => one.Problem is null).Select(static one => (long?)one.Checkpoint.Signed.Checkpoint.Size).Max(),
                Problems = judged.Where(static one => one.Problem is not null).Select(static one => new { one.Checkpoint.Where, one.Checkpoint.Signed.Checkpoint.Size, one.Problem }),
            },
        },
        Json);
}

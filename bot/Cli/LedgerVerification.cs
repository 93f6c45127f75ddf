using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary><c>ledger verify</c>: the entries against themselves, and against every checkpoint that is given or kept beside them.</summary>
internal static class LedgerVerification
{
    public static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static async Task<int> RunAsync(
        LedgerSession ledger,
        TenantId? tenant,
        GivenCheckpoints checkpoints,
        IReadOnlyList<VerifierKey> keys,
        bool json,
        CommandContext context,
        CancellationToken cancellationToken)
    {
        var (findings, elsewhere) = await GatherAsync(ledger, tenant, checkpoints, keys, context, cancellationToken);
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
        var (code, now) = (LedgerCommands.Intact, TimeProvider.System.GetUtcNow());
        foreach (var kept in elsewhere)
        {
            await context.Output.WriteLineAsync(json
                ? JsonSerializer.Serialize(new { Tenant = kept.Tenant.Id.Value, Status = "elsewhere", Problem = kept.Message }, Json)
                : $"{kept.Tenant.Id}: NOT VERIFIED here. {kept.Message}");
            code = LedgerCommands.Usage;
        }
        foreach (var result in results)
        {
            var judged = findings?.Judge(result, now) ?? [];
            // Whoever names a key asks whether that key has signed; a ledger without any signature of it has not shown so.
            var verdict = new TenantVerdict(result, judged, keys.Count > 0 && result is { Intact: true, Entries: > 0 } && judged.Count == 0)
            {
                // Of entries that were changed nobody knows what they were encrypted under.
                Traces = result is { Intact: true, Entries: 0 }
                    ? await ledger.TracesAsync(TenantId.Parse(result.Tenant), cancellationToken)
                    : null,
                MissingKeys = result.Intact
                    ? await ledger.MissingKeysAsync(TenantId.Parse(result.Tenant), result.Keys, cancellationToken)
                    : [],
                Now = now,
            };
            await context.Output.WriteLineAsync(json ? VerdictText.AsJson(verdict) : VerdictText.AsText(verdict, findings));
            code = Worse(code, verdict.Code);
        }
        foreach (var damaged in findings?.Unreadable ?? [])
        {
            await context.Output.WriteLineAsync(
                json ? JsonSerializer.Serialize(new { Status = "tampered", Problem = damaged }, Json) : $"TAMPERED: {damaged}");
            code = LedgerCommands.Tampered;
        }
        foreach (var (of, address) in findings?.Empty ?? [])
        {
            var none = $"there is no checkpoint of it in {address}: against that place it is not verified";
            await context.Output.WriteLineAsync(json
                ? JsonSerializer.Serialize(new { Tenant = of.Value, Status = "not verified", Problem = none }, Json)
                : $"{of}: {none}");
            code = Worse(code, LedgerCommands.Usage);
        }
        foreach (var blob in findings?.Foreign ?? [])
        {
            var foreign = $"{blob}: its name is not that of a checkpoint; it was not looked at";
            await context.Output.WriteLineAsync(
                json ? JsonSerializer.Serialize(new { Status = "foreign", Problem = foreign }, Json) : foreign);
        }
        if (findings is { PassedOver: > 0 and var strange } && !json)
            await context.Output.WriteLineAsync(
                $"{strange} of the checkpoints kept beside the ledger are not signed by a key that is trusted here, and were passed over.");
        if (results.Count == 0 && elsewhere.Count == 0)
            await context.Output.WriteLineAsync(json ? "" : "The ledger is empty.");
        return code;
    }

    /// <summary>
    /// What there is to hold the ledger against, and the tenants that are not to be read here; null when the ledger is too damaged to say
    /// which tenants it has.
    /// </summary>
    private static async Task<(CheckpointFindings? Findings, IReadOnlyList<OtherRegionTenant> Elsewhere)> GatherAsync(
        LedgerSession ledger, TenantId? tenant, GivenCheckpoints checkpoints, IReadOnlyList<VerifierKey> keys, CommandContext context,
        CancellationToken cancellationToken)
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
        var elsewhere = tenants.Select(context.FindInOtherRegion).OfType<OtherRegionTenant>().ToList();
        return (await CheckpointFindings.GatherAsync(
            ledger, [.. tenants.Where(one => !elsewhere.Exists(kept => kept.Tenant.Id == one))], checkpoints, keys, cancellationToken),
            elsewhere);
    }

    /// <summary>Those with entries, and those that are configured: their entries may be gone.</summary>
    private static async Task<IReadOnlyList<TenantId>> TenantsAsync(
        LedgerSession ledger, CommandContext context, CancellationToken cancellationToken)
    {
        var tenants = (await ledger.Archive.TenantsAsync(cancellationToken)).ToList();
        foreach (var named in (context.Configuration.Get<TenantsOptions>() ?? new()).Tenants.Keys)
        {
            if (TenantId.TryParse(named, out var configured) && !tenants.Contains(configured)
                && (context.FindInOtherRegion(configured) is null || await IsAnyKeptAsync(ledger, configured, cancellationToken)))
                tenants.Add(configured);
        }
        return tenants;
    }

    private static async Task<bool> IsAnyKeptAsync(LedgerSession ledger, TenantId tenant, CancellationToken cancellationToken)
    {
        var (whole, damaged) = await ledger.KeptAsync(tenant, cancellationToken);
        return whole.Count + damaged.Count > 0;
    }

    /// <summary>All at once, unless some are not to be read here.</summary>
    private static async Task<IReadOnlyList<TenantVerification>> VerifyAsync(
        LedgerSession ledger, TenantId? tenant, CheckpointFindings? findings, IReadOnlyList<OtherRegionTenant> elsewhere,
        CancellationToken cancellationToken)
    {
        if (elsewhere.Count == 0 || findings is null)
            return await ledger.VerifyAsync(tenant, findings?.Sizes, cancellationToken);
        var results = new List<TenantVerification>();
        foreach (var one in findings.Sizes.Keys.Order())
            results.AddRange(await ledger.VerifyAsync(one, findings.Sizes, cancellationToken));
        return results;
    }

    /// <summary>Tampered weighs more than not possible, and that more than intact.</summary>
    private static int Worse(int one, int other) =>
        one == LedgerCommands.Tampered || other == LedgerCommands.Tampered ? LedgerCommands.Tampered : Math.Max(one, other);
}

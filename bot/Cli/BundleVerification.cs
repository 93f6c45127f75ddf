using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Ledger.Proofs;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cli;

/// <summary><c>ledger verify --bundle</c>: needs no database and no configuration.</summary>
internal static class BundleVerification
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="keys">The ledger's verifier key as it is known from elsewhere, perhaps among others; empty for none.</param>
    public static async Task<int> RunAsync(
        string path, string? tenant, IReadOnlyList<VerifierKey> keys, bool json, CommandContext context,
        CancellationToken cancellationToken)
    {
        var verdict = await new BundleCheck(context.Catalog).RunAsync(
            path, tenant is null ? null : context.Tenant(tenant), keys, cancellationToken);
        if (TenantId.TryParse(verdict.Manifest?.Tenant, out var owner))
            context.Here(owner);
        await (verdict.State == BundleState.Unreadable && !json ? context.Error : context.Output).WriteLineAsync(
            json ? AsJson(path, verdict) : AsText(path, verdict));
        return verdict.State switch
        {
            BundleState.Intact => LedgerCommands.Intact,
            BundleState.Changed => LedgerCommands.Tampered,
            _ => LedgerCommands.Usage,
        };
    }

    private static string AsText(string path, BundleVerdict verdict)
    {
        if (verdict is not { State: BundleState.Intact, Manifest: { } manifest, Key: { } key })
            return $"{path}: {(verdict.State == BundleState.Changed ? "NOT INTACT" : "cannot be checked")}. {verdict.Problem}";
        string[] lines =
        [
            $"{path}: intact. Entries {manifest.First} to {manifest.Last} of "
            + $"{manifest.Origin}{(manifest.Redacted > 0 ? $", {manifest.Redacted} redacted" : "")}, in the tree of "
            + $"{manifest.TreeSize} entries with root {manifest.RootHash}",
            verdict.KeyIsTrusted
                ? $"Signed with the key given: {key}"
                : $"Signed with the key in the bundle: {key}{Environment.NewLine}Compare all of it with the one you know, or give that "
                    + $"with --key: anybody can sign with a key of their own.",
            manifest.Names ? "Titles, summaries, reasons and names are opened; each is the one that its entry commits to." : "",
            $"{Earlier(verdict.EarlierCheckpoints)} Whether others were left out cannot be seen here.",
            "Report and OSCAL were made again from the entries and are the same.",
            $"Only claimed by whoever exported, not signed: the client's name {Said(manifest.TenantName)}, the provider's name "
            + $"{Said(manifest.Provider)} and the namespace {Said(manifest.Namespace)}.",
        ];
        return string.Join(Environment.NewLine, lines.Where(static line => line.Length > 0));
    }

    private static string Earlier(int count) => count switch
    {
        0 => "No earlier checkpoint is in it.",
        1 => "1 earlier checkpoint fits.",
        var many => $"{many} earlier checkpoints fit.",
    };

    private static string Said(string claimed) => $"'{LedgerListing.Harmless(claimed)}'";

    private static string AsJson(string path, BundleVerdict verdict) => JsonSerializer.Serialize(
        new
        {
            Bundle = path,
            Status = verdict.State.ToString().ToLowerInvariant(),
            verdict.Problem,
            verdict.Manifest?.Tenant,
            verdict.Manifest?.First,
            verdict.Manifest?.Last,
            verdict.Manifest?.Redacted,
            verdict.Manifest?.Names,
            Origin = verdict.Manifest?.Origin,
            Size = verdict.Manifest?.TreeSize,
            Root = verdict.Manifest?.RootHash,
            Key = verdict.Key?.ToString(),
            verdict.EarlierCheckpoints,
            Claimed = verdict.Manifest is { } said ? new { said.TenantName, said.Provider, said.Namespace } : null,
            KeyTrusted = verdict.Key is null ? (bool?)null : verdict.KeyIsTrusted,
        },
        Json);
}

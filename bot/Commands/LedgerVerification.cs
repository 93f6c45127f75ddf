using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Commands;

/// <summary><c>ledger verify</c>.</summary>
internal static class LedgerVerification
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    public static int Run(
        string file, TenantId? tenant, IConfiguration configuration, bool json, TextWriter output, CancellationToken cancellationToken)
    {
        var results = LedgerVerifier.VerifyFile(file, tenant, cancellationToken) ?? throw new CommandException($"There is no ledger at {file}.");
        if (tenant is { } asked && results.Count == 0)
        {
            LedgerCommands.MustBeConfigured(asked, configuration, file);
            results = [new(asked.Value, 0, Convert.ToHexStringLower(Ledger.MerkleTree.EmptyRoot), null, 0)];
        }
        foreach (var result in results)
            output.WriteLine(json ? AsJson(result) : AsText(result));
        if (results.Count == 0)
            output.WriteLine(json ? "" : "The ledger is empty.");
        return results.All(static result => result.Intact) ? LedgerCommands.Intact : LedgerCommands.Tampered;
    }

    private static string AsText(TenantVerification result) => result.First is null
        ? $"{result.Tenant}: intact, {result.Entries} entries, root {result.Root}{(result.LeftOut > 0 ? $", {result.LeftOut} sealed parts left out after erasure" : "")}"
        : $"{result.Tenant}: TAMPERED, {result.First}{(result.Problems > 1 ? $" (and {result.Problems - 1} more)" : "")}; {result.Entries} entries seen";

    private static string AsJson(TenantVerification result) => JsonSerializer.Serialize(
        new
        {
            result.Tenant,
            Status = result.Intact ? "intact" : "tampered",
            result.Entries,
            result.Root,
            result.Problems,
            LeftOut = result.LeftOut > 0 ? result.LeftOut : (long?)null,
            First = result.First is null ? null : new { result.First.Seq, result.First.Type, result.First.Stream, Problem = result.First.What },
        },
        Json);
}

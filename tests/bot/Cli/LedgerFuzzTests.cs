using System.Text.Json;
using System.Text.Json.Nodes;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary>
/// Every member of every type of entry in turn is something else, leaf and head fit: each changed entry is the ledger of a client of its
/// own, and all of them are verified at once.
/// </summary>
public sealed class LedgerFuzzTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private readonly string root = Directory.CreateTempSubdirectory("ledger-fuzz-").FullName;
    private readonly Dictionary<string, string?> settings = new() { ["Storage:Path"] = "data" };

    private string Data => Path.Combine(root, "data");

    [Fact]
    public void Every_type_of_entry_is_tried() =>
        EveryFact.All.Select(CoreFeatures.Catalog.GetName)
            .ShouldBe(CoreFeatures.Catalog.Entries.Select(static entry => entry.Name).Order(StringComparer.Ordinal));

    [Fact]
    public async Task Whatever_any_member_of_any_entry_is_verify_ends_with_a_verdict_on_each_and_list_and_gaps_end_with_a_code()
    {
        var honest = await WriteEveryFactAsync();
        var tried = Forge(honest);
        var (code, output, error) = await RunAsync("ledger", "verify", "--all", "--json");
        (code, error).ShouldBe((LedgerCommands.Tampered, ""));
        var verdicts = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => JsonElement.Parse(line))
            .ToDictionary(static one => one.GetProperty("tenant").GetString()!, static one => one.GetProperty("status").GetString()!);
        foreach (var (tenant, what) in tried)
        {
            verdicts.ShouldContainKey(tenant, what);
            if (what.StartsWith("unchanged", StringComparison.Ordinal))
                verdicts[tenant].ShouldBe("intact", what);
            // What is there twice, or no longer where every entry has it, is never in order.
            else if (what.EndsWith("twice", StringComparison.Ordinal)
                || (what.EndsWith("removed", StringComparison.Ordinal) && !what.Contains("data.", StringComparison.Ordinal)
                    && !what.Contains("actor.", StringComparison.Ordinal)))
                verdicts[tenant].ShouldBe("tampered", what);
        }
        tried.Count.ShouldBeGreaterThan(2000);
        foreach (var (tenant, what) in tried.Where(static (_, index) => index % 13 == 0))
        {
            foreach (var verb in new[] { "list", "gaps" })
            {
                (await RunAsync("ledger", verb, "--tenant", tenant)).Code.ShouldBeInRange(0, 2, $"{verb} {what}");
            }
        }
    }

    public void Dispose() => Directory.Delete(root, recursive: true);

    /// <summary>The stored rows of a ledger with one entry of every type.</summary>
    private async Task<IReadOnlyList<StoredEntry>> WriteEveryFactAsync()
    {
        using var metrics = new LedgerMetrics();
        var keys = new InMemoryKeyRing();
        keys.For(Contoso).Add(DataKey.Create("subject"));
        using (var ledger = new SqliteLedger(
            Data, CoreFeatures.Catalog, keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance))
        {
            foreach (var fact in EveryFact.All)
                (await ledger.AppendAsync(Contoso, [], [EveryFact.AsEntry(fact)], Stop)).ShouldBeOfType<AppendResult.Appended>();
        }
        return await new SqliteArchive(Path.Combine(Data, LedgerFile.Name)).ReadAsync(Contoso, 1, long.MaxValue, Stop).ToListAsync(Stop);
    }

    private List<(string Tenant, string What)> Forge(IReadOnlyList<StoredEntry> honest)
    {
        var tried = new List<(string, string)>();
        using var database = SqliteDatabase.OpenToWrite(Path.Combine(Data, LedgerFile.Name));
        database.Execute("PRAGMA synchronous = OFF; BEGIN");
        using var entries =
            database.Prepare("INSERT INTO entries(tenant, seq, stream, version, leaf, body, sealed) VALUES(?, 1, ?, 1, ?, ?, ?)");
        using var heads = database.Prepare("INSERT INTO heads(tenant, size, root, range) VALUES(?, 1, ?, ?)");
        foreach (var stored in honest)
        {
            var whole = JsonNode.Parse(stored.Body.Span)!;
            whole["seq"] = 1;
            var type = whole["type"]!.GetValue<string>();
            Add(whole, [], "null", $"unchanged {type}");
            foreach (var path in MutatedEntry.Paths(whole).ToList())
            {
                // What is long is read by the same code however deep it stands.
                foreach (var way in MutatedEntry.Ways.Where(way => way != "long" || path.Length <= 2))
                    Add(whole, path, way, $"{type} {string.Join('.', path)} {way}");
            }

            void Add(JsonNode entry, string[] path, string way, string what)
            {
                var tenant = $"t{tried.Count}";
                entry["tenant"] = tenant;
                var body = MutatedEntry.Change(entry, path, way);
                var leaf = MerkleTree.HashLeaf(body);
                var range = new CompactRange();
                range.Append(leaf);
                entries.Bind(1, tenant).Bind(2, entry["stream"]!.GetValue<string>()).Bind(3, leaf).Bind(4, body);
                entries.BindOrNull(5, stored.Encrypted?.ToArray()).Run();
                heads.Bind(1, tenant).Bind(2, range.Root()).Bind(3, range.Save()).Run();
                tried.Add((tenant, what));
            }
        }
        database.Execute("COMMIT");
        return tried;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Verb.RunAsync(root, settings, args);
}

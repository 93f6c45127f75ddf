using System.Runtime.CompilerServices;
using System.Text;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;

namespace DevOpsAI.Tests.Ledger;

/// <summary>docs/entries.md lists every type of entry as the features register it.</summary>
public sealed class EntryTableTests
{
    private const string Begin = "<!-- made from the catalog: WRITE_ENTRY_TABLE=1 tests/run.sh core -class \"*EntryTable*\" -->\n";
    private const string End = "<!-- end of what is made -->\n";

    /// <summary>A changed entry fails here; run with WRITE_ENTRY_TABLE=1 to write the table anew.</summary>
    [Fact]
    public void The_table_for_auditors_is_what_the_features_register()
    {
        var document = File.ReadAllText(GetPath());
        var (begin, end) =
            (document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length, document.IndexOf(End, StringComparison.Ordinal));
        var drawn = document[..begin] + Table(CoreFeatures.Catalog) + document[end..];
        if (Environment.GetEnvironmentVariable("WRITE_ENTRY_TABLE") == "1")
            File.WriteAllText(GetPath(), drawn);
        drawn.ShouldBe(File.ReadAllText(GetPath()),
            "docs/entries.md is not what the features register; write it anew with WRITE_ENTRY_TABLE=1");
    }

    [Fact]
    public void Every_entry_says_in_one_sentence_when_it_is_written() => CoreFeatures.Catalog.Entries.ShouldAllBe(static entry =>
        char.IsUpper(entry.When[0]) && entry.When.EndsWith('.') && !entry.When.Contains(". ", StringComparison.Ordinal)
            && !entry.When.Contains('|'));

    private static string Table(EntryCatalog catalog)
    {
        var table = new StringBuilder();
        foreach (var feature in catalog.Features.Where(static feature => feature.Entries.Length > 0))
        {
            table.Append($"\n## {char.ToUpperInvariant(feature.Name[0])}{feature.Name[1..]}\n\n");
            table.Append("| entry | when it is written | what is in it | encrypted |\n|---|---|---|---|\n");
            foreach (var entry in feature.Entries)
                table.Append($"| `{entry.Name}` | {entry.When} | {Members(entry)} | {Encrypted(catalog.GetPlan(entry.Name)!)} |\n");
        }
        return table.Append('\n').ToString();
    }

    private static string Members(EntryType entry) =>
        string.Join(", ", entry.Json.Properties.Select(static property => $"`{property.Name}`"));

    private static string Encrypted(FieldEncryption plan) => string.Join("; ", plan.Marks
        .GroupBy(static mark => mark.Keeper)
        .OrderBy(static owner => owner.Key)
        .Select(static owner =>
            $"{string.Join(", ", owner.Select(static mark => $"`{mark.Path["data.".Length..]}`"))} ({Whose(owner.Key)})"));

    private static string Whose(KeyOwner owner) => owner switch
    {
        KeyOwner.SubjectOrTenant => "user, else client",
        KeyOwner.ActorOrTenant => "who acts, else client",
        KeyOwner.Subject => "user",
        _ => "person named",
    };

    private static string GetPath([CallerFilePath] string source = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(source)!, "..", "..", "..", "docs", "entries.md"));
}

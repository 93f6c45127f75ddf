using System.Text.Json;
using DevOpsAI.Bot.Cli;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

public sealed class LedgerCommandsTests : IDisposable
{
    private static readonly TenantId Contoso = TenantId.Parse("contoso");
    private readonly string root = Directory.CreateTempSubdirectory("ledger-commands-").FullName;
    private readonly LedgerMetrics metrics = new();
    private readonly SqliteLedger ledger;
    private readonly Dictionary<string, string?> settings = new() { ["Storage:Path"] = "data", ["Tenants:fabrikam:Name"] = "Fabrikam Inc" };

    private readonly ManualClock clock = new();

    public LedgerCommandsTests() =>
        ledger = new(Path.Combine(root, "data"), CoreFeatures.Catalog, new InMemoryKeyRing(), clock, metrics,
            NullLogger<SqliteLedger>.Instance);

    [Fact]
    public async Task List_prints_one_object_per_line_beside_a_running_bot()
    {
        var appended = await AppendAsync(3);
        var (code, output, _) = await RunAsync("ledger", "list", "--tenant", "contoso", "--json");
        code.ShouldBe(0);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        lines.Count.ShouldBe(3);
        var second = lines[1];
        second.EnumerateObject().Select(member => member.Name)
            .ShouldBe(["tenant", "seq", "at", "type", "stream", "version", "actor", "correlation", "causation", "data", "sealed", "hash"]);
        second.GetProperty("tenant").GetString().ShouldBe("contoso");
        second.GetProperty("seq").GetInt64().ShouldBe(2);
        second.GetProperty("at").GetString().ShouldBe("2026-03-02T09:00:00.000Z");
        second.GetProperty("type").GetString().ShouldBe("incident.closed");
        second.GetProperty("actor").GetProperty("kind").GetString().ShouldBe("person");
        second.GetProperty("data").GetProperty("reason").GetString().ShouldBe("fixed by José \"J\" 🚀");
        second.GetProperty("hash").GetString().ShouldBe(Convert.ToHexStringLower(appended[1].Hash.Span));
    }

    [Fact]
    public async Task List_tells_by_which_clock_an_entry_was_recorded_where_that_was_behind_the_record()
    {
        await AppendAsync(1);
        clock.Jump(-TimeSpan.FromDays(30));
        await AppendAsync(1);
        var (_, output, _) = await RunAsync("ledger", "list", "--tenant", "contoso", "--json");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonElement.Parse(line)).ToList();
        lines[0].TryGetProperty("clock", out _).ShouldBeFalse();
        lines[1].GetProperty("at").GetString().ShouldBe("2026-03-02T09:00:00.000Z");
        lines[1].GetProperty("clock").GetString().ShouldBe("2026-01-31T09:00:00.000Z");
        (await RunAsync("ledger", "verify", "--tenant", "contoso")).Code.ShouldBe(0);
    }

    [Fact]
    public async Task List_begins_where_it_is_told_to_and_has_a_form_for_people()
    {
        await AppendAsync(5);
        var (_, output, _) = await RunAsync("ledger", "list", "--tenant", "CONTOSO", "--after", "3", "--raw");
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(3);
        lines[0].ShouldContain("stream");
        lines[1].ShouldStartWith("     4  2026-03-02T09:00:00.000Z  incident.closed");
        output.ShouldNotContain('\u001b');
    }

    [Fact]
    public async Task Verify_says_intact_with_code_0()
    {
        await AppendAsync(5);
        var (code, output, _) = await RunAsync("ledger", "verify", "--tenant", "contoso");
        code.ShouldBe(0);
        output.ShouldStartWith("contoso: intact, 5 entries, root ");
        (await RunAsync("ledger", "verify", "--all", "--json")).Output.ShouldContain("\"status\":\"intact\"");
        (await RunAsync("ledger", "verify", "--tenant", "fabrikam")).Output.ShouldStartWith("fabrikam: no entries: never used, or wiped");
    }

    [Fact]
    public async Task Verify_names_the_entry_that_was_tampered_with_and_ends_with_code_1()
    {
        await AppendAsync(5);
        using (var attacker = SqliteDatabase.OpenToWrite(Path.Combine(root, "data", LedgerFile.Name)))
            attacker.Execute("UPDATE entries SET body = replace(body, 'fixed', 'Fixed') WHERE seq = 3");
        var (code, output, _) = await RunAsync("ledger", "verify", "--tenant", "contoso");
        code.ShouldBe(1);
        output.ShouldContain("TAMPERED, entry 3 (incident.closed on incident/CON-2): its bytes do not have the hash");
        var (jsonCode, json, _) = await RunAsync("ledger", "verify", "--tenant", "contoso", "--json");
        jsonCode.ShouldBe(1);
        var found = JsonElement.Parse(json);
        found.GetProperty("status").GetString().ShouldBe("tampered");
        found.GetProperty("first").GetProperty("seq").GetInt64().ShouldBe(3);
        found.GetProperty("first").GetProperty("stream").GetString().ShouldBe("incident/CON-2");
    }

    [Fact]
    public async Task A_file_that_is_no_ledger_any_more_is_tampered_with()
    {
        var folder = Directory.CreateDirectory(Path.Combine(root, "garbage")).FullName;
        await File.WriteAllBytesAsync(Path.Combine(folder, LedgerFile.Name), new byte[9999], TestContext.Current.CancellationToken);
        var (code, output, error) = await RunAsync("ledger", "verify", "--tenant", "contoso", "--path", folder);
        code.ShouldBe(1, output + error);
        output.ShouldContain("TAMPERED");
        (await RunAsync("ledger", "list", "--tenant", "contoso", "--path", folder)).Code.ShouldBeOneOf(1, 2);
    }

    [Fact]
    public async Task A_copy_of_the_folder_verifies_also_with_entries_still_in_the_log()
    {
        await AppendAsync(20);
        var copy = Directory.CreateDirectory(Path.Combine(root, "copy")).FullName;
        foreach (var name in (string[])[LedgerFile.Name, LedgerFile.Name + "-wal"])
            File.Copy(Path.Combine(root, "data", name), Path.Combine(copy, name));
        var (code, output, _) = await RunAsync("ledger", "verify", "--tenant", "contoso", "--path", copy);
        code.ShouldBe(0);
        output.ShouldContain("20 entries");
    }

    [Theory]
    [InlineData("There is no ledger", "ledger", "verify", "--tenant", "contoso", "--path", "/nowhere")]
    [InlineData("unknown", "ledger", "verify", "--tenant", "nobody")]
    [InlineData("unknown", "ledger", "list", "--tenant", "nobody")]
    [InlineData("not a tenant id", "ledger", "verify", "--tenant", "no such company")]
    [InlineData("Which tenant?", "ledger", "verify")]
    [InlineData("Which tenant?", "ledger", "list")]
    [InlineData("--colour", "ledger", "list", "--colour", "red")]
    [InlineData("--after", "ledger", "list", "--tenant", "contoso", "--after", "soon")]
    [InlineData("", "ledger", "burn")]
    [InlineData("", "ledger")]
    public async Task A_mistake_is_explained_and_ends_with_code_2(string explanation, params string[] args)
    {
        var (code, output, error) = await RunAsync(args);
        code.ShouldBe(2, output + error);
        error.ShouldContain(explanation);
    }

    [Fact]
    public async Task Without_a_verb_the_bot_starts()
    {
        (await LedgerCommands.TryRunAsync([])).ShouldBeNull();
        (await LedgerCommands.TryRunAsync(["--urls", "http://localhost:0"])).ShouldBeNull();
    }

    public void Dispose()
    {
        ledger.Dispose();
        metrics.Dispose();
        Directory.Delete(root, recursive: true);
    }

    private async Task<IReadOnlyList<LedgerEntry>> AppendAsync(int count)
    {
        var actor = new Actor(ActorKind.Person, "8b1d", "José \u001b[31m");
        var entries = Enumerable.Range(0, count).Select(i => new NewEntry(
            StreamId.Incident(Con(i)), actor, CorrelationId.Parse("c0ffee"), new IncidentClosed(Con(i), "fixed by José \"J\" 🚀"),
            i == 0 ? null : i))
            .ToList();
        return (await ledger.AppendAsync(
            Contoso, [], entries, TestContext.Current.CancellationToken)).ShouldBeOfType<AppendResult.Appended>().Entries;
    }

    private Task<(int Code, string Output, string Error)> RunAsync(params string[] args) => Verb.RunAsync(root, settings, args);
}

using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;

namespace DevOpsAI.Tests.Bot.Commands;

/// <summary><c>ledger list</c> as people read it.</summary>
public sealed class WordListingTests : IDisposable
{
    private readonly CommandScene scene = new();

    [Fact]
    public async Task Each_entry_says_when_who_which_incident_and_what_happened()
    {
        await WriteAsync(
            new IncidentOpened(Con(1001), "Disk C: almost full", Severity.Critical, "DiskSpaceLow", "SRV-FILE01", IncidentScope.One, "k",
                "c", "E-1"),
            new ProposalDecided(Con(1001), 1, DecisionKind.Approve, "seal", "looks right\n\u001b[31mforged", null, null, true),
            new ExecutionFinished(Con(1001), "CON-1001-x1", ExecutionOutcome.Verified, "Cleaned.", [new("Free space", "4 %", "31 %")],
                false, null));
        var (code, output, error) = await scene.RunAsync("ledger", "list", "--tenant", "contoso");
        (code, error).ShouldBe((0, ""));
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(4);
        lines[1].ShouldBe(
            "     1  2026-03-02 09:00:00  Jo Person                     CON-1001 \"Disk C: almost full\": Opened, critical on SRV-FILE01");
        lines[2].ShouldEndWith("CON-1001 \"Disk C: almost full\": Approved: looks right ?[31mforged");
        lines[3].ShouldEndWith("CON-1001 \"Disk C: almost full\": Outcome: verified. Cleaned. Free space: was 4 %, now 31 %.");
        output.ShouldNotContain("00000000-");
        var raw = (await scene.RunAsync("ledger", "list", "--tenant", "contoso", "--raw")).Output;
        raw.ShouldContain("proposal.decided");
        raw.ShouldContain("00000000-0000-4000-8000-00000000000a");
        raw.ShouldNotContain("Jo Person");
    }

    [Fact]
    public async Task What_is_open_again_and_what_is_asked_then_reads_as_a_sentence()
    {
        await WriteAsync(
            new RecommendationDrafted(Con(1001), 3, RecommendationDrafted.AfterUndo, "Taken back.", "", [], Plan.Empty, Risk.Low, null,
                new Dictionary<string, string>(), false),
            new IncidentReopened(Con(1001)), new IncidentReopened(Con(1001)) { EventId = "E-2" });
        var lines = (await scene.RunAsync("ledger", "list", "--tenant", "contoso")).Output.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries);
        lines[1].ShouldEndWith("Draft 3, after an undo: Taken back.");
        lines[2].ShouldEndWith("Opened again: what was done was taken back, and its alert fires");
        lines[3].ShouldEndWith("Opened again: its alert fires again, after it had ended by itself");
    }

    [Fact]
    public async Task One_is_not_several_and_a_person_is_no_place()
    {
        await WriteAsync(
            new PollAdvanced("vendor", "1", "2", 1, [], false),
            new IncidentOpened(Con(1001), "Impossible travel", Severity.Critical, "ImpossibleTravel", "anna@contoso.com",
                IncidentScope.One, "k", "c", "E-1"));
        var lines = (await scene.RunAsync("ledger", "list", "--tenant", "contoso")).Output.Split(
            '\n', StringSplitOptions.RemoveEmptyEntries);
        lines[1].ShouldEndWith("Read the log of vendor: 1 line, 0 of them ours");
        lines[2].ShouldEndWith("Opened, critical for anna@contoso.com");
    }

    [Fact]
    public async Task Without_the_clients_key_names_stay_encrypted_and_that_is_said_once_and_nothing_is_made()
    {
        await WriteAsync(new FreezeSet("month end"), new FreezeLifted("over"));
        Directory.Delete(Path.Combine(scene.Data, "keys"), recursive: true);
        var (code, output, error) = await scene.RunAsync("ledger", "list", "--tenant", "contoso");
        code.ShouldBe(0);
        error.Split("Names, titles and reasons stay encrypted here.").Length.ShouldBe(2);
        output.ShouldContain("Stopped execution: (encrypted)");
        Directory.Exists(Path.Combine(scene.Data, "keys")).ShouldBeFalse();
    }

    [Fact]
    public async Task Every_type_of_entry_has_words_of_its_own()
    {
        await WriteAsync([.. EveryFact.All]);
        var (code, output, _) = await scene.RunAsync("ledger", "list", "--tenant", "contoso");
        code.ShouldBe(0);
        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Length.ShouldBe(EveryFact.All.Count + 1);
        foreach (var type in EveryFact.All.Select(CoreFeatures.Catalog.GetName))
            lines.ShouldNotContain(line => line.EndsWith(type, StringComparison.Ordinal), type);
    }

    public void Dispose() => scene.Dispose();

    private async Task WriteAsync(params Fact[] facts)
    {
        using var metrics = new LedgerMetrics();
        using var keyRing = new LocalKeyRing(scene.Data);
        using var ledger = new SqliteLedger(
            scene.Data, CoreFeatures.Catalog, keyRing.Keys, new ManualClock(), metrics, NullLogger<SqliteLedger>.Instance);
        (await keyRing.Keys.ForEncryptionAsync(CommandScene.Contoso, [],
            TestContext.Current.CancellationToken)).Add(DataKey.Create("subject"));
        foreach (var fact in facts)
        {
            var stream = EveryFact.AsEntry(fact).Stream;
            if (fact is IncidentOpened or ProposalDecided or ExecutionFinished)
                stream = StreamId.Proposal(Con(1001));
            await ledger.AppendAsync(
                CommandScene.Contoso, [],
                [new(stream, new(ActorKind.Person, "00000000-0000-4000-8000-00000000000a", "Jo Person"), CorrelationId.Parse("c0ffee"),
                fact)],
                TestContext.Current.CancellationToken);
        }
    }
}

using System.Text;
using System.Text.Json;
using DevOpsAI.Compliance;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class OscalTests
{
    private static readonly Dictionary<string, string> Schemas = new()
    {
        ["assessment-plan.json"] = "oscal_assessment-plan_schema.json",
        ["assessment-results.json"] = "oscal_assessment-results_schema.json",
        ["component-definition.json"] = "oscal_component_schema.json",
        ["poam.json"] = "oscal_poam_schema.json",
    };

    private readonly ManualClock clock = new();
    private readonly InMemoryLedger ledger;
    private readonly EvidenceScene scene;

    public OscalTests()
    {
        ledger = new(clock);
        scene = new(ledger, clock);
    }

    private IReadOnlyList<LedgerEntry> Entries => ledger.Entries(EvidenceScene.Contoso);

    [Fact]
    public void Uuids_are_those_of_the_rfc()
    {
        var cases = JsonElement.Parse(File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Compliance", "uuidv5.json")))
            .GetProperty("cases");
        foreach (var one in cases.EnumerateArray())
            UuidV5.For(one.GetProperty("namespace").GetGuid(), one.GetProperty("name").GetString()!)
                .ShouldBe(one.GetProperty("uuid").GetGuid());
        cases.GetArrayLength().ShouldBe(8);
    }

    [Fact]
    public async Task Documents_of_every_sort_of_story_are_valid_by_schema_by_metaschema_and_by_their_references()
    {
        await scene.EverythingAsync();
        MustBeValid(await OscalOf.AllAsync(Entries), 4);
    }

    [Fact]
    public async Task Documents_about_decisions_in_somebodys_name_and_broken_glasses_are_valid_too()
    {
        var id = await scene.OpenAsync("Fire");
        await scene.StageAsync(id, 1, GateLevel.L2, requester: EvidenceScene.Ana.AsActor());
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana, "it *burns*", owed: 2);
        await scene.RunAsync(id, 1, ExecutionOutcome.Verified);
        await scene.ReviewAsync(id, EvidenceScene.Bo, confirms: false, complete: false);
        await scene.SayAsync(StreamId.Proposal(id), new BreakGlassEscalated(id, 1, Role.Manager, "Somebody objected."),
            EvidenceScene.Bo.AsActor());
        var other = await scene.OpenAsync("Flood");
        await scene.StageAsync(other, 1, GateLevel.L2);
        await scene.DecideAsync(other, 1, DecisionKind.Approve, EvidenceScene.Ana, inTheNameOf: EvidenceScene.Bo.AsActor());
        for (var first = 0; first < Entries.Count; first++)
            MustBeValid(await OscalOf.AllAsync([.. Entries.Skip(first)]), 3, schema: first % 4 == 0);
    }

    [Fact]
    public async Task A_second_validator_agrees()
    {
        await scene.EverythingAsync();
        var folder = Directory.CreateTempSubdirectory("oscal-test-").FullName;
        try
        {
            var pairs = new List<string>();
            foreach (var (name, bytes) in await OscalOf.AllAsync(Entries))
            {
                await File.WriteAllBytesAsync(Path.Combine(folder, name), bytes, TestContext.Current.CancellationToken);
                pairs.AddRange([SchemaPath(Schemas[name]), Path.Combine(folder, name)]);
            }
            (await Tool.AjvAsync([.. pairs])).ShouldBe((0, ""));
            var broken = (await File.ReadAllTextAsync(pairs[^1], TestContext.Current.CancellationToken)).Replace(
                "\"status\": \"open\"", "\"status\": \"\"", StringComparison.Ordinal);
            await File.WriteAllTextAsync(pairs[^1], broken, TestContext.Current.CancellationToken);
            (await Tool.AjvAsync(pairs[^2], pairs[^1])).Code.ShouldBe(1);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Documents_of_a_single_entry_are_valid()
    {
        await scene.EverythingAsync();
        foreach (var entry in Entries)
            MustBeValid(await OscalOf.AllAsync([entry]), least: 3, schema: false);
        MustBeValid(await OscalOf.AllAsync([Entries[4]]), 3);
    }

    [Fact]
    public async Task Documents_of_redacted_entries_are_valid_and_hold_nothing_of_them()
    {
        await scene.VerifiedAsync();
        var all = Entries.Select(static entry => entry.Seq).ToHashSet();
        var files = await OscalOf.AllAsync(Entries, all);
        MustBeValid(files, 3);
        Encoding.UTF8.GetString(files["assessment-results.json"]).ShouldNotContain("CON-");
        Encoding.UTF8.GetString(files["assessment-results.json"]).ShouldContain("\"redacted-entries\"");
    }

    [Fact]
    public async Task Writing_twice_gives_the_same_bytes_and_another_tenant_shares_no_identifier()
    {
        await scene.EverythingAsync();
        var once = await OscalOf.AllAsync(Entries);
        var twice = await OscalOf.AllAsync(Entries);
        foreach (var (name, bytes) in once)
            twice[name].ShouldBe(bytes);
        var other = await OscalOf.AllAsync(Entries, subject: OscalOf.Subject(Entries) with { Tenant = Tenancy.TenantId.Parse("fabrikam") });
        foreach (var name in once.Keys.Where(static name => name != "component-definition.json"))
            Uuids(once[name]).Intersect(Uuids(other[name])).ShouldBeEmpty();
        other["component-definition.json"].ShouldBe(once["component-definition.json"]);
    }

    [Fact]
    public async Task A_verified_run_satisfies_what_was_examined_and_leaves_nothing_to_do()
    {
        await scene.VerifiedAsync();
        var files = await OscalOf.AllAsync(Entries);
        files.ShouldNotContainKey("poam.json");
        var result = Result(files);
        States(result).ShouldBe(Objectives.All.ToDictionary(static objective => objective.Id, static _ => "satisfied"));
        result.TryGetProperty("risks", out _).ShouldBeFalse();
        var observation = result.GetProperty("observations")[0];
        observation.GetProperty("description").GetString().ShouldBe(
            "This is a simulation: nothing real was touched. A remedy was put at gate level L2 under policy 2026-11-01, asked for by the "
            + "bot (drafting); it needs 1 approval. Ana Approver approved. Outcome: verified. It ended.");
        var decided = Entries.Single(static entry => entry.Fact is ProposalDecided);
        var evidence = observation.GetProperty("relevant-evidence").EnumerateArray()
            .Single(one => one.GetProperty("description").GetString()!.StartsWith("Decision", StringComparison.Ordinal));
        evidence.GetProperty("props").EnumerateArray().Select(static prop => prop.GetProperty("value").GetString())
            .ShouldBe([$"{decided.Seq}", Convert.ToHexStringLower(decided.Hash.Span)]);
        result.GetProperty("assessment-log").GetProperty("entries").GetArrayLength()
            .ShouldBe(Entries.Count(static entry => entry.Type != "card.sending"));
    }

    [Fact]
    public async Task What_went_wrong_is_found_and_what_was_put_right_is_closed()
    {
        await scene.EverythingAsync();
        var files = await OscalOf.AllAsync(Entries);
        var result = Result(files);
        States(result).Where(static state => state.Value == "not-satisfied").Select(static state => state.Key).Order()
            .ShouldBe(new[] { "ac-5_obj.b", "cm-3.1_obj.d", "cm-3_obj.b-1", "cm-3_obj.b-2", "cm-3_obj.d" }.Order());
        var risks = result.GetProperty("risks").EnumerateArray()
            .ToDictionary(Weakness, static risk => risk.GetProperty("status").GetString());
        risks.ShouldBe(new Dictionary<string, string?>
        {
            ["expired CON-1004"] = "open",
            ["failed CON-1005"] = "closed",
            ["failed CON-1006"] = "open",
            ["unknown CON-1007"] = "open",
            ["too-few-approvals CON-1008"] = "open",
            ["own-request CON-1008"] = "open",
            ["ran-when-prohibited CON-1008"] = "open",
            ["own-freeze-lifted A freeze was lifted by the person who had set it"] = "open",
            ["own-role Somebody gave themselves a role"] = "open",
            ["frozen Execution is frozen and nobody has lifted the freeze"] = "open",
            ["out-of-band Out-of-band change: service.stop on SRV-FILE01"] = "closed",
            ["out-of-band Out-of-band change: disk.wipe on SRV-FILE01"] = "open",
        }, ignoreOrder: true);
        JsonElement.Parse(files["poam.json"]).GetProperty("plan-of-action-and-milestones").GetProperty("poam-items").GetArrayLength()
            .ShouldBe(10);
    }

    [Fact]
    public async Task An_out_of_band_change_is_named_with_its_entry_until_people_have_closed_its_incident()
    {
        await scene.OutOfBandAsync("disk.wipe", closed: false);
        var open = await OscalOf.AllAsync(Entries);
        MustBeValid(open, 4);
        var item = JsonElement.Parse(open["poam.json"]).GetProperty("plan-of-action-and-milestones").GetProperty("poam-items")[0];
        item.GetProperty("title").GetString().ShouldBe("Out-of-band change: disk.wipe on SRV-FILE01");
        var found = Result(open).GetProperty("findings").EnumerateArray()
            .Single(static finding => finding.GetProperty("target").GetProperty("target-id").GetString() == "cm-3.1_obj.d");
        found.GetProperty("target").GetProperty("status").GetProperty("state").GetString().ShouldBe("not-satisfied");
        found.GetProperty("related-risks")[0].GetProperty("risk-uuid").GetString()
            .ShouldBe(item.GetProperty("related-risks")[0].GetProperty("risk-uuid").GetString());
        var observation = Result(open).GetProperty("observations").EnumerateArray()
            .Single(one => one.GetProperty("uuid").GetString()
                == item.GetProperty("related-observations")[0].GetProperty("observation-uuid").GetString());
        observation.GetProperty("relevant-evidence")[0].GetProperty("props")[0].GetProperty("value").GetString().ShouldBe("1");
        observation.GetProperty("description").GetString()!.ShouldContain("Sam Shift did disk.wipe on SRV-FILE01");
        await scene.SayAsync(StreamId.Incident(Con(1001)), new IncidentClosed(Con(1001), "handled"), EvidenceScene.Drafting);
        var closed = await OscalOf.AllAsync(Entries);
        closed.ShouldNotContainKey("poam.json");
        var risk = Result(closed).GetProperty("risks")[0];
        risk.GetProperty("status").GetString().ShouldBe("closed");
        Uuids(open["assessment-results.json"]).ShouldContain(risk.GetProperty("uuid").GetString()!);
        States(Result(closed))["cm-3.1_obj.d"].ShouldBe("not-satisfied");
    }

    [Fact]
    public async Task What_settled_a_weakness_settles_it_no_more_once_it_was_taken_back()
    {
        await scene.OutOfBandAsync("disk.wipe", closed: true);
        (await OscalOf.AllAsync(Entries)).ShouldNotContainKey("poam.json");
        await scene.SayAsync(StreamId.Incident(Con(1001)), new IncidentReopened(Con(1001)), EvidenceScene.Execution);
        var files = await OscalOf.AllAsync(Entries);
        Result(files).GetProperty("risks")[0].GetProperty("status").GetString().ShouldBe("open");
        MustBeValid(files, 4);
    }

    [Fact]
    public async Task A_silent_claim_is_open_only_when_its_lease_is_over()
    {
        var id = await scene.OpenAsync("Silent");
        await scene.StageAsync(id, 1, GateLevel.L2);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana);
        await scene.ClaimAsync(id, 1);
        (await OscalOf.AllAsync(Entries)).ShouldNotContainKey("poam.json");
        clock.Advance(TimeSpan.FromHours(2));
        await scene.VerifiedAsync();
        var files = await OscalOf.AllAsync(Entries);
        States(Result(files))["ac-6.9_obj"].ShouldBe("not-satisfied");
        files.ShouldContainKey("poam.json");
    }

    [Fact]
    public async Task A_plan_digest_that_is_not_the_approved_one_is_found()
    {
        var id = await scene.OpenAsync("Sealed");
        await scene.StageAsync(id, 1, GateLevel.L2);
        await scene.DecideAsync(id, 1, DecisionKind.Approve, EvidenceScene.Ana);
        await scene.RunAsync(id, 1, ExecutionOutcome.Verified, planDigest: EvidenceScene.Seal("another plan"));
        States(Result(await OscalOf.AllAsync(Entries)))["au-10_obj"].ShouldBe("not-satisfied");
    }

    [Fact]
    public async Task A_run_whose_gate_was_before_the_range_is_not_judged_by_it()
    {
        await scene.VerifiedAsync();
        var claimed = Entries.First(static entry => entry.Fact is ExecutionStarted);
        var states = States(Result(await OscalOf.AllAsync([.. Entries.Where(entry => entry.Seq >= claimed.Seq)])));
        states.Keys.Order().ShouldBe(new[] { "ac-6.9_obj", "au-8_obj.b", "au-9.3_obj", "cm-3_obj.d" }.Order());
    }

    [Fact]
    public async Task Outside_text_cannot_become_markup()
    {
        await scene.HostileAsync();
        var task = Result(await OscalOf.AllAsync(Entries)).GetProperty("local-definitions").GetProperty("tasks")[0];
        task.GetProperty("title").GetString().ShouldBe(
            "CON-1001: \\<script\\>alert('x')\\</script\\> \\[click\\](https://evil.example) \\*\\*bold\\*\\* (U+202E)txt.exe \\& "
            + "\"quotes\"");
    }

    [Fact]
    public void Every_control_named_is_one_of_the_catalog()
    {
        var controls = JsonElement.Parse(File.ReadAllBytes(SchemaPath("controls-800-53r5.json"))).GetProperty("controls");
        foreach (var objective in Objectives.All)
            controls.GetProperty(objective.Control).GetProperty("objective-ids").EnumerateArray().Select(static id => id.GetString())
                .ShouldContain(objective.Id);
        foreach (var control in DevOpsAI.Compliance.Oscal.ImplementedControls.All)
        {
            var statements = controls.GetProperty(control.Id).GetProperty("statement-ids").EnumerateArray()
                .Select(static id => id.GetString()).ToList();
            foreach (var (id, _) in control.Statements)
                statements.ShouldContain(id);
        }
    }

    [Theory]
    [InlineData("\"type\":\"objective-id\"", "\"type\":\"control\"", "oscal-finding-target-values")]
    [InlineData("\"role-id\":\"prepared-by\"", "\"role-id\":\"nobody\"", "role-id")]
    [InlineData("\"algorithm\":\"SHA-256\"", "\"algorithm\":\"SHA-512\"", "hash-length")]
    [InlineData("\"name\":\"method\",\"value\":\"TEST\"", "\"name\":\"method\",\"value\":\"GUESS\"", "oscal-activity-type-values")]
    public async Task The_metaschema_checker_finds_what_is_broken(string good, string bad, string rule)
    {
        await scene.EverythingAsync();
        var text = Encoding.UTF8.GetString((await OscalOf.AllAsync(Entries))["assessment-results.json"]);
        text.ShouldContain(good);
        Metaschema.Check(JsonElement.Parse(text.Replace(good, bad, StringComparison.Ordinal)), out _)
            .ShouldContain(problem => problem.Contains(rule));
    }

    private static void MustBeValid(Dictionary<string, byte[]> files, int least, bool schema = true)
    {
        files.Count.ShouldBeGreaterThanOrEqualTo(least);
        foreach (var (name, bytes) in files)
        {
            var document = JsonElement.Parse(bytes);
            if (schema)
                SchemaFile.Read(SchemaPath(Schemas[name])).Problems(document).ShouldBeEmpty(name);
            Metaschema.Check(document, out var applied).ShouldBeEmpty(name);
            applied.ShouldBeGreaterThan(20);
            OscalRules.Check(document).ShouldBeEmpty(name);
        }
    }

    private static string SchemaPath(string name) => Path.Combine(AppContext.BaseDirectory, "Compliance", "schemas", name);

    private static JsonElement Result(Dictionary<string, byte[]> files) =>
        JsonElement.Parse(files["assessment-results.json"]).GetProperty("assessment-results").GetProperty("results")[0];

    private static Dictionary<string, string> States(JsonElement result) => result.GetProperty("findings").EnumerateArray().ToDictionary(
        static finding => finding.GetProperty("target").GetProperty("target-id").GetString()!,
        static finding => finding.GetProperty("target").GetProperty("status").GetProperty("state").GetString()!);

    private static string Weakness(JsonElement risk) =>
        $"{risk.GetProperty("props")[0].GetProperty("value").GetString()} "
        + $"{(risk.GetProperty("title").GetString() is var title && title!.StartsWith("CON-", StringComparison.Ordinal) ? title.Split(':')[0] : title)}";

    private static IEnumerable<string> Uuids(byte[] file) =>
        System.Text.RegularExpressions.Regex.Matches(Encoding.UTF8.GetString(file), "\"uuid\":\\s?\"(?<uuid>[^\"]+)\"",
            System.Text.RegularExpressions.RegexOptions.None, TimeSpan.FromSeconds(5)).Select(static match => match.Groups["uuid"].Value);
}

using System.Text;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Sqlite;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Compliance;

public sealed class BundleTests : IDisposable
{
    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task A_bundle_verifies_here_and_by_the_script_that_was_written_from_its_description()
    {
        await scene.Story.EverythingAsync();
        var path = await scene.ExportAsync(await scene.RequestAsync(), "bundle.zip", await scene.SignAsync(10), await scene.SignAsync(20));
        var verdict = await BundleScene.CheckAsync(path, scene.Key);
        verdict.Problem.ShouldBeNull();
        verdict.ShouldSatisfyAllConditions(
            () => verdict.State.ShouldBe(BundleState.Intact),
            () => verdict.KeyIsTrusted.ShouldBeTrue(),
            () => verdict.EarlierCheckpoints.ShouldBe(1));
        var (code, output) = await BundleScene.PythonAsync(path);
        output.ShouldStartWith("intact: entries 1 to ");
        code.ShouldBe(0);
        BundleScene.Unpack(path).Keys.ShouldBe([
            "entries.jsonl", "proof.json", "checkpoint.txt", "earlier-checkpoints.jsonl", "key.txt", "oscal/assessment-plan.json",
            "oscal/assessment-results.json",
            "oscal/component-definition.json", "oscal/poam.json", "report.html", "VERIFY.md", "manifest.json"]);
    }

    [Fact]
    public async Task Every_range_of_a_ledger_of_every_size_verifies_and_the_script_agrees()
    {
        await scene.Story.EverythingAsync();
        var number = 0;
        foreach (var size in new long[] { 1, 2, 3, 6, 8, 9, 15, 17 })
        {
            var checkpoint = await scene.SignAsync(size);
            for (var first = 1L; first <= size; first++)
            {
                for (var last = first; last <= size; last += 4)
                {
                    var path = await scene.ExportAsync(await scene.RequestAsync(first, last, checkpoint), $"{++number}.zip");
                    (await BundleScene.CheckAsync(path)).Problem.ShouldBeNull($"{first} to {last} of {size}");
                    if (number % 20 == 0)
                        (await BundleScene.PythonAsync(path)).Code.ShouldBe(0);
                }
            }
        }
    }

    [Fact]
    public async Task Exporting_twice_gives_the_same_bytes()
    {
        await scene.Story.EverythingAsync();
        var request = await scene.RequestAsync(3, 40, redacted: Redaction.Parse(["5", "event.received"]));
        var once = await File.ReadAllBytesAsync(await scene.ExportAsync(request, "once.zip"), TestContext.Current.CancellationToken);
        var twice = await File.ReadAllBytesAsync(await scene.ExportAsync(request, "twice.zip"), TestContext.Current.CancellationToken);
        once.ShouldBe(twice);
    }

    [Fact]
    public async Task Redacted_entries_are_left_out_everywhere_and_everything_still_verifies()
    {
        await scene.Story.EverythingAsync();
        var path = await scene.ExportAsync(
            await scene.RequestAsync(
                redacted: Redaction.Parse(["1-9", "incident.opened,freeze.set", "freeze.lifted, proposal.staged", "proposal.decided"])));
        (await BundleScene.CheckAsync(path)).Problem.ShouldBeNull();
        (await BundleScene.PythonAsync(path)).Code.ShouldBe(0);
        var files = BundleScene.Unpack(path);
        foreach (var (name, content) in files)
            Encoding.UTF8.GetString(content).ShouldNotContain("Ana Approver", customMessage: name);
        Encoding.UTF8.GetString(files["report.html"]).ShouldContain(" redacted.</strong>");
        Encoding.UTF8.GetString(files["entries.jsonl"]).Split('\n')[0].ShouldContain("\"redacted\":true");
    }

    [Theory]
    [InlineData("0", "neither a seq")]
    [InlineData("5-2", "neither a seq")]
    [InlineData("everything", "neither a seq")]
    [InlineData("event.recieved", "There is no entry of type 'event.recieved'")]
    [InlineData("900", "are not all among")]
    public async Task A_redaction_that_would_leave_something_in_by_mistake_is_refused(string asked, string why)
    {
        await scene.Story.VerifiedAsync();
        var refused =
            await Should.ThrowAsync<EvidenceException>(
                async () => await scene.ExportAsync(await scene.RequestAsync(redacted: Redaction.Parse([asked]))));
        refused.Message.ShouldContain(why);
        NothingIsLeft();
    }

    [Fact]
    public async Task Nothing_is_overwritten_and_nothing_half_done_is_left()
    {
        await scene.Story.VerifiedAsync();
        var path = await scene.ExportAsync(await scene.RequestAsync());
        var before = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        (await Should.ThrowAsync<EvidenceException>(async () => await scene.ExportAsync(await scene.RequestAsync()))).Message.ShouldContain(
            "exists already");
        (await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken)).ShouldBe(before);
        File.Delete(path);
        var away = scene.Path("no/such/folder.zip");
        (await Should.ThrowAsync<EvidenceException>(async () => await scene.ExportAsync(await scene.RequestAsync(), away))).Message
            .ShouldContain("cannot be written");
        NothingIsLeft();
    }

    [Fact]
    public async Task A_ledger_in_which_something_ran_before_its_gate_is_not_exported()
    {
        var id = await scene.Story.OpenAsync("Hasty");
        await scene.Story.StageAsync(id, 1, GateLevel.L2);
        await scene.Story.RunAsync(id, 1, ExecutionOutcome.Verified);
        (await Should.ThrowAsync<EvidenceException>(async () => await scene.ExportAsync(await scene.RequestAsync()))).Message.ShouldContain(
            "entry 6 executes what entry 5");
        NothingIsLeft();
    }

    [Theory]
    [InlineData("UPDATE entries SET body = replace(body, 'approve', 'Approve') WHERE seq = 6", "Entry 6 of contoso does not have the hash")]
    [InlineData("DELETE FROM entries WHERE seq = 4", "Entry 4 of contoso is missing")]
    [InlineData("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 2", "Entry 2 of contoso does not have the hash")]
    public async Task A_ledger_that_was_tampered_with_is_not_exported(string attack, string why)
    {
        await scene.Story.VerifiedAsync();
        var request = await scene.RequestAsync();
        using (var attacker = SqliteDatabase.OpenToWrite(scene.File))
            attacker.Execute(attack);
        (await Should.ThrowAsync<EvidenceException>(() => scene.ExportAsync(request))).Message.ShouldContain(why);
        NothingIsLeft();
    }

    [Fact]
    public async Task A_ledger_that_was_changed_outside_the_range_does_not_fit_its_checkpoint()
    {
        await scene.Story.VerifiedAsync();
        var request = await scene.RequestAsync(5, 6);
        using (var attacker = SqliteDatabase.OpenToWrite(scene.File))
            attacker.Execute("UPDATE entries SET leaf = zeroblob(32) WHERE seq = 2");
        (await Should.ThrowAsync<EvidenceException>(() => scene.ExportAsync(request))).Message.ShouldContain(
            "is not the one that its checkpoint of size 10 was signed for");
    }

    [Fact]
    public async Task A_checkpoint_that_is_forged_of_another_tenant_or_too_small_is_refused()
    {
        await scene.Story.VerifiedAsync();
        var good = await scene.SignAsync();
        var forged = good with { Note = good.Note with { Text = good.Note.Text.Replace("10", "11", StringComparison.Ordinal) } };
        await RefusedAsync(await scene.RequestAsync(checkpoint: forged), "not to be believed");
        await RefusedAsync(await scene.RequestAsync(checkpoint: await scene.SignAsync(origin: "ledger.example/fabrikam")),
            "not of a ledger of contoso");
        await RefusedAsync(await scene.RequestAsync(1, 10, await scene.SignAsync(9)), "covers 9 entries of contoso, not yet entry 10");
        await RefusedAsync(await scene.RequestAsync(7, 3), "no entries from 7 to 3");
    }

    [Fact]
    public async Task Times_lead_to_the_first_entry_at_or_after_them()
    {
        await scene.Story.VerifiedAsync();
        var exporter = new BundleExporter(scene.Archive, CoreFeatures.Catalog);
        var start = new DateTimeOffset(2026, 3, 2, 9, 0, 0, TimeSpan.Zero);
        (await FirstAsync(start)).ShouldBe(1);
        (await FirstAsync(start.AddMinutes(3))).ShouldBe(3);
        (await FirstAsync(start.AddMinutes(3).AddSeconds(1))).ShouldBe(4);
        (await FirstAsync(start.AddDays(1))).ShouldBe(11);

        Task<long> FirstAsync(DateTimeOffset time) => exporter.FirstAtOrAfterAsync(EvidenceScene.Contoso, time, CancellationToken.None);
    }

    [Fact]
    public async Task The_report_shows_text_from_outside_as_text()
    {
        await scene.Story.EverythingAsync();
        var page = Encoding.UTF8.GetString(BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()))["report.html"]);
        page.ShouldContain("&lt;script&gt;alert(&#39;x&#39;)&lt;/script&gt;");
        page.ShouldNotContain("<script");
        page.ShouldNotContain("<img");
        page.ShouldNotContain('\u202E');
        page.ShouldContain("default-src 'none'");
    }

    [Fact]
    public async Task The_report_says_what_is_not_at_its_end_and_what_was_never_real()
    {
        await scene.Story.EverythingAsync();
        var page = Encoding.UTF8.GetString(BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()))["report.html"]);
        page.ShouldContain("not closed at the end of these entries.</strong> CON-");
        page.ShouldContain("Nothing real was touched there");
        page.ShouldContain("<span class=\"badge \">simulation</span>");
        page.ShouldNotContain("Nothing is open");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(null)]
    public async Task An_incident_without_a_draft_is_told_as_a_simulation_when_it_is_one(bool? simulated)
    {
        await scene.Story.SayAsync(
            StreamId.Incident(Con(1)),
            new IncidentOpened(Con(1), "Nobody knows what", Severity.Error, "Odd", "SRV-FILE01", IncidentScope.One, "k", "c", "E-1",
                Simulated: simulated), Actor.Service("incidents"));
        var page = Encoding.UTF8.GetString(BundleScene.Unpack(await scene.ExportAsync(await scene.RequestAsync()))["report.html"]);
        page.ShouldContain("<article id=\"CON-1\">");
        page.Contains("1 incident is a simulation").ShouldBe(simulated == true);
    }

    private async Task RefusedAsync(BundleRequest request, string why)
    {
        (await Should.ThrowAsync<EvidenceException>(() => scene.ExportAsync(request))).Message.ShouldContain(why);
        NothingIsLeft();
    }

    private void NothingIsLeft() => Directory.GetFiles(scene.Path(""), "*.zip*").ShouldBeEmpty();
}

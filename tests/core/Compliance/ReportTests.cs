using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using DevOpsAI.Compliance;
using DevOpsAI.Compliance.Bundles;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Core.Compliance;

/// <summary>What an auditor reads.</summary>
public sealed partial class ReportTests : IDisposable
{
    private readonly BundleScene scene = new();

    public void Dispose() => scene.Dispose();

    [Fact]
    public async Task An_incident_is_told_in_the_order_of_its_entries_with_every_draft()
    {
        var story = scene.Story;
        var id = await story.OpenAsync("Disk C: almost full");
        await story.StageAsync(id, 1, GateLevel.L2);
        await story.SayAsync(StreamId.Proposal(id), new ProposalEscalated(id, 1, Role.Manager), EvidenceScene.Drafting);
        await story.SayAsync(StreamId.Proposal(id), new ProposalExpired(id, 1), EvidenceScene.Drafting);
        await DraftAsync(id, 2, RecommendationDrafted.NoRunbook);
        await DraftAsync(id, 3, "runbook disk-space v4");
        await story.StageAsync(id, 3, GateLevel.L2);
        await story.DecideAsync(id, 3, DecisionKind.Approve, EvidenceScene.Ana, owed: 1);
        await story.RunAsync(id, 3, ExecutionOutcome.Verified);
        await story.ReviewAsync(id, EvidenceScene.Bo, confirms: true, complete: true);
        var article = Article(await ReportAsync(names: false), id);
        var times = Times().Matches(article)
            .Select(static one => DateTime.ParseExact(one.Groups["at"].Value, "yyyy-MM-dd HH:mm:ss 'UTC'", CultureInfo.InvariantCulture))
            .ToList();
        times.Count.ShouldBeGreaterThan(9);
        times.ShouldBe(times.Order());
        article.ShouldContain("Recommendation drafted by runbook disk-space v3.");
        article.ShouldContain(
            "Recommendation (draft 2) without a runbook: none is for this alert, so it says what is known and proposes no steps.");
        article.ShouldContain("Recommendation (draft 3) drafted by runbook disk-space v4.");
        article.ShouldNotContain("by no runbook");
    }

    [Fact]
    public async Task An_incident_that_was_opened_again_tells_each_closing_and_what_came_between()
    {
        var story = scene.Story;
        var id = await story.OpenAsync("Disk C: almost full");
        var incident = StreamId.Incident(id);
        await story.SayAsync(incident, new IncidentClosed(id, "verified"), EvidenceScene.Execution);
        await story.SayAsync(incident, new IncidentReopened(id), EvidenceScene.Execution);
        Sentences(await ReportAsync(names: false), id).ShouldBe(["Opened.", "Closed: verified.", "Opened again."]);
        await story.SayAsync(incident, new IncidentClosed(id, "resolved"), EvidenceScene.Execution);
        string[] told = ["Opened.", "Closed: verified.", "Opened again.", "Closed: resolved."];
        Sentences(await ReportAsync(names: false), id).ShouldBe(told);
        await story.SayAsync(incident, new IncidentReopened(id), EvidenceScene.Execution);
        Sentences(await ReportAsync(names: true), id).ShouldBe([.. told, "Opened again."]);
    }

    [Fact]
    public async Task What_is_open_again_is_said_to_be_so_until_what_is_asked_then_comes_to_an_end()
    {
        var story = scene.Story;
        var id = await story.OpenAsync("Disk C: almost full");
        var incident = StreamId.Incident(id);
        await story.StageAsync(id, 1, GateLevel.L1);
        await story.RunAsync(id, 1, ExecutionOutcome.Verified);
        await story.SayAsync(incident, new IncidentClosed(id, "verified"), EvidenceScene.Execution);
        Article(await ReportAsync(names: false), id).ShouldContain(">verified<");
        await story.SayAsync(incident, new IncidentReopened(id), EvidenceScene.Execution);
        Article(await ReportAsync(names: false), id).ShouldContain(">open again<");
        await DraftAsync(id, 2, RecommendationDrafted.AfterUndo);
        await story.StageAsync(id, 2, GateLevel.L3);
        var article = Article(await ReportAsync(names: false), id);
        article.ShouldContain(">open again<");
        article.ShouldContain(
            "Recommendation (draft 2) after what was done was taken back: it proposes no steps, a person chooses what happens instead.");
        article.ShouldNotContain("undecided");
        article.ShouldNotContain("by after");
        await story.DecideAsync(id, 2, DecisionKind.Handled, EvidenceScene.Ana);
        Article(await ReportAsync(names: false), id).ShouldContain(">handled<");
    }

    [Fact]
    public async Task An_alert_that_flaps_tells_each_time_that_it_fired_again()
    {
        var story = scene.Story;
        var id = await story.OpenAsync("Disk C: almost full");
        await story.StageAsync(id, 1, GateLevel.L2);
        await story.SayAsync(StreamId.Incident(id), new IncidentClosed(id, "resolved"), EvidenceScene.Drafting);
        await story.SayAsync(StreamId.Proposal(id), new ProposalWithdrawn(id, 1, "The alert resolved by itself."), EvidenceScene.Drafting);
        await story.SayAsync(StreamId.Incident(id), new IncidentReopened(id) { EventId = "E-2" }, EvidenceScene.Drafting);
        var report = await ReportAsync(names: false);
        Sentences(report, id).ShouldBe(["Opened.", "Closed: resolved.", "Opened again: its alert fires again."]);
        Article(report, id).ShouldContain(">open again<");
    }

    [Fact]
    public async Task What_was_read_before_and_after_is_told_where_names_are_opened_and_nowhere_else()
    {
        var story = scene.Story;
        var id = await story.OpenAsync("Disk C: almost full");
        await story.StageAsync(id, 1, GateLevel.L1);
        await story.RunAsync(id, 1, ExecutionOutcome.Verified,
            changes: [new("Free space of C:", "4 %", "31 %\n<b>forged line</b>"), new("Spooler", "stopped", "running")]);
        Article(await ReportAsync(names: true), id)
            .ShouldContain(
                "<pre>Free space of C:: was 4 %, now 31 % &lt;b&gt;forged line&lt;/b&gt;\nSpooler: was stopped, now running</pre>");
        Article(await ReportAsync(names: false), id).ShouldNotContain("31 %");
    }

    [Fact]
    public async Task Controls_are_called_as_the_catalog_calls_them()
    {
        await scene.Story.VerifiedAsync();
        var report = await ReportAsync(names: false);
        report.ShouldContain("NIST SP 800-53 AC-6(9) Log Use of Privileged Functions<br><code>ac-6.9_obj</code>");
        report.ShouldContain("NIST SP 800-53 CM-3 Configuration Change Control<br><code>cm-3_obj.b-2</code>");
        Objectives.All.ShouldAllBe(static objective => objective.ControlName.Length > 20);
    }

    /// <summary>Openings and closings, in their order.</summary>
    private static IEnumerable<string> Sentences(string report, IncidentId id) =>
        Endings().Matches(Article(report, id)).Select(static one => one.Groups["said"].Value);

    private Task DraftAsync(IncidentId id, int revision, string drafter) => scene.Story.SayAsync(
        StreamId.Proposal(id),
        new RecommendationDrafted(id, revision, drafter, "s", "a", [], new([]), Risk.Low, null, new Dictionary<string, string>(), true),
        EvidenceScene.Drafting);

    private async Task<string> ReportAsync(bool names)
    {
        var path = await scene.ExportAsync(await scene.RequestAsync(names: names), $"{Guid.NewGuid():N}.zip");
        (await BundleScene.CheckAsync(path)).Problem.ShouldBeNull();
        return Encoding.UTF8.GetString(BundleScene.Unpack(path)[BundleFormat.Report]);
    }

    private static string Article(string report, IncidentId id)
    {
        var start = report.IndexOf($"<article id=\"{id}\">", StringComparison.Ordinal);
        return report[start..report.IndexOf("</article>", start, StringComparison.Ordinal)];
    }

    [GeneratedRegex("</time> (?<said>(Opened|Closed)[^<]*\\.) <", RegexOptions.CultureInvariant
        | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Endings();

    [GeneratedRegex("<time>(?<at>[^<]*)</time>", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Times();
}

using System.Globalization;
using System.Net;
using System.Text;
using DevOpsAI.Compliance.Oscal;
using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance.Bundles;

/// <summary>
/// The report for people: one self-contained page without scripts, written as a stream. Everything that comes from entries is shown as
/// text.
/// </summary>
internal sealed class HtmlReport
{
    private const int MaxNamed = 20;

    private readonly StreamWriter page;
    private readonly Assessment assessment;
    private readonly EvidenceCheckpoint checkpoint;

    private HtmlReport(StreamWriter page, Assessment assessment, EvidenceCheckpoint checkpoint)
    {
        this.page = page;
        this.assessment = assessment;
        this.checkpoint = checkpoint;
    }

    public static async Task WriteAsync(Stream output, Assessment assessment, EvidenceCheckpoint checkpoint)
    {
        await using var written = new StreamWriter(output, new UTF8Encoding(false), 64 * 1024, leaveOpen: true) { NewLine = "\n" };
        new HtmlReport(written, assessment, checkpoint).Write();
    }

    private void Write()
    {
        using var css = new StreamReader(BundleDocuments.Resource("report.css"));
        var subject = assessment.Subject;
        page.WriteLine("<!doctype html>");
        page.WriteLine("<html lang=\"en\"><head><meta charset=\"utf-8\">");
        page.WriteLine("<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">");
        page.WriteLine(
            "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"><meta name=\"color-scheme\" content=\"light dark\">");
        page.WriteLine($"<title>Evidence of {Text(subject.TenantName)}</title><style>{css.ReadToEnd()}</style></head><body><main>");
        Head();
        Figures();
        Open();
        Controls();
        Stories();
        Others();
        page.WriteLine("</main></body></html>");
    }

    private void Head()
    {
        var subject = assessment.Subject;
        page.WriteLine($"<header><p class=\"kind\">Evidence report</p><h1>{Text(subject.TenantName)}</h1>");
        page.WriteLine(
            $"<p>Operational changes by {Text(subject.Provider)}, {Time(assessment.Start?.At ?? subject.AsOf)} to "
            + $"{Time(subject.AsOf)}.</p><dl>");
        Fact("Ledger", $"<code>{Text(checkpoint.Origin)}</code>");
        Fact("Entries",
            $"{subject.First} to {subject.Last} of {checkpoint.Size}"
            + $"{(assessment.Redacted > 0 ? $", {assessment.Redacted} redacted" : "")}");
        Fact("Root", $"<code>{Convert.ToHexStringLower(checkpoint.Root.Span)}</code>");
        Fact("Names", subject.WithNames
            ? "Opened for this report, each held against the entry that commits to it. Where it says (erased), an entry here says that "
                + "the key was destroyed; where it says (missing), none does."
            : "Encrypted: titles, summaries, reasons and names are encrypted beside the entries and are not told here. People appear by "
                + "their directory id.");
        Fact("Only claimed",
            "The names of the client and the provider are those that whoever exported this gave; the ledger does not have them and "
            + "nothing signs them. "
            + $"What is signed is the client's id, <code>{Text(subject.Tenant.Value)}</code>, at the end of the ledger's name.");
        page.WriteLine(
            "</dl><p class=\"note\">This page is made from <code>entries.jsonl</code> and proves nothing by itself. "
            + "<code>VERIFY.md</code> says how to check the entries with any tool; "
            + "<code>ledger verify --bundle</code> also makes this page again and compares.</p></header>");
    }

    private void Figures()
    {
        var revisions = assessment.Incidents.SelectMany(static incident => incident.Revisions);
        var (people, automatic, verified, troubled, expired) = (0, 0, 0, 0, 0);
        foreach (var revision in revisions)
        {
            people += revision.Final is null ? 0 : 1;
            automatic += revision is { Level: < GateLevel.L2, Run: not null, Staged: not null, Final: null } ? 1 : 0;
            verified += revision.Run?.Outcome == ExecutionOutcome.Verified ? 1 : 0;
            troubled += revision.Run?.Outcome is ExecutionOutcome.Failed or ExecutionOutcome.Unknown ? 1 : 0;
            expired += revision.Expired is null ? 0 : 1;
        }
        page.WriteLine("<section class=\"figures\" aria-label=\"Figures\">");
        Figure(assessment.IncidentCount, "incidents", "");
        Figure(people, "decided by people", "");
        Figure(automatic, "let through by policy", "");
        Figure(verified, "carried out and verified", "good");
        Figure(troubled, "failed or unknown", troubled > 0 ? "bad" : "");
        Figure(expired, "expired undecided", expired > 0 ? "warn" : "");
        page.WriteLine("</section>");
    }

    /// <summary>The gaps: what is open, and what this report cannot tell.</summary>
    private void Open()
    {
        var open = Weaknesses.For(assessment).Where(static weakness => weakness.IsOpen);
        page.WriteLine("<section><h2>Open and missing</h2><ul class=\"open\">");
        var any = false;
        foreach (var weakness in open)
        {
            any = true;
            page.WriteLine(
                $"<li><strong>{Text(RecordMessages.Title(assessment, weakness))}.</strong> "
                + $"{Text(RecordMessages.Statement(weakness))} {Entry(weakness.Seen)}</li>");
        }
        foreach (var key in assessment.MissingKeys)
        {
            any = true;
            page.WriteLine(
                $"<li><strong>Key {Text(key.Key)} is missing.</strong> What is encrypted under it in {key.Where} could not be opened, and "
                + $"none of these entries says that it was erased.</li>");
        }
        any |= OpenAndSimulated();
        if (assessment.Redacted > 0)
            page.WriteLine(
                $"<li><strong>{Entries(assessment.Redacted)} redacted.</strong> Place and hash are proven; what is said there is not "
                + $"told here.</li>");
        var first = assessment.Subject.First;
        if (first > 1)
            page.WriteLine(
                $"<li><strong>{Range(1, first - 1)} not part of this bundle.</strong> What began before is told from entry "
                + $"{first} on.</li>");
        if (checkpoint.Size > assessment.Subject.Last)
            page.WriteLine(
                $"<li><strong>{Range(assessment.Subject.Last + 1, checkpoint.Size)} not part of this bundle.</strong> What was still "
                + $"going on is not told to its end.</li>");
        if (!any && assessment.Redacted == 0 && first == 1 && checkpoint.Size == assessment.Subject.Last)
            page.WriteLine("<li class=\"none\">Nothing is open, and nothing is left out.</li>");
        page.WriteLine("</ul></section>");
    }

    /// <summary>Incidents that nothing is wrong with yet, but that are not at their end; and those that were never real.</summary>
    private bool OpenAndSimulated()
    {
        var (open, simulated) = (0, 0);
        List<string> named = [];
        foreach (var incident in assessment.Incidents)
        {
            simulated += incident.Simulated ? 1 : 0;
            open += incident.Closed is null ? 1 : 0;
            if (incident.Closed is null && named.Count < MaxNamed)
                named.Add(incident.Id);
        }
        if (open > 0)
        {
            page.WriteLine(
                $"<li><strong>{(open == 1 ? "1 incident is" : $"{open} incidents are")} not closed at the end of these entries.</strong> "
                + $"{Text(string.Join(", ", named))}{(open > named.Count ? $" and {open - named.Count} more" : "")}.</li>");
        }
        if (simulated > 0)
            page.WriteLine(
                $"<li><strong>{(simulated == 1 ? "1 incident is a simulation" : $"{simulated} incidents are "
                + $"simulations")}.</strong> Nothing real was touched there, and nothing follows for real systems.</li>");
        return open + simulated > 0;
    }

    private void Controls()
    {
        page.WriteLine(
            "<section><h2>Controls examined</h2><div class=\"wide\"><table class=\"controls\"><thead><tr><th>Control</th><th>What was "
            + "examined</th><th class=\"number\">Conform</th><th class=\"number\">Deviate</th><th>Finding</th></tr></thead><tbody>");
        foreach (var finding in Findings.For(assessment))
        {
            page.WriteLine(
                $"<tr><td>{Text(finding.Objective.ControlName)}<br><code>{finding.Objective.Id}</code></td><td>"
                + $"{Text(finding.Objective.Title)}</td><td class=\"number\" data-label=\"conform\">{finding.Conforming}</td><td "
                + $"class=\"number\" data-label=\"deviate\">{finding.Deviating}</td>"
                + $"<td>{(finding.IsSatisfied ? Badge("good", "satisfied") : Badge("bad", "not satisfied"))}</td></tr>");
        }
        page.WriteLine("</tbody></table></div></section>");
    }

    private void Stories()
    {
        page.WriteLine("<section><h2>What happened</h2>");
        if (assessment.IncidentCount == 0)
            page.WriteLine("<p>These entries tell of no incident.</p>");
        foreach (var incident in assessment.Incidents)
            Incident(incident);
        page.WriteLine("</section>");
    }

    private void Incident(IncidentRecord incident)
    {
        var severity = incident.Severity is { } known ? known.ToString().ToLowerInvariant() : "";
        page.WriteLine(
            $"<article id=\"{Text(incident.Id)}\"><h3><span class=\"id\">{Text(incident.Id)}</span> "
            + $"{Text(RecordMessages.Title(assessment, incident))} {Ending(incident)}"
            + $"{(incident.Simulated ? Badge("", "simulation") : "")}</h3>");
        var device = assessment.Texts.Get(incident.Device);
        var about = new[] { severity, device }.Where(static part => !Erasure.IsUnreadable(part)).Select(static part => Text(part));
        page.WriteLine($"<p class=\"about\">{string.Join(" · ", about)}</p><ol>");
        foreach (var line in IncidentLines.For(assessment, incident))
            Line(line);
        page.WriteLine("</ol></article>");
    }

    private void Line(ReportLine line)
    {
        var isList = line.Listed.Length > 0;
        Line(line.Mark, line.Message, close: !isList && line.Note is null);
        if (isList)
            page.WriteLine($"<pre>{string.Join('\n', line.Listed.Split('\n').Select(static one => Text(one, 4000)))}</pre></li>");
        else if (line.Note is { } why)
            page.WriteLine($"<p class=\"plan\">{Text(why)}</p></li>");
    }

    private void Others()
    {
        page.WriteLine("<section><h2>Freezes, roles and out-of-band changes</h2><ol>");
        var any = false;
        foreach (var other in assessment.Deviations)
        {
            any = true;
            var text = assessment.Texts.Get(other.Text);
            Line(other.Mark, other.Kind switch
            {
                DeviationKind.Frozen =>
                    $"{RecordMessages.Opening(other.By)} froze execution{RecordMessages.Reason(text)}."
                    + (other.Ended is { } ended ? $" Lifted at {RecordMessages.Utc(ended.At)} (entry {ended.Seq})." : " Still in force."),
                DeviationKind.OwnFreezeLifted => $"{RecordMessages.Opening(other.By)} lifted the freeze that they had set.",
                DeviationKind.OutOfBand =>
                    $"Out of band: {text}" + (other.Ended is { } closed
                        ? $" Its incident was closed at {RecordMessages.Utc(closed.At)} (entry {closed.Seq})."
                        : " Its incident is not closed."),
                DeviationKind.Reported => $"{assessment.Texts.Get(other.What)}: {text}",
                _ => $"{RecordMessages.Opening(other.By)} gave themselves the role {text}.",
            });
        }
        page.WriteLine(any
            ? "</ol></section>"
            : "</ol><p>Nobody froze execution, nobody gave themselves a role, and no out-of-band change is on record.</p></section>");
        page.WriteLine("<section><h2>Entries by type</h2><div class=\"wide\"><table><tbody>");
        foreach (var (type, count) in assessment.Counts)
            page.WriteLine($"<tr><td><code>{Text(type)}</code></td><td class=\"number\">{count}</td></tr>");
        if (assessment.Redacted > 0)
            page.WriteLine($"<tr><td>redacted</td><td class=\"number\">{assessment.Redacted}</td></tr>");
        page.WriteLine("</tbody></table></div></section>");
    }

    private static string Ending(IncidentRecord incident) => incident.Revisions switch
    {
        _ when incident.IsOpenAgain => Badge("warn", "open again"),
        [.., { Run.Outcome: ExecutionOutcome.Verified, Kind: ProposalKind.Undo }] => Badge("good", "undone"),
        [.., { Run.Outcome: ExecutionOutcome.Verified }] => Badge("good", "verified"),
        [.., { Run.Outcome: { } outcome }] =>
            Badge(outcome is ExecutionOutcome.Failed or ExecutionOutcome.Unknown ? "bad" : "warn", RecordMessages.Word(outcome)),
        [.., { Run: not null }] => Badge("warn", "no outcome yet"),
        [.., { Expired: not null }] => Badge("warn", "expired"),
        [.., { Final: { IsApproval: false, Kind: var kind } }] => Badge("", kind == DecisionKind.Reject ? "rejected" : "handled"),
        [.., { Withdrawn: not null }] => Badge("", "withdrawn"),
        _ => incident.Closed is null ? Badge("warn", "undecided") : Badge("", "closed"),
    };

    private void Line(EntryReference mark, string message, bool close = true) =>
        page.WriteLine($"<li><time>{Time(mark.At)}</time> {Text(message, 2000)} {Entry(mark)}{(close ? "</li>" : "")}");

    private void Fact(string name, string html) => page.WriteLine($"<div><dt>{name}</dt><dd>{html}</dd></div>");

    private void Figure(long value, string what, string tone) =>
        page.WriteLine(
            $"<div class=\"figure {tone}\"><b>{value.ToString("N0", CultureInfo.InvariantCulture)}</b><span>{what}</span></div>");

    private static string Entries(long count) => count == 1 ? "1 entry is" : $"{count} entries are";

    private static string Range(long first, long last) => first == last ? $"Entry {first} is" : $"Entries {first} to {last} are";

    private static string Badge(string tone, string word) => $"<span class=\"badge {tone}\">{Text(word)}</span>";

    private string Entry(EntryReference mark) => $"<span class=\"entry\" title=\"leaf {assessment.GetLeaf(mark)}\">entry {mark.Seq}</span>";

    private static string Time(DateTimeOffset at) => Text(RecordMessages.Utc(at));

    private static string Text(string text, int most = 500) => WebUtility.HtmlEncode(OscalText.Line(text, most));
}

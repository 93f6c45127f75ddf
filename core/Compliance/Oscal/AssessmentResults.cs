using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>
/// What the entries of a range say about controls: a log of the entries, an observation per proposal, a finding per objective.
/// Written as a stream; the entries are read once more for the log.
/// </summary>
internal static class AssessmentResults
{
    public static async Task WriteAsync(Stream output, OscalExport export, IEvidenceSource source, CancellationToken cancellationToken)
    {
        var assessment = export.Assessment;
        var subject = export.Subject;
        using var json = new OscalWriter(output, subject.Namespace, indented: false);
        json.Open();
        json.Open("assessment-results");
        json.Uuid(export.Document("assessment-results"));
        OscalMetadata.Write(json, export, "assessment-results", $"Operational changes of {subject.TenantName}");
        json.Open("import-ap");
        json.Text("href", "assessment-plan.json");
        json.Close();
        json.Open("local-definitions");
        OscalParts.WriteActivities(json, export);
        json.Close();
        json.OpenArray("results");
        json.Open();
        json.Uuid(export.Ids.For("result", export.Range));
        json.Text("title", $"Ledger entries {OscalWriter.Number(subject.First)} to {OscalWriter.Number(subject.Last)}");
        json.Text("description", Description(assessment));
        json.Time("start", assessment.Start?.At ?? subject.AsOf);
        json.Time("end", subject.AsOf);
        json.OpenArray("props");
        json.Prop("export-from-seq", OscalWriter.Number(subject.First));
        json.Prop("export-to-seq", OscalWriter.Number(subject.Last));
        if (assessment.Redacted > 0)
            json.Prop("redacted-entries", OscalWriter.Number(assessment.Redacted));
        json.CloseArray();
        json.Only("links", () =>
        {
            json.Text("href", $"#{export.CheckpointFile}");
            json.Text("rel", "reference");
        });
        WriteLocalDefinitions(json, export);
        var findings = Findings.For(assessment).ToList();
        OscalParts.WriteControls(json, "Controls for which the entries of this range carry evidence.",
            [.. findings.Select(static finding => finding.Objective)]);
        json.Array("attestations", Approvals(assessment),
            approval => WriteAttestation(json, export, approval.Incident, approval.Round, approval.Decision));
        await WriteLogAsync(json, export, source, cancellationToken);
        json.OpenArray("observations");
        foreach (var (incident, revision) in Findings.Telling(assessment))
        {
            json.Open();
            RevisionObservation.Write(json, export, incident, revision);
            json.Close();
        }
        OwnObservations.Write(json, export);
        json.CloseArray();
        json.Array("risks", Weaknesses.For(assessment), weakness => Risks.Write(json, export, weakness));
        json.Array("findings", findings, finding => Findings.Write(json, export, finding));
        json.Close();
        json.CloseArray();
        OscalParts.WriteResources(json, export);
        json.Close();
        json.Close();
    }

    private static string Description(Assessment assessment) =>
        $"{assessment.Entries} ledger entries about {assessment.IncidentCount} incidents, examined entry by entry."
        + (assessment.Redacted > 0 ? $" {assessment.Redacted} of them are redacted: what they say is not part of these results." : "");

    private static void WriteLocalDefinitions(OscalWriter json, OscalExport export)
    {
        var assessment = export.Assessment;
        json.Open("local-definitions");
        json.Array("components", Enumerable.Range(0, assessment.Targets.Count), index =>
        {
            var target = assessment.Targets[index];
            json.Uuid(export.Target(index));
            json.Text("type", "system");
            json.Text("title", OscalText.Markup(target.Name));
            var whose = target.Client.Length == 0 ? "" : $" of {target.Client}";
            json.Text("description", OscalText.Markup($"{target.Kind} {target.Id}{whose}, by connection {target.Connection}"));
            json.Open("status");
            json.Text("state", "operational");
            json.Close();
        });
        OscalParts.WriteAssets(json, export);
        json.Array("tasks", assessment.Incidents, incident => WriteTask(json, export, incident));
        json.Close();
    }

    private static void WriteTask(OscalWriter json, OscalExport export, IncidentRecord incident)
    {
        json.Uuid(export.Ids.For("task", incident.Id));
        json.Text("type", "action");
        json.Text("title", OscalText.Markup($"{incident.Id}: {RecordMessages.Title(export.Assessment, incident)}"));
        json.Open("timing");
        json.Open("within-date-range");
        json.Time("start", incident.First.At);
        json.Time("end", incident.Latest.At);
        json.Close();
        json.Close();
    }

    private static IEnumerable<(IncidentRecord Incident, RevisionRecord Round, DecisionRecord Decision)> Approvals(Assessment assessment) =>
        from incident in assessment.Incidents
        from revision in incident.Revisions
        from decision in revision.Decisions
        where decision is { IsApproval: true, By.Kind: ActorKind.Person }
        select (incident, revision, decision);

    private static void WriteAttestation(
        OscalWriter json, OscalExport export, IncidentRecord incident, RevisionRecord revision, DecisionRecord decision)
    {
        json.Only("responsible-parties", () =>
        {
            json.Text("role-id", OscalMetadata.Approver);
            json.Texts("party-uuids", export.Person(decision.By.Id).ToString());
        });
        json.Only("parts", () =>
        {
            json.Uuid(export.Ids.For("attestation", decision.Mark.Seq));
            json.Text("name", "approval-statement");
            json.Text("ns", export.Subject.Namespace);
            json.Text("title", $"Decision in ledger entry {OscalWriter.Number(decision.Mark.Seq)}");
            json.OpenArray("props");
            json.Prop("gate-level", revision.Level.ToString());
            json.Prop("gate-decision", RevisionObservation.Decision(decision.Kind));
            json.EntryProps(decision.Mark, export.Assessment.GetLeaf(decision.Mark));
            json.CloseArray();
            var plan = export.Assessment.Texts.Get(revision.Plan);
            var how = decision switch
            {
                { Owed: not null } => " alone, by breaking the glass,",
                { InTheNameOf: { } absent } => $" in the name of {OscalText.Markup(RecordMessages.Name(absent))}",
                _ => "",
            };
            json.Text("prose", $"Approved{how} for {incident.Id}: {(plan.Length > 0 ? OscalText.Markup(plan) : "what its proposal says")}");
        });
    }

    private static async Task WriteLogAsync(
        OscalWriter json, OscalExport export, IEvidenceSource source, CancellationToken cancellationToken)
    {
        if (export.Assessment.Logged == 0)
            return;
        json.Open("assessment-log");
        json.OpenArray("entries");
        await foreach (var evidence in source.ReadAsync(cancellationToken))
        {
            if (evidence.Entry is not { } entry || !export.Assessment.Catalog.IsLogged(entry))
                continue;
            json.Open();
            WriteLogEntry(json, export, new(evidence.Seq, entry.At), evidence.Leaf, entry);
            json.Close();
        }
        json.CloseArray();
        json.Close();
    }

    private static void WriteLogEntry(OscalWriter json, OscalExport export, EntryReference mark, Hash256 leaf, LedgerEntry entry)
    {
        json.Uuid(export.Ids.For("log-entry", mark.Seq));
        json.Text("title", OscalText.Markup(export.Assessment.Catalog.GetTitle(entry)));
        json.Time("start", mark.At);
        json.Time("end", mark.At);
        json.OpenArray("props");
        json.Prop("event-type", entry.Type);
        json.EntryProps(mark, leaf);
        json.Prop("actor-kind", entry.Actor.Kind.ToString().ToLowerInvariant());
        if (entry.Fact is ProposalDecided decided)
            json.Prop("gate-decision", RevisionObservation.Decision(decided.Kind));
        json.CloseArray();
        json.Only("links", () =>
        {
            json.Text("href", $"#{export.EntriesFile}");
            json.Text("rel", "reference");
            json.Text("resource-fragment", $"seq={OscalWriter.Number(mark.Seq)}");
        });
        json.Only("logged-by", () =>
        {
            var person = entry.Actor.Kind == ActorKind.Person;
            json.Uuid("party-uuid", person ? export.Person(entry.Actor.Id) : export.Provider);
            var role = entry.Fact is ProposalDecided ? OscalMetadata.Approver : OscalMetadata.Participant;
            json.Text("role-id", person ? role : OscalMetadata.Provider);
        });
        var slash = entry.Stream.Value.IndexOf('/', StringComparison.Ordinal);
        if (slash > 0 && export.Assessment.Find(ProposalSubject.Parse(entry.Stream.Value[(slash + 1)..])) is { } incident)
            json.Only("related-tasks", () => json.Uuid("task-uuid", export.Ids.For("task", incident.Id)));
    }
}

using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>One proposal as an observation: what was asked, who decided, how it ended, each with the entries that say so.</summary>
internal static class RevisionObservation
{
    public static Guid Id(OscalExport export, IncidentRecord incident, RevisionRecord revision) =>
        export.Ids.For("observation", $"{incident.Id}:{OscalWriter.Number(revision.Revision)}");

    /// <param name="standalone">In a document that has no tasks to refer to.</param>
    public static void Write(OscalWriter json, OscalExport export, IncidentRecord incident, RevisionRecord revision,
        bool standalone = false)
    {
        var assessment = export.Assessment;
        json.Uuid(Id(export, incident, revision));
        json.Text("title",
            OscalText.Markup(
                $"{incident.Id}, proposal {OscalWriter.Number(revision.Revision)}: {RecordMessages.Title(assessment, incident)}"));
        string?[] messages = [incident.Simulated
            ? RecordMessages.Simulation : null, RecordMessages.Gate(revision), .. RecordMessages.Decisions(assessment, revision),
            RecordMessages.Run(assessment, revision), .. RecordMessages.Reviews(assessment,
                revision).Select(static review => review.Message)];
        json.Text("description", string.Join(' ', messages.Where(static message => message is not null).Select(OscalText.Markup)));
        json.OpenArray("props");
        json.Prop("incident", incident.Id);
        if (incident.Simulated)
            json.Prop("simulated", "true");
        json.Prop("gate-level", revision.Level.ToString());
        if (revision.Policy.Length > 0)
            json.Prop("gate-policy-version", revision.Policy);
        if (revision.Final is { } final)
            json.Prop("gate-decision", Decision(final.Kind));
        else if (revision.Expired is not null)
            json.Prop("gate-decision", "expired");
        if (RecordMessages.Glass(revision) is { } glass)
            json.Prop("break-glass", glass);
        if (revision.Run?.Outcome is { } outcome)
            json.Prop("outcome", outcome.ToString().ToLowerInvariant());
        json.CloseArray();
        json.Texts("methods", revision.Run is null ? ["EXAMINE"] : ["EXAMINE", "TEST"]);
        json.Texts("types", "control-objective");
        json.Only("origins", () => WriteOrigin(json, export, standalone ? null : incident, revision));
        json.Array("subjects", revision.Targets, target =>
        {
            json.Uuid("subject-uuid", export.Target(target));
            json.Text("type", "component");
            json.Text("title", OscalText.Markup(assessment.Targets[target].Name));
        });
        OscalParts.WriteEvidence(json, export, Evidence(revision));
        json.Time("collected", Marks(revision).Max());
    }

    public static string Decision(DecisionKind kind) => kind switch
    {
        DecisionKind.Approve or DecisionKind.ApproveWithEdits => "approved",
        DecisionKind.Reject => "denied",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static void WriteOrigin(OscalWriter json, OscalExport export, IncidentRecord? incident, RevisionRecord revision)
    {
        var people = revision.Decisions.Select(static decision => decision.By).Where(static by => by.Kind == ActorKind.Person)
            .Select(by => export.Person(by.Id)).Distinct().Select(static id => (Type: "party", Id: id));
        json.Array("actors", people.Append((Type: "tool", Id: export.Bot)), actor =>
        {
            json.Text("type", actor.Type);
            json.Uuid("actor-uuid", actor.Id);
            if (actor.Type == "party")
                json.Text("role-id", OscalMetadata.Approver);
        });
        if (incident is not null)
            json.Only("related-tasks", () => json.Uuid("task-uuid", export.Ids.For("task", incident.Id)));
    }

    private static IEnumerable<(EntryReference Mark, string What)> Evidence(RevisionRecord revision)
    {
        if (revision.Staged is { } staged)
            yield return (staged, "Proposal at its gate");
        foreach (var decision in revision.Decisions)
            yield return (decision.Mark, "Decision");
        if (revision.Expired is { } expired)
            yield return (expired, "Expiry");
        if (revision.Withdrawn is { } withdrawn)
            yield return (withdrawn, "Withdrawal");
        foreach (var review in revision.Reviews)
            yield return (review.Mark, "Word about the broken glass");
        if (revision.GlassEscalated is { } told)
            yield return (told, "Escalation of the broken glass");
        if (revision.Run is not { } run)
            yield break;
        yield return (run.Started, "Claim");
        if (run.LastStep is { } step)
            yield return (step, "Last step, read back");
        if (run.Finished is { } finished)
            yield return (finished, "Outcome");
    }

    private static IEnumerable<DateTimeOffset> Marks(RevisionRecord revision) =>
        Evidence(revision).Select(static evidence => evidence.Mark.At);
}

using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Oscal;

/// <summary>One proposal as an observation: what was asked, who decided, how it ended, each with the entries that say so.</summary>
internal static class RoundObservation
{
    public static Guid Id(OscalExport export, IncidentRecord incident, Round round) =>
        export.Ids.Of("observation", $"{incident.Id}:{OscalWriter.Number(round.Revision)}");

    /// <param name="standalone">In a document that has no tasks to refer to.</param>
    public static void Write(OscalWriter json, OscalExport export, IncidentRecord incident, Round round, bool standalone = false)
    {
        var assessment = export.Assessment;
        json.Uuid(Id(export, incident, round));
        json.Text("title",
            OscalText.Markup($"{incident.Id}, proposal {OscalWriter.Number(round.Revision)}: {Story.Title(assessment, incident)}"));
        string?[] sentences = [incident.Simulated ? Story.Simulation : null, Story.Gate(round), .. Story.Decisions(assessment, round),
            Story.Run(assessment, round), .. Story.Reviews(assessment, round).Select(static review => review.Sentence)];
        json.Text("description", string.Join(' ', sentences.Where(static sentence => sentence is not null).Select(OscalText.Markup)));
        json.OpenArray("props");
        json.Prop("incident", incident.Id);
        if (incident.Simulated)
            json.Prop("simulated", "true");
        json.Prop("gate-level", round.Level.ToString());
        if (round.Policy.Length > 0)
            json.Prop("gate-policy-version", round.Policy);
        if (round.Final is { } final)
            json.Prop("gate-decision", Decision(final.Kind));
        else if (round.Expired is not null)
            json.Prop("gate-decision", "expired");
        if (Story.Glass(round) is { } glass)
            json.Prop("break-glass", glass);
        if (round.Run?.Outcome is { } outcome)
            json.Prop("outcome", outcome.ToString().ToLowerInvariant());
        json.CloseArray();
        json.Texts("methods", round.Run is null ? ["EXAMINE"] : ["EXAMINE", "TEST"]);
        json.Texts("types", "control-objective");
        json.Only("origins", () => WriteOrigin(json, export, standalone ? null : incident, round));
        json.Array("subjects", round.Targets, target =>
        {
            json.Uuid("subject-uuid", export.Target(target));
            json.Text("type", "component");
            json.Text("title", OscalText.Markup(assessment.Targets[target].Name));
        });
        OscalParts.WriteEvidence(json, export, Evidence(round));
        json.Time("collected", Marks(round).Max());
    }

    public static string Decision(DecisionKind kind) => kind switch
    {
        DecisionKind.Approve or DecisionKind.ApproveWithEdits => "approved",
        DecisionKind.Reject => "denied",
        _ => kind.ToString().ToLowerInvariant(),
    };

    private static void WriteOrigin(OscalWriter json, OscalExport export, IncidentRecord? incident, Round round)
    {
        var people = round.Decisions.Select(static decision => decision.By).Where(static by => by.Kind == ActorKind.Person)
            .Select(by => export.Person(by.Id)).Distinct().Select(static id => (Type: "party", Id: id));
        json.Array("actors", people.Append((Type: "tool", Id: export.Bot)), actor =>
        {
            json.Text("type", actor.Type);
            json.Uuid("actor-uuid", actor.Id);
            if (actor.Type == "party")
                json.Text("role-id", OscalMetadata.Approver);
        });
        if (incident is not null)
            json.Only("related-tasks", () => json.Uuid("task-uuid", export.Ids.Of("task", incident.Id)));
    }

    private static IEnumerable<(Mark Mark, string What)> Evidence(Round round)
    {
        if (round.Staged is { } staged)
            yield return (staged, "Proposal at its gate");
        foreach (var decision in round.Decisions)
            yield return (decision.Mark, "Decision");
        if (round.Expired is { } expired)
            yield return (expired, "Expiry");
        if (round.Withdrawn is { } withdrawn)
            yield return (withdrawn, "Withdrawal");
        foreach (var review in round.Reviews)
            yield return (review.Mark, "Word about the broken glass");
        if (round.GlassEscalated is { } told)
            yield return (told, "Escalation of the broken glass");
        if (round.Run is not { } run)
            yield break;
        yield return (run.Started, "Claim");
        if (run.LastStep is { } step)
            yield return (step, "Last step, read back");
        if (run.Finished is { } finished)
            yield return (finished, "Outcome");
    }

    private static IEnumerable<DateTimeOffset> Marks(Round round) => Evidence(round).Select(static evidence => evidence.Mark.At);
}

namespace DevOpsAI.Compliance.Oscal;

/// <summary>What all proposals together say about one objective.</summary>
internal sealed record Finding(Objective Objective, long Conforming, long Deviating)
{
    public bool IsSatisfied => Deviating == 0;
}

/// <summary>One finding for each objective that something was examined for; an objective that nothing speaks about gets none.</summary>
internal static class Findings
{
    public static IEnumerable<Finding> Of(Assessment assessment)
    {
        var until = assessment.Subject.AsOf;
        var own = assessment.Incidentals.LongCount(static incidental => incidental.Kind is IncidentalKind.OwnFreezeLifted or IncidentalKind.OwnRole);
        foreach (var objective in Objectives.OfRounds)
        {
            var (conforming, deviating) = (0L, objective == Objectives.Separated ? own : 0L);
            foreach (var round in assessment.Incidents.SelectMany(static incident => incident.Rounds))
            {
                var verdict = Verdicts.Of(objective, round, until);
                conforming += verdict == true ? 1 : 0;
                deviating += verdict == false ? 1 : 0;
            }
            if (conforming + deviating > 0)
                yield return new(objective, conforming, deviating);
        }
        yield return new(Objectives.TimeStamped, assessment.TimeWentBack is null ? assessment.Entries - assessment.Redacted : 0, assessment.TimeWentBack is null ? 0 : 1);
        yield return new(Objectives.Protected, assessment.Entries, 0);
    }

    /// <summary>The proposals that get an observation.</summary>
    public static IEnumerable<(IncidentRecord Incident, Round Round)> Telling(Assessment assessment) =>
        from incident in assessment.Incidents
        from round in incident.Rounds
        where Verdicts.IsTelling(round, assessment.Subject.AsOf)
        select (incident, round);

    public static void Write(OscalWriter json, OscalExport export, Finding finding)
    {
        json.Uuid(export.Ids.Of("finding", $"{finding.Objective.Id}:{export.Range}"));
        json.Text("title", finding.Objective.Title);
        json.Text("description", Description(export, finding));
        json.Open("target");
        json.Text("type", "objective-id");
        json.Text("target-id", finding.Objective.Id);
        json.Open("status");
        json.Text("state", finding.IsSatisfied ? "satisfied" : "not-satisfied");
        json.Text("reason", finding.IsSatisfied ? "pass" : "fail");
        json.Close();
        json.Close();
        json.Array("related-observations", Observations(export, finding), id => json.Uuid("observation-uuid", id));
        json.Array("related-risks", Weaknesses.Of(export.Assessment).Where(weakness => Concerns(weakness.Kind) == finding.Objective), weakness =>
            json.Uuid("risk-uuid", Risks.Id(export, weakness)));
    }

    /// <summary>The objective that a weakness speaks against; null for what is only left to do.</summary>
    public static Objective? Concerns(WeaknessKind kind) => kind switch
    {
        WeaknessKind.Expired => Objectives.Reviewed,
        WeaknessKind.TooFewApprovals => Objectives.Decided,
        WeaknessKind.OwnRequest or WeaknessKind.OwnFreezeLifted or WeaknessKind.OwnRole => Objectives.Separated,
        WeaknessKind.SealBroken => Objectives.Attributed,
        WeaknessKind.Failed or WeaknessKind.Unknown => Objectives.CarriedOut,
        WeaknessKind.Unfinished => Objectives.Logged,
        WeaknessKind.RanWhenProhibited => Objectives.Prohibited,
        WeaknessKind.TimeWentBack => Objectives.TimeStamped,
        _ => null,
    };

    private static string Description(OscalExport export, Finding finding)
    {
        var redacted = export.Assessment.Redacted;
        var counts = finding.Objective == Objectives.Protected || finding.Objective == Objectives.TimeStamped
            ? $"{finding.Conforming} entries conform, {finding.Deviating} deviate."
            : $"{finding.Conforming} cases conform, {finding.Deviating} deviate; proposals that policy lets through without a person, and those still waiting, are not counted.";
        return redacted == 0 || finding.Objective == Objectives.Protected ? counts : $"{counts} {redacted} redacted entries were not examined.";
    }

    /// <summary>Where something deviates, the deviations; otherwise everything that conforms.</summary>
    private static IEnumerable<Guid> Observations(OscalExport export, Finding finding)
    {
        if (finding.Objective == Objectives.Protected)
            return [OwnObservations.Integrity(export)];
        if (finding.Objective == Objectives.TimeStamped)
            return [OwnObservations.Times(export)];
        var rounds = from told in Telling(export.Assessment)
                     where Verdicts.Of(finding.Objective, told.Round, export.Subject.AsOf) == finding.IsSatisfied
                     select RoundObservation.Id(export, told.Incident, told.Round);
        return finding.Objective == Objectives.Separated
            ? rounds.Concat(export.Assessment.Incidentals.Where(static incidental => incidental.Kind != IncidentalKind.Frozen).Select(incidental => OwnObservations.Of(export, incidental)))
            : rounds;
    }
}

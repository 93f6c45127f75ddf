namespace DevOpsAI.Compliance.Oscal;

/// <summary>What all proposals together say about one objective.</summary>
internal sealed record Finding(Objective Objective, long Conforming, long Deviating)
{
    public bool IsSatisfied => Deviating == 0;
}

/// <summary>One finding for each objective that something was examined for; an objective that nothing speaks about gets none.</summary>
internal static class Findings
{
    public static IEnumerable<Finding> For(Assessment assessment)
    {
        var until = assessment.Subject.AsOf;
        var counts = Objectives.OfRounds.ToDictionary(static objective => objective, static _ => (Conforming: 0L, Deviating: 0L));
        foreach (var deviation in assessment.Deviations)
        {
            if (Concerns(deviation.Kind) is { } objective)
                counts[objective] = (0, counts[objective].Deviating + 1);
        }
        foreach (var revision in assessment.Incidents.SelectMany(static incident => incident.Revisions))
        {
            foreach (var objective in Objectives.OfRounds)
            {
                var (conforming, deviating) = counts[objective];
                if (Verdicts.For(objective, revision, until) is { } conforms)
                    counts[objective] = conforms ? (conforming + 1, deviating) : (conforming, deviating + 1);
            }
        }
        foreach (var objective in Objectives.OfRounds)
        {
            var (conforming, deviating) = counts[objective];
            if (conforming + deviating > 0)
                yield return new(objective, conforming, deviating);
        }
        yield return new(Objectives.TimeStamped, assessment.TimeWentBack is null ? assessment.Entries - assessment.Redacted : 0,
            assessment.TimeWentBack is null ? 0 : 1);
        yield return new(Objectives.Protected, assessment.Entries, 0);
    }

    /// <summary>The proposals that get an observation.</summary>
    public static IEnumerable<(IncidentRecord Incident, RevisionRecord Round)> Telling(Assessment assessment) =>
        from incident in assessment.Incidents
        from revision in incident.Revisions
        where Verdicts.IsTelling(revision, assessment.Subject.AsOf)
        select (incident, revision);

    public static void Write(OscalWriter json, OscalExport export, Finding finding)
    {
        json.Uuid(export.Ids.For("finding", $"{finding.Objective.Id}:{export.Range}"));
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
        // What conforms has no weaknesses: nothing to look for.
        json.Array("related-risks", finding.IsSatisfied
            ? []
            : Weaknesses.For(export.Assessment).Where(weakness => Concerns(weakness.Kind) == finding.Objective), weakness =>
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
        WeaknessKind.RanWhenProhibited or WeaknessKind.OutOfBand => Objectives.Prohibited,
        WeaknessKind.TimeWentBack => Objectives.TimeStamped,
        _ => null,
    };

    /// <summary>
    /// The objective that something which belongs to no proposal speaks against; null for a freeze, which is as it should be.
    /// </summary>
    private static Objective? Concerns(DeviationKind kind) => kind switch
    {
        DeviationKind.OwnFreezeLifted or DeviationKind.OwnRole => Objectives.Separated,
        DeviationKind.OutOfBand => Objectives.Prohibited,
        _ => null,
    };

    private static string Description(OscalExport export, Finding finding)
    {
        var redacted = export.Assessment.Redacted;
        var counts = finding.Objective == Objectives.Protected || finding.Objective == Objectives.TimeStamped
            ? $"{finding.Conforming} entries conform, {finding.Deviating} deviate."
            : $"{finding.Conforming} cases conform, {finding.Deviating} deviate; proposals that policy lets through without a person, "
                + $"and those still waiting, are not counted.";
        return redacted == 0 || finding.Objective == Objectives.Protected
            ? counts
            : $"{counts} {redacted} redacted entries were not examined.";
    }

    /// <summary>Where something deviates, the deviations; otherwise everything that conforms.</summary>
    private static IEnumerable<Guid> Observations(OscalExport export, Finding finding)
    {
        if (finding.Objective == Objectives.Protected)
            return [OwnObservations.Integrity(export)];
        if (finding.Objective == Objectives.TimeStamped)
            return [OwnObservations.Times(export)];
        var revisions = from told in Telling(export.Assessment)
                     where Verdicts.For(finding.Objective, told.Round, export.Subject.AsOf) == finding.IsSatisfied
                     select RevisionObservation.Id(export, told.Incident, told.Round);
        var others = export.Assessment.Deviations.Where(deviation => Concerns(deviation.Kind) == finding.Objective)
            .Select(deviation => OwnObservations.For(export, deviation));
        return revisions.Concat(others);
    }
}

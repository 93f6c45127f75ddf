using DevOpsAI.Proposals;

namespace DevOpsAI.Compliance;

public enum WeaknessKind
{
    Expired,
    TooFewApprovals,
    OwnRequest,
    SealBroken,
    Failed,
    Unknown,
    Unfinished,
    RanWhenProhibited,
    Frozen,
    OwnFreezeLifted,
    OwnRole,
    TimeWentBack,
    OutOfBand,
    Reported,
}

/// <summary>Something that did not go as it should, by a rule and not by anybody's opinion.</summary>
/// <param name="Key">Unique in the export, and the same in every export that contains it.</param>
/// <param name="Seen">The entry that shows it.</param>
/// <param name="SettledBy">The later entry that put it right; null while it is open.</param>
public sealed record Weakness(WeaknessKind Kind, string Key, EntryReference Seen, EntryReference? SettledBy, IncidentRecord? Incident,
    RevisionRecord? Round,
    Deviation? Deviation)
{
    public bool IsOpen => SettledBy is null;
}

/// <summary>Finds the weaknesses that the entries show, in order of the incidents. Pure.</summary>
public static class Weaknesses
{
    public static IEnumerable<Weakness> For(Assessment assessment)
    {
        var until = assessment.Subject.AsOf;
        foreach (var incident in assessment.Incidents)
        {
            foreach (var revision in incident.Revisions)
            {
                foreach (var (kind, seen) in For(revision, until))
                {
                    var key = $"{kind}:{incident.Id}:{revision.Revision}".ToLowerInvariant();
                    yield return new(kind, key, seen, SettledBy(kind, incident, revision, seen), incident, revision, null);
                }
            }
        }
        // An out-of-band change is settled when people have closed the incident about it. A freeze is the line being stopped as it should
        // be; only one that nobody has lifted is left to see to.
        foreach (var deviation in assessment.Deviations.Where(
            static happened => happened is not { Kind: DeviationKind.Frozen, Ended: not null }))
        {
            var kind = deviation.Kind switch
            {
                DeviationKind.Frozen => WeaknessKind.Frozen,
                DeviationKind.OwnFreezeLifted => WeaknessKind.OwnFreezeLifted,
                DeviationKind.OutOfBand => WeaknessKind.OutOfBand,
                DeviationKind.Reported => WeaknessKind.Reported,
                _ => WeaknessKind.OwnRole,
            };
            yield return new(kind, $"{kind}:{deviation.Mark.Seq}".ToLowerInvariant(), deviation.Mark, deviation.Ended, null, null,
                deviation);
        }
        if (assessment.TimeWentBack is { } back)
            yield return new(WeaknessKind.TimeWentBack, $"time:{back.Seq}", back, null, null, null, null);
    }

    private static IEnumerable<(WeaknessKind Kind, EntryReference Seen)> For(RevisionRecord revision, DateTimeOffset until)
    {
        if (Verdicts.For(Objectives.Reviewed, revision, until) == false)
            yield return (WeaknessKind.Expired, revision.Expired!.Value);
        if (Verdicts.For(Objectives.Decided, revision, until) == false)
            yield return (WeaknessKind.TooFewApprovals, revision.Final!.Mark);
        if (Verdicts.For(Objectives.Separated, revision, until) == false)
            yield return (WeaknessKind.OwnRequest, revision.Decisions.Find(static decision => decision.IsApproval)!.Mark);
        if (revision.Run is not { } run)
            yield break;
        if (Verdicts.For(Objectives.Prohibited, revision, until) == false)
            yield return (WeaknessKind.RanWhenProhibited, run.Started);
        if (Verdicts.For(Objectives.Attributed, revision, until) == false)
            yield return (WeaknessKind.SealBroken, run.Started);
        if (Verdicts.For(Objectives.Logged, revision, until) == false)
            yield return (WeaknessKind.Unfinished, run.Started);
        if (run is { Outcome: ExecutionOutcome.Failed or ExecutionOutcome.Unknown, Finished: { } finished })
            yield return (run.Outcome == ExecutionOutcome.Failed ? WeaknessKind.Failed : WeaknessKind.Unknown, finished);
    }

    /// <summary>
    /// What did not come about is settled when somebody has seen to the incident or a later proposal is verified, and what nobody decided
    /// also when somebody has decided a later proposal; what was done against the rules stays, until people answer for it elsewhere.
    /// </summary>
    private static EntryReference? SettledBy(WeaknessKind kind, IncidentRecord incident, RevisionRecord revision, EntryReference seen)
    {
        if (kind is not (WeaknessKind.Expired or WeaknessKind.Failed or WeaknessKind.Unknown or WeaknessKind.Unfinished))
            return null;
        foreach (var later in incident.Revisions)
        {
            if (kind == WeaknessKind.Expired && later.Revision > revision.Revision && later.Final is { } decided
                && decided.Mark.Seq > seen.Seq)
                return decided.Mark;
            if (later.Revision > revision.Revision && later.Run is { Outcome: ExecutionOutcome.Verified, Finished: { } verified }
                && verified.Seq > seen.Seq)
                return verified;
        }
        return incident.Treated is { } treated && treated.Seq > seen.Seq ? treated : null;
    }
}

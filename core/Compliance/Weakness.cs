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
}

/// <summary>Something that did not go as it should, by a rule and not by anybody's opinion.</summary>
/// <param name="Key">Unique in the export, and the same in every export that contains it.</param>
/// <param name="Seen">The entry that shows it.</param>
/// <param name="SettledBy">The later entry that put it right; null while it is open.</param>
public sealed record Weakness(WeaknessKind Kind, string Key, Mark Seen, Mark? SettledBy, IncidentRecord? Incident, Round? Round,
    Incidental? Incidental)
{
    public bool IsOpen => SettledBy is null;
}

/// <summary>Finds the weaknesses that the entries show, in order of the incidents. Pure.</summary>
public static class Weaknesses
{
    public static IEnumerable<Weakness> Of(Assessment assessment)
    {
        var until = assessment.Subject.AsOf;
        foreach (var incident in assessment.Incidents)
        {
            foreach (var round in incident.Rounds)
            {
                foreach (var (kind, seen) in Of(round, until))
                {
                    var key = $"{kind}:{incident.Id}:{round.Revision}".ToLowerInvariant();
                    yield return new(kind, key, seen, SettledBy(kind, incident, round, seen), incident, round, null);
                }
            }
        }
        // An out-of-band change is settled when people have closed the incident about it. A freeze is the line being stopped as it should
        // be; only one that nobody has lifted is left to see to.
        foreach (var incidental in assessment.Incidentals.Where(
            static happened => happened is not { Kind: IncidentalKind.Frozen, Ended: not null }))
        {
            var kind = incidental.Kind switch
            {
                IncidentalKind.Frozen => WeaknessKind.Frozen,
                IncidentalKind.OwnFreezeLifted => WeaknessKind.OwnFreezeLifted,
                IncidentalKind.OutOfBand => WeaknessKind.OutOfBand,
                _ => WeaknessKind.OwnRole,
            };
            yield return new(kind, $"{kind}:{incidental.Mark.Seq}".ToLowerInvariant(), incidental.Mark, incidental.Ended, null, null,
                incidental);
        }
        if (assessment.TimeWentBack is { } back)
            yield return new(WeaknessKind.TimeWentBack, $"time:{back.Seq}", back, null, null, null, null);
    }

    private static IEnumerable<(WeaknessKind Kind, Mark Seen)> Of(Round round, DateTimeOffset until)
    {
        if (Verdicts.Of(Objectives.Reviewed, round, until) == false)
            yield return (WeaknessKind.Expired, round.Expired!.Value);
        if (Verdicts.Of(Objectives.Decided, round, until) == false)
            yield return (WeaknessKind.TooFewApprovals, round.Final!.Mark);
        if (Verdicts.Of(Objectives.Separated, round, until) == false)
            yield return (WeaknessKind.OwnRequest, round.Decisions.Find(static decision => decision.IsApproval)!.Mark);
        if (round.Run is not { } run)
            yield break;
        if (Verdicts.Of(Objectives.Prohibited, round, until) == false)
            yield return (WeaknessKind.RanWhenProhibited, run.Started);
        if (Verdicts.Of(Objectives.Attributed, round, until) == false)
            yield return (WeaknessKind.SealBroken, run.Started);
        if (Verdicts.Of(Objectives.Logged, round, until) == false)
            yield return (WeaknessKind.Unfinished, run.Started);
        if (run is { Outcome: ExecutionOutcome.Failed or ExecutionOutcome.Unknown, Finished: { } finished })
            yield return (run.Outcome == ExecutionOutcome.Failed ? WeaknessKind.Failed : WeaknessKind.Unknown, finished);
    }

    /// <summary>
    /// What did not come about is settled when somebody has seen to the incident or a later proposal is verified, and what nobody decided
    /// also when somebody has decided a later proposal; what was done against the rules stays, until people answer for it elsewhere.
    /// </summary>
    private static Mark? SettledBy(WeaknessKind kind, IncidentRecord incident, Round round, Mark seen)
    {
        if (kind is not (WeaknessKind.Expired or WeaknessKind.Failed or WeaknessKind.Unknown or WeaknessKind.Unfinished))
            return null;
        foreach (var later in incident.Rounds)
        {
            if (kind == WeaknessKind.Expired && later.Revision > round.Revision && later.Final is { } decided
                && decided.Mark.Seq > seen.Seq)
                return decided.Mark;
            if (later.Revision > round.Revision && later.Run is { Outcome: ExecutionOutcome.Verified, Finished: { } verified }
                && verified.Seq > seen.Seq)
                return verified;
        }
        return incident.Treated is { } treated && treated.Seq > seen.Seq ? treated : null;
    }
}

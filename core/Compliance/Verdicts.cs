using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>Judges one proposal by what the entries say of it. Pure.</summary>
public static class Verdicts
{
    /// <summary>True when it conforms, false when it deviates, null when the range does not tell or the objective does not apply.</summary>
    /// <param name="until">Time of the last entry: a claim whose lease is not over by then may still be at work.</param>
    public static bool? Of(Objective objective, Round round, DateTimeOffset until)
    {
        // How it ended is known even when the gate was before the range; nothing else is.
        if (round.Staged is null && objective != Objectives.CarriedOut && objective != Objectives.Logged)
            return null;
        return objective.Id switch
        {
            _ when objective == Objectives.Reviewed => Reviewed(round),
            _ when objective == Objectives.Decided => round.Level >= GateLevel.L2 && round.Final is { } ? HasItsPeople(round) : null,
            _ when objective == Objectives.CarriedOut => CarriedOut(round),
            _ when objective == Objectives.Prohibited => Prohibited(round),
            _ when objective == Objectives.Separated => Separated(round),
            _ when objective == Objectives.Logged => Logged(round, until),
            _ when objective == Objectives.Attributed => Attributed(round),
            _ => null,
        };
    }

    /// <summary>Whether it says anything at all about the objectives.</summary>
    public static bool IsTelling(Round round, DateTimeOffset until) =>
        Objectives.OfRounds.Any(objective => Of(objective, round, until) is not null);

    private static bool? Reviewed(Round round) => round switch
    {
        { Level: < GateLevel.L2 } => null,
        { Final: not null } => true,
        { Expired: not null } => false,
        _ => null,
    };

    private static bool HasItsPeople(Round round)
    {
        var final = round.Final!;
        if (!final.IsApproval)
            return final.By.Kind == ActorKind.Person;
        // Who breaks the glass decides alone, and the others' word comes afterwards.
        return final.Owed is null ? Approvers(round) >= round.Approvals : IsConfirmed(round);
    }

    /// <summary>Enough others have said that it was right to break the glass.</summary>
    private static bool IsConfirmed(Round round) => round.Reviews.Exists(static review => review is { Confirms: true, Complete: true });

    /// <summary>Neither who stands in for somebody nor who is stood in for counts twice.</summary>
    private static int Approvers(Round round)
    {
        var approvals = round.Decisions
            .Where(decision => decision.IsApproval && decision.By.Kind == ActorKind.Person
                && !(round.NotTheRequester && IsRequester(round, decision)))
            .ToList();
        return Math.Min(Different(approvals.Select(static decision => decision.By)),
            Different(approvals.Select(static decision => decision.InTheNameOf ?? decision.By)));
    }

    private static int Different(IEnumerable<Actor> people) =>
        people.Select(static person => person.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count();

    private static bool? CarriedOut(Round round) => round.Run?.Outcome switch
    {
        ExecutionOutcome.Verified => true,
        ExecutionOutcome.Failed or ExecutionOutcome.Unknown => false,
        _ => null,
    };

    private static bool? Prohibited(Round round)
    {
        if (round.Run is not { } run)
            return null;
        if (run.Frozen && (run.Applied + run.NotApplied > 0 || run.Outcome is not (ExecutionOutcome.Stopped or null)))
            return false;
        if (round.Level < GateLevel.L2)
            return true;
        // A glass is broken where policy allows it; what is owed for it is another objective.
        return round.Final is { IsApproval: true } final && final.Mark.Seq < run.Started.Seq
            && (final.Owed is not null || HasItsPeople(round)) && final.ByClock <= round.ExpiresAt;
    }

    /// <summary>At L0 and L1 the policy decides, and at L1 the press of the person who asks is the decision.</summary>
    private static bool? Separated(Round round)
    {
        var approvals = round.Level < GateLevel.L2 ? [] : round.Decisions.Where(static decision => decision.IsApproval).ToList();
        return approvals.Count == 0
            ? null
            : approvals.TrueForAll(decision => !IsRequester(round, decision) || (decision.Owed is not null && IsConfirmed(round)));
    }

    private static bool IsRequester(Round round, DecisionRecord decision) =>
        round.Requester.Kind == ActorKind.Person
        && (string.Equals(round.Requester.Id, decision.By.Id, StringComparison.OrdinalIgnoreCase)
            || string.Equals(round.Requester.Id, decision.InTheNameOf?.Id, StringComparison.OrdinalIgnoreCase));

    private static bool? Logged(Round round, DateTimeOffset until) => round.Run switch
    {
        null => null,
        { Finished: not null } => true,
        { LeaseUntil: var lease } when lease < until => false,
        _ => null,
    };

    private static bool? Attributed(Round round)
    {
        if (round.Run is not { } run || round.Level < GateLevel.L2)
            return null;
        return run.Sealed && round.Decisions.Where(static decision => decision.IsApproval)
            .All(static decision => decision.Sealed && decision.By.Kind == ActorKind.Person);
    }
}

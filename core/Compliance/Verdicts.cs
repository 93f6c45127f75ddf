using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance;

/// <summary>Judges one proposal by what the entries say of it. Pure.</summary>
public static class Verdicts
{
    /// <summary>True when it conforms, false when it deviates, null when the range does not tell or the objective does not apply.</summary>
    /// <param name="until">Time of the last entry: a claim whose lease is not over by then may still be at work.</param>
    public static bool? For(Objective objective, RevisionRecord revision, DateTimeOffset until)
    {
        // How it ended is known even when the gate was before the range; nothing else is.
        if (revision.Staged is null && objective != Objectives.CarriedOut && objective != Objectives.Logged)
            return null;
        return objective.Id switch
        {
            _ when objective == Objectives.Reviewed => Reviewed(revision),
            _ when objective == Objectives.Decided =>
                revision.Level >= GateLevel.L2 && revision.Final is { } ? HasItsPeople(revision) : null,
            _ when objective == Objectives.CarriedOut => CarriedOut(revision),
            _ when objective == Objectives.Prohibited => Prohibited(revision),
            _ when objective == Objectives.Separated => Separated(revision),
            _ when objective == Objectives.Logged => Logged(revision, until),
            _ when objective == Objectives.Attributed => Attributed(revision),
            _ => null,
        };
    }

    /// <summary>Whether it says anything at all about the objectives.</summary>
    public static bool IsTelling(RevisionRecord revision, DateTimeOffset until) =>
        Objectives.OfRounds.Any(objective => For(objective, revision, until) is not null);

    private static bool? Reviewed(RevisionRecord revision) => revision switch
    {
        { Level: < GateLevel.L2 } => null,
        { Final: not null } => true,
        { Expired: not null } => false,
        _ => null,
    };

    private static bool HasItsPeople(RevisionRecord revision)
    {
        var final = revision.Final!;
        if (!final.IsApproval)
            return final.By.Kind == ActorKind.Person;
        // Who breaks the glass decides alone, and the others' word comes afterwards.
        return final.Owed is null ? Approvers(revision) >= revision.Approvals : IsConfirmed(revision);
    }

    /// <summary>Enough others have said that it was right to break the glass.</summary>
    private static bool IsConfirmed(RevisionRecord revision) =>
        revision.Reviews.Exists(static review => review is { Confirms: true, Complete: true });

    /// <summary>Neither who stands in for somebody nor who is stood in for counts twice.</summary>
    private static int Approvers(RevisionRecord revision)
    {
        var approvals = revision.Decisions
            .Where(decision => decision.IsApproval && decision.By.Kind == ActorKind.Person
                && !(revision.NotTheRequester && IsRequester(revision, decision)))
            .ToList();
        return Math.Min(Different(approvals.Select(static decision => decision.By)),
            Different(approvals.Select(static decision => decision.InTheNameOf ?? decision.By)));
    }

    private static int Different(IEnumerable<Actor> people) =>
        people.Select(static person => person.Id).Distinct(StringComparer.OrdinalIgnoreCase).Count();

    private static bool? CarriedOut(RevisionRecord revision) => revision.Run?.Outcome switch
    {
        ExecutionOutcome.Verified => true,
        ExecutionOutcome.Failed or ExecutionOutcome.Unknown => false,
        _ => null,
    };

    private static bool? Prohibited(RevisionRecord revision)
    {
        if (revision.Run is not { } run)
            return null;
        if (run.Frozen && (run.Applied + run.NotApplied > 0 || run.Outcome is not (ExecutionOutcome.Stopped or null)))
            return false;
        if (revision.Level < GateLevel.L2)
            return true;
        // A glass is broken where policy allows it; what is owed for it is another objective.
        return revision.Final is { IsApproval: true } final && final.Mark.Seq < run.Started.Seq
            && (final.Owed is not null || HasItsPeople(revision)) && final.ByClock <= revision.ExpiresAt;
    }

    /// <summary>At L0 and L1 the policy decides, and at L1 the press of the person who asks is the decision.</summary>
    private static bool? Separated(RevisionRecord revision)
    {
        var approvals = revision.Level < GateLevel.L2 ? [] : revision.Decisions.Where(static decision => decision.IsApproval).ToList();
        return approvals.Count == 0
            ? null
            : approvals.TrueForAll(decision => !IsRequester(revision, decision) || (decision.Owed is not null && IsConfirmed(revision)));
    }

    private static bool IsRequester(RevisionRecord revision, DecisionRecord decision) =>
        revision.Requester.Kind == ActorKind.Person
        && (string.Equals(revision.Requester.Id, decision.By.Id, StringComparison.OrdinalIgnoreCase)
            || string.Equals(revision.Requester.Id, decision.InTheNameOf?.Id, StringComparison.OrdinalIgnoreCase));

    private static bool? Logged(RevisionRecord revision, DateTimeOffset until) => revision.Run switch
    {
        null => null,
        { Finished: not null } => true,
        { LeaseUntil: var lease } when lease < until => false,
        _ => null,
    };

    private static bool? Attributed(RevisionRecord revision)
    {
        if (revision.Run is not { } run || revision.Level < GateLevel.L2)
            return null;
        return run.Sealed && revision.Decisions.Where(static decision => decision.IsApproval)
            .All(static decision => decision.Sealed && decision.By.Kind == ActorKind.Person);
    }
}

using DevOpsAI.Incidents;
using DevOpsAI.Proposals;

namespace DevOpsAI.Gates;

/// <summary>Says what happened to a proposal that nobody can decide about any more.</summary>
internal static class StandingSentences
{
    /// <summary>Null while the staged proposal waits for a decision.</summary>
    /// <param name="me">Who asks: somebody who decided is told so in the second person.</param>
    public static Answer? WhyNothingToDecide(Incident incident, string me, DateTimeOffset now)
    {
        var id = incident.Id;
        if (incident.Staged is not { } staged)
        {
            return new(incident, Refusal.NothingToDecide, incident.IsOpen
                ? $"{id} is still being drafted; nothing waits for a decision yet."
                : $"{id} is closed ({incident.ClosedReason}); nothing is left to decide.");
        }
        var expiresAt = ProposalTimes.ExpiresAt(incident)!.Value;
        if (incident.IsUndecided && (incident.IsOpen || staged.Kind == ProposalKind.Undo))
            return expiresAt <= now ? Expired(incident, expiresAt) : null;
        if (incident.Redraft is { } asked)
            return new(incident, Refusal.NothingToDecide, $"{id} is being drafted again, as {(asked.By.IsSame(me) ? "you" : Sentences.Said(asked.By.Name))} asked at {Sentences.Utc(asked.At)}; wait for its new card.");
        if (incident.Phase == ProposalPhase.Drafting)
            return new(incident, Refusal.NothingToDecide, $"The situation changed, nothing was done, and {id} is being drafted again; wait for its new card.");
        if (incident.Decisions.LastOrDefault(decision => decision.Fact.Complete) is { } decision)
            return new(incident, Refusal.AlreadyDecided, Decided(incident, decision, me));
        if (incident.Phase == ProposalPhase.Withdrawn)
            return new(incident, Refusal.NothingToDecide, $"{id} was withdrawn{(incident.Ending is { } why ? $": {Sentences.Stop(why)}" : ".")} Nothing is left to decide.");
        if (staged.Terms.Level is GateLevel.L0 or GateLevel.L1)
            return new(incident, Refusal.NothingToDecide, $"{id} needs no decision: at {staged.Terms.Level} it is carried out without one.");
        return expiresAt <= now
            ? Expired(incident, expiresAt)
            : new(incident, Refusal.NothingToDecide, $"Nothing about {id} waits for a decision now.");
    }

    private static Answer Expired(Incident incident, DateTimeOffset at) =>
        new(incident, Refusal.Expired, $"The proposal for {incident.Id} expired at {Sentences.Utc(at)} without a decision; nothing was done.");

    private static string Decided(Incident incident, Decision last, string me)
    {
        var deciders = last.Fact.Kind == DecisionKind.Approve
            ? incident.Decisions.Where(decision => decision.Fact.Kind == DecisionKind.Approve)
            : [last];
        var who = Sentences.And([.. deciders.Select(decision => (decision.By.IsSame(me) ? "you" : Sentences.Said(decision.By.Name)) + (decision.Fact.InTheNameOf is { } absent ? $" in the name of {Sentences.Said(absent.Name)}" : ""))]);
        var what = last.Fact.Kind switch
        {
            DecisionKind.Approve => $"approved {incident.Id}",
            DecisionKind.ApproveWithEdits => $"approved {incident.Id} with changes",
            DecisionKind.Reject => $"rejected {incident.Id}",
            _ => $"marked {incident.Id} as handled",
        };
        return $"{char.ToUpperInvariant(who[0])}{who[1..]} already {what} at {Sentences.Utc(last.At)}.";
    }
}

using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Says what happened to a proposal that nobody can decide about any more.</summary>
internal static class PlanMessages
{
    /// <summary>Null while the staged proposal waits for a decision.</summary>
    /// <param name="me">Who asks: somebody who decided is told so in the second person.</param>
    public static RequestResult? CheckUndecided(Proposal proposal, PersonId me, DateTimeOffset now)
    {
        var id = proposal.Subject.ToString();
        if (proposal.Staged is not { } staged)
        {
            return new(proposal, Refusal.NothingToDecide, proposal.IsOpen
                ? $"{id} is still being drafted; nothing waits for a decision yet."
                : $"{id} is closed ({proposal.ClosedReason}); nothing is left to decide.");
        }
        var expiresAt = proposal.ExpiresAt!.Value;
        if (proposal.IsUndecided && (proposal.IsOpen || staged.Kind == ProposalKind.Undo))
            return expiresAt <= now ? Expired(proposal, expiresAt) : null;
        if (proposal.Redraft is { VendorAnswers: true })
            return new(proposal, Refusal.NothingToDecide,
                $"The vendor answers again, so {id} is being drafted again; wait for its new card.");
        if (proposal.Redraft is { } asked)
            return new(proposal, Refusal.NothingToDecide,
                $"{id} is being drafted again, as {(asked.By.IsSame(me) ? "you" : GateMessages.Said(asked.By.Name))} asked at "
                + $"{GateMessages.Utc(asked.At)}; wait for its new card.");
        if (proposal.Phase == ProposalPhase.Drafting)
            return new(proposal, Refusal.NothingToDecide,
                $"The situation changed, nothing was done, and {id} is being drafted again; wait for its new card.");
        if (proposal.Decisions.LastOrDefault(decision => decision.Fact.Complete) is { } decision)
            return new(proposal, Refusal.AlreadyDecided, Decided(proposal, decision, me));
        if (proposal.Phase == ProposalPhase.Withdrawn)
            return new(proposal, Refusal.NothingToDecide,
                $"{id} was withdrawn{(proposal.Ending is { } why ? $": {GateMessages.Stop(why)}" : ".")} Nothing is left to decide.");
        if (staged.Terms.Level is GateLevel.L0 or GateLevel.L1)
            return new(proposal, Refusal.NothingToDecide,
                $"{id} needs no decision: at {staged.Terms.Level} it is carried out without one.");
        return expiresAt <= now
            ? Expired(proposal, expiresAt)
            : new(proposal, Refusal.NothingToDecide, $"Nothing about {id} waits for a decision now.");
    }

    private static RequestResult Expired(Proposal proposal, DateTimeOffset at) =>
        new(proposal, Refusal.Expired,
            $"The proposal for {proposal.Subject} expired at {GateMessages.Utc(at)} without a decision; nothing was done.");

    private static string Decided(Proposal proposal, Decision last, PersonId me)
    {
        var deciders = last.Fact.Kind == DecisionKind.Approve
            ? proposal.Decisions.Where(decision => decision.Fact.Kind == DecisionKind.Approve)
            : [last];
        var who = GateMessages.And(
            [.. deciders.Select(decision => (decision.By.IsSame(me) ? "you" : GateMessages.Said(decision.By.Name))
                + (decision.Fact.InTheNameOf is { } absent ? $" in the name of {GateMessages.Said(absent.Name)}" : ""))]);
        var what = last.Fact.Kind switch
        {
            DecisionKind.Approve => $"approved {proposal.Subject}",
            DecisionKind.ApproveWithEdits => $"approved {proposal.Subject} with changes",
            DecisionKind.Reject => $"rejected {proposal.Subject}",
            _ => $"marked {proposal.Subject} as handled",
        };
        return $"{char.ToUpperInvariant(who[0])}{who[1..]} already {what} at {GateMessages.Utc(last.At)}.";
    }
}

using System.Globalization;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Proposals;

namespace DevOpsAI.Execution;

/// <summary>What an incident needs of the executor now. Pure.</summary>
internal abstract record Due
{
    private Due() { }

    /// <summary>
    /// No lease is longer; one that seems to be was taken while the clock was ahead, and must not hold the run until then.
    /// </summary>
    private static readonly TimeSpan MaxLease = TimeSpan.FromDays(1);

    /// <summary>Nothing is approved, or it has been carried out.</summary>
    public sealed record Nothing : Due;

    /// <summary>Another bot is at it until then, unless it ends sooner.</summary>
    public sealed record Wait(DateTimeOffset Until) : Due;

    /// <param name="Causation">Seq of the entry that allows it: the deciding decision, at L0 and L1 the staging.</param>
    /// <param name="TakenOver">It was begun before and has no outcome: what was sent last must be looked up first.</param>
    public sealed record Run(ProposalKind Kind, string ExecutionId, Plan Plan, string PlanDigest, long Causation, bool TakenOver) : Due;

    public static Due Create(Proposal proposal, IClaimPolicy claims, BotInstance self, DateTimeOffset now)
    {
        if (proposal.Staged is not { } staged)
            return new Nothing();
        if (proposal.Phase == ProposalPhase.Approved)
            return new Run(staged.Kind, NextId(proposal, staged.Kind), proposal.PlanInForce, proposal.PlanDigest, GetCausation(proposal),
                TakenOver: false);
        var run = proposal.Phase switch
        {
            ProposalPhase.Executing => proposal.Execution,
            ProposalPhase.Undoing => proposal.Undo,
            _ => null,
        };
        if (run is null or { Outcome: not null })
            return new Nothing();
        return run.Instance == self.Id || run.LeaseUntil <= now || run.LeaseUntil > now + MaxLease || claims.IsGone(run.Instance)
            ? new Run(run.Kind, run.ExecutionId, run.Plan, proposal.PlanDigest, GetCausation(proposal), TakenOver: true)
            : new Wait(run.LeaseUntil);
    }

    private static long GetCausation(Proposal proposal) =>
        proposal.Decisions.LastOrDefault(decision => decision.Fact.Complete)?.Seq ?? proposal.StagedSeq;

    /// <summary><c>CON-1042-x1</c>, then x2 for what was drafted again; <c>CON-1042-u1</c> for an undo. Never used twice.</summary>
    private static string NextId(Proposal proposal, ProposalKind kind)
    {
        var (letter, earlier) = kind == ProposalKind.Undo ? ('u', proposal.Undo) : ('x', proposal.Execution);
        var number = earlier is null
            ? 1
            : int.Parse(earlier.ExecutionId.AsSpan(earlier.ExecutionId.LastIndexOf(letter) + 1), CultureInfo.InvariantCulture) + 1;
        return $"{proposal.Subject.Text}-{letter}{number}";
    }
}

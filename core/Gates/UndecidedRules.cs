using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Gates;

/// <summary>Who is told that nobody decides about an incident. Pure.</summary>
public static class UndecidedRules
{
    /// <summary>
    /// Who is told next: whom the policy names, and each time that a proposal has expired since, whoever is above. Null when they were all
    /// told, or the policy tells nobody.
    /// </summary>
    public static Role? NextToTell(Proposal proposal)
    {
        if (!proposal.Escalated)
            return proposal.Staged?.Terms.EscalateTo;
        return proposal is { Staged.Terms.EscalateTo: not null, EscalatedTo: { } told, Unanswered: { } unanswered }
            && told.Seq < unanswered.Seq ? Above(told.To) : null;
    }

    /// <summary>
    /// That a proposal expired is told in a message of its own: not where the next escalation says it, nor every time again that an
    /// incident asks and nobody answers, but always to a person who had asked for it.
    /// </summary>
    /// <param name="expired">Seq of the entry that says so.</param>
    public static bool IsToBeTold(Proposal proposal, long expired) =>
        proposal is not { IsOpen: true, Unanswered: { } unanswered }
        || proposal.Staged?.Requester.Kind == ActorKind.Person
        || (unanswered.Times == 1 && NextToTell(proposal) is null && !(proposal.EscalatedTo?.Seq > expired));

    private static Role? Above(Role role) => role switch
    {
        Role.Technician or Role.Approver => Role.Manager,
        Role.Manager => Role.Administrator,
        _ => null,
    };
}

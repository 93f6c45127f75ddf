using DevOpsAI.Bot.Views;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Cards.Subjects;

/// <summary>What an area shows of its proposals on their card; one registration for each kind of subject.</summary>
public interface ISubjectCard
{
    /// <summary>Of its subjects, as its <see cref="IProposalArea"/> says it.</summary>
    string Kind { get; }

    /// <param name="proposal">Has been staged.</param>
    SubjectView View(TenantState state, Proposal proposal);
}

using DevOpsAI.Bot.Cards.Keeping;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

/// <summary>What is told under a card when nobody decided in time.</summary>
public sealed class OutcomeNoticeTests
{
    private readonly IncidentScript story = new IncidentScript().Linked().Opened().Drafted().Staged();

    [Fact]
    public async Task The_first_silence_is_told_where_nobody_higher_up_is_and_further_ones_change_the_card_alone()
    {
        Escalate(Role.Administrator);
        (await ExpireAsync(1)).ShouldNotBeNull().ShouldContain("nobody decided in time");
        story.Staged(revision: 2);
        (await ExpireAsync(2)).ShouldBeNull();
    }

    [Fact]
    public async Task A_silence_that_somebody_higher_up_is_told_of_is_not_told_twice()
    {
        Escalate(Role.Manager);
        (await ExpireAsync(1)).ShouldBeNull();
        var expired = story.Ledger.Entries(IncidentScript.Contoso.Id)[^1];
        Escalate(Role.Administrator);
        OutcomeNotice.For((await story.StateAsync()).Find(story.Id)!, expired).ShouldBeNull();
    }

    private void Escalate(Role to) =>
        story.Append(StreamId.Proposal(story.Id), new ProposalEscalated(story.Id, 1, to), Actor.Service("deadlines"));

    private async Task<string?> ExpireAsync(int revision)
    {
        story.Append(StreamId.Proposal(story.Id), new ProposalExpired(story.Id, revision), Actor.Service("deadlines"));
        return OutcomeNotice.For((await story.StateAsync()).Find(story.Id)!, story.Ledger.Entries(IncidentScript.Contoso.Id)[^1]);
    }
}

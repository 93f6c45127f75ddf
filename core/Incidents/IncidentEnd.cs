using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <content>When nothing more is to come of an incident.</content>
public sealed partial record Incident
{
    /// <summary>What ended is told under the card for so long; whoever hears of it later reads it on the card.</summary>
    public static readonly TimeSpan ToldFor = TimeSpan.FromHours(2);

    /// <summary>Closed, with nothing running, asked or owed: it changes only if somebody comes back to it.</summary>
    internal bool IsOver => !IsOpen && !IsUndecided && OpenGlass is null && Proposal.Redraft is null
        && Phase is not (ProposalPhase.Approved or ProposalPhase.Executing or ProposalPhase.Undoing)
        && Execution is null or { Outcome: not null } && Undo is null or { Outcome: not null };

    /// <summary>Version of one of its streams; 0 for any other.</summary>
    internal long GetVersion(StreamId stream)
    {
        if (stream == StreamId.Proposal(Id))
            return Proposal.Version;
        if (stream == StreamId.Card(Id))
            return CardVersion;
        return stream == StreamId.Incident(Id) ? IncidentVersion : 0;
    }

    /// <summary>People may still be told how it ended, or take back what was done.</summary>
    internal bool IsFresh(DateTimeOffset at) =>
        Proposal.CanBeUndone(at) || (Ended.Seq > 0 && at - Ended.At < ToldFor && Cards.Values.Any(IsToldLater));

    private bool IsToldLater(ShownCard card) => Ended.Seq > Math.Max(card.NoticedSeq, card.PostedSeq);

    /// <summary>The card that a conversation shows says all that there is to say.</summary>
    internal bool IsShownIn(ConversationId conversationId) =>
        Cards.GetValueOrDefault(conversationId) is { ActivityId: not null } card && card.ShownSeq >= LastSeq;
}

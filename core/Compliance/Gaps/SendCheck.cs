using DevOpsAI.Completeness;
using DevOpsAI.Digests;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Compliance.Gaps;

/// <summary>Cards, notices and digests that were to be sent and of which nobody knows whether they were.</summary>
internal sealed class SendCheck(GapRules rules) : IGapCheck
{
    private readonly Dictionary<(ProposalSubject About, ConversationId Conversation), (long Seq, DateTimeOffset At)> sending = [];
    private readonly Dictionary<(ProposalSubject About, ConversationId Conversation), (long Seq, DateTimeOffset At)> told = [];

    private readonly Dictionary<ConversationId, (long Seq, DateTimeOffset At)> digests = [];

    public void Add(LedgerEntry entry, List<Gap> found)
    {
        switch (entry.Fact)
        {
            case CardSending card:
                sending[(card.About, card.ConversationId)] = (entry.Seq, entry.At);
                break;
            case CardPosted card:
                sending.Remove((card.About, card.ConversationId));
                break;
            case NoticeSending notice:
                told[(notice.About, notice.ConversationId)] = (entry.Seq, entry.At);
                break;
            case DigestSending digest:
                digests[digest.ConversationId] = (entry.Seq, entry.At);
                break;
            case MessageSent { Purpose: DigestSending.Purpose } sent:
                digests.Remove(sent.ConversationId);
                break;
            case MessageSent { Purpose: "outcome", About: { } about } sent:
                told.Remove((about, sent.ConversationId));
                break;
            case ChannelUnlinked channel:
                // Why nothing came of it is on record.
                foreach (var place in sending.Keys.Where(place => place.Conversation == channel.ConversationId).ToList())
                    sending.Remove(place);
                break;
        }
    }

    public void End(DateTimeOffset asOf, List<Gap> found)
    {
        found.AddRange(Late(sending, asOf, "Its card"));
        found.AddRange(Late(told, asOf, "How it ended"));
        found.AddRange(digests.Where(one => asOf - one.Value.At > rules.Post).Select(one => new Gap(
            GapKind.NotPosted, one.Key.Value, one.Value.Seq, one.Value.At, null,
            "The digest was being posted there, and whether it arrived is not on record.")));
    }

    private IEnumerable<Gap> Late(Dictionary<(ProposalSubject About, ConversationId Conversation), (long Seq, DateTimeOffset At)> open,
        DateTimeOffset asOf, string what) => open
        .Where(one => asOf - one.Value.At > rules.Post)
        .Select(one => new Gap(
            GapKind.NotPosted, one.Key.About.Text, one.Value.Seq, one.Value.At, null,
            $"{what} was being sent to {one.Key.Conversation}, and whether it arrived is not on record."));
}

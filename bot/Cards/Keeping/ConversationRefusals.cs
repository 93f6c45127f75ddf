using System.Collections.Frozen;
using DevOpsAI.Bot.Teams.Outbound;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Which refusals of a post mean that Teams takes no messages in the conversation until somebody there acts: the codes that Teams documents
/// for a bot that was removed, blocked or disabled, and for a conversation that is no more.
/// </summary>
internal static class ConversationRefusals
{
    private static readonly FrozenSet<string> Lasting = FrozenSet.Create(
        StringComparer.OrdinalIgnoreCase,
        "BotNotInConversationRoster", "BotDisabledByAdmin", "ConversationBlockedByUser", "MessageWritesBlocked", "NotEnoughPermissions",
        "ForbiddenOperationException", "ConversationNotFound");

    public static bool IsLost(SendOutcome.Refused refused) =>
        refused.Reason is RefusalReason.Forbidden or RefusalReason.Gone && Lasting.Contains(refused.Code);
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Conversations;

/// <summary>What is known of the conversations the bot was seen in. Ids are taken with or without <c>;messageid=</c>.</summary>
public interface IConversationReferences
{
    /// <summary>The conversation, with the service address of its latest activity; null when never seen.</summary>
    ChannelRef? Find(ConversationId conversationId);

    /// <summary>False once the app was removed or the service refused us, until it is installed or spoken to again.</summary>
    bool IsUsable(ConversationId conversationId);

    /// <summary>People seen there or in its roster, without asking anyone.</summary>
    IReadOnlyList<Member> KnownPeople(ConversationId conversationId);

    /// <summary>
    /// As <see cref="KnownPeople"/>, after asking for the roster when it has not been read lately. Never throws for an unreachable service.
    /// </summary>
    Task<IReadOnlyList<Member>> PeopleAsync(ConversationId conversationId, CancellationToken cancellationToken);

    /// <summary>Nothing is to be sent there until an install or a message says otherwise.</summary>
    void MarkUnusable(ConversationId conversationId, string reason);
}

using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Protocol;

/// <summary>The place a turn happens in.</summary>
/// <param name="ConversationId">The thread key: for a channel with <c>;messageid={root}</c>, otherwise the chat's id.</param>
/// <param name="Kind"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
/// <param name="ServiceUrl">As the activity named it.</param>
/// <param name="DirectoryTenant">Entra directory; empty when the activity names none.</param>
/// <param name="BotId">Our own MRI in this conversation.</param>
public sealed record ConversationRef(
    ConversationId ConversationId, string Kind, string ServiceUrl, DirectoryId DirectoryTenant, string? TeamId, string? Name, string? BotId)
{
    /// <summary>The channel key: the conversation without its thread.</summary>
    public ConversationId ChannelId => ConversationId.Root;

    /// <summary>A person's own chat with the bot.</summary>
    public bool IsPersonal => Kind == "personal";

    /// <summary>A thread of a channel, as opposed to the channel itself or a chat.</summary>
    public bool IsThread => ConversationId.IsThread;

    /// <summary>As core knows it: the channel or chat, without the thread.</summary>
    public ChannelRef ToChannelRef() => new(ChannelId, Kind, ServiceUrl, DirectoryTenant, TeamId, Name);

    /// <summary>Personal, where everything may be shown, is only what nothing speaks against.</summary>
    public static ConversationRef From(Activity activity)
    {
        var conversation = activity.Conversation;
        return new(
            ConversationId.From(conversation?.Id),
            conversation?.ConversationType
                ?? (conversation is { Id: { } id, IsGroup: not true } && !IsShared(id) ? "personal" : "groupChat"),
            activity.ServiceUrl ?? "",
            activity.DirectoryTenant ?? default,
            activity.ChannelData?.Team?.Id,
            activity.ChannelData?.Channel?.Name ?? conversation?.Name,
            activity.Recipient?.Id);
    }

    /// <summary>
    /// Channels and group chats have such ids; a personal chat's may look so too, but then the activity says that it is one.
    /// </summary>
    private static bool IsShared(string conversationId) => conversationId.StartsWith("19:", StringComparison.Ordinal);
}

using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Incidents;

/// <summary>Where in Teams a message can be posted: a channel, a group chat or a personal chat.</summary>
/// <param name="ConversationId">The channel's id without <c>;messageid=</c>, or the chat's id.</param>
/// <param name="Kind"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
/// <param name="DirectoryTenant">Entra directory of the conversation.</param>
/// <param name="TeamId">For a channel, its team.</param>
public sealed record ChannelRef(ConversationId ConversationId, string Kind, string ServiceUrl, DirectoryId DirectoryTenant, string? TeamId,
    string? Name);

/// <summary><c>channel.linked</c> on <c>channels</c>: cards of this tenant go to this conversation too.</summary>
/// <param name="Escalation">Only escalations are told here.</param>
public sealed record ChannelLinked(ChannelRef Channel, bool Escalation = false) : Fact;

/// <summary><c>channel.unlinked</c> on <c>channels</c>.</summary>
public sealed record ChannelUnlinked(ConversationId ConversationId, string Reason) : Fact
{
    /// <summary>
    /// True when Teams takes no messages there any more and nobody asked for it: the link comes back when somebody speaks to the bot there
    /// or installs it again. Null when a person unlinked it or removed the app, and in entries of before.
    /// </summary>
    public bool? Lost { get; init; }
}

using DevOpsAI.Tenancy;
using System.Net;
using System.Text.Json.Nodes;
using System.Text.Json;

namespace DevOpsAI.Bot.Teams;

/// <summary>
/// One inbound event of the Bot Connector protocol. Everything in it was chosen by the sender; members we do not know are ignored,
/// and any member may be missing.
/// </summary>
public sealed record Activity
{
    public string Type { get; init; } = "";

    /// <summary>Unique within the conversation only.</summary>
    public string? Id { get; init; }

    public string? ChannelId { get; init; }

    /// <summary>Where to answer; trusted only after <c>TrustedServiceUrls</c> said so.</summary>
    public string? ServiceUrl { get; init; }

    public string? Timestamp { get; init; }

    public Account? From { get; init; }

    public Account? Recipient { get; init; }

    public ConversationAccount? Conversation { get; init; }

    /// <summary>As typed, mentions included; see <see cref="TurnContext.Text"/>.</summary>
    public string? Text { get; init; }

    public string? Locale { get; init; }

    public string? LocalTimezone { get; init; }

    /// <summary>For clicks and submits: the id of our message.</summary>
    public string? ReplyToId { get; init; }

    /// <summary>Of an invoke or event.</summary>
    public string? Name { get; init; }

    /// <summary>Of an installationUpdate: <c>add</c>, <c>remove</c>, <c>add-upgrade</c>, <c>remove-upgrade</c>.</summary>
    public string? Action { get; init; }

    /// <summary>Of an invoke, or the data of an Action.Submit.</summary>
    public JsonElement? Value { get; init; }

    public IReadOnlyList<Entity>? Entities { get; init; }

    public IReadOnlyList<Account>? MembersAdded { get; init; }

    public IReadOnlyList<Account>? MembersRemoved { get; init; }

    public ChannelData? ChannelData { get; init; }

    /// <summary>The Entra tenant of the conversation; null when the activity names none.</summary>
    public string? DirectoryTenant => Conversation?.TenantId ?? ChannelData?.Tenant?.Id;

    /// <summary>Who did it, when Entra knows them; null otherwise, and then nothing is allowed.</summary>
    public Person? Person => From?.AadObjectId is { Length: > 0 } objectId ? new(objectId, From.Name ?? objectId) : null;
}

/// <summary>A user or the bot.</summary>
/// <param name="Id">The MRI: <c>29:...</c> for users (different for each bot), <c>28:{app id}</c> for bots.</param>
/// <param name="AadObjectId">Entra object id: the identity to authorise on.</param>
public sealed record Account(string? Id = null, string? Name = null, string? AadObjectId = null);

/// <param name="Id">For a channel post with <c>;messageid={root}</c>.</param>
/// <param name="ConversationType"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
public sealed record ConversationAccount(
    string? Id = null, string? Name = null, string? ConversationType = null, bool? IsGroup = null, string? TenantId = null);

/// <summary>Of the kinds of entity only mentions matter to us.</summary>
public sealed record Entity(string? Type = null, string? Text = null, Account? Mentioned = null);

public sealed record ChannelData(
    TenantInfo? Tenant = null, TeamInfo? Team = null, ChannelInfo? Channel = null, string? EventType = null, ChannelSettings? Settings = null);

public sealed record TenantInfo(string? Id = null);

public sealed record TeamInfo(string? Id = null, string? Name = null, string? AadGroupId = null);

public sealed record ChannelInfo(string? Id = null, string? Name = null);

/// <param name="SelectedChannel">The channel that whoever installed the app chose for it.</param>
public sealed record ChannelSettings(ChannelInfo? SelectedChannel = null);

/// <summary>The place a turn happens in.</summary>
/// <param name="ConversationId">The thread key: for a channel with <c>;messageid={root}</c>, otherwise the chat's id.</param>
/// <param name="Kind"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
/// <param name="ServiceUrl">As the activity named it.</param>
/// <param name="DirectoryTenant">Entra tenant id; empty when the activity names none.</param>
/// <param name="BotId">Our own MRI in this conversation.</param>
public sealed record ConversationRef(
    string ConversationId, string Kind, string ServiceUrl, string DirectoryTenant, string? TeamId, string? Name, string? BotId)
{
    private const string ThreadMark = ";messageid=";

    /// <summary>The channel key: the conversation without its thread.</summary>
    public string ChannelId => RootOf(ConversationId);

    /// <summary>A thread of a channel, as opposed to the channel itself or a chat.</summary>
    public bool IsThread => ConversationId.Contains(ThreadMark, StringComparison.Ordinal);

    /// <summary>As core knows it: the channel or chat, without the thread.</summary>
    public ChannelRef ToChannelRef() => new(ChannelId, Kind, ServiceUrl, DirectoryTenant, TeamId, Name);

    /// <summary>A conversation id without its <c>;messageid=</c> part.</summary>
    public static string RootOf(string conversationId)
    {
        var end = conversationId.IndexOf(ThreadMark, StringComparison.Ordinal);
        return end < 0 ? conversationId : conversationId[..end];
    }

    public static ConversationRef Of(Activity activity)
    {
        var conversation = activity.Conversation;
        return new(
            conversation?.Id ?? "",
            conversation?.ConversationType ?? (conversation?.IsGroup == true ? "groupChat" : "personal"),
            activity.ServiceUrl ?? "",
            activity.DirectoryTenant ?? "",
            activity.ChannelData?.Team?.Id,
            activity.ChannelData?.Channel?.Name ?? conversation?.Name,
            activity.Recipient?.Id);
    }
}

/// <summary>How hard to try.</summary>
/// <param name="RetryFor">How long to go on while the service answers that nothing was done; zero for a single attempt.</param>
/// <param name="Urgent">Goes before waiting messages that are not: a decision's follow-up, an answer to a person.</param>
public sealed record SendOptions(TimeSpan RetryFor, bool Urgent = false)
{
    /// <summary>For answers to a person who is waiting.</summary>
    public static readonly SendOptions Reply = new(TimeSpan.FromSeconds(30), Urgent: true);

    /// <summary>For work that a follower repeats later anyway.</summary>
    public static readonly SendOptions Background = new(TimeSpan.FromSeconds(60));
}

/// <summary>
/// The outbound half of the protocol. Every call is paced inside Teams' limits, goes only to trusted addresses, and reports how it ended;
/// it throws only when cancelled before anything was sent.
/// </summary>
public interface IConnectorClient
{
    /// <summary>A new post in a channel, or a message in a chat.</summary>
    Task<SendOutcome> PostAsync(ChannelRef to, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken);

    /// <summary>A message into an existing thread or chat.</summary>
    Task<SendOutcome> SendAsync(
        string serviceUrl, string conversationId, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken);

    Task<SendOutcome> ReplyAsync(
        string serviceUrl, string conversationId, string activityId, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken);

    /// <summary>Replaces one of our messages. Safe to repeat, so it never ends as unknown while time is left.</summary>
    Task<SendOutcome> UpdateAsync(
        string serviceUrl, string conversationId, string activityId, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken);

    /// <summary>The one-to-one chat with a person, created when needed; its id is <see cref="SendOutcome.Sent.ThreadId"/>. Safe to repeat.</summary>
    Task<SendOutcome> OpenChatAsync(
        string serviceUrl, string directoryTenant, string mri, SendOptions options, CancellationToken cancellationToken);

    /// <summary>Everyone in a conversation, all pages; null when it cannot be found out now.</summary>
    Task<IReadOnlyList<Member>?> GetMembersAsync(string serviceUrl, string conversationId, CancellationToken cancellationToken);

    /// <summary>One person of a conversation; null when not there or when it cannot be found out now.</summary>
    Task<Member?> GetMemberAsync(string serviceUrl, string conversationId, string mri, CancellationToken cancellationToken);
}

/// <summary>A person of a conversation's roster.</summary>
public sealed record Member(string Mri, string? ObjectId, string? Name);

/// <summary>What is known of the conversations the bot was seen in. Ids are taken with or without <c>;messageid=</c>.</summary>
public interface IConversationBook
{
    /// <summary>The conversation, with the service address of its latest activity; null when never seen.</summary>
    ChannelRef? Find(string conversationId);

    /// <summary>False once the app was removed or the service refused us, until it is installed or spoken to again.</summary>
    bool IsUsable(string conversationId);

    /// <summary>People seen there or in its roster, without asking anyone.</summary>
    IReadOnlyList<Member> KnownPeople(string conversationId);

    /// <summary>As <see cref="KnownPeople"/>, after asking for the roster when it has not been read lately. Never throws for an unreachable service.</summary>
    Task<IReadOnlyList<Member>> PeopleAsync(string conversationId, CancellationToken cancellationToken);

    /// <summary>Nothing is to be sent there until an install or a message says otherwise.</summary>
    void MarkUnusable(string conversationId, string reason);
}

/// <summary>
/// What the bot does with the activities that reach it. One turn reaches one method, once: duplicates, edits and deletions do not.
/// The token given is the turn's own (it outlives the HTTP request and ends with the turn's deadline or the process). A throw is
/// logged, and the person is told with the turn's correlation id.
/// </summary>
public interface ITurnHandler
{
    /// <summary>Typed text in <see cref="TurnContext.Text"/>, or the data of an Action.Submit in <c>turn.Activity.Value</c>. Answers by replying.</summary>
    Task OnMessageAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>
    /// A button or a refresh. Teams waits for the answer: past the invoke budget the person is told that it is being worked on,
    /// the method goes on, and what it returns is kept for a redelivery of the same click.
    /// </summary>
    Task<InvokeResponse> OnCardActionAsync(TurnContext turn, CardAction action, CancellationToken cancellationToken);

    /// <summary>The app was installed here; told once per installation, though Teams tells us twice or more.</summary>
    Task OnInstalledAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>The app was removed: nothing can be sent here any more.</summary>
    Task OnRemovedAsync(TurnContext turn, CancellationToken cancellationToken);

    /// <summary>People joined or left.</summary>
    Task OnMembersChangedAsync(TurnContext turn, CancellationToken cancellationToken);
}

/// <summary>A click on a card. All of it is untrusted: anyone who sees the card can send any of it.</summary>
/// <param name="Data">The action's data with the inputs merged in (as strings); undefined when there is none.</param>
/// <param name="ReplyToId">The message that carries the card.</param>
/// <param name="IsAutomatic">A refresh by the client rather than a person's click: must change nothing.</param>
public sealed record CardAction(string Verb, JsonElement Data, string? ReplyToId, bool IsAutomatic);

/// <summary>The body that answers an invoke. The HTTP status is 200 whatever <paramref name="StatusCode"/> says; people see the outcome in the body.</summary>
/// <param name="Value">A card (<see cref="JsonNode"/>), a sentence (string) or an <see cref="InvokeError"/>.</param>
public sealed record InvokeResponse(int StatusCode, string Type, object? Value)
{
    public const string CardType = "application/vnd.microsoft.card.adaptive";
    public const string MessageType = "application/vnd.microsoft.activity.message";
    public const string ErrorType = "application/vnd.microsoft.error";

    /// <summary>Replaces the card for the person who clicked, on the client they clicked in.</summary>
    public static InvokeResponse Card(JsonNode card) => new(200, CardType, card);

    /// <summary>A small notice under the card.</summary>
    public static InvokeResponse Message(string sentence) => new(200, MessageType, sentence);

    /// <summary>The message is shown to the person: no internals.</summary>
    public static InvokeResponse Error(int status, string code, string message) => new(status, ErrorType, new InvokeError(code, message));
}

public sealed record InvokeError(string Code, string Message);

/// <summary>Turns the text of a message into what the person meant to say to the bot.</summary>
public static class Mentions
{
    /// <summary>Longer texts are cut before anything looks at them.</summary>
    public const int LongestText = 16 * 1024;

    /// <summary>
    /// Removes every mention of the recipient (by id, never by name: people can edit what a mention shows), turns mentions of others
    /// into plain names and decodes HTML entities once.
    /// </summary>
    public static string Strip(Activity activity)
    {
        if (string.IsNullOrEmpty(activity.Text))
            return "";
        var text = activity.Text.Length > LongestText ? activity.Text[..LongestText] : activity.Text;
        foreach (var mention in activity.Entities ?? [])
        {
            if (mention is not { Type: "mention", Mentioned: { } mentioned })
                continue;
            var marker = mention.Text is null && mentioned.Name is { } name ? $"<at>{name}</at>" : mention.Text;
            if (string.IsNullOrEmpty(marker))
                continue;
            var isBot = mentioned.Id is not null && mentioned.Id == activity.Recipient?.Id;
            if (isBot)
                text = text.Replace(marker, "", StringComparison.OrdinalIgnoreCase);
        }
        return WebUtility.HtmlDecode(WithoutTags(text.Replace('\u00A0', ' ').Trim())).Trim();
    }

    private static string WithoutTags(string text) => text.Contains("<at", StringComparison.OrdinalIgnoreCase)
        ? text.Replace("<at>", "", StringComparison.OrdinalIgnoreCase).Replace("</at>", "", StringComparison.OrdinalIgnoreCase)
        : text;
}

/// <summary>Text or one card, never both: Teams would split the message and tell us no id.</summary>
public sealed record OutgoingMessage
{
    /// <summary>Markdown, already escaped.</summary>
    public string? Text { get; init; }

    /// <summary>An Adaptive Card, not wrapped in an attachment. Not changed, only written.</summary>
    public JsonNode? Card { get; init; }

    /// <summary>What a notification says of a card.</summary>
    public string? Summary { get; init; }
}

/// <summary>How a call to the Bot Connector ended. Sends cannot be repeated blindly: only <see cref="NotSent"/> is safe to try again.</summary>
public abstract record SendOutcome
{
    private SendOutcome() { }

    /// <summary>It is there.</summary>
    /// <param name="ActivityId">The message to update later; null when the service accepted it without telling.</param>
    /// <param name="ThreadId">The conversation id that updates and replies go to.</param>
    public sealed record Sent(string? ActivityId, string ThreadId) : SendOutcome;

    /// <summary>Asking again changes nothing.</summary>
    /// <param name="Code">The service's error code, as in <c>BotNotInConversationRoster</c>.</param>
    public sealed record Refused(RefusalReason Reason, string Code, string Message) : SendOutcome;

    /// <summary>Certainly not done, and may be tried again, best after <paramref name="After"/>.</summary>
    public sealed record NotSent(string Message, TimeSpan? After) : SendOutcome;

    /// <summary>The answer was lost: the message may or may not be there.</summary>
    public sealed record Unknown(string Message) : SendOutcome;
}

public enum RefusalReason
{
    /// <summary>The conversation or message does not exist (any more).</summary>
    Gone,

    /// <summary>Removed, blocked or not permitted: stop until the app is installed or spoken to again.</summary>
    Forbidden,

    /// <summary>Must be made smaller.</summary>
    TooBig,

    /// <summary>The request itself is wrong, or its address is not one we send to.</summary>
    BadRequest,
}

/// <summary>One activity and the means to answer it.</summary>
/// <param name="correlation">32 hex digits; in the log scope, in the answer's header and on error messages.</param>
/// <param name="reply">Sends a message into the activity's conversation; null when it could not be sent.</param>
public sealed class TurnContext(Activity activity, string correlation, Func<TurnContext, OutgoingMessage, CancellationToken, Task<string?>> reply)
{
    private readonly Lazy<string> text = new(() => Mentions.Strip(activity), LazyThreadSafetyMode.PublicationOnly);

    public Activity Activity => activity;

    public string Correlation => correlation;

    /// <summary>Who did it; null for someone whom Entra does not know, who may do nothing.</summary>
    public Person? Person { get; } = activity.Person;

    /// <summary>The sender's id for mentions and <c>refresh.userIds</c>; empty when there is none.</summary>
    public string Mri => activity.From?.Id ?? "";

    /// <summary>What was typed, without the mention of the bot; at most <see cref="Mentions.LongestText"/> characters.</summary>
    public string Text => text.Value;

    public ConversationRef Conversation { get; init; } = ConversationRef.Of(activity);

    /// <summary>Answers in the same thread or chat. Null when the message was not sent or nobody can tell; the reason is logged.</summary>
    public Task<string?> ReplyAsync(OutgoingMessage message, CancellationToken cancellationToken) => reply(this, message, cancellationToken);
}

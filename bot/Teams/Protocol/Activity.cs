using System.Text.Json;
using System.Text.Json.Serialization;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Protocol;

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

    /// <summary>As typed, mentions included; a turn has it without that of the bot.</summary>
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

    /// <summary>The Entra directory of the conversation; null when the activity names none.</summary>
    [JsonIgnore]
    public DirectoryId? DirectoryTenant => (Conversation?.TenantId ?? ChannelData?.Tenant?.Id) is { } id ? new(id) : null;

    /// <summary>Who did it, when Entra knows them; null otherwise, and then nothing is allowed.</summary>
    public Person? Person => From?.AadObjectId is { Length: > 0 } objectId ? new(PersonId.From(objectId), From.Name ?? objectId) : null;
}

/// <summary>A user or the bot.</summary>
/// <param name="Id">The MRI: <c>29:...</c> for users (different for each bot), <c>28:{app id}</c> for bots.</param>
/// <param name="AadObjectId">Entra object id: the identity to authorise on, behind the edge with the directory before it where that is not
/// the home directory.</param>
public sealed record Account(string? Id = null, string? Name = null, string? AadObjectId = null);

/// <param name="Id">For a channel post with <c>;messageid={root}</c>.</param>
/// <param name="ConversationType"><c>channel</c>, <c>groupChat</c> or <c>personal</c>.</param>
public sealed record ConversationAccount(
    string? Id = null, string? Name = null, string? ConversationType = null, bool? IsGroup = null, string? TenantId = null);

/// <summary>Of the kinds of entity only mentions matter to us.</summary>
public sealed record Entity(string? Type = null, string? Text = null, Account? Mentioned = null);

public sealed record ChannelData(
    TenantInfo? Tenant = null, TeamInfo? Team = null, ChannelInfo? Channel = null, string? EventType = null,
    ChannelSettings? Settings = null);

public sealed record TenantInfo(string? Id = null);

public sealed record TeamInfo(string? Id = null, string? Name = null, string? AadGroupId = null);

public sealed record ChannelInfo(string? Id = null, string? Name = null);

/// <param name="SelectedChannel">The channel that whoever installed the app chose for it.</param>
public sealed record ChannelSettings(ChannelInfo? SelectedChannel = null);

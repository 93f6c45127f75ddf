using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Outbound;

/// <summary>The calls of the Bot Connector that we use, over <see cref="ConnectorPipe"/>.</summary>
internal sealed class ConnectorClient(ConnectorPipe pipe, IOptions<TeamsOptions> options) : IConnectorClient
{
    private const int PageSize = 500;
    private const int MaxPages = 20;

    private readonly string? botId = options.Value.IsLocal ? null : $"28:{options.Value.AppId}";

    public Task<SendOutcome> PostAsync(ChannelRef to, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken)
    {
        if (to.Kind != "channel")
            return SendAsync(to.ServiceUrl, to.ConversationId, message, options, cancellationToken);
        var body = TeamsWriter.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("isGroup", true);
            WriteBot(writer);
            writer.WriteStartObject("channelData");
            writer.WriteStartObject("channel");
            writer.WriteString("id", to.ConversationId.Value);
            writer.WriteEndObject();
            writer.WriteStartObject("tenant");
            writer.WriteString("id", to.DirectoryTenant.Value);
            writer.WriteEndObject();
            writer.WriteEndObject();
            writer.WriteString("tenantId", to.DirectoryTenant.Value);
            writer.WritePropertyName("activity");
            WriteActivity(writer, message, conversationId: null);
            writer.WriteEndObject();
        });
        return CallAsync(new("post", HttpMethod.Post, to.ServiceUrl, ConnectorCall.GetPath("conversations"), to.ConversationId, body,
            false),
            options, Created, cancellationToken);
    }

    public Task<SendOutcome> SendAsync(
        string serviceUrl, ConversationId conversationId, OutgoingMessage message, SendOptions options, CancellationToken cancellationToken)
    {
        var body = TeamsWriter.Write(writer => WriteActivity(writer, message, conversationId));
        return CallAsync(
            new("send", HttpMethod.Post, serviceUrl, ConnectorCall.GetPath("conversations", conversationId.Value, "activities"),
                conversationId, body, false),
            options, result => new(result?.Id, conversationId), cancellationToken);
    }

    public Task<SendOutcome> ReplyAsync(
        string serviceUrl, ConversationId conversationId, string activityId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken)
    {
        var body = TeamsWriter.Write(writer => WriteActivity(writer, message, conversationId, replyToId: activityId));
        return CallAsync(
            new("reply", HttpMethod.Post, serviceUrl,
                ConnectorCall.GetPath("conversations", conversationId.Value, "activities", activityId), conversationId, body, false),
            options, result => new(result?.Id, conversationId), cancellationToken);
    }

    public Task<SendOutcome> UpdateAsync(
        string serviceUrl, ConversationId conversationId, string activityId, OutgoingMessage message, SendOptions options,
        CancellationToken cancellationToken)
    {
        var body = TeamsWriter.Write(writer => WriteActivity(writer, message, conversationId, id: activityId));
        return CallAsync(
            new("update", HttpMethod.Put, serviceUrl,
                ConnectorCall.GetPath("conversations", conversationId.Value, "activities", activityId), conversationId, body, true),
            options, _ => new(activityId, conversationId), cancellationToken);
    }

    public Task<SendOutcome> OpenChatAsync(
        string serviceUrl, DirectoryId directory, string mri, SendOptions options, CancellationToken cancellationToken)
    {
        var body = TeamsWriter.Write(writer =>
        {
            writer.WriteStartObject();
            writer.WriteBoolean("isGroup", false);
            WriteBot(writer);
            writer.WriteStartArray("members");
            writer.WriteStartObject();
            writer.WriteString("id", mri);
            writer.WriteEndObject();
            writer.WriteEndArray();
            writer.WriteString("tenantId", directory.Value);
            writer.WriteEndObject();
        });
        return CallAsync(new("open chat", HttpMethod.Post, serviceUrl, ConnectorCall.GetPath("conversations"), ConversationId.From(mri),
            body, true), options, Created, cancellationToken);
    }

    public async Task<IReadOnlyList<Member>?> GetMembersAsync(
        string serviceUrl, ConversationId conversationId, CancellationToken cancellationToken)
    {
        var members = new List<Member>();
        var continuation = "";
        for (var page = 0; page < MaxPages; page++)
        {
            var path = $"{ConnectorCall.GetPath("conversations", conversationId.Value, "pagedmembers")}?pageSize={PageSize}{continuation}";
            if (await GetAsync("members", serviceUrl, path, conversationId, TeamsJson.Default.PagedMembers, cancellationToken)
                is not { } result)
                return null;
            members.AddRange((result.Members ?? []).Select(AsMember).OfType<Member>());
            if (string.IsNullOrEmpty(result.ContinuationToken))
                return members;
            continuation = $"&continuationToken={Uri.EscapeDataString(result.ContinuationToken)}";
        }
        return members;
    }

    public async Task<Member?> GetMemberAsync(
        string serviceUrl, ConversationId conversationId, string mri, CancellationToken cancellationToken) =>
        AsMember(await GetAsync(
            "member", serviceUrl, ConnectorCall.GetPath("conversations", conversationId.Value, "members", mri), conversationId,
            TeamsJson.Default.RosterMember, cancellationToken));

    private async Task<SendOutcome> CallAsync(
        ConnectorCall call, SendOptions options, Func<ResourceResponse?, SendOutcome.Sent> onSent, CancellationToken cancellationToken)
    {
        var attempt = await pipe.CallAsync(call, options, cancellationToken);
        return attempt.Outcome switch
        {
            null => onSent(Read(attempt.Body, TeamsJson.Default.ResourceResponse)),
            SendOutcome.NotSent notSent => notSent with { After = notSent.After ?? attempt.After },
            var outcome => outcome,
        };
    }

    private async Task<T?> GetAsync<T>(
        string operation, string serviceUrl, string path, ConversationId conversationId, JsonTypeInfo<T> type,
        CancellationToken cancellationToken)
        where T : class
    {
        var call = new ConnectorCall(operation, HttpMethod.Get, serviceUrl, path, conversationId, Body: null, IsRepeatable: true);
        var attempt = await pipe.CallAsync(call, new(TimeSpan.FromSeconds(5)), cancellationToken);
        return attempt.Outcome is null ? Read(attempt.Body, type) : null;
    }

    /// <summary>A created conversation; the post's id is also in its thread's, should the answer leave it out.</summary>
    private static SendOutcome.Sent Created(ResourceResponse? result)
    {
        var thread = ConversationId.From(result?.Id);
        return new(result?.ActivityId ?? thread.ThreadMessage, thread);
    }

    private static T? Read<T>(byte[]? body, JsonTypeInfo<T> type)
        where T : class
    {
        try
        {
            return body is { Length: > 0 } ? JsonSerializer.Deserialize(body, type) : null;
        }
        catch (JsonException)
        {
            return null; // accepted, but the answer tells us nothing
        }
    }

    private static Member? AsMember(RosterMember? member) =>
        member?.Id is { Length: > 0 } mri
            ? new(mri, (member.AadObjectId ?? member.ObjectId) is { } id ? PersonId.From(id) : null, member.Name)
            {
                IsGuest = (member.UserRole is { Length: > 0 } role && !role.Equals("user", StringComparison.OrdinalIgnoreCase))
                    || member.UserPrincipalName?.Contains("#EXT#", StringComparison.OrdinalIgnoreCase) is true,
            }
            : null;

    private void WriteBot(Utf8JsonWriter writer)
    {
        if (botId is null)
            return;
        writer.WriteStartObject("bot");
        writer.WriteString("id", botId);
        writer.WriteEndObject();
    }

    private void WriteActivity(Utf8JsonWriter writer, OutgoingMessage message, ConversationId? conversationId, string? replyToId = null,
        string? id = null)
    {
        writer.WriteStartObject();
        writer.WriteString("type", "message");
        if (id is not null)
            writer.WriteString("id", id);
        if (botId is not null)
        {
            writer.WriteStartObject("from");
            writer.WriteString("id", botId);
            writer.WriteEndObject();
        }
        if (conversationId is { } conversation)
        {
            writer.WriteStartObject("conversation");
            writer.WriteString("id", conversation.Value);
            writer.WriteEndObject();
        }
        if (replyToId is not null)
            writer.WriteString("replyToId", replyToId);
        if (message.Summary is not null)
            writer.WriteString("summary", message.Summary);
        if (message.Card is { } card)
        {
            writer.WriteStartArray("attachments");
            writer.WriteStartObject();
            writer.WriteString("contentType", InvokeResponse.CardType);
            writer.WritePropertyName("content");
            card.WriteTo(writer);
            writer.WriteEndObject();
            writer.WriteEndArray();
        }
        else
        {
            writer.WriteString("text", message.Text ?? "");
            writer.WriteString("textFormat", "markdown");
        }
        writer.WriteEndObject();
    }
}

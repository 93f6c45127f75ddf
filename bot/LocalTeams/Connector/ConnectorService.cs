using System.Text.Json;

namespace DevOpsAI.LocalTeams.Connector;

/// <summary>Sends, updates and deletes of the bot, with the ids, threads and refusals that Teams is documented to have.</summary>
internal sealed class ConnectorService(MessageStore store, ChangeFeed changes, TimeProvider clock)
{
    /// <summary>POST <c>/v3/conversations</c>: a post in a channel with its first activity, or somebody's personal chat.</summary>
    public ConnectorResult Create(JsonElement request)
    {
        var tenant = Path(request, "tenantId") ?? Path(request, "channelData", "tenant", "id");
        if (Path(request, "channelData", "channel", "id") is { } channel)
            return CreatePost(request, channel);
        if (tenant != LocalDirectory.TenantId)
            return ConnectorResult.BadSyntax("tenantId is missing or unknown");
        return Flag(request, "isGroup") ? ConnectorResult.BadSyntax("Group chats cannot be created") : CreateChat(request);
    }

    /// <summary>POST <c>.../activities</c> and POST <c>.../activities/{id}</c>.</summary>
    /// <param name="replyTo">The message replied to, which in a channel decides the thread; null for a plain send.</param>
    public ConnectorResult Send(string conversationId, JsonElement json, string? replyTo = null)
    {
        if (Existing(conversationId) is not { } address)
            return ConnectorResult.NoConversation;
        var (activity, refusal) = BotActivity.Read(json);
        if (activity is null)
            return refusal!;
        if (activity.Type != "message")
            return Passing(address, activity);
        if (activity.IsEmpty)
            return ConnectorResult.BadSyntax("Message without text or attachment");
        if (replyTo is not null && address is { Place.Kind: PlaceKind.Channel, Root: null })
        {
            if (store.Find(address.Place.Id, replyTo) is not { } target)
                return ConnectorResult.NoActivity;
            address = address with { Root = target.Root };
        }

        var ids = activity.Split().Select(part => Post(address, part).Id).ToList();
        return activity.IsSplit ? ConnectorResult.Accepted : ConnectorResult.Created(new { id = ids[0] });
    }

    /// <summary>PUT <c>.../activities/{id}</c>: the bot's own message, same kind of content.</summary>
    public ConnectorResult Update(string conversationId, string id, JsonElement json)
    {
        var (found, missing) = Own(conversationId, id);
        if (found is null)
            return missing!;
        var (activity, refusal) = BotActivity.Read(json);
        if (activity is null)
            return refusal!;
        if (activity.IsEmpty || activity.IsSplit)
            return ConnectorResult.BadSyntax("An update has text or one card");
        if (found.Card is null != (activity.Cards.Count == 0))
            return ConnectorResult.BadArgument("A card cannot become text, nor text a card");
        Change(found, message => message with
        {
            Text = activity.Text,
            Format = activity.Format,
            Summary = activity.Summary,
            Entities = activity.Entities,
            Card = activity.Cards.Count == 0 ? null : activity.Cards[0],
        });
        return ConnectorResult.Ok(new { id });
    }

    /// <summary>DELETE <c>.../activities/{id}</c>.</summary>
    public ConnectorResult Delete(string conversationId, string id)
    {
        var (found, missing) = Own(conversationId, id);
        if (found is null)
            return missing!;
        Change(found, message => message with { Deleted = true, Text = null, Card = null, Entities = null, Summary = null });
        return ConnectorResult.Ok();
    }

    private ConnectorResult CreatePost(JsonElement request, string channel)
    {
        if (LocalDirectory.Channels.FirstOrDefault(known => known.Id == channel) is not { } place)
            return ConnectorResult.BadSyntax("Unknown channel");
        if (!request.TryGetProperty("activity", out var json) || json.ValueKind != JsonValueKind.Object)
            return ConnectorResult.BadSyntax("Incorrect conversation creation parameters");
        var (activity, refusal) = BotActivity.Read(json);
        if (activity is null)
            return refusal!;
        if (activity.Type != "message" || activity.IsEmpty || activity.IsSplit)
            return ConnectorResult.BadSyntax("The first activity of a post is a message with text or one card");
        var post = Post(new Address(place, null), activity);
        return ConnectorResult.Created(new { id = post.Conversation, activityId = post.Id });
    }

    private ConnectorResult CreateChat(JsonElement request)
    {
        if (!request.TryGetProperty("members", out var members) || members.ValueKind != JsonValueKind.Array
            || members.GetArrayLength() != 1)
            return ConnectorResult.BadSyntax("A personal chat has exactly one member");
        var mri = Path(members[0], "id");
        if (LocalDirectory.PersonalChats.FirstOrDefault(known => known.Owner!.Mri == mri) is not { } chat)
            return ConnectorResult.Error(
                StatusCodes.Status403Forbidden, "BotNotInConversationRoster", "The app is not installed for this user");
        if (request.TryGetProperty("activity", out var activity) && activity.ValueKind == JsonValueKind.Object)
        {
            var sent = Send(chat.Id, activity);
            if (!sent.IsSuccess)
                return sent;
        }

        return ConnectorResult.Created(new { id = chat.Id });
    }

    private ConnectorResult Passing(Address address, BotActivity activity)
    {
        if (activity.Type != "typing")
            return ConnectorResult.BadArgument($"Activity type {activity.Type} cannot be sent");
        changes.Publish("typing", address.ConversationId);
        return ConnectorResult.Accepted;
    }

    private Message Post(Address address, BotActivity activity)
    {
        var message = store.Add((id, now) =>
        {
            var thread = address.Place.Kind == PlaceKind.Channel ? address with { Root = address.Root ?? id } : address;
            return new Message(id, thread.Place.Id, thread.Root, thread.ConversationId, Message.Bot, now, activity.Text, activity.Format)
            {
                Summary = activity.Summary,
                Card = activity.Cards.Count == 0 ? null : activity.Cards[0],
                Entities = activity.Entities,
                Unsupported = activity.Unsupported.Count == 0 ? null : activity.Unsupported,
            };
        });
        changes.Publish("message", message.Conversation, message);
        return message;
    }

    private void Change(Message found, Func<Message, Message> change)
    {
        var now = clock.GetUtcNow();
        var changed =
            store.Change(found.Place, found.Id, message => change(message) with { Version = message.Version + 1, EditedAt = now });
        changes.Publish("message", found.Conversation, changed);
    }

    private Address? Existing(string conversationId) =>
        Address.Find(conversationId) is { } address && (address.Root is null || store.Find(address.Place.Id, address.Root) is not null)
            ? address
            : null;

    private (Message? Message, ConnectorResult? Refusal) Own(string conversationId, string id)
    {
        if (Existing(conversationId) is not { } address)
            return (null, ConnectorResult.NoConversation);
        var message = store.Find(address.Place.Id, id);
        if (message is null || message.Deleted || (address.Root is not null && message.Root != address.Root))
            return (null, ConnectorResult.NoActivity);
        return message.From == Message.Bot
            ? (message, null)
            : (null, ConnectorResult.Error(StatusCodes.Status403Forbidden, "NotEnoughPermissions", "A bot edits only its own messages"));
    }

    private static bool Flag(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.True;

    private static string? Path(JsonElement json, params string[] names)
    {
        foreach (var name in names)
        {
            if (json.ValueKind != JsonValueKind.Object || !json.TryGetProperty(name, out json))
                return null;
        }

        return json.ValueKind == JsonValueKind.String ? json.GetString() : null;
    }
}

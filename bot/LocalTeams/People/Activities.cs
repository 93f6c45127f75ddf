using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace DevOpsAI.LocalTeams.People;

/// <summary>Activities as Teams shapes them.</summary>
internal sealed class Activities(Addresses addresses, TimeProvider clock)
{
    private const string Mention = "<at>" + LocalDirectory.BotName + "</at>";

    /// <summary>True when the text calls the bot by name, without which a channel or group chat message does not reach it.</summary>
    public static bool Mentions(string text) => text.Contains("@" + LocalDirectory.BotName, StringComparison.OrdinalIgnoreCase);

    public JsonObject Typed(LocalUser person, Message message, string text)
    {
        var address = Address.Find(message.Conversation)!;
        var activity = FromPerson("message", message.Id, person, address);
        var wire = text.Replace("@" + LocalDirectory.BotName, Mention, StringComparison.OrdinalIgnoreCase);
        activity["text"] = wire;
        activity["textFormat"] = "plain";
        activity["attachments"] = new JsonArray(new JsonObject { ["contentType"] = "text/html", ["content"] = Html(wire) });
        if (wire != text)
        {
            activity["entities"]!.AsArray().Insert(0, new JsonObject
            {
                ["type"] = "mention",
                ["mentioned"] = new JsonObject { ["id"] = LocalDirectory.BotId, ["name"] = LocalDirectory.BotName },
                ["text"] = Mention,
            });
        }

        if (address.Place.Kind == PlaceKind.Channel)
        {
            activity["channelData"]!["teamsChannelId"] = address.Place.Id;
            activity["channelData"]!["teamsTeamId"] = LocalDirectory.TeamId;
        }

        return activity;
    }

    public JsonObject Edited(LocalUser person, Message message, string text)
    {
        var activity = Typed(person, message, text);
        activity["type"] = "messageUpdate";
        activity["channelData"]!["eventType"] = "editMessage";
        return activity;
    }

    /// <param name="trigger"><c>manual</c> for a click, <c>automatic</c> for a refresh.</param>
    public JsonObject Invoke(LocalUser person, Message message, JsonObject action, string trigger)
    {
        var activity = FromPerson("invoke", FreshId(), person, Address.Find(message.Conversation)!);
        activity["name"] = "adaptiveCard/action";
        activity["replyToId"] = message.Id;
        activity["channelData"]!["source"] = new JsonObject { ["name"] = "message" };
        activity["value"] = new JsonObject { ["action"] = action.DeepClone(), ["trigger"] = trigger };
        return activity;
    }

    /// <param name="name"><c>task/fetch</c> for a button that opens a dialog, <c>task/submit</c> for one inside it.</param>
    /// <param name="message">The message whose button opens or has opened it.</param>
    public JsonObject Dialog(LocalUser person, Message message, string name, JsonNode? data)
    {
        var activity = FromPerson("invoke", FreshId(), person, Address.Find(message.Conversation)!);
        activity["name"] = name;
        activity["replyToId"] = message.Id;
        activity["channelData"]!["source"] = new JsonObject { ["name"] = "message" };
        activity["value"] = new JsonObject
        {
            ["data"] = data?.DeepClone() ?? new JsonObject(), ["context"] = new JsonObject { ["theme"] = "default" },
        };
        return activity;
    }

    /// <summary>An <c>Action.Submit</c>: a message without text whose value is the action's data with the inputs.</summary>
    public JsonObject Submit(LocalUser person, Message message, JsonNode? data)
    {
        var activity = FromPerson("message", FreshId(), person, Address.Find(message.Conversation)!);
        activity["replyToId"] = message.Id;
        activity["channelData"]!["source"] = new JsonObject { ["name"] = "message" };
        activity["channelData"]!["legacy"] = new JsonObject { ["replyToId"] = message.Id };
        activity["value"] = data?.DeepClone() ?? new JsonObject();
        return activity;
    }

    public JsonObject Installed(LocalUser person, LocalConversation place)
    {
        var activity = Event("installationUpdate", person, place);
        activity["action"] = "add";
        activity["locale"] = "en-US";
        activity["entities"] = new JsonArray(new JsonObject { ["type"] = "clientInfo", ["locale"] = "en-US" });
        activity["channelData"]!["source"] = new JsonObject { ["name"] = "message" };
        activity["channelData"]!["settings"] = new JsonObject { ["selectedChannel"] = new JsonObject { ["id"] = place.Id } };
        return activity;
    }

    public JsonObject BotAdded(LocalUser person, LocalConversation place)
    {
        var activity = Event("conversationUpdate", person, place);
        var added = new JsonArray(new JsonObject { ["id"] = LocalDirectory.BotId });
        if (place.Kind == PlaceKind.Personal)
            added.Insert(0, new JsonObject { ["id"] = person.Mri, ["aadObjectId"] = person.ObjectId });
        activity["membersAdded"] = added;
        if (place.Kind == PlaceKind.Channel)
            activity["channelData"]!["eventType"] = "teamMemberAdded";
        return activity;
    }

    /// <summary>Some change of the place that the bot need not care about; where to answer comes with it, as with everything.</summary>
    public JsonObject Updated(LocalUser person, LocalConversation place) => Event("conversationUpdate", person, place);

    /// <summary>The id of an invoke or event, which unlike a message's is no number.</summary>
    public static string FreshId() => $"f:{Guid.NewGuid()}";

    private JsonObject Event(string type, LocalUser person, LocalConversation place)
    {
        var activity = Basics(type, FreshId(), new Address(place, null));
        activity["from"] = new JsonObject { ["id"] = person.Mri, ["aadObjectId"] = person.ObjectId };
        if (place.Kind == PlaceKind.Channel)
        {
            activity["channelData"]!["team"]!["name"] = LocalDirectory.TeamName;
            activity["channelData"]!["team"]!["aadGroupId"] = LocalDirectory.TeamGroupId;
            activity["channelData"]!.AsObject().Remove("channel");
        }

        return activity;
    }

    private JsonObject FromPerson(string type, string id, LocalUser person, Address address)
    {
        var activity = Basics(type, id, address);
        activity["from"] = new JsonObject { ["id"] = person.Mri, ["name"] = person.Name, ["aadObjectId"] = person.ObjectId };
        activity["localTimestamp"] = clock.GetLocalNow().ToString("yyyy-MM-ddTHH:mm:ss.fffzzz", CultureInfo.InvariantCulture);
        activity["localTimezone"] = TimeZone;
        activity["locale"] = "en-US";
        activity["entities"] = new JsonArray(new JsonObject
        {
            ["type"] = "clientInfo",
            ["locale"] = "en-US",
            ["country"] = "US",
            ["platform"] = "Web",
            ["timezone"] = TimeZone,
        });
        return activity;
    }

    private JsonObject Basics(string type, string id, Address address)
    {
        var conversation = new JsonObject
        {
            ["conversationType"] = address.Place.ConversationType,
            ["tenantId"] = LocalDirectory.TenantId,
            ["id"] = address.ConversationId,
        };
        if (address.Place.Kind != PlaceKind.Personal)
            conversation["isGroup"] = true;
        var channelData = new JsonObject { ["tenant"] = new JsonObject { ["id"] = LocalDirectory.TenantId } };
        if (address.Place.Kind == PlaceKind.Channel)
        {
            channelData["team"] = new JsonObject { ["id"] = LocalDirectory.TeamId };
            channelData["channel"] = new JsonObject { ["id"] = address.Place.Id };
        }

        return new JsonObject
        {
            ["type"] = type,
            ["id"] = id,
            ["channelId"] = "msteams",
            ["timestamp"] = clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture),
            ["serviceUrl"] = addresses.ServiceUrl,
            ["recipient"] = new JsonObject { ["id"] = LocalDirectory.BotId, ["name"] = LocalDirectory.BotName },
            ["conversation"] = conversation,
            ["channelData"] = channelData,
        };
    }

    private string TimeZone =>
        TimeZoneInfo.TryConvertWindowsIdToIanaId(clock.LocalTimeZone.Id, out var iana) ? iana : clock.LocalTimeZone.Id;

    private static string Html(string wire) =>
        $"<div>{WebUtility.HtmlEncode(wire).Replace(
            WebUtility.HtmlEncode(Mention),
            $"<span itemscope=\"\" itemtype=\"http://schema.skype.com/Mention\" itemid=\"0\">{LocalDirectory.BotName}</span>")}</div>";
}

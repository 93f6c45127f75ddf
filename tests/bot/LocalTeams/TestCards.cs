using System.Text.Json.Nodes;

namespace DevOpsAI.Tests.LocalTeams;

internal static class TestCards
{
    /// <summary>A card that says something and has one button.</summary>
    /// <param name="refreshFor">MRIs that get the card refreshed by itself; null leaves refresh out.</param>
    public static JsonObject Card(string text, string? verb = "approve", params string[]? refreshFor)
    {
        var card = new JsonObject
        {
            ["type"] = "AdaptiveCard",
            ["version"] = "1.5",
            ["body"] = new JsonArray(new JsonObject { ["type"] = "TextBlock", ["text"] = text, ["wrap"] = true }),
        };
        if (verb is not null)
        {
            card["actions"] = new JsonArray(new JsonObject
            {
                ["type"] = "Action.Execute",
                ["title"] = verb,
                ["verb"] = verb,
                ["data"] = new JsonObject { ["incident"] = "CON-1001" },
            });
        }

        if (refreshFor is { Length: > 0 })
        {
            card["refresh"] = new JsonObject
            {
                ["action"] = new JsonObject
                    { ["type"] = "Action.Execute", ["verb"] = "view", ["data"] = new JsonObject { ["incident"] = "CON-1001" } },
                ["userIds"] = new JsonArray([.. refreshFor.Select(id => (JsonNode)id)]),
            };
        }

        return card;
    }

    public static JsonObject CardAnswer(JsonNode card) => new()
    {
        ["statusCode"] = 200,
        ["type"] = "application/vnd.microsoft.card.adaptive",
        ["value"] = card.DeepClone(),
    };

    public static JsonObject MessageAnswer(string text) => new()
    {
        ["statusCode"] = 200,
        ["type"] = "application/vnd.microsoft.activity.message",
        ["value"] = text,
    };

    public static JsonObject ErrorAnswer(int code, string message) => new()
    {
        ["statusCode"] = code,
        ["type"] = "application/vnd.microsoft.error",
        ["value"] = new JsonObject { ["code"] = "BadRequest", ["message"] = message },
    };
}

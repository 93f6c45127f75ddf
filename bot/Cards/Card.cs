using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace DevOpsAI.Bot.Cards;

/// <summary>The frame of a card and its size.</summary>
internal static class Card
{
    public const string Version = "1.5";

    /// <summary>UTF-8 bytes with everything but ASCII escaped, the longest that a serializer makes of it. Teams takes 28 KB; we stop well before.</summary>
    public const int MaxBytes = 25_000;

    [ThreadStatic] private static ArrayBufferWriter<byte>? measured;
    [ThreadStatic] private static Utf8JsonWriter? measuring;

    public static JsonObject Frame(IEnumerable<JsonNode> body, IEnumerable<JsonNode>? actions = null, string? summary = null)
    {
        var card = new JsonObject
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = Version,
            ["body"] = CardElements.Array(body),
        };
        var buttons = CardElements.Array(actions ?? []);
        if (buttons.Count > 0)
            card["actions"] = buttons;
        CardElements.Put(card, "fallbackText", summary);
        card["msteams"] = new JsonObject { ["width"] = "Full" };
        return card;
    }

    /// <summary>Asks Teams to fetch these people's own view; at most 60, and an explicit empty list means nobody.</summary>
    public static void Refresh(JsonObject card, JsonObject data, IEnumerable<string> mris)
    {
        const int most = 60;
        var sent = (JsonObject)data.DeepClone();
        sent["verb"] = Verb.View;
        card["refresh"] = new JsonObject
        {
            ["action"] = new JsonObject { ["type"] = "Action.Execute", ["verb"] = Verb.View, ["data"] = sent },
            ["userIds"] = new JsonArray([.. mris.Take(most).Select(mri => JsonValue.Create(mri))]),
        };
    }

    /// <summary>How long the longest serialization is; what is written for it is thrown away.</summary>
    public static int SizeOf(JsonNode node)
    {
        var buffer = measured ??= new(16 * 1024);
        var writer = measuring ??= new(buffer);
        buffer.ResetWrittenCount();
        writer.Reset(buffer);
        node.WriteTo(writer);
        writer.Flush();
        return buffer.WrittenCount;
    }

    /// <summary>What a text adds to a card, without writing it.</summary>
    public static int SizeOf(char c) => c is < ' ' or > '~' or '"' or '\\' or '<' or '>' or '&' or '\'' or '+' or '`' ? 6 : 1;
}

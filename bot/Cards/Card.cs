using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Cards;

/// <summary>The frame of a card and its size.</summary>
internal static class Card
{
    public const string Version = "1.5";

    /// <summary>
    /// UTF-8 bytes with everything but ASCII escaped, the longest that a serializer makes of it. Teams takes 28 KB; we stop well before.
    /// </summary>
    public const int MaxBytes = 25_000;

    public static OutgoingJson Frame(IEnumerable<OutgoingJson> body, IEnumerable<OutgoingJson>? actions = null, string? summary = null)
    {
        var card = new OutgoingJson
        {
            ["$schema"] = "http://adaptivecards.io/schemas/adaptive-card.json",
            ["type"] = "AdaptiveCard",
            ["version"] = Version,
            ["body"] = body.ToList(),
        };
        var buttons = actions?.ToList() ?? [];
        if (buttons.Count > 0)
            card["actions"] = buttons;
        CardElements.Put(card, "fallbackText", summary);
        card["msteams"] = new OutgoingJson { ["width"] = "Full" };
        return card;
    }

    /// <summary>Tells Teams whom the mentions in the card's texts mean.</summary>
    public static void Mention(OutgoingJson card, IEnumerable<OutgoingJson> entities) =>
        card["msteams"] = new OutgoingJson { ["width"] = "Full", ["entities"] = entities.ToList() };

    /// <summary>Asks Teams to fetch these people's own view; at most 60, and an explicit empty list means nobody.</summary>
    public static void Refresh(OutgoingJson card, OutgoingJson data, IEnumerable<string> mris)
    {
        const int most = 60;
        card["refresh"] = new OutgoingJson
        {
            ["action"] = new OutgoingJson { ["type"] = "Action.Execute", ["verb"] = Verb.View, ["data"] = data.With("verb", Verb.View) },
            ["userIds"] = mris.Take(most).ToArray(),
        };
    }
}

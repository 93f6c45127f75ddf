using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Cards;

/// <summary>The frame of a card and its size.</summary>
internal static class Card
{
    public const string Version = "1.5";

    /// <summary>
    /// UTF-8 bytes with everything but ASCII escaped, the longest that a serializer makes of it. Teams takes 28 KB; we stop well before.
    /// </summary>
    public const int MaxBytes = 25_000;

    private static readonly Measure[] Measures = [new(160, 500, 6), new(120, 220, 3), new(60, 90, 2), new(30, 40, 1)];

    /// <summary>The card with as long texts as fit into <see cref="MaxBytes"/>.</summary>
    public static OutgoingJson Fitting(Func<Measure, OutgoingJson> build)
    {
        foreach (var measure in Measures[..^1])
        {
            var card = build(measure);
            if (card.Size < MaxBytes)
                return card;
        }
        return build(Measures[^1]);
    }

    /// <summary>The line of a notification: ours, with the title as outside text.</summary>
    public static string Summary(ProposalView view) =>
        $"{CardText.Name(view.Proposal.Subject.ToString(), 80)} {view.Standing.Word}: {CardText.Plain(view.Title, 80)} ("
        + $"{CardText.Name(view.Tenant.Name, 60)})";

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

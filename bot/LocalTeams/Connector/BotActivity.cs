using System.Text;
using System.Text.Json;

namespace DevOpsAI.LocalTeams.Connector;

/// <summary>What an activity from the bot would show.</summary>
/// <param name="Cards">Adaptive cards, in order.</param>
/// <param name="Unsupported">Content types that Local Teams cannot show.</param>
internal sealed record BotActivity(
    string Type,
    string? Text,
    string Format,
    string? Summary,
    JsonElement? Entities,
    IReadOnlyList<JsonElement> Cards,
    IReadOnlyList<string> Unsupported)
{
    /// <summary>Largest card, in UTF-8 bytes: the least of the limits documented for the surfaces that a card can appear on.</summary>
    public const int MaxCardBytes = 28 * 1024;

    private const string AdaptiveCard = "application/vnd.microsoft.card.adaptive";

    public bool IsEmpty => string.IsNullOrEmpty(Text) && Cards.Count == 0 && Unsupported.Count == 0;

    /// <summary>Teams splits text and cards into messages of their own, and then answers without an id.</summary>
    public bool IsSplit => Cards.Count + (string.IsNullOrEmpty(Text) ? 0 : 1) > 1;

    public static (BotActivity? Activity, ConnectorResult? Refusal) Read(JsonElement json)
    {
        if (GetText(json, "type") is not { Length: > 0 } type)
            return (null, ConnectorResult.BadArgument("Invalid input"));
        var cards = new List<JsonElement>();
        var unsupported = new List<string>();
        if (json.TryGetProperty("attachments", out var attachments) && attachments.ValueKind == JsonValueKind.Array)
        {
            foreach (var attachment in attachments.EnumerateArray())
            {
                var contentType = GetText(attachment, "contentType");
                if (contentType != AdaptiveCard)
                    unsupported.Add(contentType ?? "unknown");
                else if (!attachment.TryGetProperty("content", out var card) || card.ValueKind != JsonValueKind.Object)
                    return (null, ConnectorResult.BadArgument("Attachment without content"));
                else if (Encoding.UTF8.GetByteCount(card.GetRawText()) > MaxCardBytes)
                    return (null,
                        ConnectorResult.Error(StatusCodes.Status413PayloadTooLarge, "MessageSizeTooBig", "Message size too large"));
                else
                    cards.Add(card.Clone());
            }
        }

        JsonElement? entities = json.TryGetProperty("entities", out var found) && found.ValueKind == JsonValueKind.Array
            ? found.Clone()
            : null;
        return (new BotActivity(type, GetText(json, "text"), GetText(json, "textFormat") ?? "markdown", GetText(json, "summary"), entities,
            cards, unsupported), null);
    }

    /// <summary>The messages this activity turns into: one, or several when Teams would split it.</summary>
    public IEnumerable<BotActivity> Split()
    {
        if (!IsSplit)
        {
            yield return this;
            yield break;
        }

        if (!string.IsNullOrEmpty(Text))
            yield return this with { Cards = [] };
        foreach (var card in Cards)
            yield return this with { Text = null, Cards = [card], Unsupported = [] };
    }

    private static string? GetText(JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}

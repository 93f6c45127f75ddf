using System.Text.Json;

namespace DevOpsAI.LocalTeams.People;

/// <summary>What a person sees after a click.</summary>
/// <param name="Kind"><c>card</c>, <c>message</c>, <c>error</c>, <c>sent</c> (a submit), <c>incomplete</c> (an input stopped it) or
/// <c>failed</c> (no usable answer); of a dialog <c>dialog</c> (a form), <c>said</c> (a sentence in its place) or <c>closed</c>.</param>
/// <param name="Text">The notice or error under the card.</param>
/// <param name="Card">The card that replaces the shown one, for this person only.</param>
/// <param name="StatusCode">Inside the answer, if it had one.</param>
/// <param name="HttpStatus">Of the answer; null when there was none.</param>
internal sealed record InvokeOutcome(string Kind, string? Text = null, JsonElement? Card = null, int? StatusCode = null,
    int? HttpStatus = null)
{
    public const string CardType = "application/vnd.microsoft.card.adaptive";
    private const string MessageType = "application/vnd.microsoft.activity.message";
    private const string ErrorType = "application/vnd.microsoft.error";

    /// <summary>What the dialog shows; null for what is no dialog, or a sentence, or closes it.</summary>
    public ShownDialog? Dialog { get; init; }

    public static InvokeOutcome Incomplete(string what) => new("incomplete", what);

    public static InvokeOutcome OfSubmit(BotResponse result) => result.IsSuccess
        ? new InvokeOutcome("sent", "Your response was sent to the app", HttpStatus: result.Status)
        : Failed(result);

    /// <summary>Teams goes by the body of a 200; anything it cannot use becomes its generic error.</summary>
    public static InvokeOutcome OfInvoke(BotResponse result)
    {
        if (result is not { Status: 200, Body: { ValueKind: JsonValueKind.Object } body } || !body.TryGetProperty("type", out var type)
            || type.ValueKind != JsonValueKind.String)
            return Failed(result);
        var code = body.TryGetProperty("statusCode", out var status) && status.TryGetInt32(out var number) ? number : 200;
        var value = body.TryGetProperty("value", out var found) ? found : default;
        return type.GetString() switch
        {
            CardType when code == 200 && IsCard(value) => new InvokeOutcome("card", null, value, code, 200),
            MessageType when code == 200 && value.ValueKind == JsonValueKind.String =>
                new InvokeOutcome("message", value.GetString(), null, code, 200),
            ErrorType when GetMessage(value) is { } message => new InvokeOutcome("error", message, null, code, 200),
            _ => Failed(result) with { StatusCode = code },
        };
    }

    public static InvokeOutcome Failed(BotResponse result) =>
        new("failed", result.Status is null ? "Unable to reach app. Please try again." : "Something went wrong. Please try again.",
            HttpStatus: result.Status);

    public static bool IsCard(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("type", out var type) && type.ValueKind == JsonValueKind.String && type.GetString() == "AdaptiveCard";

    private static string? GetMessage(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("message", out var message) && message.ValueKind == JsonValueKind.String ? message.GetString() : null;
}

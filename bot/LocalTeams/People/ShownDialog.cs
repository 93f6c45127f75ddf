using System.Text.Json;

namespace DevOpsAI.LocalTeams.People;

/// <summary>A dialog that a client has open.</summary>
/// <param name="Card">What is filled in.</param>
internal sealed record ShownDialog(string Title, JsonElement Card)
{
    /// <summary>
    /// What the bot answers to <c>task/fetch</c> and <c>task/submit</c>: another form, a sentence, or nothing at all, which closes a
    /// dialog that is open.
    /// </summary>
    public static InvokeOutcome Read(BotResponse result, bool isOpen)
    {
        if (result is { Status: 200, Body: null } && isOpen)
            return new InvokeOutcome("closed", HttpStatus: 200);
        if (result is not { Status: 200, Body: { ValueKind: JsonValueKind.Object } body } || !body.TryGetProperty("task", out var task)
            || task.ValueKind != JsonValueKind.Object || !task.TryGetProperty("value", out var value))
            return InvokeOutcome.Failed(result);
        return GetText(task, "type") switch
        {
            "continue" when ReadForm(value) is { } form => new InvokeOutcome("dialog", HttpStatus: 200) { Dialog = form },
            "message" when value.ValueKind == JsonValueKind.String => new InvokeOutcome("said", value.GetString(), HttpStatus: 200),
            _ => InvokeOutcome.Failed(result),
        };
    }

    private static ShownDialog? ReadForm(JsonElement value) => value.ValueKind == JsonValueKind.Object
        && value.TryGetProperty("card", out var card) && card.ValueKind == JsonValueKind.Object
        && GetText(card, "contentType") == InvokeOutcome.CardType
        && card.TryGetProperty("content", out var content) && InvokeOutcome.IsCard(content)
            ? new(GetText(value, "title") ?? "", content.Clone())
            : null;

    private static string? GetText(JsonElement json, string member) =>
        json.TryGetProperty(member, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}

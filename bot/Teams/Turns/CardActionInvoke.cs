using System.Text.Json;
using DevOpsAI.Bot.Teams.Protocol;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary><c>adaptiveCard/action</c>: a button of a card, or its refresh.</summary>
internal sealed class CardActionInvoke(ITurnHandler handler) : InvokeKind
{
    public override byte[] StillWorking { get; } =
        TeamsWriter.Write(InvokeResponse.Message("Still working on it; you will be told here how it ends."));

    public override async Task<InvokeEnd> RunAsync(TurnContext turn, CancellationToken cancellationToken) =>
        ReadAction(turn.Activity) is { } action
            ? End(turn, action, await handler.OnCardActionAsync(turn, action, cancellationToken))
            : End(turn, null, InvokeResponse.Error(
                StatusCodes.Status400BadRequest, "BadRequest", "This card sent something that cannot be understood."));

    public override InvokeEnd Fail(TurnContext turn) => End(turn, ReadAction(turn.Activity), InvokeResponse.Error(
        StatusCodes.Status500InternalServerError, "InternalError", TurnFailure.Say(turn.Correlation)));

    private InvokeEnd End(TurnContext turn, CardAction? action, InvokeResponse response) => new(
        TeamsWriter.Write(response),
        action is { IsAutomatic: false } ? token => handler.OnAnsweredLateAsync(turn, action, response, token) : null);

    private static CardAction? ReadAction(Activity activity)
    {
        if (activity.Value is not { ValueKind: JsonValueKind.Object } value
            || !value.TryGetProperty("action", out var action) || action.ValueKind != JsonValueKind.Object
            || !action.TryGetProperty("verb", out var verb) || verb.ValueKind != JsonValueKind.String)
        {
            return null;
        }
        var isAutomatic = value.TryGetProperty("trigger", out var trigger) && trigger.ValueKind == JsonValueKind.String
            && trigger.ValueEquals("automatic");
        try
        {
            return new(verb.GetString()!, action.TryGetProperty("data", out var data) ? data : default, activity.ReplyToId, isAutomatic);
        }
        catch (InvalidOperationException)
        {
            return null; // half a character, as in "\ud800": JSON, but no text
        }
    }
}

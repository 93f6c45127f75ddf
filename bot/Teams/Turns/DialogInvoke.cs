using System.Text.Json;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary><c>task/fetch</c>, a dialog that is to be opened, and <c>task/submit</c>, one that was filled in.</summary>
internal sealed class DialogInvoke(ITurnHandler handler, bool isFilledIn) : InvokeKind
{
    /// <summary>A dialog that was not opened in time is not opened later: nobody waits for it any more.</summary>
    public override byte[] StillWorking { get; } = DialogWriter.Write(new DialogResponse.Message(
        isFilledIn
            ? "Still working on it; you will be told in the chat how it ends. This can be closed."
            : "This takes longer than it should. Close it and press the button again."));

    public override async Task<InvokeEnd> RunAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        var data = turn.Activity.Value is { ValueKind: JsonValueKind.Object } value && value.TryGetProperty("data", out var sent)
            ? sent
            : default;
        return End(turn, await handler.OnDialogAsync(turn, new(data, isFilledIn), cancellationToken));
    }

    public override InvokeEnd Fail(TurnContext turn)
    {
        var said = TurnFailure.Say(turn.Correlation);
        return End(turn, new DialogResponse.Message(said) { Late = new() { Text = said } });
    }

    private InvokeEnd End(TurnContext turn, DialogResponse response) => new(
        DialogWriter.Write(response), isFilledIn ? token => handler.OnDialogAnsweredLateAsync(turn, response, token) : null);
}

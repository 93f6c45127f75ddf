using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;

namespace DevOpsAI.Bot.Chat;

/// <summary>
/// The buttons of answers. Of the list of what waits: another page of it, or the card of one of its lines as a message of its own; of a
/// card that asks for something: its dialog, and what was filled in there.
/// </summary>
internal sealed class AnswerClicks(
    PendingLists lists, IncidentAnswers incidents, PersonalSubjectCards subjects, ConnectionForms forms, SwitchBanner banner)
{
    private const string NoDialog = "What a connection needs is typed into a dialog, which this did not open. Say connect again in Teams "
        + "on a computer, on the web or on a phone, and press Fill in there.";

    public static bool Handles(string verb) => verb is Verb.Show or Verb.Pending or Verb.Connect;

    public async Task<InvokeResponse> PressAsync(ChatTurn turn, CardAction action, CancellationToken cancellationToken)
    {
        if (action.Verb == Verb.Connect)
            return InvokeResponse.Message(NoDialog);
        if (action.Verb == Verb.Pending)
            return await PageAsync(turn, action, cancellationToken);
        if (ClickData.Read(action.Data) is not { } data)
            return InvokeResponse.Error(
                400, "BadRequest", "This button names nothing that is decided about. Say pending for the cards that are current.");
        var shown = data.Subject.Incident is { } incident
            ? await incidents.ShowAsync(turn, incident, notice: null, cancellationToken)
            : await subjects.ShowAsync(turn, data, cancellationToken);
        await turn.Context.ReplyAsync(shown, cancellationToken);
        return InvokeResponse.Message($"{CardText.Name(data.Subject.ToString(), 80)} is answered below.");
    }

    /// <summary>A dialog that one of the buttons opens, or what was filled into it.</summary>
    public async Task<DialogResponse> DialogAsync(ChatTurn turn, DialogRequest request, CancellationToken cancellationToken)
    {
        var values = ClickData.ReadValues(request.Data);
        if (values?.GetValueOrDefault("verb") != Verb.Connect)
            return new DialogResponse.Message("This dialog is not known. Say help for what there is.");
        return request.IsFilledIn
            ? await forms.SubmitAsync(turn, values, cancellationToken)
            : await forms.OpenAsync(turn, values, cancellationToken);
    }

    private async Task<InvokeResponse> PageAsync(ChatTurn turn, CardAction action, CancellationToken cancellationToken)
    {
        var (client, page) = ClickData.ReadPage(action.Data);
        var pending = await lists.PageAsync(turn, client, page, cancellationToken);
        return (await banner.OnTopAsync(pending, turn.Context, turn.Person, cancellationToken)).Card is { } list
            ? InvokeResponse.Card(list)
            : InvokeResponse.Message("That list cannot be shown any more. Say pending for the current one.");
    }
}

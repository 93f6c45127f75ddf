using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Turns;

namespace DevOpsAI.Bot.Chat;

/// <summary>
/// The buttons of answers. Of the list of what waits: another page of it, or the card of one of its lines as a message of its own; of a
/// form: what was filled in.
/// </summary>
internal sealed class AnswerClicks(
    PendingLists lists, IncidentAnswers incidents, PersonalSubjectCards subjects, ConnectionForms forms, SwitchBanner banner)
{
    public static bool Handles(string verb) => verb is Verb.Show or Verb.Pending or Verb.Connect;

    public async Task<InvokeResponse> PressAsync(ChatTurn turn, CardAction action, CancellationToken cancellationToken)
    {
        if (action.Verb == Verb.Connect)
            return await forms.PressAsync(turn, action, cancellationToken);
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

    private async Task<InvokeResponse> PageAsync(ChatTurn turn, CardAction action, CancellationToken cancellationToken)
    {
        var (client, page) = ClickData.ReadPage(action.Data);
        var pending = await lists.PageAsync(turn, client, page, cancellationToken);
        return (await banner.OnTopAsync(pending, turn.Context, turn.Person, cancellationToken)).Card is { } list
            ? InvokeResponse.Card(list)
            : InvokeResponse.Message("That list cannot be shown any more. Say pending for the current one.");
    }
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>
/// A typed decision decides nothing: says whether this person may decide with the buttons, where it stands what is decided, or why not.
/// </summary>
internal sealed class DecideInWordsCommand(
    Visibility visibility, Helpers helpers, IncidentAnswers incidents) : ChatCommand<IncidentArgument>
{
    public override string Name => "approve";

    public override IReadOnlyList<string> Synonyms => ["reject", "snooze", "yes", "no", "ok", "decline", "edit"];

    public override IReadOnlyList<HelpLine> Help => [];

    public override ChatRequest Read(CommandText text) => OfIncident(text, "show CON-1001", id => For(new(id)));

    protected override async Task<OutgoingMessage> AnswerAsync(
        IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        if (await visibility.FindAsync(arguments.IncidentId, turn.Person, turn.Conversation, cancellationToken) is not Sought.Found found)
            return await incidents.NotFoundAsync(turn, arguments.IncidentId, cancellationToken);
        var notice = helpers.AuthorizeDecision(turn.Context, found.Where.State, found.Incident, turn.Person)
            ?? "Nothing was decided yet: decisions are taken with the buttons of the card, where it says what is decided.";
        return await incidents.ShowAsync(turn, arguments.IncidentId, notice, cancellationToken);
    }
}

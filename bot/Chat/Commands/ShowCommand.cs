using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class ShowCommand(IncidentAnswers incidents) : ChatCommand<IncidentArgument>
{
    private const string Usage = "show CON-1001";

    public override string Name => "show";

    public override IReadOnlyList<string> Synonyms => ["view", "get", "details"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new(Usage, "an incident's card")];

    public override ChatRequest Read(CommandText text) => OfIncident(text, Usage, id => For(new(id)));

    /// <summary>An id and nothing else, as in <c>con 1001</c>.</summary>
    public override ChatRequest? ReadUnnamed(CommandText text)
    {
        var isBare = text.Words.Count == 1 || (text.Words.Count == 2 && text.Words[1].All(char.IsAsciiDigit));
        return isBare && TypedText.FindIncident(text.Whole) is { } id ? For(new(id)) : null;
    }

    protected override Task<OutgoingMessage> AnswerAsync(IncidentArgument arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        incidents.ShowAsync(turn, arguments.IncidentId, notice: null, cancellationToken);
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat;

/// <summary>Typed words, understood and answered. That the record cannot be reached is an answer too.</summary>
internal sealed class ChatAnswers(
    ChatCatalog catalog, ChatParser parser, Visibility visibility, SwitchBanner banner, ILogger<ChatAnswers> logger)
{
    /// <summary>The turn with all that its person can say.</summary>
    public ChatTurn GetTurn(TurnContext context, Person person) => new(context, person, catalog.Help);

    public async Task<OutgoingMessage> AnswerAsync(ChatTurn turn, CancellationToken cancellationToken)
    {
        try
        {
            var request = parser.Parse(
                turn.Context.Text,
                await visibility.PoliteNamesAsync(turn.Person, cancellationToken),
                await visibility.PrefixesAsync(turn.Person, cancellationToken));
            var result = await banner.OnTopAsync(
                await request.AnswerAsync(turn, cancellationToken), turn.Context, turn.Person, cancellationToken);
            logger.CommandGiven(turn.Person.ObjectId, request.Name, result.Refused is { } why ? $"refused, {why}" : "answered");
            return result;
        }
        catch (LedgerUnavailableException exception)
        {
            logger.RecordUnavailable(exception);
            return Reply.Notice(UserMessages.GetReason(exception), correlation: turn.Correlation);
        }
    }
}

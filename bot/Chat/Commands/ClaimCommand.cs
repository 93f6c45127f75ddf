using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Takes the code that a start printed for the first administrator. Not in the help: it is printed with the code.</summary>
internal sealed class ClaimCommand(IMediator mediator, IConnectorClient teams) : ChatCommand<ClaimCommand.Arguments>
{
    internal sealed record Arguments(string Code);

    public override string Name => "claim";

    public override IReadOnlyList<HelpLine> Help => [];

    public override ChatRequest Read(CommandText text) => text.Words.Count == 0
        ? ChatRequest.Incomplete("Which code? It was printed when the bot started.", "claim XXXX-XXXX-XXXX-XXXX")
        : For(new(string.Concat(text.Words)));

    /// <summary>About no single client, so the answer goes on no ledger of its own: the role is on each.</summary>
    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var isGuest = false;
        if (turn.Conversation.IsPersonal)
        {
            // A guest comes with an id of our own directory; only the roster tells.
            if (await teams.GetMemberAsync(
                turn.Conversation.ServiceUrl, turn.Conversation.ChannelId, turn.Context.Mri, cancellationToken) is not { } member)
                return Reply.Notice("Teams does not tell now whether you are a guest. Send it again in a minute; the code is good still.");
            isGuest = member.IsGuest;
        }
        var result = await mediator.Send(
            new ClaimAdministration(turn.Person, arguments.Code, turn.Conversation.IsPersonal, isGuest, turn.Correlation),
            cancellationToken);
        var shown = result.Refusal == Refusal.RecordUnavailable ? turn.Correlation : (CorrelationId?)null;
        return Reply.Notice(result.Message, result.IsDone, correlation: shown) with { Refused = result.Refusal?.ToString() };
    }
}

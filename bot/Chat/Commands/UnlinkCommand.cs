using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class UnlinkCommand(IMediator mediator, Visibility visibility, IAccess access) : ChatCommand<NoArguments>
{
    public override string Name => "unlink";

    public override IReadOnlyList<HelpLine> Help { get; } = [new("unlink", "stop posting here")];

    public override ChatRequest Read(CommandText text) => For(default);

    protected override async Task<OutgoingMessage> AnswerAsync(NoArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        if (linked.Count == 0)
            return Reply.Notice("This conversation is not linked to a client, so there is nothing to unlink.");
        if (linked.All(tenant => access.GetRoles(tenant.State, turn.Person.ObjectId).Count == 0))
            return Reply.NotForThem(UserMessages.NoRoleHere);
        RequestResult? result = null;
        foreach (var tenant in linked)
            result = await mediator.Send(
                new UnlinkChannel(tenant.Tenant.Id, turn.Person, turn.Conversation.ChannelId, turn.Correlation), cancellationToken);
        return Reply.For(result!, turn.Correlation, linked[^1].Tenant.Id);
    }
}

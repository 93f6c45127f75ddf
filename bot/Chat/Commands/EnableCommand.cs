using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Asks that a connection may do one action more.</summary>
internal sealed class EnableCommand(IMediator mediator, IConnectionDirectory connections, ClientResolver clients)
    : ActionCommand(mediator, connections, clients)
{
    public override string Name => "enable";

    public override IReadOnlyList<HelpLine> Help =>
        [new(Usage, "administrators: ask that a connection may do an action, which somebody else then approves")];

    protected override bool IsEnabled => true;
}

/// <summary>Asks that a connection may do one action less.</summary>
internal sealed class DisableCommand(IMediator mediator, IConnectionDirectory connections, ClientResolver clients)
    : ActionCommand(mediator, connections, clients)
{
    public override string Name => "disable";

    public override IReadOnlyList<HelpLine> Help =>
        [new(Usage, "administrators: ask that a connection does an action no more, which somebody else then approves")];

    protected override bool IsEnabled => false;
}

/// <summary>A command about one action of one connection.</summary>
internal abstract class ActionCommand(IMediator mediator, IConnectionDirectory connections, ClientResolver clients)
    : ChatCommand<ActionArguments>
{
    protected string Usage => $"{Name} <action> on <connection>";

    protected abstract bool IsEnabled { get; }

    public override ChatRequest Read(CommandText text)
    {
        List<string> words = [.. text.Words.Where(static word => !TypedText.IsJoining(word)
            && !word.Equals("on", StringComparison.OrdinalIgnoreCase))];
        return words switch
        {
            [] => ChatRequest.Incomplete("Which action? Its name looks like device.reboot.", Usage),
            [_] => ChatRequest.Incomplete("On which connection? Say connectors for those that there are.", Usage),
            [var action, var connection, ..] => For(new(action, connection, text.ClientIn([.. words.Skip(2)]))),
        };
    }

    protected override async Task<OutgoingMessage> AnswerAsync(
        ActionArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        // The name of a connection says whose it is.
        var owner = arguments.Client ?? (await connections.FindAsync(arguments.Connection, cancellationToken))?.Tenant.Value;
        var (client, refused) = await clients.OneAsync(turn, owner, Usage, cancellationToken);
        if (client is null)
            return refused!;
        var request = new RequestAction(
            client.Tenant.Id, turn.Person, arguments.Connection, arguments.Action, IsEnabled, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }
}

/// <summary>An action, a connection and perhaps a client, as typed.</summary>
/// <param name="Client">Null for the connection's own, or the conversation's.</param>
internal sealed record ActionArguments(string Action, string Connection, string? Client);

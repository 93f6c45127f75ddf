using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>From now on the client's cards are posted in this conversation; one client to a conversation.</summary>
internal sealed class LinkCommand(IMediator mediator, Visibility visibility, IAccess access) : ChatCommand<LinkCommand.Arguments>
{
    private const string Usage = "link <client> [escalation]";

    internal sealed record Arguments(string Client, bool Escalation);

    public override string Name => "link";

    public override IReadOnlyList<string> Synonyms => ["bind"];

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new(Usage, "post this client's cards (or only its escalations) in this conversation")];

    public override ChatRequest Read(CommandText text)
    {
        var words = text.Words.Where(static word => word.ToLowerInvariant() is not ("channel" or "this")).ToList();
        var escalation = words.RemoveAll(static word => word.StartsWith("escalat", StringComparison.OrdinalIgnoreCase)) > 0;
        return text.ClientIn(words) is { } client
            ? For(new(client, escalation))
            : ChatRequest.Incomplete("Which client's cards should be posted here?", Usage);
    }

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        if (await visibility.TenantAsync(arguments.Client, turn.Person, cancellationToken) is not { } named)
            return Reply.NotForThem(visibility.NoClient(arguments.Client, turn.Person));
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        if (linked.FirstOrDefault(other => other.Tenant.Id != named.Tenant.Id) is { } taken)
        {
            var whose = access.GetRoles(taken.State, turn.Person.ObjectId).Count > 0 ? taken.Tenant.Name : "another client";
            return Reply.Notice(
                $"This conversation is linked to {CardText.Name(whose)} already; one client to a conversation. Say unlink first.");
        }
        var request = new LinkChannel(
            named.Tenant.Id, turn.Person, turn.Conversation.ToChannelRef(), arguments.Escalation, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }
}

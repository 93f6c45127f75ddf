using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>The roles that the bot knows of a person, of clients that may be talked about in this conversation.</summary>
internal sealed class WhoAmICommand(Visibility visibility, IAccess access) : ChatCommand<NoArguments>
{
    public override string Name => "whoami";

    public override IReadOnlyList<string> Synonyms => ["who am i"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new("whoami", "who you are to the bot, and your roles")];

    public override ChatRequest Read(CommandText text) => For(default);

    protected override async Task<OutgoingMessage> AnswerAsync(NoArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var visible = await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken);
        List<(Tenant, IReadOnlyCollection<Role>)> held =
            [.. visible.Select(client => (client.Tenant, access.GetRoles(client.State, turn.Person.ObjectId)))];
        return Reply.Card(MessageCards.WhoAmI(turn.Person, held, access.EverybodyIsAdministrator));
    }
}

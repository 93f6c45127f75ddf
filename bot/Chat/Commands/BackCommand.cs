using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Being back from an absence.</summary>
internal sealed class BackCommand(AbsenceRequests absences) : ChatCommand<BackCommand.Arguments>
{
    /// <param name="Who">Perhaps the client, then perhaps a person.</param>
    internal sealed record Arguments(IReadOnlyList<string> Who);

    public override string Name => "back";

    public override IReadOnlyList<string> Synonyms => ["present", "returned"];

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new("back [client]", "you are there again, and nobody decides in your name any more")];

    public override ChatRequest Read(CommandText text) => For(new(text.Words));

    protected override Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken) =>
        absences.SendAsync(
            turn, arguments.Who, "back [client] [@person]",
            (tenant, who) => (new EndAbsence(tenant.Tenant.Id, turn.Person, who, turn.Correlation), ""), cancellationToken);
}

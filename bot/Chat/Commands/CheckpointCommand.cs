using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Ledger.Proofs;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>
/// The newest signed head of a client's ledger. Whoever reads it here holds what nobody can change behind their back: Teams keeps the
/// message.
/// </summary>
internal sealed class CheckpointCommand(ClientResolver clients, Checkpoints checkpoints) : ChatCommand<ClientArgument>
{
    public override string Name => "checkpoint";

    public override IReadOnlyList<string> Synonyms => ["checkpoints", "head"];

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new("checkpoint [client]", "the newest signed head of the client's ledger, to keep and to check against")];

    public override ChatRequest Read(CommandText text) => For(new(text.Client));

    protected override async Task<OutgoingMessage> AnswerAsync(ClientArgument arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (asked, refused) = await clients.OneAsync(turn, arguments.Client, "checkpoint <client>", cancellationToken);
        if (asked is null)
            return refused!;
        try
        {
            return await checkpoints.NewestAsync(asked.Tenant.Id, cancellationToken) is { } newest
                ? Reply.Card(MessageCards.Checkpoint(asked.Tenant, newest)) with { Evidence = new(asked.Tenant.Id, "checkpoint") }
                : Reply.Notice($"No checkpoint of {asked.Tenant.Name} has been signed yet.");
        }
        catch (CheckpointException damaged)
        {
            return Reply.Notice(
                $"The checkpoint kept for {asked.Tenant.Name} cannot be read.", detail: damaged.Message, correlation: turn.Correlation);
        }
    }
}

using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

internal sealed class UnfreezeCommand(IMediator mediator, ClientResolver clients) : ChatCommand<FreezeArguments>
{
    private const string Usage = "unfreeze <client>";

    public override string Name => "unfreeze";

    public override IReadOnlyList<string> Synonyms => ["thaw"];

    public override IReadOnlyList<HelpLine> Help { get; } = [new(Usage, "lift the freeze; somebody else than who set it")];

    public override ChatRequest Read(CommandText text) => For(new(text.AsTyped));

    protected override async Task<OutgoingMessage> AnswerAsync(
        FreezeArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        if (await clients.IsEverythingAsync(turn, arguments.Words, cancellationToken))
        {
            var lifted = await mediator.Send(
                new UnfreezeEverything(turn.Person, arguments.ReasonForEverything, turn.Correlation), cancellationToken);
            return Reply.OfEverything(lifted, "unfreeze everything", Tone.Good);
        }
        var (tenant, rest) = await clients.FirstAsync(turn, arguments.Words, cancellationToken);
        if (tenant is null)
            return clients.NotNamed(turn, arguments.Words, "Unfreeze which client?", Usage);
        var reason = FreezeArguments.WithoutBecause(rest);
        var request = new LiftFreeze(tenant.Tenant.Id, turn.Person, reason.Length > 0 ? reason : null, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }
}

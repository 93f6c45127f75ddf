using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Stops everything of one client, or of every client at once.</summary>
internal sealed class FreezeCommand(IMediator mediator, ClientResolver clients) : ChatCommand<FreezeArguments>
{
    private const string Usage = "freeze <client> <reason>";
    private const string UsageOfEverything = "freeze everything because ...";

    public override string Name => "freeze";

    public override IReadOnlyList<HelpLine> Help { get; } =
    [
        new(Usage, "stop everything of this client from running"),
        new(UsageOfEverything, "administrators: stop every client at once; another one says unfreeze everything"),
    ];

    public override ChatRequest Read(CommandText text) => For(new(text.AsTyped));

    protected override async Task<OutgoingMessage> AnswerAsync(
        FreezeArguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        if (await clients.IsEverythingAsync(turn, arguments.Words, cancellationToken))
        {
            var stopped = await mediator.Send(
                new FreezeEverything(turn.Person, arguments.ReasonForEverything, turn.Correlation), cancellationToken);
            return Reply.OfEverything(stopped, UsageOfEverything, Tone.Attention);
        }
        var (tenant, rest) = await clients.FirstAsync(turn, arguments.Words, cancellationToken);
        if (tenant is null)
            return clients.NotNamed(turn, arguments.Words, "Freeze which client, and why?", Usage);
        if (FreezeArguments.WithoutBecause(rest) is not { Length: > 0 } reason)
        {
            return Reply.Notice(
                $"Why should {CardText.Name(tenant.Tenant.Name)} be frozen? The reason is recorded.",
                detail: $"freeze {tenant.Tenant.Id} <reason>");
        }
        var request = new SetFreeze(tenant.Tenant.Id, turn.Person, reason, turn.Correlation);
        return Reply.OfStop(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }
}

/// <summary>The words after the name: the first may be the client or <c>everything</c>, the rest is the reason.</summary>
internal sealed record FreezeArguments(IReadOnlyList<string> Words)
{
    public string ReasonForEverything => WithoutBecause(string.Join(' ', Words.Skip(1)));

    /// <summary>
    /// What is told of a reason says <c>because</c> already, in a word or a colon; <c>because of the flood</c> needs its own.
    /// </summary>
    public static string WithoutBecause(string reason)
    {
        const string Word = "because";
        if (!reason.StartsWith(Word, StringComparison.OrdinalIgnoreCase)
            || (reason.Length > Word.Length && char.IsLetterOrDigit(reason[Word.Length])))
            return reason;
        var rest = reason[Word.Length..].TrimStart(' ', ',', ':');
        return rest.StartsWith("of ", StringComparison.OrdinalIgnoreCase) ? reason : rest;
    }
}

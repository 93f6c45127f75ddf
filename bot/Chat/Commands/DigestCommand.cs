using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Digests;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>
/// As the digest that is posted daily, but as of now: since the last that this conversation had, else of the last day, or of the time that
/// is asked for.
/// </summary>
internal sealed class DigestCommand(ClientResolver clients, DigestViews digests) : ChatCommand<DigestCommand.Arguments>
{
    /// <param name="Last">Null for what happened since the last digest.</param>
    internal sealed record Arguments(string? Client, TimeSpan? Last = null);

    public override string Name => "digest";

    public override IReadOnlyList<string> Synonyms => ["summary", "report", "status"];

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new("digest [client]", "what happened since the last daily digest, and what waits")];

    public override ChatRequest Read(CommandText text) => For(new(text.Client));

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var usage = arguments.Last is null ? "digest <client>" : "how did last week go for <client>?";
        var (asked, refused) = await clients.OneAsync(turn, arguments.Client, usage, cancellationToken);
        if (asked is null)
            return refused!;
        var view = arguments.Last is null && asked.State.Digests.TryGetValue(turn.Conversation.ChannelId, out var since)
            ? await digests.SinceAsync(asked.Tenant, asked.State, since, cancellationToken)
            : await digests.OfLastAsync(asked.Tenant, asked.State, arguments.Last ?? TimeSpan.FromDays(1), cancellationToken);
        return Reply.Card(DigestCard.Build(view)) with { Evidence = new(asked.Tenant.Id, "digest-asked") };
    }
}

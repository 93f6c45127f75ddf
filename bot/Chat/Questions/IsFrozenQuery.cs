using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;

namespace DevOpsAI.Bot.Chat.Questions;

/// <summary>Of the client that is named or that the conversation is about; else of every one that may be talked about there.</summary>
internal sealed class IsFrozenQuery(Visibility visibility, ClientResolver clients, ProposalViews views) : ChatQuery<ClientArgument>
{
    private const int MaxNamed = 8;

    public override IReadOnlyList<HelpLine> Examples { get; } = [new("is contoso frozen?", "and since when, by whom, why")];

    public override ChatRequest? Read(QuestionText question) =>
        question.Words is ["is" or "are", ..] && question.Has("frozen") && question.IncidentId is null
            ? For(new(question.Words.FirstOrDefault(static word => word != "frozen" && !QuestionText.IsFilling(word))))
            : null;

    protected override async Task<OutgoingMessage> AnswerAsync(ClientArgument arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var visible = arguments.Client is null ? await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken) : [];
        if (visible.Count > 1 && !visible.Any(tenant => tenant.State.Channels.ContainsKey(turn.Conversation.ChannelId)))
            return OfSeveral(visible);
        var (asked, refused) = await clients.OneAsync(turn, arguments.Client, "is <client> frozen?", cancellationToken);
        if (asked is null)
            return refused!;
        var client = CardText.Name(asked.Tenant.Name);
        var evidence = new Evidence(asked.Tenant.Id, "answer");
        if (asked.State.Freeze is not { } freeze)
            return Reply.Notice($"No, nobody has frozen {client}.", good: true) with { Evidence = evidence };
        var able = views.PeopleWith(asked.State, turn.Conversation.ChannelId, freeze.LiftedBy, freeze.By.Person);
        return Reply.Notice(
            $"Yes. {freeze.Describe(client)}", detail: able is null ? null : $"It can be lifted by {able}.") with { Evidence = evidence };
    }

    private static OutgoingMessage OfSeveral(IReadOnlyList<TenantNow> visible)
    {
        var frozen = visible.Where(static tenant => tenant.State.Freeze is not null).ToList();
        if (frozen.Count == 0)
            return Reply.Notice($"No, none of your {visible.Count} clients is frozen.", good: true);
        var told = frozen.Take(MaxNamed).Select(static tenant => tenant.State.Freeze!.Describe(CardText.Name(tenant.Tenant.Name, 60)));
        return Reply.Notice(
            $"{frozen.Count} of your {visible.Count} clients {(frozen.Count == 1 ? "is" : "are")} frozen.", detail: string.Join(' ', told));
    }
}

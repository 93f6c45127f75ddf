using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Privacy;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Makes somebody's personal data unreadable.</summary>
internal sealed class EraseCommand(
    IMediator mediator, Visibility visibility, IAccess access, NamedPeople people) : ChatCommand<EraseCommand.Arguments>
{
    private const string Usage = "erase <person or mail address> <client>";
    private const string Whose = "Whose personal data should become unreadable?";

    /// <summary>The words after the name: who, then perhaps the client, then perhaps <c>because</c> and a reason.</summary>
    internal sealed record Arguments(IReadOnlyList<string> Words);

    public override string Name => "erase";

    public override IReadOnlyList<string> Synonyms => ["forget"];

    public override IReadOnlyList<HelpLine> Help { get; } =
        [new("erase <person or mail> <client>", "make somebody's personal data unreadable for good; two administrators have to ask")];

    public override ChatRequest Read(CommandText text) =>
        text.Words.Count == 0 ? ChatRequest.Incomplete(Whose, Usage) : For(new(text.Words));

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        var (who, reason) = Split(arguments.Words);
        var named = who.Count > 1 ? await visibility.TenantAsync(who[^1], turn.Person, cancellationToken) : null;
        if (named is not null)
            who.RemoveAt(who.Count - 1);
        if (who.Count > 1 && who[^1].ToLowerInvariant() is "for" or "of" or "at")
            who.RemoveAt(who.Count - 1);
        var linked = named is null ? await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken) : [];
        if ((named ?? (linked is [var only] ? only : null)) is not { } tenant)
            return Reply.Notice("Of which client?", detail: Usage);
        if (access.GetRoles(tenant.State, turn.Person.ObjectId).Count == 0)
            return Reply.NotForThem(UserMessages.NoRoleHere);
        if (named is null && who.Count > 1 && visibility.NamesAClient(who[^1]))
            return Reply.NotForThem(visibility.NoClient(who[^1], turn.Person), detail: Usage);
        var name = string.Join(' ', who);
        if (name.Length == 0)
            return Reply.Notice(Whose, detail: Usage);
        // Somebody known here by name or mention, else as it was typed: an object id or a mail address.
        var subject = people.Find(turn.Context, name).Person?.ObjectId.Value ?? name;
        var request = new Erase(tenant.Tenant.Id, turn.Person, subject, reason, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }

    private static (List<string> Who, string? Reason) Split(IReadOnlyList<string> words)
    {
        var who = words.TakeWhile(static word => !word.Equals("because", StringComparison.OrdinalIgnoreCase)).ToList();
        var reason = string.Join(' ', words.Skip(who.Count + 1));
        return (who, reason.Length == 0 ? null : reason);
    }
}

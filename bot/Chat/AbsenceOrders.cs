using System.Globalization;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Turns;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>Being away and back: one's own absence for all one's clients or one of them, or, as their administrator, somebody else's.</summary>
internal sealed class AbsenceOrders(IMediator mediator, Visibility visibility, IAccess access, NamedPeople people)
{
    private const string Usage = "absent [client] [from 2026-12-23] until 2027-01-02 [delegate @person] [because ...]";

    private const string NothingWaits = "As an auditor you only read: nothing waits for you, and nobody needs to know when you are away.";

    public async Task<OutgoingMessage> SetAsync(TurnContext turn, Person person, Command.Absent command, CancellationToken cancellationToken)
    {
        var from = Time(command.From, isEnd: false);
        if (Time(command.Until, isEnd: true) is not { } until || (from is null && command.From.Length > 0))
            return Reply.Notice("Say days as in 2026-12-23, or with a time of day (UTC) as in 2026-12-23 18:00.", detail: Usage);
        return await EachAsync(turn, person, command.Who, Usage, (tenant, who) =>
        {
            if (command.Delegate.Length == 0)
                return (new SetAbsence(tenant.Tenant.Id, person, who, from, until, null, Reason(command), turn.Correlation), "");
            var (deputy, problem) = people.Find(turn, command.Delegate, tenant.State.Channels.Keys);
            return (deputy is null ? null : new SetAbsence(tenant.Tenant.Id, person, who, from, until, deputy, Reason(command), turn.Correlation), problem);
        }, cancellationToken);
    }

    public Task<OutgoingMessage> EndAsync(TurnContext turn, Person person, Command.Back command, CancellationToken cancellationToken) => EachAsync(
        turn, person, command.Who, "back [client] [@person]", (tenant, who) => (new EndAbsence(tenant.Tenant.Id, person, who, turn.Correlation), ""), cancellationToken);

    /// <summary>The same for every client that is meant; each answers for itself.</summary>
    private async Task<OutgoingMessage> EachAsync(
        TurnContext turn, Person person, IReadOnlyList<string> words, string usage, Func<TenantNow, Person, (IRequest<Answer>? Request, string Problem)> order, CancellationToken cancellationToken)
    {
        var (clients, rest) = await ClientsAsync(turn, person, words, cancellationToken);
        if (clients.Count == 0 && words.Count == 0 && await OnlyReadsAsync(turn, person, cancellationToken))
            return Reply.NotForThem(NothingWaits);
        if (clients.Count == 0)
            return Reply.NotForThem(words.Count > 0 ? visibility.NoClient(words[0], person) : "At which client?", detail: usage);
        List<Answer> answers = [];
        foreach (var client in clients)
        {
            var (who, problem) = rest.Length == 0 ? (person, "") : people.Find(turn, rest, client.State.Channels.Keys);
            if (who is null)
                return Reply.Notice(problem, detail: usage);
            var (request, unclear) = order(client, who);
            if (request is null)
                return Reply.Notice(unclear, detail: usage);
            answers.Add(await mediator.Send(request, cancellationToken));
        }
        var told = answers.Find(answer => !answer.IsDone) ?? answers[^1];
        var others = answers.Where(answer => answer != told).Select(answer => answer.Sentence).ToList();
        return others.Count == 0
            ? Reply.Of(told, turn.Correlation, clients[^1].Tenant.Id)
            : Reply.Notice(told.Sentence, told.IsDone, string.Join(' ', others), told.Refusal == Refusal.RecordUnavailable ? turn.Correlation : null)
                with { Evidence = new(clients[^1].Tenant.Id, "answer") };
    }

    /// <summary>The client named first, else the one this conversation is linked to, else, in a personal chat, every client where one decides something.</summary>
    private async ValueTask<(IReadOnlyList<TenantNow> Clients, string Words)> ClientsAsync(
        TurnContext turn, Person person, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (words.Count > 0 && await visibility.TenantAsync(words[0], person, cancellationToken) is { } named)
            return ([named], string.Join(' ', words.Skip(1)));
        if (words.Count > 0 && visibility.NamesAClient(words[0]))
            return ([], "");
        var rest = string.Join(' ', words);
        var linked = await visibility.LinkedToAsync(turn.Conversation.ChannelId, cancellationToken);
        if (linked is [var only] && access.RolesOf(only.State, person.ObjectId).Count > 0)
            return ([only], rest);
        if (turn.Conversation.Kind != "personal")
            return ([], rest);
        var visible = await visibility.TenantsAsync(person, turn.Conversation, cancellationToken);
        return ([.. visible.Where(tenant => access.RolesOf(tenant.State, person.ObjectId).Any(role => role is Role.Technician or Role.Approver or Role.Administrator))], rest);
    }

    private async ValueTask<bool> OnlyReadsAsync(TurnContext turn, Person person, CancellationToken cancellationToken) =>
        await visibility.TenantsAsync(person, turn.Conversation, cancellationToken) is { Count: > 0 } visible
        && visible.All(tenant => access.RolesOf(tenant.State, person.ObjectId).All(static role => role == Role.Auditor));

    private static string? Reason(Command.Absent command) => command.Reason.Length == 0 ? null : command.Reason;

    /// <summary>UTC. A day without a time means its beginning, or at the end of a period its end: whoever is away until Friday is back on Saturday.</summary>
    private static DateTimeOffset? Time(string text, bool isEnd)
    {
        const DateTimeStyles Utc = DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal;
        if (DateTimeOffset.TryParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture, Utc, out var day))
            return isEnd ? day.AddDays(1) : day;
        return DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd HH:mm", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH:mm'Z'"], CultureInfo.InvariantCulture, Utc, out var time) ? time : null;
    }
}

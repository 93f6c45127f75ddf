using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat;

/// <summary>Sends one request about somebody's absence for every client that is meant; each answers for itself.</summary>
internal sealed class AbsenceRequests(
    IMediator mediator, Visibility visibility, IAccess access, NamedPeople people, ClientResolver resolver)
{
    private const string NothingWaits = "As an auditor you only read: nothing waits for you, and nobody needs to know when you are away.";

    /// <param name="words">Perhaps the client, then perhaps a person other than the one who speaks.</param>
    /// <param name="request">What to ask for a client and a person, or what is not clear.</param>
    public async Task<OutgoingMessage> SendAsync(
        ChatTurn turn, IReadOnlyList<string> words, string usage,
        Func<TenantNow, Person, (IRequest<RequestResult>? Request, string Problem)> request, CancellationToken cancellationToken)
    {
        var (clients, rest) = await ClientsAsync(turn, words, cancellationToken);
        if (clients.Count == 0 && words.Count == 0 && await OnlyReadsAsync(turn, cancellationToken))
            return Reply.NotForThem(NothingWaits);
        if (clients.Count == 0)
            return Reply.NotForThem(words.Count > 0 ? visibility.NoClient(words[0], turn.Person) : "At which client?", detail: usage);
        List<RequestResult> results = [];
        foreach (var client in clients)
        {
            var (who, problem) = rest.Length == 0 ? (turn.Person, "") : people.Find(turn.Context, rest, client.State.Channels.Keys);
            if (who is null)
                return Reply.Notice(problem, detail: usage);
            var (about, unclear) = request(client, who);
            if (about is null)
                return Reply.Notice(unclear, detail: usage);
            results.Add(await mediator.Send(about, cancellationToken));
        }
        return Told(turn, results, clients[^1].Tenant.Id);
    }

    /// <summary>The first that was refused, else the last; the others' sentences beside it.</summary>
    private static OutgoingMessage Told(ChatTurn turn, List<RequestResult> results, TenantId tenant)
    {
        var told = results.Find(static result => !result.IsDone) ?? results[^1];
        var others = results.Where(result => result != told).Select(static result => result.Message).ToList();
        if (others.Count == 0)
            return Reply.For(told, turn.Correlation, tenant);
        CorrelationId? correlation = told.Refusal == Refusal.RecordUnavailable ? turn.Correlation : null;
        return Reply.Notice(told.Message, told.IsDone, string.Join(' ', others), correlation) with { Evidence = new(tenant, "answer") };
    }

    /// <summary>
    /// The client named first, else the one this conversation is linked to, else, in a personal chat, every client where the person decides
    /// something.
    /// </summary>
    private async ValueTask<(IReadOnlyList<TenantNow> Clients, string Words)> ClientsAsync(
        ChatTurn turn, IReadOnlyList<string> words, CancellationToken cancellationToken)
    {
        if (await resolver.FirstAsync(turn, words, cancellationToken) is ({ } client, var others))
            return ([client], others);
        if (words.Count > 0 && visibility.NamesAClient(words[0]))
            return ([], "");
        var rest = string.Join(' ', words);
        if (!turn.Conversation.IsPersonal)
            return ([], rest);
        var visible = await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken);
        return ([.. visible.Where(client => Works(turn.Person, client))], rest);
    }

    private bool Works(Person person, TenantNow client) =>
        access.GetRoles(client.State, person.ObjectId).Any(static role => role is Role.Technician or Role.Approver or Role.Administrator);

    private async ValueTask<bool> OnlyReadsAsync(ChatTurn turn, CancellationToken cancellationToken) =>
        await visibility.TenantsAsync(turn.Person, turn.Conversation, cancellationToken) is { Count: > 0 } visible
        && visible.All(client => access.GetRoles(client.State, turn.Person.ObjectId).All(static role => role == Role.Auditor));
}

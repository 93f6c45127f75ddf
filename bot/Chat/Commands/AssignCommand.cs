using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Gates;
using DevOpsAI.Tenancy;
using MediatR;

namespace DevOpsAI.Bot.Chat.Commands;

/// <summary>Gives somebody a role.</summary>
internal sealed class AssignCommand(
    IMediator mediator, ClientResolver clients, NamedPeople people) : RoleCommand(mediator, clients, people, held: true)
{
    public override string Name => "assign";

    public override IReadOnlyList<string> Synonyms => ["grant"];

    public override IReadOnlyList<HelpLine> Help =>
        [new("assign <role> <client> @person", "give a role: technician, approver, manager, administrator or auditor")];
}

/// <summary>Takes a role away from somebody.</summary>
internal sealed class UnassignCommand(
    IMediator mediator, ClientResolver clients, NamedPeople people) : RoleCommand(mediator, clients, people, held: false)
{
    public override string Name => "unassign";

    public override IReadOnlyList<string> Synonyms => ["revoke"];

    public override IReadOnlyList<HelpLine> Help => [new("unassign <role> <client> @person", "take it away")];
}

/// <summary>Role, client and person may stand in any order that leaves them apart.</summary>
/// <param name="held">Whether the person has the role from then on.</param>
internal abstract class RoleCommand(
    IMediator mediator, ClientResolver clients, NamedPeople people, bool held) : ChatCommand<RoleCommand.Arguments>
{
    /// <param name="Client">The first word that is not the role; where it names no client, it belongs to the person.</param>
    /// <param name="Person">What is left: a name or an object id; a mention counts first.</param>
    internal sealed record Arguments(Role Role, string Client, string Person);

    public override ChatRequest Read(CommandText text)
    {
        var usage = $"{Name} <role> <client> @person";
        var words = text.Words.Where(static word => !TypedText.IsJoining(word)).ToList();
        var at = words.FindIndex(
            static word => Enum.TryParse<Role>(Singular(word), ignoreCase: true, out _) && !char.IsAsciiDigit(word[0]));
        if (at < 0)
            return ChatRequest.Incomplete("Which role? technician, approver, manager, administrator or auditor.", usage);
        var role = Enum.Parse<Role>(Singular(words[at]), ignoreCase: true);
        words.RemoveAt(at);
        if (words.Count < 2 && text.Words.FirstOrDefault(text.IsClient) is { } client && !words.Contains(client, StringComparer.Ordinal))
            words.Insert(0, client);
        return words.Count == 0
            ? ChatRequest.Incomplete("For which client, and whom?", usage)
            : For(new(role, words[0], string.Join(' ', words[1..])));
    }

    protected override async Task<OutgoingMessage> AnswerAsync(Arguments arguments, ChatTurn turn, CancellationToken cancellationToken)
    {
        string[] words = [arguments.Client, .. arguments.Person.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        var (tenant, name) = await clients.FirstAsync(turn, words, cancellationToken);
        if (tenant is null)
            return clients.NotNamed(turn, words, "For which client, and whom?", usage: null);
        var (to, problem) = people.Find(turn.Context, name);
        if (to is null)
            return Reply.Notice(problem, detail: $"{Name} {arguments.Role.ToString().ToLowerInvariant()} {tenant.Tenant.Id} @person");
        var request = new AssignRole(tenant.Tenant.Id, turn.Person, to, arguments.Role, held, turn.Correlation);
        return Reply.For(await mediator.Send(request, cancellationToken), turn.Correlation, request.Tenant);
    }

    private static string Singular(string role) => role.ToLowerInvariant() switch
    {
        "admin" or "admins" => nameof(Role.Administrator),
        "tech" or "techs" => nameof(Role.Technician),
        _ when role.Length > 1 && role[^1] is 's' or 'S' => role[..^1],
        _ => role,
    };
}

using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Connections;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Tests.Cards;

internal sealed class TwoTenants(Tenant? first = null) : ITenantDirectory
{
    public IReadOnlyList<Tenant> All { get; } = [first ?? IncidentScript.Contoso, IncidentScript.Fabrikam];

    public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

    public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);
}

/// <summary>Roles as a test gives them. Whoever has Approver may decide while something is undecided.</summary>
internal sealed class GivenAccess : IAccess
{
    private readonly HashSet<(TenantId, PersonId, Role)> held = [];

    public bool EverybodyIsAdministrator { get; set; }

    public GivenAccess Give(Tenant tenant, Person person, Role role)
    {
        held.Add((tenant.Id, person.ObjectId, role));
        return this;
    }

    public IReadOnlySet<Role> GetRoles(TenantState state, PersonId person) => EverybodyIsAdministrator
        ? new HashSet<Role> { Role.Administrator }
        : held.Where(role => role.Item1 == state.Tenant && role.Item2 == person).Select(role => role.Item3).ToHashSet();

    public IEnumerable<PersonId> PeopleWithRoles(TenantState state) =>
        held.Where(role => role.Item1 == state.Tenant).Select(role => role.Item2).Distinct();

    public RequestResult? AuthorizeDecision(TenantState state, Proposal proposal, PersonId person) =>
        EverybodyIsAdministrator || GetRoles(state, person).Contains(Role.Approver)
            || state.Absences.Values.Any(absence => absence.Delegate?.IsSame(person) == true)
            ? null
            : new(proposal, Refusal.NotAllowed, "Only approvers may.");

    public RequestResult? AuthorizeBreakGlass(TenantState state, Proposal proposal, PersonId person) =>
        AuthorizeDecision(state, proposal, person);

    public RequestResult? AuthorizeReview(TenantState state, Proposal proposal, PersonId person) =>
        proposal.OpenGlass!.By.IsSame(person)
            ? new(proposal, Refusal.OwnRequest, "Not your own.")
            : AuthorizeDecision(state, proposal, person);
}

/// <summary>As a crash: at the point named, the work stops for good and nothing after it happens.</summary>
internal sealed class CrashAt(string point)
{
    private readonly TaskCompletionSource reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task Reached => reached.Task;

    public void Reach(string named)
    {
        if (named != point)
            return;
        reached.TrySetResult();
        Thread.Sleep(Timeout.Infinite);
    }
}

internal sealed class OneSandbox : IConnections, IConnector
{
    private static readonly Connection Only =
        new("contoso-sandbox", IncidentScript.Contoso.Id, "sandbox", new Dictionary<string, string>());

    public string Name => "sandbox";

    public bool IsSimulation => true;

    public IReadOnlyDictionary<string, ActionSpec> Actions { get; } = new Dictionary<string, ActionSpec>
    {
        ["disk.cleanup"] = new(
            "disk.cleanup", "Clean up a volume", "device", Reversibility.Partly, BlastRadius.OneDevice, true, "",
            [new("volume", "Volume", "[A-Za-z]{1,8}"), new("categories", "Categories", "[a-z,]{1,60}", MaxLength: 60)], "disk.restore",
            TimeSpan.FromMinutes(1)),
        ["ticket.create"] = new(
            "ticket.create", "Open a ticket", "device", Reversibility.Reversible, BlastRadius.Nothing, false, "",
            [new("title", "Title", ".{1,200}"), new("priority", "Priority", "[a-z]{1,10}")], "ticket.close", TimeSpan.FromMinutes(1)),
    };

    public IReadOnlyList<Connection> For(TenantId tenant) => [Only];

    public Connection? Find(TenantId tenant, string name) => name == Only.Name ? Only : null;

    public IConnector GetConnector(Connection connection) => this;

    public Task<CallOutcome<IReadOnlyList<Target>>> FindAsync(
        Connection connection, string kind, string name, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CallOutcome<IReadOnlyDictionary<string, string>>> ObserveAsync(
        Connection connection, Target target, CancellationToken cancellationToken) => throw new NotSupportedException();

    public Task<CallOutcome<ActionReceipt>> ActAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public Task<CallOutcome<OperationStatus>> LookUpAsync(Connection connection, ActionCall call, CancellationToken cancellationToken) =>
        throw new NotSupportedException();
}

internal sealed class KnownConversations : IConversationReferences
{
    public List<Member> People { get; set; } = [new("29:dana", IncidentScript.Dana.ObjectId, IncidentScript.Dana.Name),
        new("29:ravi", IncidentScript.Ravi.ObjectId, IncidentScript.Ravi.Name)];

    public ChannelRef? Find(ConversationId conversationId) => null;

    public bool IsUsable(ConversationId conversationId) => true;

    public IReadOnlyList<Member> KnownPeople(ConversationId conversationId) => People;

    public Task<IReadOnlyList<Member>> PeopleAsync(ConversationId conversationId, CancellationToken cancellationToken) =>
        Task.FromResult(KnownPeople(conversationId));

    public void MarkUnusable(ConversationId conversationId, string reason) { }
}

/// <summary>Views as the product makes them, over the doubles above.</summary>
internal static class TestViews
{
    public static IncidentViews For(IncidentScript story, IAccess access, IEnumerable<string>? mris = null, GatePolicy? policy = null,
        params string[] linkHosts) => new(Proposals(story, access, mris, policy), new LinkHosts(linkHosts));

    public static ProposalViews Proposals(
        IncidentScript story, IAccess access, IEnumerable<string>? mris = null, GatePolicy? policy = null)
    {
        var references = new KnownConversations();
        if (story.Called is { } name)
            references.People = [.. references.People.Select(person => person with { Name = name })];
        references.People.AddRange((mris ?? []).Select(mri => new Member(mri, Who(mri), mri)));
        return new(
            new TwoTenants(story.Tenant.Id == IncidentScript.Contoso.Id ? story.Tenant : null), access, new OneSandbox(),
            new ConversationPeople(references), new(policy ?? GatePolicies.BuiltIn, new Dictionary<TenantId, GatePolicy>()), story.Clock);
    }
}

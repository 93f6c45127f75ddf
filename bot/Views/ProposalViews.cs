using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>
/// Gathers what a card says of any proposal for one reader: the reader's rights, what holds it up, the catalog and the clock.
/// </summary>
public sealed class ProposalViews(
    ITenantDirectory tenants, IAccess access, IConnections connections, IConversationPeople people, GatePolicies policies,
    TimeProvider clock)
{
    private const int MaxRefreshers = 60;
    private static readonly Role[] Undoing = [Role.Approver, Role.Administrator];

    public DateTimeOffset Now => clock.GetUtcNow();

    /// <summary>The client whose state it is.</summary>
    public Tenant GetTenant(TenantState state) => tenants.Find(state.Tenant) ?? new(state.Tenant, state.Tenant.Value, "");

    /// <summary>What everybody in the conversation sees. It carries buttons only where everybody may press them.</summary>
    public TView ForEverybody<TView>(TView view, TenantState state, ConversationId conversationId)
        where TView : ProposalView => WithCommon(view, state, conversationId) with
        {
            Rights = access.EverybodyIsAdministrator
                ? new(
                    Decide: view.Proposal.IsUndecided || view.Proposal.IsLeftToPeople, Undo: true, Redraft: true,
                    Confirm: view.Proposal.OpenGlass is not null)
                : default,
        };

    /// <summary>
    /// What is new in a conversation: where the policy says so it calls those who may decide, as a card that changes does not.
    /// </summary>
    public TView ForEverybodyAnew<TView>(TView fresh, TenantState state, ConversationId conversationId)
        where TView : ProposalView
    {
        var view = ForEverybody(fresh, state, conversationId);
        if (view.Deciders is null || !(policies.For(state.Tenant).Defaults.MentionFrom <= view.Proposal.Severity))
            return view;
        var calls = Calls.For(GetDeciders(state, view.Proposal, conversationId), people.KnownIn(conversationId));
        return calls.Any ? view with { Calls = calls } : view;
    }

    /// <summary>What one person sees.</summary>
    /// <param name="notice">One sentence on top; null for none.</param>
    public TView ForPerson<TView>(TView view, TenantState state, ConversationId conversationId, Person person, string? notice = null)
        where TView : ProposalView => WithCommon(view, state, conversationId) with
        {
            IsPersonal = true,
            Rights = GetPermissions(state, view, person.ObjectId),
            Notice = notice,
        };

    /// <summary>When something that cards show last began or ended by its date alone, without an entry; null for never.</summary>
    public DateTimeOffset? TurnedAt(TenantState state) =>
        Turns(state).Where(turn => turn <= clock.GetUtcNow()).Max(turn => (DateTimeOffset?)turn);

    /// <summary>When that happens next; null for never.</summary>
    public DateTimeOffset? NextTurn(TenantState state) =>
        Turns(state).Where(turn => turn > clock.GetUtcNow()).Min(turn => (DateTimeOffset?)turn);

    /// <summary>Who may decide about it, in words, names made safe; null where nothing waits for a decision or everybody may.</summary>
    public string? DecidersOf(TenantState state, Proposal proposal, ConversationId conversationId) =>
        proposal.IsUndecided || proposal.IsLeftToPeople ? Describe(GetDeciders(state, proposal, conversationId)) : null;

    /// <summary>Who has one of the roles, in words, names made safe; null where everybody has, or nobody.</summary>
    /// <param name="except">Somebody whom it does not help to ask.</param>
    public string? PeopleWith(TenantState state, ConversationId conversationId, IReadOnlyCollection<Role> roles, PersonId? except = null)
    {
        var who = Deciders.WithRole(state, roles, access, NamesIn(state, conversationId), clock.GetUtcNow(), except);
        return who.Names.IsEmpty && who.Others == 0 ? null : Describe(who);
    }

    private TView WithCommon<TView>(TView view, TenantState state, ConversationId conversationId)
        where TView : ProposalView
    {
        var proposal = view.Proposal;
        var common = view with
        {
            EverybodyIsAdministrator = access.EverybodyIsAdministrator,
            Freeze = state.Freeze,
            SwitchedOff = state.SwitchedOff,
            PlannedFreeze = policies.For(state.Tenant).FreezeAt(view.Now),
            Deciders = DecidersOf(state, proposal, conversationId),
            Undoers = proposal.CanBeUndone(view.Now) ? PeopleWith(state, conversationId, Undoing) : null,
            Absences = [.. AbsencesFor(state, proposal)],
            Refreshers = CanBePressed(proposal) ? [.. Refreshers(state, view, conversationId).Take(MaxRefreshers)] : [],
        };
        return common with { Actions = [.. common.Plan.Steps.Select(step => GetSpec(state.Tenant, step))] };
    }

    private IEnumerable<DateTimeOffset> Turns(TenantState state) =>
        policies.For(state.Tenant).Freezes.SelectMany(freeze => new[] { freeze.During.Begins, freeze.During.Ends })
            .Concat(state.Absences.Values.SelectMany(absence => new[] { absence.From, absence.Until }));

    private IEnumerable<Absence> AbsencesFor(TenantState state, Proposal proposal) =>
        proposal.IsUndecided && proposal.Staged is { Terms.Level: GateLevel.L2 } staged
        ? state.Absences.Values
            .Where(absence => absence.Contains(clock.GetUtcNow()))
            .Where(absence => access.GetRoles(state, absence.Who.Person)
                .Any(role => role == Role.Administrator || role == staged.Terms.ApproverRole))
            .OrderBy(absence => absence.Until)
        : [];

    private Deciders GetDeciders(TenantState state, Proposal proposal, ConversationId conversationId) =>
        Deciders.Create(state, proposal, access, NamesIn(state, conversationId), clock.GetUtcNow());

    /// <summary>
    /// What people are called here, and where the client's cards are: a chat alone knows only the one who chats. Few are asked about, so
    /// nothing is sorted for it.
    /// </summary>
    private Func<PersonId, string?> NamesIn(TenantState state, ConversationId conversationId)
    {
        var here = people.KnownIn(conversationId);
        List<IReadOnlyList<KnownPerson>>? elsewhere = null;
        return id =>
            GetName(here, id) ?? (elsewhere ??= [.. state.Channels.Keys.Where(one => one != conversationId).Select(people.KnownIn)])
            .Select(known => GetName(known, id)).FirstOrDefault(static name => name is not null);
    }

    private static string? GetName(IReadOnlyList<KnownPerson> people, PersonId person)
    {
        foreach (var known in people)
        {
            if (known.ObjectId == person)
                return known.Name;
        }
        return null;
    }

    private static string? Describe(Deciders who) =>
        who.Everybody ? null : (who with { Names = [.. who.Names.Select(name => SanitizedText.Name(name, 40))] }).Message;

    private IEnumerable<string> Refreshers(TenantState state, ProposalView view, ConversationId conversationId) =>
        people.KnownIn(conversationId).Where(known => known.ObjectId is { } person && GetPermissions(state, view, person) != default)
            .Select(known => known.Mri);

    private Permissions GetPermissions(TenantState state, ProposalView view, PersonId person)
    {
        var proposal = view.Proposal;
        var roles = access.GetRoles(state, person);
        var works = roles.Any(static role => role is Role.Technician or Role.Approver or Role.Administrator);
        return new(
            Decide: (proposal.IsUndecided || proposal.IsLeftToPeople) && access.AuthorizeDecision(state, proposal, person) is null,
            Snooze: proposal.IsUndecided && works,
            Undo: proposal.Phase == ProposalPhase.Verified && roles.Any(Undoing.Contains),
            Redraft: view.CanBeDraftedAgain && works,
            BreakGlass: proposal.IsUndecided && proposal.Staged!.Terms.BreakGlass is not null
                && access.AuthorizeBreakGlass(state, proposal, person) is null,
            Confirm: proposal.OpenGlass is not null && access.AuthorizeReview(state, proposal, person) is null);
    }

    private static bool CanBePressed(Proposal proposal) =>
        proposal.OpenGlass is not null || proposal.IsUndecided || proposal.IsLeftToPeople
            || proposal is { Phase: ProposalPhase.Verified, Execution.UndoUntil: not null };

    private ActionSpec? GetSpec(TenantId tenant, PlanStep step) => connections.Find(tenant, step.Target.Connection) is { } connection
        ? connections.GetConnector(connection).Actions.GetValueOrDefault(step.Action)
        : null;
}

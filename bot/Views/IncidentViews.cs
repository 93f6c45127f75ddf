using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Views;

/// <summary>Gathers what a card says for one reader: the incident, the reader's rights, the catalog and the clock.</summary>
public sealed class IncidentViews(
    ITenantDirectory tenants, IAccess access, IConnections connections, IConversationPeople people, GatePolicies policies,
    TimeProvider clock, LinkHosts linkHosts)
{
    private const int MaxRefreshers = 60;
    private static readonly Role[] Undoing = [Role.Approver, Role.Administrator];

    /// <summary>The card that everybody in the conversation sees. It carries buttons only where everybody may press them.</summary>
    public IncidentView ForEverybody(TenantState state, Incident incident, string conversationId) =>
        Common(state, incident, conversationId) with
    {
        Rights = access.EverybodyIsAdministrator
            ? new(
                Decide: incident.IsUndecided || incident.IsLeftToPeople, Undo: true, Redraft: true, Confirm: incident.OpenGlass is not null)
            : default,
    };

    /// <summary>
    /// The card that is new in a conversation: where the policy says so it calls those who may decide, as a card that changes does not.
    /// </summary>
    public IncidentView ForEverybodyAnew(TenantState state, Incident incident, string conversationId)
    {
        var view = ForEverybody(state, incident, conversationId);
        if (view.Deciders is null || !(policies.For(state.Tenant).Defaults.MentionFrom <= incident.Severity))
            return view;
        var calls = Calls.For(GetDeciders(state, incident, conversationId), people.KnownIn(conversationId));
        return calls.Any ? view with { Calls = calls } : view;
    }

    public IncidentView ForPerson(TenantState state, Incident incident, string conversationId, Person person, string? notice = null) =>
        Common(state, incident, conversationId) with
        {
            IsPersonal = true,
            Rights = GetRights(state, incident, person.ObjectId),
            Notice = notice,
        };

    /// <summary>When something that cards show last began or ended by its date alone, without an entry; null for never.</summary>
    public DateTimeOffset? TurnedAt(TenantState state) =>
        Turns(state).Where(turn => turn <= clock.GetUtcNow()).Max(turn => (DateTimeOffset?)turn);

    /// <summary>When that happens next; null for never.</summary>
    public DateTimeOffset? NextTurn(TenantState state) =>
        Turns(state).Where(turn => turn > clock.GetUtcNow()).Min(turn => (DateTimeOffset?)turn);

    private IEnumerable<DateTimeOffset> Turns(TenantState state) =>
        policies.For(state.Tenant).Freezes.SelectMany(freeze => new[] { freeze.During.Begins, freeze.During.Ends })
            .Concat(state.Absences.Values.SelectMany(absence => new[] { absence.From, absence.Until }));

    private IEnumerable<Absence> AbsencesFor(TenantState state, Incident incident) =>
        incident.IsUndecided && incident.Staged is { Terms.Level: GateLevel.L2 } staged
        ? state.Absences.Values
            .Where(absence => absence.Contains(clock.GetUtcNow()))
            .Where(absence => access.GetRoles(state, absence.Who.Id)
                .Any(role => role == Role.Administrator || role == staged.Terms.ApproverRole))
            .OrderBy(absence => absence.Until)
        : [];

    private IncidentView Common(TenantState state, Incident incident, string conversationId)
    {
        var view = new IncidentView(incident, tenants.Find(state.Tenant) ?? new(state.Tenant, state.Tenant.Value, ""), clock.GetUtcNow())
        {
            EverybodyIsAdministrator = access.EverybodyIsAdministrator,
            LinkHosts = linkHosts,
            Freeze = state.Freeze,
            SwitchedOff = state.SwitchedOff,
            PlannedFreeze = policies.For(state.Tenant).FreezeAt(clock.GetUtcNow()),
            Deciders = incident.IsUndecided || incident.IsLeftToPeople ? Describe(GetDeciders(state, incident, conversationId)) : null,
            Undoers = incident.Proposal.CanBeUndone(clock.GetUtcNow()) ? PeopleWith(state, conversationId, Undoing) : null,
            Beside = Beside(state, incident),
            Before = state.Occurrences.Before(incident),
            Absences = [.. AbsencesFor(state, incident)],
            Refreshers = CanBePressed(incident) ? [.. Refreshers(state, incident, conversationId).Take(MaxRefreshers)] : [],
        };
        return view with { Actions = [.. view.Plan.Steps.Select(step => GetSpec(state.Tenant, step))] };
    }

    /// <summary>Who has one of the roles, in words, names made safe; null where everybody has, or nobody.</summary>
    /// <param name="except">Object id of somebody whom it does not help to ask.</param>
    public string? PeopleWith(TenantState state, string conversationId, IReadOnlyCollection<Role> roles, string? except = null)
    {
        var who = Deciders.WithRole(state, roles, access, NamesIn(state, conversationId), clock.GetUtcNow(), except);
        return who.Names.IsEmpty && who.Others == 0 ? null : Describe(who);
    }

    private Deciders GetDeciders(TenantState state, Incident incident, string conversationId) =>
        Deciders.Create(state, incident.Proposal, access, NamesIn(state, conversationId), clock.GetUtcNow());

    /// <summary>
    /// What people are called here, and where the client's cards are: a chat alone knows only the one who chats. Few are asked about, so
    /// nothing is sorted for it.
    /// </summary>
    private Func<string, string?> NamesIn(TenantState state, string conversationId)
    {
        var here = people.KnownIn(conversationId);
        List<IReadOnlyList<KnownPerson>>? elsewhere = null;
        return id =>
            GetName(here, id) ?? (elsewhere ??= [.. state.Channels.Keys.Where(one => one != conversationId).Select(people.KnownIn)])
            .Select(known => GetName(known, id)).FirstOrDefault(static name => name is not null);
    }

    private static string? GetName(IReadOnlyList<KnownPerson> people, string objectId)
    {
        foreach (var known in people)
        {
            if (string.Equals(known.ObjectId, objectId, StringComparison.OrdinalIgnoreCase))
                return known.Name;
        }
        return null;
    }

    private static string? Describe(Deciders who) =>
        who.Everybody ? null : (who with { Names = [.. who.Names.Select(name => SanitizedText.Name(name, 40))] }).Message;

    private IEnumerable<string> Refreshers(TenantState state, Incident incident, string conversationId) => people.KnownIn(conversationId)
        .Where(known => known.ObjectId is { } objectId && GetRights(state, incident, objectId) != default)
        .Select(known => known.Mri);

    private Permissions GetRights(TenantState state, Incident incident, string objectId)
    {
        var roles = access.GetRoles(state, objectId);
        var works = roles.Any(static role => role is Role.Technician or Role.Approver or Role.Administrator);
        return new(
            Decide: (incident.IsUndecided || incident.IsLeftToPeople)
                && access.AuthorizeDecision(state, incident.Proposal, objectId) is null,
            Snooze: incident.IsUndecided && works,
            Undo: incident.Phase == ProposalPhase.Verified && roles.Any(Undoing.Contains),
            Redraft: incident.CanBeDraftedAgain && works,
            BreakGlass: incident.IsUndecided && incident.Staged!.Terms.BreakGlass is not null
                && access.AuthorizeBreakGlass(state, incident.Proposal, objectId) is null,
            Confirm: incident.OpenGlass is not null && access.AuthorizeReview(state, incident.Proposal, objectId) is null);
    }

    private static bool CanBePressed(Incident incident) =>
        incident.OpenGlass is not null || incident.IsUndecided || incident.IsLeftToPeople
            || incident is { Phase: ProposalPhase.Verified, Execution.UndoUntil: not null };

    private static List<Incident> Beside(TenantState state, Incident storm)
    {
        if (storm is not { IsOpen: true, Opened.Scope: IncidentScope.Tenant })
            return [];
        var beside = state.RecentlyOpened.Select(state.Find).OfType<Incident>()
            .Where(one => one is { IsOpen: true, Opened.Scope: IncidentScope.One } && one.CameUpSeq > storm.CameUpSeq)
            .ToList();
        beside.Sort(static (left, right) => (right.Severity, left.OpenedSeq).CompareTo((left.Severity, right.OpenedSeq)));
        return beside;
    }

    private ActionSpec? GetSpec(TenantId tenant, PlanStep step) => connections.Find(tenant, step.Target.Connection) is { } connection
        ? connections.GetConnector(connection).Actions.GetValueOrDefault(step.Action)
        : null;
}

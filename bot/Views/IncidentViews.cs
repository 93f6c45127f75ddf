using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tickets;

namespace DevOpsAI.Bot.Views;

/// <summary>Gathers what a card says of an incident for one reader: what any proposal's says, and what comes of its alerts.</summary>
public sealed class IncidentViews(ProposalViews proposals, LinkHosts linkHosts)
{
    /// <summary>The card that everybody in the conversation sees. It carries buttons only where everybody may press them.</summary>
    public IncidentView ForEverybody(TenantState state, Incident incident, ConversationId conversationId) =>
        proposals.ForEverybody(New(state, incident), state, conversationId);

    /// <summary>
    /// The card that is new in a conversation: where the policy says so it calls those who may decide, as a card that changes does not.
    /// </summary>
    public IncidentView ForEverybodyAnew(TenantState state, Incident incident, ConversationId conversationId) =>
        proposals.ForEverybodyAnew(New(state, incident), state, conversationId);

    public IncidentView ForPerson(
        TenantState state, Incident incident, ConversationId conversationId, Person person, string? notice = null) =>
        proposals.ForPerson(New(state, incident), state, conversationId, person, notice);

    /// <summary>When something that cards show last began or ended by its date alone, without an entry; null for never.</summary>
    public DateTimeOffset? TurnedAt(TenantState state) => proposals.TurnedAt(state);

    /// <summary>When that happens next; null for never.</summary>
    public DateTimeOffset? NextTurn(TenantState state) => proposals.NextTurn(state);

    private IncidentView New(TenantState state, Incident incident) => new(incident, proposals.GetTenant(state), proposals.Now)
    {
        LinkHosts = linkHosts,
        Beside = Beside(state, incident),
        Before = state.Occurrences.Before(incident),
        Ticket = state.Tickets.Find(incident.Id),
    };

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
}

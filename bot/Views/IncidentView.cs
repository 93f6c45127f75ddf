using DevOpsAI.Incidents;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tickets;

namespace DevOpsAI.Bot.Views;

/// <summary>Everything an incident's card says, for one reader at one instant.</summary>
public sealed record IncidentView(Incident Incident, Tenant Tenant, DateTimeOffset Now) : ProposalView(Tenant, Now)
{
    public override Proposal Proposal => Incident.Proposal;

    public override string Title => Incident.Title;

    internal override (string Word, Tone Tone) Standing => Labels.For(Incident);

    public override bool CanBeFrozen => Incident.CanBeFrozen(Now);

    public override bool CanBeDraftedAgain => Incident.CanBeDraftedAgain;

    /// <summary>Where addresses in alerts may lead.</summary>
    public LinkHosts LinkHosts { get; init; } = LinkHosts.None;

    /// <summary>
    /// Open incidents that have cards of their own although a storm of the whole client gathers the rest, the worst first.
    /// </summary>
    public IReadOnlyList<Incident> Beside { get; init; } = [];

    /// <summary>What is on record of its ticket in the client's PSA; null where there is none.</summary>
    public TicketRecord? Ticket { get; init; }

    /// <summary>Earlier incidents of the same alert on the same device, oldest first; none the first time.</summary>
    public IReadOnlyList<Occurrence> Before { get; init; } = [];
}

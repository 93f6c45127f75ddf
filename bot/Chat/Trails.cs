using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tickets;

namespace DevOpsAI.Bot.Chat;

/// <summary>Reads from the ledger what tells of an incident, or of what else is decided about.</summary>
internal sealed class Trails(ILedger ledger, EntryCatalog catalog, SubjectViews subjects)
{
    private const int MaxEvents = 20;

    /// <exception cref="LedgerUnavailableException">The ledger cannot be read now.</exception>
    public async ValueTask<OutgoingJson> CardAsync(ProposalView view, int page, bool everything, CancellationToken cancellationToken)
    {
        List<LedgerEntry> trail = [];
        foreach (var stream in GetStreams(view))
            trail.AddRange(await ledger.ReadStreamAsync(view.Proposal.Tenant, stream, cancellationToken));
        return WhyCard.Build(view, [.. trail.DistinctBy(entry => entry.Seq).OrderBy(entry => entry.Seq)], catalog, page, everything);
    }

    private IEnumerable<StreamId> GetStreams(ProposalView view)
    {
        var subject = view.Proposal.Subject;
        StreamId[] own = [subject.Stream, StreamId.Card(subject)];
        return view is IncidentView { Incident: var incident }
            ? own.Prepend(StreamId.Incident(incident.Id)).Append(StreamId.Ticket(incident.Id))
                .Concat(incident.RecentEvents.TakeLast(MaxEvents).Select(static recent => StreamId.Event(recent.Event.EventId)))
            : own.Concat(subjects.GetStreams(subject));
    }
}

using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;

namespace DevOpsAI.Bot.Chat;

/// <summary>Reads an incident's audit trail from the ledger.</summary>
internal sealed class Trails(ILedger ledger, EntryCatalog catalog)
{
    private const int MaxEvents = 20;

    public async ValueTask<OutgoingJson> CardAsync(IncidentView view, int page, bool everything, CancellationToken cancellationToken)
    {
        var incident = view.Incident;
        List<LedgerEntry> trail = [];
        foreach (var stream in new[] { StreamId.Incident(incident.Id), StreamId.Proposal(incident.Id), StreamId.Card(incident.Id) })
            trail.AddRange(await ledger.ReadStreamAsync(incident.Tenant, stream, cancellationToken));
        foreach (var (_, received) in incident.RecentEvents.TakeLast(MaxEvents))
            trail.AddRange(await ledger.ReadStreamAsync(incident.Tenant, StreamId.Event(received.EventId), cancellationToken));
        return WhyCard.Build(view, [.. trail.DistinctBy(entry => entry.Seq).OrderBy(entry => entry.Seq)], catalog, page, everything);
    }
}

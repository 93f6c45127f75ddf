using System.Collections.Concurrent;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Common;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Ledger.Encryption;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Keeps every linked conversation's card of every incident true. It works from what is, not from what happened: an entry is only a nudge to
/// compare the incident with what <c>card/{id}</c> says is shown, so a thousand entries cost one update, a lost nudge is made up for by the
/// sweep, and a restart needs no memory. A card that cannot be delivered waits by itself and holds up no other.
/// </summary>
internal sealed class CardKeeper(
    ILedger ledger,
    TenantStates states,
    ITenantDirectory tenants,
    IncidentViews views,
    IConnectorClient connector,
    IConversationBook book,
    IOptions<CardsOptions> options,
    TimeProvider clock,
    ILogger<CardKeeper> logger,
    IFollowedTenants followed,
    IKillSwitch? killSwitch = null) : BackgroundService, ILedgerFollower
{
    private readonly ConcurrentDictionary<CardPlace, KeptCard> working = new();
    private readonly RefusedCards refused = new();
    private readonly CancellationTokenSource stopping = new();

    public string Name => "cards";

    public string? Lane(LedgerEntry entry) => entry.Fact switch
    {
        CardSending or CardUpdated or NoticeSending => null,
        EventReceived => "events",
        ChannelLinked or ChannelUnlinked or FreezeSet or FreezeLifted or SwitchThrown or SwitchLifted or AbsenceSet or AbsenceEnded or ErasureCompleted => "channels",
        _ => IncidentOf(entry.Stream),
    };

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        switch (entry.Fact)
        {
            case EventReceived received:
                if (state.IncidentByAlert.GetValueOrDefault(received.AlertKey) is { } id)
                    Nudge(state, id);
                break;
            case ChannelLinked or ChannelUnlinked or FreezeSet or FreezeLifted or SwitchThrown or SwitchLifted or AbsenceSet or AbsenceEnded or ErasureCompleted:
                Sweep(state);
                break;
            default:
                if (IncidentOf(entry.Stream) is { } incident)
                    Nudge(state, incident);
                break;
        }
    }

    /// <summary>Completes when no card is being worked on or waited for; for orderly stops and for tests.</summary>
    public Task IdleAsync() => Task.WhenAll(working.Values.Select(card => card.Work));

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await stopping.CancelAsync();
        await base.StopAsync(cancellationToken);
        await IdleAsync().WaitAsync(cancellationToken);
    }

    public override void Dispose()
    {
        stopping.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            // A tenant that comes from another instance may bring cards that were still to be sent.
            var next = followed.NextAsync(enough.Token);
            var lifted = killSwitch?.NextLiftAsync(enough.Token) ?? Task.Delay(Timeout.Infinite, enough.Token);
            var wait = options.Value.SweepEvery;
            foreach (var tenant in tenants.All.Where(tenant => followed.IsMine(tenant.Id)))
            {
                try
                {
                    var state = await states.GetAsync(tenant.Id, stoppingToken);
                    Sweep(state);
                    if (views.NextTurn(state) - clock.GetUtcNow() is { } turn && turn < wait)
                        wait = turn;
                }
                catch (LedgerUnavailableException unavailable)
                {
                    logger.SweepFailed(tenant.Id, unavailable);
                }
            }
            await Task.WhenAny(Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, enough.Token), next, lifted);
            await enough.CancelAsync();
        }
    }

    private void Sweep(TenantState state)
    {
        foreach (var incident in state.Incidents.Values)
            Nudge(state, incident);
    }

    private void Nudge(TenantState state, string incidentId)
    {
        if (state.Find(incidentId) is { } incident)
            Nudge(state, incident);
    }

    private void Nudge(TenantState state, Incident incident)
    {
        var turnedAt = views.TurnedAt(state);
        foreach (var conversation in state.Channels.Keys)
        {
            var place = new CardPlace(state.Tenant, incident.Id, conversation);
            if (working.ContainsKey(place) || NextStep.For(state, incident, conversation, clock.GetUtcNow(), options.Value.LostAnswerWait, turnedAt: turnedAt) is not NextStep.Nothing)
                Nudge(place);
        }
    }

    private void Nudge(CardPlace place)
    {
        while (!stopping.IsCancellationRequested)
        {
            var card = working.GetOrAdd(place, static (place, keeper) => keeper.Keep(place), this);
            if (card.TryNudge(stopping.Token))
                return;
            working.TryRemove(new(place, card));
        }
    }

    private KeptCard Keep(CardPlace place) => new(
        place, ledger, states, views, connector, book, followed, refused, options.Value, clock, logger, card => working.TryRemove(new(place, card)), killSwitch);

    private static string? IncidentOf(StreamId stream)
    {
        var slash = stream.Value.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && stream.Value[..slash] is "incident" or "proposal" or "card" ? stream.Value[(slash + 1)..] : null;
    }
}

using System.Collections.Concurrent;
using DevOpsAI.Bot.Cards.Subjects;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Keeps every linked conversation's card of every incident true. It works from what is, not from what happened: an entry is only a signal
/// to compare the incident with what <c>card/{id}</c> says is shown, so a thousand entries cost one update, a lost signal is made up for by
/// the sweep, and a restart needs no memory. A card that cannot be delivered waits by itself and holds up no other.
/// </summary>
internal sealed class CardSync(
    CardMessages messages, CardRecord record, CardRules rules, TenantStates states, ITenantDirectory tenants,
    IOptions<CardsOptions> options,
    TimeProvider clock, ILogger<CardSync> logger) : BackgroundService, ILedgerSubscription
{
    private readonly ConcurrentDictionary<CardPlace, CardReconciler> working = new();
    private readonly RefusedCards refused = new();
    private readonly CancellationTokenSource stopping = new();

    public string Name => "cards";

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact switch
    {
        CardSending or CardUpdated or NoticeSending => null,
        EventReceived => "events",
        var fact when SubjectCardsState.IsAboutAllCards(fact) => "channels",
        _ => IncidentStreams.GetIncident(entry.Stream)?.Value,
    };

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        switch (entry.Fact)
        {
            case EventReceived received:
                if (state.FindByAlert(received.AlertKey) is { } alerted)
                    Signal(state, alerted);
                break;
            case var fact when SubjectCardsState.IsAboutAllCards(fact):
                Sweep(state);
                break;
            default:
                if (IncidentStreams.GetIncident(entry.Stream) is { } id && state.Find(id) is { } incident)
                    Signal(state, incident);
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
            var changed = rules.ChangedAsync(enough.Token);
            var wait = options.Value.SweepEvery;
            foreach (var tenant in tenants.All.Where(tenant => rules.IsMine(tenant.Id)))
            {
                try
                {
                    var state = await states.GetAsync(tenant.Id, stoppingToken);
                    Sweep(state);
                    if (messages.NextTurn(state) - clock.GetUtcNow() is { } turn && turn < wait)
                        wait = turn;
                }
                catch (LedgerUnavailableException unavailable)
                {
                    logger.SweepFailed(tenant.Id, unavailable);
                }
            }
            await Task.WhenAny(Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, enough.Token), changed);
            await enough.CancelAsync();
        }
    }

    private void Sweep(TenantState state)
    {
        foreach (var incident in state.Incidents.Values)
            Signal(state, incident);
    }

    private void Signal(TenantState state, Incident incident)
    {
        var turnedAt = messages.TurnedAt(state);
        foreach (var conversation in state.Channels.Keys)
        {
            var place = new CardPlace(state.Tenant, incident.Id, conversation);
            if (working.ContainsKey(place)
                || NextStep.For(
                    state, incident, conversation, clock.GetUtcNow(), options.Value.LostAnswerWait,
                    turnedAt: turnedAt) is not NextStep.Nothing)
                Signal(place);
        }
    }

    private void Signal(CardPlace place)
    {
        while (!stopping.IsCancellationRequested)
        {
            var card = working.GetOrAdd(place, static (place, sync) => sync.Keep(place), this);
            if (card.TrySignal(stopping.Token))
                return;
            working.TryRemove(new(place, card));
        }
    }

    private CardReconciler Keep(CardPlace place) => new(
        place, messages, record, rules, refused, new(options.Value, clock), logger, card => working.TryRemove(new(place, card)));
}

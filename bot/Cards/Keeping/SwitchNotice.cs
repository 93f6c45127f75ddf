using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Views;
using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using static DevOpsAI.Bot.Cards.CardElements;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Tells every conversation that is linked to a client that the kill switch is on, which is the last that is posted there unasked, and that
/// it is lifted, with a list of what waited where that is much. Once each; after a crash it may be told twice, never not at all. A switch
/// that is lifted before it could be told is not told any more.
/// </summary>
internal sealed class SwitchNotice(
    ILedger ledger,
    TenantStates states,
    ITenantDirectory tenants,
    IConnectorClient connector,
    IConversationReferences references,
    TimeProvider clock) : ILedgerSubscription
{
    /// <summary>What <c>message.sent</c> says the message was about.</summary>
    public const string Purpose = "switch";

    /// <summary>As <see cref="Purpose"/>, of its end.</summary>
    public const string LiftedPurpose = "switch.lifted";

    public string Name => "switch";

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact is SwitchThrown or SwitchLifted ? "switch" : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        if (tenants.Find(entry.Tenant) is not { } tenant)
            return;
        // What came after it says how things are.
        var all = await ledger.ReadStreamAsync(entry.Tenant, StreamId.Switch, cancellationToken);
        if (all[^1].Seq > entry.Seq)
            return;
        string? notReached = null;
        foreach (var link in state.Channels.Values)
        {
            if (await TellAsync(entry, tenant, state, link, all, cancellationToken) is SendOutcome.NotSent notSent)
                notReached = notSent.Message;
        }
        if (notReached is not null)
            throw new SwitchNotToldException(notReached);
    }

    /// <param name="all">Of the switch, up to the entry.</param>
    private async Task<SendOutcome?> TellAsync(
        LedgerEntry entry,
        Tenant tenant,
        TenantState state,
        ChannelLinked link,
        IReadOnlyList<LedgerEntry> all,
        CancellationToken cancellationToken)
    {
        var place =
            references.Find(link.Channel.ConversationId) is { } seen ? link.Channel with { ServiceUrl = seen.ServiceUrl } : link.Channel;
        var stream = StreamId.Message(place.ConversationId);
        var said = await ledger.ReadStreamAsync(entry.Tenant, stream, cancellationToken);
        if (said.Any(sent => sent.Causation == entry.Seq))
            return null;
        var waited = state.Incidents.Values.Where(incident => incident.IsOpen && incident.ListedSeq == entry.Seq && !link.Escalation)
            .ToList();
        // Its end is news where it was told, and where it brings something.
        var wasTold = all.Count > 1 && said.Any(sent => sent.Causation == all[^2].Seq);
        if (entry.Fact is SwitchLifted && waited.Count == 0 && !wasTold)
            return null;
        var card = entry.Fact is SwitchThrown thrown ? On(tenant, entry, thrown) : Lifted(tenant, waited, clock.GetUtcNow());
        var message = new OutgoingMessage { Card = card, Summary = card["fallbackText"].Text };
        var outcome = await connector.PostAsync(place, message, SendOptions.Alert, cancellationToken);
        if (outcome is SendOutcome.NotSent)
            return outcome;
        var purpose = entry.Fact is SwitchThrown ? Purpose : LiftedPurpose;
        var activity = (outcome as SendOutcome.Sent)?.ActivityId;
        var told = new MessageSent(purpose, null, place.ConversationId, activity, message.ContentHash(), outcome.ForRecord());
        var record = new NewEntry(stream, Actor.Service("cards"), entry.Correlation, told, entry.Seq);
        await ledger.AppendAsync(entry.Tenant, [], [record], CancellationToken.None);
        return outcome;
    }

    private static OutgoingJson On(Tenant tenant, LedgerEntry entry, SwitchThrown thrown)
    {
        const string meaning = "Nothing is drafted, approved or executed, and this is the last message here until it is lifted. "
            + "Alerts are still received and recorded. Ask pending to see them.";
        var headline = $"The kill switch is on for {CardText.Name(tenant.Name, 60)}";
        return Card.Frame(
            [
                Container(
                    [
                        Rich(null, new TextRun(headline, 160, Bold: true, Size: "Medium")),
                        Rich("Small", [.. Runs($"{thrown.Why} Found {entry.At}.")]),
                        Rich("Small", new TextRun(meaning, 400)),
                    ],
                    Tone.Attention),
            ],
            summary: headline);
    }

    private static OutgoingJson Lifted(Tenant tenant, List<Incident> waited, DateTimeOffset now)
    {
        const string hint = "They are drafted now. Each card comes when something more happens, or with Show.";
        var headline = $"The kill switch is lifted for {CardText.Name(tenant.Name, 60)}";
        return waited.Count == 0
            ? MessageCards.Notice($"{headline}. What waited is drafted and asked now.", good: true)
            : ListCard.Build(tenant, waited, $"{headline}: {waited.Count} waited", hint, now);
    }
}

/// <summary>Teams could not be reached; the subscription tries again after a pause.</summary>
internal sealed class SwitchNotToldException(string reason) : Exception($"The kill switch or its end is not told everywhere yet: {reason}");

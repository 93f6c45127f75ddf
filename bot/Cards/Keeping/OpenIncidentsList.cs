using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Where many cards would come at once, because a conversation was linked while much was open or because much escalates together, posts one
/// list of them instead. After a crash it may be posted twice, never not at all.
/// </summary>
internal sealed class OpenIncidentsList(
    ILedger ledger, TenantStates states, ITenantDirectory tenants, IConnectorClient connector, IConversationReferences references,
    TimeProvider clock) : ILedgerSubscription
{
    /// <summary>What <c>message.sent</c> says the message was about.</summary>
    public const string Purpose = "list";

    public string Name => "lists";

    public bool WaitsForSwitch => true;

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact switch
    {
        ChannelLinked linked => linked.Channel.ConversationId.Value,
        ProposalEscalated { Among: { } among } when among.Position == among.Of - 1 => "escalations",
        _ => null,
    };

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        if (tenants.Find(entry.Tenant) is not { } tenant)
            return;
        if (entry.Fact is ChannelLinked linked)
            await WelcomeAsync(state, tenant, entry, linked, cancellationToken);
        else if (entry.Fact is ProposalEscalated { Among: { } among })
            await EscalateAsync(state, tenant, entry, among, cancellationToken);
    }

    private async Task WelcomeAsync(
        TenantState state, Tenant tenant, LedgerEntry entry, ChannelLinked linked, CancellationToken cancellationToken)
    {
        var id = linked.Channel.ConversationId;
        if (!state.BeganWithList.Contains(id) || state.LinkedSince.GetValueOrDefault(id) != entry.Seq)
            return;
        var open = state.ToShowIn(linked).Where(incident => state.IsOnList(incident, linked)).ToList();
        if (open.Count == 0)
            return;
        var headline = $"{open.Count} {(linked.Escalation ? "escalated" : "open")} for {CardText.Name(tenant.Name, 60)}";
        await PostAsync(
            entry, linked,
            ListCard.Build(tenant, open, headline, "Each card comes when something about it changes, or with Show.", clock.GetUtcNow()),
            headline, cancellationToken);
    }

    private async Task EscalateAsync(
        TenantState state, Tenant tenant, LedgerEntry entry, PlaceAmong among, CancellationToken cancellationToken)
    {
        var escalated = state.Incidents.Values
            .Where(
                incident =>
                    incident is { IsOpen: true, Proposal.IsEscalatedAmongOthers: true } && incident.Proposal.EscalatedTo is { } told
                        && told.Seq > entry.Seq - among.Of && told.Seq <= entry.Seq)
            .ToList();
        if (escalated.Count == 0)
            return;
        var critical = escalated.Count(static incident => incident.Severity == Severity.Critical);
        var headline = $"{escalated.Count} escalated for {CardText.Name(tenant.Name, 60)}{(critical > 0 ? $", {critical} critical" : "")}";
        var card = ListCard.Build(tenant, escalated, headline, "Nobody has decided about them yet.", clock.GetUtcNow());
        var links = state.Channels.Values.Where(static link => link.Escalation).ToList();
        foreach (var link in links.Count > 0 ? links : [.. state.Channels.Values])
            await PostAsync(entry, link, card, headline, cancellationToken);
    }

    private async Task PostAsync(
        LedgerEntry entry, ChannelLinked link, OutgoingJson card, string headline, CancellationToken cancellationToken)
    {
        var place =
            references.Find(link.Channel.ConversationId) is { } seen ? link.Channel with { ServiceUrl = seen.ServiceUrl } : link.Channel;
        var stream = StreamId.Message(place.ConversationId);
        if ((await ledger.ReadStreamAsync(entry.Tenant, stream, cancellationToken)).Any(sent => sent.Causation == entry.Seq))
            return;
        var message = new OutgoingMessage { Card = card, Summary = headline };
        var outcome = await connector.PostAsync(place, message, SendOptions.Alert, cancellationToken);
        if (outcome is SendOutcome.NotSent notSent)
            throw new ListNotPostedException(notSent.Message);
        var said = new MessageSent(
            Purpose, null, place.ConversationId, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(), outcome.ForRecord());
        await ledger.AppendAsync(
            entry.Tenant, [], [new(stream, Actor.Service("cards"), entry.Correlation, said, entry.Seq)], CancellationToken.None);
    }
}

/// <summary>Teams could not be reached; the subscription tries again after a pause.</summary>
internal sealed class ListNotPostedException(string reason) : Exception($"A list of incidents could not be posted yet: {reason}");

using DevOpsAI.Bot.Cards;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Views;
using DevOpsAI.Completeness;
using DevOpsAI.Digests;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Digests;

/// <summary>
/// Posts one digest. That it is about to be sent is on record first, so it is sent once: again only while it certainly did not arrive.
/// </summary>
internal sealed class DigestDelivery(
    ILedger ledger, DigestViews views, IConnectorClient connector, IConversationReferences references, TimeProvider clock,
    ILogger<DigestDelivery> logger,
    IKillSwitch? killSwitch = null)
{
    private static readonly Actor Self = Actor.Service("digests");
    private static readonly TimeSpan PauseAfterFailure = TimeSpan.FromSeconds(30);

    /// <param name="due">The time that the digest is of.</param>
    public async Task PostAsync(Tenant tenant, TenantState state, ChannelLinked link, DateTimeOffset due, CancellationToken stopping)
    {
        var conversation = link.Channel.ConversationId;
        var mark = state.Digests[conversation];
        var correlation = CorrelationId.New();
        var view = await views.SinceAsync(tenant, state, mark, stopping);
        var message = new OutgoingMessage { Card = DigestCard.Build(view), Summary = DigestCard.Summary(view) };
        var announced = await ledger.AppendAsync(
            tenant.Id,
            [new(StreamId.Digest(conversation), mark.Version)],
            [new(StreamId.Digest(conversation), Self, correlation, new DigestSending(conversation, due, state.Seq, state.Intake.Digested))],
            stopping);
        if (announced is AppendResult.Conflict)
            return;
        SendOutcome outcome = new SendOutcome.Unknown("cut short");
        try
        {
            var channel = references.Find(conversation) is { } seen ? link.Channel with { ServiceUrl = seen.ServiceUrl } : link.Channel;
            var options = SendOptions.Background with { Unless = () => killSwitch?.IsOn(tenant.Id) == true };
            while ((outcome = await connector.PostAsync(channel, message, options, stopping)) is SendOutcome.NotSent notSent)
                await Task.Delay(notSent.After > PauseAfterFailure ? notSent.After.Value : PauseAfterFailure, clock, stopping);
        }
        finally
        {
            var sent = new MessageSent(
                DigestSending.Purpose, null, conversation, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(),
                outcome.ForRecord());
            await ledger.AppendAsync(tenant.Id, [], [new(StreamId.Message(conversation), Self, correlation, sent)], CancellationToken.None);
            logger.DigestPosted(tenant.Id, conversation, sent.Outcome);
        }
    }
}

using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Completeness;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Cards.Keeping;

/// <summary>
/// Tells every conversation that is linked to a client that it was frozen, and that it may go on. In the order in which it happened, once
/// each; after a crash it may be told twice, never not at all. A freeze that is over before it could be told is not told any more, its end
/// is.
/// </summary>
internal sealed class FreezeNotice(
    ILedger ledger, TenantStates states, IConnectorClient connector, IConversationReferences references, TimeProvider clock)
    : ILedgerSubscription
{
    /// <summary>What <c>message.sent</c> says the message was about.</summary>
    public const string Purpose = "freeze";

    /// <summary>As <see cref="Purpose"/>, of the end of a freeze.</summary>
    public const string LiftedPurpose = "freeze.lifted";

    /// <summary>How long the end of a freeze is news to a conversation that was never told of the freeze.</summary>
    private static readonly TimeSpan NewsFor = TimeSpan.FromHours(2);

    public string Name => "freezes";

    public bool WaitsForSwitch => true;

    public string? GetPartitionKey(LedgerEntry entry) => entry.Fact is FreezeSet or FreezeLifted ? "freezes" : null;

    public async Task HandleAsync(LedgerEntry entry, CancellationToken cancellationToken)
    {
        var state = await states.GetAsync(entry.Tenant, cancellationToken);
        var ofEverything = IsOfEverything(entry.Fact);
        var all = (await ledger.ReadStreamAsync(entry.Tenant, StreamId.Freeze, cancellationToken))
            .Where(one => IsOfEverything(one.Fact) == ofEverything)
            .ToList();
        // What came after it will be told, and says how things are.
        if (all.Exists(later => later.Seq > entry.Seq))
            return;
        if (entry.Fact is FreezeLifted lifted)
        {
            var ended = all.FindLast(one => one.Seq < entry.Seq && one.Fact is FreezeSet);
            await TellAsync(
                entry, state, FreezeCard.Lifted(state, entry, lifted, ended is null ? null : For(ended)), LiftedPurpose, cancellationToken);
        }
        else
        {
            await TellAsync(entry, state, FreezeCard.Set(state, For(entry)), Purpose, cancellationToken);
        }
    }

    private static Freeze For(LedgerEntry entry) =>
        entry.Fact is FreezeSet set
            ? new(entry.Actor, entry.At, set.Reason, set.Cause)
            : throw new ArgumentException("No freeze.", nameof(entry));

    private async Task TellAsync(
        LedgerEntry entry, TenantState state, OutgoingJson card, string purpose, CancellationToken cancellationToken)
    {
        var message = new OutgoingMessage { Card = card, Summary = card["fallbackText"].Text };
        string? notReached = null;
        foreach (var link in state.Channels.Values)
        {
            var place = references.Find(link.Channel.ConversationId) is { } seen
                ? link.Channel with { ServiceUrl = seen.ServiceUrl }
                : link.Channel;
            var stream = StreamId.Message(place.ConversationId);
            var said = await ledger.ReadStreamAsync(entry.Tenant, stream, cancellationToken);
            if (said.Any(sent => sent.Causation == entry.Seq) || (purpose == LiftedPurpose && !IsNews(entry, said)))
                continue;
            var outcome = await connector.PostAsync(place, message, SendOptions.Alert, cancellationToken);
            if (outcome is SendOutcome.NotSent notSent)
            {
                // One conversation that cannot be reached keeps it from no other.
                notReached = notSent.Message;
                continue;
            }
            var told = new MessageSent(
                purpose, null, place.ConversationId, (outcome as SendOutcome.Sent)?.ActivityId, message.ContentHash(), outcome.ForRecord());
            await ledger.AppendAsync(
                entry.Tenant, [], [new(stream, Actor.Service("cards"), entry.Correlation, told, entry.Seq)], CancellationToken.None);
        }
        if (notReached is not null)
            throw new FreezeNotToldException(notReached);
    }

    /// <summary>Old news is told only where "frozen" would otherwise stay the last word.</summary>
    private bool IsNews(LedgerEntry lifted, IReadOnlyList<LedgerEntry> said) =>
        clock.GetUtcNow() - lifted.At < NewsFor
        || said.Select(static entry => entry.Fact)
            .OfType<MessageSent>()
            .LastOrDefault(static sent => sent.Purpose is Purpose or LiftedPurpose)?.Purpose == Purpose;

    private static bool IsOfEverything(Fact fact) =>
        fact is FreezeSet { Cause: FreezeCause.Everything } or FreezeLifted { Everything: true };
}

/// <summary>Teams could not be reached; the subscription tries again after a pause.</summary>
internal sealed class FreezeNotToldException(string reason) : Exception($"A freeze or its end could not be told everywhere yet: {reason}");

using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Tenancy;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>What the endpoint answers; <paramref name="Body"/> only for invokes.</summary>
internal readonly record struct TurnResult(int Status, byte[]? Body = null);

/// <summary>
/// From an authenticated activity to a handler's method and back: recognises duplicates, keeps to the time budget, and turns a throw into
/// something a person sees. Nothing here is tied to the HTTP request, so a caller that hangs up cancels nothing.
/// </summary>
internal sealed class TurnPipeline(
    ITurnHandler handler,
    Deliveries deliveries,
    BackgroundTurns background,
    ConversationReferences references,
    ReplyQueue replies,
    InvokeTurns invokes,
    TimeProvider clock,
    ILogger<TurnPipeline> logger)
{
    private static readonly byte[] NoBody = [];

    /// <summary>Stands for the answer of a turn that failed before it acted and that nobody was told about.</summary>
    private static readonly byte[] NotActed = "not acted"u8.ToArray();

    /// <summary>Teams gives up after 10 to 15 seconds and delivers the activity again.</summary>
    private static readonly TimeSpan ActingBudget = TimeSpan.FromSeconds(8);

    public ValueTask<TurnResult> RunAsync(Activity activity, CorrelationId correlation)
    {
        logger.ActivityReceived(activity.Type, activity.Name, activity.Id, activity.Conversation?.Id);
        references.Saw(activity);
        return activity.Type switch
        {
            "invoke" => invokes.RunAsync(activity, correlation),
            "message" => QueueAsync(activity, correlation, handler.OnMessageAsync),
            "installationUpdate" => QueueAsync(activity, correlation, OnInstallationUpdateAsync),
            "conversationUpdate" => QueueAsync(activity, correlation, OnConversationUpdateAsync),
            _ => new(new TurnResult(StatusCodes.Status200OK)), // edits, deletions, reactions, typing, events and what is yet to be invented
        };
    }

    /// <summary>
    /// Answers once the turn has acted, that is when it replies or ends: what Teams was told to be accepted is on record by then, and only
    /// the reply is still to be sent. A turn that fails before that without anybody being told is not acknowledged, and run when it is
    /// delivered again. A turn that takes longer is not acknowledged; delivered again, it is waited for again.
    /// </summary>
    private async ValueTask<TurnResult> QueueAsync(
        Activity activity, CorrelationId correlation, Func<TurnContext, CancellationToken, Task> method)
    {
        var (delivery, acted, isFirst) = deliveries.Take(activity);
        if (!isFirst)
        {
            logger.ActivityRepeated(activity.Type, activity.Id);
        }
        else if (!background.TryQueue(ReplyQueue.GetPartitionKey(activity), activity.From?.Id,
            stopping => RunQueuedAsync(activity, correlation, delivery, method, stopping)))
        {
            deliveries.Forget(delivery);
            if (!background.IsClosed)
                logger.BackgroundFull();
            return new(StatusCodes.Status503ServiceUnavailable);
        }
        try
        {
            if (ReferenceEquals(await acted.WaitAsync(ActingBudget, clock), NotActed))
                return new(StatusCodes.Status503ServiceUnavailable);
            return new(isFirst ? StatusCodes.Status202Accepted : StatusCodes.Status200OK);
        }
        catch (TimeoutException)
        {
            logger.TurnNotYetDone(activity.Type, ActingBudget);
            return new(StatusCodes.Status503ServiceUnavailable);
        }
    }

    private async Task RunQueuedAsync(
        Activity activity, CorrelationId correlation, Delivery delivery, Func<TurnContext, CancellationToken, Task> method,
        CancellationToken stopping)
    {
        using var scope = logger.BeginScope(new TurnScope(correlation));
        var turn = new TurnContext(activity, correlation, (turn, message, cancellationToken) =>
        {
            delivery.Complete(NoBody);
            return replies.QueueAsync(turn, message, cancellationToken);
        });
        try
        {
            using var timeout = background.CreateTimeout(stopping);
            await method(turn, timeout.Token);
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, activity.Type, activity.Name);
            if (activity.Type == "message")
                await ReportFailureAsync(turn, stopping);
            else if (!delivery.HasActed)
                NotAccepted(delivery);
        }
        delivery.Complete(NoBody);
    }

    /// <summary>Forgotten first: whoever is told so may deliver it again at once.</summary>
    private void NotAccepted(Delivery delivery)
    {
        deliveries.Forget(delivery);
        delivery.Complete(NotActed);
    }

    private async Task ReportFailureAsync(TurnContext turn, CancellationToken stopping)
    {
        try
        {
            await turn.ReplyAsync(new() { Text = TurnFailure.Say(turn.Correlation) }, stopping);
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, turn.Activity.Type, "apology");
        }
    }

    private async Task OnInstallationUpdateAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        var activity = turn.Activity;
        switch (activity.Action)
        {
            case "add" or "add-upgrade":
                await InstalledAsync(turn, isUpgrade: activity.Action == "add-upgrade", cancellationToken);
                break;
            case "remove": // a remove-upgrade is followed by its add-upgrade: nobody left
                await RemovedAsync(turn, cancellationToken);
                break;
        }
    }

    private async Task OnConversationUpdateAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        var activity = turn.Activity;
        var bot = activity.Recipient?.Id;
        if (IsAmong(activity.MembersAdded, bot))
            await InstalledAsync(turn, isUpgrade: false, cancellationToken);
        else if (IsAmong(activity.MembersRemoved, bot) && activity.ChannelData?.EventType == "channelMemberRemoved")
            await RemovedFromChannelAsync(turn, cancellationToken);
        else if (IsAmong(activity.MembersRemoved, bot))
            await RemovedAsync(turn, cancellationToken);
        else if (activity.MembersAdded is { Count: > 0 } || activity.MembersRemoved is { Count: > 0 })
            await handler.OnMembersChangedAsync(turn, cancellationToken);
        else
            references.ChannelChanged(activity);
    }

    private async Task InstalledAsync(TurnContext turn, bool isUpgrade, CancellationToken cancellationToken)
    {
        var place = Landing(turn);
        if (references.Installed(place.Conversation) && !isUpgrade)
            await handler.OnInstalledAsync(place, cancellationToken);
        references.Settled(place.Conversation, installed: true);
    }

    private async Task RemovedAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        if (references.Removed(turn.Conversation))
            await handler.OnRemovedAsync(turn, cancellationToken);
        references.Settled(turn.Conversation, installed: false);
    }

    /// <summary>
    /// A shared or private channel has members of its own: the app left this one, and stays in the team and its other channels. Told again,
    /// there is no link left to end.
    /// </summary>
    private async Task RemovedFromChannelAsync(TurnContext turn, CancellationToken cancellationToken)
    {
        var channel = turn.Activity.ChannelData?.Channel?.Id is { Length: > 0 } named
            ? ConversationId.From(named)
            : turn.Conversation.ConversationId;
        var alone = turn.In(turn.Conversation with { ConversationId = channel, TeamId = null });
        references.MarkUnusable(alone.Conversation.ChannelId, "the app was removed from the channel");
        await handler.OnRemovedAsync(alone, cancellationToken);
    }

    /// <summary>An install in a team happens in the channel that the installer chose.</summary>
    private static TurnContext Landing(TurnContext turn)
    {
        if (turn.Activity.ChannelData?.Settings?.SelectedChannel is not { Id: { Length: > 0 } chosen }
            || turn.Conversation.Kind != "channel")
            return turn;
        return turn.In(turn.Conversation with { ConversationId = ConversationId.From(chosen) });
    }

    private static bool IsAmong(IReadOnlyList<Account>? members, string? mri) =>
        mri is not null && members?.Any(member => member?.Id == mri) == true;
}

/// <summary>Puts the correlation id on every log line of a turn.</summary>
internal sealed class TurnScope(CorrelationId correlation) : IReadOnlyList<KeyValuePair<string, object?>>
{
    public int Count => 1;

    public KeyValuePair<string, object?> this[int index] =>
        index == 0 ? new("Correlation", correlation.Value) : throw new ArgumentOutOfRangeException(nameof(index));

    public IEnumerator<KeyValuePair<string, object?>> GetEnumerator()
    {
        yield return this[0];
    }

    public override string ToString() => $"Correlation:{correlation}";

    System.Collections.IEnumerator System.Collections.IEnumerable.GetEnumerator() => GetEnumerator();
}

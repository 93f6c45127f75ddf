using System.Text.Json;
using DevOpsAI.Bot.Teams.Conversations;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

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
    Replies replies,
    IOptions<TeamsOptions> options,
    TimeProvider clock,
    ILogger<TurnPipeline> logger)
{
    private const string CardActionName = "adaptiveCard/action";

    private static readonly byte[] StillWorking =
        TeamsWriter.Write(InvokeResponse.Message("Still working on it; you will be told here how it ends."));

    private static readonly byte[] NoBody = [];

    /// <summary>Stands for the answer of a turn that failed before it acted and that nobody was told about.</summary>
    private static readonly byte[] NotActed = "not acted"u8.ToArray();

    /// <summary>Teams gives up after 10 to 15 seconds and delivers the activity again.</summary>
    private static readonly TimeSpan ActingBudget = TimeSpan.FromSeconds(8);

    private readonly TimeSpan budget = options.Value.InvokeBudget;
    private readonly TimeSpan deadline = options.Value.TurnDeadline;

    public ValueTask<TurnResult> RunAsync(Activity activity, CorrelationId correlation)
    {
        logger.ActivityReceived(activity.Type, activity.Name, activity.Id, activity.Conversation?.Id);
        references.Saw(activity);
        return activity.Type switch
        {
            "invoke" when activity.Name == CardActionName => InvokeAsync(activity, correlation),
            "invoke" => new(new TurnResult(StatusCodes.Status501NotImplemented)),
            "message" => QueueAsync(activity, correlation, handler.OnMessageAsync),
            "installationUpdate" => QueueAsync(activity, correlation, OnInstallationUpdateAsync),
            "conversationUpdate" => QueueAsync(activity, correlation, OnConversationUpdateAsync),
            _ => new(new TurnResult(StatusCodes.Status200OK)), // edits, deletions, reactions, typing, events and what is yet to be invented
        };
    }

    private async ValueTask<TurnResult> InvokeAsync(Activity activity, CorrelationId correlation)
    {
        var (delivery, result, isFirst) = deliveries.Take(activity);
        if (isFirst)
            _ = RunInvokeAsync(activity, correlation, delivery);
        else
            logger.ActivityRepeated(activity.Type, activity.Id);
        try
        {
            return new(StatusCodes.Status200OK, result.IsCompleted ? await result : await result.WaitAsync(budget, clock));
        }
        catch (TimeoutException)
        {
            if (!delivery.TellToWait())
                return new(StatusCodes.Status200OK, await result);
            logger.InvokeGoesOn(activity.Name, budget);
            return new(StatusCodes.Status200OK, StillWorking);
        }
    }

    private async Task RunInvokeAsync(Activity activity, CorrelationId correlation, Delivery delivery)
    {
        var action = ReadAction(activity);
        var turn = new TurnContext(activity, correlation, QueueReplyAsync);
        InvokeResponse response;
        byte[] result;
        try
        {
            response = await CallAsync(turn, action);
            result = TeamsWriter.Write(response);
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, activity.Type, activity.Name);
            response = InvokeResponse.Error(StatusCodes.Status500InternalServerError, "InternalError", Apology(correlation));
            result = TeamsWriter.Write(response);
        }
        var isShown = delivery.TellTheAnswer();
        deliveries.Answered(delivery, result);
        if (!isShown && action is { IsAutomatic: false })
            await TellLaterAsync(turn, action, response);
    }

    /// <summary>The person was told to wait; the client has stopped listening.</summary>
    private async Task TellLaterAsync(TurnContext turn, CardAction action, InvokeResponse response)
    {
        using var scope = logger.BeginScope(new TurnScope(turn.Correlation));
        try
        {
            using var timeout = CreateTimeout(background.Stopping);
            await handler.OnAnsweredLateAsync(turn, action, response, timeout.Token);
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, turn.Activity.Type, "late answer");
        }
    }

    private async Task<InvokeResponse> CallAsync(TurnContext turn, CardAction? action)
    {
        if (action is null)
            return InvokeResponse.Error(
                StatusCodes.Status400BadRequest, "BadRequest", "This card sent something that cannot be understood.");
        using var timeout = CreateTimeout(background.Stopping);
        return await handler.OnCardActionAsync(turn, action, timeout.Token);
    }

    private static CardAction? ReadAction(Activity activity)
    {
        if (activity.Value is not { ValueKind: JsonValueKind.Object } value
            || !value.TryGetProperty("action", out var action) || action.ValueKind != JsonValueKind.Object
            || !action.TryGetProperty("verb", out var verb) || verb.ValueKind != JsonValueKind.String)
        {
            return null;
        }
        var isAutomatic = value.TryGetProperty("trigger", out var trigger) && trigger.ValueKind == JsonValueKind.String
            && trigger.ValueEquals("automatic");
        try
        {
            return new(verb.GetString()!, action.TryGetProperty("data", out var data) ? data : default, activity.ReplyToId, isAutomatic);
        }
        catch (InvalidOperationException)
        {
            return null; // half a character, as in "\ud800": JSON, but no text
        }
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
        else if (!background.TryQueue(GetPartitionKey(activity), activity.From?.Id,
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
            return QueueReplyAsync(turn, message, cancellationToken);
        });
        try
        {
            using var timeout = CreateTimeout(stopping);
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

    private Task QueueReplyAsync(TurnContext turn, OutgoingMessage message, CancellationToken cancellationToken)
    {
        background.QueueReply(GetPartitionKey(turn.Activity), stopping => SendAsync(turn, message, stopping));
        return Task.CompletedTask;
    }

    private async Task SendAsync(TurnContext turn, OutgoingMessage message, CancellationToken stopping)
    {
        using var scope = logger.BeginScope(new TurnScope(turn.Correlation));
        try
        {
            using var timeout = CreateTimeout(stopping);
            await handler.OnRepliedAsync(turn, message, await replies.SendAsync(turn, message, timeout.Token));
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, turn.Activity.Type, "reply");
        }
    }

    private async Task ReportFailureAsync(TurnContext turn, CancellationToken stopping)
    {
        try
        {
            await turn.ReplyAsync(new() { Text = Apology(turn.Correlation) }, stopping);
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

    private static ConversationId GetPartitionKey(Activity activity) => ConversationId.From(activity.Conversation?.Id).Root;

    private CancellationTokenSource CreateTimeout(CancellationToken stopping)
    {
        var timeout = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        // CancelAfter knows no other clock than the system's; a turn's deadline is a safety net that tests need not move.
        timeout.CancelAfter(deadline);
        return timeout;
    }

    private static bool IsAmong(IReadOnlyList<Account>? members, string? mri) =>
        mri is not null && members?.Any(member => member?.Id == mri) == true;

    private static string Apology(CorrelationId correlation) =>
        $"Something went wrong on our side. Please try again; if it stays, tell your administrator this reference: {correlation}.";
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

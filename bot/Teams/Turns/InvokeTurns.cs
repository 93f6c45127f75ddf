using DevOpsAI.Bot.Teams.Protocol;
using DevOpsAI.Bot.Teams.Settings;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Bot.Teams.Turns;

/// <summary>
/// Invokes, whose answer Teams waits for: buttons of cards, and dialogs. One that takes longer than the invoke budget is answered with
/// that, goes on, and is told about when it ends.
/// </summary>
internal sealed class InvokeTurns(
    ITurnHandler handler, Deliveries deliveries, BackgroundTurns background, ReplyQueue replies, IOptions<TeamsOptions> options,
    TimeProvider clock, ILogger<InvokeTurns> logger)
{
    private readonly Dictionary<string, InvokeKind> kinds = new(StringComparer.Ordinal)
    {
        ["adaptiveCard/action"] = new CardActionInvoke(handler),
        ["task/fetch"] = new DialogInvoke(handler, isFilledIn: false),
        ["task/submit"] = new DialogInvoke(handler, isFilledIn: true),
    };

    private readonly TimeSpan budget = options.Value.InvokeBudget;

    public ValueTask<TurnResult> RunAsync(Activity activity, CorrelationId correlation) =>
        kinds.TryGetValue(activity.Name ?? "", out var kind)
            ? AnswerAsync(activity, correlation, kind)
            : new(new TurnResult(StatusCodes.Status501NotImplemented));

    private async ValueTask<TurnResult> AnswerAsync(Activity activity, CorrelationId correlation, InvokeKind kind)
    {
        var (delivery, result, isFirst) = deliveries.Take(activity);
        if (isFirst)
            _ = RunFirstAsync(new(activity, correlation, replies.QueueAsync), delivery, kind);
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
            return new(StatusCodes.Status200OK, kind.StillWorking);
        }
    }

    private async Task RunFirstAsync(TurnContext turn, Delivery delivery, InvokeKind kind)
    {
        InvokeEnd end;
        try
        {
            using var timeout = background.CreateTimeout(background.Stopping);
            end = await kind.RunAsync(turn, timeout.Token);
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, turn.Activity.Type, turn.Activity.Name);
            end = kind.Fail(turn);
        }
        var isShown = delivery.TellTheAnswer();
        deliveries.Answered(delivery, end.Body);
        if (!isShown && end.TellLateAsync is { } tellAsync)
            await TellLaterAsync(turn, tellAsync);
    }

    /// <summary>The person was told to wait; the client has stopped listening.</summary>
    private async Task TellLaterAsync(TurnContext turn, Func<CancellationToken, Task> tellAsync)
    {
        using var scope = logger.BeginScope(new TurnScope(turn.Correlation));
        try
        {
            using var timeout = background.CreateTimeout(background.Stopping);
            await tellAsync(timeout.Token);
        }
        catch (Exception exception)
        {
            logger.TurnFailed(exception, turn.Activity.Type, "late answer");
        }
    }
}

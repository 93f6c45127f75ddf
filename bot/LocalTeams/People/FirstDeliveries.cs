using System.Text.Json.Nodes;

namespace DevOpsAI.LocalTeams.People;

/// <summary>Delivers to a bot that may still be starting: again, until it takes the activity.</summary>
internal sealed partial class FirstDeliveries(
    BotClient bot, IHostApplicationLifetime lifetime, TimeProvider clock, ILogger<FirstDeliveries> logger)
{
    private static readonly TimeSpan Retry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan MaxRetry = TimeSpan.FromSeconds(10);

    public async Task UntilThereAsync(CancellationToken cancellationToken)
    {
        var started = new TaskCompletionSource();
        await using (lifetime.ApplicationStarted.Register(() => started.TrySetResult()))
            await started.Task.WaitAsync(cancellationToken);
        while (!await bot.IsThereAsync(cancellationToken))
            await Task.Delay(Retry, clock, cancellationToken);
    }

    public Task DeliverAsync(JsonObject activity, CancellationToken cancellationToken) =>
        UntilTakenAsync(async () => (await bot.DeliverAsync(activity, cancellationToken)).IsSuccess, cancellationToken);

    /// <param name="deliver">False when the bot did not take it.</param>
    public async Task UntilTakenAsync(Func<Task<bool>> deliver, CancellationToken cancellationToken)
    {
        for (var wait = Retry; !await deliver(); wait = wait * 2 < MaxRetry ? wait * 2 : MaxRetry)
        {
            LogNotTaken(wait);
            await Task.Delay(wait, clock, cancellationToken);
        }
    }

    [LoggerMessage(EventId = 7105, Level = LogLevel.Warning,
        Message = "Local Teams: the bot did not take an activity of the first day; trying again in {Wait}")]
    private partial void LogNotTaken(TimeSpan wait);
}

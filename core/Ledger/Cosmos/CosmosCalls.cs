using System.Globalization;
using System.Net;
using Microsoft.Azure.Cosmos;
using Microsoft.Extensions.Logging;

namespace DevOpsAI.Ledger.Cosmos;

/// <summary>
/// Makes a call until its answer is definite. Being throttled, a service that is away, time limits and lost connections are waited out with
/// growing pauses, on top of what the SDK tries itself.
/// </summary>
internal sealed class CosmosCalls(TimeProvider clock, CosmosOptions options, CosmosMetrics metrics, ILogger logger)
{
    private const double FirstPauseMilliseconds = 20;
    private const double MaxPauseMilliseconds = 2_000;

    /// <summary>How long the SDK may wait within one attempt because it is throttled.</summary>
    public static readonly TimeSpan MaxThrottle = TimeSpan.FromSeconds(5);

    /// <exception cref="LedgerUnavailableException">No definite answer in time; whether a write took place is then unknown unless the
    /// service said that it was throttled.</exception>
    public async Task<CosmosResponse> SendAsync(Func<CancellationToken, Task<ResponseMessage>> call, CancellationToken cancellationToken)
    {
        var began = clock.GetTimestamp();
        var uncertain = false;
        for (var attempt = 1; ; attempt++)
        {
            var (result, reason, asked, failure) = await TryAsync(call, TimeFor(clock.GetElapsedTime(began)), cancellationToken);
            if (result is not null)
                return result with { Uncertain = uncertain };
            // Being throttled means that nothing was done; anything else may have been done.
            uncertain |= reason != HttpStatusCode.TooManyRequests.ToString();
            var pause = PauseAfter(attempt, asked);
            if (clock.GetElapsedTime(began) + pause > options.GiveUpAfter)
                throw new LedgerUnavailableException(
                    $"Cosmos DB does not answer ({reason}, {(attempt == 1 ? "1 attempt" : $"{attempt} attempts")}).", failure)
                    { MayBeRecorded = uncertain };
            metrics.Retried(reason);
            if (attempt > 2)
                logger.CosmosRetry(reason, attempt, pause);
            await Task.Delay(pause, clock, cancellationToken);
        }
    }

    /// <summary>
    /// The SDK looks at its own time limit between tries of its own, each of which waits a minute for a server that takes the connection
    /// and stays silent. So an attempt is ended from here.
    /// </summary>
    private TimeSpan TimeFor(TimeSpan elapsed)
    {
        var left = (options.GiveUpAfter - elapsed).Ticks;
        return TimeSpan.FromTicks(Math.Clamp(left, options.RequestTimeout.Ticks, (options.RequestTimeout + MaxThrottle).Ticks));
    }

    private async Task<(CosmosResponse? Answer, string Reason, TimeSpan? Asked, Exception? Failure)> TryAsync(
        Func<CancellationToken, Task<ResponseMessage>> call, TimeSpan atMost, CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(atMost, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            using var response = await call(either.Token);
            if (IsPassing(response.StatusCode))
                return (null, response.StatusCode.ToString(), AskedBy(response), null);
            using var body = new MemoryStream();
            if (response.Content is not null)
                await response.Content.CopyToAsync(body, either.Token);
            return (new(response.StatusCode, body.ToArray(), response.Headers.ETag ?? "", Uncertain: false), "", null, null);
        }
        catch (CosmosException failure) when (IsPassing(failure.StatusCode))
        {
            return (null, failure.StatusCode.ToString(), failure.RetryAfter, failure);
        }
        catch (CosmosException failure)
        {
            return (new(failure.StatusCode, [], "", Uncertain: false), "", null, failure);
        }
        catch (Exception failure) when (failure is HttpRequestException or IOException or TimeoutException or OperationCanceledException
            && !cancellationToken.IsCancellationRequested)
        {
            return (null, late.IsCancellationRequested ? "no answer in time" : failure.GetType().Name, null, failure);
        }
    }

    private static bool IsPassing(HttpStatusCode status) => (int)status is 408 or 410 or 429 or 449 or >= 500;

    private static TimeSpan? AskedBy(ResponseMessage response) =>
        double.TryParse(response.Headers["x-ms-retry-after-ms"], CultureInfo.InvariantCulture, out var asked)
            ? TimeSpan.FromMilliseconds(asked)
            : null;

    private static TimeSpan PauseAfter(int attempt, TimeSpan? asked)
    {
        var pause = TimeSpan.FromMilliseconds(
            Math.Min(MaxPauseMilliseconds, FirstPauseMilliseconds * Math.Pow(2, Math.Min(attempt, 10) - 1)) * (0.7
                + (0.3 * Random.Shared.NextDouble())));
        return asked > pause ? asked.Value : pause;
    }
}

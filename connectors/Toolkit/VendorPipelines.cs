using System.Collections.Concurrent;
using System.Net;
using DevOpsAI.Connections;
using Polly;
using Polly.CircuitBreaker;
using Polly.Retry;
using Polly.Timeout;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>
/// The resilience of each connection: so many calls at once and no more, so that a vendor that hangs holds up nobody else; a time limit per
/// call; a circuit breaker that reads and actions share the fate of but not the state; and a few retries for reads. Actions are never
/// retried here: whether that is safe is the executor's decision.
/// </summary>
public sealed class VendorPipelines(TimeProvider clock) : IConnectionVitals
{
    /// <summary>Set on the context to give one call its own time limit.</summary>
    public static readonly ResiliencePropertyKey<TimeSpan> TimeLimit = new("vendor-time-limit");

    /// <summary>Calls of one connection that may be under way at once, reads and actions each.</summary>
    public const int MaxCalls = 8;

    /// <summary>Calls that wait for their turn; whatever comes then is not sent.</summary>
    private const int MaxWaiting = 256;

    private static readonly TimeSpan DefaultTimeLimit = TimeSpan.FromSeconds(20);
    private readonly TimeProvider wallClock = clock;
    private readonly SteadyClock clock = new(clock);
    private readonly ConcurrentDictionary<string, CallHistory> histories = new();
    private readonly ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>> reads = new();
    private readonly ConcurrentDictionary<string, ResiliencePipeline<HttpResponseMessage>> actions = new();

    public ResiliencePipeline<HttpResponseMessage> Reads(string callKey) => reads.GetOrAdd(callKey, key => Build(key, retries: true));

    public ResiliencePipeline<HttpResponseMessage> Actions(string callKey) => actions.GetOrAdd(callKey, key => Build(key, retries: false));

    /// <summary>Drops what is remembered of a connection that is not used any more.</summary>
    public void Forget(string callKey)
    {
        reads.TryRemove(callKey, out _);
        actions.TryRemove(callKey, out _);
        histories.TryRemove(callKey, out _);
    }

    /// <summary>How the connection's calls ended since this instance started.</summary>
    public ValueTask<ConnectionVitals> ReadVitalsAsync(Connection connection, CancellationToken cancellationToken) =>
        new(ConnectionVitals.Unknown with { Calls = histories.GetValueOrDefault(connection.CallKey)?.Read() });

    private ResiliencePipeline<HttpResponseMessage> Build(string callKey, bool retries)
    {
        var history = histories.GetOrAdd(callKey, _ => new(wallClock));
        var builder = new ResiliencePipelineBuilder<HttpResponseMessage> { TimeProvider = clock };
        builder.AddStrategy(_ => new CallRecorder(history), new CallRecorderOptions());
        // Before the others: who waited while the vendor was found to fail is told so, in place of failing once more.
        builder.AddConcurrencyLimiter(MaxCalls, MaxWaiting);
        if (retries)
        {
            builder.AddRetry(new RetryStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle =
                    static outcome =>
                        ValueTask.FromResult(IsTrouble(outcome.Outcome)
                            && outcome.Outcome.Exception is not TimeoutRejectedException and not BrokenCircuitException),
                MaxRetryAttempts = 2,
                Delay = TimeSpan.FromMilliseconds(100),
                BackoffType = DelayBackoffType.Exponential,
                UseJitter = true,
            });
        }
        return builder
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<HttpResponseMessage>
            {
                ShouldHandle = static outcome => ValueTask.FromResult(IsTrouble(outcome.Outcome)),
                FailureRatio = 0.8,
                MinimumThroughput = 10,
                SamplingDuration = TimeSpan.FromSeconds(30),
                BreakDuration = TimeSpan.FromSeconds(10),
            })
            .AddTimeout(new TimeoutStrategyOptions
            {
                TimeoutGenerator =
                    static arguments => ValueTask.FromResult(arguments.Context.Properties.GetValue(TimeLimit, DefaultTimeLimit)),
            })
            .Build();
    }

    private sealed class CallRecorderOptions : ResilienceStrategyOptions;

    /// <summary>Trouble of the vendor itself; 429 and 503 are its way of keeping in order, and have their own answer.</summary>
    private static bool IsTrouble(Outcome<HttpResponseMessage> outcome) => outcome switch
    {
        { Exception: HttpRequestException or IOException or TimeoutRejectedException
            or OperationCanceledException { InnerException: TimeoutException } } => true,
        { Result.StatusCode: >= HttpStatusCode.InternalServerError and not HttpStatusCode.ServiceUnavailable } => true,
        _ => false,
    };
}

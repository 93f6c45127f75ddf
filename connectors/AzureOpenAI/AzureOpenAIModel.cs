using DevOpsAI.Common;
using DevOpsAI.Drafting.Intelligence;
using Microsoft.Extensions.Options;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;

namespace DevOpsAI.Connectors.AzureOpenAI;

/// <summary>
/// A deployment of Azure OpenAI, or a model of another service of the same protocol: so many questions at once and no more, and none for
/// a while where the service keeps failing. The SDK stands behind <see cref="ChatDoor"/>, so that nothing of it is loaded before.
/// </summary>
internal sealed class AzureOpenAIModel : IDraftModel
{
    /// <summary>Questions that wait for their turn; whatever comes then is not asked.</summary>
    private const int MaxWaiting = 16;

    private readonly IntelligenceOptions options;
    private readonly ISecretSource secrets;
    private readonly IHttpMessageHandlerFactory handlers;
    private readonly TimeProvider clock;
    private readonly ResiliencePipeline<ModelReply> pipeline;
    private readonly Lock gate = new();
    private (string? Key, ChatDoor Door)? opened;

    public AzureOpenAIModel(
        IOptions<IntelligenceOptions> options, ISecretSource secrets, IHttpMessageHandlerFactory handlers, TimeProvider clock)
    {
        (this.options, this.secrets, this.handlers, this.clock) = (options.Value, secrets, handlers, clock);
        pipeline = Build(options.Value.MaxCalls, clock);
    }

    public string Deployment => options.Deployment ?? "";

    public async Task<ModelReply> AskAsync(ModelQuestion question, CancellationToken cancellationToken)
    {
        try
        {
            return await pipeline.ExecuteAsync(
                static async (state, stop) => await state.Model.Open().AskAsync(state.Question, stop), (Model: this, Question: question),
                cancellationToken);
        }
        catch (RateLimiterRejectedException)
        {
            return new ModelReply.Failed(ModelFailure.Busy, $"{options.MaxCalls} questions are under way and {MaxWaiting} wait.");
        }
        catch (BrokenCircuitException)
        {
            return new ModelReply.Failed(ModelFailure.Unavailable, "The service failed several times and is left alone for a while.");
        }
        catch (SecretUnavailableException missing)
        {
            return new ModelReply.Failed(ModelFailure.Refused, missing.Message);
        }
    }

    /// <summary>A key that was replaced opens another door; the old one ends with its last question.</summary>
    private ChatDoor Open()
    {
        var key = options.ApiKey is { Length: > 0 } setting ? secrets.Read(new(setting)) : null;
        lock (gate)
        {
            if (opened is { } known && known.Key == key)
                return known.Door;
            var door = new ChatDoor(options, key, handlers, clock);
            opened = (key, door);
            return door;
        }
    }

    private static ResiliencePipeline<ModelReply> Build(int maxCalls, TimeProvider clock) =>
        new ResiliencePipelineBuilder<ModelReply> { TimeProvider = clock }
            .AddConcurrencyLimiter(maxCalls, MaxWaiting)
            .AddCircuitBreaker(new CircuitBreakerStrategyOptions<ModelReply>
            {
                // A question that ran out of time counts as well: the service was asked and did not answer.
                ShouldHandle = static outcome => ValueTask.FromResult(outcome.Outcome is
                    { Exception: OperationCanceledException } or { Result: ModelReply.Failed { Why: ModelFailure.Unavailable } }),
                FailureRatio = 0.8,
                MinimumThroughput = 4,
                SamplingDuration = TimeSpan.FromMinutes(2),
                BreakDuration = TimeSpan.FromSeconds(30),
            })
            .Build();
}

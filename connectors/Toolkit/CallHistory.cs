using System.Net;
using DevOpsAI.Connections;
using Polly;

namespace DevOpsAI.Connectors.Toolkit;

/// <summary>How the last calls of one connection ended: a hundred of them, whatever they were about.</summary>
internal sealed class CallHistory(TimeProvider clock)
{
    private const int Kept = 100;
    private readonly Lock gate = new();
    private readonly bool[] failed = new bool[Kept];
    private int next;
    private int count;
    private int failures;
    private DateTimeOffset? lastAnswered;

    public void Add(bool isFailure)
    {
        lock (gate)
        {
            failures += (isFailure ? 1 : 0) - (failed[next] ? 1 : 0);
            failed[next] = isFailure;
            next = (next + 1) % Kept;
            count = Math.Min(count + 1, Kept);
            if (!isFailure)
                lastAnswered = clock.GetUtcNow();
        }
    }

    /// <returns>Null where no call was made yet.</returns>
    public RecentCalls? Read()
    {
        lock (gate)
            return count == 0 ? null : new(count, failures, lastAnswered);
    }
}

/// <summary>Keeps how each call ended, its repetitions included as one. A call that its caller gave up is none.</summary>
internal sealed class CallRecorder(CallHistory history) : ResilienceStrategy<HttpResponseMessage>
{
    protected override async ValueTask<Outcome<HttpResponseMessage>> ExecuteCore<TState>(
        Func<ResilienceContext, TState, ValueTask<Outcome<HttpResponseMessage>>> callback, ResilienceContext context, TState state)
    {
        var outcome = await callback(context, state);
        if (outcome.Exception is null || !context.CancellationToken.IsCancellationRequested)
            history.Add(outcome.Result is not { } response || IsFailure(response.StatusCode));
        return outcome;
    }

    /// <summary>
    /// A vendor that answers has none of what was asked for, or does not let us, is one that works; one that takes no credentials, or
    /// nothing at all for the moment, is none.
    /// </summary>
    private static bool IsFailure(HttpStatusCode status) => status is HttpStatusCode.Unauthorized or HttpStatusCode.RequestTimeout
        or HttpStatusCode.TooManyRequests or >= HttpStatusCode.InternalServerError;
}

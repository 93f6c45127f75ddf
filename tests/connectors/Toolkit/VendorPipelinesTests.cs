using System.Net;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Polly;
using Polly.CircuitBreaker;
using Polly.RateLimiting;

namespace DevOpsAI.Tests.Connectors.Toolkit;

public sealed class VendorPipelinesTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(1)]
    public async Task A_vendor_that_is_left_alone_is_asked_again_after_ten_seconds_however_the_clock_is_set(int hours)
    {
        var clock = new ManualClock();
        var pipeline = new VendorPipelines(clock).Actions("contoso-vendor");
        var calls = 0;
        for (var call = 0; call < 10; call++)
            await CallAsync(HttpStatusCode.InternalServerError);
        calls.ShouldBe(10);
        clock.Jump(TimeSpan.FromHours(hours));
        clock.Advance(TimeSpan.FromSeconds(9));
        await Should.ThrowAsync<BrokenCircuitException>(() => CallAsync(HttpStatusCode.OK));
        clock.Advance(TimeSpan.FromSeconds(2));
        await CallAsync(HttpStatusCode.OK);
        calls.ShouldBe(11);

        async Task CallAsync(HttpStatusCode result)
        {
            using var response = await pipeline.ExecuteAsync(_ =>
            {
                calls++;
                return ValueTask.FromResult(new HttpResponseMessage(result));
            }, Token);
        }
    }

    [Fact]
    public async Task A_vendor_that_hangs_holds_eight_calls_of_its_connection_and_none_of_another()
    {
        var pipelines = new VendorPipelines(new ManualClock());
        var answer = new TaskCompletionSource();
        var (under, most) = (0, 0);
        var calls = Enumerable.Range(0, 40).Select(_ => CallAsync(pipelines.Actions("contoso-vendor"))).ToList();
        under.ShouldBe(VendorPipelines.MaxCalls);

        using (var other = await pipelines.Actions("fabrikam-vendor").ExecuteAsync(
            static _ => ValueTask.FromResult(new HttpResponseMessage()), Token))
            other.StatusCode.ShouldBe(HttpStatusCode.OK);

        answer.SetResult();
        await Task.WhenAll(calls);
        most.ShouldBe(VendorPipelines.MaxCalls);

        async Task CallAsync(ResiliencePipeline<HttpResponseMessage> pipeline)
        {
            using var response = await pipeline.ExecuteAsync(async _ =>
            {
                most = Math.Max(most, Interlocked.Increment(ref under));
                await answer.Task;
                Interlocked.Decrement(ref under);
                return new HttpResponseMessage();
            }, Token);
        }
    }

    [Fact]
    public async Task Calls_without_end_are_turned_away_as_not_done()
    {
        var pipeline = new VendorPipelines(new ManualClock()).Actions("contoso-vendor");
        var answer = new TaskCompletionSource();
        var calls = Enumerable.Range(0, 1_000).Select(_ => CallAsync()).ToList();
        answer.SetResult();
        var outcomes = await Task.WhenAll(calls);
        outcomes.Count(static outcome => outcome is CallOutcome<int>.NotDone).ShouldBe(1_000 - VendorPipelines.MaxCalls - 256);

        async Task<CallOutcome<int>?> CallAsync()
        {
            try
            {
                using var response = await pipeline.ExecuteAsync(async _ =>
                {
                    await answer.Task;
                    return new HttpResponseMessage();
                }, Token);
                return null;
            }
            catch (RateLimiterRejectedException rejected)
            {
                return DevOpsAI.Connectors.Toolkit.VendorResponse.For<int>(rejected);
            }
        }
    }
}

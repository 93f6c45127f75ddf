using System.Net;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tests.Support;
using Polly.CircuitBreaker;

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
}

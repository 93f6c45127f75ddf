using System.Net;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.Toolkit;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.Toolkit;

/// <summary>How the calls of a connection ended is known of the last hundred, however many there were.</summary>
public sealed class CallHistoryTests
{
    private static readonly Connection Contoso = ManifestHost.Connect("acme");
    private readonly ManualClock clock = new();
    private readonly VendorPipelines pipelines;

    public CallHistoryTests() => pipelines = new(clock);

    [Theory]
    [InlineData(HttpStatusCode.OK, 0)]
    [InlineData(HttpStatusCode.NotFound, 0)]
    [InlineData(HttpStatusCode.Forbidden, 0)]
    [InlineData(HttpStatusCode.Conflict, 0)]
    [InlineData(HttpStatusCode.Unauthorized, 1)]
    [InlineData(HttpStatusCode.TooManyRequests, 1)]
    [InlineData(HttpStatusCode.ServiceUnavailable, 1)]
    [InlineData(HttpStatusCode.BadGateway, 1)]
    public async Task What_a_working_vendor_says_is_no_failure(HttpStatusCode status, int failed)
    {
        await CallAsync(status);
        var calls = (await ReadAsync())!;
        (calls.Count, calls.Failed).ShouldBe((1, failed));
        calls.LastAnswered.ShouldBe(failed == 0 ? clock.GetUtcNow() : null);
    }

    [Fact]
    public async Task Of_many_calls_the_last_hundred_count_and_a_failure_that_is_long_past_does_not()
    {
        for (var call = 0; call < 30; call++)
            await CallAsync(HttpStatusCode.TooManyRequests);
        (await ReadAsync())!.ShouldBe(new(30, 30, null));
        for (var call = 0; call < 90; call++)
            await CallAsync(HttpStatusCode.OK);
        var answered = clock.GetUtcNow();
        clock.Advance(TimeSpan.FromMinutes(1));
        (await ReadAsync())!.ShouldBe(new(100, 10, answered));
        for (var call = 0; call < 10; call++)
            await CallAsync(HttpStatusCode.OK);
        (await ReadAsync())!.Failed.ShouldBe(0);
    }

    [Fact]
    public async Task A_vendor_that_is_not_reached_is_a_failure_and_a_caller_that_gives_up_is_none()
    {
        await Should.ThrowAsync<HttpRequestException>(async () => await pipelines.Actions(Contoso.Name).ExecuteAsync(
            static _ => ValueTask.FromException<HttpResponseMessage>(new HttpRequestException("nobody there")), ManifestHost.Token));
        using var given = new CancellationTokenSource();
        await Should.ThrowAsync<OperationCanceledException>(async () => await pipelines.Actions(Contoso.Name).ExecuteAsync(
            async ValueTask<HttpResponseMessage> (CancellationToken stop) =>
            {
                await given.CancelAsync();
                stop.ThrowIfCancellationRequested();
                return new();
            },
            given.Token));
        (await ReadAsync())!.ShouldBe(new(1, 1, null));
    }

    [Fact]
    public async Task Reads_and_actions_are_one_history_and_another_connection_has_its_own()
    {
        await CallAsync(HttpStatusCode.OK);
        using var read = await pipelines.Reads(Contoso.Name).ExecuteAsync(
            static _ => ValueTask.FromResult(new HttpResponseMessage()), ManifestHost.Token);
        (await ReadAsync())!.Count.ShouldBe(2);
        (await pipelines.ReadVitalsAsync(Contoso with { Name = "fabrikam-acme", Tenant = TenantId.Parse("fabrikam") }, ManifestHost.Token))
            .ShouldBe(ConnectionVitals.Unknown);
    }

    private async Task CallAsync(HttpStatusCode status)
    {
        using var response = await pipelines.Actions(Contoso.Name).ExecuteAsync(
            _ => ValueTask.FromResult(new HttpResponseMessage(status)), ManifestHost.Token);
    }

    private async Task<RecentCalls?> ReadAsync() => (await pipelines.ReadVitalsAsync(Contoso, ManifestHost.Token)).Calls;
}

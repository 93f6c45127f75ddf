using System.Net;
using DevOpsAI.Bot.Teams.Outbound;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Teams;

/// <summary>What is repeated, when, and for how long: over a scripted handler and a clock that is moved by hand.</summary>
public sealed class RetryTests
{
    private const string ServiceUrl = "http://localhost:9/connector";
    private static readonly ConversationId Chat = Conversation("a:1");
    private static readonly OutgoingMessage Text = new() { Text = "hello" };
    private static readonly SendOptions Minute = new(TimeSpan.FromMinutes(1));

    [Theory]
    [InlineData(429)]
    [InlineData(412)]
    [InlineData(503)]
    public async Task An_answer_that_nothing_was_done_is_repeated(int status)
    {
        var (outcome, waited, calls) = await SendAsync(new(status), new(201));
        outcome.ShouldBe(new SendOutcome.Sent("7", Chat));
        calls.ShouldBe(2);
        waited.ShouldBeInRange(TimeSpan.FromMilliseconds(500), TimeSpan.FromMilliseconds(1100));
    }

    [Fact]
    public async Task Retry_after_is_kept_to_the_second()
    {
        var (outcome, waited, calls) = await SendAsync(new(429, RetryAfter: "17"), new(201));
        outcome.ShouldBeOfType<SendOutcome.Sent>();
        calls.ShouldBe(2);
        waited.ShouldBeInRange(TimeSpan.FromSeconds(17), TimeSpan.FromSeconds(17.3));
    }

    [Fact]
    public async Task A_retry_after_beyond_the_callers_time_is_handed_back()
    {
        var (outcome, waited, calls) = await SendAsync(new FakeResponse(429, RetryAfter: "600"));
        outcome.ShouldBeOfType<SendOutcome.NotSent>().After.ShouldBe(TimeSpan.FromMinutes(10));
        calls.ShouldBe(1);
        waited.ShouldBe(TimeSpan.Zero);
    }

    [Theory]
    [InlineData("99999999")]
    [InlineData("Fri, 31 Dec 9999 23:59:59 GMT")]
    public async Task A_retry_after_of_years_stops_nothing_for_longer_than_an_hour(string retryAfter)
    {
        await using var host = await HostAsync(TimeProvider.System, new FakeResponse(429, RetryAfter: retryAfter), new FakeResponse(201));
        var client = host.Get<IConnectorClient>();
        var refused = await client.SendAsync(ServiceUrl, Chat, Text, Minute, TestContext.Current.CancellationToken);
        refused.ShouldBeOfType<SendOutcome.NotSent>().After.ShouldBe(TimeSpan.FromHours(1));
        using var impatient = new CancellationTokenSource();
        var held = client.SendAsync(ServiceUrl, Chat, Text, Minute, impatient.Token);
        (await client.SendAsync(ServiceUrl, Conversation("a:2"), Text, Minute, TestContext.Current.CancellationToken))
            .ShouldBeOfType<SendOutcome.Sent>();
        held.IsCompleted.ShouldBeFalse();
        await impatient.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(held);
    }

    [Fact]
    public async Task Retrying_backs_off_and_ends_with_the_callers_time()
    {
        var (outcome, waited, calls) = await SendAsync([.. Enumerable.Repeat(new FakeResponse(429), 50)]);
        outcome.ShouldBeOfType<SendOutcome.NotSent>();
        calls.ShouldBeInRange(5, 9);
        waited.ShouldBeLessThanOrEqualTo(TimeSpan.FromMinutes(1));
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(504)]
    public async Task An_update_is_repeated_whatever_failed(int status)
    {
        var clock = new ManualClock();
        await using var host = await HostAsync(clock, new(status), new(0), new(200));
        var outcome = await FinishAsync(host, clock,
            host.Get<IConnectorClient>().UpdateAsync(ServiceUrl, Chat, "7", Text, Minute, TestContext.Current.CancellationToken));
        outcome.ShouldBe(new SendOutcome.Sent("7", Chat));
        host.Get<Scripted>().Calls.ShouldBe(3);
    }

    [Fact]
    public async Task A_send_without_an_answer_in_time_is_unknown()
    {
        var clock = new ManualClock();
        await using var host =
            await HostAsync(clock, new FakeResponse(200, Release: Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken)));
        var outcome = await FinishAsync(
            host, clock, host.Get<IConnectorClient>().SendAsync(ServiceUrl, Chat, Text, Minute, TestContext.Current.CancellationToken));
        outcome.ShouldBe(new SendOutcome.Unknown("no answer in time"));
        host.Get<Scripted>().Calls.ShouldBe(1);
    }

    [Fact]
    public async Task A_cancelled_wait_throws()
    {
        var clock = new ManualClock();
        await using var host = await HostAsync(clock, new FakeResponse(429));
        using var first = new CancellationTokenSource();
        var waiting = host.Get<IConnectorClient>().SendAsync(ServiceUrl, Chat, Text, Minute, first.Token);
        await TurnTests.UntilAsync(() => clock.WaitingTimers > 0);
        await first.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(waiting);
    }

    [Fact]
    public async Task A_send_that_left_before_a_stop_is_known_to_have_arrived()
    {
        var answered = new TaskCompletionSource();
        await using var host = await HostAsync(new ManualClock(), new FakeResponse(201, Release: answered.Task));
        using var stop = new CancellationTokenSource();
        var sending = host.Get<IConnectorClient>().SendAsync(ServiceUrl, Chat, Text, Minute, stop.Token);
        await TurnTests.UntilAsync(() => host.Get<Scripted>().Calls == 1);
        await stop.CancelAsync();
        answered.SetResult();
        (await sending).ShouldBe(new SendOutcome.Sent("7", Chat));
    }

    [Fact]
    public async Task A_stop_waits_five_seconds_for_the_answer_to_a_send_and_then_it_is_unknown()
    {
        var clock = new ManualClock();
        await using var host =
            await HostAsync(clock, new FakeResponse(200, Release: Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken)));
        using var stop = new CancellationTokenSource();
        var sending = host.Get<IConnectorClient>().SendAsync(ServiceUrl, Chat, Text, Minute, stop.Token);
        await TurnTests.UntilAsync(() => host.Get<Scripted>().Calls == 1);
        await stop.CancelAsync();
        clock.Advance(TimeSpan.FromSeconds(4.9));
        sending.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromSeconds(0.2));
        (await sending).ShouldBeOfType<SendOutcome.Unknown>();
    }

    [Fact]
    public async Task A_stop_does_not_wait_for_an_update_which_is_harmless_to_repeat()
    {
        await using var host = await HostAsync(
            new ManualClock(), new FakeResponse(200, Release: Task.Delay(Timeout.Infinite, TestContext.Current.CancellationToken)));
        using var stop = new CancellationTokenSource();
        var updating = host.Get<IConnectorClient>().UpdateAsync(ServiceUrl, Chat, "7", Text, Minute, stop.Token);
        await TurnTests.UntilAsync(() => host.Get<Scripted>().Calls == 1);
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(updating);
    }

    private static async Task<(SendOutcome Outcome, TimeSpan Waited, int Calls)> SendAsync(params FakeResponse[] results)
    {
        var clock = new ManualClock();
        await using var host = await HostAsync(clock, results);
        var began = clock.GetUtcNow();
        var outcome = await FinishAsync(
            host, clock, host.Get<IConnectorClient>().SendAsync(ServiceUrl, Chat, Text, Minute, TestContext.Current.CancellationToken));
        return (outcome, clock.GetUtcNow() - began, host.Get<Scripted>().Calls);
    }

    private static Task<TeamsHost> HostAsync(TimeProvider clock, params FakeResponse[] results)
    {
        var script = new Scripted(results);
        return TeamsHost.StartAsync(clock: clock, services: services => services
            .AddSingleton(script)
            .AddHttpClient(ConnectorPipe.Client).ConfigurePrimaryHttpMessageHandler(() => script));
    }

    /// <summary>Moves the clock in small steps, only while nothing happens before it moves: a call in hand is in no hurry.</summary>
    private static async Task<T> FinishAsync<T>(TeamsHost host, ManualClock clock, Task<T> task)
    {
        for (; !task.IsCompleted; await Task.Yield())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            if (clock.Sleepers > 0 || host.Get<Scripted>().IsSilent)
                clock.Advance(TimeSpan.FromMilliseconds(50));
        }
        return await task;
    }

    private sealed class Scripted(IEnumerable<FakeResponse> results) : HttpMessageHandler
    {
        private readonly Queue<FakeResponse> left = new(results);
        private int calls;
        private volatile bool isSilent;

        /// <summary>Those that came whole.</summary>
        public int Calls => Volatile.Read(ref calls);

        /// <summary>A call is not answered, and will not be by itself.</summary>
        public bool IsSilent => isSilent;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            await request.Content!.ReadAsByteArrayAsync(cancellationToken);
            Interlocked.Increment(ref calls);
            var result = left.Dequeue();
            if (result.Release is { } release)
            {
                isSilent = true;
                try
                {
                    await release.WaitAsync(cancellationToken);
                }
                finally
                {
                    isSilent = false;
                }
            }
            if (result.Status == 0)
                throw new HttpRequestException(HttpRequestError.ResponseEnded, "The answer was lost.");
            var response = new HttpResponseMessage((HttpStatusCode)result.Status) { Content = new StringContent("""{"id":"7"}""") };
            if (result.RetryAfter is { } wait)
                response.Headers.TryAddWithoutValidation("Retry-After", wait);
            return response;
        }
    }
}

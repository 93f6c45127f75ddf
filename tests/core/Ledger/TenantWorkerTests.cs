using System.Collections.Concurrent;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Core.Ledger;

public sealed class TenantWorkerTests : IDisposable
{
    private static readonly Tenant Contoso = new(TenantId.Parse("contoso"), "Contoso Ltd", "CON");
    private static readonly Tenant Fabrikam = new(TenantId.Parse("fabrikam"), "Fabrikam Inc", "FAB");
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan Every = TimeSpan.FromMinutes(5);

    private readonly ManualClock clock = new();
    private readonly CancellationTokenSource stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
    private readonly ConcurrentQueue<(TenantId Tenant, string What, TimeSpan Pause)> failures = new();
    private readonly TenantWorker worker;

    public TenantWorkerTests() =>
        worker = new(clock, Pause, (tenant, failure, pause) => failures.Enqueue((tenant, failure.Message, pause)));

    public void Dispose() => stop.Dispose();

    [Fact]
    public async Task Rounds_come_after_their_time_until_the_work_is_done()
    {
        var rounds = 0;
        var began = clock.GetUtcNow();
        var work = worker.RunAsync(
            [Contoso], (_, _) => Task.FromResult(++rounds < 3 ? NextRound.After(Every) : NextRound.None), stop.Token);
        await PassAsync(() => work.IsCompleted);
        rounds.ShouldBe(3);
        (clock.GetUtcNow() - began).ShouldBeInRange(Every * 2, (Every * 2) + TimeSpan.FromSeconds(1));
    }

    [Fact]
    public async Task What_fails_is_tried_again_after_a_pause_that_grows_and_holds_up_no_other_tenant()
    {
        var healthy = 0;
        var work = worker.RunAsync(
            [Contoso, Fabrikam],
            (tenant, _) =>
            {
                if (tenant == Contoso.Id && failures.Count < 6)
                    throw new LedgerUnavailableException("away");
                if (tenant == Fabrikam.Id)
                    Interlocked.Increment(ref healthy);
                return Task.FromResult(NextRound.After(Every));
            },
            stop.Token);
        await PassAsync(() => failures.Count == 6 && healthy > 0);
        failures.ShouldAllBe(static failure => failure.Tenant == Contoso.Id && failure.What == "away");
        failures.Select(static failure => failure.Pause.TotalSeconds).ShouldBe([10, 20, 40, 60, 60, 60]);
        await EndAsync(work);
    }

    [Fact]
    public async Task Once_it_has_worked_the_pause_is_short_again()
    {
        var round = 0;
        var work = worker.RunAsync(
            [Contoso],
            (_, _) => ++round == 3 ? Task.FromResult(NextRound.After(Pause)) : throw new InvalidOperationException("no"),
            stop.Token);
        await PassAsync(() => failures.Count == 4);
        failures.Select(static failure => failure.Pause.TotalSeconds).ShouldBe([10, 20, 10, 20]);
        await EndAsync(work);
    }

    [Fact]
    public async Task A_tenant_in_quarantine_is_passed_over_without_a_word()
    {
        var others = 0;
        var work = worker.RunAsync(
            [Contoso, Fabrikam],
            (tenant, _) => tenant == Contoso.Id
                ? throw new LedgerDamagedException(Contoso.Id, 7, "it was changed")
                : Task.FromResult(++others < 3 ? NextRound.After(Every) : NextRound.None),
            stop.Token);
        await PassAsync(() => work.IsCompleted);
        others.ShouldBe(3);
        failures.ShouldBeEmpty();
    }

    [Fact]
    public async Task A_signal_ends_the_wait_and_a_burst_of_them_is_one_round()
    {
        using var signals = new SemaphoreSlim(0);
        var rounds = new ConcurrentQueue<DateTimeOffset>();
        var began = clock.GetUtcNow();
        var work = worker.RunAsync(
            [Contoso],
            (_, _) =>
            {
                while (signals.Wait(0, CancellationToken.None))
                {
                    // What came meanwhile is looked at in this round.
                }
                rounds.Enqueue(clock.GetUtcNow());
                return Task.FromResult(new NextRound(Every, signals.WaitAsync, Pause));
            },
            stop.Token);
        await UntilAsync(() => clock.WaitingTimers == 1);
        signals.Release();
        await UntilAsync(() => clock.WaitingTimers == 2);
        signals.Release(3);
        clock.Advance(Pause);
        await UntilAsync(() => rounds.Count == 2);
        await PassAsync(() => rounds.Count == 3);
        rounds.Select(at => at - began).ShouldBe([TimeSpan.Zero, Pause, Pause + Every]);
        await EndAsync(work);
    }

    [Fact]
    public async Task A_signal_that_fails_is_a_failure()
    {
        var work = worker.RunAsync(
            [Contoso],
            static (_, _) => Task.FromResult(new NextRound(Timeout.InfiniteTimeSpan, Away)),
            stop.Token);
        await PassAsync(() => failures.Count == 2);
        failures.Select(static failure => failure.Pause.TotalSeconds).ShouldBe([10, 20]);
        await EndAsync(work);

        static Task Away(CancellationToken cancellationToken) => Task.FromException(new LedgerUnavailableException("away"));
    }

    [Theory]
    [InlineData("in a round")]
    [InlineData("for the time")]
    [InlineData("for a signal")]
    [InlineData("after a failure")]
    public async Task A_stop_ends_it_wherever_it_waits(string where)
    {
        var reached = new TaskCompletionSource();
        var work = worker.RunAsync(
            [Contoso],
            async (_, cancellationToken) =>
            {
                reached.TrySetResult();
                if (where == "in a round")
                    await Task.Delay(Timeout.InfiniteTimeSpan, clock, cancellationToken);
                if (where == "after a failure")
                    throw new InvalidOperationException("no");
                return where == "for a signal"
                    ? new(Timeout.InfiniteTimeSpan, cancelled => Task.Delay(Timeout.InfiniteTimeSpan, clock, cancelled))
                    : NextRound.After(Every);
            },
            stop.Token);
        await reached.Task;
        await UntilAsync(() => where is "in a round" or "for a signal" || clock.WaitingTimers == 1);
        work.IsCompleted.ShouldBeFalse();
        await EndAsync(work);
        failures.Count.ShouldBe(where == "after a failure" ? 1 : 0);
    }

    private Task PassAsync(Func<bool> isDone) =>
        clock.PassUntilAsync(isDone, TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

    private static async Task UntilAsync(Func<bool> isSo)
    {
        while (!isSo())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private async Task EndAsync(Task work)
    {
        await stop.CancelAsync();
        await work.WaitAsync(TestContext.Current.CancellationToken);
    }
}

using DevOpsAI.Execution;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using Microsoft.Extensions.FileProviders;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using static DevOpsAI.Tests.Core.Execution.ExecutionScene;

namespace DevOpsAI.Tests.Core.Execution;

public sealed class ClaimTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("claims-").FullName;

    [Fact]
    public void One_process_at_a_time_may_claim_and_knows_that_the_others_are_gone()
    {
        var (first, second) = (BotInstance.New(), BotInstance.New());
        var one = Claims(first);
        using var other = Claims(second);
        one.MayClaim().ShouldBeTrue();
        one.IsGone(second.Id).ShouldBeTrue();
        one.IsGone(first.Id).ShouldBeFalse();
        other.MayClaim().ShouldBeFalse();
        other.IsGone(first.Id).ShouldBeFalse();

        one.Dispose();
        other.MayClaim().ShouldBeTrue();
        other.IsGone(first.Id).ShouldBeTrue();
    }

    [Fact]
    public async Task Runs_on_one_target_wait_for_each_other_and_others_do_not()
    {
        var locks = new TargetLocks();
        var token = TestContext.Current.CancellationToken;
        var hall = await locks.TakeAsync(Contoso, new([TurnOn("a"), TurnOn("b")]), token);
        var waiting = locks.TakeAsync(Contoso, new([TurnOn("c")]), token).AsTask();
        (await locks.TakeAsync(Contoso, new([TurnOn("a", room: "attic")]), token)).Dispose();
        (await locks.TakeAsync(TenantId.Parse("fabrikam"), new([TurnOn("a")]), token)).Dispose();
        waiting.IsCompleted.ShouldBeFalse();
        hall.Dispose();
        (await waiting).Dispose();
    }

    [Fact]
    public async Task Plans_over_the_same_targets_in_opposite_order_do_not_wait_for_ever()
    {
        var locks = new TargetLocks();
        var token = TestContext.Current.CancellationToken;
        await Task.WhenAll(Enumerable.Range(0, 200).Select(i => Task.Run(async () =>
        {
            var (one, other) = i % 2 == 0 ? ("hall", "attic") : ("attic", "hall");
            using var taken = await locks.TakeAsync(Contoso, new([TurnOn("a", room: one), TurnOn("a", room: other)]), token);
            await Task.Yield();
        }, token)));
    }

    [Fact]
    public async Task A_wait_for_a_target_that_is_given_up_leaves_nothing_behind()
    {
        var locks = new TargetLocks();
        var hall = await locks.TakeAsync(Contoso, new([TurnOn("a")]), TestContext.Current.CancellationToken);
        using var stop = new CancellationTokenSource();
        var waiting = locks.TakeAsync(Contoso, new([TurnOn("a", room: "attic"), TurnOn("a")]), stop.Token).AsTask();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => waiting);
        hall.Dispose();
        (await locks.TakeAsync(Contoso, new([TurnOn("a", room: "attic"), TurnOn("a")]), TestContext.Current.CancellationToken)).Dispose();
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);

    private ExclusiveStorageClaims Claims(BotInstance self) =>
        new(Options.Create(new StorageOptions { Path = folder }), new Host(folder), self);

    private sealed class Host(string root) : IHostEnvironment
    {
        public string EnvironmentName { get; set; } = "Test";
        public string ApplicationName { get; set; } = "Test";
        public string ContentRootPath { get; set; } = root;
        public IFileProvider ContentRootFileProvider { get; set; } = new NullFileProvider();
    }
}

using DevOpsAI.Common;

namespace DevOpsAI.Tests.Core.Common;

public sealed class FailpointsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_flow_sees_what_it_and_its_tasks_pass_and_nobody_elses()
    {
        var (mine, others) = (new List<string>(), new List<string>());
        var started = new TaskCompletionSource();
        var other = Task.Run(PassOtherAsync, Token);
        Failpoints.Arm(mine.Add);
        await Task.Run(static () => Failpoints.Hit("mine"), Token);
        started.SetResult();
        await other;
        Failpoints.Arm(null);
        Failpoints.Hit("unarmed");
        mine.ShouldBe(["mine"]);
        others.ShouldBe(["other"]);

        async Task PassOtherAsync()
        {
            Failpoints.Arm(others.Add);
            await started.Task;
            Failpoints.Hit("other");
        }
    }

    [Fact]
    public void What_is_armed_may_throw_where_the_failpoint_is()
    {
        Failpoints.Arm(static failpoint => throw new InvalidOperationException(failpoint));
        Should.Throw<InvalidOperationException>(static () => Failpoints.Hit(Failpoint.StepActed)).Message.ShouldBe(Failpoint.StepActed);
    }
}

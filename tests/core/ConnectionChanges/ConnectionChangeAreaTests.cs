using DevOpsAI.ConnectionChanges;
using DevOpsAI.Connections;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tests.Gates;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using static DevOpsAI.Tests.Gates.GateScene;

namespace DevOpsAI.Tests.ConnectionChanges;

/// <summary>A change replaces the connection that it was asked for, and no other.</summary>
public sealed class ConnectionChangeAreaTests : IDisposable
{
    private const string Name = "contoso-ninjaone";
    private readonly ExecutionMetrics metrics = new();
    private readonly GateScene scene = new(
        APolicy.With(glass: "{ role: approver, confirmations: 2, within: 4h }"), areas: [new ConnectionChangeArea()]);

    public void Dispose() => metrics.Dispose();

    [Theory]
    [InlineData(1, 2)]
    [InlineData(2, 1)]
    public async Task Of_two_changes_that_were_asked_for_of_one_connection_the_one_approved_first_takes_effect(int first, int second)
    {
        await MakeAsync("1");
        var before = await FindAsync();
        await AskAsync(1, before, new() { ["Organization"] = "2" });
        await AskAsync(2, before, new() { ["Organization"] = "3" });
        await ApproveAsync(first);
        await ApproveAsync(second);
        (await ProposalAsync(first)).Phase.ShouldBe(ProposalPhase.Verified);
        var refused = await ProposalAsync(second);
        refused.Phase.ShouldBe(ProposalPhase.Stopped);
        refused.Execution!.Summary.ShouldBe(
            $"Stopped before anything was done. {Name} is not what it was when this was asked for. Ask for it again.");
        (await FindAsync())!.Settings["Organization"].ShouldBe(first == 1 ? "2" : "3");
    }

    [Fact]
    public async Task What_was_removed_meanwhile_is_not_made_again_by_a_change_of_it()
    {
        await MakeAsync("1");
        await AskAsync(1, await FindAsync(), new() { ["Organization"] = "2" });
        await scene.AppendAsync(StreamId.Connections, new ConnectionRemoved(Name));
        await ApproveAsync(1);
        (await FindAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task Another_connection_that_changed_meanwhile_holds_up_nothing()
    {
        await MakeAsync("1");
        await AskAsync(1, await FindAsync(), new() { ["Organization"] = "2" });
        await scene.AppendAsync(StreamId.Connections, new ConnectionMade("contoso-halopsa", "halopsa", new Dictionary<string, string>()));
        await ApproveAsync(1);
        (await FindAsync())!.Settings["Organization"].ShouldBe("2");
    }

    [Fact]
    public async Task Nobody_breaks_the_glass_for_a_connection()
    {
        await AskAsync(1, null, new() { ["Organization"] = "2" });
        var seal = (await ProposalAsync(1)).Staged!.Seal;
        var broken = await scene.DecideAsync(new(
            Contoso, Subject(1), Ada, DecisionKind.Approve, seal, Correlation, "It cannot wait.") { BreakGlass = true });
        broken.Refusal.ShouldBe(Refusal.NotPossible);
        broken.Message.ShouldContain("waits for somebody else's approval");
    }

    [Fact]
    public void Every_part_of_a_connection_tells_it_from_others()
    {
        var one = new Connection(Name, Contoso, "ninjaone", new Dictionary<string, string> { ["A"] = "1", ["B"] = "2" });
        string[] other =
        [
            ConnectionChange.Fingerprint(null),
            ConnectionChange.Fingerprint(one with { Connector = "halopsa" }),
            ConnectionChange.Fingerprint(one with { Settings = new Dictionary<string, string> { ["A"] = "1" } }),
            ConnectionChange.Fingerprint(one with { Settings = new Dictionary<string, string> { ["A"] = "11:B1:2" } }),
            ConnectionChange.Fingerprint(one with { Settings = new Dictionary<string, string> { ["A"] = "2", ["B"] = "1" } }),
        ];
        other.Append(ConnectionChange.Fingerprint(one)).Distinct().Count().ShouldBe(6);
        ConnectionChange.Fingerprint(one with { Settings = new Dictionary<string, string> { ["b"] = "2", ["a"] = "1" } })
            .ShouldBe(ConnectionChange.Fingerprint(one));
    }

    private static ProposalSubject Subject(int number) => ProposalSubject.Create(ConnectionChange.SubjectKind, $"{Name}.{number}");

    private Task MakeAsync(string organization) => scene.AppendAsync(StreamId.Connections,
        new ConnectionMade(Name, "ninjaone", new Dictionary<string, string> { ["Organization"] = organization }));

    private async Task AskAsync(int number, Connection? before, Dictionary<string, string> settings)
    {
        var change = new ConnectionChange(ConnectionChangeKind.Change, Name, "ninjaone", settings, "")
        {
            Before = ConnectionChange.Fingerprint(before),
        };
        (await new ProposeHandler(scene.Recorder, scene.Access, scene.Contexts, scene.Clock).Handle(
            new(Contoso, Subject(number), Root, Severity.Info, DevOpsAI.Connections.Plans.Plan.Empty, change.ToObserved(), Correlation),
            Cancelled)).IsDone.ShouldBeTrue();
    }

    private async Task ApproveAsync(int number)
    {
        var seal = (await ProposalAsync(number)).Staged!.Seal;
        (await scene.DecideAsync(new(Contoso, Subject(number), Ben, DecisionKind.Approve, seal, Correlation))).IsDone.ShouldBeTrue();
        var bot = BotInstance.New();
        var record = new RunRecord(scene.Ledger, scene.States, bot, metrics, scene.Clock, NullLogger<RunRecord>.Instance, scene.Areas);
        var runs = new PlanRuns(
            record, scene.Guard, new SmallCatalog(), scene.Clock, Options.Create(new ExecutionOptions()), NullLogger<PlanRun>.Instance);
        await new Executor(
            scene.States, record, scene.Guard, runs, new(new LeaseClaims(), bot), new(), scene.Clock, NullLogger<Executor>.Instance)
            .RunAsync(Contoso, Subject(number), Cancelled);
    }

    private async Task<Proposal> ProposalAsync(int number) => (await scene.StateAsync()).Proposals.Find(Subject(number))!;

    private async Task<Connection?> FindAsync() => (await scene.StateAsync()).Get<MadeConnections>().Find(Contoso, Name);
}

using System.Collections.Immutable;
using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Execution;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>
/// The real guard and the real executor on one ledger, with the real handlers before them and a scripted vendor behind them.
/// </summary>
internal sealed class GuardedScene : ITenantDirectory, ILocalMode, IDisposable
{
    public static readonly IncidentId Id = Con(1001);
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly Person Ada = new(Who("ada"), "Ada");
    public static readonly Person Root = new(Who("root"), "Rita");

    private readonly ExecutionMetrics metrics = new();
    private readonly string switchPath = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
    private readonly OneConnection connections;
    private readonly KillSwitch killSwitch;
    private readonly ActionCatalog catalog;
    private readonly ConfiguredAccess access;
    private readonly DecisionService recorder;
    private GatePolicies policies;

    public GuardedScene(GatePolicy policy)
    {
        File.WriteAllText(switchPath, "");
        policies = new(policy, ImmutableDictionary<TenantId, GatePolicy>.Empty);
        Ledger = new(Clock);
        States = new(Ledger, CoreFeatures.Catalog, this);
        connections = new(new("contoso-scripted", Contoso, "scripted", ImmutableDictionary<string, string>.Empty), Vendor);
        killSwitch = new(switchPath);
        catalog = new(connections);
        var roles = new AccessOptions();
        roles.Roles["contoso"] = new() { ["approver"] = ["ada", "ben"], ["administrator"] = ["root"] };
        access = new(Options.Create(roles), this, policies, Clock);
        recorder = new(Ledger, States, this, NullLogger<DecisionService>.Instance);
    }

    public InstantClock Clock { get; } = new();
    public InMemoryLedger Ledger { get; }
    public TenantStates States { get; }
    public ScriptedConnector Vendor { get; } = new();
    public ExecutionScene.Crashes Crash { get; } = new();
    public bool IsLocal => false;
    public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON")];

    public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

    public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);

    public void Dispose()
    {
        metrics.Dispose();
        File.Delete(switchPath);
    }

    /// <summary>An incident whose plan is at its gate as the policy has it; at L0 and L1 it may run at once.</summary>
    public async Task<ProposalStaged> StageAsync(params PlanStep[] steps)
    {
        foreach (var step in steps)
            Vendor.Put(step.Target.Id, $"lamp.{step.Arguments["lamp"]}.state", "off");
        await AppendAsync(StreamId.Incident(Id),
            new IncidentOpened(Id, "Dark", Severity.Warning, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        await DraftAsync(1, steps);
        return await AtGateAsync();
    }

    public Task DraftAsync(int revision, params PlanStep[] steps) => AppendAsync(StreamId.Proposal(Id), new RecommendationDrafted(
        Id, revision, "runbook test v1", "Light.", "Because.", [], new(steps), Risk.Low, null,
        steps.DistinctBy(step => step.Arguments["lamp"])
            .ToDictionary(step => $"{step.Target.Name} lamp.{step.Arguments["lamp"]}.state", _ => "off"), true));

    public async Task<ProposalStaged> AtGateAsync()
    {
        Failpoints.Arm(Crash.Reach);
        await new StageProposalHandler(Ledger, States, policies, catalog, killSwitch, Clock, NullLogger<StageProposalHandler>.Instance)
            .Handle(new(Contoso, Id), CancellationToken.None);
        return (await IncidentAsync()).Staged!;
    }

    public async Task ApproveAsync(Person? by = null)
    {
        Failpoints.Arm(Crash.Reach);
        var planDigest = (await IncidentAsync()).Staged!.Seal;
        var handler = new DecideHandler(recorder, access, new(policies, catalog, killSwitch, Clock), Clock);
        (await handler.Handle(new(Contoso, Id, by ?? Ada, DecisionKind.Approve, planDigest, CorrelationId.Parse("c0ffee")),
            CancellationToken.None)).Message
            .ShouldContain("You approved");
    }

    /// <summary>As a bot that was started just now.</summary>
    public Task RunAsync()
    {
        Failpoints.Arm(Crash.Reach);
        var (states, bot) = (new TenantStates(Ledger, CoreFeatures.Catalog, this), BotInstance.New());
        var record = new RunRecord(Ledger, states, bot, metrics, Clock, NullLogger<RunRecord>.Instance);
        var guard = new Swapping(this);
        var runs = new PlanRuns(record, guard, connections, Clock, Options.Create(new ExecutionOptions()), NullLogger<PlanRun>.Instance);
        return new Executor(states, record, guard, runs, new(new Free(), bot), new(), Clock, NullLogger<Executor>.Instance)
            .RunAsync(Contoso, Id, CancellationToken.None);
    }

    public void Switch(string lines) => File.WriteAllText(switchPath, lines);

    /// <summary>What the connection may do from now on.</summary>
    public void MayDo(string actions) => connections.Only = connections.Only with
    {
        Settings = new Dictionary<string, string> { [EnabledActions.Setting] = actions },
    };

    public void FreezeNow() => AppendNow(StreamId.Freeze, new FreezeSet("Stop."), Root.AsActor());

    public void TakeRoleNow() => AppendNow(StreamId.Access, new RoleAssigned("ada", "Ada", Role.Approver, false), Root.AsActor());

    /// <summary>As after a start with other policy files.</summary>
    public void Policy(GatePolicy policy) => policies = new(policy, ImmutableDictionary<TenantId, GatePolicy>.Empty);

    public async Task<Incident> IncidentAsync() => (await States.GetAsync(Contoso, CancellationToken.None)).Find(Id).ShouldNotBeNull();

    public ValueTask<TenantState> StateAsync() => States.GetAsync(Contoso, CancellationToken.None);

    public IReadOnlyList<TFact> Facts<TFact>() where TFact : Fact => Ledger.Facts<TFact>(Contoso);

    public async Task AppendAsync(StreamId stream, Fact fact, Actor? by = null) =>
        (await Ledger.AppendAsync(Contoso, [], [new(stream, by ?? Actor.Service("test"), CorrelationId.Parse("c0ffee"), fact)],
            CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();

    private void AppendNow(StreamId stream, Fact fact, Actor by) => AppendAsync(stream, fact, by).GetAwaiter().GetResult();

    /// <summary>The real guard, over the policies as they are at the moment.</summary>
    private sealed class Swapping(GuardedScene scene) : IExecutionGuard
    {
        public ValueTask<Objection?> CheckAsync(
            TenantState state, Proposal proposal, Plan plan, NextCall? next, CancellationToken cancellationToken) =>
            new ExecutionGuard(scene.policies, scene.catalog, scene.killSwitch, scene.access, scene.Clock,
                NullLogger<ExecutionGuard>.Instance)
                .CheckAsync(state, proposal, plan, next, cancellationToken);
    }

    private sealed class Free : IClaimPolicy
    {
        public bool MayClaim() => true;

        public bool IsGone(string instance) => true;
    }
}

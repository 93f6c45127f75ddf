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

namespace DevOpsAI.Tests.Core.Execution;

/// <summary>A ledger with an approved plan on it, a scripted vendor, and bots that can be ended and started again.</summary>
internal sealed class ExecutionScene : IDisposable
{
    private readonly ExecutionMetrics metrics = new();

    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly IncidentId Id = Con(1001);
    public static readonly Person Ana = new(Who("ana"), "Ana");

    private readonly TimeProvider time;

    /// <param name="time">What the bots go by; without it <see cref="Clock"/>, on which every wait is over at once.</param>
    public ExecutionScene(TimeProvider? time = null)
    {
        this.time = time ?? Clock;
        Ledger = new(this.time);
        Connections = new OneConnection(new("contoso-scripted", Contoso, "scripted", ImmutableDictionary<string, string>.Empty), Vendor);
    }

    public void Dispose() => metrics.Dispose();

    public InstantClock Clock { get; } = new();

    public InMemoryLedger Ledger { get; }

    public ScriptedConnector Vendor { get; } = new();

    public IConnections Connections { get; }

    public Guard Allowed { get; } = new();

    public Crashes Crash { get; } = new();

    public ExecutionOptions Options { get; } = new();

    public bool OthersAreGone { get; set; } = true;

    public BotInstance Bot { get; private set; } = BotInstance.New();

    public TargetLocks Locks { get; private set; } = new();

    public static Target Room(string name = "hall") => new("contoso-scripted", "room", name, name.ToUpperInvariant(), "Contoso");

    /// <summary>Turns a lamp on that must be off before and must shine after.</summary>
    public static PlanStep TurnOn(string lamp, string room = "hall", string? rollback = "lamp.off", string action = "lamp.on",
        bool verified = true) => new(
        $"Turn on {lamp}", action, Room(room), new Dictionary<string, string> { ["lamp"] = lamp }, $"{action} {lamp}", [],
        [new($"lamp.{lamp}.state", "==", "off")], verified ? [new($"lamp.{lamp}.state", "==", action["lamp.".Length..])] : [], rollback);

    public void LampsAreOff(params string[] lamps)
    {
        foreach (var lamp in lamps)
            Vendor.Put("hall", $"lamp.{lamp}.state", "off");
    }

    public async Task ApproveAsync(params PlanStep[] steps)
    {
        foreach (var step in steps)
            Vendor.Put(step.Target.Id, $"lamp.{step.Arguments["lamp"]}.state", "off");
        await AppendAsync(StreamId.Incident(Id),
            new IncidentOpened(Id, "Dark", Severity.Error, "Dark", "HALL", IncidentScope.One, "dark|hall", "dark", "E-1"));
        await StageAsync(GateLevel.L2, ProposalKind.Remedy, 1, steps);
        await AppendAsync(StreamId.Proposal(Id),
            new ProposalDecided(Id, 1, DecisionKind.Approve, "seal1", null, null, null, Complete: true), Ana.AsActor());
    }

    public Task StageAsync(GateLevel level, ProposalKind kind, int revision, params PlanStep[] steps)
    {
        var terms = new GateTerms(level, [], Role.Approver, 1, false, time.GetUtcNow().AddHours(1), null, null, "1");
        var observed = steps.DistinctBy(step => step.Arguments["lamp"]).ToDictionary(
            step => $"{step.Target.Name} lamp.{step.Arguments["lamp"]}.state",
            step => Vendor.Get(step.Target.Id, $"lamp.{step.Arguments["lamp"]}.state") ?? "off");
        return AppendAsync(StreamId.Proposal(Id), new ProposalStaged(
            Id, revision, kind, Actor.Service("drafting"), new(steps), observed, terms, false, $"seal{revision}", "nonce"));
    }

    public async Task AppendAsync(StreamId stream, Fact fact, Actor? by = null) =>
        (await Ledger.AppendAsync(Contoso, [], [new(stream, by ?? Actor.Service("test"), CorrelationId.Parse("c0ffee"), fact)],
            CancellationToken.None)).ShouldBeOfType<AppendResult.Appended>();

    /// <summary>The bot as it is now runs what is due.</summary>
    public Task RunAsync(CancellationToken cancellationToken = default) => Start().RunAsync(Contoso, Id, cancellationToken);

    /// <summary>Runs, and starts a new bot whenever one has crashed.</summary>
    public async Task RunUntilDoneAsync()
    {
        while (true)
        {
            try
            {
                await RunAsync();
                return;
            }
            catch (CrashException)
            {
                Restart();
            }
        }
    }

    public void Restart()
    {
        Bot = BotInstance.New();
        Locks = new();
    }

    /// <param name="own">A clock of this bot's own.</param>
    public Executor Start(TimeProvider? own = null)
    {
        Failpoints.Arm(Crash.Reach);
        var clock = own ?? time;
        var states = new TenantStates(Ledger, CoreFeatures.Catalog);
        var record = new RunRecord(Ledger, states, Bot, metrics, clock, NullLogger<RunRecord>.Instance);
        var options = Microsoft.Extensions.Options.Options.Create(Options);
        var runs = new PlanRuns(record, Allowed, Connections, clock, options, NullLogger<PlanRun>.Instance);
        return new(states, record, Allowed, runs, new(new Claims(this), Bot), Locks, clock, NullLogger<Executor>.Instance);
    }

    public async Task<Incident> IncidentAsync() =>
        (await new TenantStates(Ledger, CoreFeatures.Catalog).GetAsync(Contoso, CancellationToken.None)).Find(Id).ShouldNotBeNull();

    public IReadOnlyList<TFact> Facts<TFact>() where TFact : Fact => Ledger.Facts<TFact>(Contoso);

    internal sealed class CrashException(string point) : Exception(point);

    /// <summary>Ends the bot when the counted point is reached; each number counts on from the one before.</summary>
    internal sealed class Crashes
    {
        private int reached;

        public Queue<int> After { get; } = [];

        public string? At { get; set; }

        /// <summary>Called at every point before anything else.</summary>
        public Action? AtEvery { get; set; }

        public List<string> Seen { get; } = [];

        /// <summary>Called at every point, before anything else.</summary>
        public Action<string>? Reaching { get; set; }

        public void Reach(string point)
        {
            Reaching?.Invoke(point);
            // Two bots may run at once.
            lock (Seen)
                Seen.Add(point);
            AtEvery?.Invoke();
            if (At == point)
            {
                At = null;
                throw new CrashException(point);
            }
            if (After.TryPeek(out var limit) && ++reached >= limit)
            {
                After.Dequeue();
                reached = 0;
                throw new CrashException(point);
            }
        }
    }

    internal sealed class Guard : IExecutionGuard
    {
        /// <summary>Allows this many questions, then refuses; null for always allowing.</summary>
        public int? RefuseAfter { get; set; }

        public ValueTask<Objection?> CheckAsync(
            TenantState state, Proposal proposal, Plan plan, NextCall? next, CancellationToken cancellationToken) =>
            new(RefuseAfter is { } left && (RefuseAfter = left - 1) < 0 ? new Objection("Contoso is frozen.") : null);
    }

    private sealed class Claims(ExecutionScene scene) : IClaimPolicy
    {
        public bool MayClaim() => true;

        public bool IsGone(string instance) => scene.OthersAreGone;
    }
}

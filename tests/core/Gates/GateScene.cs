using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace DevOpsAI.Tests.Gates;

/// <summary>A tenant, its people and a ledger; begins on 2026-03-02 09:00 UTC, a Monday.</summary>
internal sealed class GateScene : ITenantDirectory, ILocalMode
{
    public static readonly CorrelationId Correlation = CorrelationId.Parse("0123456789abcdef0123456789abcdef");
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    public static readonly IncidentId First = Con(1001);
    public static readonly Person Ada = new(Who("ada"), "Ada Approver");
    public static readonly Person Ben = new(Who("ben"), "Ben Approver");
    public static readonly Person Tim = new(Who("tim"), "Tim Technician");
    public static readonly Person Mia = new(Who("mia"), "Mia Manager");
    public static readonly Person Root = new(Who("root"), "Rita Root");
    public static readonly Person Gus = new(Who("gus"), "Gus Global");
    public static readonly Person Stranger = new(Who("nobody"), "No Body");

    /// <param name="areas">What else than incidents can be decided about.</param>
    /// <param name="everywhere">Roles at every tenant, beside an auditor's.</param>
    public GateScene(
        GatePolicy? policy = null, bool isLocal = false, string? killSwitchPath = null, LocalAccess local = LocalAccess.Administrator,
        Dictionary<string, List<string>>? everywhere = null, IReadOnlyList<IProposalArea>? areas = null)
    {
        IsLocal = isLocal;
        Clock = new();
        Ledger = new(Clock);
        States = new(Ledger, CoreFeatures.Catalog, this);
        Policies = new(policy ?? GatePolicies.BuiltIn, new Dictionary<TenantId, GatePolicy>());
        var access = new AccessOptions { Local = local };
        access.Roles["contoso"] = new()
        {
            ["approver"] = ["ada", "BEN"], ["technician"] = ["tim"], ["manager"] = ["mia"], ["administrator"] = ["root"],
        };
        access.Roles["*"] = new(everywhere ?? []) { ["auditor"] = ["olga"] };
        Access = new(Options.Create(access), this, Policies, Clock);
        Catalogue = new(new SmallCatalog());
        KillSwitch = new(killSwitchPath);
        Recorder = new(Ledger, States, this, NullLogger<DecisionService>.Instance);
        Areas = new([new IncidentArea(), .. areas ?? []]);
        Contexts = new(Policies, Catalogue, KillSwitch, Clock, Areas);
        Guard = new(Policies, Catalogue, KillSwitch, Access, Clock, NullLogger<ExecutionGuard>.Instance, Areas);
    }

    public ManualClock Clock { get; }
    public InMemoryLedger Ledger { get; }
    public MemoryDocuments Documents { get; } = new();
    public TenantStates States { get; }
    public GatePolicies Policies { get; }
    public ConfiguredAccess Access { get; }
    public ActionCatalog Catalogue { get; }
    public KillSwitch KillSwitch { get; }
    public ProposalAreas Areas { get; }
    public DecisionContexts Contexts { get; }
    public DecisionService Recorder { get; }
    public ExecutionGuard Guard { get; }
    public List<string> Reached { get; } = [];
    public bool IsLocal { get; }
    public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON"), new(Fabrikam, "Fabrikam Inc", "FAB")];

    public static CancellationToken Cancelled => TestContext.Current.CancellationToken;

    public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

    public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);

    private void Reach(string point)
    {
        lock (Reached)
            Reached.Add(point);
    }

    public ValueTask<TenantState> StateAsync() => States.GetAsync(Contoso, Cancelled);

    public async Task<Incident> IncidentAsync(IncidentId? id = null) => (await StateAsync()).Find(id ?? First)!;

    public async Task AppendAsync(StreamId stream, Fact fact, Actor? actor = null) =>
        (await Ledger.AppendAsync(Contoso, [], [new(stream, actor ?? Actor.Service("test"), Correlation, fact)],
            Cancelled)).ShouldBeOfType<AppendResult.Appended>();

    public Task OpenAsync(IncidentId? id = null, Severity severity = Severity.Warning) =>
        OpenAsync(id ?? First, severity);

    private Task OpenAsync(IncidentId id, Severity severity) => AppendAsync(
        StreamId.Incident(id),
        new IncidentOpened(id, "Disk low", severity, "DiskSpaceLow", "SRV-FILE01", IncidentScope.One, $"disk|{id}", "disk", $"E-{id}"));

    public Task DraftAsync(Plan plan, IncidentId? id = null, int revision = 1, Risk risk = Risk.Low, string? problem = null) =>
        AppendAsync(
        StreamId.Proposal(id ?? First),
        new RecommendationDrafted(id ?? First, revision, "runbook test v1", "Do it.", "Because.", [], plan, risk, problem,
            new Dictionary<string, string> { ["SRV-FILE01 disk.C.freePercent"] = "6" }, true));

    public Task StageAsync(IncidentId? id = null)
    {
        Failpoints.Arm(Reach);
        return new StageProposalHandler(Ledger, States, Policies, Catalogue, KillSwitch, Clock, NullLogger<StageProposalHandler>.Instance)
            .Handle(new(Contoso, id ?? First), Cancelled);
    }

    /// <summary>An incident whose plan waits at its gate.</summary>
    public async Task<Incident> StagedAsync(Plan plan, IncidentId? id = null, Severity severity = Severity.Warning, string? problem = null)
    {
        await OpenAsync(id, severity);
        await DraftAsync(plan, id, problem: problem);
        await StageAsync(id);
        return await IncidentAsync(id);
    }

    public DecideHandler Decider() => new(Recorder, Access, Contexts, Clock);

    public Task<RequestResult> DecideAsync(Decide command)
    {
        Failpoints.Arm(Reach);
        return Decider().Handle(command, Cancelled);
    }

    public static Decide Command(
        Person by, Incident incident, DecisionKind kind = DecisionKind.Approve, string? reason = null,
        IReadOnlyDictionary<string, string>? edits =
            null, DateTimeOffset? until = null, string? review = null, string? planDigest = null) =>
        new(Contoso, incident.Id, by, kind, planDigest ?? incident.Staged?.Seal ?? "", Correlation, reason, edits, until, review);

    public Task<RequestResult> UndoAsync(Person by, IncidentId? id = null) =>
        new RequestUndoHandler(Recorder, Access, Contexts, Clock).Handle(new(Contoso, id ?? First, by, Correlation), Cancelled);

    public Task<RequestResult> RedraftAsync(Person by, IncidentId? id = null, string? planDigest = null) =>
        new RequestRedraftHandler(Recorder, Access, Clock, KillSwitch).Handle(
            new(Contoso, id ?? First, by, planDigest, Correlation), Cancelled);

    /// <param name="message">Correlation id of the message that asks for it; a new one when it is not given.</param>
    public Task<RequestResult> FreezeAsync(Person by, string reason = "Strange logins", CorrelationId? message = null) =>
        new SetFreezeHandler(Recorder, Access).Handle(new(Contoso, by, reason, message ?? NewMessage()), Cancelled);

    public Task<RequestResult> FreezeEverythingAsync(Person by, string reason) =>
        new EverythingFrozen(Recorder, this, Access).Handle(new FreezeEverything(by, reason, NewMessage()), Cancelled);

    public Task<RequestResult> UnfreezeEverythingAsync(Person by, string? reason = null) =>
        new EverythingFrozen(Recorder, this, Access).Handle(new UnfreezeEverything(by, reason, NewMessage()), Cancelled);

    public Task<RequestResult> LiftAsync(Person by, string? reason = null, CorrelationId? message = null) =>
        new LiftFreezeHandler(Recorder, Access).Handle(new(Contoso, by, reason, message ?? NewMessage()), Cancelled);

    public Task<RequestResult> AbsentAsync(Person by, Person who, Person? deputy, DateTimeOffset? from = null,
        DateTimeOffset? until = null) =>
        new SetAbsenceHandler(Recorder, Access, Policies, Clock).Handle(
            new(Contoso, by, who, from, until ?? Clock.GetUtcNow().AddDays(3), deputy, "Skiing", NewMessage()), Cancelled);

    public async Task<RequestResult> BreakGlassAsync(Person by, string? reason = "The shop stands still.", IncidentId? id = null) =>
        await DecideAsync(Command(by, await IncidentAsync(id), reason: reason) with { BreakGlass = true });

    public Task<RequestResult> ReviewAsync(Person by, bool confirms = true, string? reason = null, int revision = 1,
        IncidentId? id = null) =>
        new ReviewBreakGlassHandler(Recorder, Access).Handle(
            new(Contoso, id ?? First, by, revision, confirms, reason, NewMessage()), Cancelled);

    public Task<RequestResult> BackAsync(Person by, Person who) =>
        new EndAbsenceHandler(Recorder, Access, Clock).Handle(new(Contoso, by, who, NewMessage()), Cancelled);

    public Task<RequestResult> AssignAsync(Person to, Role role, bool held = true) =>
        new AssignRoleHandler(Recorder, Access).Handle(new(Contoso, Root, to, role, held, NewMessage()), Cancelled);

    public static CorrelationId NewMessage() => CorrelationId.New();

    public async Task<string?> CheckExecuteAsync(IncidentId? id = null, Plan? plan = null)
    {
        return (await ObjectionAsync(id, plan))?.Message;
    }

    /// <param name="guard">Another than the scene's own, as with another policy.</param>
    public async Task<Objection?> ObjectionAsync(
        IncidentId? id = null, Plan? plan = null, NextCall? next = null, ExecutionGuard? guard = null)
    {
        var state = await StateAsync();
        var incident = state.Find(id ?? First)!;
        return await (guard ?? Guard).CheckAsync(state, incident.Proposal, plan ?? incident.PlanInForce, next, Cancelled);
    }

    /// <summary>The guard as after a start with another policy.</summary>
    public ExecutionGuard GuardWith(GatePolicy policy) =>
        new(new(policy, new Dictionary<TenantId, GatePolicy>()), Catalogue, KillSwitch, Access, Clock, NullLogger<ExecutionGuard>.Instance,
            Areas);

    /// <summary>What the executor records when all went well; it may be taken back for a day.</summary>
    public async Task ExecutedAsync(
        IncidentId? which = null, ExecutionOutcome outcome = ExecutionOutcome.Verified, bool canBeUndone = true)
    {
        var incident = await IncidentAsync(which);
        var id = incident.Id;
        await AppendAsync(StreamId.Proposal(id),
            new ExecutionStarted(id, incident.Staged!.Revision, $"{id}-x1", incident.PlanDigest, "me", Clock.GetUtcNow().AddMinutes(5)));
        for (var step = 0; step < incident.PlanInForce.Steps.Count; step++)
            await AppendAsync(StreamId.Proposal(id),
                new StepFinished(id, $"{id}-x1", step, false, $"{id}-x1-{step}", StepOutcome.Applied, "done"));
        await AppendAsync(StreamId.Proposal(id), new ExecutionFinished(
            id, $"{id}-x1", outcome, "Ended.", [new("free space", "6", "30")], false, canBeUndone ? Clock.GetUtcNow().AddDays(1) : null));
        if (outcome == ExecutionOutcome.Verified)
            await AppendAsync(StreamId.Incident(id), new IncidentClosed(id, "verified"));
    }

    public static Plan Plan(params string[] actions) => new([.. actions.Select(action => Step(action))]);

    public static PlanStep Step(string action, string device = "SRV-FILE01", string connection = "contoso-sandbox")
    {
        var target = new Target(connection, "device", $"id-{device}", device, "Contoso Ltd");
        var spec = SmallCatalog.All.FirstOrDefault(spec => spec.Name == action);
        var arguments = (spec?.Arguments ?? []).ToDictionary(
            argument => argument.Name, argument => argument.Name switch { "volume" => "C", _ => "Spooler" });
        return new(
            $"{action} Spooler", action, target, arguments,
            spec is null ? action : ActionCalls.Command(spec, target, arguments),
            [.. arguments.Keys],
            [new("service.Spooler.state", "==", "stopped")],
            [new("service.Spooler.state", "==", "running")],
            spec?.Rollback);
    }
}

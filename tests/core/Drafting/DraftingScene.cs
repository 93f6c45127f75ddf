using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Drafting;
using DevOpsAI.Drafting.Intelligence;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using MediatR;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace DevOpsAI.Tests.Core.Drafting;

/// <summary>
/// Contoso and Fabrikam at a fake vendor, a ledger in memory, and drafting as the bot wires it. Staging is recorded, not decided.
/// </summary>
internal sealed class DraftingScene
{
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly TenantId Fabrikam = TenantId.Parse("fabrikam");
    private static readonly (string, string)[] Healthy = [("device.online", "true"), ("device.pendingReboot", "false"),
        ("device.isolated", "false")];
    private int events;

    public DraftingScene(Dictionary<string, string?>? settings = null,
        params (Connection Connection, IConnector Connector)[] moreConnections)
        : this(null, settings, moreConnections)
    {
    }

    /// <summary>With a model that drafts.</summary>
    public DraftingScene(IDraftModel? model, Dictionary<string, string?>? settings,
        params (Connection Connection, IConnector Connector)[] moreConnections)
    {
        Ledger = new(Clock);
        Vendor.Add("contoso-fake", "device", "SRV-FILE01", "Contoso Ltd",
            [.. Healthy, ("disk.C.freePercent", "6"), ("disk.C.freeGb", "5"), ("disk.C.sizeGb", "80"),
             ("disk.D.freePercent", "41"), ("disk.D.freeGb", "410"), ("disk.D.sizeGb", "1000"),
             ("service.Spooler.state", "stopped"), ("service.Spooler.startup", "automatic"),
             ("service.Dnscache.state", "running"), ("service.Dnscache.startup", "automatic"),
             ("service.Fax.state", "stopped"), ("service.Fax.startup", "manual")]);
        Vendor.Add("fabrikam-fake", "device", "SRV-FILE01", "Fabrikam Inc", [.. Healthy, ("disk.C.freePercent", "3")]);
        Vendor.Add("fabrikam-fake", "device", "FAB-WEB01", "Fabrikam Inc", [.. Healthy, ("disk.C.freePercent", "3")]);
        var services = new ServiceCollection().AddLogging();
        services.AddSingleton<IConfiguration>(new ConfigurationBuilder().AddInMemoryCollection(settings ?? []).Build());
        services.AddSingleton<IHostEnvironment>(new HostingEnvironment { ContentRootPath = AppContext.BaseDirectory });
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton<ILedger>(Ledger);
        services.AddCoreFeatures();
        services.AddSingleton<ISubscribedTenants, EveryTenant>().AddSingleton<AssignedTenants>();
        services.AddSingleton<ITenantDirectory>(new TwoTenants());
        services.AddSingleton<IConnections>(new FakeConnections(
            [(FakeConnections.To("contoso-fake", "contoso"), Vendor), (FakeConnections.To("fabrikam-fake", "fabrikam"), Vendor),
                .. moreConnections]));
        services.AddSingleton<ServiceFactory>(provider => provider.GetRequiredService);
        services.AddSingleton<IMediator, Mediator>();
        services.AddSingleton<IRequestHandler<DraftRecommendation, Unit>, DraftRecommendationHandler>();
        services.AddSingleton<IRequestHandler<StageProposal, Unit>>(new StagingDesk(this));
        if (model is not null)
            services.AddSingleton(model);
        Services = services.AddDrafting().BuildServiceProvider();
    }

    public ManualClock Clock { get; } = new();

    public InMemoryLedger Ledger { get; }

    public FakeVendor Vendor { get; } = new();

    public ServiceProvider Services { get; }

    /// <summary>Staging requests, in order.</summary>
    public List<StageProposal> Staged { get; } = [];

    /// <summary>Appends <c>proposal.staged</c> as gates would; off, staging is only recorded.</summary>
    public bool Stages { get; set; } = true;

    public GateLevel StagedAt { get; init; } = GateLevel.L2;

    /// <summary>The failpoint at which to throw, once.</summary>
    public string? CrashAtPoint { get; set; }

    public static EventReceived Event(
        string kind, string? device, IEnumerable<(string Name, string Value)> attributes, int number = 1,
        EventStatus status = EventStatus.Firing, string connection = "contoso-alertmanager")
    {
        var key = $"{kind.ToLowerInvariant()}|{device?.ToLowerInvariant()}";
        return new($"E-{number}", connection, $"s-{number}", status, Severity.Warning, kind, device, $"{kind} on {device}", "It was seen.",
            key + number, key, kind.ToLowerInvariant(), new(2026, 3, 2, 9, 0, 0, TimeSpan.Zero), Simulated: false,
            attributes.ToDictionary(pair => pair.Name, pair => pair.Value));
    }

    /// <summary>Puts an event and the incident it opens on record.</summary>
    public async Task<IncidentId> OpenAsync(
        string kind, string? device, IEnumerable<(string Name, string Value)>? attributes = null, TenantId? tenant = null,
        IncidentScope scope = IncidentScope.One)
    {
        var where = tenant ?? Contoso;
        var received = Event(kind, device, attributes ?? [], ++events);
        var id = where == Contoso ? Con(1000 + events) : Fab(1000 + events);
        await AppendAsync(where, StreamId.Event(received.EventId), received);
        await AppendAsync(where, StreamId.Incident(id),
            new IncidentOpened(id, received.Title, received.Severity, kind, device, scope, received.CorrelationKey, received.CauseKey,
                received.EventId));
        return id;
    }

    public async Task AppendAsync(TenantId tenant, StreamId stream, params Fact[] facts) =>
        (await Ledger.AppendAsync(tenant, [],
            [.. facts.Select(fact => new NewEntry(stream, Actor.Service("test"), CorrelationId.Parse("c0ffee"), fact))],
            TestContext.Current.CancellationToken))
            .ShouldBeOfType<AppendResult.Appended>();

    public Task DraftAsync(IncidentId id, TenantId? tenant = null)
    {
        Failpoints.Arm(Reach);
        return Services.GetRequiredService<IMediator>()
            .Send(new DraftRecommendation(tenant ?? Contoso, id), TestContext.Current.CancellationToken);
    }

    /// <summary>Opens an incident, has it drafted, and gives what is on record.</summary>
    public async Task<RecommendationDrafted> DraftOfAsync(
        string kind, string? device, IEnumerable<(string Name, string Value)>? attributes = null, TenantId? tenant = null)
    {
        await DraftAsync(await OpenAsync(kind, device, attributes, tenant), tenant);
        return Ledger.Facts<RecommendationDrafted>(tenant ?? Contoso)[^1];
    }

    private sealed class TwoTenants : ITenantDirectory
    {
        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON"), new(Fabrikam, "Fabrikam Inc", "FAB")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);
    }

    private void Reach(string point)
    {
        if (CrashAtPoint != point)
            return;
        CrashAtPoint = null;
        throw new InvalidOperationException($"crash at {point}");
    }

    private sealed class StagingDesk(DraftingScene scene) : IRequestHandler<StageProposal, Unit>
    {
        public async Task<Unit> Handle(StageProposal request, CancellationToken cancellationToken)
        {
            scene.Staged.Add(request);
            var draft = scene.Ledger.Facts<RecommendationDrafted>(request.Tenant)[^1];
            if (scene.Stages)
            {
                await scene.AppendAsync(request.Tenant, StreamId.Proposal(request.IncidentId), new ProposalStaged(
                    request.IncidentId, draft.Revision, ProposalKind.Remedy, Actor.Service("drafting"), draft.Plan, draft.Observed,
                    new(scene.StagedAt, [], Role.Approver, 1, false, scene.Clock.GetUtcNow().AddHours(4), null, null, "p1"), false,
                    "5ea1", "00"));
            }
            return Unit.Value;
        }
    }
}

using DevOpsAI.Common;
using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Drafting;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using DevOpsAI.Tickets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;

namespace DevOpsAI.Tests.Core.Tickets;

/// <summary>Contoso with an RMM and a PSA, one incident on SRV-01, and tickets as the bot wires them.</summary>
internal sealed class TicketsScene : IDisposable
{
    public static readonly TenantId Contoso = TenantId.Parse("contoso");
    public static readonly IncidentId Incident = Con(1042);
    private static readonly Target Server = new("contoso-rmm", "device", "device-1", "SRV-01", "Contoso Ltd");
    private static readonly Plan Remedy = new([new(
        "Restart W3SVC on SRV-01", "service.restart", Server, new Dictionary<string, string> { ["service"] = "W3SVC" },
        "Restart-Service W3SVC -Computer SRV-01", [], [], [], null)]);

    private readonly FakeVendor rmm = new("rmm");
    private readonly ServiceProvider services;
    private readonly Dictionary<string, LedgerEntry> told = [];

    /// <param name="actions">What the PSA's connection may do; null for all.</param>
    public TicketsScene(TicketUse use = TicketUse.Full, bool simulated = false, string? actions = null)
    {
        Ledger = new(Clock);
        Psa.AddDevice("88", "SRV-01", "CZC1234ABC");
        rmm.Add("contoso-rmm", "device", "SRV-01", "Contoso Ltd", ("device.serial", "CZC1234ABC"));
        Connections = new((FakeConnections.To("contoso-rmm", "contoso", "rmm"), rmm),
            (FakeConnections.To("contoso-psa", "contoso", "psa") with
            {
                Settings = new Dictionary<string, string>
                {
                    [TicketSetting.Name] = use.ToString(), [EnabledActions.Setting] = actions ?? EnabledActions.All,
                },
            }, Psa));
        services = Build();
        IsSimulated = simulated;
    }

    public ManualClock Clock { get; } = new();

    public InMemoryLedger Ledger { get; }

    public PlayedPsa Psa { get; } = new();

    public FakeConnections Connections { get; }

    private bool IsSimulated { get; }

    public TicketEchoes Echoes => (TicketEchoes)services.GetRequiredService<IEventEchoes>();

    public string Reference { get; private set; } = "";

    public IReadOnlyList<Fact> Written => [.. Ledger.Facts<Fact>(Contoso).Where(
        static fact => fact is TicketLinked or TicketWriting or TicketWritten or TicketTrouble)];

    /// <summary>As after a start of the process: nothing is remembered but the ledger.</summary>
    public ServiceProvider Build()
    {
        var collection = new ServiceCollection().AddLogging();
        collection.AddSingleton<IConfiguration>(new ConfigurationBuilder().Build());
        collection.AddSingleton<IHostEnvironment>(new HostingEnvironment { ContentRootPath = AppContext.BaseDirectory });
        collection.AddSingleton<TimeProvider>(Clock);
        collection.AddSingleton<ILedger>(Ledger);
        collection.AddCoreFeatures();
        collection.AddSingleton<ITenantDirectory>(new OnlyContoso());
        collection.AddSingleton<IConnections>(Connections);
        collection.AddSingleton(new KillSwitch(null));
        return collection.AddDrafting().AddTickets().BuildServiceProvider();
    }

    /// <summary>Puts the incident on record.</summary>
    public async Task<TicketsScene> OpenAsync(string title = "W3SVC has stopped", string kind = "WindowsServiceStopped")
    {
        var received = new EventReceived(
            "E-1", "contoso-alertmanager", "s-1", EventStatus.Firing, Severity.Error, kind, "SRV-01", title, null, "a-1", "k-1", "c-1",
            Clock.GetUtcNow(), IsSimulated, new Dictionary<string, string>());
        await AppendAsync(StreamId.Event("E-1"), received);
        var opened = await AppendAsync(
            StreamId.Incident(Incident),
            new IncidentOpened(Incident, title, Severity.Error, kind, "SRV-01", IncidentScope.One, "k-1", "c-1", "E-1"));
        var incident = (await services.GetRequiredService<TenantStates>().GetAsync(Contoso, TestContext.Current.CancellationToken))
            .Find(Incident).ShouldNotBeNull();
        incident.OpenedSeq.ShouldBe(opened.Seq);
        Reference = TicketReference.For(incident);
        return this;
    }

    public async Task<LedgerEntry> AppendAsync(StreamId stream, Fact fact, Actor? by = null) =>
        (await Ledger.AppendAsync(
            Contoso, [], [new(stream, by ?? Actor.Service("test"), CorrelationId.Parse("c0ffee"), fact)],
            TestContext.Current.CancellationToken)).ShouldBeOfType<AppendResult.Appended>().Entries[0];

    /// <summary>A state of the proposal, on record and not told yet.</summary>
    public async Task<LedgerEntry> RecordAsync(string state)
    {
        var fact = state switch
        {
            "proposed" => new ProposalStaged(
                Incident, 1, ProposalKind.Remedy, Actor.Service("drafting"), Remedy, new Dictionary<string, string>(),
                new(GateLevel.L2, [], Role.Approver, 1, false, Clock.GetUtcNow().AddHours(4), null, null, "p1"), false, "5ea1", "00"),
            "approved" => new ProposalDecided(Incident, 1, DecisionKind.Approve, "5ea1", null, null, null, true),
            "rejected" => new ProposalDecided(Incident, 1, DecisionKind.Reject, "5ea1", "Not during {month} end\n!", null, null, true),
            "executing" => new ExecutionStarted(Incident, 1, "CON-1042-x1", "5ea1", "bot-1", Clock.GetUtcNow().AddMinutes(5), true),
            "verified" => Finished(ExecutionOutcome.Verified, "W3SVC is running."),
            "failed" => Finished(ExecutionOutcome.Failed, "W3SVC is stopped."),
            "unknown" => Finished(ExecutionOutcome.Unknown, "The answer was lost."),
            "undone" => new UndoFinished(Incident, "CON-1042-u1", ExecutionOutcome.Verified, "W3SVC is as before.", []),
            "expired" => new ProposalExpired(Incident, 1),
            "resolved" => (Fact)new ProposalWithdrawn(Incident, 1, "The alert has ended by itself."),
            _ => throw new ArgumentOutOfRangeException(nameof(state), state, "No such state."),
        };
        var by = state is "approved" or "rejected" ? new Actor(ActorKind.Person, "00000000-0000-4000-8000-00000000000a", "Ana Approver") : null;
        return told[state] = await AppendAsync(StreamId.Proposal(Incident), fact, by);
    }

    private static ExecutionFinished Finished(ExecutionOutcome outcome, string summary) =>
        new(Incident, "CON-1042-x1", outcome, summary, [], false, null);

    /// <summary>Hands an entry over, once, as the subscription is handed it.</summary>
    public Task HandleAsync(LedgerEntry entry, ServiceProvider? process = null) =>
        new TicketsSubscription((process ?? services).GetRequiredService<TicketDesk>())
            .HandleAsync(entry, TestContext.Current.CancellationToken);

    /// <summary>Records states and tells each; a PSA that cannot be written is tried again, a crash is a new process.</summary>
    public async Task TellAsync(params string[] states)
    {
        foreach (var state in states)
            await UntilToldAsync(await RecordAsync(state));
    }

    public async Task UntilToldAsync(LedgerEntry entry, Action<string>? hit = null)
    {
        for (var attempt = 0; attempt < 60; attempt++)
        {
            await using var process = Build();
            try
            {
                Failpoints.Arm(hit);
                await HandleAsync(entry, process);
                return;
            }
            catch (Exception again) when (again is PsaUnavailableException or CrashException)
            {
                Clock.Advance(TimeSpan.FromSeconds(7));
            }
            finally
            {
                Failpoints.Arm(null);
            }
        }
        throw new InvalidOperationException($"{entry.Type} was never told.");
    }

    public LedgerEntry EntryOf(string state) => told[state];

    public void Dispose() => services.Dispose();

    private sealed class OnlyContoso : ITenantDirectory
    {
        public IReadOnlyList<Tenant> All { get; } = [new(Contoso, "Contoso Ltd", "CON")];

        public Tenant? Find(TenantId id) => All.FirstOrDefault(tenant => tenant.Id == id);

        public Tenant? FindByPrefix(string prefix) => All.FirstOrDefault(tenant => tenant.Prefix == prefix);
    }
}

/// <summary>The process ended here.</summary>
internal sealed class CrashException(string failpoint) : Exception($"crash at {failpoint}");

using DevOpsAI.Connections;
using DevOpsAI.Connections.Plans;
using DevOpsAI.Gates;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Proposals;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Cards;

/// <summary>Writes the ledger of an incident, step by step, so that cards are drawn from what a restart would read.</summary>
internal sealed class IncidentScript
{
    public static readonly DateTimeOffset Start = new(2026, 11, 21, 3, 0, 0, TimeSpan.Zero);
    public static readonly Tenant Contoso = new(TenantId.Parse("contoso"), "Contoso Ltd", "CON");
    public static readonly Tenant Fabrikam = new(TenantId.Parse("fabrikam"), "Fabrikam Inc", "FAB");
    public static readonly Person Dana = new(Who("33333333-3333-4333-8333-333333333300"), "Dana Technician");
    public static readonly Person Ravi = new(Who("33333333-3333-4333-8333-333333333311"), "Ravi Approver");
    public static readonly ChannelRef Channel = new(
        Conversation("19:chan0001@thread.tacv2"), "channel", "https://smba.trafficmanager.net/amer/", new("11111111"),
        "19:team@thread.tacv2", "Alerts");

    private static readonly Actor Bot = Actor.Service("drafting");

    public IncidentScript(
        Tenant? tenant = null, ProposalSubject? about = null, InMemoryLedger? ledger = null, ManualClock? clock = null, EntryCatalog? catalog = null)
    {
        Tenant = tenant ?? Contoso;
        About = about ?? IncidentId.Create(Tenant, 1001);
        Clock = clock ?? new ManualClock(Start);
        Ledger = ledger ?? new InMemoryLedger(Clock, catalog: catalog);
        States = new(Ledger, catalog ?? CoreFeatures.Catalog);
    }

    public Tenant Tenant { get; }

    /// <summary>What is decided about: an incident, unless it was said otherwise.</summary>
    public ProposalSubject About { get; }

    public IncidentId Id => About.Incident!.Value;
    public ManualClock Clock { get; }
    public InMemoryLedger Ledger { get; }
    public TenantStates States { get; }
    public string Title { get; init; } = "Disk C: on SRV-FILE01 is almost full";
    public string Device { get; init; } = "SRV-FILE01";
    public string Summary { get; init; } = "Free space on C: of SRV-FILE01 by removing temporary files.";

    /// <summary>What every person in it is called; null for their own names.</summary>
    public string? Called { get; init; }
    public Plan Plan { get; init; } = new([CleanUp()]);
    public string Seal => Seals.GetValueOrDefault(About, new string('a', 64));
    private Dictionary<ProposalSubject, string> Seals { get; } = [];

    public static PlanStep CleanUp(string name = "SRV-FILE01") => new(
        $"Clean up temporary files on C:", "disk.cleanup", new("contoso-sandbox", "device", "d-17", name, Contoso.Name),
        new Dictionary<string, string> { ["volume"] = "C", ["categories"] = "temp,updates" },
        $"Invoke-DiskCleanup -ComputerName {name} -Volume C -Categories temp,updates", ["categories"],
        [new("disk.C.freePercent", "<", "15")], [new("disk.C.freePercent", ">=", "15")], "disk.restore");

    public async Task<TenantState> StateAsync() => await States.GetAsync(Tenant.Id, CancellationToken.None);

    public async Task<Incident> IncidentAsync() => (await StateAsync()).Find(Id)!;

    public IncidentScript Opened(int events = 1, IncidentScope scope = IncidentScope.One)
    {
        Received(events);
        return Append(StreamId.Incident(Id),
            new IncidentOpened(Id, Title, Severity.Warning, "DiskSpaceLow", Device, scope, "diskspacelow|" + Device, "diskspacelow",
                "E-1" + Id), Actor.Service("incidents"));
    }

    /// <summary>The events name a user.</summary>
    public bool AboutUser { get; init; }

    public IncidentScript Received(int events = 1, Func<int, string>? device = null)
    {
        for (var i = 1; i <= events; i++)
        {
            var on = device?.Invoke(i) ?? Device;
            Append(
                StreamId.Event($"E-{i}{Id}"),
                new EventReceived(
                    $"E-{i}{Id}", "contoso-alertmanager", $"s-{i}{Id}", EventStatus.Firing, Severity.Warning, "DiskSpaceLow", on, Title,
                    "Only 6 % of C: is free.", $"a-{i}{Id}", "diskspacelow|" + Device, "diskspacelow", Clock.GetUtcNow(), false,
                    new Dictionary<string, string>(), AboutUser ? true : null),
                Actor.Connection("contoso-alertmanager"));
        }
        return this;
    }

    public IncidentScript Drafted(int revision = 1, string? problem = null, Plan? plan = null, Risk risk = Risk.Low,
        string? targetKind = null) =>
        Append(
        StreamId.Proposal(About),
        new RecommendationDrafted(
            About, revision, "runbook disk-space v3", Summary,
            "C: has 6 % free and fills by 2 % a day. Temporary files and update leftovers take 18 GB.",
            [new("Only 6 % of C: is free.", 1), new("SRV-FILE01: free space on C: 6 %", null)], plan ?? Plan, risk, problem,
            new Dictionary<string, string> { ["SRV-FILE01 disk.C.freePercent"] = "6" }, Simulated: true, targetKind),
        Bot);

    public IncidentScript Staged(
        GateLevel level = GateLevel.L2, int revision = 1, bool review = false, Plan? plan = null, ProposalKind kind = ProposalKind.Remedy,
        int approvals = 1, BreakGlass? glass = null)
    {
        Seals[About] = new string((char)('a' + revision - 1), 64);
        return Append(
            StreamId.Proposal(About),
            new ProposalStaged(
                About, revision, kind, Bot, level == GateLevel.L3 ? Plan.Empty : plan ?? Plan,
                new Dictionary<string, string> { ["SRV-FILE01 disk.C.freePercent"] = "6" },
                new(level, ["disk.cleanup is partly reversible on one device: at least L2", "operations policy raises changes to L2"],
                    Role.Approver, approvals, true, Clock.GetUtcNow().AddHours(4), Clock.GetUtcNow().AddHours(1), Role.Manager,
                    "operations-1") { BreakGlass = glass },
                review, Seals[About], new string('0', 32)),
            Actor.Service("gates"));
    }

    public IncidentScript Decided(DecisionKind kind, Person? by = null, string? reason = null, bool complete = true,
        DateTimeOffset? until = null,
        int revision = 1, Person? inTheNameOf = null) => Append(
        StreamId.Proposal(About), new ProposalDecided(About, revision, kind, Seal, reason, null, until, complete)
            { InTheNameOf = inTheNameOf is null ? null : Named(inTheNameOf.AsActor()) }, (by ?? Ravi).AsActor());

    public IncidentScript GlassBroken(Person by, int owed = 2) => Append(
        StreamId.Proposal(About),
        new ProposalDecided(About, 1, DecisionKind.Approve, Seal, "The shop is closed until it runs.", null, null, true)
            { Owed = new(owed, Clock.GetUtcNow().AddHours(24)) }, by.AsActor());

    public IncidentScript GlassReviewed(Person by, bool confirms = true, string? reason = null, bool complete = false) =>
        Append(StreamId.Proposal(About), new BreakGlassReviewed(About, 1, confirms, reason, complete), by.AsActor());

    public IncidentScript Absent(Person who, Person? deputy) => Append(
        StreamId.Access,
        new AbsenceSet(who.ObjectId.Value, Called ?? who.Name, Start, Start.AddDays(3), deputy?.ObjectId.Value,
            deputy is null ? null : Called ?? deputy.Name, "Skiing"), who.AsActor());

    public IncidentScript Closed(string reason) =>
        Append(StreamId.Incident(Id), new IncidentClosed(Id, reason), Actor.Service("incidents"));

    public IncidentScript Started() => Append(
        StreamId.Proposal(About), new ExecutionStarted(About, 1, About.Text + "-x1", Seal, "here", Clock.GetUtcNow().AddMinutes(5)),
        Actor.Service("execution"));

    public IncidentScript Step(StepOutcome outcome = StepOutcome.Applied, int step = 0, bool rollback = false,
        string detail = "18.2 GB removed") =>
        Append(
        StreamId.Proposal(About), new StepFinished(About, About.Text + "-x1", step, rollback, $"{About.Text}-x1-{step}", outcome, detail),
            Actor.Service("execution"));

    public IncidentScript Finished(ExecutionOutcome outcome = ExecutionOutcome.Verified, bool rolledBack = false) => Append(
        StreamId.Proposal(About),
        new ExecutionFinished(
            About, About.Text + "-x1", outcome, outcome == ExecutionOutcome.Verified ? "C: has 24 % free." : "The vendor said no.",
            [new("SRV-FILE01 disk.C.freePercent", "6", outcome == ExecutionOutcome.Verified ? "24" : "7")], rolledBack,
            outcome == ExecutionOutcome.Verified ? Clock.GetUtcNow().AddHours(2) : null),
        Actor.Service("execution"));

    public IncidentScript Redraft(int revision = 1) => Append(StreamId.Proposal(About), new RedraftRequested(About, revision), Dana.AsActor());

    public IncidentScript UndoRun(ExecutionOutcome? outcome)
    {
        Append(StreamId.Proposal(About), new UndoStarted(About, 2, About.Text + "-u1", Seal, "here", Clock.GetUtcNow().AddMinutes(5)),
            Actor.Service("execution"));
        return outcome is null
            ? this
            : Append(StreamId.Proposal(About),
                new UndoFinished(About, About.Text + "-u1", outcome.Value, "Files are back.", [new("SRV-FILE01 disk.C.freePercent", "24", "6")]),
                Actor.Service("execution"));
    }

    /// <summary>Open again after the undo, and what the bot asks then.</summary>
    public IncidentScript TakenBack() => Append(StreamId.Incident(Id), new IncidentReopened(Id), Actor.Service("execution"))
        .Append(
            StreamId.Proposal(About),
            new RecommendationDrafted(
                About, 3, RecommendationDrafted.AfterUndo, "Taken back; the alert still fires: nothing has been done about it.",
                "Done, verified and then taken back: Clean up.", [], DevOpsAI.Connections.Plans.Plan.Empty, Risk.Low,
                "What was done was taken back: a person chooses what happens instead.", new Dictionary<string, string>(), true),
            Bot)
        .Staged(GateLevel.L3, revision: 3);

    /// <summary>The alert ends by itself, and after a time fires again.</summary>
    public IncidentScript Flapped(int times = 1, int revision = 1, double minutes = 8)
    {
        for (var round = 1; round <= times; round++)
        {
            Said(EventStatus.Resolved, $"r{revision}-{round}");
            Closed(ClosedReasons.Resolved);
            Append(StreamId.Proposal(About), new ProposalWithdrawn(About, revision, "The alert resolved by itself."), Actor.Service("incidents"));
            Clock.Advance(TimeSpan.FromMinutes(minutes));
            Said(EventStatus.Firing, $"f{revision}-{round}");
            Append(StreamId.Incident(Id), new IncidentReopened(Id) { EventId = $"E-f{revision}-{round}{Id}" }, Actor.Service("incidents"));
        }
        return this;
    }

    /// <summary>Another alert of the incident begins.</summary>
    public IncidentScript AlsoFires(string alert, string title)
    {
        Append(
            StreamId.Event($"E-{alert}{Id}"),
            new EventReceived(
                $"E-{alert}{Id}", "contoso-alertmanager", $"s-{alert}{Id}", EventStatus.Firing, Severity.Warning, "DiskSpaceLow", Device,
                title, null, $"{alert}{Id}", "diskspacelow|" + Device, "diskspacelow", Clock.GetUtcNow(), false,
                new Dictionary<string, string>()),
            Actor.Connection("contoso-alertmanager"));
        return this;
    }

    private void Said(EventStatus status, string number) => Append(
        StreamId.Event($"E-{number}{Id}"),
        new EventReceived(
            $"E-{number}{Id}", "contoso-alertmanager", $"s-{number}{Id}", status, Severity.Warning, "DiskSpaceLow", Device, Title,
            "Only 6 % of C: is free.", $"a-1{Id}", "diskspacelow|" + Device, "diskspacelow", Clock.GetUtcNow(), false,
            new Dictionary<string, string>()),
        Actor.Connection("contoso-alertmanager"));

    public IncidentScript Linked(ChannelRef? channel = null, bool escalation = false) =>
        Append(StreamId.Channels, new ChannelLinked(channel ?? Channel, escalation), Dana.AsActor());

    public IncidentScript Unlinked() => Append(StreamId.Channels, new ChannelUnlinked(Channel.ConversationId, "asked"), Dana.AsActor());

    /// <summary>The same alert on the same device, so many days before, and how it ended at once.</summary>
    public IncidentScript Earlier(IncidentId id, int daysAgo, string reason)
    {
        Clock.SetUtcNow(Start.AddDays(-daysAgo));
        Append(
            StreamId.Incident(id),
            new IncidentOpened(id, Title, Severity.Warning, "DiskSpaceLow", Device, IncidentScope.One, "diskspacelow|" + Device,
                "diskspacelow", "E-" + id), Actor.Service("incidents"));
        Append(StreamId.Incident(id), new IncidentClosed(id, reason), Actor.Service("incidents"));
        Clock.SetUtcNow(Start);
        return this;
    }

    /// <summary>Drafted with another sentence and plan.</summary>
    public IncidentScript Told(string summary, Plan plan, string? problem = null) => Append(
        StreamId.Proposal(About),
        new RecommendationDrafted(
            About, 1, "runbook out-of-band-change v1", summary, "The vendor's log shows it, and no decision on record allows it.",
            [new("The vendor's log says so.", 1)], plan, Risk.High, problem, new Dictionary<string, string>(), Simulated: true),
        Bot);

    private Actor Named(Actor actor) => Called is { } name && actor.Kind == ActorKind.Person ? actor with { Name = name } : actor;

    public IncidentScript Append(StreamId stream, Fact fact, Actor actor)
    {
        var appended = Ledger.AppendAsync(
            Tenant.Id, [], [new(stream, Named(actor), CorrelationId.Parse("c0ffee00c0ffee00c0ffee00c0ffee00"), fact)],
            CancellationToken.None);
        appended.IsCompletedSuccessfully.ShouldBeTrue();
        return this;
    }
}

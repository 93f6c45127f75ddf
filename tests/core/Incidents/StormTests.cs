using System.Diagnostics;
using DevOpsAI.Connections;
using DevOpsAI.Incidents;
using DevOpsAI.Ledger;
using DevOpsAI.Tenancy;
using DevOpsAI.Tests.Support;
using FsCheck;
using FsCheck.Fluent;

namespace DevOpsAI.Tests.Core.Incidents;

public sealed class StormTests
{
    [Fact]
    public async Task The_sixth_device_with_one_cause_within_a_minute_makes_one_incident_of_the_rest()
    {
        using var world = new IntakeWorld();
        for (var device = 0; device < 30; device++)
        {
            await world.ReceiveAsync(AnEvent.Firing("Disk", $"srv{device}"));
            await world.FollowAsync();
        }
        var storm = world.State.Incidents.Values.Single(incident => incident.Opened.Scope == IncidentScope.Cause);
        world.State.Incidents.Count.ShouldBe(6);
        (storm.Id, storm.EventCount, storm.Opened.Device, storm.Devices.Count).ShouldBe((Con(1006), 25, null, 25));
        world.State.Intake.ShouldBe(new(30, 6, 24, 0));
    }

    [Fact]
    public async Task Twenty_incidents_within_a_minute_make_the_next_gather_everything()
    {
        using var world = new IntakeWorld();
        for (var kind = 0; kind < 40; kind++)
        {
            await world.ReceiveAsync(AnEvent.Firing($"Kind{kind}", "srv"));
            await world.FollowAsync();
        }
        world.State.Incidents.Count.ShouldBe(21);
        world.State.Find(Con(1021))!.Opened.Scope.ShouldBe(IncidentScope.Tenant);
        world.State.Find(Con(1021))!.EventCount.ShouldBe(20);
    }

    [Fact]
    public async Task In_a_storm_of_the_client_plans_security_and_people_keep_incidents_of_their_own()
    {
        using var world = new IntakeWorld();
        await StormAsync(world);
        await SayAsync(world, AnEvent.Firing("KnownDisk", "srv1"), AnEvent.Firing("MalwareFound", "ws1"),
            AnEvent.Firing("OddMailbox", "anna@contoso.com") with { AboutUser = true });
        await SayAsync(world, AnEvent.Firing("ProbeFailed", "web1"));
        var storm = world.State.Incidents.Values.Single(static incident => incident.Opened.Scope == IncidentScope.Tenant);
        storm.EventCount.ShouldBe(2);
        var own = world.State.Incidents.Values.Where(incident => incident.OpenedSeq > storm.OpenedSeq).ToList();
        own.Select(static incident => incident.Opened.Kind).Order().ShouldBe(["KnownDisk", "MalwareFound", "OddMailbox"]);
        own.ShouldAllBe(static incident => incident.Opened.Scope == IncidentScope.One);
        own.Count(static incident => incident.IsApart).ShouldBe(2);
        IncidentsFollowerTests.Balanced(world.State);
    }

    [Fact]
    public async Task What_is_worse_than_a_storm_is_not_in_it_until_it_is_a_storm_itself()
    {
        using var world = new IntakeWorld();
        await StormAsync(world, Severity.Warning);
        for (var kind = 0; kind < 22; kind++)
            await SayAsync(world, AnEvent.Firing($"Error{kind}", "srv", severity: Severity.Error));
        await SayAsync(world, AnEvent.Firing("Meltdown", "srv", severity: Severity.Critical));
        await SayAsync(world, AnEvent.Firing("LateWarning", "srv", severity: Severity.Warning));
        var storms = world.State.Incidents.Values.Where(static incident => incident.Opened.Scope == IncidentScope.Tenant)
            .OrderBy(static incident => incident.OpenedSeq).ToList();
        storms.Select(static storm => (storm.Opened.GathersUpTo, storm.EventCount)).ShouldBe([(Severity.Warning, 2), (Severity.Error, 2)]);
        world.State.Incidents.Values.Single(static incident => incident.Opened.Kind == "Meltdown").Opened.Scope.ShouldBe(IncidentScope.One);
        IncidentsFollowerTests.Balanced(world.State);
    }

    [Fact]
    public async Task A_storm_that_was_quiet_gathers_no_more_and_ends_with_the_alerts_it_holds()
    {
        using var world = new IntakeWorld();
        await StormAsync(world);
        await SayAsync(world, AnEvent.Firing("Held", "srv"));
        world.Clock.Advance(TimeSpan.FromMinutes(15));
        await SayAsync(world, AnEvent.Firing("JustInTime", "srv"));
        world.Clock.Advance(TimeSpan.FromMinutes(17));
        await SayAsync(world, AnEvent.Firing("Later", "srv"));
        await SayAsync(world, AnEvent.Firing("Held", "srv", "said again"));
        var storm = world.State.Incidents.Values.Single(static incident => incident.Opened.Scope == IncidentScope.Tenant);
        storm.EventCount.ShouldBe(4);
        world.State.Incidents.Values.Single(static incident => incident.Opened.Kind == "Later").Opened.Scope.ShouldBe(IncidentScope.One);
        await SayAsync(
            world, [.. storm.RecentEvents.Select(static recent => recent.Event).Select(static one => AnEvent.Resolved(one.Kind, "srv"))]);
        world.State.Find(storm.Id)!.IsOpen.ShouldBeFalse();
        IncidentsFollowerTests.Balanced(world.State);
    }

    [Theory]
    [InlineData("InstanceDown", 8, 1)]
    [InlineData("KnownDisk", 8, 1)]
    [InlineData("InstanceDown", 4, 4)]
    [InlineData("MalwareFound", 8, 8)]
    public async Task Alerts_of_one_cause_in_one_delivery_are_one_incident_from_the_start(string kind, int alerts, int incidents)
    {
        using var world = new IntakeWorld();
        await world.Mediator.Send(
            new ReceiveEvents(IntakeWorld.Contoso, "contoso-alertmanager", false,
                [.. Enumerable.Range(0, alerts).Select(index => AnEvent.Firing(kind, $"srv{index}"))], CorrelationId.Parse("c"), "5ba2"),
            TestContext.Current.CancellationToken);
        await world.FollowAsync();
        world.State.Incidents.Count.ShouldBe(incidents);
        world.State.Incidents.Values.Sum(static incident => incident.Devices.Count).ShouldBe(alerts);
        world.State.Intake.ShouldBe(new(alerts, incidents, alerts - incidents, 0));
    }

    [Fact]
    public async Task A_storm_says_what_it_gathers_by_kind_and_device_the_worst_first()
    {
        using var world = new IntakeWorld();
        await StormAsync(world);
        await SayAsync(world, AnEvent.Firing("Probe", "web1", severity: Severity.Warning),
            AnEvent.Firing("Probe", "web1", severity: Severity.Error, alert: "p2"),
            AnEvent.Firing("Probe", "web2", severity: Severity.Warning));
        await SayAsync(world, AnEvent.Resolved("Probe", "web2"));
        var storm = world.State.Incidents.Values.Single(static incident => incident.Opened.Scope == IncidentScope.Tenant);
        storm.Parts.WorstFirst.Where(static part => part.Kind == "Probe").ShouldBe(
            [new("Probe", "web1", false, Severity.Error, 2, 2, false), new("Probe", "web2", false, Severity.Warning, 2, 0, false)]);
        storm.Parts.ByKey.Values.Sum(static part => part.Events).ShouldBe(storm.EventCount);
    }

    [Fact]
    public void A_storm_of_a_ledger_of_before_gathers_as_it_did()
    {
        var state = new TenantState(IntakeWorld.Contoso, CoreFeatures.Catalog);
        var first = ReceivedEvent("K1", "d1", "a1");
        state = Apply(state, StreamId.Event(first.EventId), first);
        state = Apply(state, StreamId.Incident(Con(1001)), StormPolicy.Open(Con(1001), first, IncidentScope.Tenant));
        var malware = ReceivedEvent("MalwareFound", "d2", "a2") with { Severity = Severity.Critical };
        state = Apply(state, StreamId.Event(malware.EventId), malware);
        state.Find(Con(1001))!.EventCount.ShouldBe(2);
        state.Unattached.Count.ShouldBe(0);
    }

    [Theory]
    [InlineData("MalwareFound")]
    [InlineData("RansomwareActivityDetected")]
    [InlineData("Risky sign-in")]
    [InlineData("SuspiciousSignIn")]
    [InlineData("ImpossibleTravel")]
    [InlineData("BruteForceAttack")]
    [InlineData("EDRAlert")]
    [InlineData("wazuh_rule_5710")]
    [InlineData("Unfamiliar sign-in properties")]
    [InlineData("PrivilegeEscalationDetected")]
    [InlineData("DefenderThreatDetected")]
    [InlineData("possible_data_exfiltration")]
    [InlineData("AccountLockedOut")]
    [InlineData("Kerberoasting")]
    [InlineData("DCSync")]
    [InlineData("LsassDump")]
    [InlineData("NewGlobalAdmin")]
    [InlineData("PortScanDetected")]
    [InlineData("HoneytokenUsed")]
    [InlineData("Virenfund")]
    [InlineData("Ransomwareverdacht")]
    [InlineData("Alert", "title", "Password spray against 12 accounts")]
    [InlineData("Alert", "title", "Golden ticket")]
    [InlineData("Alert", "title", "Golden tickets on DC01")]
    [InlineData("Alert", "title", "Shadow copies deleted")]
    [InlineData("Alert", "title", "New global admin: eva")]
    [InlineData("Alert", "title", "Pass-the-hash from PC7")]
    [InlineData("Alert", "title", "Huntress: persistent foothold")]
    [InlineData("Alert", "title", "ClamAV FOUND")]
    [InlineData("Alert", "title", "Failed password for root from 203.0.113.9")]
    [InlineData("Alert", "title", "Logiciel malveillant détecté")]
    [InlineData("Alert", "title", "Acces non autorise")]
    [InlineData("Alert", "title", "Inicio de sesión sospechoso")]
    [InlineData("Alert", "title", "Verdächtige Anmeldung")]
    [InlineData("Alert", "title", "Hackerangriff auf DC01")]
    [InlineData("Alert", "title", "Обнаружен вирус")]
    [InlineData("Alert", "title", "srv1でマルウェアを検出しました")]
    [InlineData("Alert", "title", "发现恶意软件")]
    [InlineData("Rule102", "vendor", "Huntress")]
    [InlineData("Incident", "ce.type", "com.microsoft.defender.incident.created")]
    [InlineData("Incident", "ce.source", "/crowdstrike/falcon/eu-1")]
    [InlineData("Rule100", "category", "Security")]
    [InlineData("Rule101", "mitre_technique", "T1110")]
    public void Alerts_about_security_are_known_by_their_words(string kind, string? where = null, string? what = null) =>
        SecurityAlerts.Is(
            kind, where == "title" ? what! : "", where is null or "title" ? new Dictionary<string, string>() : new() { [where] = what! })
            .ShouldBeTrue();

    [Theory]
    [InlineData("InstanceDown")]
    [InlineData("HostHighCpuLoad")]
    [InlineData("KubePodCrashLooping")]
    [InlineData("DiskSpaceLow")]
    [InlineData("CertificateExpiring")]
    [InlineData("BackupFailed")]
    [InlineData("PrometheusTargetMissing")]
    [InlineData("MysqlDown")]
    [InlineData("UpsOnBattery")]
    [InlineData("Windows Server service Status")]
    [InlineData("ClockSkewDetected")]
    [InlineData("SicherheitskopieFehlgeschlagen")]
    [InlineData("SuspendedPool")]
    [InlineData("ThreadsBlocked")]
    [InlineData("KubeCanaryDeploymentStuck")]
    [InlineData("HBaseHighMasterAuthFailRate")]
    [InlineData("RedisMissingIds")]
    [InlineData("\ud800")]
    public void Others_are_not(string kind) =>
        SecurityAlerts.Is(kind, $"{kind} on srv1", new Dictionary<string, string> { ["severity"] = "critical", ["team"] = "platform" })
            .ShouldBeFalse();

    [Fact]
    public async Task Incidents_that_open_slowly_or_were_closed_are_no_storm()
    {
        using var world = new IntakeWorld();
        for (var device = 0; device < 10; device++)
        {
            await world.ReceiveAsync(AnEvent.Firing("Slow", $"srv{device}"));
            await world.FollowAsync();
            world.Clock.Advance(TimeSpan.FromSeconds(20));
        }
        for (var device = 0; device < 10; device++)
        {
            await world.ReceiveAsync(AnEvent.Firing("Flapping", $"srv{device}"));
            await world.FollowAsync();
            await world.ReceiveAsync(AnEvent.Resolved("Flapping", $"srv{device}"));
            await world.FollowAsync();
        }
        world.State.Incidents.Values.ShouldAllBe(incident => incident.Opened.Scope == IncidentScope.One);
        world.State.Incidents.Count.ShouldBe(20);
    }

    [Fact]
    public async Task Ten_thousand_alerts_before_anyone_looks_are_all_accounted_for()
    {
        using var world = new IntakeWorld();
        foreach (var batch in Enumerable.Range(0, 10_000).Chunk(500))
            await world.ReceiveAsync([.. batch.Select(index => AnEvent.Firing($"Kind{index % 50}", $"srv{index}"))]);
        var watch = Stopwatch.StartNew();
        world.State.Unattached.Count.ShouldBe(10_000);
        await world.FollowAsync();

        world.State.Unattached.Count.ShouldBe(0);
        world.State.Intake.ShouldBe(new(10_000, world.State.Incidents.Count, 10_000 - world.State.Incidents.Count, 0));
        world.State.Incidents.Count.ShouldBeLessThanOrEqualTo(21);
        world.State.Incidents.Values.Max(incident => incident.RecentEvents.Length).ShouldBeLessThanOrEqualTo(20);
        watch.Elapsed.ShouldBeLessThan(Hang.Limit);
    }

    [Fact]
    public void Ten_thousand_open_incidents_keep_the_fold_cheap()
    {
        var state = new TenantState(IntakeWorld.Contoso, CoreFeatures.Catalog);
        var watch = Stopwatch.StartNew();
        for (var number = 0; number < 10_000; number++)
        {
            var received = ReceivedEvent($"K{number}", $"d{number}", $"a{number}");
            state = Apply(state, StreamId.Event(received.EventId), received);
            state = Apply(state, StreamId.Incident(Con(1001 + number)),
                StormPolicy.Open(Con(1001 + number), received, IncidentScope.One));
        }
        for (var number = 0; number < 10_000; number++)
            state = Apply(state, StreamId.Event($"R{number}"), ReceivedEvent($"W{number}", "d", $"w{number}"));
        for (var number = 0; number < 10_000; number++)
            state = Apply(state, StreamId.Event($"X{number}"),
                ReceivedEvent($"W{number}", "d", $"w{number}") with { EventId = $"X{number}", Status = EventStatus.Resolved });
        state.Incidents.Count.ShouldBe(10_000);
        state.Unattached.Count.ShouldBe(0);
        IncidentsFollowerTests.Balanced(state);
        watch.Elapsed.ShouldBeLessThan(Hang.Limit);
    }

    /// <summary>
    /// Whatever happens in whatever order, with subscriptions late or early: in = shown + folded + digested + waiting, and nothing waits
    /// that has an incident to go to.
    /// </summary>
    [Fact]
    public void Nothing_is_lost_or_counted_twice_in_any_sequence() =>
        Prop.ForAll(Gen.Choose(0, 10_000).ArrayOf(60).ToArbitrary(), steps => PlayAsync(steps).GetAwaiter().GetResult())
            .Check(Config.QuickThrowOnFailure.WithMaxTest(150));

    /// <summary>Twenty different alerts, and the one more that makes it a storm.</summary>
    private static async Task StormAsync(IntakeWorld world, Severity severity = Severity.Error)
    {
        for (var kind = 0; kind < 21; kind++)
            await SayAsync(world, AnEvent.Firing($"Kind{kind}", "srv", severity: severity));
        world.State.Incidents.Values.Count(static incident => incident.Opened.Scope == IncidentScope.Tenant).ShouldBe(1);
    }

    private static async Task SayAsync(IntakeWorld world, params ConnectorEvent[] events)
    {
        await world.ReceiveAsync(events);
        await world.FollowAsync();
    }

    private static async Task PlayAsync(int[] steps)
    {
        using var world = new IntakeWorld();
        foreach (var step in steps)
        {
            var (kind, device) = (step / 10 % 4 == 3 ? "KnownKind" : $"Kind{step / 10 % 4}", $"srv{step / 40 % 6}");
            await ((step % 10) switch
            {
                0 or 1 or 2 => world.ReceiveAsync(AnEvent.Firing(kind, device)),
                3 => world.ReceiveAsync(AnEvent.Firing(kind, device, severity: Severity.Info)),
                4 or 5 => world.ReceiveAsync(AnEvent.Resolved(kind, device)),
                6 => CloseOneAsync(world, step, "rejected"),
                7 => CloseOneAsync(world, step, ClosedReasons.Resolved),
                8 when step % 3 == 0 => ReturnLateAsync(world, step),
                8 => OpenLateAsync(world, step),
                _ => world.FollowAsync(),
            });
            IncidentsFollowerTests.Balanced(world.State);
        }
        await world.FollowAsync();
        IncidentsFollowerTests.Balanced(world.State);
        world.State.Unattached.Count.ShouldBe(0);
        world.State.Incidents.Values.Where(incident => incident.IsOpen && incident.FiringAlerts.IsEmpty).ShouldBeEmpty();
    }

    private static async Task CloseOneAsync(IntakeWorld world, int step, string reason)
    {
        var open = world.State.Incidents.Values.Where(incident => incident.IsOpen).OrderBy(incident => incident.Id).ToList();
        if (open.Count > 0)
            await world.AppendAsync(StreamId.Incident(open[step % open.Count].Id), new IncidentClosed(open[step % open.Count].Id, reason));
    }

    /// <summary>As another instance does that has not seen the last entries.</summary>
    private static async Task OpenLateAsync(IntakeWorld world, int step)
    {
        var events = world.Ledger.Facts<EventReceived>(IntakeWorld.Contoso);
        if (events.Count == 0 || world.State.OpenIncidentFor(events[^1], world.Clock.GetUtcNow()) is not null)
            return;
        var id = Con(world.State.LastIncidentNumber + 1);
        await world.AppendAsync(StreamId.Incident(id), StormPolicy.Open(id, events[^1], (IncidentScope)(step / 10 % 3)));
    }

    private static async Task ReturnLateAsync(IntakeWorld world, int step)
    {
        var closed = world.State.Incidents.Values.Where(incident => !incident.IsOpen).OrderBy(incident => incident.Id).ToList();
        if (closed.Count > 0)
            await world.AppendAsync(StreamId.Incident(closed[step % closed.Count].Id),
                new IncidentReopened(closed[step % closed.Count].Id) { EventId = "E-late" });
    }

    private static TenantState Apply(TenantState state, StreamId stream, Fact fact) => state.Apply(new(
        IntakeWorld.Contoso, state.Seq + 1, DateTimeOffset.UnixEpoch, CoreFeatures.Catalog.GetName(fact), stream, 1, Actor.Service(
            "t"), CorrelationId.Parse("c"),
        null, fact, default));

    private static EventReceived ReceivedEvent(string kind, string device, string alert) => new(
        $"E-{kind}-{device}", "c", "s", EventStatus.Firing, Severity.Error, kind, device, "t", null, alert,
        EventKeys.Correlation(kind, device), EventKeys.Cause(kind), DateTimeOffset.UnixEpoch, false, new Dictionary<string, string>());
}

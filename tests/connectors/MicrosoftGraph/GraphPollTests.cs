using System.Text.Json.Nodes;
using DevOpsAI.Completeness;
using DevOpsAI.Connections;
using DevOpsAI.Connectors.MicrosoftGraph;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Support;
using Microsoft.Extensions.DependencyInjection;

namespace DevOpsAI.Tests.Connectors.MicrosoftGraph;

/// <summary>What Graph sends no notifications of is read; what it shows becomes events, each once.</summary>
public sealed class GraphPollTests : IAsyncLifetime
{
    private readonly ManualClock clock = new(new(2026, 8, 20, 13, 0, 0, TimeSpan.Zero));
    private GraphHost host = null!;

    private JsonObject Alert => host.World.All[(GraphHost.ContosoId, "alerts_v2")][0];

    private JsonObject Issue => host.World.All[(GraphHost.ContosoId, "issues")][0];

    public async ValueTask InitializeAsync() => host = await GraphHost.StartAsync(clock);

    public async ValueTask DisposeAsync() => await host.DisposeAsync();

    [Fact]
    public async Task An_alert_of_Defender_becomes_an_event()
    {
        await ReadAsync("alerts");
        Snapshot(host.Recorded.All.ShouldHaveSingleItem()).ShouldBe("""
            alert/da637551227677560813_-961444813/firing of alert/da637551227677560813_-961444813
            Firing Error Suspicious PowerShell command line
            about device nd-pc-014.northwinddental.example
            Suspicious PowerShell command line on nd-pc-014
            A suspicious PowerShell command line was run on a device.
            at 2026-08-20T12:19:27.7211305Z since 2026-08-20T12:19:27.7211305Z
            alertId = da637551227677560813_-961444813
            devices = nd-pc-014.northwinddental.example
            incidentId = 28282
            mitreTechniques = T1059.001
            recommendedActions = 1. Check the parent process.
            severity = medium
            status = New
            tactic = Execution
            url = https://security.microsoft.com/alerts/da637551227677560813_-961444813?tid=84841066-274d-4ec0-a5c1-276be684bdd3
            users = mia.okafor@northwinddental.example
            vendor = Microsoft Defender for Endpoint
            """);
        host.Calls.ShouldHaveSingleItem().Query["$filter"].ShouldBe("lastUpdateDateTime ge 2026-08-20T12:00:00Z");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task An_incident_of_Defender_becomes_an_event_about_what_its_alerts_are_about()
    {
        await ReadAsync("incidents");
        Snapshot(host.Recorded.All.ShouldHaveSingleItem()).ShouldBe("""
            incident/28282/firing of incident/28282
            Firing Error Multi-stage incident on one endpoint
            about device nd-pc-014.northwinddental.example
            Multi-stage incident on one endpoint on nd-pc-014

            at 2026-08-20T12:19:27Z since 2026-08-20T12:19:27Z
            alerts = Suspicious PowerShell command line
            devices = nd-pc-014.northwinddental.example
            incidentId = 28282
            severity = medium
            status = Active
            tactic = Execution
            url = https://security.microsoft.com/incidents/28282?tid=84841066-274d-4ec0-a5c1-276be684bdd3
            users = mia.okafor@northwinddental.example
            vendor = Microsoft Defender
            """);
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_disturbance_of_a_service_becomes_an_event_and_its_end_another()
    {
        await ReadAsync("health");
        Snapshot(host.Recorded.All.ShouldHaveSingleItem()).ShouldBe("""
            issue/EX226792/firing of issue/EX226792
            Firing Warning ServiceHealthIssue
            about nothing that it names
            Exchange Online: Some users see delays in mail delivery
            Mail may arrive late.
            Title: Mail delays
            Next update by: 20 August 2026 13:00 UTC
            at 2026-08-20T06:00:00Z since 2026-08-20T06:00:00Z
            classification = incident
            feature = E-Mail timely delivery
            featureGroup = E-Mail and calendar access
            issueId = EX226792
            service = Exchange Online
            status = ServiceDegradation
            url = https://admin.microsoft.com/#/servicehealth/:/alerts/EX226792
            """);
        (Issue["isResolved"], Issue["endDateTime"]) = (true, "2026-08-20T14:00:00Z");
        await ReadAsync("health");
        await ReadAsync("health");
        host.Recorded.All.Select(static one => one.Status).ShouldBe([EventStatus.Firing, EventStatus.Resolved]);
        host.Recorded.All[1].OccurredAt.ShouldBe(new(2026, 8, 20, 14, 0, 0, TimeSpan.Zero));
        host.Calls.Select(static one => one.Path[one.Path.LastIndexOf('/')..]).ShouldBe(["/issues", "/issues", "/EX226792", "/issues"]);
        host.Calls.First().Query["$filter"].ShouldBe("isResolved eq false");
        host.Vendor.MustHaveBeenAccepted();
    }

    [Fact]
    public async Task A_user_at_risk_becomes_an_event_about_the_user()
    {
        await ReadAsync("risky-users");
        Snapshot(host.Recorded.All.ShouldHaveSingleItem()).ShouldBe("""
            risky-user/87d349ed-44d7-43e1-9a83-5f2406dee5bd/2026-08-20T12:00:00Z/firing of risky-user/87d349ed-44d7-43e1-9a83-5f2406dee5bd
            Firing Critical RiskyUser
            about user mia.okafor@northwinddental.example
            mia.okafor@northwinddental.example is at high risk

            at 2026-08-20T12:00:00Z since nothing that it says
            riskDetail = None
            riskLevel = high
            riskState = AtRisk
            userId = 87d349ed-44d7-43e1-9a83-5f2406dee5bd
            vendor = Entra ID Protection
            """);
    }

    [Fact]
    public async Task What_was_read_is_told_once_its_end_too_and_what_comes_back_is_news()
    {
        await ReadAsync("alerts");
        await ReadAsync("alerts");
        host.Recorded.Sent.ShouldBe(1);
        (Alert["status"], Alert["lastUpdateDateTime"], Alert["resolvedDateTime"]) = ("resolved", "2026-08-20T12:58:00Z", "2026-08-20T12:57:00Z");
        await ReadAsync("alerts");
        (host.Recorded.All[1].Status, host.Recorded.All[1].AlertKey).ShouldBe((EventStatus.Resolved, host.Recorded.All[0].AlertKey));
        host.Recorded.All[1].OccurredAt.ShouldBe(new(2026, 8, 20, 12, 57, 0, TimeSpan.Zero));
        (Alert["status"], Alert["lastUpdateDateTime"]) = ("new", "2026-08-20T12:59:00Z");
        await ReadAsync("alerts");
        host.Recorded.Sent.ShouldBe(3, "whether it is news is the ledger's to say");
    }

    [Fact]
    public async Task It_is_read_on_from_the_latest_change_also_after_a_restart()
    {
        await ReadAsync("alerts");
        await ReadAsync("alerts");
        await using var another = await GraphHost.StartAsync(clock, host.Documents);
        await another.Services.GetRequiredService<GraphPoll>().ReadAsync(
            another.Connect("contoso", GraphHost.ContosoId, ("Watch", "alerts")), GraphHost.Token);
        host.Calls.Last().Query["$filter"].ShouldBe("lastUpdateDateTime ge 2026-08-20T12:20:41Z");
        another.Calls.ShouldHaveSingleItem().Query["$filter"].ShouldBe("lastUpdateDateTime ge 2026-08-20T12:20:41Z");
    }

    [Theory]
    [InlineData("informational", Severity.Info)]
    [InlineData("low", Severity.Warning)]
    [InlineData("high", Severity.Critical)]
    [InlineData("unknownFutureValue", Severity.Warning)]
    [InlineData("catastrophic", Severity.Warning)]
    [InlineData(null, Severity.Warning)]
    public async Task A_severity_is_told_in_our_words_and_one_that_nobody_knows_is_a_warning(string? theirs, Severity ours)
    {
        Alert["severity"] = theirs;
        await ReadAsync("alerts");
        host.Recorded.All.ShouldHaveSingleItem().Severity.ShouldBe(ours);
    }

    [Fact]
    public async Task An_alert_of_new_kinds_and_without_most_of_its_members_is_still_one()
    {
        Alert["evidence"] = new JsonArray(new JsonObject { ["@odata.type"] = "#microsoft.graph.security.quantumEvidence", ["x"] = 1 });
        foreach (var member in (string[])["title", "createdDateTime", "description", "category", "mitreTechniques"])
            Alert.Remove(member);
        (Alert["status"], Alert["serviceSource"], Alert["somethingNew"]) = ("archived", "microsoftMarsDefender", new JsonObject());
        await ReadAsync("alerts");
        var one = host.Recorded.All.ShouldHaveSingleItem();
        (one.Kind, one.Title, one.Device, one.Status).ShouldBe(("DefenderAlert", "DefenderAlert", null, EventStatus.Firing));
    }

    [Fact]
    public async Task An_alert_about_several_devices_names_none_of_them_as_the_one()
    {
        var evidence = Alert["evidence"]!.AsArray();
        var second = evidence[0]!.DeepClone();
        second["deviceDnsName"] = "nd-pc-015.northwinddental.example";
        evidence.Add(second);
        await ReadAsync("alerts");
        var one = host.Recorded.All.ShouldHaveSingleItem();
        one.Device.ShouldBeNull();
        one.Attributes["devices"].ShouldBe("nd-pc-014.northwinddental.example, nd-pc-015.northwinddental.example");
    }

    [Fact]
    public async Task An_alert_of_Entra_is_about_the_user()
    {
        Alert["serviceSource"] = "azureAdIdentityProtection";
        await ReadAsync("alerts");
        var one = host.Recorded.All.ShouldHaveSingleItem();
        (one.Device, one.AboutUser).ShouldBe((GraphHost.Mia, true));
    }

    [Fact]
    public async Task Text_that_an_attacker_chose_stays_text()
    {
        Alert["title"] = "<b>Approve</b> {{this}} [now](https://attacker.example)";
        Alert["evidence"]![0]!["deviceDnsName"] = "pc' or '1'='1";
        await ReadAsync("alerts");
        var one = host.Recorded.All.ShouldHaveSingleItem();
        one.Title.ShouldNotContain("<b>");
        one.Device.ShouldBe(GraphHost.Mia, "a name that no host can have is none");
        one.Attributes.ShouldNotContainKey("devices");
    }

    [Fact]
    public async Task One_that_cannot_be_recorded_keeps_no_other_from_it()
    {
        var second = Alert.DeepClone().AsObject();
        second["id"] = "second";
        host.World.All[(GraphHost.ContosoId, "alerts_v2")].Add(second);
        host.Recorded.IsUnfit = static one => one.AlertKey != "alert/second";
        await ReadAsync("alerts");
        host.Recorded.All.ShouldHaveSingleItem().AlertKey.ShouldBe("alert/second");
    }

    [Fact]
    public async Task What_may_not_be_read_keeps_the_rest_from_nothing_and_a_wish_to_be_left_alone_is_heard()
    {
        var usual = host.Vendor.Answers;
        host.Vendor.Answers = request => request.Path switch
        {
            "/security/alerts_v2" => GraphHost.Error(403, "Forbidden"),
            "/security/incidents" => GraphHost.Error(429, "TooManyRequests", retryAfter: "120"),
            _ => usual(request),
        };
        (await ReadAsync("alerts,incidents,health")).ShouldBe(TimeSpan.FromSeconds(120));
        host.Recorded.All.ShouldHaveSingleItem().Kind.ShouldBe("ServiceHealthIssue");
        (await ReadAsync("none")).ShouldBeNull();
    }

    [Fact]
    public async Task That_nothing_is_to_be_told_is_on_record_once_an_hour_and_not_where_it_cannot_be_read()
    {
        await ReadAsync("none");
        await ReadAsync("none");
        (await HeardAsync()).ShouldBe(1);
        clock.Advance(GraphPoll.HeardEvery);
        await ReadAsync("none");
        (await HeardAsync()).ShouldBe(2);
        await host.Services.GetRequiredService<GraphPoll>().ReadAsync(
            host.Connect("contoso", GraphHost.ContosoId, ("Watch", "none")) with { StaleAfter = TimeSpan.Zero }, GraphHost.Token);
        (await HeardAsync()).ShouldBe(2);
        clock.Advance(TimeSpan.FromMinutes(5));
        await host.Services.GetRequiredService<GraphPoll>().ReadAsync(
            host.Connect("contoso", GraphHost.ContosoId, ("Watch", "none")) with { StaleAfter = TimeSpan.FromMinutes(10) }, GraphHost.Token);
        (await HeardAsync()).ShouldBe(3, "what may be silent for ten minutes only is heard more often");
        clock.Advance(GraphPoll.HeardEvery);
        host.Vendor.Answers = static _ => new(500);
        await ReadAsync("health");
        (await HeardAsync()).ShouldBe(3);
    }

    [Fact]
    public async Task Another_client_is_told_nothing_of_it()
    {
        await host.Services.GetRequiredService<GraphPoll>().ReadAsync(
            host.Connect("fabrikam", GraphHost.FabrikamId, ("Watch", "alerts,incidents,health,risky-users")), GraphHost.Token);
        host.Recorded.All.ShouldBeEmpty();
    }

    /// <summary>How often it is on record that something was heard.</summary>
    private async Task<long> HeardAsync()
    {
        await host.Services.GetRequiredService<DeliveryReceipts>().RecordAsync(GraphHost.Token);
        return host.Ledger.Entries(host.Contoso.Tenant).Select(static one => one.Fact).OfType<WebhookReceipts>().Sum(
            static one => one.Accepted);
    }

    private Task<TimeSpan?> ReadAsync(string watch) => host.Services.GetRequiredService<GraphPoll>().ReadAsync(
        host.Connect("contoso", GraphHost.ContosoId, ("Watch", watch)), GraphHost.Token);

    private static string Snapshot(ConnectorEvent one) => string.Join('\n',
    [
        $"{one.SourceId} of {one.AlertKey}",
        $"{one.Status} {one.Severity} {one.Kind}",
        $"about {(one.Device is null ? "nothing that it names" : $"{(one.AboutUser ? "user" : "device")} {one.Device}")}",
        one.Title,
        one.Description ?? "",
        $"at {GraphFound.Time(one.OccurredAt)} since {GraphFound.Time(one.StandsSince) ?? "nothing that it says"}",
        .. one.Attributes.OrderBy(static pair => pair.Key, StringComparer.Ordinal).Select(static pair => $"{pair.Key} = {pair.Value}"),
    ]);
}

using DevOpsAI.Connections;
using DevOpsAI.Connectors.Alertmanager;
using DevOpsAI.Incidents;
using DevOpsAI.Tests.Connectors.Toolkit;
using DevOpsAI.Tests.Support;

namespace DevOpsAI.Tests.Connectors.Alertmanager;

public sealed class AlertmanagerTests
{
    private static readonly AlertmanagerSource Source = new();

    [Fact]
    public async Task A_recorded_alert_is_read_in_full()
    {
        var alert = (await Sources.ReadAsync(Source, Samples.Bytes("alertmanager-webhook-firing-1.json"))).Single();

        (alert.Kind, alert.Device, alert.Severity, alert.Status, alert.AlertKey)
            .ShouldBe(("DiskSpaceLow", "srv-file01", Severity.Critical, EventStatus.Firing, "6b3d938ba3638e28"));
        alert.SourceId.ShouldBe("6b3d938ba3638e28/2026-11-21T01:54:22.665643904Z/firing");
        (alert.Title, alert.Description).ShouldBe(("Disk /data almost full on srv-file01", "Only 3% free on /data"));
        alert.OccurredAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 1, 54, 22, TimeSpan.Zero).AddTicks(6656439));
        alert.Attributes["mountpoint"].ShouldBe("/data");
        alert.Attributes["runbook_url"].ShouldBe("https://runbooks.example.test/disk");
        alert.Attributes.Keys.ShouldNotContain("truncatedAlerts");
    }

    [Fact]
    public async Task A_group_is_as_many_events_as_it_has_alerts()
    {
        var group = await Sources.ReadAsync(Source, Samples.Bytes("alertmanager-webhook-firing-group-of-2.json"));
        group.Select(alert => (alert.Device, alert.Severity))
            .ShouldBe([("srv-file01", Severity.Critical), ("srv-file02", Severity.Warning)]);
    }

    [Fact]
    public async Task Resolved_alerts_keep_their_key_and_are_events_of_their_own()
    {
        var group = await Sources.ReadAsync(Source, Samples.Bytes("alertmanager-webhook-resolved.json"));
        group.Count.ShouldBe(3);
        group.ShouldAllBe(alert => alert.Status == EventStatus.Resolved);
        var truncated = await Sources.ReadAsync(Source, Samples.Bytes("alertmanager-webhook-truncated.json"));
        truncated[2].AlertKey.ShouldBe(group[0].AlertKey);
        truncated[2].SourceId.ShouldNotBe(group[0].SourceId);
        truncated.ShouldAllBe(alert => alert.Attributes["truncatedAlerts"] == "2");
        group[0].OccurredAt.ShouldBe(new DateTimeOffset(2026, 11, 21, 1, 55, 0, TimeSpan.Zero).AddTicks(6980558));
    }

    [Theory]
    [InlineData("{'alertname':'TestAlert','instance':'Grafana'}", null, Severity.Info)]
    [InlineData("{'alertname':'TestAlert','instance':'srv1:9100','severity':'critical'}", "srv1", Severity.Critical)]
    [InlineData("{'alertname':'InstanceDown','instance':'Grafana'}", "Grafana", Severity.Warning)]
    public async Task The_test_of_a_contact_point_is_about_no_device(string labels, string? device, Severity severity)
    {
        var alert = await ReadAsync(labels);
        (alert.Device, alert.Severity).ShouldBe((device, severity));
    }

    [Fact]
    public async Task An_alert_without_fingerprint_is_known_by_its_labels_in_any_order()
    {
        var one = await ReadAsync("{'a':'1','b':'2'}");
        var same = await ReadAsync("{'b':'2','a':'1'}");
        var other = await ReadAsync("{'a':'1','b':'3'}");
        one.AlertKey.ShouldBe(same.AlertKey);
        one.AlertKey.ShouldNotBe(other.AlertKey);
        one.Title.ShouldBe("Alert");
    }

    [Fact]
    public async Task Links_have_one_name_each_and_are_never_left_out()
    {
        var many = string.Join(',', Enumerable.Range(0, 60).Select(number => $"'note{number}':'x'"));
        var alert = (await Sources.ReadAsync(Source, Samples.Quoted(
            "{'version':'1','externalURL':'https://grafana.example/','alerts':[{'status':'firing','labels':{'alertname':'K','panelURL':'mine'},'annotations':{" + many
            + ",'runbook':'https://wiki.example/k','dashboard':'not a "
            + "link'},'startsAt':'2026-01-01T00:00:00Z','generatorURL':'http://prom.example/graph?g0.expr=up',"
            + "'silenceURL':'https://grafana.example/silence','dashboardURL':'javascript:alert(1)','panelURL':'https://grafana.example/p'}]}"))).Single();
        var first = alert.Attributes.Take(10).ToDictionary();
        first["runbook_url"].ShouldBe("https://wiki.example/k");
        first["generatorURL"].ShouldBe("http://prom.example/graph?g0.expr=up");
        first["silenceURL"].ShouldBe("https://grafana.example/silence");
        first["externalURL"].ShouldBe("https://grafana.example/");
        first["panelURL"].ShouldBe("mine", "a label is never hidden");
        first.ShouldNotContainKey("dashboardURL");
        alert.Attributes["runbook"].ShouldBe("https://wiki.example/k");
    }

    [Theory]
    [InlineData("'instance':'srv-sql01:9106','instance_id':'i-0abc'", null, "EC2 busy on i-0abc")]
    [InlineData("'instance':'srv-dc01:9091','exported_instance':'srv-backup01'", "srv-backup01", "EC2 busy on srv-backup01")]
    [InlineData("'instance':'10.244.1.17:8080','job':'kube-state-metrics','node':'worker-1'", "worker-1", "EC2 busy on worker-1")]
    [InlineData("'instance':'10.244.1.17:8080','job':'kube-state-metrics','namespace':'shop','pod':'cart-1'", null, "EC2 busy on cart-1")]
    [InlineData("'instance':'srv-dc01:9115','agent_name':'WS-RECEPTION'", "WS-RECEPTION", "EC2 busy on WS-RECEPTION")]
    public async Task The_device_is_what_the_alert_is_about_and_not_where_it_was_measured(string labels, string? device, string title)
    {
        var alert = (await Sources.ReadAsync(Source, Samples.Quoted(
            $"{{'alerts':[{{'status':'firing','labels':{{{labels}}},'annotations':{{'summary':'EC2 "
            + $"busy'}},'startsAt':'2026-01-01T00:00:00Z'}}]}}"))).Single();
        (alert.Device, alert.Title).ShouldBe((device, title));
    }

    [Theory]
    [InlineData("page", Severity.Critical)]
    [InlineData("major", Severity.Error)]
    [InlineData("high", Severity.Error)]
    [InlineData("minor", Severity.Warning)]
    [InlineData("none", Severity.Info)]
    [InlineData("INFO", Severity.Info)]
    [InlineData("whatever", Severity.Warning)]
    public async Task Severity_words_mean_what_they_mean(string word, Severity severity) =>
        (await ReadAsync($"{{'severity':'{word}'}}")).Severity.ShouldBe(severity);

    [Fact]
    public async Task An_annotation_with_a_labels_name_does_not_hide_the_label()
    {
        var alert = (await Sources.ReadAsync(Source, Samples.Quoted(
            "{'alerts':[{'status':'firing','labels':{'name':'Spooler'},'annotations':{'name':'other'},'startsAt':'2026-01-01T00:00:00Z'}]}"))).Single();
        (alert.Attributes["name"], alert.Attributes["annotation.name"]).ShouldBe(("Spooler", "other"));
    }

    [Theory]
    [InlineData("[]", "body")]
    [InlineData("{", "body")]
    [InlineData("", "body")]
    [InlineData("{}", "alerts")]
    [InlineData("{'alerts':{}}", "alerts")]
    [InlineData("{'version':'3','alerts':[]}", "version")]
    [InlineData("{'version':4,'alerts':[]}", "version")]
    [InlineData("{'alerts':[1]}", "alerts[0]")]
    [InlineData("{'alerts':[{}]}", "alerts[0].labels")]
    [InlineData("{'alerts':[{'labels':{'a':1}}]}", "alerts[0].labels.a")]
    [InlineData("{'alerts':[{'labels':{},'status':'maybe'}]}", "alerts[0].status")]
    [InlineData("{'alerts':[{'labels':{},'status':'firing'}]}", "alerts[0].startsAt")]
    [InlineData("{'alerts':[{'labels':{},'status':'firing','startsAt':'yesterday'}]}", "alerts[0].startsAt")]
    [InlineData("{'alerts':[{'labels':{},'status':'firing','startsAt':'2026-02-30T00:00:00Z'}]}", "alerts[0].startsAt")]
    [InlineData("{'alerts':[{'labels':{},'status':'firing','startsAt':'2026-01-01T00:00:00Z','annotations':[]}]}", "alerts[0].annotations")]
    [InlineData("{'alerts':[],'alerts':[]}", "body")]
    [InlineData("{'alerts':[{'labels':{'a':'\\ud800'}}]}", "body")]
    public async Task What_is_wrong_is_named(string body, string field) =>
        (await Sources.MalformedFieldAsync(Source, body)).ShouldBe(field);

    private static async Task<ConnectorEvent> ReadAsync(string labels) => (await Sources.ReadAsync(Source, Samples.Quoted(
        $"{{'version':'4','alerts':[{{'status':'firing','labels':{labels},'startsAt':'2026-01-01T00:00:00Z'}}]}}"))).Single();
}
